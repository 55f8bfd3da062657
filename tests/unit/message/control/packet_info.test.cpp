// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/control/packet_info.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <concepts>

#include <keyway/message/message.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

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

TEST_CASE_TEMPLATE("a socket bound to no address learns the destination of each message, and answers from it", T,
                   kw::udp4, kw::udp6, kw::udp) {
    if (!test::has_family<T>() || test::skipped_under_emulator("where messages went")) return;
    const test::bounded watch;
    const auto loopback = loopback_of<T>();
    const auto server = must(T::bind({decltype(loopback)::any(), 0}));
    control::buffer<control::packet_info> extra;
    must(extra.request(server));
    const auto client = must(T::bind({loopback, 0}));
    const typename T::endpoint to(loopback, must(server.local_endpoint()).port());
    must(client.send_to("question", to));
    std::array<char, 16> buffer{};
    const auto got = must(kw::recv_message(server, buffer, extra, long_time));
    const auto info = extra.template get<control::packet_info>();
    REQUIRE(info);
    CHECK(info->destination == kw::ip_address(loopback));
    CHECK(info->local == kw::ip_address(loopback));
    CHECK(info->interface_index != 0);
    must(kw::send_message(server, "answer", control::list{info->reply()}, got.sender));
    CHECK(must(client.recv_from(buffer, long_time)).sender == to);
}

}  // namespace
