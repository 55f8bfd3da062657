// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/tcp.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "support/loopback.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::can_get;
using test::can_set;
using test::failure;
using test::must;

// 64: these are TCP's, and nobody else's.
template <class Option>
constexpr bool is_of_tcp = can_set<kw::tcp::socket, Option> && can_set<kw::tcp4::listener, Option> &&
                           can_get<kw::tcp6::connection_view, Option> && !can_set<kw::udp::socket, Option> &&
                           !can_get<kw::udp::connection, Option> && !can_set<kw::unix_stream::connection, Option> &&
                           !can_set<kw::icmp4::socket, Option>;
static_assert(is_of_tcp<option::no_delay> && is_of_tcp<option::keep_alive_time>);
static_assert(is_of_tcp<option::keep_alive_interval> && is_of_tcp<option::keep_alive_retries>);

TEST_CASE_TEMPLATE("63: the options of TCP come back as they were set", T, kw::tcp, kw::tcp4, kw::tcp6) {
    test::with_socket<T>([](const auto& socket) {
        for (const bool on : {true, false}) test::check_round_trip<option::no_delay>(socket, on);
        for (const int seconds : {1, 15, 32767}) {
            test::check_round_trip<option::keep_alive_time>(socket, seconds);
            test::check_round_trip<option::keep_alive_interval>(socket, seconds);
        }
        for (const int probes : {1, 9, 127}) test::check_round_trip<option::keep_alive_retries>(socket, probes);
    });
}

TEST_CASE_FIXTURE(test::bounded, "63: and on both ends of a connection") {
    const auto ends = test::connect_ends();
    test::check_round_trip<option::no_delay>(ends.client, true);
    test::check_round_trip<option::no_delay>(ends.server, true);
    test::check_round_trip<option::keep_alive_time>(ends.server, 30);
    CHECK_FALSE(must(test::connect_ends().client.get<option::no_delay>()));  // the user's choice
}

TEST_CASE("65: keep-alive values out of range are invalid_argument") {
    const auto socket = must(kw::tcp4::socket::open());
    for (const int seconds : {0, -1, 32768}) {
        CAPTURE(seconds);
        CHECK(failure(socket.set(option::keep_alive_time{seconds})) == errc::invalid_argument);
        CHECK(failure(socket.set(option::keep_alive_interval{seconds})) == errc::invalid_argument);
    }
    for (const int probes : {0, -1, 128})
        CHECK(failure(socket.set(option::keep_alive_retries{probes})) == errc::invalid_argument);
}

TEST_CASE("the defaults in the header are Linux's own") {
    const auto socket = must(kw::tcp4::socket::open());
    const auto system = [](const char* name) {
        int value = 0;
        std::ifstream(std::string("/proc/sys/net/ipv4/tcp_keepalive_") + name) >> value;
        return value;
    };
    CHECK(must(socket.get<option::keep_alive_time>()) == system("time"));
    CHECK(must(socket.get<option::keep_alive_interval>()) == system("intvl"));
    CHECK(must(socket.get<option::keep_alive_retries>()) == system("probes"));
    CHECK(option::keep_alive_time{}.value == 7200);
    CHECK(option::keep_alive_interval{}.value == 75);
    CHECK(option::keep_alive_retries{}.value == 9);
}

TEST_CASE("66: an option of TCP on a socket without a descriptor is bad_descriptor") {
    const kw::tcp::socket none;
    CHECK(failure(none.set(option::no_delay{true})) == errc::bad_descriptor);
    CHECK(failure(none.get<option::no_delay>()) == errc::bad_descriptor);
}
