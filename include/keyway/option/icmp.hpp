// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_ICMP_HPP
#define KEYWAY_OPTION_ICMP_HPP

// Which messages a raw ICMP or ICMPv6 socket receives. Without a filter it receives every one that reaches this machine,
// errors about other programs' datagrams included.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/icmp_filter.hpp>
#include <keyway/error.hpp>
#include <keyway/option/scope.hpp>
#include <keyway/packet/icmp_types.hpp>  // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// The types of ICMP message that a raw socket receives, at first all: `set(icmp_filter{{icmp_type::echo_reply}})`. It covers
/// the types 0 to 31; the others are always received. Elsewhere look at the type of each message.
/// Platforms: Linux. Source: raw(7), ICMP_FILTER.
struct icmp_filter {
    static constexpr int level = detail::os::icmp_filter_level;
    static constexpr int name = detail::os::icmp_filter_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits =
        scope::internet_raw::fits<F, T, P> && F::domain == AF_INET && P::number == IPPROTO_ICMP;
    using value_type = icmp_type_set<icmp_type>;
    value_type value;

    using native_type = detail::os::icmp_filter;
    static constexpr result<native_type> encode(const value_type& value) noexcept { return (~value).words(); }
    static constexpr value_type decode(const native_type& native) noexcept { return ~value_type(native); }
};

/// The types of ICMPv6 message that a raw socket receives, at first all: `set(icmpv6_filter{{icmpv6_type::echo_reply}})`. On
/// Windows look at the type of each message.
/// Platforms: Linux, BSD. Source: RFC 3542 section 3.2, ICMP6_FILTER.
struct icmpv6_filter {
    static constexpr int level = IPPROTO_ICMPV6;
    static constexpr int name = detail::os::icmpv6_filter_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits =
        scope::internet_raw::fits<F, T, P> && F::domain == AF_INET6 && P::number == IPPROTO_ICMPV6;
    using value_type = icmp_type_set<icmpv6_type>;
    value_type value;

    using native_type = detail::os::icmpv6_filter;
    static constexpr result<native_type> encode(const value_type& value) noexcept {
        return detail::os::icmpv6_filter_bit_blocks ? (~value).words() : value.words();
    }
    static constexpr value_type decode(const native_type& native) noexcept {
        return detail::os::icmpv6_filter_bit_blocks ? ~value_type(native) : value_type(native);
    }
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
