// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_ERROR_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_ERROR_HPP

// Windows' error codes, the <cerrno> constants that mean the same, and the texts that describe them.

#include <array>
#include <cerrno>
#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/windows/winsock.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

inline int last_error() noexcept { return ::WSAGetLastError(); }
inline void set_last_error(int code) noexcept { ::WSASetLastError(code); }

inline constexpr int is_directory_error = 336;  // ERROR_DIRECTORY_NOT_SUPPORTED, not in every header

/// A code of WSAGetLastError() and the <cerrno> constant that means the same.
struct meaning {
    int code;
    int condition;
};

/// If several codes mean the same condition, the first supplies its text.
inline constexpr std::array meanings{
    meaning{WSAEWOULDBLOCK, EWOULDBLOCK},  // first: the most frequent one
    meaning{WSAEACCES, EACCES},
    meaning{WSAEADDRINUSE, EADDRINUSE},
    meaning{WSAEADDRNOTAVAIL, EADDRNOTAVAIL},
    meaning{WSAEAFNOSUPPORT, EAFNOSUPPORT},
    meaning{WSAEALREADY, EALREADY},
    meaning{WSAEBADF, EBADF},
    meaning{WSAECONNABORTED, ECONNABORTED},
    meaning{WSAECONNREFUSED, ECONNREFUSED},
    meaning{WSAECONNRESET, ECONNRESET},
    meaning{WSAEDESTADDRREQ, EDESTADDRREQ},
    meaning{WSAEFAULT, EFAULT},
    meaning{WSAEHOSTUNREACH, EHOSTUNREACH},
    meaning{WSAEINPROGRESS, EINPROGRESS},
    meaning{WSAEINTR, EINTR},
    meaning{WSAEINVAL, EINVAL},
    meaning{WSAEISCONN, EISCONN},
    meaning{WSAELOOP, ELOOP},
    meaning{WSAEMFILE, EMFILE},
    meaning{WSAEMSGSIZE, EMSGSIZE},
    meaning{WSAENAMETOOLONG, ENAMETOOLONG},
    meaning{WSAENETDOWN, ENETDOWN},
    meaning{WSAENETRESET, ENETRESET},
    meaning{WSAENETUNREACH, ENETUNREACH},
    meaning{WSAENOBUFS, ENOBUFS},
    meaning{WSAENOPROTOOPT, ENOPROTOOPT},
    meaning{WSAENOTCONN, ENOTCONN},
    meaning{WSAENOTSOCK, ENOTSOCK},
    meaning{WSAEOPNOTSUPP, EOPNOTSUPP},
    meaning{WSAEPROTONOSUPPORT, EPROTONOSUPPORT},
    meaning{WSAEPROTOTYPE, EPROTOTYPE},
    meaning{WSAESHUTDOWN, EPIPE},
    meaning{WSAETIMEDOUT, ETIMEDOUT},
    meaning{ERROR_BUSY, EBUSY},
    meaning{ERROR_FILE_NOT_FOUND, ENOENT},
    meaning{ERROR_DEV_NOT_EXIST, ENODEV},
    meaning{ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
    meaning{ERROR_OPERATION_ABORTED, ECANCELED},
    meaning{ERROR_TOO_MANY_OPEN_FILES, ENFILE},
    meaning{ERROR_INVALID_PARAMETER, EINVAL},
    meaning{ERROR_FILE_EXISTS, EEXIST},
    meaning{is_directory_error, EISDIR},
    meaning{ERROR_DIRECTORY, ENOTDIR},
    meaning{ERROR_DISK_FULL, ENOSPC},
    meaning{ERROR_FILE_TOO_LARGE, EFBIG},
    meaning{ERROR_IO_DEVICE, EIO},
    meaning{ERROR_SEEK_ON_DEVICE, ESPIPE},
    // The codes below mean conditions that a code above supplies the text of.
    meaning{WSAEPFNOSUPPORT, EAFNOSUPPORT},
    meaning{WSAESOCKTNOSUPPORT, EPROTONOSUPPORT},
    meaning{WSAEHOSTDOWN, EHOSTUNREACH},
    meaning{WSAEPROCLIM, EMFILE},
    meaning{WSAECANCELLED, ECANCELED},
    meaning{WSA_E_CANCELLED, ECANCELED},
    meaning{WSANOTINITIALISED, ENOTSOCK},  // no socket was ever opened
    meaning{ERROR_PATH_NOT_FOUND, ENOENT},
    meaning{ERROR_INVALID_NAME, ENOENT},
    meaning{ERROR_ALREADY_EXISTS, EEXIST},
    meaning{ERROR_HANDLE_DISK_FULL, ENOSPC},
    meaning{ERROR_CRC, EIO},
    meaning{ERROR_NEGATIVE_SEEK, EINVAL},
    meaning{ERROR_NO_UNICODE_TRANSLATION, EINVAL},
    meaning{ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
    meaning{ERROR_ACCESS_DENIED, EACCES},
    meaning{ERROR_SHARING_VIOLATION, EACCES},
    meaning{ERROR_WRITE_PROTECT, EACCES},
    meaning{ERROR_INVALID_HANDLE, EBADF},
    meaning{ERROR_OUTOFMEMORY, ENOMEM},
    meaning{ERROR_NOT_SUPPORTED, EOPNOTSUPP},
    meaning{ERROR_BROKEN_PIPE, EPIPE},
    meaning{ERROR_NO_DATA, EPIPE},  // the reading end of the pipe is closed
    meaning{ERROR_NETNAME_DELETED, ECONNRESET},
    meaning{ERROR_PORT_UNREACHABLE, ECONNREFUSED},
    meaning{ERROR_MORE_DATA, EMSGSIZE},
};

/// The condition that a code means; 0 if there is none.
constexpr int condition(int code) noexcept {
    for (const meaning& one : meanings)
        if (one.code == code) return one.condition;
    return 0;
}

/// Windows' text for a code in the user's language, as UTF-8 in `buffer`; null if there is none.
inline const char* describe(int code, char* buffer, std::size_t size) noexcept {
    constexpr ::DWORD flags =
        FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    std::array<wchar_t, 256> wide;
    ::DWORD length = ::FormatMessageW(flags, nullptr, static_cast<::DWORD>(code), 0, wide.data(),
                                      static_cast<::DWORD>(wide.size()), nullptr);
    // The text ends in a full stop and a space.
    while (length > 0 && (wide[length - 1] <= L' ' || wide[length - 1] == L'.')) --length;
    const int written = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), static_cast<int>(length), buffer,
                                              static_cast<int>(size) - 1, nullptr, nullptr);
    if (written <= 0) return nullptr;
    buffer[written] = '\0';
    return buffer;
}

/// The first code that means a condition; 0 if there is none.
constexpr int code_of(int condition) noexcept {
    for (const meaning& one : meanings)
        if (one.condition == condition) return one.code;
    return 0;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
