// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_FILE_WINDOWS_HPP
#define KEYWAY_DETAIL_OS_FILE_WINDOWS_HPP

// The Windows room of files; its contract stands in <keyway/detail/os/file.hpp>. A file's HANDLE is not a SOCKET, and
// Windows says that there is none now by 0 and now by -1: here it is 0.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/file_vocabulary.hpp>  // IWYU pragma: export
#include <keyway/detail/os/winsock.hpp>

namespace keyway::inline KEYWAY_MODE {
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
inline native_file open_file(std::string_view path, const opening& how, file_kind& kind) noexcept {
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
        (how.read ? GENERIC_READ : 0) | (how.append  ? FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE
                                         : how.write ? GENERIC_WRITE
                                                     : 0);
    const ::DWORD disposition = how.create_new ? CREATE_NEW : how.create ? OPEN_ALWAYS : OPEN_EXISTING;
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
    if (!how.truncate || ::SetEndOfFile(opened) != 0) return opened;
    const int cause = last_error();
    ::CloseHandle(opened);
    set_last_error(cause);
    return invalid_file;
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

/// Windows does not tell what a handle may be used for.
inline int allows(native_file file, bool, bool) noexcept {
    set_last_error(NO_ERROR);
    if (::GetFileType(file) != FILE_TYPE_UNKNOWN || last_error() == NO_ERROR) return 0;
    return -1;
}

constexpr ::DWORD one_transfer(std::size_t size) noexcept {
    return static_cast<::DWORD>(at_most(most_in_one_receive, size));
}

/// What a read fails with at the end of a pipe or of a file, is the end.
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

inline std::ptrdiff_t read_file(native_file file, void* buffer, std::size_t size) noexcept {
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
inline std::ptrdiff_t write_file(native_file file, file_kind, const void* data, std::size_t size) noexcept {
    ::DWORD count = 0;
    if (size == 0) return 0;
    return ::WriteFile(file, data, one_transfer(size), &count, nullptr) != 0 ? static_cast<std::ptrdiff_t>(count) : -1;
}

inline std::ptrdiff_t write_file_at(native_file file, const void* data, std::size_t size,
                                    std::uint64_t position) noexcept {
    if (!has_position(file, position)) return -1;
    ::OVERLAPPED where = at(position);
    ::DWORD count = 0;
    return ::WriteFile(file, data, one_transfer(size), &count, &where) != 0 ? static_cast<std::ptrdiff_t>(count) : -1;
}

/// The new position from the start.
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
}  // namespace keyway::inline KEYWAY_MODE

#endif
