// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_POLL_HPP
#define KEYWAY_DETAIL_OS_POSIX_POLL_HPP

// Waiting for one descriptor with poll(2).

#include <poll.h>

#include <cerrno>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/poll_types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// Sleeps until the descriptor has one of the wanted events. Returns what it has, a sum of poll_readable and so on.
inline int wait_interest(native_handle handle, unsigned wanted, const wait_limit& limit) noexcept {
    const int events = ((wanted & poll_readable) != 0 ? POLLIN : 0) | ((wanted & poll_writable) != 0 ? POLLOUT : 0);
    ::pollfd set[1 + most_cancellers];
    set[0] = {handle, static_cast<short>(events), 0};
    if (wait_any(set, 1, limit) < 0) return -1;
    const int found = set[0].revents;
    if ((found & POLLNVAL) != 0) return fail_with(EBADF);
    const unsigned reported = ((found & POLLIN) != 0 ? poll_readable : 0) |
                              ((found & POLLOUT) != 0 ? poll_writable : 0) |
                              ((found & POLLHUP) != 0 ? poll_hung_up : 0) | ((found & POLLERR) != 0 ? poll_failed : 0);
    return static_cast<int>(reported);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
