// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_SOCKET_HPP
#define KEYWAY_DETAIL_OS_POSIX_SOCKET_HPP

// The POSIX backend of <keyway/detail/os.hpp>.

#include <fcntl.h>
#include <string.h>  // strerror_r
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/linger.hpp>      // IWYU pragma: export
#include <keyway/detail/os/posix/wait.hpp>  // IWYU pragma: export
#include <keyway/detail/os/sockaddr.hpp>    // IWYU pragma: export
#include <keyway/detail/os/types.hpp>       // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using address_length = ::socklen_t;
using io_buffer = ::iovec;
using linger_value = ::linger;

inline constexpr int max_backlog = max_int;  // listen(2): silently truncated to net.core.somaxconn
inline constexpr int shut_receive = SHUT_RD;
inline constexpr int shut_send = SHUT_WR;
inline constexpr int shut_both = SHUT_RDWR;
inline constexpr bool reuse_address_is_safe = true;  // it only skips TIME_WAIT; on Windows it would share the port

/// The kernel only reads the buffers of a send, but has one type for both directions.
inline io_buffer make_buffer(const void* data, std::size_t size) noexcept { return {const_cast<void*>(data), size}; }
inline void* data(const io_buffer& buffer) noexcept { return buffer.iov_base; }
inline std::size_t size(const io_buffer& buffer) noexcept { return buffer.iov_len; }

inline int last_error() noexcept { return errno; }
inline void set_last_error(int code) noexcept { errno = code; }

constexpr int condition(int code) noexcept { return code; }
constexpr int code_of(int condition) noexcept { return condition; }

// There are two versions of strerror_r (strerror(3)): POSIX's fills the buffer and returns 0, GNU's returns the text.
inline const char* described(int failure, const char* buffer) noexcept {
    return failure == 0 ? buffer : "unknown error";
}
inline const char* described(const char* text, const char*) noexcept { return text; }

/// The system's text for a code; it may be in `buffer`.
inline const char* describe(int code, char* buffer, std::size_t size) noexcept {
    return described(::strerror_r(code, buffer, size), buffer);
}

/// Makes a single call: even after EINTR Linux has closed the descriptor, and the number may be in use again (close(2),
/// NOTES).
inline int close(native_handle handle) noexcept {
    const int done = ::close(handle);
    return done == 0 || errno == EINTR || errno == EINPROGRESS ? 0 : done;
}

inline native_handle duplicate(native_handle handle) noexcept {
    constexpr int above_standard_streams = 3;
    return ::fcntl(handle, F_DUPFD_CLOEXEC, above_standard_streams);
}

/// The descriptor is closed at exec(2).
inline int keep_from_children(native_handle handle) noexcept {
    const int flags = ::fcntl(handle, F_GETFD);
    return flags < 0 ? flags : ::fcntl(handle, F_SETFD, flags | FD_CLOEXEC);
}

/// Nothing to do: no other socket can bind the address unless both allow it.
inline int keep_address_exclusive(native_handle) noexcept { return 0; }

inline int bind(native_handle handle, const void* address, std::size_t size) noexcept {
    return ::bind(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size));
}

inline int listen(native_handle handle, int backlog) noexcept { return ::listen(handle, backlog); }

inline native_handle accept(native_handle handle, void* address, address_length* size, io_mode mode,
                            no_limit) noexcept {
    return retry_interrupted([=] { return new_accepted(handle, address, size, mode); });
}

