// SPDX-License-Identifier: BSL-1.0
// What the headers say on POSIX systems to a program that asks for what Windows alone has.

#include <keyway/keyway.hpp>

namespace kw = keyway;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::tcp4::socket unconnected;

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

#else
#error "no such case"
#endif
}
