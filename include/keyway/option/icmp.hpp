// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_ICMP_HPP
#define KEYWAY_OPTION_ICMP_HPP

// Which messages a raw ICMP or ICMPv6 socket receives. Without a filter it gets every one that this machine does, errors
// about other programs' datagrams among them.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/icmp_filter.hpp>
#include <keyway/error.hpp>
#include <keyway/packet/icmp_types.hpp>  // IWYU pragma: export

namespace keyway::inline KEYWAY_MODE {
namespace option {

#if KEYWAY_HAS_ICMP_FILTER
/// The types of ICMP message that a raw socket receives: `set(icmp_filter{{icmp_type::echo_reply}})`; at first all.
/// Linux alone has it, and knows the types 0 to 31; those above come always.
/// Source: raw(7), ICMP_FILTER.
struct icmp_filter {
    static constexpr int level = detail::os::icmp_filter_level;
    static constexpr int name = detail::os::icmp_filter_option;
    template <class F, class T, class P>
    static constexpr bool fits = F::domain == AF_INET && T::native == SOCK_RAW && P::number == IPPROTO_ICMP;
    using value_type = icmp_type_set<icmp_type>;
    value_type value;

    using native_type = detail::os::icmp_filter;
    static constexpr result<native_type> encode(const value_type& value) noexcept { return (~value).words(); }
    static constexpr value_type decode(const native_type& native) noexcept { return ~value_type(native); }
};
#else
struct icmp_filter {
    static constexpr bool is_absent = true;
    // clang-format off
    explicit icmp_filter(auto&&...) = KEYWAY_DELETE("only Linux has ICMP_FILTER: elsewhere look at the type of each message that comes");
    // clang-format on
};
#endif

#if KEYWAY_HAS_ICMPV6_FILTER
/// The types of ICMPv6 message that a raw socket receives: `set(icmpv6_filter{{icmpv6_type::echo_reply}})`; at first all.
/// Not on Windows.
/// Source: RFC 3542 section 3.2.
struct icmpv6_filter {
    static constexpr int level = IPPROTO_ICMPV6;
    static constexpr int name = detail::os::icmpv6_filter_option;
    template <class F, class T, class P>
    static constexpr bool fits = F::domain == AF_INET6 && T::native == SOCK_RAW && P::number == IPPROTO_ICMPV6;
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
#else
struct icmpv6_filter {
    static constexpr bool is_absent = true;
    // clang-format off
    explicit icmpv6_filter(auto&&...) = KEYWAY_DELETE("Windows has no ICMP6_FILTER: look at the type of each message that comes");
    // clang-format on
};
#endif

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
