// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/control/ip.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>

#include <keyway/message/control/packet_info.hpp>
#include <keyway/message/message.hpp>
#include <keyway/option/ip.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
namespace control = kw::control;
using namespace std::chrono_literals;
using test::must;

constexpr auto long_time = 30s;

template <class T>
auto loopback_of() {
    if constexpr (std::same_as<T, kw::udp6>) return kw::ipv6_address::loopback();
    else return kw::ipv4_address::loopback();
}

TEST_CASE_TEMPLATE("hop limit and traffic class of one message", T, kw::udp4, kw::udp6, kw::udp) {
    if (!test::has_family<T>() || test::skipped_under_emulator("fields of the IP header")) return;
    const test::bounded watch;
    const auto socket = must(T::bind({loopback_of<T>(), 0}));
    const auto self = must(socket.local_endpoint());
    control::buffer<control::hop_limit, control::traffic_class> extra;
    must(extra.request(socket));
    std::array<char, 16> buffer{};
    for (const int value : {1, 2, 63, 255}) {
        const auto octet = kw::traffic_class::from_octet(static_cast<std::uint8_t>(value));
        const control::list items{control::hop_limit{static_cast<std::uint8_t>(value)}, control::traffic_class{octet}};
        must(kw::send_message(socket, "x", items, self));
        must(kw::recv_message(socket, buffer, extra, long_time));
        REQUIRE(extra.template get<control::hop_limit>());
        REQUIRE(extra.template get<control::traffic_class>());
        CHECK(extra.template get<control::hop_limit>()->value == value);
        CHECK(extra.template get<control::traffic_class>()->value == octet);
    }
    // The next message has the values of the socket again.
    must(socket.send_to("x", self));
    must(kw::recv_message(socket, buffer, extra, long_time));
    CHECK(extra.template get<control::hop_limit>()->value == 64);
    CHECK(extra.template get<control::traffic_class>()->value == kw::traffic_class{});
}

TEST_CASE_FIXTURE(test::bounded, "messages of connections and of dual-stack sockets have IP header fields too") {
    if (!test::has_ipv6() || test::skipped_under_emulator("fields of the IP header")) return;
    auto both = must(kw::udp6::socket::open());
    must(both.set(kw::option::v6_only{false}));
    must(both.bind({kw::ipv6_address::any(), 0}));
    control::buffer<control::hop_limit, control::traffic_class, control::packet_info> extra;
    must(extra.request(both));
    const auto port = must(both.local_endpoint()).port();
    const auto client = must(kw::udp::connect({kw::ipv4_address::loopback(), port}));
    control::buffer<control::hop_limit> hops;
    must(hops.request(client));
    must(kw::send_message(
        client, "x",
        control::list{control::hop_limit{3}, control::traffic_class{{kw::dscp::lower_effort, kw::ecn::capable_1}}}));
    std::array<char, 16> buffer{};
    const auto got = must(kw::recv_message(both, buffer, extra, long_time));
    CHECK(got.sender.address().is_v4_mapped());
    CHECK_FALSE(got.control_truncated);
    REQUIRE(extra.get<control::hop_limit>());
    REQUIRE(extra.get<control::traffic_class>());
    CHECK(extra.get<control::hop_limit>()->value == 3);
    CHECK(extra.get<control::traffic_class>()->value.octet() == 5);
    const auto info = extra.get<control::packet_info>();
    REQUIRE(info);
    CHECK(info->destination.unmap() == kw::ip_address(kw::ipv4_address::loopback()));
    must(kw::send_message(both, "answer", control::list{info->reply(), control::hop_limit{4}}, got.sender));
    must(kw::recv_message(client, buffer, hops, long_time));
    REQUIRE(hops.get<control::hop_limit>());
    CHECK(hops.get<control::hop_limit>()->value == 4);
}

TEST_CASE("an octet is read from one byte or from an int, and from nothing else") {
    const auto read = [](const auto& value) {
        const auto bytes = std::as_bytes(std::span(&value, 1));
        return control::hop_limit::decode({IPPROTO_IP, IP_TTL, bytes});
    };
    CHECK(read(std::uint8_t{200})->value == 200);
    CHECK(read(255)->value == 255);
    CHECK_FALSE(read(256));
    CHECK_FALSE(read(-1));
    CHECK_FALSE(read(std::uint16_t{1}));
    CHECK_FALSE(read(std::int64_t{1}));
    CHECK_FALSE(control::hop_limit::decode({IPPROTO_IP, IP_TTL, {}}));
    CHECK_FALSE(control::hop_limit::decode({IPPROTO_TCP, IP_TTL, std::as_bytes(std::span("x"))}));
}

}  // namespace
