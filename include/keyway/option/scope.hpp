// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_SCOPE_HPP
#define KEYWAY_OPTION_SCOPE_HPP

// The scopes of options: which sockets have an option, by family, type and protocol. A scope of your own is a struct with
// a constant template `fits<Family, Type, Protocol>`.

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option::scope {

/// Every socket.
struct any {
    template <class F, class T, class P>
    static constexpr bool fits = true;
};

/// AF_UNIX.
struct local {
    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;
};

/// Every family but AF_UNIX.
struct network {
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
};

/// Streams and seqpacket sockets of every family but AF_UNIX.
struct network_connections {
    template <class F, class T, class P>
    static constexpr bool fits = connection_oriented<T> && !local_family<F>;
};

/// Streams.
struct streams {
    template <class F, class T, class P>
    static constexpr bool fits = byte_oriented<T>;
};

/// Every protocol but MPTCP.
struct single_path {
    template <class F, class T, class P>
    static constexpr bool fits = !multipath_protocol<P>;
};

/// IPv4 and IPv6.
struct internet {
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F>;
};

/// IPv4 and IPv6, every protocol but MPTCP.
struct internet_single_path {
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && !multipath_protocol<P>;
};

/// IPv4 and IPv6, every type that has ports: all but raw sockets.
struct internet_ports {
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && T::native != SOCK_RAW;
};

/// IPv4 and IPv6, types that preserve message boundaries.
struct internet_messages {
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && message_oriented<T>;
};

/// IPv4 and IPv6, types that can send to multicast groups: datagram and raw sockets.
struct multicast {
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && connectionless<T>;
};

/// Raw sockets of IPv4 and IPv6.
struct internet_raw {
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && T::native == SOCK_RAW;
};

/// TCP, MPTCP included.
struct tcp {
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
};

/// TCP without MPTCP.
struct plain_tcp {
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P> && !multipath_protocol<P>;
};

/// UDP.
struct udp {
    template <class F, class T, class P>
    static constexpr bool fits = P::number == IPPROTO_UDP;
};

/// TCP without MPTCP, and UDP.
struct plain_tcp_and_udp {
    template <class F, class T, class P>
    static constexpr bool fits = plain_tcp::fits<F, T, P> || udp::fits<F, T, P>;
};

}  // namespace option::scope
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
