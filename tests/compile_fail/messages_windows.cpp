// SPDX-License-Identifier: BSL-1.0
// The messages on Windows for features that Windows lacks, each with the code to use instead beside it.

#include <keyway/keyway.hpp>

#include <string_view>

namespace kw = keyway;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::tcp4::listener listening;
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] const kw::tcp4::endpoint at4;
    [[maybe_unused]] constexpr std::string_view path = "service.sock";

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: this system does not have this option: its documentation says which do
#ifdef CORRECTED
    (void)listening.accept();
#else
    (void)listening.set(kw::option::reuse_port{true});
#endif

#elif REJECTED == 2
    // says 2: this system does not have this option: its documentation says which do
#ifdef CORRECTED
    (void)listening.get<kw::option::exclusive_address>();
#else
    (void)listening.get<kw::option::reuse_port>();
#endif

#elif REJECTED == 3
    // says 3: this option can only be set here: its documentation says where it can be read
#ifdef CORRECTED
    (void)connected.set(kw::option::non_blocking{true});
#else
    (void)connected.get<kw::option::non_blocking>();
#endif

#elif REJECTED == 4
    // says 4: only Linux wakes accept() by shutdown: elsewhere set option::non_blocking, or connect to the listener once more
#ifdef CORRECTED
    (void)listening.set(kw::option::non_blocking{true});
#else
    (void)listening.shutdown();
#endif

#elif REJECTED == 5
    // says 5: only Linux has abstract names: use at_path()
#ifdef CORRECTED
    [[maybe_unused]] const auto name = kw::unix_stream::endpoint::at_path(path);
#else
    (void)kw::unix_stream::endpoint::abstract(path);
#endif

#elif REJECTED == 6
    // says 6: only Linux chooses abstract names: use at_path()
#ifdef CORRECTED
    [[maybe_unused]] const auto name = kw::unix_stream::endpoint::at_path(path);
#else
    (void)kw::unix_stream::endpoint::autobind();
#endif

#elif REJECTED == 7
    // says 7: Windows has AF_UNIX streams only; Linux, the BSDs and macOS have datagrams: use unix_stream, or udp over loopback
#ifdef CORRECTED
    [[maybe_unused]] const auto bound = kw::udp4::bind(at4);
#else
    (void)kw::unix_datagram::bind(path);
#endif

#elif REJECTED == 8
    // says 8: Windows has AF_UNIX streams only; Linux, the BSDs and macOS have datagrams: use unix_stream, or udp over loopback
#ifdef CORRECTED
    [[maybe_unused]] const auto made = kw::udp4::connect(at4);
#else
    (void)kw::unix_datagram::connect(path);
#endif

#elif REJECTED == 9
    // says 9: Windows and macOS have no AF_UNIX seqpacket sockets; Linux and the BSDs have: use unix_stream with lengths of your own
#ifdef CORRECTED
    [[maybe_unused]] const auto made = kw::unix_stream::connect({});
#else
    (void)kw::unix_seqpacket::connect(path);
#endif

#elif REJECTED == 10
    // says 10: TCP makes pairs everywhere, AF_UNIX where socketpair(2) is (not on Windows), and others do not
#ifdef CORRECTED
    [[maybe_unused]] const auto ends = kw::tcp::pair();
#else
    (void)kw::unix_stream::pair();
#endif

#endif
}
