// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/udp.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;
using test::must;

TEST_CASE("the options of UDP read back as they were set") {
    test::check_switch<option::udp_cork>("udp_cork");
    test::check_switch<option::no_checksum>("no_checksum");
    test::check_switch<option::no_checksum_receive>("no_checksum_receive_v6");
}

TEST_CASE_TEMPLATE("data sent with udp_cork arrives as one datagram", T, kw::udp4, kw::udp6) {
    const test::bounded watch;
    if constexpr (!kw::absent_option<option::udp_cork>) {
        if (!test::has_family<T>()) return;
        const auto receiver = must(T::bind(net::any_loopback_port<T>()));
        const auto sender = must(T::connect(must(receiver.local_endpoint())));
        if (const auto set = sender.set(option::udp_cork{true}); !set) {
            REQUIRE(test::lacks_option(set.error()));
            test::skipped("option udp_cork", test::message_of(set.error()));
            return;
        }
        must(sender.send("to"));
        must(sender.send("gether"));
        must(sender.set(option::udp_cork{false}));
        std::array<std::byte, 16> buffer;
        CHECK(test::text(must(receiver.recv_from(buffer)).data) == "together");
    }
}
