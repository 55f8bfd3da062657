// SPDX-License-Identifier: BSL-1.0
// What Linux does before a connection is open.
#include <keyway/option/tcp_opening.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <fstream>

#include <keyway/option/tcp_info.hpp>

#include "support/options.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::failure;
using test::must;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(test::bounded, "defer_accept delays accept() until the first data arrives") {
    const auto listener = must(kw::tcp4::listen({test::own_loopback(), 0}));
    if (const auto set = listener.set(option::defer_accept{30}); !set) {
        REQUIRE(test::lacks_option(set.error()));
        test::skipped("option defer_accept", test::message_of(set.error()));
        return;
    }
    CHECK(must(listener.get<option::defer_accept>()) >= 30);
    const auto silent = must(kw::tcp4::connect(must(listener.local_endpoint())));
    CHECK(failure(listener.accept(20ms)) == errc::limit_reached);
    must(silent.send("here"));
    const auto server = must(listener.accept(10s)).connection;
    std::array<std::byte, 4> buffer;
    CHECK(test::text(must(server.recv_exact(buffer))) == "here");
}

TEST_CASE("with fast_open the second connection sends data in its first packet") {
    if (test::skipped_under_emulator("option fast_open_connect")) return;
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: fast_open: no network namespace";
        constexpr int both_sides = 3;
        if (!(std::ofstream("/proc/sys/net/ipv4/tcp_fastopen") << both_sides << std::flush))
            return "skipped: fast_open: the system forbids it";
        const auto listener = kw::tcp4::listen({kw::ipv4_address::loopback(), 0});
        KEYWAY_CHILD_CHECK(listener);
        KEYWAY_CHILD_CHECK(listener->set(option::fast_open{5}));
        KEYWAY_CHILD_CHECK(listener->get<option::fast_open>() == 5);
        const auto at = *listener->local_endpoint();
        for (const bool has_cookie : {false, true}) {
            auto socket = kw::tcp4::socket::open();
            KEYWAY_CHILD_CHECK(socket->set(option::fast_open_connect{}));
            auto client = std::move(*socket).connect(at);
            KEYWAY_CHILD_CHECK(client);
            // Without a cookie the connection is opened as ever, and the server gives one.
            const auto state = client->get<option::tcp_info>();
            KEYWAY_CHILD_CHECK(state);
            KEYWAY_CHILD_CHECK(state->state == (has_cookie ? kw::tcp_state::syn_sent : kw::tcp_state::established));
            KEYWAY_CHILD_CHECK(client->send("first"));
            const auto server = listener->accept(10s);
            KEYWAY_CHILD_CHECK(server);
            std::array<std::byte, 5> buffer;
            KEYWAY_CHILD_CHECK(test::text(*server->connection.recv_exact(buffer)) == "first");
        }
        return {};
    });
}

TEST_CASE_FIXTURE(test::bounded, "fast_open and fast_open_connect cannot be set on a connection") {
    const auto ends = test::connect_ends();
    const auto late = ends.client.set(option::fast_open{5});
    if (!test::lacks_option(failure(late))) CHECK(failure(late) == errc::invalid_argument);
    const auto connected = ends.client.set(option::fast_open_connect{});
    if (!test::lacks_option(failure(connected))) CHECK(failure(connected) == errc::invalid_argument);
}
