// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_IP_HPP
#define KEYWAY_OPTION_IP_HPP

// The options of IPv4 and IPv6 that the core needs. Source: ip(7), ipv6(7).

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// Restricts an IPv6 socket to IPv6; off, it is dual-stack, and IPv4 peers appear as ::ffff:a.b.c.d. Because the defaults of
/// systems differ, keyway switches it on when it opens an IPv6 socket that is not raw.
/// Errors: invalid_argument (after bind()). Platforms: all. Source: ipv6(7), IPV6_V6ONLY.
struct v6_only {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = IPV6_V6ONLY;
    template <class F, class T, class P>
    static constexpr bool fits = scope::internet_ports::fits<F, T, P> && F::domain != AF_INET;
    using value_type = bool;
    bool value = true;
};

/// How many hops a unicast packet may travel: IPv4's time to live, 1 to 255, or IPv6's hop limit, 0 to 255 or -1 for the
/// route's default. On an IPv6 socket it applies to IPv4-mapped traffic too.
/// Errors: invalid_argument (out of range). Platforms: all. Source: ip(7), IP_TTL; ipv6(7), IPV6_UNICAST_HOPS.
struct hop_limit {
    static constexpr int name_v4 = IP_TTL;
    static constexpr int name_v6 = IPV6_UNICAST_HOPS;
    static constexpr bool covers_mapped = true;
    template <class F, class T, class P>
    static constexpr bool fits = scope::internet::fits<F, T, P>;
    static constexpr int least_v4 = 1;  // Linux would accept -1, its default, and other systems not
    static constexpr int least = -1;
    static constexpr int most = 255;
    using value_type = int;
    int value = 64;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
