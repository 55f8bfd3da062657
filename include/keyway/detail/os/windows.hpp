// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_HPP

// The Windows room, on Winsock 2; its contract stands in <keyway/detail/os.hpp>. Nothing here is ever interrupted.

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/sockaddr.hpp>       // IWYU pragma: export
#include <keyway/detail/os/vocabulary.hpp>     // IWYU pragma: export
#include <keyway/detail/os/windows_error.hpp>  // IWYU pragma: export
#include <keyway/detail/os/winsock.hpp>        // IWYU pragma: export

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

using native_handle = ::SOCKET;
using address_length = int;
using linger_value = ::linger;

inline constexpr native_handle invalid_handle = INVALID_SOCKET;
inline constexpr int max_backlog = SOMAXCONN;  // listen: a number that the provider chooses
inline constexpr int max_linger_seconds = USHRT_MAX;
inline constexpr int linger_option = SO_LINGER;
inline constexpr int shut_receive = SD_RECEIVE;
inline constexpr int shut_send = SD_SEND;
inline constexpr int shut_both = SD_BOTH;
inline constexpr bool reuse_address_is_safe = false;  // it would let another program take the port over

/// One piece of a gathered or scattered transfer. Not a WSABUF, whose length has 32 bits.
struct io_buffer {
    void* first;
    std::size_t bytes;
};

/// Winsock only reads a buffer that is sent, but has one type for both directions.
inline io_buffer make_buffer(const void* data, std::size_t size) noexcept { return {const_cast<void*>(data), size}; }
inline void* data(const io_buffer& buffer) noexcept { return buffer.first; }
inline std::size_t size(const io_buffer& buffer) noexcept { return buffer.bytes; }

/// How much of a transfer one call is asked for. Windows tells nothing of what went out before a send failed, so a
/// sender loses count of no more than this. No message is longer, and one that is cut by it is too long still.
inline constexpr std::size_t most_in_one_send = 65536;
inline constexpr std::size_t most_in_one_receive = INT_MAX;

constexpr int at_most(std::size_t most, std::size_t size) noexcept {
    return static_cast<int>(size < most ? size : most);
}

/// The pieces in Winsock's form, as many as a call takes on POSIX and `most` bytes of them.
class wsa_buffers {
public:
    wsa_buffers(const io_buffer* buffers, std::size_t count, std::size_t most) noexcept
        : fits_(count <= native_.size()) {
        native_[0] = {0, nullptr};  // one at least: a message may have no pieces
        for (std::size_t i = 0; fits_ && i < count && (most > 0 || i == 0); ++i) {
            const int taken = at_most(most, buffers[i].bytes);
            native_[i] = {static_cast<::ULONG>(taken), static_cast<::CHAR*>(buffers[i].first)};
            count_ = static_cast<::DWORD>(i + 1);
            most -= static_cast<std::size_t>(taken);
        }
    }

    /// Else there are too many.
    [[nodiscard]] bool fit() const noexcept {
        if (!fits_) set_last_error(WSAEMSGSIZE);
        return fits_;
    }
    [[nodiscard]] ::WSABUF* data() noexcept { return native_.data(); }
    [[nodiscard]] ::DWORD count() const noexcept { return count_; }

private:
    std::array<::WSABUF, 1024> native_;  // 16 KiB of the stack
    ::DWORD count_ = 1;
    bool fits_;
};

/// Tells Windows, once, that the process uses sockets. It is never told otherwise: a socket in static storage may be
/// closed last of all. Returns a code, 0 for success.
inline int start() noexcept {
    static const int failure = [] {
        ::WSADATA data;
        return ::WSAStartup(MAKEWORD(2, 2), &data);
    }();
    return failure;
}

