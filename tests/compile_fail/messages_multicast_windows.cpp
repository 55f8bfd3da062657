// SPDX-License-Identifier: BSL-1.0
// What the headers say on Windows to a program that asks for filters and groups as Linux has them.

#include <keyway/multicast.hpp>
#include <keyway/option/icmp.hpp>
#include <keyway/transport.hpp>

namespace kw = keyway;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::udp4::socket socket4;
    [[maybe_unused]] kw::udp6::socket socket6;
    [[maybe_unused]] kw::icmp4::socket icmp4;
    [[maybe_unused]] kw::icmp6::socket icmp6;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: only Linux has ICMP_FILTER: elsewhere look at the type of each message that comes
#ifdef CORRECTED
    (void)icmp4.set(kw::option::time_to_live{1});
#else
    (void)icmp4.set(kw::option::icmp_filter{kw::icmp_type_set<kw::icmp_type>{}});
#endif

#elif REJECTED == 2
    // says 2: Windows has no ICMP6_FILTER: look at the type of each message that comes
#ifdef CORRECTED
    (void)icmp6.set(kw::option::hop_limit{1});
#else
    (void)icmp6.set(kw::option::icmpv6_filter{kw::icmp_type_set<kw::icmpv6_type>{}});
#endif

#elif REJECTED == 3
    // says 3: only Linux has IP_MULTICAST_ALL: elsewhere a socket gets what was sent to its own groups
#ifdef CORRECTED
    (void)socket4.set(kw::option::multicast_loop_v4{true});
#else
    (void)socket4.set(kw::option::multicast_all_v4{false});
#endif

#elif REJECTED == 4
    // says 4: only Linux has IPV6_MULTICAST_ALL: elsewhere a socket gets what was sent to its own groups
#ifdef CORRECTED
    (void)socket6.set(kw::option::multicast_loop_v6{true});
#else
    (void)socket6.set(kw::option::multicast_all_v6{false});
#endif

#else
#error "no such case"
#endif
}
