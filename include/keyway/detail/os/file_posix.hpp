// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_FILE_POSIX_HPP
#define KEYWAY_DETAIL_OS_FILE_POSIX_HPP

// The POSIX room of files; its contract stands in <keyway/detail/os/file.hpp>.

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
#include <keyway/detail/os/file_vocabulary.hpp>  // IWYU pragma: export
#if defined(__linux__)
#include <keyway/detail/os/file_linux.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/file_bsd.hpp>  // IWYU pragma: export
#endif

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

using native_file = native_handle;
inline constexpr native_file invalid_file = invalid_handle;

#if defined(__GLIBC__) && !defined(__LP64__)
// The plain calls of glibc end at 2 GiB on 32-bit systems, unless the whole program asks for more; these do not.
using file_offset = ::off64_t;
inline constexpr auto& open_any_size = ::open64;
inline constexpr auto& status_of = ::fstat64;
inline constexpr auto& read_at = ::pread64;
inline constexpr auto& write_at = ::pwrite64;
inline constexpr auto& seek_to = ::lseek64;
#else
using file_offset = ::off_t;
inline constexpr auto& open_any_size = ::open;
inline constexpr auto& status_of = ::fstat;
inline constexpr auto& read_at = ::pread;
inline constexpr auto& write_at = ::pwrite;
inline constexpr auto& seek_to = ::lseek;
#endif

/// What cannot be asked fails at its first use.
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

constexpr int open_flags(const opening& how) noexcept {
    int flags = O_CLOEXEC | O_NOCTTY;  // a terminal that is opened stays nobody's
    flags |= how.read && how.write ? O_RDWR : how.write ? O_WRONLY : O_RDONLY;
    if (how.append) flags |= O_APPEND;
    if (how.create || how.create_new) flags |= O_CREAT;
    if (how.create_new) flags |= O_EXCL;
    if (how.truncate) flags |= O_TRUNC;
    return flags;
}

/// A directory, which open(2) lets read, is refused here as where it is written.
inline native_file open_file(std::string_view path, const opening& how, file_kind& kind) noexcept {
    std::array<char, PATH_MAX> text;
    if (path.size() >= text.size() || path.find('\0') != std::string_view::npos) {
        errno = path.size() >= text.size() ? ENAMETOOLONG : EINVAL;
        return invalid_file;
    }
    text[path.copy(text.data(), path.size())] = '\0';
    const native_file opened = retry_interrupted(
        [&] { return open_any_size(text.data(), open_flags(how), static_cast<::mode_t>(how.permissions)); });
    if (opened < 0) return invalid_file;
    kind = kind_of_file(opened);
    if (kind != file_kind::directory) return opened;
    close(opened);
    errno = EISDIR;
    return invalid_file;
}

inline int close_file(native_file file) noexcept { return close(file); }
inline native_file duplicate_file(native_file file) noexcept { return duplicate(file); }
inline native_file standard_file(standard_stream which) noexcept { return static_cast<native_file>(which); }

/// Fails as a read or write would that the file was not opened for.
inline int allows(native_file file, bool to_read, bool to_write) noexcept {
    const int flags = ::fcntl(file, F_GETFL);
    if (flags < 0) return -1;
    const int mode = flags & O_ACCMODE;
    if ((!to_read || mode == O_RDONLY || mode == O_RDWR) && (!to_write || mode == O_WRONLY || mode == O_RDWR)) return 0;
    errno = EBADF;
    return -1;
}

/// Makes a call that writes `size` bytes to a pipe or socket with no flag against SIGPIPE. The signal is this thread's
/// alone: blocked for as long as the call lasts, and taken off if the call raised it, which one that wrote less than it
/// was asked to may have done too. One that was pending before stays so.
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
    if (!complete && ::sigismember(&pending, SIGPIPE) != 1) take_pending(only);
    if (!was_blocked) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = cause;
    return done;
}

constexpr bool may_raise_sigpipe(file_kind kind) noexcept {
    return kind == file_kind::pipe || kind == file_kind::socket;
}

inline std::ptrdiff_t read_file(native_file file, void* buffer, std::size_t size) noexcept {
    return retry_interrupted([=] { return ::read(file, buffer, in_one_call(size)); });
}

inline std::ptrdiff_t write_file(native_file file, file_kind kind, const void* data, std::size_t size) noexcept {
    const auto call = [=] { return retry_interrupted([=] { return ::write(file, data, in_one_call(size)); }); };
    return may_raise_sigpipe(kind) ? without_sigpipe(size, call) : call();
}

/// -1, which every call refuses with EINVAL, where the system's offsets are too small.
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

/// The new position from the start.
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
}  // namespace keyway::inline KEYWAY_MODE

#endif
