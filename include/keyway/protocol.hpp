// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PROTOCOL_HPP
#define KEYWAY_PROTOCOL_HPP

// Protocols, as tags: the number for socket(2), and the families and types it fits.

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/type.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Number 0: the family has one protocol for the type, or chooses.
struct no_protocol {
    static constexpr int number = 0;
};

/// The protocols of the Internet families (IANA "Protocol Numbers").
namespace ipproto {

struct tcp {
    static constexpr int number = IPPROTO_TCP;
    static constexpr bool is_tcp = true;
    template <class F, class T>
    static constexpr bool fits = internet_family<F> && T::native == stream::native;
};

/// TCP over several paths at once (RFC 8684); plain TCP if the peer does not support it. Platforms: Linux from 5.6;
/// elsewhere open() fails with protocol_not_supported.
struct mptcp {
    static constexpr int number = 262;  // outside the IP protocol numbers, and not in every system's headers
    static constexpr bool is_tcp = true;
    static constexpr bool is_multipath = true;
    template <class F, class T>
    static constexpr bool fits = internet_family<F> && T::native == stream::native;
};

struct udp {
    static constexpr int number = IPPROTO_UDP;
    template <class F, class T>
    static constexpr bool fits = internet_family<F> && T::native == datagram::native;
};

/// On raw sockets, and on datagram sockets where the system permits unprivileged ping (icmp(7), "ping_group_range").
struct icmp {
    static constexpr int number = IPPROTO_ICMP;
    static constexpr bool is_icmp = true;
    template <class F, class T>
    static constexpr bool fits = F::domain == AF_INET && connectionless<T>;
};

struct icmpv6 {
    static constexpr int number = IPPROTO_ICMPV6;
    static constexpr bool is_icmp = true;
    template <class F, class T>
    static constexpr bool fits = F::domain == AF_INET6 && connectionless<T>;
};

struct sctp {
    static constexpr int number = 132;  // not in every system's headers
    template <class F, class T>
    static constexpr bool fits = internet_family<F> && connection_oriented<T>;
};

/// A protocol by its number, 0 to 255, on raw sockets.
template <int Number>
    requires(Number >= 0 && Number <= 255)
struct numbered {
    static constexpr int number = Number;
    template <class F, class T>
    static constexpr bool fits = internet_family<F> && T::native == raw::native;
};

}  // namespace ipproto

namespace detail {

template <class F, class T>
struct default_protocol {
    using type = no_protocol;
};

template <class F, class T>
    requires requires { typename F::template default_protocol<T>; }
struct default_protocol<F, T> {
    using type = typename F::template default_protocol<T>;
};

}  // namespace detail

/// The protocol if none is named: the family's alias template `default_protocol<Type>`, or no_protocol if it has none.
template <class F, class T>
using default_protocol_t = typename detail::default_protocol<F, T>::type;

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
