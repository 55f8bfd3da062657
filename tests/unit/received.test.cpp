// SPDX-License-Identifier: BSL-1.0
#include <keyway/received.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <type_traits>

#include "support/truncation.hpp"

namespace kw = keyway;
using test::must;

static_assert(std::is_aggregate_v<kw::received> && std::is_trivially_copyable_v<kw::received>);
static_assert(std::is_aggregate_v<kw::scattered> && std::is_aggregate_v<kw::scattered_from<kw::udp4::endpoint>>);
static_assert(std::is_trivially_copyable_v<kw::received_from<kw::udp4::endpoint>>);

TEST_CASE("a default message is empty and whole") {
    const kw::received message;
    CHECK(message.data.empty());
    CHECK(message.length == 0);
    CHECK_FALSE(message.truncated);
    const kw::scattered spread;
    CHECK(spread.size == 0);
    CHECK(spread.length == 0);
    CHECK_FALSE(spread.truncated);
}

TEST_CASE_TEMPLATE("43: a cut UDP datagram is flagged and tells its true length where the system does", T, kw::udp,
                   kw::udp4, kw::udp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto server = must(T::bind(net::any_loopback_port<T>()));
    const auto client = must(T::connect(must(server.local_endpoint())));
    test::check_truncation_from(server, [&] { return client.send(test::ten); });
    test::check_truncation(client, [&] { return server.send_to(test::ten, must(client.local_endpoint())); });
}
