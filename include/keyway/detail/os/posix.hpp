// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_HPP
#define KEYWAY_DETAIL_OS_POSIX_HPP

// The POSIX room; its contract stands in <keyway/detail/os.hpp>.

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>  // strerror_r
#include <span>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/sockaddr.hpp>       // IWYU pragma: export
#include <keyway/detail/os/vocabulary.hpp>     // IWYU pragma: export
#include <keyway/detail/os/waiting_posix.hpp>  // IWYU pragma: export

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

using address_length = ::socklen_t;
using io_buffer = ::iovec;
using linger_value = ::linger;

inline constexpr int max_backlog = INT_MAX;  // listen(2): silently truncated to net.core.somaxconn
inline constexpr int shut_receive = SHUT_RD;
inline constexpr int shut_send = SHUT_WR;
inline constexpr int shut_both = SHUT_RDWR;
inline constexpr bool reuse_address_is_safe = true;  // it only skips TIME_WAIT; on Windows it would share the port

/// The kernel only reads a buffer that is sent, but has one type for both directions.
inline io_buffer make_buffer(const void* data, std::size_t size) noexcept { return {const_cast<void*>(data), size}; }
inline void* data(const io_buffer& buffer) noexcept { return buffer.iov_base; }
inline std::size_t size(const io_buffer& buffer) noexcept { return buffer.iov_len; }

inline int last_error() noexcept { return errno; }
inline void set_last_error(int code) noexcept { errno = code; }

constexpr int condition(int code) noexcept { return code; }
constexpr int code_of(int condition) noexcept { return condition; }

// strerror_r comes in two kinds (strerror(3)): POSIX fills the buffer and returns 0, GNU returns the text.
inline const char* described(int failure, const char* buffer) noexcept {
    return failure == 0 ? buffer : "unknown error";
}
inline const char* described(const char* text, const char*) noexcept { return text; }

/// The system's text for a code; `buffer` is where it may be put.
inline const char* describe(int code, char* buffer, std::size_t size) noexcept {
    return described(::strerror_r(code, buffer, size), buffer);
}

/// Called once: after EINTR Linux has freed the number, which may be another socket's by now (close(2), NOTES).
inline int close(native_handle handle) noexcept {
    const int done = ::close(handle);
    return done == 0 || errno == EINTR || errno == EINPROGRESS ? 0 : done;
}

inline native_handle duplicate(native_handle handle) noexcept {
    constexpr int above_standard_streams = 3;
    return ::fcntl(handle, F_DUPFD_CLOEXEC, above_standard_streams);
}

/// From exec(2) on.
inline int keep_from_children(native_handle handle) noexcept {
    const int flags = ::fcntl(handle, F_GETFD);
    return flags < 0 ? flags : ::fcntl(handle, F_SETFD, flags | FD_CLOEXEC);
}

/// An address is its first owner's alone, unless it says otherwise.
inline int keep_address_exclusive(native_handle) noexcept { return 0; }

inline int bind(native_handle handle, const void* address, std::size_t size) noexcept {
    return ::bind(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size));
}

inline int listen(native_handle handle, int backlog) noexcept { return ::listen(handle, backlog); }

inline native_handle accept(native_handle handle, void* address, address_length* size) noexcept {
    return retry_interrupted([=] { return new_accepted(handle, address, size); });
}

/// Waits first: accept(2) has no flag that keeps a blocking listener from waiting by itself.
inline native_handle accept(native_handle handle, void* address, address_length* size, const limit& within) noexcept {
    if (may_begin(within) < 0) return invalid_handle;
    const auto look = [&] {
        const int ready = await(handle, readiness::readable, {.until = at_once});
        return ready < 0 && errno == ETIMEDOUT ? fail_with(EAGAIN) : ready;
    };
    if (within.spin > 0) spin(look, within);
    for (;;) {
        if (await(handle, readiness::readable, within) < 0) return invalid_handle;
        const native_handle accepted = accept(handle, address, size);
        if (accepted >= 0 || !is_would_block(errno)) return accepted;
    }
}

inline int get_option(native_handle handle, int level, int name, void* value, address_length* size) noexcept {
    return ::getsockopt(handle, level, name, value, size);
}

inline int set_option(native_handle handle, int level, int name, const void* value, std::size_t size) noexcept {
    return ::setsockopt(handle, level, name, value, static_cast<address_length>(size));
}

inline int inspect(native_handle handle, socket_kind& kind) noexcept {
    const auto ask = [handle](int name, int& value) {
        address_length size = sizeof(value);
        return get_option(handle, SOL_SOCKET, name, &value, &size);
    };
    if (ask_domain_and_protocol(handle, kind.domain, kind.protocol) < 0) return -1;
    if (ask(SO_TYPE, kind.type) < 0) return -1;
    return ask(SO_ACCEPTCONN, kind.listening);
}

