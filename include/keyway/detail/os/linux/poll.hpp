// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINUX_POLL_HPP
#define KEYWAY_DETAIL_OS_LINUX_POLL_HPP

// Poll sets on Linux: epoll(7), with an eventfd(2) in it as the waker. The kernel keeps the set; the cost of a wait depends
// on the number of ready handles.

#include <sys/epoll.h>

#include <cerrno>
#include <climits>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/poll_types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

static_assert(poll_readable == EPOLLIN && poll_writable == EPOLLOUT && poll_failed == EPOLLERR &&
              poll_hung_up == EPOLLHUP);

struct poller {
    native_handle queue = invalid_handle;
    native_handle waker = invalid_handle;
};

inline bool is_open(const poller& set) noexcept { return set.queue != invalid_handle; }

inline void close_poller(poller& set) noexcept {
    if (set.waker >= 0) close(set.waker);
    if (set.queue >= 0) close(set.queue);
    set = {};
}

inline set_change change(const poller& set, int what, native_handle handle, unsigned wanted,
                         std::uint64_t token) noexcept {
    ::epoll_event event{};
    event.events = wanted;
    event.data.u64 = token;
    if (::epoll_ctl(set.queue, what, handle, &event) == 0) return set_change::done;
    if (errno == EEXIST) return set_change::is_there_already;
    return errno == ENOENT ? set_change::is_not_there : set_change::failed;
}

inline set_change add_to(poller& set, native_handle handle, unsigned wanted, std::uint64_t token) noexcept {
    return change(set, EPOLL_CTL_ADD, handle, wanted, token);
}
inline set_change modify_in(poller& set, native_handle handle, unsigned wanted, std::uint64_t token) noexcept {
    return change(set, EPOLL_CTL_MOD, handle, wanted, token);
}
inline set_change remove_from(poller& set, native_handle handle) noexcept {
    return change(set, EPOLL_CTL_DEL, handle, 0, 0);
}

inline int open_poller(poller& set) noexcept {
    set.queue = ::epoll_create1(EPOLL_CLOEXEC);
    if (set.queue < 0) return -1;
    set.waker = open_waker();
    if (set.waker < 0) return -1;
    // Edge-triggered: each wake() is one event, and nothing has to be read to end it.
    return change(set, EPOLL_CTL_ADD, set.waker, poll_readable | EPOLLET, reserved_token) == set_change::done ? 0 : -1;
}

inline int wake_poller(const poller& set) noexcept { return wake(set.waker); }

/// The event of a handle that is ready, or of the waker.
using ready_event = ::epoll_event;

constexpr std::uint64_t token_of(const ready_event& event) noexcept { return event.data.u64; }
constexpr unsigned bits_of(const ready_event& event) noexcept { return event.events & all_poll_bits; }

/// As epoll_wait(2) takes it, rounded up; -1 if there is no end.
inline int milliseconds_left(std::int64_t until) noexcept {
    constexpr std::int64_t millisecond = 1'000'000;
    const std::int64_t left = time_left(until);
    if (left < 0) return -1;
    const std::int64_t rounded_up = left / millisecond + (left % millisecond != 0 ? 1 : 0);
    return rounded_up < INT_MAX ? static_cast<int>(rounded_up) : INT_MAX;
}

/// Collects events once a canceller has had its chance to end the wait.
inline int wait_with_cancellers(poller& set, ready_event* into, int most, const wait_limit& limit) noexcept {
    if (!is_open(set)) return fail_with(EBADF);  // poll(2) would ignore it
    if (check_terms(limit) < 0) return -1;
    for (;;) {
        if (wait_ready(set.queue, readiness::readable, limit) < 0) return -1;
        const int count = retry_interrupted([=, &set] { return ::epoll_wait(set.queue, into, most, 0); });
        if (count != 0) return count;
    }
}

/// Stores the events of the handles that are ready, the waker's perhaps among them, and returns how many there are. One
/// system call, with a canceller two, with a spin up to four. The kernel begins with those that it did not report last time, so
/// that every handle gets its turn.
inline int wait_for_events(poller& set, ready_event* into, int most, no_limit) noexcept {
    return retry_interrupted([=, &set] { return ::epoll_wait(set.queue, into, most, -1); });
}

inline int wait_for_events(poller& set, ready_event* into, int most, const wait_limit& limit) noexcept {
    if (limit.has_cancellers() && limit.spin == 0) return wait_with_cancellers(set, into, most, limit);
    if (limit.spin > 0) {
        const auto call = [&](int do_not_wait) {
            const int count = ::epoll_wait(set.queue, into, most, do_not_wait != 0 ? 0 : -1);
            return count == 0 ? fail_with(EAGAIN) : count;
        };
        return with_limit<readiness::readable>(set.queue, call, limit);
    }
    if (check_limit(limit) < 0) return -1;
    for (;;) {
        const int count = ::epoll_wait(set.queue, into, most, milliseconds_left(limit.until));
        if (count > 0 || (count < 0 && errno != EINTR)) return count;
        if (time_left(limit.until) == 0) return fail_with(limit_reached);
    }
}

inline int wait_for_events(poller& set, ready_event* into, int most, time_limit limit) noexcept {
    wait_limit bounds;
    bounds.until = time_after(limit.nanoseconds, limit.nanoseconds > 0 ? now() : 0);
    bounds.lies_ahead = limit.nanoseconds > 0;
    return wait_for_events(set, into, most, bounds);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
