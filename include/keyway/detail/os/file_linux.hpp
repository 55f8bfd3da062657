// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_FILE_LINUX_HPP
#define KEYWAY_DETAIL_OS_FILE_LINUX_HPP

// What POSIX leaves open about files, as Linux answers it. Its counterpart is <keyway/detail/os/file_bsd.hpp>.

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

inline int make_pipe(int (&ends)[2]) noexcept { return ::pipe2(ends, O_CLOEXEC); }

/// Takes one of the signals off the thread, if one is pending: first of its own, then of the process (sigtimedwait(2)).
inline void take_pending(const ::sigset_t& signals) noexcept {
    constexpr ::timespec no_time{};
    while (::sigtimedwait(&signals, nullptr, &no_time) < 0 && errno == EINTR) {}
}

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
