// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINUX_POLL_HPP
#define KEYWAY_DETAIL_OS_LINUX_POLL_HPP

// Poll sets on Linux: epoll(7), with an eventfd(2) in it as the waker. The kernel keeps the set; the cost of a wait depends
// on the number of ready handles.

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/poll_types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

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
    if ((wanted & poll_readable) != 0) event.events |= EPOLLIN;
    if ((wanted & poll_writable) != 0) event.events |= EPOLLOUT;
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
    return add_to(set, set.waker, poll_readable, reserved_token) == set_change::done ? 0 : -1;
}

inline int wake_poller(const poller& set) noexcept { return wake(set.waker); }

constexpr unsigned reported_by(std::uint32_t events) noexcept {
    return ((events & EPOLLIN) != 0 ? poll_readable : 0) | ((events & EPOLLOUT) != 0 ? poll_writable : 0) |
           ((events & EPOLLHUP) != 0 ? poll_hung_up : 0) | ((events & EPOLLERR) != 0 ? poll_failed : 0);
}

/// One system call if a handle is ready or there is no limit. The kernel begins with those that it did not report last time,
/// so that every handle gets its turn.
template <class Sink, class Limit>
inline int wait_for_events(poller& set, Sink sink, const Limit& limit) noexcept {
    std::array<::epoll_event, events_at_once> found;
    const auto call = [&](int do_not_wait) {
        const int time = do_not_wait != 0 ? 0 : -1;
        const int count = ::epoll_wait(set.queue, found.data(), static_cast<int>(found.size()), time);
        return count == 0 ? fail_with(EAGAIN) : count;
    };
    const int count = with_limit<readiness::readable>(set.queue, call, limit);
    for (int i = 0; i < count; ++i) {
        const ::epoll_event& event = found[static_cast<std::size_t>(i)];
        const std::uint64_t token = event.data.u64;
        if (token == reserved_token) reset_waker(set.waker);
        else sink(token, reported_by(event.events));
    }
    return count < 0 ? -1 : 0;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
