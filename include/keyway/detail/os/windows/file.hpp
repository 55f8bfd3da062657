// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_FILE_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_FILE_HPP

// The Windows backend of <keyway/detail/os/file.hpp>. A file's HANDLE is not a SOCKET. Windows reports an invalid one
// as 0 in some calls and as -1 in others: here it is 0.
//
// A limit ends the wait for the data of a pipe. A write, and a read of any other file that waits, cannot be ended once
// they have begun: a limit only keeps them from beginning.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/file_types.hpp>  // IWYU pragma: export
#include <keyway/detail/os/windows/winsock.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using native_file = void*;
inline constexpr void* invalid_file = nullptr;

inline native_file or_invalid(native_file file) noexcept { return file == INVALID_HANDLE_VALUE ? invalid_file : file; }

inline file_kind kind_of_file(native_file file) noexcept {
    switch (::GetFileType(file)) {
    case FILE_TYPE_DISK: return file_kind::regular;
    case FILE_TYPE_PIPE: return file_kind::pipe;
    default: return file_kind::other;
    }
}

/// Others may open, rename and remove the file meanwhile, as on POSIX. Permissions are inherited from the directory.
inline native_file open_file(std::string_view path, const opening& wanted, file_kind& kind, no_limit) noexcept {
    constexpr ::DWORD every_sharing = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    std::array<wchar_t, 4096> wide;
    int length = 0;
    if (path.size() < wide.size() && path.find('\0') == std::string_view::npos)
        length = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path.data(), static_cast<int>(path.size()),
                                       wide.data(), static_cast<int>(wide.size()) - 1);
    if (length == 0) {
        const bool too_long = path.size() >= wide.size();
        set_last_error(too_long ? WSAENAMETOOLONG : path.empty() ? ERROR_PATH_NOT_FOUND : ERROR_INVALID_PARAMETER);
        return invalid_file;
    }
    wide[static_cast<std::size_t>(length)] = L'\0';
    const ::DWORD access =
        (wanted.read ? GENERIC_READ : 0) | (wanted.append  ? FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE
                                            : wanted.write ? GENERIC_WRITE
                                                           : 0);
    const ::DWORD disposition = wanted.create_new ? CREATE_NEW : wanted.create ? OPEN_ALWAYS : OPEN_EXISTING;
    void* const opened = or_invalid(
        ::CreateFileW(wide.data(), access, every_sharing, nullptr, disposition, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (opened == invalid_file) {
        if (const int cause = last_error(); cause == ERROR_ACCESS_DENIED) {
            const ::DWORD attributes = ::GetFileAttributesW(wide.data());
            const bool directory =
                attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
            set_last_error(directory ? is_directory_error : cause);
        }
        return invalid_file;
    }
    kind = kind_of_file(opened);
    if (!wanted.truncate || ::SetEndOfFile(opened) != 0) return opened;
    const int cause = last_error();
    ::CloseHandle(opened);
    set_last_error(cause);
    return invalid_file;
}

inline native_file open_file(std::string_view path, const opening& wanted, file_kind& kind,
                             const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0) return invalid_file;
    return open_file(path, wanted, kind, no_limit{});
}

inline int close_file(native_file file) noexcept { return ::CloseHandle(file) != 0 ? 0 : -1; }

inline native_file duplicate_file(native_file file) noexcept {
    native_file copy = invalid_file;
    void* const process = ::GetCurrentProcess();
    return ::DuplicateHandle(process, file, process, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS) != 0 ? copy : invalid_file;
}

