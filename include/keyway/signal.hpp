// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SIGNAL_HPP
#define KEYWAY_SIGNAL_HPP

// Signals that ask a program to end, as the end of its waiting. Opt-in.

#include <csignal>
#include <initializer_list>

#include <keyway/canceller.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/signal.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// What a stop can be requested of: std::stop_source, std::jthread.
template <class S>
concept stoppable = requires(S& s) { s.request_stop(); };

namespace detail {

/// What an owner has to do before it closes: signals are again what they were.
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

/// A canceller that is canceled when the program is asked to end: by Ctrl-C (SIGINT), by SIGTERM, or by the signals it
/// is told. It wakes whatever waits with it, and is readable in poll(2) from then on:
///
///     const auto stop = kw::signal_stop::open();
///     while (auto next = listener.accept(*stop)) serve(std::move(next->connection), *stop);
///
/// A signal that comes before anybody waits is not lost. One that comes later than a tenth of a second after the first
/// ends the program as if nobody had caught it, so that a second Ctrl-C gets rid of a program that hangs on its way out;
/// what comes sooner is the same request, sent twice.
///
/// The signals are caught, not blocked: in whichever thread one comes, begun before or later, and no program that this
/// one starts inherits anything of it (after exec each signal does what it does by default). The thread that opens it
/// must not block them, and does not any more. Calls of the program's own go on (SA_RESTART), but those that never do,
/// as poll(2), fail with EINTR. A child after fork() does not have the signals: until it opens one of its own, which it
/// may, each ends it, and none is told to the parent.
///
/// On Windows SIGINT is Ctrl-C and Ctrl-Break; SIGTERM comes when the window is closed, the user logs off or the system
/// shuts down, and the program then has to end within some seconds (HandlerRoutine). There are no others. A program that
/// was started to ignore Ctrl-C still does.
///
/// Close it, or let it go out of scope, in the thread that opened it: handlers are again what they were, and the signals
/// that this thread blocked are blocked again.
/// Thread safety: as a canceller; the other members may be called from any thread.
class signal_stop : public owner<canceller_view, detail::caught_signals> {
    using base = owner<canceller_view, detail::caught_signals>;

public:
    constexpr signal_stop() noexcept = default;

    /// Errors: resource_busy (another one has one of the signals), invalid_argument (no signal, or one that cannot be
    /// caught), too_many_files, too_many_files_in_system, not_enough_memory.
    /// Source: sigaction(2), signal-safety(7); SetConsoleCtrlHandler on Windows.
    [[nodiscard]] static result<signal_stop> open(std::initializer_list<int> signals = {SIGINT, SIGTERM}) noexcept {
        auto waker = canceller::open();
        if (!waker) return unexpected<error>(waker.error());
        const auto claim = detail::os::catch_signals(signals.begin(), signals.size(), waker->native_handle());
        if (claim == detail::os::no_claim) return detail::last_error(operation::open);
        return signal_stop(waker->release(), detail::caught_signals(claim));
    }

    /// The signal that came; 0 where none did.
    [[nodiscard]] int caught() const noexcept { return is_open() ? detail::os::caught_signal(cleanup().claim()) : 0; }

    /// Waits for a signal, and returns it: what the thread of main() may do while others work.
    /// Errors: operation_canceled (by cancel(), or by what the argument names), timed_out.
    [[nodiscard]] result<int> wait(const waiting& how = {}) const noexcept {
        if (!is_open()) return detail::failure(errc::bad_descriptor, operation::signal_wait);
        const auto& limit = how.limit();
        if (detail::os::may_begin(limit) < 0 ||
            detail::os::await(native_handle(), detail::os::readiness::readable, limit) < 0)
            return detail::last_error(operation::signal_wait);
        if (const int signal = caught(); signal != 0) return signal;
        return detail::failure(errc::operation_canceled, operation::signal_wait);
    }

    /// Waits likewise, and then requests the stop of another kind of program, made of std::stop_token. A handler of signals
    /// must not, so a thread has to do it; this one does. Where the waiting fails nothing is requested.
    ///
    ///     std::jthread server(run, std::ref(listener));                // void run(std::stop_token, tcp::listener&)
    ///     stop->wait_and_stop(server);
    template <stoppable Source>
    result<int> wait_and_stop(Source& source, const waiting& how = {}) const noexcept {
        auto signal = wait(how);
        if (signal) source.request_stop();
        return signal;
    }

    /// As if no signal had come and nobody had called cancel(): the next one is the first again.
    /// Errors: bad_descriptor.
    result<void> reset() const noexcept {
        auto done = canceller_view::reset();
        if (done) detail::os::forget_signal(cleanup().claim());
        return done;
    }

private:
    using base::base;
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
