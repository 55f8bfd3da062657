// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINUX_SOCKET_HPP
#define KEYWAY_DETAIL_OS_LINUX_SOCKET_HPP

// The Linux part of the POSIX backend. <keyway/detail/os/bsd/socket.hpp> supplies the same names.

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// The common beginning of all socket addresses.
struct sockaddr_prefix {
    ::sa_family_t family;
};
constexpr sockaddr_prefix make_prefix(int family, std::size_t) noexcept { return {static_cast<::sa_family_t>(family)}; }

inline constexpr int no_signal = MSG_NOSIGNAL;
inline constexpr int report_full_length = MSG_TRUNC;
inline constexpr int linger_option = SO_LINGER;
inline constexpr int max_linger_seconds = max_int;
inline constexpr int reuse_port_option = SO_REUSEPORT;
inline constexpr int exclusive_address_option = no_option;

/// Whether recvfrom() with MSG_TRUNC returns a message's true length in this domain (recv(2), and the kernel's
/// sources). For ICMP datagram sockets and unknown families recvmsg() is called, which flags every truncated message.
constexpr bool reports_true_length(int domain, bool is_icmp) noexcept {
    return (domain == AF_UNSPEC || domain == AF_INET || domain == AF_INET6 || domain == AF_UNIX) && !is_icmp;
}

/// The number of bytes to ask one call for: all, since the kernel limits the transfer itself.
constexpr std::size_t in_one_call(std::size_t size) noexcept { return size; }

/// The flags of a new socket.
constexpr int flags_of(io_mode mode) noexcept {
    return mode == io_mode::blocking ? SOCK_CLOEXEC : SOCK_CLOEXEC | SOCK_NONBLOCK;
}

inline int open(int domain, int type, int protocol, io_mode mode) noexcept {
    return ::socket(domain, type | flags_of(mode), protocol);
}

/// Whether connect(2), called again, waits for the attempt in progress or returns its result (__inet_stream_connect()).
constexpr bool resumes_connect(int protocol) noexcept { return protocol == IPPROTO_TCP; }

inline int pair(int domain, int type, int protocol, std::array<int, 2>& ends) noexcept {
    return ::socketpair(domain, type | SOCK_CLOEXEC, protocol, ends.data());
}

inline int new_accepted(int listener, void* address, ::socklen_t* size, io_mode mode) noexcept {
    return ::accept4(listener, static_cast<::sockaddr*>(address), size, flags_of(mode));
}

/// The arguments of socket(2) that made the socket; negative on failure.
inline int ask_domain_and_protocol(int handle, int& domain, int& protocol) noexcept {
    ::socklen_t size = sizeof(domain);
    if (::getsockopt(handle, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0) return -1;
    size = sizeof(protocol);
    return ::getsockopt(handle, SOL_SOCKET, SO_PROTOCOL, &protocol, &size);
}

/// poll(2) for this many nanoseconds or less; negative is forever.
inline int poll_for(::pollfd* set, ::nfds_t count, std::int64_t nanoseconds) noexcept {
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t longest = second * max_int;  // what a time_t of 32 bits holds
    if (nanoseconds < 0) return ::ppoll(set, count, nullptr, nullptr);
    if (nanoseconds > longest) nanoseconds = longest;
    const ::timespec time{static_cast<::time_t>(nanoseconds / second), static_cast<long>(nanoseconds % second)};
    return ::ppoll(set, count, &time, nullptr);
}

/// A descriptor that is readable from wake() to reset_waker(): eventfd(2).
inline int open_waker() noexcept { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

inline int wake(int waker) noexcept {
    constexpr std::uint64_t one = 1;
    return ::write(waker, &one, sizeof(one)) > 0 || errno == EAGAIN ? 0 : -1;
}

inline int reset_waker(int waker) noexcept {
    std::uint64_t count = 0;
    return ::read(waker, &count, sizeof(count)) > 0 || errno == EAGAIN ? 0 : -1;
}

/// Errors of a single connection that accept(2) returns: "Error handling".
constexpr bool is_pending_network_error(int code) noexcept {
    switch (code) {
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EPERM: return true;
    default: return false;
    }
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