/// Whether accept failed for the sake of one connection and the next may succeed: accept(2), "Error handling". The
/// list has EOPNOTSUPP, which is also what a socket answers that does not listen at all; the kernel knows which.
inline bool is_transient_accept_error(native_handle handle, int code) noexcept {
    if (code == ECONNABORTED || code == EPROTO || is_pending_network_error(code)) return true;
    if (code != EOPNOTSUPP) return false;
    int listening = 0;
    address_length size = sizeof(listening);
    return get_option(handle, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

inline int local_name(native_handle handle, void* address, address_length* size) noexcept {
    return ::getsockname(handle, static_cast<::sockaddr*>(address), size);
}

inline int peer_name(native_handle handle, void* address, address_length* size) noexcept {
    return ::getpeername(handle, static_cast<::sockaddr*>(address), size);
}

/// Waits until the connection under way is made or has failed, and tells which events say so.
inline int await_connect(native_handle handle, const limit& within) noexcept {
    return await(handle, readiness::writable, within);
}

/// The same for several, at most most_connects; the number of one that came to its end.
inline int await_connects(const native_handle* handles, std::size_t count, const limit& within) noexcept {
    std::array<::pollfd, 1 + most_connects> set;
    for (std::size_t i = 0; i < count; ++i) set[1 + i] = {handles[i], POLLOUT, 0};
    if (await_any(std::span(set).first(1 + count), within) < 0) return -1;
    int ended = 0;
    while (set[1 + static_cast<std::size_t>(ended)].revents == 0) ++ended;
    return ended;
}

/// How it ended. Reads SO_ERROR, which clears it: to be asked once.
inline int connect_outcome(native_handle handle, int events) noexcept {
    int failure = 0;
    address_length size = sizeof(failure);
    if (get_option(handle, SOL_SOCKET, SO_ERROR, &failure, &size) < 0) return -1;
    // Hung up with no cause given: the peer was there and is gone.
    if (failure == 0 && (events & POLLHUP) != 0 && (events & POLLERR) != 0) failure = ECONNRESET;
    return failure == 0 ? 0 : fail_with(failure);
}

/// Returns when the connection is made, also on a non-blocking socket and when a signal came in between: over a network
/// it goes on by itself then, and asking again would mix up its result (connect(2), EINTR). An AF_UNIX socket that waited
/// for room in the listener's queue has nothing under way and is asked again.
inline int connect_in_its_mode(native_handle handle, const void* address, std::size_t size,
                               const limit& within) noexcept {
    for (;;) {
        if (::connect(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size)) == 0)
            return 0;
        if (errno != EINTR && errno != EINPROGRESS && errno != EALREADY) return -1;
        const int events = await_connect(handle, within);
        if (events < 0 || connect_outcome(handle, events) < 0) return -1;
        sockaddr_any peer;
        address_length peer_size = sizeof(peer);
        if (peer_name(handle, &peer, &peer_size) == 0) return 0;
        if (errno != ENOTCONN) return -1;
    }
}

inline int connect(native_handle handle, const void* address, std::size_t size) noexcept {
    return connect_in_its_mode(handle, address, size, {});
}

/// The socket is non-blocking for as long as it takes; nobody else has it yet.
inline int connect(native_handle handle, const void* address, std::size_t size, const limit& within) noexcept {
    if (may_begin(within) < 0) return -1;
    const int mode = ::fcntl(handle, F_GETFL);
    if (mode < 0 || ::fcntl(handle, F_SETFL, mode | O_NONBLOCK) < 0) return -1;
    int done = connect_in_its_mode(handle, address, size, within);
    // The queue of an AF_UNIX listener is full, and nothing tells when it no longer is (connect(2), EAGAIN).
    while (done < 0 && is_would_block(errno) && nap(within) == 0)
        done = connect_in_its_mode(handle, address, size, within);
    if (done < 0) return -1;
    return ::fcntl(handle, F_SETFL, mode);
}

/// Undoes the connect of a datagram socket (connect(2), "dissolve the association").
inline int disconnect(native_handle handle) noexcept {
    ::sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    const int done = ::connect(handle, &nobody, sizeof(nobody));
    // The BSDs do it and complain.
    return done == 0 || errno == EAFNOSUPPORT ? 0 : done;
}

inline int shutdown(native_handle handle, int how) noexcept { return ::shutdown(handle, how); }

inline int is_non_blocking(native_handle handle) noexcept {
    const int flags = ::fcntl(handle, F_GETFL);
    return flags < 0 ? flags : static_cast<int>((flags & O_NONBLOCK) != 0);
}

inline int set_non_blocking(native_handle handle, bool on) noexcept {
    const int flags = ::fcntl(handle, F_GETFL);
    if (flags < 0) return flags;
    const int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return wanted == flags ? 0 : ::fcntl(handle, F_SETFL, wanted);
}

/// Returns when the connection is under way, or made; the socket is non-blocking from now on.
inline int start_connect(native_handle handle, const void* address, std::size_t size) noexcept {
    if (set_non_blocking(handle, true) < 0) return -1;
    const int done = ::connect(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size));
    return done == 0 || errno == EINPROGRESS || errno == EINTR ? 0 : done;
}

