// SPDX-License-Identifier: BSL-1.0
// What Linux has of algorithms, and what its connections do.
#include <keyway/option/tcp_sending.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include <keyway/option/tcp.hpp>

#include "support/options.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::failure;
using test::must;

TEST_CASE("every congestion control algorithm that the kernel lists reads back as it was set") {
    std::ifstream list("/proc/sys/net/ipv4/tcp_allowed_congestion_control");
    for (std::string name; list >> name;) {
        CAPTURE(name);
        test::check_round_trips<option::congestion>("congestion", {name});
    }
    if (test::skipped_under_emulator("option congestion")) return;
    const auto socket = must(kw::tcp4::socket::open());
    const auto before = must(socket.get<option::congestion>());
    CHECK(failure(socket.set(option::congestion{"none of these"})) == errc::no_such_file_or_directory);
    CHECK(must(socket.get<option::congestion>()) == before);
}

TEST_CASE("an algorithm name that is empty, too long or contains a NUL is invalid_argument") {
    test::check_refused<option::congestion>(
        "congestion", {"reno", "", "sixteen letters!", std::string(99, 'c'), std::string_view("reno\0x", 6)});
}

TEST_CASE_FIXTURE(test::bounded, "max_segment bounds the segments of a connection") {
    auto opened = must(kw::tcp4::socket::open());
    must(opened.set(option::max_segment{600}));
    const auto listener = must(kw::tcp4::listen({test::own_loopback(), 0}));
    const auto client = must(std::move(opened).connect(must(listener.local_endpoint())));
    const auto server = must(listener.accept()).connection;
    // 12 bytes of each segment are timestamps (RFC 7323).
    CHECK(must(client.get<option::max_segment>()) <= 600);
    CHECK(must(server.get<option::max_segment>()) <= 600);
    CHECK(must(client.get<option::max_segment>()) >= 600 - 40);
}

TEST_CASE_FIXTURE(test::bounded, "corked data is sent when cork is switched off") {
    const auto ends = test::connect_ends();
    must(ends.client.set(option::no_delay{true}));
    must(ends.client.set(option::cork{true}));
    must(ends.client.send("to"));
    must(ends.client.send("gether"));
    must(ends.client.set(option::cork{false}));
    std::array<std::byte, 8> buffer;
    CHECK(test::text(must(ends.server.recv_exact(buffer))) == "together");
}

TEST_CASE_FIXTURE(test::bounded, "the options of TCP on both ends of a connection") {
    const auto ends = test::connect_ends();
    for (const auto* one : {&ends.client, &ends.server}) {
        test::check_round_trip<option::cork>(*one, true);
        test::check_round_trip<option::not_sent_low_water>(*one, 4096U);
        must(one->set(option::quick_ack{}));
    }
    if (const auto set = ends.client.set(option::user_timeout{2000}); set)
        CHECK(must(ends.client.get<option::user_timeout>()) == 2000);
    else CHECK(test::lacks_option(set.error()));
}
