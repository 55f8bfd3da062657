// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_ROUND_TRIP_HPP
#define KEYWAY_TESTS_SUPPORT_ROUND_TRIP_HPP

// Helpers of the option tests: the list of transports, and a check that getting an option returns the value set.

#include <doctest/doctest.h>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"

/// The AF_UNIX transports of this system, for TEST_CASE_TEMPLATE.
#if KEYWAY_HAS_UNIX_DATAGRAM && KEYWAY_HAS_UNIX_SEQPACKET
#define KEYWAY_LOCAL_TRANSPORTS keyway::unix_stream, keyway::unix_datagram, keyway::unix_seqpacket
#else
#define KEYWAY_LOCAL_TRANSPORTS keyway::unix_stream
#endif

/// For TEST_CASE_TEMPLATE. tcp and udp, whose family is chosen at run time, are IPv4 sockets here.
#define KEYWAY_ALL_TRANSPORTS                                                                                       \
    keyway::tcp, keyway::tcp4, keyway::tcp6, keyway::udp, keyway::udp4, keyway::udp6, keyway::icmp4, keyway::icmp6, \
        KEYWAY_LOCAL_TRANSPORTS

namespace test {

template <class Socket, class Option>
concept can_set = requires(Socket s, Option o) { s.set(o); };
template <class Socket, class Option>
concept can_get = requires(Socket s) { s.template get<Option>(); };

/// Calls `check` with an open socket of the transport, or reports why there is none.
template <class Transport, class Check>
void with_socket(Check check) {
    if (!has_family<Transport>()) return;
    auto socket = Transport::socket::open_for(typename Transport::endpoint{});
    if (!socket && is_unavailable(socket.error())) {
        skipped("protocol " + std::to_string(Transport::protocol::number), message_of(socket.error()));
        return;
    }
    const auto opened = must(std::move(socket));
    check(opened);
}

/// Checks that an option that fits the socket returns the value that was set.
template <class Option, class Socket>
void check_round_trip(const Socket& socket, const typename Option::value_type& value) {
    static_assert(can_set<Socket, Option> == can_get<Socket, Option> || !kw::readable_option<Option>);
    if constexpr (can_set<Socket, Option>) {
        must(socket.set(Option{value}));
        if constexpr (can_get<Socket, Option>) CHECK(must(socket.template get<Option>()) == value);
    }
}

}  // namespace test

#endif
