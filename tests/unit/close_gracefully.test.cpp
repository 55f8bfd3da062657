// SPDX-License-Identifier: BSL-1.0
// The ends of a stream: what each way of closing does to what is still on its way.
#include <keyway/connection.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

TEST_CASE_FIXTURE(test::bounded, "a graceful close gives the peer everything, although it goes on sending") {
    auto ends = test::connect_ends();
    const std::vector<std::byte> much(1 << 20);
    must(ends.client.send_all("a question that nobody reads"));
    std::size_t got = 0;
    std::thread peer([&] {
        got = test::read_to_end(ends.client).size();
        must(ends.client.send_all("and some more"));
        must(ends.client.close());
    });
    must(ends.server.send_all(much));
    must(std::move(ends.server).close_gracefully(30s));
    CHECK_FALSE(ends.server.is_open());
    peer.join();
    CHECK(got == much.size());
}

TEST_CASE_FIXTURE(test::bounded, "a plain close with something unread may reset the peer") {
    if (test::skipped_under_wine("a reset while nobody waits", "tells it as the end of the stream")) return;
    auto ends = test::connect_ends();
    must(ends.client.send_all("unread"));
    std::array<std::byte, 8> buffer;
    must(ends.server.peek(buffer));
    must(ends.server.close());
    CHECK(failure(ends.client.recv(buffer)) == kw::errc::connection_reset);
}

TEST_CASE_FIXTURE(test::bounded, "a peer that does not close is not waited for longer than the limit") {
    auto ends = test::connect_ends();
    const auto closed = std::move(ends.server).close_gracefully(30ms);
    CHECK(failure(closed) == kw::errc::limit_reached);
    CHECK_FALSE(ends.server.is_open());
    std::array<std::byte, 8> buffer;
    CHECK(must(ends.client.recv(buffer)).empty());
}

TEST_CASE_FIXTURE(test::bounded, "a graceful close is cancelled, and closes") {
    auto ends = test::connect_ends();
    const auto stop = must(kw::canceller::open());
    must(stop.cancel());
    CHECK(failure(std::move(ends.server).close_gracefully(stop)) == kw::errc::operation_canceled);
    CHECK_FALSE(ends.server.is_open());
}

TEST_CASE_FIXTURE(test::bounded, "a reset during a graceful close is reported, and the connection is closed") {
    auto ends = test::connect_ends();
    must(std::move(ends.client).reset());
    const auto closed = std::move(ends.server).close_gracefully(30s);
    const auto why = failure(closed);
    CHECK_FALSE(ends.server.is_open());
    if (test::skipped_under_wine("a reset while a call waits", "tells it as the end of the stream")) return;
    CAPTURE(why);
    CHECK((why == kw::errc::connection_reset || why == kw::errc::not_connected));
}

TEST_CASE_FIXTURE(test::bounded, "an empty connection cannot be closed") {
    kw::tcp::connection nothing;
    CHECK(failure(std::move(nothing).close_gracefully(1s)) != kw::error{});
}

}  // namespace
