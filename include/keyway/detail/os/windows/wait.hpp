// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_WAIT_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_WAIT_HPP

// Waiting on Windows. Winsock has no flag that makes a single call on a blocking socket non-blocking. But an overlapped
// call returns at once whatever the socket's mode, and can be cancelled ("Overlapped I/O and Event Objects",
// CancelIoEx). A call with a limit is made in this way, and sleeps in WSAPoll.

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/types.hpp>
#include <keyway/detail/os/windows/error.hpp>
#include <keyway/detail/os/windows/winsock.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using native_handle = ::SOCKET;
inline constexpr native_handle invalid_handle = INVALID_SOCKET;

using wait_limit = basic_limit<native_handle, invalid_handle>;

inline int fail_with(int code) noexcept {
    set_last_error(code);
    return -1;
}

/// The time of the performance counter in nanoseconds.
inline std::int64_t now() noexcept {
    constexpr std::int64_t second = 1'000'000'000;
    ::LARGE_INTEGER frequency;
    ::LARGE_INTEGER ticks;
    ::QueryPerformanceFrequency(&frequency);
    ::QueryPerformanceCounter(&ticks);
    const std::int64_t whole = ticks.QuadPart / frequency.QuadPart;
    return whole * second + ticks.QuadPart % frequency.QuadPart * second / frequency.QuadPart;
}

/// Milliseconds until then, rounded up; negative if there is no end.
inline int time_left(std::int64_t until) noexcept {
    constexpr std::int64_t millisecond = 1'000'000;
    if (until == never) return -1;
    if (until == at_once) return 0;
    const std::int64_t time = now();
    if (until <= time) return 0;
    const std::int64_t left = (until - time - 1) / millisecond + 1;
    return left < INT_MAX ? static_cast<int>(left) : INT_MAX;
}

/// Sleeps until one of the first `count` sockets is ready, or the limit is reached. The set has space for
/// most_cancellers more. Returns the number of sockets that are ready.
inline int wait_any(std::span<::WSAPOLLFD> set, std::size_t count, const wait_limit& limit) noexcept {
    if (limit.canceller_count > most_cancellers) return fail_with(WSAEINVAL);
    for (std::size_t i = 0; i < limit.canceller_count; ++i) set[count + i] = {limit.cancellers[i], POLLRDNORM, 0};
    const auto cancellers = set.subspan(count, limit.canceller_count);
    const std::size_t entries = count + limit.canceller_count;
    for (;;) {
        const int left = time_left(limit.until);
        int ready = 0;
        if (entries == 0) ::Sleep(static_cast<::DWORD>(left));  // WSAPoll fails without a socket; -1 is INFINITE
        else ready = ::WSAPoll(set.data(), static_cast<::ULONG>(entries), left);
        if (ready < 0) return -1;
        if (ready > 0) {
            for (const ::WSAPOLLFD& canceller : cancellers)
                if (canceller.revents != 0)
                    return fail_with((canceller.revents & POLLNVAL) != 0 ? WSAENOTSOCK : ERROR_OPERATION_ABORTED);
            return ready;
        }
        if (time_left(limit.until) == 0) return fail_with(limit_reached);
    }
}

/// Sleeps until the socket is ready and returns its events (WSAPoll, revents). With an invalid handle, sleeps until the
/// limit is reached.
inline int wait_ready(native_handle handle, readiness wanted, const wait_limit& limit) noexcept {
    const ::SHORT events = wanted == readiness::readable ? POLLRDNORM : POLLWRNORM;
    std::array<::WSAPOLLFD, 1 + most_cancellers> set;
    set[0] = {handle, events, 0};
    // WSAPoll does not ignore invalid sockets as poll(2) does.
    return wait_any(set, handle != invalid_handle ? 1 : 0, limit) < 0 ? -1 : set[0].revents;
}

/// A limit of one call.
inline wait_limit limit_of(std::int64_t nanoseconds) noexcept {
    wait_limit limit;
    limit.until = time_after(nanoseconds, nanoseconds > 0 ? now() : 0);
    return limit;
}

