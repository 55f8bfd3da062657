// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/control/packet_info.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <span>

#include <keyway/message/message.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
namespace control = kw::control;
using namespace std::chrono_literals;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

template <class T>
auto loopback_of() {
    if constexpr (std::same_as<T, kw::udp6>) return kw::ipv6_address::loopback();
    else return kw::ipv4_address::loopback();
}

TEST_CASE_FIXTURE(test::bounded, "a sender chooses one of this machine's addresses, and no other") {
    const auto client = must(kw::udp4::bind({kw::ipv4_address::any(), 0}));
    const auto server = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}));
    const auto to = must(server.local_endpoint());
    std::array<char, 16> buffer{};
    for (const kw::ipv4_address from : {kw::ipv4_address(127, 0, 0, 7), kw::ipv4_address(127, 9, 9, 9)}) {
        must(kw::send_message(client, "x", control::list{control::packet_source{from}}, to));
        CHECK(must(server.recv_from(buffer, long_time)).sender.address() == from);
    }
    must(kw::send_message(client, "x", control::list{control::packet_source{kw::ipv4_address::any()}}, to));
    CHECK(must(server.recv_from(buffer, long_time)).sender.address() == kw::ipv4_address::loopback());
    CHECK_FALSE(
        kw::send_message(client, "x", control::list{control::packet_source{kw::ipv4_address(192, 0, 2, 1)}}, to));
    CHECK_FALSE(kw::send_message(client, "x", control::list{control::packet_source{{}, 0x7fffffff}}, to));
    CHECK(failure(server.recv_from(buffer, 0s)).timed_out());
}

TEST_CASE("packet info of another size is not decoded") {
    CHECK_FALSE(control::packet_info::decode({IPPROTO_IP, IP_PKTINFO, std::as_bytes(std::span("short"))}));
    CHECK_FALSE(control::packet_info::decode({IPPROTO_IPV6, IPV6_PKTINFO, std::as_bytes(std::span("short"))}));
}

TEST_CASE_TEMPLATE("the original destination of a message is reported", T, kw::udp4, kw::udp6) {
    if (!test::has_family<T>() || test::skipped_under_emulator("fields of the IP header")) return;
    const test::bounded watch;
    const auto socket = must(T::bind({loopback_of<T>(), 0}));
    const auto self = must(socket.local_endpoint());
    control::buffer<control::original_destination> extra;
    must(extra.request(socket));
    must(socket.send_to("x", self));
    std::array<char, 16> buffer{};
    must(kw::recv_message(socket, buffer, extra, long_time));
    REQUIRE(extra.template get<control::original_destination>());
    CHECK(extra.template get<control::original_destination>()->value == kw::endpoint<kw::ip>(self));
}

}  // namespace
