// SPDX-License-Identifier: BSL-1.0
// What the headers say on Windows to a program that uses filters and multicast options of other systems.

#include <keyway/message/multicast.hpp>
#include <keyway/option/icmp.hpp>
#include <keyway/option/ip.hpp>
#include <keyway/transport.hpp>

namespace kw = keyway;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::udp4::socket socket4;
    [[maybe_unused]] kw::udp6::socket socket6;
    [[maybe_unused]] kw::icmp4::socket icmp4;
    [[maybe_unused]] kw::icmp6::socket icmp6;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: this system does not have this option: its documentation says which do
#ifdef CORRECTED
    (void)icmp4.set(kw::option::hop_limit{1});
#else
    (void)icmp4.set(kw::option::icmp_filter{kw::icmp_type_set<kw::icmp_type>{}});
#endif

#elif REJECTED == 2
    // says 2: this system does not have this option: its documentation says which do
#ifdef CORRECTED
    (void)icmp6.set(kw::option::hop_limit{1});
#else
    (void)icmp6.set(kw::option::icmpv6_filter{kw::icmp_type_set<kw::icmpv6_type>{}});
#endif

#elif REJECTED == 3
    // says 3: this system does not have this option: its documentation says which do
#ifdef CORRECTED
    (void)socket4.set(kw::option::multicast_loop{true});
#else
    (void)socket4.set(kw::option::multicast_all{false});
#endif

#elif REJECTED == 4
    // says 4: this system does not have this option: its documentation says which do
#ifdef CORRECTED
    (void)socket6.set(kw::option::multicast_loop{true});
#else
    (void)socket6.set(kw::option::multicast_all{false});
#endif

#endif
}
