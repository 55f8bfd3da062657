// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_FILE_BSD_HPP
#define KEYWAY_DETAIL_OS_FILE_BSD_HPP

// What POSIX leaves open about files, as the BSDs and macOS answer it; written from their manual pages. Its counterpart
// is <keyway/detail/os/file_linux.hpp>.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

#if defined(__APPLE__)
/// macOS has no pipe2(2): another thread's fork() may come in between.
inline int make_pipe(int (&ends)[2]) noexcept {
    if (::pipe(ends) < 0) return -1;
    for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    return 0;
}
#else
inline int make_pipe(int (&ends)[2]) noexcept { return ::pipe2(ends, O_CLOEXEC); }
#endif

/// Takes one of the signals off the thread, if one is pending. Not every BSD has sigtimedwait(2).
inline void take_pending(const ::sigset_t& signals) noexcept {
    ::sigset_t pending;
    int taken = 0;
    if (::sigpending(&pending) == 0 && ::sigismember(&pending, SIGPIPE) == 1) ::sigwait(&signals, &taken);
}

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