/// Polls first: accept(2) has no flag that makes a single call non-blocking.
inline native_handle accept(native_handle handle, void* address, address_length* size, io_mode mode,
                            const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0) return invalid_handle;
    const auto is_ready = [&] {
        const int ready = wait_ready(handle, readiness::readable, {.until = at_once});
        return ready < 0 && errno == limit_reached ? fail_with(EAGAIN) : ready;
    };
    if (limit.spin > 0) spin(is_ready, limit);
    for (;;) {
        if (wait_ready(handle, readiness::readable, limit) < 0) return invalid_handle;
        const native_handle accepted = accept(handle, address, size, mode, no_limit{});
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

/// Whether the failure of accept concerns a single connection, so that the next call may succeed: accept(2), "Error
/// handling". EOPNOTSUPP is in that list, but a socket that does not listen fails with it too; so the kernel is asked.
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

/// Waits until a connection attempt has succeeded or failed, and returns the events.
inline int wait_connect(native_handle handle, const wait_limit& limit) noexcept {
    return wait_ready(handle, readiness::writable, limit);
}

/// Waits until one of at most most_connects attempts has succeeded or failed, and returns its index.
inline int wait_connects(const native_handle* handles, std::size_t count, const wait_limit& limit) noexcept {
    ::pollfd set[most_connects + most_cancellers];
    for (std::size_t i = 0; i < count; ++i) set[i] = {handles[i], POLLOUT, 0};
    if (wait_any(set, count, limit) < 0) return -1;
    int ended = 0;
    while (set[static_cast<std::size_t>(ended)].revents == 0) ++ended;
    return ended;
}

/// The result of an attempt that has ended; `events` are from wait_connect(). Clears SO_ERROR, so it can be read once.
inline int connect_outcome(native_handle handle, int events) noexcept {
    int failure = 0;
    address_length size = sizeof(failure);
    if (get_option(handle, SOL_SOCKET, SO_ERROR, &failure, &size) < 0) return -1;
    // Hung up without a cause: the connection was made and has ended.
    if (failure == 0 && (events & POLLHUP) != 0 && (events & POLLERR) != 0) failure = ECONNRESET;
    return failure == 0 ? 0 : fail_with(failure);
}

/// Returns once the socket is connected, also if it is non-blocking or a signal interrupts the call. Over a network the
/// attempt goes on after a signal, and a second call would lose its result (connect(2), EINTR). An AF_UNIX socket that
/// waits for space in the listener's queue has no attempt in progress, and the call is repeated.
inline int connect_in_its_mode(native_handle handle, const void* address, std::size_t size,
                               const wait_limit& limit) noexcept {
    for (;;) {
        if (::connect(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size)) == 0)
            return 0;
        if (errno != EINTR && errno != EINPROGRESS && errno != EALREADY) return -1;
        const int events = wait_connect(handle, limit);
        if (events < 0 || connect_outcome(handle, events) < 0) return -1;
        sockaddr_any peer;
        address_length peer_size = sizeof(peer);
        if (peer_name(handle, &peer, &peer_size) == 0) return 0;
        if (errno != ENOTCONN) return -1;
    }
}

inline int connect(native_handle handle, const void* address, std::size_t size, no_limit) noexcept {
    return connect_in_its_mode(handle, address, size, {});
}

/// The socket is non-blocking, and gets these flags when it is connected.
inline int connect_within(native_handle handle, const void* address, std::size_t size, const wait_limit& limit,
                          int flags) noexcept {
    int done = connect_in_its_mode(handle, address, size, limit);
    // The queue of an AF_UNIX listener is full, and no event reports space in it (connect(2), EAGAIN).
    while (done < 0 && is_would_block(errno) && sleep_briefly(limit) == 0)
        done = connect_in_its_mode(handle, address, size, limit);
    return done < 0 ? done : ::fcntl(handle, F_SETFL, flags);
}

/// The socket is non-blocking during the call; no other thread has it yet.
inline int connect(native_handle handle, const void* address, std::size_t size, const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0) return -1;
    const int flags = ::fcntl(handle, F_GETFL);
    if (flags < 0 || ::fcntl(handle, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
    return connect_within(handle, address, size, limit, flags);
}

constexpr io_mode mode_to_connect(no_limit) noexcept { return io_mode::blocking; }
constexpr io_mode mode_to_connect(const wait_limit&) noexcept { return io_mode::non_blocking; }

/// The same for a new socket, which open() made in mode_to_connect(). It is blocking afterwards.
template <int Protocol>
inline int connect_new(native_handle handle, const void* address, std::size_t size, no_limit limit) noexcept {
    if constexpr (!resumes_connect(Protocol)) return connect(handle, address, size, limit);
    for (;;) {
        if (::connect(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size)) == 0 ||
            errno == EISCONN)
            return 0;
        ::pollfd ended{handle, POLLOUT, 0};
        if (errno == EALREADY) static_cast<void>(poll_for(&ended, 1, -1));  // sets errno only if it fails
        if (errno != EINTR && errno != EALREADY) return -1;
    }
}

template <int Protocol>
inline int connect_new(native_handle handle, const void* address, std::size_t size, const wait_limit& limit) noexcept {
    return check_limit(limit) < 0 ? -1 : connect_within(handle, address, size, limit, 0);
}

/// Removes the peer of a datagram socket (connect(2), "dissolve the association").
inline int disconnect(native_handle handle) noexcept {
    ::sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    const int done = ::connect(handle, &nobody, sizeof(nobody));
    // The BSDs remove the peer and fail nevertheless.
    return done == 0 || errno == EAFNOSUPPORT ? 0 : done;
}

inline int shutdown(native_handle handle, int direction) noexcept { return ::shutdown(handle, direction); }

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

/// Returns once the connection attempt has begun, or has succeeded. Leaves the socket non-blocking.
inline int start_connect(native_handle handle, const void* address, std::size_t size) noexcept {
    if (set_non_blocking(handle, true) < 0) return -1;
    const int done = ::connect(handle, static_cast<const ::sockaddr*>(address), static_cast<address_length>(size));
    return done == 0 || errno == EINPROGRESS || errno == EINTR ? 0 : done;
}

