// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_SOCKET_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_SOCKET_HPP

// The Windows backend of <keyway/detail/os.hpp>, on Winsock 2. No call is ever interrupted.

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/linger.hpp>            // IWYU pragma: export
#include <keyway/detail/os/sockaddr.hpp>          // IWYU pragma: export
#include <keyway/detail/os/types.hpp>             // IWYU pragma: export
#include <keyway/detail/os/windows/error.hpp>     // IWYU pragma: export
#include <keyway/detail/os/windows/transfer.hpp>  // IWYU pragma: export
#include <keyway/detail/os/windows/wait.hpp>      // IWYU pragma: export
#include <keyway/detail/os/windows/winsock.hpp>   // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using linger_value = ::linger;

inline constexpr int max_backlog = SOMAXCONN;  // listen: the provider chooses the number
inline constexpr int max_linger_seconds = USHRT_MAX;
inline constexpr int linger_option = SO_LINGER;
inline constexpr int reuse_port_option = no_option;
inline constexpr int exclusive_address_option = SO_EXCLUSIVEADDRUSE;
inline constexpr int shut_receive = SD_RECEIVE;
inline constexpr int shut_send = SD_SEND;
inline constexpr int shut_both = SD_BOTH;
inline constexpr bool reuse_address_is_safe = false;  // it would let another program take over the port

/// Initializes Winsock, once in the process. It is never uninitialized, since a socket in static storage may be closed
/// last of all. Returns an error code, 0 for success.
inline int start() noexcept {
    static const int failure = [] {
        ::WSADATA data;
        return ::WSAStartup(MAKEWORD(2, 2), &data);
    }();
    return failure;
}

/// Makes a socket that no child process inherits; `copied` is null, or describes the socket to duplicate.
inline native_handle make_socket(int domain, int type, int protocol, ::WSAPROTOCOL_INFOW* copied) noexcept {
    return ::WSASocketW(domain, type, protocol, copied, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

/// Without this, an ICMP error caused by one datagram makes a later receive on the same socket fail, whoever sent what
/// it would have received. A provider that does not know these switches does not report such errors either.
inline void ignore_unreachable_peers(native_handle handle) noexcept {
    constexpr ::DWORD connection_reset = IOC_IN | IOC_VENDOR | 12;  // SIO_UDP_CONNRESET, not in every header
    constexpr ::DWORD net_reset = IOC_IN | IOC_VENDOR | 15;         // SIO_UDP_NETRESET
    for (const ::DWORD control : {connection_reset, net_reset}) {
        ::BOOL off = FALSE;
        ::DWORD none = 0;
        ::WSAIoctl(handle, control, &off, sizeof(off), nullptr, 0, &none, nullptr, nullptr);
    }
}

inline int set_non_blocking(native_handle handle, bool on) noexcept {
    ::u_long wanted = on ? 1 : 0;
    return ::ioctlsocket(handle, static_cast<long>(FIONBIO), &wanted);
}

inline native_handle open(int domain, int type, int protocol, io_mode mode) noexcept {
    if (const int failure = start(); failure != 0) {
        set_last_error(failure);
        return invalid_handle;
    }
    const native_handle made = make_socket(domain, type, protocol, nullptr);
    if (made != invalid_handle && type == SOCK_DGRAM && domain != AF_UNIX) ignore_unreachable_peers(made);
    if (made != invalid_handle && mode == io_mode::non_blocking) set_non_blocking(made, true);
    return made;
}

/// Windows has no socketpair(2).
inline int pair(int, int, int, std::array<native_handle, 2>&) noexcept {
    set_last_error(WSAEOPNOTSUPP);
    return -1;
}

inline int close(native_handle handle) noexcept {
    if (handle != invalid_handle) return ::closesocket(handle);
    set_last_error(WSAEBADF);
    return -1;
}

inline native_handle duplicate(native_handle handle) noexcept {
    ::WSAPROTOCOL_INFOW copied;
    if (::WSADuplicateSocketW(handle, ::GetCurrentProcessId(), &copied) != 0) return invalid_handle;
    return make_socket(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &copied);
}

/// `size` is the size of the value, and becomes the number of bytes written. Windows may write a boolean as one byte;
/// the caller has zeroed the others.
inline int get_option(native_handle handle, int level, int name, void* value, address_length* size) noexcept {
    const address_length whole = *size;
    const int done = ::getsockopt(handle, level, name, static_cast<char*>(value), size);
    if (done == 0 && *size == 1) *size = whole;
    return done;
}

inline int set_option(native_handle handle, int level, int name, const void* value, std::size_t size) noexcept {
    return ::setsockopt(handle, level, name, static_cast<const char*>(value), static_cast<address_length>(size));
}

/// Without it another program may bind the same port with SO_REUSEADDR and receive what is sent there
/// ("Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE").
inline int keep_address_exclusive(native_handle handle) noexcept {
    constexpr int on = 1;
    return set_option(handle, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, &on, sizeof(on));
}

inline int bind(native_handle handle, const void* address, std::size_t size) noexcept {
    return ::bind(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size));
}

inline int listen(native_handle handle, int backlog) noexcept { return ::listen(handle, backlog); }

inline int keep_from_children(native_handle handle) noexcept {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a SOCKET is a HANDLE by another name
    return ::SetHandleInformation(reinterpret_cast<::HANDLE>(handle), HANDLE_FLAG_INHERIT, 0) != 0 ? 0 : -1;
}

/// The new socket has the listener's mode and may be inherited: both are corrected right after the call.
inline native_handle accept(native_handle handle, void* address, address_length* size, io_mode mode,
                            no_limit) noexcept {
    const native_handle accepted = ::accept(handle, static_cast<::sockaddr*>(address), size);
    if (accepted == invalid_handle) return invalid_handle;
    keep_from_children(accepted);
    set_non_blocking(accepted, mode == io_mode::non_blocking);
    return accepted;
}

/// Waits first. As on POSIX, the call blocks on a blocking listener if another thread has accepted the connection.
inline native_handle accept(native_handle handle, void* address, address_length* size, io_mode mode,
                            const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0) return invalid_handle;
    for (;;) {
        if (wait_ready_spinning(handle, readiness::readable, limit) < 0) return invalid_handle;
        const native_handle accepted = accept(handle, address, size, mode, no_limit{});
        if (accepted != invalid_handle || last_error() != WSAEWOULDBLOCK) return accepted;
    }
}

