// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/multicast.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <type_traits>
#include <typeinfo>

#include "support/loopback.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::can_get;
using test::can_set;
using test::failure;
using test::must;

// Sockets of IP without connections have them.
template <class Option>
constexpr bool fits_ip = can_set<kw::udp::socket, Option> && can_set<kw::udp4::connection, Option> &&
                         can_set<kw::icmp4::socket_view, Option> && can_set<kw::udp6::socket, Option> &&
                         can_set<kw::icmp6::socket, Option> && !can_set<kw::tcp4::socket, Option> &&
                         !can_set<kw::tcp::listener, Option> && !can_set<kw::unix_stream::socket, Option>;
static_assert(fits_ip<option::multicast_hop_limit> && fits_ip<option::multicast_loop>);
static_assert(fits_ip<option::multicast_interface> && !can_get<kw::udp4::socket, option::multicast_interface>);
static_assert(fits_ip<option::multicast_all> == (KEYWAY_HAS_MULTICAST_ALL != 0));

namespace {

/// Where the system has the option, which some emulators of other machines have not: what is set is what is read.
template <class Option, class Socket>
void check_where_there(const Socket& socket, std::initializer_list<typename Option::value_type> values) {
    if (failure(socket.set(Option{})) == errc::no_protocol_option)
        return test::skipped(std::string("the option ") + typeid(Option).name(), "this system does not have it");
    for (const auto& one : values) {
        must(socket.set(Option{one}));
        if constexpr (can_get<Socket, Option>) CHECK(must(socket.template get<Option>()) == one);
    }
}

}  // namespace

TEST_CASE_TEMPLATE("the multicast options of IPv4 read back as they were set", T, kw::udp, kw::udp4, kw::icmp4) {
    test::with_socket<T>([](const auto& socket) {
        CHECK(must(socket.template get<option::multicast_hop_limit>()) == option::multicast_hop_limit{}.value);
        CHECK(must(socket.template get<option::multicast_loop>()));
        for (const int hops : {0, 1, 64, 255}) test::check_round_trip<option::multicast_hop_limit>(socket, hops);
        for (const bool on : {false, true}) test::check_round_trip<option::multicast_loop>(socket, on);
        check_where_there<option::multicast_interface>(socket, {0});
#if KEYWAY_HAS_MULTICAST_ALL
        check_where_there<option::multicast_all>(socket, {false, true});
#endif
    });
}

TEST_CASE_TEMPLATE("the multicast options of IPv6 read back as they were set", T, kw::udp6, kw::icmp6) {
    test::with_socket<T>([](const auto& socket) {
        CHECK(must(socket.template get<option::multicast_hop_limit>()) == option::multicast_hop_limit{}.value);
        CHECK(must(socket.template get<option::multicast_loop>()));
        for (const int hops : {0, 1, 64, 255}) test::check_round_trip<option::multicast_hop_limit>(socket, hops);
        for (const bool on : {false, true}) test::check_round_trip<option::multicast_loop>(socket, on);
        check_where_there<option::multicast_interface>(socket, {0});
#if KEYWAY_HAS_MULTICAST_ALL
        check_where_there<option::multicast_all>(socket, {false, true});
#endif
    });
}

TEST_CASE_TEMPLATE("a hop limit out of range is invalid_argument, and not cut to eight bits", T, kw::udp4, kw::icmp4,
                   kw::udp6, kw::icmp6) {
    using hops_option = option::multicast_hop_limit;
    test::with_socket<T>([](const auto& socket) {
        must(socket.set(hops_option{9}));
        for (const int hops : {-2, -1, 256, 257, 1 << 20}) {
            CAPTURE(hops);
            CHECK(failure(socket.set(hops_option{hops})) == errc::invalid_argument);
            CHECK(failure(socket.set(hops_option{hops})).operation() == kw::operation::set_option);
        }
        CHECK(must(socket.template get<hops_option>()) == 9);
    });
}
