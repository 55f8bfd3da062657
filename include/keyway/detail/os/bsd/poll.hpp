// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BSD_POLL_HPP
#define KEYWAY_DETAIL_OS_BSD_POLL_HPP

// Poll sets on the BSDs and macOS: kqueue(2), with a user event in it as the waker; written from the manual pages. The
// kernel keeps the set; the cost of a wait depends on the number of ready handles.

#include <fcntl.h>
#include <sys/event.h>
#include <sys/time.h>
#include <sys/types.h>

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
};

inline bool is_open(const poller& set) noexcept { return set.queue != invalid_handle; }

inline void close_poller(poller& set) noexcept {
    if (set.queue >= 0) close(set.queue);
    set = {};
}

/// Makes one change to one filter.
inline int change_filter(const poller& set, native_handle handle, int filter, int action, unsigned flags,
                         std::uint64_t token) noexcept {
    struct ::kevent change;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a token is no larger than a pointer, and comes back as it went
    void* const data = reinterpret_cast<void*>(static_cast<std::uintptr_t>(token));
    EV_SET(&change, static_cast<decltype(change.ident)>(handle), static_cast<decltype(change.filter)>(filter),
           static_cast<decltype(change.flags)>(action), static_cast<decltype(change.fflags)>(flags), 0, data);
    return ::kevent(set.queue, &change, 1, nullptr, 0, nullptr);
}

/// Every handle in the set has a filter for reading, perhaps disabled, and one for writing only if that is wanted: some
/// descriptors cannot be written.
inline int set_reading(const poller& set, native_handle handle, unsigned wanted, std::uint64_t token) noexcept {
    const int state = (wanted & poll_readable) != 0 ? EV_ENABLE : EV_DISABLE;
    return change_filter(set, handle, EVFILT_READ, EV_ADD | state, 0, token);
}
inline int set_writing(const poller& set, native_handle handle, unsigned wanted, std::uint64_t token) noexcept {
    if ((wanted & poll_writable) != 0) return change_filter(set, handle, EVFILT_WRITE, EV_ADD, 0, token);
    const int done = change_filter(set, handle, EVFILT_WRITE, EV_DELETE, 0, 0);
    return done == 0 || errno == ENOENT ? 0 : done;
}

/// Adding a handle again replaces its filters: kqueue does not report it.
inline set_change add_to(poller& set, native_handle handle, unsigned wanted, std::uint64_t token) noexcept {
    if (set_reading(set, handle, wanted, token) < 0) return set_change::failed;
    if (set_writing(set, handle, wanted, token) == 0) return set_change::done;
    const int cause = errno;
    change_filter(set, handle, EVFILT_READ, EV_DELETE, 0, 0);
    errno = cause;
    return set_change::failed;
}

inline set_change modify_in(poller& set, native_handle handle, unsigned wanted, std::uint64_t token) noexcept {
    // Without EV_ADD it finds only existing filters.
    if (change_filter(set, handle, EVFILT_READ, EV_DISABLE, 0, token) < 0)
        return errno == ENOENT ? set_change::is_not_there : set_change::failed;
    const bool done = set_reading(set, handle, wanted, token) == 0 && set_writing(set, handle, wanted, token) == 0;
    return done ? set_change::done : set_change::failed;
}

inline set_change remove_from(poller& set, native_handle handle) noexcept {
    if (change_filter(set, handle, EVFILT_READ, EV_DELETE, 0, 0) < 0)
        return errno == ENOENT ? set_change::is_not_there : set_change::failed;
    return set_writing(set, handle, 0, 0) == 0 ? set_change::done : set_change::failed;
}

inline constexpr native_handle waker_number = 0;  // of a user event, which is no descriptor

inline int open_poller(poller& set) noexcept {
    set.queue = ::kqueue();
    if (set.queue < 0) return -1;
    if (::fcntl(set.queue, F_SETFD, FD_CLOEXEC) < 0) return -1;
    return change_filter(set, waker_number, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0);
}

inline int wake_poller(const poller& set) noexcept {
    return change_filter(set, waker_number, EVFILT_USER, 0, NOTE_TRIGGER, 0);
}

/// The end of the data is reported as readable; that the peer reads no longer is a hang-up.
inline unsigned reported_by(const struct ::kevent& event) noexcept {
    const bool at_end = (event.flags & EV_EOF) != 0;
    const bool reads = event.filter == EVFILT_READ;
    return (reads ? poll_readable : poll_writable) | (at_end && !reads ? poll_hung_up : 0) |
           (at_end && event.fflags != 0 ? poll_failed : 0);
}

/// The event of a handle that is ready.
struct ready_event {
    std::uint64_t token;
    unsigned bits;
};

constexpr std::uint64_t token_of(const ready_event& event) noexcept { return event.token; }
constexpr unsigned bits_of(const ready_event& event) noexcept { return event.bits; }

/// Stores the events of the handles that are ready, and returns how many there are. One system call if a handle is ready or
/// there is no limit. A handle that is ready both ways is reported twice.
template <class Limit>
inline int wait_for_events(poller& set, ready_event* into, int most, const Limit& limit) noexcept {
    std::array<struct ::kevent, 64> found;
    if (most > static_cast<int>(found.size())) most = static_cast<int>(found.size());
    const auto call = [&](int do_not_wait) {
        constexpr ::timespec no_time{};
        const int count = ::kevent(set.queue, nullptr, 0, found.data(), most, do_not_wait != 0 ? &no_time : nullptr);
        return count == 0 ? fail_with(EAGAIN) : count;
    };
    const int count = with_limit<readiness::readable>(set.queue, call, limit);
    if (count < 0) return -1;
    int stored = 0;
    for (int i = 0; i < count; ++i) {
        const struct ::kevent& event = found[static_cast<std::size_t>(i)];
        if (event.filter == EVFILT_USER) continue;
        into[stored++] = {reinterpret_cast<std::uintptr_t>(event.udata), reported_by(event)};
    }
    return stored;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