inline native_file standard_file(standard_stream which) noexcept {
    constexpr std::array<::DWORD, 3> numbers{STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    return or_invalid(::GetStdHandle(numbers[static_cast<std::size_t>(which)]));
}

inline int make_pipe(native_file (&ends)[2]) noexcept {
    return ::CreatePipe(&ends[0], &ends[1], nullptr, 0) != 0 ? 0 : -1;
}

/// Windows does not report the access of a handle.
inline int allows(native_file file, bool, bool) noexcept {
    set_last_error(NO_ERROR);
    if (::GetFileType(file) != FILE_TYPE_UNKNOWN || last_error() == NO_ERROR) return 0;
    return -1;
}

constexpr ::DWORD one_transfer(std::size_t size) noexcept {
    return static_cast<::DWORD>(at_most(most_in_one_receive, size));
}

/// The errors of a read at the end of a pipe or a file mean the end.
inline std::ptrdiff_t or_end_of_file(::BOOL done, const ::DWORD& count) noexcept {
    if (done != 0) return static_cast<std::ptrdiff_t>(count);
    const int cause = last_error();
    return cause == ERROR_BROKEN_PIPE || cause == ERROR_HANDLE_EOF ? 0 : -1;
}

/// Windows would ignore the position of a pipe, or move one that it does not have.
inline bool has_positions(native_file file) noexcept {
    if (file == invalid_file || kind_of_file(file) == file_kind::regular) return true;
    set_last_error(ERROR_SEEK_ON_DEVICE);
    return false;
}

/// The highest position of all would mean the end of the file.
inline bool has_position(native_file file, std::uint64_t position) noexcept {
    if (position <= INT64_MAX) return has_positions(file);
    set_last_error(ERROR_NEGATIVE_SEEK);
    return false;
}

inline ::OVERLAPPED at(std::uint64_t position) noexcept {
    ::OVERLAPPED where{};
    where.Offset = static_cast<::DWORD>(position);
    where.OffsetHigh = static_cast<::DWORD>(position >> 32);
    return where;
}

inline std::ptrdiff_t read_file(native_file file, file_kind, void* buffer, std::size_t size, no_limit) noexcept {
    ::DWORD count = 0;
    return or_end_of_file(::ReadFile(file, buffer, one_transfer(size), &count, nullptr), count);
}

inline std::ptrdiff_t read_file_at(native_file file, void* buffer, std::size_t size, std::uint64_t position) noexcept {
    if (!has_position(file, position)) return -1;
    ::OVERLAPPED where = at(position);
    ::DWORD count = 0;
    return or_end_of_file(::ReadFile(file, buffer, one_transfer(size), &count, &where), count);
}

/// An empty write to a pipe would look like its end to the reader.
inline std::ptrdiff_t write_file(native_file file, file_kind, const void* data, std::size_t size, no_limit) noexcept {
    ::DWORD count = 0;
    if (size == 0) return 0;
    return ::WriteFile(file, data, one_transfer(size), &count, nullptr) != 0 ? static_cast<std::ptrdiff_t>(count) : -1;
}

/// A pipe is read once it has data or has ended.
inline std::ptrdiff_t read_file(native_file file, file_kind kind, void* buffer, std::size_t size,
                                const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0) return -1;
    ::DWORD available = 0;
    while (kind == file_kind::pipe && ::PeekNamedPipe(file, nullptr, 0, nullptr, &available, nullptr) != 0 &&
           available == 0)
        if (sleep_briefly(limit) < 0) return -1;
    return read_file(file, kind, buffer, size, no_limit{});
}

inline std::ptrdiff_t write_file(native_file file, file_kind kind, const void* data, std::size_t size,
                                 const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0) return -1;
    return write_file(file, kind, data, size, no_limit{});
}

inline std::ptrdiff_t write_file_at(native_file file, const void* data, std::size_t size,
                                    std::uint64_t position) noexcept {
    if (!has_position(file, position)) return -1;
    ::OVERLAPPED where = at(position);
    ::DWORD count = 0;
    return ::WriteFile(file, data, one_transfer(size), &count, &where) != 0 ? static_cast<std::ptrdiff_t>(count) : -1;
}

/// Returns the new position, counted from the start.
inline std::int64_t seek_file(native_file file, std::int64_t offset, origin from) noexcept {
    if (!has_positions(file)) return -1;
    constexpr std::array<::DWORD, 3> method{FILE_BEGIN, FILE_CURRENT, FILE_END};
    ::LARGE_INTEGER distance;
    ::LARGE_INTEGER position;
    distance.QuadPart = offset;
    if (::SetFilePointerEx(file, distance, &position, method[static_cast<std::size_t>(from)]) == 0) return -1;
    return position.QuadPart;
}

inline std::int64_t file_size(native_file file) noexcept {
    ::LARGE_INTEGER size;
    return ::GetFileSizeEx(file, &size) != 0 ? size.QuadPart : -1;
}

inline int sync_file(native_file file) noexcept { return ::FlushFileBuffers(file) != 0 ? 0 : -1; }

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
