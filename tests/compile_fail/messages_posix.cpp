// SPDX-License-Identifier: BSL-1.0
// The messages on POSIX systems for features that only Windows has, each with the code to use instead beside it.

#include <keyway/keyway.hpp>
#include <keyway/option/packet_filter.hpp>

namespace kw = keyway;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::tcp4::socket unconnected;
    [[maybe_unused]] kw::udp4::socket datagrams;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: this system does not have this option: its documentation says which do
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
    // says 3: this option can only be set here: its documentation says where it can be read
#ifdef CORRECTED
    (void)datagrams.set(kw::option::packet_filter{});
#else
    (void)datagrams.get<kw::option::packet_filter>();
#endif

#endif
}
