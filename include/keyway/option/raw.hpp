// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_RAW_HPP
#define KEYWAY_OPTION_RAW_HPP

// What of a packet a raw socket writes itself. Source: raw(7), RFC 3542 section 3.

#include <climits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// The program writes the IPv4 header.
struct header_included {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::header_included_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET6 && T::native == SOCK_RAW;
    using value_type = bool;
    bool value = true;
};

/// The program writes the IPv6 header. Linux and Windows.
struct header_included_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::header_included_v6_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET && T::native == SOCK_RAW;
    using value_type = bool;
    bool value = true;
};

/// Where in the data of an IPv6 packet the kernel puts the checksum, and looks for it: an even number of bytes; -1 for
/// nowhere. Of ICMPv6 it knows. Errors: invalid_argument (odd).
struct checksum_offset {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::checksum_offset_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits =
        internet_family<F> && F::domain != AF_INET && T::native == SOCK_RAW && P::number != IPPROTO_ICMPV6;
    static constexpr int least = -1;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = -1;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
