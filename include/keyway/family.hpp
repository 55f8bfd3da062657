// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FAMILY_HPP
#define KEYWAY_FAMILY_HPP

// The address families that come with the library, as tags. Their endpoints are in <keyway/endpoint/…>.

#include <concepts>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/protocol.hpp>
#include <keyway/type.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A socket address of one of the library's families; see <keyway/endpoint/ip.hpp> and <keyway/endpoint/unix.hpp>.
template <class Family>
class endpoint;

namespace detail {

class bound_path;

template <class T>
struct internet_default {
    using type = no_protocol;
};
template <>
struct internet_default<stream> {
    using type = ipproto::tcp;
};
template <>
struct internet_default<datagram> {
    using type = ipproto::udp;
};

/// What the Internet families share. A raw or seqpacket socket has no default: its protocol has to be named.
struct internet {
    static constexpr bool is_internet = true;
    template <class T>
    using default_protocol = typename internet_default<T>::type;
    template <class T, class P>
    static constexpr bool takes = !std::same_as<P, no_protocol>;
};

}  // namespace detail

struct ipv4 : detail::internet {
    using endpoint = keyway::endpoint<ipv4>;
    static constexpr int domain = AF_INET;
};

struct ipv6 : detail::internet {
    using endpoint = keyway::endpoint<ipv6>;
    static constexpr int domain = AF_INET6;
};

/// IPv4 or IPv6, as each endpoint says at run time.
struct ip : detail::internet {
    using endpoint = keyway::endpoint<ip>;
    static constexpr int domain = AF_UNSPEC;
};

/// Streams everywhere; datagrams not on Windows, seqpacket not on Windows and macOS.
struct unix_domain {
    using endpoint = keyway::endpoint<unix_domain>;
    /// What bind() leaves behind and the owner removes: the file at the path.
    using bound_name = detail::bound_path;
    static constexpr int domain = AF_UNIX;
    static constexpr bool is_local = true;
    static constexpr bool has_pairs = KEYWAY_HAS_SOCKETPAIR;
    template <class T, class P>
    static constexpr bool takes = std::same_as<P, no_protocol> && !std::same_as<T, raw> &&
                                  (KEYWAY_HAS_UNIX_DATAGRAM || !std::same_as<T, datagram>) &&
                                  (KEYWAY_HAS_UNIX_SEQPACKET || !std::same_as<T, seqpacket>);
};

static_assert(address_family<ipv4> && address_family<ipv6> && address_family<ip> && address_family<unix_domain>);

}  // namespace keyway::inline KEYWAY_MODE

#endif
