// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_PATH_MTU_HPP
#define KEYWAY_OPTION_PATH_MTU_HPP

// The size of packets along a path: path MTU discovery and fragmentation. Source: ip(7), IP_MTU_DISCOVER; RFC 3542
// section 11.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// How the system discovers the largest packet that a path allows. A value that the system lacks is negative.
enum class mtu_discovery : int {
    never = detail::os::discover_mtu_never,          ///< IP_PMTUDISC_DONT: routers may fragment packets
    per_route = detail::os::discover_mtu_per_route,  ///< IP_PMTUDISC_WANT: by the route; TCP discovers, UDP fragments
    always = detail::os::discover_mtu_always,        ///< IP_PMTUDISC_DO: no fragments; a longer message is message_size
    probe = detail::os::discover_mtu_probe,          ///< IP_PMTUDISC_PROBE: no fragments, whatever size was discovered
    of_interface =
        detail::os::discover_mtu_of_interface,  ///< IP_PMTUDISC_INTERFACE: probe, by the interface alone; Linux
    omit = detail::os::discover_mtu_omit,       ///< IP_PMTUDISC_OMIT: of_interface, but fragments are allowed; Linux
};

namespace option {

/// How the system discovers the path MTU. On an IPv6 socket it applies to IPv4-mapped traffic too.
/// Errors: invalid_argument (a value that the system lacks).
/// Platforms: Linux, Windows. Source: ip(7), IP_MTU_DISCOVER; ipv6(7), IPV6_MTU_DISCOVER.
struct path_mtu_discovery {
    static constexpr int name_v4 = detail::os::mtu_discovery_option;
    static constexpr int name_v6 = detail::os::mtu_discovery_v6_option;
    static constexpr bool covers_mapped = true;
    static constexpr bool is_absent = name_v4 == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = scope::internet_single_path::fits<F, T, P>;
    using value_type = mtu_discovery;
    value_type value = mtu_discovery::per_route;

    using native_type = int;
    static result<int> encode(const value_type& value) noexcept {
        const int native = static_cast<int>(value);
        if (native < 0) return detail::failure(errc::invalid_argument, operation::set_option);
        return native;
    }
    static constexpr value_type decode(const int& native) noexcept { return static_cast<value_type>(native); }
};

/// The largest packet to the peer, in bytes with all headers, as far as the system knows.
/// Errors: not_connected. Platforms: Linux, Windows. Source: ip(7), IP_MTU; ipv6(7), IPV6_MTU.
struct mtu : ip_plain<int, detail::os::mtu_option, detail::os::mtu_v6_option, scope::internet_single_path> {
    static constexpr bool is_read_only = true;
};

/// Forbids fragments: a longer message fails with message_size. Over IPv4 on Linux set
/// path_mtu_discovery{mtu_discovery::probe} instead.
/// Platforms: IPv4 FreeBSD, macOS, Windows; IPv6 all.
/// Source: RFC 3542 section 11.2, IPV6_DONTFRAG; "IPPROTO_IP Socket Options", IP_DONTFRAGMENT; FreeBSD's ip(4), IP_DONTFRAG.
struct dont_fragment
    : ip_flag<detail::os::dont_fragment_option, detail::os::dont_fragment_v6_option, scope::internet_messages> {
    using ip_flag::ip_flag;
    static constexpr bool covers_mapped = detail::os::dont_fragment_option != detail::os::no_option;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
