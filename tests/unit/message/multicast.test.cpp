// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/multicast.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <utility>

#include <keyway/link/interface.hpp>

#include "support/loopback.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
using namespace kw::literals;
using kw::errc;
using kw::operation;
using test::failure;
using test::must;

namespace {

template <class S, class... Group>
concept can_join = requires(const S& s, Group... group) { kw::join(s, group...).has_value(); };

static_assert(can_join<kw::udp4::socket, kw::ipv4_address> &&
              can_join<kw::udp4::socket_view, kw::ipv4_address, unsigned>);
static_assert(can_join<kw::icmp6::connection, kw::ipv6_address, kw::ipv6_address>);
static_assert(can_join<kw::udp::socket, kw::ipv4_address> && can_join<kw::udp::socket, kw::ip_address, kw::ip_address>);
static_assert(!can_join<kw::udp4::socket, kw::ipv6_address> && !can_join<kw::udp6::socket, kw::ipv4_address>);
static_assert(!can_join<kw::tcp4::connection, kw::ipv4_address> && !can_join<kw::tcp::listener, kw::ip_address>);
static_assert(!can_join<kw::unix_stream::socket, kw::ipv4_address> && !can_join<int, kw::ipv4_address>);
template <class S>
concept can_keep_membership = requires(S (*socket)()) { kw::membership::join(socket(), kw::ipv4_address()); };

static_assert(can_keep_membership<kw::udp4::socket&> && can_keep_membership<const kw::udp4::socket&>);
static_assert(can_keep_membership<kw::udp4::socket_view>);
static_assert(!can_keep_membership<kw::udp4::socket> && !can_keep_membership<kw::udp4::connection>);
static_assert(!can_keep_membership<kw::tcp4::connection&>);
static_assert(!std::is_copy_constructible_v<kw::membership> && std::is_nothrow_move_constructible_v<kw::membership>);

constexpr auto group4 = "239.255.77.1"_ipv4;  // RFC 2365: of this site
constexpr auto group6 = "ff02::7701"_ipv6;

/// The index of the loopback interface, which no route selects.
std::uint32_t loopback_index() {
    const auto all = must(kw::interfaces());
    for (const auto& each : all)
        if (each.flags().loopback) return each.index();
    return 0;
}

/// The interface for IPv4 groups; wine accepts addresses only.
std::uint32_t index_for_v4() {
    return test::skipped_under_wine("IPv4 groups by interface index", "takes no index") ? 0 : loopback_index();
}
/// The error of leaving a group that was not joined.
errc no_member() { return test::under_wine() ? errc::invalid_argument : errc::address_not_available; }

template <class Transport>
auto group() {
    if constexpr (Transport::family::domain == AF_INET6) return group6;
    else return group4;
}
template <class Transport>
std::uint32_t index() {
    return Transport::family::domain == AF_INET6 ? loopback_index() : index_for_v4();
}

/// Whether the machine can join: without a route the system finds no interface.
template <class Socket, class Group>
bool joins(const Socket& socket, const Group& wanted, std::uint32_t on) {
    const auto probe = kw::join(socket, wanted, on);
    if (probe) return kw::leave(socket, wanted, on).has_value();
    test::skipped("multicast", test::message_of(probe.error()));
    return false;
}

}  // namespace

TEST_CASE_TEMPLATE("a group is joined once and left once", T, kw::udp, kw::udp4, kw::udp6) {
    if (!test::has_family<T>()) return;
    const auto socket = must(T::bind(net::any_loopback_port<T>()));
    const auto on = index<T>();
    if (!joins(socket, group<T>(), on)) return;
    must(kw::join(socket, group<T>(), on));
    const auto again = kw::join(socket, group<T>(), on);
    CHECK(failure(again) == errc::address_in_use);
    CHECK(failure(again).operation() == operation::join_group);
    must(kw::leave(socket, group<T>(), on));
    const auto left = kw::leave(socket, group<T>(), on);
    CHECK(failure(left) == no_member());
    CHECK(failure(left).operation() == operation::leave_group);
    must(kw::join(socket, group<T>(), on));
}

