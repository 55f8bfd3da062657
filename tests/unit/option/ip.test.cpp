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

// Which sockets have them.
static_assert(can_set<kw::tcp6::socket, option::v6_only> && can_set<kw::udp::socket, option::v6_only>);
static_assert(!can_set<kw::tcp4::socket, option::v6_only> && !can_get<kw::tcp4::socket, option::v6_only>);
static_assert(!can_set<kw::unix_stream::socket, option::v6_only>);
static_assert(can_set<kw::udp4::socket, option::hop_limit> && can_set<kw::tcp::connection, option::hop_limit>);
static_assert(can_set<kw::icmp6::socket, option::hop_limit> && can_set<kw::tcp::listener, option::hop_limit>);
static_assert(!can_set<kw::unix_stream::socket, option::hop_limit> &&
              !can_get<kw::unix_stream::socket, option::hop_limit>);

TEST_CASE_TEMPLATE("v6_only reads back as it was set", T, kw::tcp6, kw::udp6) {
    test::with_socket<T>([](const auto& socket) {
        test::check_round_trip<option::v6_only>(socket, false);
        test::check_round_trip<option::v6_only>(socket, true);
    });
}

TEST_CASE("a raw socket does not have v6_only, because it is always bound") {
    CHECK_FALSE(can_set<kw::icmp6::socket, option::v6_only>);
}

TEST_CASE("v6_only cannot be set after bind()") {
    if (!test::has_family<kw::udp6>()) return;
    const auto socket = must(kw::udp6::bind(net::any_loopback_port<kw::udp6>()));
    CHECK(failure(socket.set(option::v6_only{false})) == errc::invalid_argument);
}

TEST_CASE_TEMPLATE("the hop limit of IPv4 reads back as it was set", T, kw::tcp, kw::tcp4, kw::udp, kw::udp4,
                   kw::icmp4) {
    test::with_socket<T>([](const auto& socket) {
        for (const int hops : {1, 64, 255}) test::check_round_trip<option::hop_limit>(socket, hops);
    });
}

TEST_CASE_TEMPLATE("the hop limit of IPv6 reads back as it was set", T, kw::tcp6, kw::udp6, kw::icmp6) {
    test::with_socket<T>([](const auto& socket) {
        for (const int hops : {0, 1, 64, 255}) test::check_round_trip<option::hop_limit>(socket, hops);
    });
}

TEST_CASE("a hop_limit of -1 restores the route's default") {
    if (!test::has_family<kw::udp6>()) return;
    const auto socket = must(kw::udp6::socket::open());
    const int unset = must(socket.get<option::hop_limit>());
    must(socket.set(option::hop_limit{7}));
    must(socket.set(option::hop_limit{-1}));
    CHECK(must(socket.get<option::hop_limit>()) == unset);
}

TEST_CASE_TEMPLATE("on a socket of the family ip the endpoint's family decides the option", T, kw::tcp, kw::udp) {
    const auto v4 = must(T::socket::open_for(typename T::endpoint{}));
    test::check_round_trip<option::hop_limit>(v4, 7);
    CHECK(failure(v4.set(option::hop_limit{0})) == errc::invalid_argument);  // IPv4 has none
    if (!test::skipped_under_wine("option::v6_only of an IPv4 socket", "takes it"))
        CHECK(failure(v4.set(option::v6_only{true})) == test::other_family_option_error);
    if (!test::has_family<kw::udp6>()) return;
    const auto v6 = must(T::socket::open_for({kw::ipv6_address::any(), 0}));
    test::check_round_trip<option::hop_limit>(v6, 7);
    test::check_round_trip<option::hop_limit>(v6, 0);
    test::check_round_trip<option::v6_only>(v6, false);
}

#if !KEYWAY_HAS_WINDOWS
TEST_CASE("on an IPv6 socket the hop limit applies to IPv4-mapped traffic too") {
    if (!test::has_family<kw::udp6>()) return;
    const auto socket = must(kw::udp6::socket::open());
    must(socket.set(option::hop_limit{7}));
    int hops = 0;
    kw::detail::os::address_length size = sizeof(hops);
    REQUIRE(kw::detail::os::get_option(socket.native_handle(), IPPROTO_IP, IP_TTL, &hops, &size) == 0);
    CHECK(hops == 7);
}
#endif

TEST_CASE_TEMPLATE("an IPv4 hop limit out of range is invalid_argument", T, kw::tcp4, kw::udp4, kw::icmp4) {
    test::with_socket<T>([](const auto& socket) {
        must(socket.set(option::hop_limit{9}));
        for (const int hops : {0, 256, 1000, -2}) {
            CAPTURE(hops);
            CHECK(failure(socket.set(option::hop_limit{hops})) == errc::invalid_argument);
        }
        CHECK(must(socket.template get<option::hop_limit>()) == 9);
    });
}

TEST_CASE("a hop limit of -1 is invalid_argument for IPv4") {
    const auto socket = must(kw::udp4::socket::open());
    CHECK(failure(socket.set(option::hop_limit{-1})) == errc::invalid_argument);
}

TEST_CASE_TEMPLATE("an IPv6 hop limit out of range is invalid_argument", T, kw::tcp6, kw::udp6, kw::icmp6) {
    test::with_socket<T>([](const auto& socket) {
        must(socket.set(option::hop_limit{9}));
        for (const int hops : {256, 1000, -2}) {
            CAPTURE(hops);
            CHECK(failure(socket.set(option::hop_limit{hops})) == errc::invalid_argument);
        }
        CHECK(must(socket.template get<option::hop_limit>()) == 9);
    });
}
