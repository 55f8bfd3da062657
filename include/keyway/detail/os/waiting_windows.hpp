// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WAITING_WINDOWS_HPP
#define KEYWAY_DETAIL_OS_WAITING_WINDOWS_HPP

// How a call waits on Windows: until it is done, or until a limit is reached. Winsock has no flag that keeps a call on a
// blocking socket from waiting. But an overlapped call returns at once whatever the socket's mode, and can be taken back
// ("Overlapped I/O and Event Objects", CancelIoEx): a call with a limit is made so, and sleeps in WSAPoll.

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/vocabulary.hpp>
#include <keyway/detail/os/windows_error.hpp>
#include <keyway/detail/os/winsock.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

using native_handle = ::SOCKET;
inline constexpr native_handle invalid_handle = INVALID_SOCKET;

using limit = basic_limit<native_handle, invalid_handle>;

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

/// In milliseconds, rounded up; negative where there is no end to it.
inline int time_left(std::int64_t until) noexcept {
    constexpr std::int64_t millisecond = 1'000'000;
    if (until == never) return -1;
    if (until == at_once) return 0;
    const std::int64_t time = now();
    if (until <= time) return 0;
    const std::int64_t left = (until - time - 1) / millisecond + 1;
    return left < INT_MAX ? static_cast<int>(left) : INT_MAX;
}

/// Sleeps until the handle is ready, and tells how (WSAPoll, revents). With an invalid handle, until the limit is reached.
inline int await(native_handle handle, readiness wanted, const limit& within) noexcept {
    const ::SHORT events = wanted == readiness::readable ? POLLRDNORM : POLLWRNORM;
    std::array<::WSAPOLLFD, 2> set{{{handle, events, 0}, {within.cancel, POLLRDNORM, 0}}};
    // Where there is nothing to wait for WSAPoll fails, and it does not care for entries that are not first in line.
    const bool both = handle != invalid_handle && within.cancel != invalid_handle;
    ::WSAPOLLFD* const first = &set[handle != invalid_handle ? 0 : 1];
    for (;;) {
        const int left = time_left(within.until);
        int ready = 0;
        if (handle == invalid_handle && within.cancel == invalid_handle) ::Sleep(static_cast<::DWORD>(left));
        else ready = ::WSAPoll(first, both ? 2 : 1, left);
        if (ready < 0) return -1;
        if (ready > 0 && set[1].revents != 0)
            return fail_with((set[1].revents & POLLNVAL) != 0 ? WSAENOTSOCK : ERROR_OPERATION_ABORTED);
        if (ready > 0) return set[0].revents;
        if (time_left(within.until) == 0) return fail_with(WSAETIMEDOUT);
    }
}

/// Whether a call may begin at all: not after its time, and not when it is canceled already.
inline int may_begin(const limit& within) noexcept {
    const bool timed = within.until != never && within.until != at_once;
    if (timed && time_left(within.until) == 0) return fail_with(WSAETIMEDOUT);
    if (within.cancel == invalid_handle) return 0;
    const int canceled = await(invalid_handle, readiness::readable, {.until = at_once, .cancel = within.cancel});
    return canceled < 0 && last_error() == WSAETIMEDOUT ? 0 : canceled;
}

/// Waits until a call will find something to do: looks again and again for as long as it may spin, then sleeps.
inline int await_patiently(native_handle handle, readiness wanted, const limit& within) noexcept {
    if (within.spin > 0 && within.until != at_once) {
        const std::int64_t begin = now();
        const auto goes_on = [&](std::int64_t time) { return time - begin < within.spin && time < within.until; };
        do {
            const int ready = await(handle, wanted, {.until = at_once});
            if (ready >= 0 || last_error() != WSAETIMEDOUT) return ready;
        } while (goes_on(now()));
    }
    return await(handle, wanted, within);
}

/// Sleeps for a moment. False where the limit is reached.
inline bool nap(const limit& within) noexcept {
    constexpr std::int64_t millisecond = 1'000'000;
    const std::int64_t soon = now() + millisecond;
    limit moment = within;
    if (soon < within.until) moment.until = soon;
    await(invalid_handle, readiness::readable, moment);
    return last_error() == WSAETIMEDOUT && moment.until != within.until;
}

/// Makes an overlapped call, and takes it back if it is not done within the limit (WSAEWOULDBLOCK). Returns what was
/// transferred: a call that is done before it can be taken back is done, and one that was half done counts by half.
template <class Call>
inline std::ptrdiff_t overlapped(native_handle handle, Call call, const limit& within) noexcept {
    ::WSAOVERLAPPED state{};
    ::DWORD moved = 0;
    if (call(moved, &state) == 0) return static_cast<std::ptrdiff_t>(moved);
    if (last_error() != WSA_IO_PENDING) return -1;
    while (!HasOverlappedIoCompleted(&state) && nap(within)) {}
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a SOCKET is a HANDLE by another name
    ::CancelIoEx(reinterpret_cast<::HANDLE>(handle), &state);
    while (!HasOverlappedIoCompleted(&state)) ::SwitchToThread();
    ::DWORD flags = 0;
    if (::WSAGetOverlappedResult(handle, &state, &moved, FALSE, &flags) != 0) return static_cast<std::ptrdiff_t>(moved);
    if (last_error() != WSA_OPERATION_ABORTED) return -1;
    return state.InternalHigh == 0 ? fail_with(WSAEWOULDBLOCK) : static_cast<std::ptrdiff_t>(state.InternalHigh);
}

// The calls below are `int (DWORD& transferred, WSAOVERLAPPED*)`, where a null pointer makes them wait by themselves.

/// Makes a call that waits as the socket's mode says. Returns what it transferred.
template <readiness, class Call>
inline std::ptrdiff_t patiently(native_handle, Call call) noexcept {
    ::DWORD moved = 0;
    return call(moved, nullptr) == 0 ? static_cast<std::ptrdiff_t>(moved) : -1;
}

/// Makes a call that waits as the limit says. A receive is tried first, and taken back at once, which loses nothing. A
/// send is made when there is room, and goes through then; where another thread took the room, it has the time that is
/// left: what has begun on its way is not taken back without need.
template <readiness Wanted, class Call>
inline std::ptrdiff_t patiently(native_handle handle, Call call, const limit& within) noexcept {
    if (may_begin(within) < 0) return -1;
    const bool sends = Wanted == readiness::writable;
    for (bool look = sends;; look = true) {
        if (look && await_patiently(handle, Wanted, within) < 0) return -1;
        const auto done = overlapped(handle, call, sends ? within : limit{.until = at_once});
        if (done >= 0 || last_error() != WSAEWOULDBLOCK) return done;
    }
}

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