/// Fails if a call must not even begin: after its deadline, or when it has been cancelled.
inline int check_limit(const wait_limit& limit) noexcept {
    if (limit.is_timed() && time_left(limit.until) == 0) return fail_with(limit_reached);
    if (!limit.has_cancellers()) return 0;
    if (limit.canceller_count > most_cancellers) return fail_with(WSAEINVAL);
    for (std::size_t i = 0; i < limit.canceller_count; ++i)
        if (limit.cancellers[i] == invalid_handle) return fail_with(WSAEBADF);
    const int cancelled = wait_ready(invalid_handle, readiness::readable, limit.with_time(at_once));
    return cancelled < 0 && last_error() == limit_reached ? 0 : cancelled;
}

/// Sleeps until the socket is ready, as wait_ready(). Before that, polls without sleeping until the spin budget is used
/// up, the limit is reached or a canceller ends it.
inline int wait_ready_spinning(native_handle handle, readiness wanted, const wait_limit& limit) noexcept {
    if (limit.spin > 0 && limit.until != at_once) {
        const std::int64_t begin = now();
        const auto goes_on = [&](std::int64_t time) { return time - begin < limit.spin && time < limit.until; };
        do {
            const int ready = wait_ready(handle, wanted, limit.with_time(at_once));
            if (ready >= 0 || last_error() != limit_reached) return ready;
        } while (goes_on(now()));
    }
    return wait_ready(handle, wanted, limit);
}

/// Sleeps for a millisecond, but not past the limit.
inline int sleep_briefly(const wait_limit& limit) noexcept {
    constexpr std::int64_t millisecond = 1'000'000;
    const std::int64_t soon = now() + millisecond;
    const bool ends_before = limit.until <= soon;
    const int ended = wait_ready(invalid_handle, readiness::readable, ends_before ? limit : limit.with_time(soon));
    return last_error() == limit_reached && !ends_before ? 0 : ended;
}

/// Makes an overlapped call, and cancels it if it is not done within the limit (WSAEWOULDBLOCK). Returns the number of
/// bytes transferred: a call that completes before the cancellation succeeds, also with part of the bytes.
template <class Call>
inline std::ptrdiff_t overlapped(native_handle handle, Call call, const wait_limit& limit) noexcept {
    ::WSAOVERLAPPED state{};
    ::DWORD moved = 0;
    if (call(moved, &state) == 0) return static_cast<std::ptrdiff_t>(moved);
    if (last_error() != WSA_IO_PENDING) return -1;
    while (!HasOverlappedIoCompleted(&state) && sleep_briefly(limit) == 0) {}
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a SOCKET is a HANDLE by another name
    ::CancelIoEx(reinterpret_cast<::HANDLE>(handle), &state);
    while (!HasOverlappedIoCompleted(&state)) ::SwitchToThread();
    ::DWORD flags = 0;
    if (::WSAGetOverlappedResult(handle, &state, &moved, FALSE, &flags) != 0) return static_cast<std::ptrdiff_t>(moved);
    if (last_error() != WSA_OPERATION_ABORTED) return -1;
    return state.InternalHigh == 0 ? fail_with(WSAEWOULDBLOCK) : static_cast<std::ptrdiff_t>(state.InternalHigh);
}

// The calls below are `int (DWORD& transferred, WSAOVERLAPPED*)`. With a null pointer they wait as the socket's mode
// says.

/// Makes a call that waits as the socket's mode says. Returns the number of bytes transferred.
template <readiness, class Call>
inline std::ptrdiff_t with_limit(native_handle, Call call, no_limit) noexcept {
    ::DWORD moved = 0;
    return call(moved, nullptr) == 0 ? static_cast<std::ptrdiff_t>(moved) : -1;
}

/// Makes a call that waits as the limit says. A receive is attempted first; cancelling it loses nothing. A send is made
/// once the socket is writable, and then completes. If another thread has filled the send buffer meanwhile, the send
/// may use the time that is left, since cancelling it could cut it short.
template <readiness Wanted, class Call>
inline std::ptrdiff_t with_limit(native_handle handle, Call call, const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0) return -1;
    constexpr bool sends = Wanted == readiness::writable;
    for (bool waits_first = sends;; waits_first = true) {
        if (waits_first && (sends ? wait_ready : wait_ready_spinning)(handle, Wanted, limit) < 0) return -1;
        const auto done = overlapped(handle, call, sends ? limit : wait_limit{.until = at_once});
        if (done >= 0 || last_error() != WSAEWOULDBLOCK) return done;
    }
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