// Without a limit, transfers wait as the socket's mode says.

template <class Limit>
[[gnu::always_inline]] inline std::ptrdiff_t send(native_handle handle, const void* data, std::size_t size,
                                                  const Limit& limit) noexcept {
    const auto call = [=](int flags) { return ::send(handle, data, in_one_call(size), no_signal | flags); };
    return with_limit<readiness::writable>(handle, call, limit);
}

template <class Limit>
[[gnu::always_inline]] inline std::ptrdiff_t send_to(native_handle handle, const void* data, std::size_t size,
                                                     const void* address, std::size_t address_size,
                                                     const Limit& limit) noexcept {
    const auto call = [=](int flags) {
        return ::sendto(handle, data, in_one_call(size), no_signal | flags, static_cast<const ::sockaddr*>(address),
                        static_cast<address_length>(address_size));
    };
    return with_limit<readiness::writable>(handle, call, limit);
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

/// `address` is null if the socket has a peer. The kernel does not change the buffers.
template <class Limit>
[[gnu::always_inline]] inline std::ptrdiff_t send_gathered(native_handle handle, const io_buffer* buffers,
                                                           std::size_t count, const void* address,
                                                           std::size_t address_size, const Limit& limit) noexcept {
    const ::msghdr message = make_message(buffers, count, address, address_size);
    const auto call = [&](int flags) { return ::sendmsg(handle, &message, no_signal | flags); };
    return with_limit<readiness::writable>(handle, call, limit);
}

constexpr int peek_flag(receive_mode mode) noexcept { return mode == receive_mode::peek ? MSG_PEEK : 0; }

template <class Limit>
[[gnu::always_inline]] inline std::ptrdiff_t recv(native_handle handle, void* buffer, std::size_t size,
                                                  receive_mode mode, const Limit& limit) noexcept {
    const auto call = [=](int flags) { return ::recv(handle, buffer, in_one_call(size), peek_flag(mode) | flags); };
    return with_limit<readiness::readable>(handle, call, limit);
}

template <class Limit>
[[gnu::always_inline]] inline std::ptrdiff_t recv_scattered(native_handle handle, const io_buffer* buffers,
                                                            std::size_t count, receive_mode mode,
                                                            const Limit& limit) noexcept {
    ::msghdr message = make_message(buffers, count, nullptr, 0);
    const auto call = [&](int flags) { return ::recvmsg(handle, &message, peek_flag(mode) | flags); };
    return with_limit<readiness::readable>(handle, call, limit);
}

struct message_length {
    std::ptrdiff_t
        length;      // of the whole message if the kernel reports it, else of the stored part; negative on failure
    bool truncated;  // whether the kernel said so, beside a length greater than the buffer; unspecified on failure
};

template <class Limit>
[[gnu::always_inline]] inline message_length recv_message(native_handle handle, const io_buffer* buffers,
                                                          std::size_t count, void* address,
                                                          address_length* address_size, receive_mode mode,
                                                          const Limit& limit) noexcept {
    ::msghdr message = make_message(buffers, count, address, *address_size);
    const auto call = [&](int flags) {
        return ::recvmsg(handle, &message, report_full_length | peek_flag(mode) | flags);
    };
    const std::ptrdiff_t length = with_limit<readiness::readable>(handle, call, limit);
    *address_size = message.msg_namelen;
    return {length, (message.msg_flags & MSG_TRUNC) != 0};
}

/// One buffer of one message.
template <bool ReportsTrueLength, class Limit>
[[gnu::always_inline]] inline message_length recv_message(native_handle handle, void* buffer, std::size_t size,
                                                          void* address, address_length* address_size,
                                                          receive_mode mode, const Limit& limit) noexcept {
    if constexpr (ReportsTrueLength) {
        const auto call = [=](int flags) {
            return ::recvfrom(handle, buffer, size, report_full_length | peek_flag(mode) | flags,
                              static_cast<::sockaddr*>(address), address_size);
        };
        const std::ptrdiff_t length = with_limit<readiness::readable>(handle, call, limit);
        return {length, false};
    } else {
        const io_buffer whole{buffer, size};
        return recv_message(handle, &whole, 1, address, address_size, mode, limit);
    }
}

#if defined(__GLIBC__) && !defined(__LP64__)  // on 32-bit systems the plain calls fail on large files and inodes
using file_status = struct ::stat64;
inline constexpr auto& link_status_of = ::lstat64;
#else
using file_status = struct ::stat;
inline constexpr auto& link_status_of = ::lstat;
#endif

/// All zeros, which no file has, if there is no file at the path. Does not follow links.
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
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
