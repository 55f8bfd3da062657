// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BSD_FILE_HPP
#define KEYWAY_DETAIL_OS_BSD_FILE_HPP

// The parts of files that POSIX leaves open, on the BSDs and macOS; written from their manual pages. The counterpart is
// <keyway/detail/os/linux/file.hpp>.

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/file_types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

#if defined(__APPLE__)
/// macOS has no pipe2(2): another thread may call fork(2) in between.
inline int make_pipe(int (&ends)[2]) noexcept {
    if (::pipe(ends) < 0) return -1;
    for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    return 0;
}
#else
inline int make_pipe(int (&ends)[2]) noexcept { return ::pipe2(ends, O_CLOEXEC); }
#endif

/// Consumes one of the signals if one is pending. Not every BSD has sigtimedwait(2).
inline void consume_pending(const ::sigset_t& signals) noexcept {
    ::sigset_t pending;
    int consumed = 0;
    if (::sigpending(&pending) == 0 && ::sigismember(&pending, SIGPIPE) == 1) ::sigwait(&signals, &consumed);
}

constexpr bool is_unsupported(int code) noexcept { return code == EOPNOTSUPP; }

/// No flag keeps a single call on a file from waiting, as one does on a socket.
inline std::ptrdiff_t read_without_waiting(int file, file_kind kind, void* buffer, std::size_t size) noexcept {
    if (kind == file_kind::socket) return ::recv(file, buffer, size, MSG_DONTWAIT);
    return fail_with(EOPNOTSUPP);
}
inline std::ptrdiff_t write_without_waiting(int file, file_kind kind, const void* data, std::size_t size) noexcept {
    if (kind == file_kind::socket) return ::send(file, data, size, MSG_DONTWAIT | no_signal);
    return fail_with(EOPNOTSUPP);
}

/// Makes a call on the given description, which may block: opening /dev/fd/N does not make another one.
template <class Call>
std::ptrdiff_t on_non_blocking(int file, file_kind, int, Call call) noexcept {
    return call(file, true);
}

/// Waits until a FIFO has data: these systems do not report a writer that has written nothing.
inline int wait_for_writer(int fifo, const wait_limit& limit) noexcept {
    return wait_ready(fifo, readiness::readable, limit) < 0 ? -1 : 0;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
