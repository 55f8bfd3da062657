// SPDX-License-Identifier: BSL-1.0
// Owners and views taken for a number, a truth value or a pointer.

#include <keyway/file/file.hpp>
#include <keyway/keyway.hpp>

namespace kw = keyway;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] kw::tcp4::socket unconnected;
    [[maybe_unused]] kw::tcp4::listener listening;
    [[maybe_unused]] kw::canceller stop;
    [[maybe_unused]] kw::file<kw::access::read> in;
    [[maybe_unused]] const kw::tcp4::connection_view seen;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (connected.is_open()) return;
#else
    if (connected) return;
#endif

#elif REJECTED == 2
    // says 2: is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (!unconnected.is_open()) return;
#else
    if (!unconnected) return;
#endif

#elif REJECTED == 3
    // says 3: is_open() says whether there is a descriptor
#ifdef CORRECTED
    while (seen.is_open()) return;
#else
    while (seen) return;
#endif

#elif REJECTED == 4
    // says 4: is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (!in.is_open()) return;
#else
    if (!in) return;
#endif

#elif REJECTED == 5
    // says 5: compare the native_handle() of two; is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (connected.native_handle() == seen.native_handle()) return;
#else
    if (connected == seen) return;
#endif

#elif REJECTED == 6
    // says 6: compare the native_handle() of two; is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (connected.native_handle() != unconnected.native_handle()) return;
#else
    if (connected != unconnected) return;
#endif

#elif REJECTED == 7
    // says 7: compare the native_handle() of two; is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (!connected.is_open()) return;
#else
    if (connected < 0) return;
#endif

#elif REJECTED == 8
    // says 8: compare the native_handle() of two; is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (!listening.is_open()) return;
#else
    if (listening == -1) return;
#endif

#elif REJECTED == 9
    // says 9: compare the native_handle() of two; is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (!listening.is_open()) return;
#else
    if (listening == nullptr) return;
#endif

#elif REJECTED == 10
    // says 10: compare the native_handle() of two; is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (stop.is_open()) return;
#else
    if (nullptr != stop) return;
#endif

#elif REJECTED == 11
    // says 11: compare the native_handle() of two; is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (in.is_open()) return;
#else
    if (in != nullptr) return;
#endif

#elif REJECTED == 12
    // says 12: compare the native_handle() of two; is_open() says whether there is a descriptor
#ifdef CORRECTED
    if (!in.is_open()) return;
#else
    if (in < 0) return;
#endif

#elif REJECTED == 13
    // says 13: a position is counted from kw::seek_from::start, current or end: seek(0, kw::seek_from::end)
#ifdef CORRECTED
    (void)in.seek(0, kw::seek_from::end);
#else
    (void)in.seek(0, 2);
#endif

#endif
}
