// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_IP_HPP
#define KEYWAY_OPTION_IP_HPP

// The options of IPv4 and IPv6. Source: ip(7), ipv6(7).

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// Off: the IPv6 socket takes IPv4 too, whose peers appear as ::ffff:a.b.c.d. keyway sets it explicitly on every IPv6
/// socket but raw ones, which do not have it, on, because systems differ in what they do unasked. Only before bind().
struct v6_only {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = IPV6_V6ONLY;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET && T::native != SOCK_RAW;
    using value_type = bool;
    bool value = true;
};

/// How many routers an IPv4 packet may pass, 1 to 255. Errors: invalid_argument outside of that.
struct time_to_live {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = IP_TTL;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET6;
    using value_type = int;
    int value = 64;

    static constexpr int least = 1;  // the kernel would take -1 as its default
    static constexpr int most = 255;
};

/// How many routers an IPv6 packet may pass, 0 to 255, or -1 for the route's default. Errors: invalid_argument
/// outside of that.
struct hop_limit {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = IPV6_UNICAST_HOPS;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET;
    using value_type = int;
    int value = 64;

    static constexpr int least = -1;
    static constexpr int most = 255;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
