// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FAMILY_HPP
#define KEYWAY_FAMILY_HPP

// The library's address families, as tags. Their endpoints are in <keyway/endpoint/…>.

#include <concepts>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/hash.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/protocol.hpp>
#include <keyway/type.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

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

/// The common part of the Internet families. Raw and seqpacket sockets have no default protocol: name one.
struct internet {
    static constexpr bool is_internet = true;
    template <class T>
    using default_protocol = typename internet_default<T>::type;
    template <class T, class P>
    static constexpr bool supports = !std::same_as<P, no_protocol>;
};

}  // namespace detail

/// IPv4, AF_INET. Source: ip(7).
struct ipv4 : detail::internet {
    using endpoint = keyway::endpoint<ipv4>;
    static constexpr int domain = AF_INET;
};

/// IPv6, AF_INET6. Source: ipv6(7).
struct ipv6 : detail::internet {
    using endpoint = keyway::endpoint<ipv6>;
    static constexpr int domain = AF_INET6;
};

/// IPv4 or IPv6; each endpoint decides at run time.
struct ip : detail::internet {
    using endpoint = keyway::endpoint<ip>;
    static constexpr int domain = AF_UNSPEC;
};

/// AF_UNIX, sockets of this machine. Platforms: streams everywhere; datagrams except on Windows; seqpacket except on
/// Windows and macOS. Source: unix(7).
struct unix_domain {
    using endpoint = keyway::endpoint<unix_domain>;
    /// The file that bind() creates and the owner removes.
    using bound_name = detail::bound_path;
    static constexpr int domain = AF_UNIX;
    static constexpr bool is_local = true;
    static constexpr bool has_pairs = KEYWAY_HAS_SOCKETPAIR;
    template <class T, class P>
    static constexpr bool supports = std::same_as<P, no_protocol> && !std::same_as<T, raw> &&
                                     (KEYWAY_HAS_UNIX_DATAGRAM || !std::same_as<T, datagram>) &&
                                     (KEYWAY_HAS_UNIX_SEQPACKET || !std::same_as<T, seqpacket>);
};

static_assert(address_family<ipv4> && address_family<ipv6> && address_family<ip> && address_family<unix_domain>);

}  // namespace KEYWAY_MODE
}  // namespace keyway

template <class Family>  // NOLINTNEXTLINE(misc-include-cleaner): <string_view> declares it
struct std::hash<keyway::endpoint<Family>> : keyway::detail::standard_hash<keyway::endpoint<Family>> {};

#endif
