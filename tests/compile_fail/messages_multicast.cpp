// SPDX-License-Identifier: BSL-1.0
// What <keyway/message/multicast.hpp> says to sockets that join no groups.

#include <keyway/message/multicast.hpp>
#include <keyway/transport.hpp>

namespace kw = keyway;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::tcp4::connection stream;
    [[maybe_unused]] kw::udp4::socket socket;
    [[maybe_unused]] constexpr kw::ipv4_address group(239, 1, 2, 3);

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: only datagram and raw sockets of IPv4 and IPv6 join multicast groups: use udp::bind()
#ifdef CORRECTED
    (void)kw::join(socket, group);
#else
    (void)kw::join(stream, group);
#endif

#elif REJECTED == 2
    // says 2: only datagram and raw sockets of IPv4 and IPv6 are members of multicast groups: use udp::bind()
#ifdef CORRECTED
    (void)kw::leave(socket, group);
#else
    (void)kw::leave(stream, group);
#endif

#elif REJECTED == 3
    // says 3: this option can only be set here: its documentation says where it can be read
#ifdef CORRECTED
    (void)socket.set(kw::option::multicast_interface{1});
#else
    (void)socket.get<kw::option::multicast_interface>();
#endif

#elif REJECTED == 4
    // says 4: a socket of this family, type and protocol does not have this option
#ifdef CORRECTED
    (void)socket.set(kw::option::multicast_hop_limit{3});
#else
    (void)kw::tcp4::socket().set(kw::option::multicast_hop_limit{3});
#endif

#endif
}