/// Whether the failure of accept concerns a single connection, so that the next call may succeed.
inline bool is_transient_accept_error(native_handle, int code) noexcept {
    // Wine fails with WSAENOTCONN: it asks for the peer of a connection that is already gone.
    return code == WSAECONNRESET || code == WSAECONNABORTED || code == WSAENOTCONN;
}

inline int inspect(native_handle handle, socket_kind& kind) noexcept {
    ::WSAPROTOCOL_INFOW info;
    address_length size = sizeof(info);
    if (get_option(handle, SOL_SOCKET, SO_PROTOCOL_INFOW, &info, &size) != 0) return -1;
    kind.domain = info.iAddressFamily;
    kind.type = info.iSocketType;
    kind.protocol = info.iProtocol;
    size = sizeof(kind.listening);
    return get_option(handle, SOL_SOCKET, SO_ACCEPTCONN, &kind.listening, &size);
}

inline int local_name(native_handle handle, void* address, address_length* size) noexcept {
    return ::getsockname(handle, static_cast<::sockaddr*>(address), size);
}

inline int peer_name(native_handle handle, void* address, address_length* size) noexcept {
    return ::getpeername(handle, static_cast<::sockaddr*>(address), size);
}

/// Waits until one of at most most_connects connection attempts has succeeded or failed, and returns its index. Uses
/// select: WSAPoll does not report a refused connection before Windows 10 2004.
inline int wait_connects(const native_handle* handles, std::size_t count, const wait_limit& limit) noexcept {
    static_assert(most_connects <= FD_SETSIZE && most_cancellers <= FD_SETSIZE);
    if (limit.canceller_count > most_cancellers) return fail_with(WSAEINVAL);
    for (;;) {
        ::fd_set made{.fd_count = static_cast<::u_int>(count), .fd_array = {}};
        for (std::size_t i = 0; i < count; ++i) made.fd_array[i] = handles[i];
        ::fd_set failed = made;
        ::fd_set cancelled{.fd_count = static_cast<::u_int>(limit.canceller_count), .fd_array = {}};
        for (std::size_t i = 0; i < limit.canceller_count; ++i) cancelled.fd_array[i] = limit.cancellers[i];
        const int left = time_left(limit.until);
        constexpr int second = 1000;
        ::timeval time{left / second, left % second * 1000};
        const int ready = ::select(0, &cancelled, &made, &failed, left < 0 ? nullptr : &time);
        if (ready < 0) return -1;
        if (ready > 0 && cancelled.fd_count != 0) return fail_with(ERROR_OPERATION_ABORTED);
        if (ready > 0) {
            const native_handle ended = made.fd_count != 0 ? made.fd_array[0] : failed.fd_array[0];
            int index = 0;
            while (handles[index] != ended) ++index;
            return index;
        }
        if (time_left(limit.until) == 0) return fail_with(limit_reached);
    }
}

/// Waits for one attempt; returns 1 if it has succeeded and 2 if it has failed.
inline int wait_connect(native_handle handle, const wait_limit& limit) noexcept {
    if (wait_connects(&handle, 1, limit) < 0) return -1;
    ::fd_set failed{.fd_count = 1, .fd_array = {handle}};
    constexpr ::timeval no_time{};
    return ::select(0, nullptr, nullptr, &failed, const_cast<::timeval*>(&no_time)) == 1 ? 2 : 1;
}

/// The result of an attempt that has ended; `events` are from wait_connect(). Clears SO_ERROR, so it can be read once.
inline int connect_outcome(native_handle handle, int events) noexcept {
    int failure = 0;
    address_length size = sizeof(failure);
    if (get_option(handle, SOL_SOCKET, SO_ERROR, &failure, &size) < 0) return -1;
    if (failure == 0 && events == 2) failure = WSAECONNREFUSED;
    return failure == 0 ? 0 : fail_with(failure);
}

