// SPDX-License-Identifier: BSL-1.0
#include <keyway/message_result.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>

#include "support/truncation.hpp"

namespace kw = keyway;
using test::must;

using bytes = std::span<std::byte>;
using from4 = kw::message_from<bytes, kw::udp4::endpoint>;
static_assert(std::is_aggregate_v<kw::message<bytes>> && std::is_trivially_copyable_v<kw::message<bytes>>);
static_assert(std::is_aggregate_v<kw::message<std::size_t>> && std::is_aggregate_v<kw::message<bytes, true>>);
static_assert(std::is_trivially_copyable_v<from4>);

TEST_CASE("a default message is empty and not truncated") {
    const kw::message<bytes> message{};
    CHECK(message.data.empty());
    CHECK(message.length == 0);
    CHECK_FALSE(message.truncated);
    const kw::message<std::size_t, true> scattered{};
    CHECK(scattered.data == 0);
    CHECK(scattered.length == 0);
    CHECK_FALSE(scattered.truncated);
    CHECK_FALSE(scattered.control_truncated);
}

TEST_CASE("all message results have their fields in one order") {
    std::array<std::byte, 4> buffer{};
    const kw::udp4::endpoint peer(kw::ipv4_address::loopback(), 7);
    {
        const auto [data, truncated, length] = kw::message<bytes>{buffer, true, 9};
        CHECK(data.size() == 4);
        CHECK(truncated);
        CHECK(length == 9);
    }
    {
        const auto [data, truncated, length, control_truncated] = kw::message<std::size_t, true>{4, false, 9, true};
        CHECK(data == 4);
        CHECK_FALSE(truncated);
        CHECK(length == 9);
        CHECK(control_truncated);
    }
    {
        const auto [data, sender, truncated, length] = from4(buffer, peer, true, 9);
        CHECK(data.size() == 4);
        CHECK(sender == peer);
        CHECK(truncated);
        CHECK(length == 9);
    }
    {
        const auto [data, sender, truncated, length, control_truncated] =
            kw::message_from<std::size_t, kw::udp4::endpoint, true>(4, peer, false, 9, true);
        CHECK(data == 4);
        CHECK(sender == peer);
        CHECK_FALSE(truncated);
        CHECK(length == 9);
        CHECK(control_truncated);
    }
}

TEST_CASE_TEMPLATE("a truncated UDP datagram is flagged and has its true length if the system reports it", T, kw::udp,
                   kw::udp4, kw::udp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto server = must(T::bind(net::any_loopback_port<T>()));
    const auto client = must(T::connect(must(server.local_endpoint())));
    test::check_truncation_from(server, [&] { return client.send(test::ten); });
    test::check_truncation(client, [&] { return server.send_to(test::ten, must(client.local_endpoint())); });
}
