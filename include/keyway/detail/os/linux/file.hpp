// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINUX_FILE_HPP
#define KEYWAY_DETAIL_OS_LINUX_FILE_HPP

// The parts of files that POSIX leaves open, on Linux. The counterpart is <keyway/detail/os/bsd/file.hpp>.

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/file_types.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

inline int make_pipe(int (&ends)[2]) noexcept { return ::pipe2(ends, O_CLOEXEC); }

/// Consumes one of the signals if one is pending: first the thread's, then the process's (sigtimedwait(2)).
inline void consume_pending(const ::sigset_t& signals) noexcept {
    constexpr ::timespec no_time{};
    while (::sigtimedwait(&signals, nullptr, &no_time) < 0 && errno == EINTR) {}
}

/// Whether an attempt failed because the file, the kernel or a filter of system calls does not know it.
constexpr bool is_unsupported(int code) noexcept {
    return code == EOPNOTSUPP || code == ENOSYS || code == EPERM || code == EINVAL;
}

/// Reads without waiting, whatever the mode of the description. Regular files, anonymous pipes (since Linux 6.4) and
/// some devices support this; FIFOs and terminals do not. Source: preadv2(2), RWF_NOWAIT.
inline std::ptrdiff_t read_without_waiting(int file, file_kind kind, void* buffer, std::size_t size) noexcept {
    if (kind == file_kind::socket) return ::recv(file, buffer, size, MSG_DONTWAIT);
    ::iovec piece{buffer, size};
    return ::preadv2(file, &piece, 1, -1, RWF_NOWAIT);
}

inline std::ptrdiff_t write_without_waiting(int file, file_kind kind, const void* data, std::size_t size) noexcept {
    if (kind == file_kind::socket) return ::send(file, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    ::iovec piece{const_cast<void*>(data), size};
    return ::pwritev2(file, &piece, 1, -1, RWF_NOWAIT);
}

/// Opens a pipe, FIFO or terminal once more, non-blocking: the mode of the given description may be shared with others.
/// The master of a pseudo-terminal is left out, since opening it creates another one. Source: proc(5), pts(4).
inline int reopen_non_blocking(int file, file_kind kind, int access) noexcept {
    unsigned number = 0;
    const bool is_terminal = kind == file_kind::other && ::isatty(file) == 1 && ::ioctl(file, TIOCGPTN, &number) != 0;
    if (file < 0 || (kind != file_kind::pipe && !is_terminal)) return fail_with(EOPNOTSUPP);
    fixed_text<40> path;
    path.append("/proc/thread-self/fd/").append_number(static_cast<std::uint64_t>(file));
    return ::open(path.c_str(), access | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

/// Makes a call on a description that does not block; `blocks` is true if there is none, and the given one is used.
template <class Call>
std::ptrdiff_t on_non_blocking(int file, file_kind kind, int access, Call call) noexcept {
    const int reopened = reopen_non_blocking(file, kind, access);
    if (reopened < 0) return call(file, true);
    const std::ptrdiff_t done = call(reopened, false);
    const int cause = errno;
    ::close(reopened);
    errno = cause;
    return done;
}

/// Waits until a FIFO that was opened without blocking has, or has had, a writer, as a blocking open(2) does. tee(2)
/// shows that and consumes nothing: it returns 0 without a writer and fails with EAGAIN if the writer has written nothing.
/// poll(2) reports a writer that came and went.
inline int wait_for_writer(int fifo, const wait_limit& limit) noexcept {
    constexpr std::int64_t millisecond = 1'000'000;
    int ends[2];
    if (make_pipe(ends) < 0) return -1;
    int outcome = 0;
    for (bool tee_tells = true; outcome == 0;) {
        if (tee_tells) {
            const auto seen = ::tee(fifo, ends[1], 1, SPLICE_F_NONBLOCK);
            if (seen > 0 || (seen < 0 && errno == EAGAIN)) break;
            tee_tells = seen == 0 || errno == EINTR;
        }
        const std::int64_t soon = now() + millisecond;
        const bool wakes_early = tee_tells && soon < limit.until;
        const int events = wait_ready(fifo, readiness::readable, wakes_early ? limit.with_time(soon) : limit);
        if (events >= 0) break;
        if (!wakes_early || errno != limit_reached) outcome = -1;
    }
    const int cause = errno;
    ::close(ends[0]);
    ::close(ends[1]);
    errno = cause;
    return outcome;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
