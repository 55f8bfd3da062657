// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/tcp.hpp>

#include <doctest/doctest.h>

#include "support/loopback.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::can_get;
using test::can_set;
using test::failure;
using test::must;

// these are TCP's, and nobody else's.
template <class Option>
constexpr bool is_of_tcp = can_set<kw::tcp::socket, Option> && can_set<kw::tcp4::listener, Option> &&
                           can_get<kw::tcp6::connection_view, Option> && !can_set<kw::udp::socket, Option> &&
                           !can_get<kw::udp::connection, Option> && !can_set<kw::unix_stream::connection, Option> &&
                           !can_set<kw::icmp4::socket, Option>;
static_assert(is_of_tcp<option::no_delay> && is_of_tcp<option::keep_alive_time>);
static_assert(is_of_tcp<option::keep_alive_interval> && is_of_tcp<option::keep_alive_retries>);

namespace {

/// Whether the times of keep-alive can be set, which every system can but wine.
template <class Socket>
bool has_keep_alive_times(const Socket& socket) {
    const auto probe = socket.set(option::keep_alive_time{15});
    if (probe || failure(probe) != errc::no_protocol_option) return true;
    return !test::skipped_under_wine("keep-alive times of TCP", "has no TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT");
}

}  // namespace

TEST_CASE_TEMPLATE("the options of TCP read back as they were set", T, kw::tcp, kw::tcp4, kw::tcp6) {
    test::with_socket<T>([](const auto& socket) {
        for (const bool on : {true, false}) test::check_round_trip<option::no_delay>(socket, on);
        if (!has_keep_alive_times(socket)) return;
        for (const int seconds : {1, 15, 32767}) {
            test::check_round_trip<option::keep_alive_time>(socket, seconds);
            test::check_round_trip<option::keep_alive_interval>(socket, seconds);
        }
        for (const int probes : {1, 9, 127}) test::check_round_trip<option::keep_alive_retries>(socket, probes);
    });
}

TEST_CASE_FIXTURE(test::bounded, "the options of TCP can be set on both ends of a connection") {
    const auto ends = test::connect_ends();
    test::check_round_trip<option::no_delay>(ends.client, true);
    test::check_round_trip<option::no_delay>(ends.server, true);
    CHECK_FALSE(must(test::connect_ends().client.get<option::no_delay>()));  // the user's choice
    if (has_keep_alive_times(ends.server)) test::check_round_trip<option::keep_alive_time>(ends.server, 30);
}

TEST_CASE("a TCP option of a socket without a descriptor is bad_file_descriptor") {
    const kw::tcp::socket none;
    CHECK(failure(none.set(option::no_delay{true})) == test::bad_handle_error);
    CHECK(failure(none.get<option::no_delay>()) == test::bad_handle_error);
}
