// SPDX-License-Identifier: BSL-1.0
// What the headers say on POSIX systems to a program that asks for what Windows alone has.

#include <keyway/keyway.hpp>
#include <keyway/option/packet_filter.hpp>
#include <keyway/option/path_mtu.hpp>

namespace kw = keyway;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::tcp4::socket unconnected;
    [[maybe_unused]] kw::udp4::socket unspoken_to;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: only Windows has SO_EXCLUSIVEADDRUSE: elsewhere a port is its owner's alone unless both set reuse_address
#ifdef CORRECTED
    (void)unconnected.set(kw::option::reuse_address{false});
#else
    (void)unconnected.set(kw::option::exclusive_address{});
#endif

#elif REJECTED == 2
    // says 2: this system does not have this option: its documentation says which do
#ifdef CORRECTED
    (void)unconnected.get<kw::option::reuse_address>();
#else
    (void)unconnected.get<kw::option::exclusive_address>();
#endif

#elif REJECTED == 3
    // says 3: this system does not have this option: its documentation says which do
#ifdef CORRECTED
    (void)unconnected.set(kw::option::path_mtu_discovery{kw::mtu_discovery::probe});
#else
    (void)unspoken_to.set(kw::option::dont_fragment{true});
#endif

#elif REJECTED == 4
    // says 4: this system does not have this option: its documentation says which do
#ifdef CORRECTED
    (void)unspoken_to.get<kw::option::path_mtu_discovery>();
#else
    (void)unspoken_to.get<kw::option::dont_fragment>();
#endif

#elif REJECTED == 5
    // says 5: this option can only be set here: its documentation says where it can be read
#ifdef CORRECTED
    (void)unspoken_to.set(kw::option::packet_filter{});
#else
    (void)unspoken_to.get<kw::option::packet_filter>();
#endif

#else
#error "no such case"
#endif
}
