// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_PATH_MTU_HPP
#define KEYWAY_OPTION_PATH_MTU_HPP

// How large a packet may be on its way: path MTU discovery and the ban on fragments. Source: ip(7), IP_MTU_DISCOVER;
// RFC 3542 section 11.

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>

namespace keyway::inline KEYWAY_MODE {

/// How the system finds out how large a packet may be. Names beside it: Linux's IP_PMTUDISC_*.
enum class mtu_discovery : int {
    never = detail::os::discover_mtu_never,                ///< DONT: packets may be cut into fragments on the way
    per_route = detail::os::discover_mtu_per_route,        ///< WANT: as the route says; TCP discovers, UDP fragments
    always = detail::os::discover_mtu_always,              ///< DO: no fragments; a longer message is message_too_long
    probe = detail::os::discover_mtu_probe,                ///< PROBE: no fragments, whatever was found out so far
    of_interface = detail::os::discover_mtu_of_interface,  ///< INTERFACE: as probe, deaf to the network; Linux
    omit = detail::os::discover_mtu_omit,                  ///< OMIT: as of_interface, but may send fragments; Linux
};

namespace detail {

inline result<int> encode_mtu_discovery(mtu_discovery value) noexcept {
    const int native = static_cast<int>(value);
    if (native < 0) return failure(errc::invalid_argument, operation::set_option);
    return native;
}

}  // namespace detail

namespace option {

/// Of IPv4 packets. Linux and Windows. Errors: invalid_argument (a value that the system does not have).
struct path_mtu_discovery {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::mtu_discovery_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET6 && !multipath_protocol<P>;
    using value_type = mtu_discovery;
    value_type value = mtu_discovery::per_route;

    using native_type = int;
    static result<int> encode(const value_type& value) noexcept { return detail::encode_mtu_discovery(value); }
    static constexpr value_type decode(const int& native) noexcept { return static_cast<value_type>(native); }
};

/// Of IPv6 packets. Linux and Windows. Errors: invalid_argument (a value that the system does not have).
struct path_mtu_discovery_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::mtu_discovery_v6_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET && !multipath_protocol<P>;
    using value_type = mtu_discovery;
    value_type value = mtu_discovery::per_route;

    using native_type = int;
    static result<int> encode(const value_type& value) noexcept { return detail::encode_mtu_discovery(value); }
    static constexpr value_type decode(const int& native) noexcept { return static_cast<value_type>(native); }
};

/// The bytes of the largest IPv4 packet to the peer, as far as is known, headers included. Linux and Windows.
/// Errors: not_connected.
struct mtu {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::mtu_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_read_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET6 && !multipath_protocol<P>;
    using value_type = int;
    int value = 0;
};

/// The bytes of the largest IPv6 packet to the peer, as far as is known, headers included. Linux and Windows.
/// Errors: not_connected.
struct mtu_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::mtu_v6_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_read_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET && !multipath_protocol<P>;
    using value_type = int;
    int value = 0;
};

/// Packets over IPv4 are not cut into fragments: a longer message is message_too_long. FreeBSD, macOS and Windows; on Linux
/// set path_mtu_discovery{mtu_discovery::probe}.
struct dont_fragment {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::dont_fragment_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET6 && message_oriented<T>;
    using value_type = bool;
    bool value = true;
};

/// Packets over IPv6 are not cut into fragments: a longer message is message_too_long.
struct dont_fragment_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::dont_fragment_v6_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET && message_oriented<T>;
    using value_type = bool;
    bool value = true;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
