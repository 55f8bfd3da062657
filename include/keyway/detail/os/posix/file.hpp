// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_FILE_HPP
#define KEYWAY_DETAIL_OS_POSIX_FILE_HPP

// The POSIX backend of <keyway/detail/os/file.hpp>.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdio>  // SEEK_SET
#include <string_view>
#include <utility>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/file_types.hpp>  // IWYU pragma: export
#if defined(__linux__)
#include <keyway/detail/os/linux/file.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/bsd/file.hpp>  // IWYU pragma: export
#endif

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using native_file = native_handle;
inline constexpr native_file invalid_file = invalid_handle;

#if defined(__GLIBC__) && !defined(__LP64__)
// The plain calls of glibc end at 2 GiB on 32-bit systems, unless the whole program asks for more; these do not.
using file_offset = ::off64_t;
inline constexpr auto& open_any_size = ::open64;
inline constexpr auto& status_of = ::fstat64;
inline constexpr auto& path_status_of = ::stat64;
inline constexpr auto& read_at = ::pread64;
inline constexpr auto& write_at = ::pwrite64;
inline constexpr auto& seek_to = ::lseek64;
#else
using file_offset = ::off_t;
inline constexpr auto& open_any_size = ::open;
inline constexpr auto& status_of = ::fstat;
inline constexpr auto& path_status_of = ::stat;
inline constexpr auto& read_at = ::pread;
inline constexpr auto& write_at = ::pwrite;
inline constexpr auto& seek_to = ::lseek;
#endif

/// A descriptor that cannot be examined fails at its first use.
inline file_kind kind_of_file(native_file file) noexcept {
    file_status status{};
    if (status_of(file, &status) != 0) return file_kind::other;
    switch (status.st_mode & S_IFMT) {
    case S_IFREG: return file_kind::regular;
    case S_IFIFO: return file_kind::pipe;
    case S_IFSOCK: return file_kind::socket;
    case S_IFDIR: return file_kind::directory;
    default: return file_kind::other;
    }
}