/// A socket that no child process inherits; `copied` names another that it is to be a copy of.
inline native_handle make_socket(int domain, int type, int protocol, ::WSAPROTOCOL_INFOW* copied) noexcept {
    return ::WSASocketW(domain, type, protocol, copied, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

/// An ICMP error that answers one datagram would fail a later receive on the same socket, from whomever. Where a
/// provider does not know one of the switches, it does not do such a thing either.
inline void ignore_unreachable_peers(native_handle handle) noexcept {
    constexpr ::DWORD connection_reset = IOC_IN | IOC_VENDOR | 12;  // SIO_UDP_CONNRESET, which headers have or lack
    constexpr ::DWORD net_reset = IOC_IN | IOC_VENDOR | 15;         // SIO_UDP_NETRESET
    for (const ::DWORD what : {connection_reset, net_reset}) {
        ::BOOL off = FALSE;
        ::DWORD none = 0;
        ::WSAIoctl(handle, what, &off, sizeof(off), nullptr, 0, &none, nullptr, nullptr);
    }
}

inline native_handle open(int domain, int type, int protocol) noexcept {
    if (const int failure = start(); failure != 0) {
        set_last_error(failure);
        return invalid_handle;
    }
    const native_handle made = make_socket(domain, type, protocol, nullptr);
    if (made != invalid_handle && type == SOCK_DGRAM && domain != AF_UNIX) ignore_unreachable_peers(made);
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
    ::WSAPROTOCOL_INFOW same;
    if (::WSADuplicateSocketW(handle, ::GetCurrentProcessId(), &same) != 0) return invalid_handle;
    return make_socket(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &same);
}

inline int set_non_blocking(native_handle handle, bool on) noexcept {
    ::u_long wanted = on ? 1 : 0;
    return ::ioctlsocket(handle, static_cast<long>(FIONBIO), &wanted);
}

/// `size` is what there is room for, and becomes what was written. A yes or no may come in one byte, where the
/// caller has zeroed four.
inline int get_option(native_handle handle, int level, int name, void* value, address_length* size) noexcept {
    const address_length room = *size;
    const int done = ::getsockopt(handle, level, name, static_cast<char*>(value), size);
    if (done == 0 && *size == 1) *size = room;
    return done;
}

inline int set_option(native_handle handle, int level, int name, const void* value, std::size_t size) noexcept {
    return ::setsockopt(handle, level, name, static_cast<const char*>(value), static_cast<address_length>(size));
}

/// Without it another program may bind the same port with SO_REUSEADDR and take what comes
/// ("Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE").
inline int keep_address_exclusive(native_handle handle) noexcept {
    constexpr int on = 1;
    return set_option(handle, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, &on, sizeof(on));
}

inline int bind(native_handle handle, const void* address, std::size_t size) noexcept {
    return ::bind(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size));
}

inline int listen(native_handle handle, int backlog) noexcept { return ::listen(handle, backlog); }

/// The new socket has the listener's mode and may be inherited: both are set right, a moment later.
inline native_handle accept(native_handle handle, void* address, address_length* size) noexcept {
    const native_handle accepted = ::accept(handle, static_cast<::sockaddr*>(address), size);
    if (accepted == invalid_handle) return invalid_handle;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a SOCKET is a HANDLE by another name
    ::SetHandleInformation(reinterpret_cast<::HANDLE>(accepted), HANDLE_FLAG_INHERIT, 0);
    set_non_blocking(accepted, false);
    return accepted;
}

/// Whether accept failed for the sake of one connection and the next may succeed.
inline bool is_transient_accept_error(native_handle, int code) noexcept {
    // The last is Wine's: it asks for the peer of a connection that is gone already.
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

/// Waits until the connection under way is made or has failed, by select: WSAPoll does not tell of a refused connection
/// before Windows 10 2004.
inline int finish_connect(native_handle handle) noexcept {
    ::fd_set made;
    made.fd_count = 1;
    made.fd_array[0] = handle;
    ::fd_set failed = made;
    if (::select(0, nullptr, &made, &failed, nullptr) < 0) return -1;
    int failure = 0;
    address_length size = sizeof(failure);
    if (get_option(handle, SOL_SOCKET, SO_ERROR, &failure, &size) < 0) return -1;
    if (failure == 0 && failed.fd_count != 0) failure = WSAECONNREFUSED;
    if (failure == 0) return 0;
    set_last_error(failure);
    return -1;
}

/// Returns when the connection is made, also on a non-blocking socket.
inline int connect(native_handle handle, const void* address, std::size_t size) noexcept {
    if (::connect(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size)) == 0) return 0;
    return last_error() == WSAEWOULDBLOCK ? finish_connect(handle) : -1;
}

/// Undoes the connect of a datagram socket (connect, "if the address is all zeros").
inline int disconnect(native_handle handle) noexcept {
    constexpr sockaddr_any nobody{};
    return ::connect(handle, reinterpret_cast<const ::sockaddr*>(&nobody), sizeof(nobody));
}

inline int shutdown(native_handle handle, int how) noexcept { return ::shutdown(handle, how); }

inline std::ptrdiff_t send(native_handle handle, const void* data, std::size_t size) noexcept {
    return ::send(handle, static_cast<const char*>(data), at_most(most_in_one_send, size), 0);
}

inline std::ptrdiff_t send_to(native_handle handle, const void* data, std::size_t size, const void* address,
                              std::size_t address_size) noexcept {
    return ::sendto(handle, static_cast<const char*>(data), at_most(most_in_one_send, size), 0,
                    static_cast<const ::sockaddr*>(address), static_cast<address_length>(address_size));
}

/// `address` is null where the socket has a peer.
inline std::ptrdiff_t send_gathered(native_handle handle, const io_buffer* buffers, std::size_t count,
                                    const void* address, std::size_t address_size) noexcept {
    wsa_buffers native(buffers, count, most_in_one_send);
    if (!native.fit()) return -1;
    ::DWORD sent = 0;
    const int done =
        ::WSASendTo(handle, native.data(), native.count(), &sent, 0, static_cast<const ::sockaddr*>(address),
                    static_cast<address_length>(address_size), nullptr, nullptr);
    return done == 0 ? static_cast<std::ptrdiff_t>(sent) : -1;
}

/// After shutdown of the receiving side Windows fails, where the others tell the end of the stream.
inline std::ptrdiff_t or_end_of_stream(std::ptrdiff_t count) noexcept {
    return count < 0 && last_error() == WSAESHUTDOWN ? 0 : count;
}

inline std::ptrdiff_t recv(native_handle handle, void* buffer, std::size_t size, take how) noexcept {
    return or_end_of_stream(::recv(handle, static_cast<char*>(buffer), at_most(most_in_one_receive, size),
                                   how == take::peek ? MSG_PEEK : 0));
}

inline std::ptrdiff_t recv_scattered(native_handle handle, const io_buffer* buffers, std::size_t count,
                                     take how) noexcept {
    wsa_buffers native(buffers, count, most_in_one_receive);
    if (!native.fit()) return -1;
    ::DWORD got = 0;
    ::DWORD flags = how == take::peek ? MSG_PEEK : 0;
    const int done = ::WSARecv(handle, native.data(), native.count(), &got, &flags, nullptr, nullptr);
    return or_end_of_stream(done == 0 ? static_cast<std::ptrdiff_t>(got) : -1);
}

constexpr bool tells_true_length(int, bool) noexcept { return false; }

struct message_length {
    std::ptrdiff_t length;  // of what was stored; negative: failed
    bool truncated;         // means nothing where length is negative
};

/// `address` is null where nobody asks for the sender. A message longer than the buffers fails here with WSAEMSGSIZE,
/// after it filled them: that is a success.
inline message_length recv_message(native_handle handle, ::WSABUF* buffers, ::DWORD count, void* address,
                                   address_length* address_size, take how) noexcept {
    ::DWORD got = 0;
    ::DWORD flags = how == take::peek ? MSG_PEEK : 0;
    const int done = ::WSARecvFrom(handle, buffers, count, &got, &flags, static_cast<::sockaddr*>(address),
                                   address != nullptr ? address_size : nullptr, nullptr, nullptr);
    if (done == 0) return {static_cast<std::ptrdiff_t>(got), false};
    if (last_error() != WSAEMSGSIZE) return {-1, false};
    std::ptrdiff_t stored = 0;
    for (::DWORD i = 0; i < count; ++i) stored += static_cast<std::ptrdiff_t>(buffers[i].len);
    return {stored, true};
}

inline message_length recv_message(native_handle handle, const io_buffer* buffers, std::size_t count, void* address,
                                   address_length* address_size, take how) noexcept {
    wsa_buffers native(buffers, count, most_in_one_receive);
    if (!native.fit()) return {-1, false};
    return recv_message(handle, native.data(), native.count(), address, address_size, how);
}

/// One buffer of one message.
template <bool TellsTrueLength>
inline message_length recv_message(native_handle handle, void* buffer, std::size_t size, void* address,
                                   address_length* address_size, take how) noexcept {
    ::WSABUF whole{static_cast<::ULONG>(at_most(most_in_one_receive, size)), static_cast<::CHAR*>(buffer)};
    return recv_message(handle, &whole, 1, address, address_size, how);
}

/// A path in UTF-8 as Windows wants it; empty where it is not UTF-8 or too long for a local address.
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

/// All zeros, which no file has, where there is none at the path. A link is itself, not what it leads to.
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
}  // namespace keyway::inline KEYWAY_MODE

#endif