TEST_CASE_TEMPLATE("a membership ends with its object", T, kw::udp4, kw::udp6) {
    if (!test::has_family<T>()) return;
    const auto socket = must(T::bind(net::any_loopback_port<T>()));
    const auto on = index<T>();
    if (!joins(socket, group<T>(), on)) return;
    {
        const auto member = must(kw::membership::join(socket, group<T>(), on));
        CHECK(member.is_active());
        CHECK(failure(kw::membership::join(socket, group<T>(), on)) == errc::address_in_use);
    }
    CHECK(failure(kw::leave(socket, group<T>(), on)) == no_member());
}

TEST_CASE("a membership moves, is released and is left, each time once") {
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto on = index_for_v4();
    if (!joins(socket, group4, on)) return;
    auto first = must(kw::membership::join(socket, group4, on));
    auto second = std::move(first);
    CHECK(second.is_active());
    CHECK_FALSE(first.is_active());  // NOLINT(bugprone-use-after-move): that is the question
    CHECK(failure(first.leave()) == test::bad_handle_error);

    auto other = must(kw::membership::join(socket, "239.255.77.2"_ipv4, on));
    other = std::move(second);  // ends the membership in 239.255.77.2
    CHECK(failure(kw::leave(socket, "239.255.77.2"_ipv4, on)) == no_member());
    must(other.leave());
    CHECK_FALSE(other.is_active());
    CHECK(failure(kw::leave(socket, group4, on)) == no_member());

    {
        auto kept = must(kw::membership::join(socket, group4, on));
        kept.release();
        CHECK_FALSE(kept.is_active());
    }
    must(kw::leave(socket, group4, on));
}

TEST_CASE("a group is joined for several sources one by one") {
    if (test::skipped_under_wine("source-specific multicast", "takes the source for the interface")) return;
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto on = index_for_v4();
    constexpr auto ssm = "232.1.2.3"_ipv4;
    constexpr auto one = "127.0.0.1"_ipv4, other = "127.0.0.2"_ipv4;
    const auto probe = kw::join(socket, ssm, one, on);
    if (!probe) return test::skipped("source-specific multicast", test::message_of(probe.error()));
    must(kw::join(socket, ssm, other, on));
    CHECK_FALSE(kw::join(socket, ssm, one, on).has_value());
    must(kw::leave(socket, ssm, one, on));
    must(kw::leave(socket, ssm, other, on));
    CHECK_FALSE(kw::leave(socket, ssm, one, on).has_value());
    { const auto member = must(kw::membership::join(socket, ssm, one, on)); }
    must(kw::join(socket, ssm, one, on));
}

TEST_CASE("join() fails for other addresses, interfaces and families") {
    const auto v4 = must(kw::udp::bind({kw::ipv4_address::any(), 0}));
    constexpr std::uint32_t nobody = 0x7fffff;
    if (!test::skipped_under_wine("errors of multicast", "says invalid_argument alone")) {
        CHECK(failure(kw::join(v4, "192.0.2.1"_ipv4)) == errc::invalid_argument);
        CHECK(failure(kw::join(v4, group4, nobody)) == errc::no_such_device);
        CHECK(failure(kw::join(v4, group6)) == test::other_family_option_error);
    }
    CHECK(failure(kw::join(v4, group4, "::1"_ipv6)) == errc::wrong_family);
    CHECK(failure(kw::leave(v4, group4, "::1"_ipv6)) == errc::wrong_family);
    const kw::udp4::socket none;
    CHECK(failure(kw::join(none, group4)) == test::bad_handle_error);
    if (!test::has_family<kw::udp6>()) return;
    const auto v6 = must(kw::udp6::bind({kw::ipv6_address::any(), 0}));
    CHECK(failure(kw::join(v6, kw::ipv6_address::loopback(), loopback_index())) == errc::invalid_argument);
    if (!test::skipped_under_wine("groups on interfaces that are not there", "says invalid_argument"))
        CHECK(failure(kw::join(v6, group6, nobody)) == errc::no_such_device);
}

TEST_CASE("the scope id of an IPv6 group is its interface, unless one is given") {
    if (!test::has_family<kw::udp6>()) return;
    const auto socket = must(kw::udp6::bind({kw::ipv6_address::any(), 0}));
    const auto on = loopback_index();
    if (!joins(socket, group6, on)) return;
    must(kw::join(socket, group6.with_scope_id(on)));
    CHECK(failure(kw::join(socket, group6, on)) == errc::address_in_use);
    must(kw::leave(socket, group6.with_scope_id(0x7fffff), on));
}
