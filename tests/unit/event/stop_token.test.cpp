// SPDX-License-Identifier: BSL-1.0
#include <keyway/event/stop_token.hpp>

#include <doctest/doctest.h>

#if KEYWAY_HAS_STOP_TOKEN

#include <array>
#include <cstddef>
#include <thread>
#include <type_traits>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

TEST_CASE_FIXTURE(test::bounded, "a stop request wakes a call") {
    const auto ends = test::connect_ends();
    kw::error why;
    {
        std::jthread reader([&](const std::stop_token& token) {
            const auto stop = kw::stop_canceller::open(token);
            std::array<std::byte, 8> buffer;
            why = failure(ends.client.recv(buffer, *stop));
        });
    }
    CHECK(why == kw::errc::operation_canceled);
}

TEST_CASE_FIXTURE(test::bounded, "a stop that was requested before cancels at once") {
    std::stop_source source;
    source.request_stop();
    const auto stop = kw::stop_canceller::open(source.get_token());
    REQUIRE(stop);
    CHECK(stop->is_cancelled());
    const auto ends = test::connect_ends();
    std::array<std::byte, 8> buffer;
    CHECK(failure(ends.client.recv(buffer, *stop)) == kw::errc::operation_canceled);
}

TEST_CASE_FIXTURE(test::bounded, "nothing is cancelled without a stop, nor after the canceller is destroyed") {
    std::stop_source source;
    const auto before = net::open_descriptors();
    {
        const auto stop = kw::stop_canceller::open(source.get_token());
        REQUIRE(stop);
        const auto ends = test::connect_ends();
        std::array<std::byte, 8> buffer;
        CHECK(failure(ends.client.recv(buffer, kw::limit(1ms).cancelled_by(*stop))) == kw::errc::limit_reached);
        CHECK_FALSE(stop->is_cancelled());
    }
    CHECK(net::open_descriptors() == before);
    source.request_stop();
}

static_assert(!std::is_move_constructible_v<kw::stop_canceller>);

}  // namespace

#else

TEST_CASE("std::stop_token") { MESSAGE("skipped: this standard library has no std::stop_token"); }

#endif
