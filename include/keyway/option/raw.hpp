// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_RAW_HPP
#define KEYWAY_OPTION_RAW_HPP

// The headers that a program writes itself on a raw socket. Source: raw(7), RFC 3542 section 3.

#include <climits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// The program writes the IP header of each packet.
/// Platforms: IPv4 all; IPv6 Linux, Windows. Source: raw(7), IP_HDRINCL; ipv6(7), IPV6_HDRINCL.
struct header_included
    : ip_flag<detail::os::header_included_option, detail::os::header_included_v6_option, scope::internet_raw> {
    using ip_flag::ip_flag;
};

/// The offset of the checksum in the payload of an IPv6 packet, in bytes: the kernel fills it in when sending and verifies
/// it when receiving. An even number; -1, the default, for no checksum. The kernel knows the offset of ICMPv6.
/// Errors: invalid_argument (odd). Platforms: all. Source: RFC 3542 section 3.1, IPV6_CHECKSUM.
struct checksum_offset {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::checksum_offset_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits =
        scope::internet_raw::fits<F, T, P> && F::domain != AF_INET && P::number != IPPROTO_ICMPV6;
    static constexpr int least = -1;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = -1;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
