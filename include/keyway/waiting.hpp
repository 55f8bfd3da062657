// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_WAITING_HPP
#define KEYWAY_WAITING_HPP

// How a call waits: the one last argument of every call that can block.

#include <cstdint>

#include <keyway/canceller.hpp>
#include <keyway/deadline.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway::inline KEYWAY_MODE {

/// Until when a call may wait, who may end it before, and how long it tries before it sleeps. A deadline, a duration, a
/// time point and a canceller each become one by themselves:
///
///     conn.recv(buffer, 5s);                                            // or fail with timed_out
///     conn.recv(buffer, stop);                                          // or fail with operation_canceled
///     conn.recv(buffer, kw::waiting(5s).canceled_by(stop).spin(20us));
///
/// A call whose time has passed, or that is canceled, fails before it does anything, also where it would not have had to
/// wait. What it fails with while it waits has changed nothing: no byte is taken, or lost. It works on sockets of either
/// mode, and changes no socket's mode.
///
/// System calls on POSIX, where there is something to transfer at once: one, as without a limit, and one poll(2) more
/// with a canceller. Where there is not: three, and two for accept(), which always looks first. connect() makes seven
/// after socket(2), three of them for the mode of the new socket. On Windows these are overlapped calls: not for a socket
/// that the program has tied to a completion port, which would be told of them.
class waiting {
public:
    /// For ever.
    constexpr waiting() noexcept = default;
    constexpr waiting(const deadline& until) noexcept { limit_.until = until.native(); }
    constexpr waiting(const canceller_view& by) noexcept { limit_.cancel = by.native_handle(); }
    template <class T>
        requires duration_shape<T> || steady_time_point<T>
    waiting(const T& until) noexcept : waiting(deadline(until)) {}

    /// The same, and no longer than to this deadline.
    [[nodiscard]] constexpr waiting until(const deadline& when) const noexcept {
        waiting changed = *this;
        changed.limit_.until = when.native();
        return changed;
    }

    /// The same, and no longer than until this canceller, which has to outlive the call, is canceled.
    [[nodiscard]] constexpr waiting canceled_by(const canceller_view& by) const noexcept {
        waiting changed = *this;
        changed.limit_.cancel = by.native_handle();
        return changed;
    }

    /// The same, but tries without sleeping for so long first, on a CPU that nobody else needs: an answer that comes
    /// within that time comes several times sooner. For sockets that are received or accepted from.
    template <duration_shape D>
    [[nodiscard]] constexpr waiting spin(const D& budget) const noexcept {
        waiting changed = *this;
        const std::int64_t nanoseconds = detail::nanoseconds_in(budget);
        changed.limit_.spin = nanoseconds > 0 ? nanoseconds : 0;
        return changed;
    }

    /// In the words of the operating system's room.
    [[nodiscard]] constexpr const detail::os::limit& limit() const noexcept { return limit_; }

    // clang-format off
    template <class N> requires std::is_arithmetic_v<N>
    waiting(N) = KEYWAY_DELETE("a time limit has a unit: write 5s or 500ms (std::chrono_literals)");
    template <time_point_shape T> requires(!steady_time_point<T>)
    waiting(const T&) = KEYWAY_DELETE("this clock can be set: take a time point of std::chrono::steady_clock, or a duration");
    // clang-format on

private:
    detail::os::limit limit_;
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
