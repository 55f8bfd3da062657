// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_LIMIT_HPP
#define KEYWAY_LIMIT_HPP

// How long a call may wait: the last argument, before any options, of every call that can block.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <keyway/canceller.hpp>
#include <keyway/deadline.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/handle.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The default of every limit: the call waits as the socket's mode says, which costs nothing.
struct no_limit {};

/// How long a call may wait, who may cancel it, and how long it spins before it sleeps. A duration, a deadline, a time
/// point of a steady clock and a canceller each convert to a limit:
///
///     conn.recv(buffer, 5s);                                            // or fails with limit_reached
///     conn.recv(buffer, stop);                                          // or fails with operation_canceled
///     conn.recv(buffer, kw::limit(5s).cancelled_by(stop).spin(20us));
///
/// A duration starts anew in each call that gets the limit, so that `limit(10s).cancelled_by(stop)` may be kept and used
/// for every call on a connection. A deadline is a point in time that all calls share. Of several bounds the earliest
/// counts, and of several cancellers any one.
///
/// A call whose limit has been reached, or that is cancelled, fails before it does anything, even where it would not have
/// had to wait. If a call fails while it waits it has had no effect: no byte was consumed or lost. Limits work on sockets
/// in either mode and change no socket's mode.
///
/// System calls on POSIX: one if data or buffer space is available at once, as without a limit, or if the call must not
/// wait; otherwise three. A canceller adds one poll(2). accept() makes two, since it polls first. connect() makes seven after socket(2), three of
/// them to switch the new socket's mode. On Windows these are overlapped calls: not for a socket that is associated with a
/// completion port, which would receive their completions.
class limit {
public:
    /// The largest number of cancellers of one limit. With more than these, calls fail with invalid_argument.
    static constexpr std::size_t max_cancellers = detail::os::most_cancellers;

    /// No limit: waits forever, even on a non-blocking socket.
    constexpr limit() noexcept = default;
    /// At most this long, counted anew in each call. 0 makes a single attempt; a negative duration has passed already.
    template <duration_shape D>
    constexpr limit(const D& timeout) noexcept : timeout_(detail::nanoseconds_in(timeout)) {}
    constexpr limit(const deadline& until) noexcept { bounds_.until = until.native(); }
    template <steady_time_point T>
    limit(const T& until) noexcept : limit(deadline(until)) {}
    /// Until this canceller, which has to outlive the limit, is cancelled. An empty one makes calls fail with
    /// bad_file_descriptor.
    template <std::derived_from<canceller_interface> Canceller>
    constexpr limit(const Canceller& by) noexcept {
        bounds_.add_canceller(by.native_handle());
    }

    /// Adds a deadline; the earlier one counts.
    [[nodiscard]] limit until(const deadline& when) const noexcept {
        limit changed = *this;
        changed.bounds_.until = detail::earlier(bounds_.until, when.native());
        return changed;
    }

    /// Adds a canceller, which has to outlive the limit. Each one counts.
    [[nodiscard]] constexpr limit cancelled_by(const canceller_view& by) const noexcept {
        limit changed = *this;
        changed.bounds_.add_canceller(by.native_handle());
        return changed;
    }

    /// Tries without sleeping for this long first, on a CPU that nothing else needs: a reply that arrives meanwhile is
    /// seen several times sooner. Only receiving and accepting spin.
    template <duration_shape D>
    [[nodiscard]] constexpr limit spin(const D& budget) const noexcept {
        limit changed = *this;
        const std::int64_t nanoseconds = detail::nanoseconds_in(budget);
        changed.bounds_.spin = nanoseconds > 0 ? nanoseconds : 0;
        return changed;
    }

    /// The same limit with its duration counted from now on: for several calls that share the time.
    [[nodiscard]] limit start() const noexcept {
        limit changed;
        changed.bounds_ = native();
        return changed;
    }

    /// As the platform layer's own type; a duration begins here.
    [[nodiscard]] detail::os::wait_limit native() const noexcept {
        if (timeout_ == detail::os::never) return bounds_;
        detail::os::wait_limit started = bounds_;
        started.until = detail::earlier(bounds_.until, detail::time_after(timeout_));
        return started;
    }
    /// The same for a single call.
    [[nodiscard]] detail::os::wait_limit native_of_one_call() const noexcept {
        detail::os::wait_limit started = native();
        started.lies_ahead = timeout_ > 0 && bounds_.until == detail::os::never;
        return started;
    }

    // clang-format off
    template <std::derived_from<canceller_interface> Canceller> requires detail::owning<Canceller>
    limit(const Canceller&&) KEYWAY_DELETE("a temporary canceller is closed at the end of this line: keep it in a variable that outlives the limit");
    template <class N> requires std::is_arithmetic_v<N>
    limit(N) KEYWAY_DELETE("a limit has a unit: write 5s or 500ms (std::chrono_literals)");
    template <class A, class B> limit(const A&, const B&, const auto&...) KEYWAY_DELETE("a limit begins with one bound, and others are added: kw::limit(5s).cancelled_by(stop).until(deadline)");
    template <class N> requires std::is_arithmetic_v<N>
    detail::refused spin(N) const KEYWAY_DELETE("a time has a unit: spin(50us) (std::chrono_literals)");
    template <time_point_shape T> requires(!steady_time_point<T>)
    limit(const T&) KEYWAY_DELETE("this clock can be set: use a time point of std::chrono::steady_clock, or a duration");
    // clang-format on

private:
    std::int64_t timeout_ = detail::os::never;  // of each call
    detail::os::wait_limit bounds_;
};

namespace detail {

// A constant, so that compilers do not take the concept apart in every message.
template <class L>
inline constexpr bool is_limit = std::is_convertible_v<const L&, limit>;
template <>
inline constexpr bool is_limit<no_limit> = true;

}  // namespace detail

/// Anything that says how long a call may wait: a duration, a deadline, a canceller, a limit, no_limit.
template <class L>
concept limit_like = detail::is_limit<L>;

/// Anything else in the place of a limit; the overloads that refuse it say what to write.
template <class L>
concept not_a_limit = !limit_like<L>;

namespace detail {

/// Arguments in the place of a limit that are none, or more than one.
template <class... L>
inline constexpr bool wrong_limit = sizeof...(L) > 1;
template <class L>
inline constexpr bool wrong_limit<L> = !is_limit<L>;

/// A limit as the platform layer's calls accept it: os::no_limit or os::wait_limit. A duration begins here, so that an
/// operation of several system calls asks for it once.
constexpr os::no_limit native_limit(no_limit) noexcept { return {}; }
template <limit_like L>
os::wait_limit native_limit(const L& each) noexcept {
    return limit(each).native();
}

/// The same for an operation of one system call.
constexpr os::no_limit limit_of_one_call(no_limit) noexcept { return {}; }
template <limit_like L>
auto limit_of_one_call(const L& each) noexcept {
    if constexpr (duration_shape<L>) return os::limit_of(nanoseconds_in(each));
    else return limit(each).native_of_one_call();
}

/// The same for calls that know no non-blocking mode: without a limit they wait forever.
constexpr os::wait_limit native_limit_or_forever(no_limit) noexcept { return {}; }
template <limit_like L>
os::wait_limit native_limit_or_forever(const L& each) noexcept {
    return limit(each).native();
}

/// The same limit with its duration counted from now on, for operations of several calls.
constexpr no_limit started(no_limit) noexcept { return {}; }
template <limit_like L>
limit started(const L& each) noexcept {
    return limit(each).start();
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