/// Returns once the connection attempt has begun, or has succeeded. Leaves the socket non-blocking.
inline int start_connect(native_handle handle, const void* address, std::size_t size) noexcept {
    if (set_non_blocking(handle, true) < 0) return -1;
    const int done = ::connect(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size));
    return done == 0 || last_error() == WSAEWOULDBLOCK ? 0 : done;
}

inline int connect_in_its_mode(native_handle handle, const void* address, std::size_t size,
                               const wait_limit& limit) noexcept {
    if (::connect(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size)) == 0) return 0;
    if (last_error() != WSAEWOULDBLOCK) return -1;
    const int events = wait_connect(handle, limit);
    return events < 0 ? -1 : connect_outcome(handle, events);
}

/// Returns once the socket is connected, also if it is non-blocking.
inline int connect(native_handle handle, const void* address, std::size_t size, no_limit) noexcept {
    return connect_in_its_mode(handle, address, size, {});
}

/// The socket is non-blocking during the call and blocking afterwards: Windows does not report which it was.
inline int connect(native_handle handle, const void* address, std::size_t size, const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0 || set_non_blocking(handle, true) < 0) return -1;
    if (connect_in_its_mode(handle, address, size, limit) < 0) return -1;
    return set_non_blocking(handle, false);
}

constexpr io_mode mode_to_connect(no_limit) noexcept { return io_mode::blocking; }
constexpr io_mode mode_to_connect(const wait_limit&) noexcept { return io_mode::non_blocking; }

/// The same for a new socket, which open() made in mode_to_connect().
template <int Protocol, class Limit>
int connect_new(native_handle handle, const void* address, std::size_t size, const Limit& limit) noexcept {
    return connect(handle, address, size, limit);
}

/// Removes the peer of a datagram socket (connect, "if the address is all zeros").
inline int disconnect(native_handle handle) noexcept {
    constexpr sockaddr_any nobody{};
    return ::connect(handle, reinterpret_cast<const ::sockaddr*>(&nobody), sizeof(nobody));
}

inline int shutdown(native_handle handle, int direction) noexcept { return ::shutdown(handle, direction); }

/// A socket that is readable from wake() to reset_waker(). It is connected to itself and sends itself datagrams.
inline native_handle open_waker() noexcept {
    const native_handle waker = open(AF_INET, SOCK_DGRAM, 0, io_mode::blocking);
    if (waker == invalid_handle) return waker;
    sockaddr_any own{};
    address_length size = sizeof(own);
    ::sockaddr_in loopback{};
    loopback.sin_family = AF_INET;
    loopback.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    if (bind(waker, &loopback, sizeof(loopback)) == 0 && local_name(waker, &own, &size) == 0 &&
        connect(waker, &own, static_cast<std::size_t>(size), no_limit{}) == 0 && set_non_blocking(waker, true) == 0)
        return waker;
    const int cause = last_error();
    close(waker);
    set_last_error(cause);
    return invalid_handle;
}

/// If the buffer is full the socket is readable already.
inline int wake(native_handle waker) noexcept {
    constexpr char anything = 0;
    return ::send(waker, &anything, 1, 0) == 1 || last_error() == WSAEWOULDBLOCK ? 0 : -1;
}

inline int reset_waker(native_handle waker) noexcept {
    char anything = 0;
    while (::recv(waker, &anything, 1, 0) >= 0) {}
    return last_error() == WSAEWOULDBLOCK ? 0 : -1;
}

/// A UTF-8 path as UTF-16; empty if it is not valid UTF-8, or too long for a local address.
class wide_path {
public:
    explicit wide_path(const char* path) noexcept {
        if (::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, text_.data(),
                                  static_cast<int>(text_.size())) == 0)
            text_[0] = L'\0';
    }
    [[nodiscard]] const wchar_t* c_str() const noexcept { return text_.data(); }

private:
    std::array<wchar_t, max_local_path + 2> text_{};
};

/// All zeros, which no file has, if there is no file at the path. Does not follow links.
inline file_identity identify(const char* path) noexcept {
    constexpr ::DWORD every_sharing = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    void* const file = ::CreateFileW(wide_path(path).c_str(), 0, every_sharing, nullptr, OPEN_EXISTING,
                                     FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr);
    if (file == INVALID_HANDLE_VALUE) return {};
    ::BY_HANDLE_FILE_INFORMATION about;
    const bool known = ::GetFileInformationByHandle(file, &about) != 0;
    ::CloseHandle(file);
    if (!known) return {};
    return {about.dwVolumeSerialNumber, std::uint64_t{about.nFileIndexHigh} << 32 | about.nFileIndexLow};
}

inline void unlink_if_same(const char* path, const file_identity& file) noexcept {
    if (identify(path) == file) ::DeleteFileW(wide_path(path).c_str());
}

inline std::int64_t process_id() noexcept { return ::GetCurrentProcessId(); }

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
