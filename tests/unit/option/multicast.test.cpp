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

// 64: sockets without connections have them, each of its family.
template <class Option>
constexpr bool fits_v4 = can_set<kw::udp::socket, Option> && can_set<kw::udp4::connection, Option> &&
                         can_set<kw::icmp4::socket_view, Option> && !can_set<kw::udp6::socket, Option> &&
                         !can_set<kw::icmp6::socket, Option> && !can_set<kw::tcp4::socket, Option> &&
                         !can_set<kw::tcp::listener, Option> && !can_set<kw::unix_stream::socket, Option>;
template <class Option>
constexpr bool fits_v6 = can_set<kw::udp::socket, Option> && can_set<kw::udp6::connection, Option> &&
                         can_set<kw::icmp6::socket_view, Option> && !can_set<kw::udp4::socket, Option> &&
                         !can_set<kw::icmp4::socket, Option> && !can_set<kw::tcp6::socket, Option> &&
                         !can_set<kw::tcp::listener, Option> && !can_set<kw::unix_stream::socket, Option>;
static_assert(fits_v4<option::multicast_time_to_live> && fits_v4<option::multicast_loop_v4>);
static_assert(fits_v4<option::multicast_interface_v4> && !can_get<kw::udp4::socket, option::multicast_interface_v4>);
static_assert(fits_v6<option::multicast_hop_limit> && fits_v6<option::multicast_loop_v6>);
static_assert(fits_v6<option::multicast_interface_v6> && can_get<kw::udp6::socket, option::multicast_interface_v6>);
#if KEYWAY_HAS_MULTICAST_ALL
static_assert(fits_v4<option::multicast_all_v4> && fits_v6<option::multicast_all_v6>);
#else
static_assert(!can_set<kw::udp4::socket, option::multicast_all_v4>);
static_assert(!can_set<kw::udp6::socket, option::multicast_all_v6>);
#endif

// 65: refused here, where the kernel may keep eight bits of it.
static_assert(option::multicast_time_to_live::encode(255).has_value() &&
              option::multicast_hop_limit::encode(0).has_value());
static_assert(option::multicast_time_to_live::encode(256).error() == errc::invalid_argument);
static_assert(option::multicast_time_to_live::encode(-1).error() == errc::invalid_argument);
static_assert(option::multicast_hop_limit::encode(256).error() == errc::invalid_argument);
static_assert(option::multicast_hop_limit::encode(-1).error() == errc::invalid_argument);

namespace {

/// Where the system has the option, which some emulators of other machines have not: what is set is what is read.
template <class Option, class Socket>
void check_where_there(const Socket& socket, std::initializer_list<typename Option::value_type> values) {
    if (failure(socket.set(Option{})) == errc::no_such_option)
        return test::skipped(std::string("the option ") + typeid(Option).name(), "this system does not have it");
    for (const auto& one : values) {
        must(socket.set(Option{one}));
        if constexpr (can_get<Socket, Option>) CHECK(must(socket.template get<Option>()) == one);
    }
}

}  // namespace

TEST_CASE_TEMPLATE("63: the multicast options of IPv4 come back as they were set", T, kw::udp, kw::udp4, kw::icmp4) {
    test::with_socket<T>([](const auto& socket) {
        CHECK(must(socket.template get<option::multicast_time_to_live>()) == option::multicast_time_to_live{}.value);
        CHECK(must(socket.template get<option::multicast_loop_v4>()));
        for (const int hops : {0, 1, 64, 255}) test::check_round_trip<option::multicast_time_to_live>(socket, hops);
        for (const bool on : {false, true}) test::check_round_trip<option::multicast_loop_v4>(socket, on);
        check_where_there<option::multicast_interface_v4>(socket, {0});
#if KEYWAY_HAS_MULTICAST_ALL
        check_where_there<option::multicast_all_v4>(socket, {false, true});
#endif
    });
}

TEST_CASE_TEMPLATE("63: the multicast options of IPv6 come back as they were set", T, kw::udp6, kw::icmp6) {
    test::with_socket<T>([](const auto& socket) {
        CHECK(must(socket.template get<option::multicast_hop_limit>()) == option::multicast_hop_limit{}.value);
        CHECK(must(socket.template get<option::multicast_loop_v6>()));
        for (const int hops : {0, 1, 64, 255}) test::check_round_trip<option::multicast_hop_limit>(socket, hops);
        for (const bool on : {false, true}) test::check_round_trip<option::multicast_loop_v6>(socket, on);
        check_where_there<option::multicast_interface_v6>(socket, {0});
#if KEYWAY_HAS_MULTICAST_ALL
        check_where_there<option::multicast_all_v6>(socket, {false, true});
#endif
    });
}

TEST_CASE_TEMPLATE("65: a number that is no hop count is invalid_argument, and not cut to eight bits", T, kw::udp4,
                   kw::icmp4, kw::udp6, kw::icmp6) {
    constexpr bool is_v4 = T::family::domain == AF_INET;
    using hops_option = std::conditional_t<is_v4, option::multicast_time_to_live, option::multicast_hop_limit>;
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