inline bool is_fifo(const char* path) noexcept {
    file_status status{};
    return path_status_of(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

constexpr int open_flags(const opening& wanted) noexcept {
    int flags = O_CLOEXEC | O_NOCTTY;  // opening a terminal must not make it the controlling one
    flags |= wanted.read && wanted.write ? O_RDWR : wanted.write ? O_WRONLY : O_RDONLY;
    if (wanted.append) flags |= O_APPEND;
    if (wanted.create || wanted.create_new) flags |= O_CREAT;
    if (wanted.create_new) flags |= O_EXCL;
    if (wanted.truncate) flags |= O_TRUNC;
    return flags;
}

/// The path with a terminator; empty, with the cause in errno, if it cannot be one.
inline std::array<char, PATH_MAX> terminated(std::string_view path) noexcept {
    std::array<char, PATH_MAX> text;
    text[0] = '\0';
    if (path.size() >= text.size() || path.find('\0') != std::string_view::npos) {
        errno = path.size() >= text.size() ? ENAMETOOLONG : EINVAL;
        return text;
    }
    text[path.copy(text.data(), path.size())] = '\0';
    if (path.empty()) errno = ENOENT;
    return text;
}

/// The kind of a file just opened. A directory, which open(2) allows to be read, is closed and refused.
inline native_file classified(native_file opened, file_kind& kind) noexcept {
    if (opened < 0) return invalid_file;
    kind = kind_of_file(opened);
    if (kind != file_kind::directory) return opened;
    close(opened);
    errno = EISDIR;
    return invalid_file;
}

inline native_file open_file(std::string_view path, const opening& wanted, file_kind& kind, no_limit) noexcept {
    const auto text = terminated(path);
    if (text[0] == '\0') return invalid_file;
    return classified(
        retry_interrupted(
            [&] { return open_any_size(text.data(), open_flags(wanted), static_cast<::mode_t>(wanted.permissions)); }),
        kind);
}

/// Opens without blocking, then waits for the other end of a FIFO; the new description is blocking afterwards. A writer
/// is refused with ENXIO while there is no reader (fifo(7)), and any open with EAGAIN while a lease is being given up
/// (fcntl(2), F_SETLEASE).
inline native_file open_file(std::string_view path, const opening& wanted, file_kind& kind,
                             const wait_limit& limit) noexcept {
    const auto text = terminated(path);
    if (text[0] == '\0' || check_limit(limit) < 0) return invalid_file;
    const auto attempt = [&] {
        return open_any_size(text.data(), open_flags(wanted) | O_NONBLOCK, static_cast<::mode_t>(wanted.permissions));
    };
    const auto may_succeed_later = [&] {
        return is_would_block(errno) || (errno == ENXIO && wanted.write && is_fifo(text.data()));
    };
    native_file opened = retry_interrupted(attempt);
    while (opened < 0 && may_succeed_later()) {
        if (sleep_briefly(limit) < 0) return invalid_file;
        opened = retry_interrupted(attempt);
    }
    opened = classified(opened, kind);
    if (opened < 0) return invalid_file;
    const bool is_reader = kind == file_kind::pipe && wanted.read && !wanted.write;
    if ((!is_reader || wait_for_writer(opened, limit) == 0) && set_non_blocking(opened, false) == 0) return opened;
    const int cause = errno;
    close(opened);
    errno = cause;
    return invalid_file;
}

inline int close_file(native_file file) noexcept { return close(file); }
inline native_file duplicate_file(native_file file) noexcept { return duplicate(file); }
inline native_file standard_file(standard_stream which) noexcept { return static_cast<native_file>(which); }

/// Fails as a read or write would if the file is not open for it.
inline int allows(native_file file, bool to_read, bool to_write) noexcept {
    const int flags = ::fcntl(file, F_GETFL);
    if (flags < 0) return -1;
    const int mode = flags & O_ACCMODE;
    if ((!to_read || mode == O_RDONLY || mode == O_RDWR) && (!to_write || mode == O_WRONLY || mode == O_RDWR)) return 0;
    errno = EBADF;
    return -1;
}

/// Makes a call that writes `size` bytes to a pipe or socket and has no flag against SIGPIPE. The signal is blocked in
/// this thread during the call, and consumed if the call raised it, which a short write may have done too. A signal
/// that was pending before stays pending.
template <class Call>
std::ptrdiff_t without_sigpipe(std::size_t size, Call call) noexcept {
    ::sigset_t only;
    ::sigset_t before;
    ::sigset_t pending;
    ::sigemptyset(&only);
    ::sigaddset(&only, SIGPIPE);
    ::sigemptyset(&pending);
    ::pthread_sigmask(SIG_BLOCK, &only, &before);
    const bool was_blocked = ::sigismember(&before, SIGPIPE) == 1;
    if (was_blocked) ::sigpending(&pending);
    const std::ptrdiff_t done = call();
    const int cause = errno;
    const bool complete = done >= 0 && static_cast<std::size_t>(done) == size;
    if (!complete && ::sigismember(&pending, SIGPIPE) != 1) consume_pending(only);
    if (!was_blocked) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = cause;
    return done;
}

constexpr bool may_raise_sigpipe(file_kind kind) noexcept {
    return kind == file_kind::pipe || kind == file_kind::socket;
}

inline std::ptrdiff_t read_file(native_file file, file_kind, void* buffer, std::size_t size, no_limit) noexcept {
    return retry_interrupted([=] { return ::read(file, buffer, in_one_call(size)); });
}

inline std::ptrdiff_t write_file(native_file file, file_kind kind, const void* data, std::size_t size,
                                 no_limit) noexcept {
    const auto call = [=] { return retry_interrupted([=] { return ::write(file, data, in_one_call(size)); }); };
    return may_raise_sigpipe(kind) ? without_sigpipe(size, call) : call();
}

/// Makes a call on a file that waits as the limit says; a regular file never waits. `attempt` does not block, or is not
/// supported: then `call` is made each time poll(2) reports the file ready. A call on a ready file blocks only if
/// another reader or writer came first and there is no non-blocking description.
template <readiness Wanted, class Attempt, class Call>
std::ptrdiff_t with_limit(native_file file, file_kind kind, Attempt attempt, Call call,
                          const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0) return -1;
    if (kind == file_kind::regular) return retry_interrupted(call);
    const auto try_once = [&] { return retry_interrupted(attempt); };
    std::ptrdiff_t done = spin(try_once, limit);
    const bool supported = done >= 0 || !is_unsupported(errno);
    if (done >= 0 || (supported && !is_would_block(errno))) return done;
    // A terminal may count as writable and yet have no space for a line end.
    constexpr int many = 8;
    for (int in_vain = 0;; ++in_vain) {
        if (wait_ready(file, Wanted, limit) < 0) return -1;
        if (in_vain >= many && sleep_briefly(limit) < 0) return -1;
        done = supported ? try_once() : retry_interrupted(call);
        if (done >= 0 || !is_would_block(errno)) return done;
    }
}

inline std::ptrdiff_t read_file(native_file file, file_kind kind, void* buffer, std::size_t size,
                                const wait_limit& limit) noexcept {
    const auto attempt = [=] { return read_without_waiting(file, kind, buffer, in_one_call(size)); };
    const auto read = [=](native_file from, bool) { return ::read(from, buffer, in_one_call(size)); };
    const auto call = [=] { return on_non_blocking(file, kind, O_RDONLY, read); };
    return with_limit<readiness::readable>(file, kind, attempt, call, limit);
}

/// The number of bytes that a write to a ready file accepts without blocking: a pipe that is writable has space for
/// PIPE_BUF (pipe(7)), a terminal for one byte. A regular file never blocks.
inline std::size_t ready_piece(native_file file, file_kind kind, std::size_t size) noexcept {
    if (kind == file_kind::regular) return size;
    const std::size_t most = kind == file_kind::other && ::isatty(file) == 1 ? 1 : PIPE_BUF;
    return size < most ? size : most;
}

inline std::ptrdiff_t write_file(native_file file, file_kind kind, const void* data, std::size_t size,
                                 const wait_limit& limit) noexcept {
    const auto guarded = [=](auto write) { return may_raise_sigpipe(kind) ? without_sigpipe(size, write) : write(); };
    const auto attempt = [=] {
        return guarded([=] { return write_without_waiting(file, kind, data, in_one_call(size)); });
    };
    const auto write = [=](native_file to, bool blocks) {
        return ::write(to, data, blocks ? ready_piece(file, kind, size) : in_one_call(size));
    };
    const auto call = [=] { return guarded([=] { return on_non_blocking(file, kind, O_WRONLY, write); }); };
    return with_limit<readiness::writable>(file, kind, attempt, call, limit);
}

/// -1, which every call refuses with EINVAL, if the system's offsets are too small.
constexpr file_offset offset_of(std::uint64_t position) noexcept {
    return std::in_range<file_offset>(position) ? static_cast<file_offset>(position) : -1;
}

inline std::ptrdiff_t read_file_at(native_file file, void* buffer, std::size_t size, std::uint64_t position) noexcept {
    return retry_interrupted([=] { return read_at(file, buffer, in_one_call(size), offset_of(position)); });
}

inline std::ptrdiff_t write_file_at(native_file file, const void* data, std::size_t size,
                                    std::uint64_t position) noexcept {
    return retry_interrupted([=] { return write_at(file, data, in_one_call(size), offset_of(position)); });
}

/// Returns the new position, counted from the start.
inline std::int64_t seek_file(native_file file, std::int64_t offset, origin from) noexcept {
    constexpr std::array whence{SEEK_SET, SEEK_CUR, SEEK_END};
    if (!std::in_range<file_offset>(offset)) {
        errno = EINVAL;
        return -1;
    }
    return seek_to(file, static_cast<file_offset>(offset), whence[static_cast<std::size_t>(from)]);
}

inline std::int64_t file_size(native_file file) noexcept {
    file_status status{};
    return status_of(file, &status) == 0 ? std::int64_t{status.st_size} : -1;
}

inline int sync_file(native_file file) noexcept {
    return retry_interrupted([=] { return ::fsync(file); });
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
