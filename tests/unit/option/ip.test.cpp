// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/ip.hpp>

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

// 64: what fits and what does not.
static_assert(can_set<kw::tcp6::socket, option::v6_only> && can_set<kw::udp::socket, option::v6_only>);
static_assert(!can_set<kw::tcp4::socket, option::v6_only> && !can_get<kw::tcp4::socket, option::v6_only>);
static_assert(!can_set<kw::unix_stream::socket, option::v6_only>);
static_assert(can_set<kw::udp4::socket, option::time_to_live> && can_set<kw::tcp::connection, option::time_to_live>);
static_assert(!can_set<kw::tcp6::socket, option::time_to_live> &&
              !can_set<kw::unix_stream::socket, option::time_to_live>);
static_assert(can_set<kw::icmp6::socket, option::hop_limit> && can_set<kw::tcp::listener, option::hop_limit>);
static_assert(!can_set<kw::udp4::socket, option::hop_limit> && !can_get<kw::unix_stream::socket, option::hop_limit>);

TEST_CASE_TEMPLATE("63: v6_only comes back as it was set", T, kw::tcp6, kw::udp6) {
    test::with_socket<T>([](const auto& socket) {
        test::check_round_trip<option::v6_only>(socket, false);
        test::check_round_trip<option::v6_only>(socket, true);
    });
}

TEST_CASE("64: v6_only does not fit a raw socket, which counts as bound from the beginning") {
    CHECK_FALSE(can_set<kw::icmp6::socket, option::v6_only>);
}

TEST_CASE("63: v6_only can be set before bind() alone") {
    if (!test::has_family<kw::udp6>()) return;
    const auto socket = must(kw::udp6::bind(net::any_loopback_port<kw::udp6>()));
    CHECK(failure(socket.set(option::v6_only{false})) == errc::invalid_argument);
}

TEST_CASE_TEMPLATE("63: time_to_live comes back as it was set", T, kw::tcp, kw::tcp4, kw::udp, kw::udp4, kw::icmp4) {
    test::with_socket<T>([](const auto& socket) {
        for (const int hops : {1, 64, 255}) test::check_round_trip<option::time_to_live>(socket, hops);
    });
}

TEST_CASE_TEMPLATE("63: hop_limit comes back as it was set", T, kw::tcp6, kw::udp6, kw::icmp6) {
    test::with_socket<T>([](const auto& socket) {
        for (const int hops : {0, 1, 64, 255}) test::check_round_trip<option::hop_limit>(socket, hops);
    });
}

TEST_CASE("63: a hop_limit of -1 is the route's default again") {
    if (!test::has_family<kw::udp6>()) return;
    const auto socket = must(kw::udp6::socket::open());
    const int unset = must(socket.get<option::hop_limit>());
    must(socket.set(option::hop_limit{7}));
    must(socket.set(option::hop_limit{-1}));
    CHECK(must(socket.get<option::hop_limit>()) == unset);
}

TEST_CASE_TEMPLATE("63: sockets of either family have the options of both, as each socket goes", T, kw::tcp, kw::udp) {
    const auto v4 = must(T::socket::open_for(typename T::endpoint{}));
    CHECK(failure(v4.set(option::hop_limit{7})) == test::other_family_option_error);
    if (!test::skipped_under_wine("option::v6_only of an IPv4 socket", "takes it"))
        CHECK(failure(v4.set(option::v6_only{true})) == test::other_family_option_error);
    if (!test::has_family<kw::udp6>()) return;
    const auto v6 = must(T::socket::open_for({kw::ipv6_address::any(), 0}));
    test::check_round_trip<option::hop_limit>(v6, 7);
    test::check_round_trip<option::v6_only>(v6, false);
    test::check_round_trip<option::time_to_live>(v6, 7);  // for the IPv4 peers of a dual-stack socket
}

TEST_CASE_TEMPLATE("65: a time_to_live that is no hop count is invalid_argument", T, kw::tcp4, kw::udp4, kw::icmp4) {
    test::with_socket<T>([](const auto& socket) {
        must(socket.set(option::time_to_live{9}));
        for (const int hops : {0, 256, 1000, -2}) {
            CAPTURE(hops);
            CHECK(failure(socket.set(option::time_to_live{hops})) == errc::invalid_argument);
        }
        CHECK(must(socket.template get<option::time_to_live>()) == 9);
    });
}

TEST_CASE("65: a time_to_live of -1 is invalid_argument too") {
    const auto socket = must(kw::udp4::socket::open());
    CHECK(failure(socket.set(option::time_to_live{-1})) == errc::invalid_argument);
}

TEST_CASE_TEMPLATE("65: a hop_limit that is no hop count is invalid_argument", T, kw::tcp6, kw::udp6, kw::icmp6) {
    test::with_socket<T>([](const auto& socket) {
        must(socket.set(option::hop_limit{9}));
        for (const int hops : {256, 1000, -2}) {
            CAPTURE(hops);
            CHECK(failure(socket.set(option::hop_limit{hops})) == errc::invalid_argument);
        }
        CHECK(must(socket.template get<option::hop_limit>()) == 9);
    });
}