// Transfers may end with a limit; without one the socket's mode says whether they wait.

template <class... Limit>
inline std::ptrdiff_t send(native_handle handle, const void* data, std::size_t size, const Limit&... within) noexcept {
    const auto call = [=](int flags) { return ::send(handle, data, in_one_call(size), no_signal | flags); };
    return patiently<readiness::writable>(handle, call, within...);
}

template <class... Limit>
inline std::ptrdiff_t send_to(native_handle handle, const void* data, std::size_t size, const void* address,
                              std::size_t address_size, const Limit&... within) noexcept {
    const auto call = [=](int flags) {
        return ::sendto(handle, data, in_one_call(size), no_signal | flags, static_cast<const ::sockaddr*>(address),
                        static_cast<address_length>(address_size));
    };
    return patiently<readiness::writable>(handle, call, within...);
}

/// The kernel has one type for both directions, and some systems count the buffers in an int.
inline ::msghdr make_message(const io_buffer* buffers, std::size_t count, const void* address,
                             std::size_t address_size) noexcept {
    ::msghdr message{};
    message.msg_name = const_cast<void*>(address);
    message.msg_namelen = static_cast<address_length>(address_size);
    message.msg_iov = const_cast<io_buffer*>(buffers);
    message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(count);
    return message;
}

/// `address` is null where the socket has a peer. The kernel reads the buffers and changes none of them.
template <class... Limit>
inline std::ptrdiff_t send_gathered(native_handle handle, const io_buffer* buffers, std::size_t count,
                                    const void* address, std::size_t address_size, const Limit&... within) noexcept {
    const ::msghdr message = make_message(buffers, count, address, address_size);
    const auto call = [&](int flags) { return ::sendmsg(handle, &message, no_signal | flags); };
    return patiently<readiness::writable>(handle, call, within...);
}

constexpr int peek_flag(take how) noexcept { return how == take::peek ? MSG_PEEK : 0; }

template <class... Limit>
inline std::ptrdiff_t recv(native_handle handle, void* buffer, std::size_t size, take how,
                           const Limit&... within) noexcept {
    const auto call = [=](int flags) { return ::recv(handle, buffer, in_one_call(size), peek_flag(how) | flags); };
    return patiently<readiness::readable>(handle, call, within...);
}

template <class... Limit>
inline std::ptrdiff_t recv_scattered(native_handle handle, const io_buffer* buffers, std::size_t count, take how,
                                     const Limit&... within) noexcept {
    ::msghdr message = make_message(buffers, count, nullptr, 0);
    const auto call = [&](int flags) { return ::recvmsg(handle, &message, peek_flag(how) | flags); };
    return patiently<readiness::readable>(handle, call, within...);
}

struct message_length {
    std::ptrdiff_t length;  // of the whole message where the kernel tells, else of what was stored; negative: failed
    bool truncated;         // means nothing where length is negative
};

template <class... Limit>
inline message_length recv_message(native_handle handle, const io_buffer* buffers, std::size_t count, void* address,
                                   address_length* address_size, take how, const Limit&... within) noexcept {
    ::msghdr message = make_message(buffers, count, address, *address_size);
    const auto call = [&](int flags) { return ::recvmsg(handle, &message, tell_true_length | peek_flag(how) | flags); };
    const std::ptrdiff_t length = patiently<readiness::readable>(handle, call, within...);
    *address_size = message.msg_namelen;
    return {length, (message.msg_flags & MSG_TRUNC) != 0};
}

/// One buffer of one message.
template <bool TellsTrueLength, class... Limit>
inline message_length recv_message(native_handle handle, void* buffer, std::size_t size, void* address,
                                   address_length* address_size, take how, const Limit&... within) noexcept {
    if constexpr (TellsTrueLength) {
        const auto call = [=](int flags) {
            return ::recvfrom(handle, buffer, size, tell_true_length | peek_flag(how) | flags,
                              static_cast<::sockaddr*>(address), address_size);
        };
        const std::ptrdiff_t length = patiently<readiness::readable>(handle, call, within...);
        return {length, static_cast<std::size_t>(length) > size};
    } else {
        const io_buffer whole{buffer, size};
        return recv_message(handle, &whole, 1, address, address_size, how, within...);
    }
}

#if defined(__GLIBC__) && !defined(__LP64__)  // on 32-bit systems the plain calls know neither large files nor inodes
using file_status = struct ::stat64;
inline constexpr auto& link_status_of = ::lstat64;
#else
using file_status = struct ::stat;
inline constexpr auto& link_status_of = ::lstat;
#endif

/// Inode 0, which no file has, where there is none at the path.
inline file_identity identify(const char* path) noexcept {
    file_status status{};
    if (link_status_of(path, &status) != 0) return {};
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

inline void unlink_if_same(const char* path, const file_identity& file) noexcept {
    if (identify(path) == file) ::unlink(path);
}

inline std::int64_t process_id() noexcept { return ::getpid(); }

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
