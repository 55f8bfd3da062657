// SPDX-License-Identifier: BSL-1.0
#include <keyway/client/connecting.hpp>

#include <doctest/doctest.h>

#include <array>
#include <utility>

#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

/// Asks again until there is an answer.
template <class Attempt>
auto finished(Attempt& attempt) {
    for (;;) {
        auto connection = std::move(attempt).finish();
        if (connection || !connection.error().would_block()) return connection;
        CHECK(attempt.is_open());
    }
}

TEST_CASE_FIXTURE(test::bounded, "a connection under way becomes one that blocks, with the peer") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    auto attempt = must(kw::start_connect<kw::tcp4>(must(listener.local_endpoint())));
    const auto client = must(finished(attempt));
    CHECK_FALSE(attempt.is_open());
    const auto served = must(listener.accept(5s));
    CHECK(must(client.local_endpoint()) == served.peer);
    must(served.connection.send_all("hello", 5s));
    std::array<std::byte, 5> got;
    CHECK(test::text(must(client.recv_exact(got))) == "hello");
#if KEYWAY_HAS_NON_BLOCKING_QUERY
    CHECK_FALSE(must(client.get<kw::option::non_blocking>()));
#endif
}

TEST_CASE_FIXTURE(test::bounded, "a refused attempt is closed") {
    auto listener = must(kw::tcp4::listen({test::own_loopback(), 0}));
    const auto nobody = must(listener.local_endpoint());
    must(listener.close());
    auto attempt = kw::start_connect<kw::tcp4>(nobody);
    if (attempt) {
        CHECK(failure(finished(*attempt)) == kw::errc::connection_refused);
        CHECK_FALSE(attempt->is_open());
    } else {
        CHECK(failure(attempt) == kw::errc::connection_refused);
    }
}

TEST_CASE_FIXTURE(test::bounded, "a socket may be prepared before its attempt") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    auto socket = must(kw::tcp4::socket::open());
    must(socket.bind(net::any_loopback_port<kw::tcp4>()));
    const auto own = must(socket.local_endpoint());
    auto attempt = must(kw::start_connect(std::move(socket), must(listener.local_endpoint())));
    CHECK_FALSE(socket.is_open());
    const auto client = must(finished(attempt));
    CHECK(must(client.local_endpoint()) == own);
}

TEST_CASE("an attempt that is empty fails") {
    kw::connecting<kw::ipv4, kw::stream> nothing;
    CHECK(failure(std::move(nothing).finish()) != kw::error{});
}

}  // namespace
