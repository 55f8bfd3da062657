// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_EVENT_SIGNAL_HPP
#define KEYWAY_EVENT_SIGNAL_HPP

// Signals that ask a program to end, as the end of its waiting.

#include <csignal>
#include <initializer_list>

#include <keyway/canceller.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/signal.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Anything with a request_stop(): std::stop_source, std::jthread.
template <class S>
concept stoppable = requires(S& s) { s.request_stop(); };

namespace detail {

/// Restores the signals before the owner closes.
class caught_signals {
public:
    constexpr caught_signals() noexcept = default;
    constexpr explicit caught_signals(os::signal_claim claim) noexcept : claim_(claim) {}

    [[nodiscard]] os::signal_claim claim() const noexcept { return claim_; }
    void before_close(os::native_handle, closing) const noexcept {
        if (claim_ != os::no_claim) os::release_signals(claim_);
    }

private:
    os::signal_claim claim_ = os::no_claim;
};

}  // namespace detail

/// A canceller that is cancelled when the program is asked to end: by Ctrl-C (SIGINT), by SIGTERM, or by the signals that it
/// was opened with. It wakes every call that waits with it, and is readable in poll(2) from then on:
///
///     const auto stop = kw::signal_stop::open();
///     while (auto next = listener.accept(*stop)) serve(std::move(next->connection), *stop);
///
/// A signal that arrives before any call waits is not lost. One that arrives more than a tenth of a second after the first
/// ends the program as if it had not been caught, so that a second Ctrl-C gets rid of a program that hangs on its way out;
/// one that arrives sooner counts as the same request.
///
/// The signals are caught, not blocked. This holds for every thread, existing or new. Nothing is inherited across exec(2),
/// where each signal gets its default action. The thread that opens it need not have unblocked them: open() does. Calls of
/// the program itself go on (SA_RESTART), except those that never do, such as poll(2), which fail with EINTR. A child after
/// fork(2) does not have the signals: until it opens one of its own, which it may, each signal ends it, and none is reported
/// to the parent.
///
/// On Windows SIGINT is Ctrl-C and Ctrl-Break; SIGTERM arrives when the window is closed, the user logs off or the system
/// shuts down, and the program then has to end within seconds (HandlerRoutine). There are no others. A program that was
/// started to ignore Ctrl-C still ignores it.
///
/// Close it, or let it go out of scope, in the thread that opened it: the previous handlers are restored, and the signals
/// that this thread had blocked are blocked again.
/// Thread safety: as a canceller; the other members may be called from any thread.
class signal_stop : public owner<canceller_interface, detail::caught_signals> {
    using base = owner<canceller_interface, detail::caught_signals>;

public:
    constexpr signal_stop() noexcept = default;

    /// Errors: device_or_resource_busy (another signal_stop has one of the signals), invalid_argument (no signal, or one that
    /// cannot be caught), too_many_files_open, too_many_files_open_in_system, not_enough_memory.
    /// Source: sigaction(2), signal-safety(7); SetConsoleCtrlHandler on Windows.
    [[nodiscard]] static result<signal_stop> open(std::initializer_list<int> signals = {SIGINT, SIGTERM}) noexcept {
        auto waker = canceller::open();
        if (!waker) return failure(waker);
        const auto claim = detail::os::catch_signals(signals.begin(), signals.size(), waker->native_handle());
        if (claim == detail::os::no_claim) return detail::last_error(operation::open);
        return signal_stop(view_type::borrow(waker->release()), detail::caught_signals(claim));
    }

    /// The signal that arrived; 0 if none has.
    [[nodiscard]] int caught() const noexcept { return is_open() ? detail::os::caught_signal(cleanup().claim()) : 0; }

    /// Waits for a signal and returns it, for instance in the thread of main() while others work.
    /// Errors: operation_canceled (by cancel(), or by the limit's canceller), limit_reached.
    template <limit_like L = no_limit>
    [[nodiscard]] result<int> wait(const L& limit = {}) const noexcept {
        if (!is_open()) return detail::failure(errc::bad_file_descriptor, operation::signal_wait);
        const auto bounds = detail::native_limit_or_forever(limit);
        if (detail::os::check_limit(bounds) < 0 ||
            detail::os::wait_ready(native_handle(), detail::os::readiness::readable, bounds) < 0)
            return detail::last_error(operation::signal_wait);
        if (const int signal = caught(); signal != 0) return signal;
        return detail::failure(errc::operation_canceled, operation::signal_wait);
    }

    /// Waits for a signal as wait() does, then calls target.request_stop(). A signal handler must not, so the calling thread
    /// does. If the wait fails no stop is requested.
    ///
    ///     std::jthread server(run, std::ref(listener));                // void run(std::stop_token, tcp::listener&)
    ///     auto signal = stop->wait_and_stop(server);
    template <stoppable Target, limit_like L = no_limit>
    [[nodiscard]] result<int> wait_and_stop(Target& target, const L& limit = {}) const noexcept {
        auto signal = wait(limit);
        if (signal) target.request_stop();
        return signal;
    }

    // clang-format off
    template <not_a_limit L> detail::refused wait(const L&) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: wait(5s), wait(stop)");
    template <not_a_limit L> detail::refused wait_and_stop(auto&&, const L&) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: wait_and_stop(target, 5s)");
    // clang-format on

    /// Undoes cancel() and forgets the signal: the next one is the first again.
    /// Errors: bad_file_descriptor.
    [[nodiscard]] result<void> reset() const noexcept {
        auto done = canceller_interface::reset();
        if (done) detail::os::forget_signal(cleanup().claim());
        return done;
    }

private:
    using base::base;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
