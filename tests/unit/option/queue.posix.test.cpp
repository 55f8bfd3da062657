// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/queue.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <fstream>

#include <keyway/option/socket.hpp>

#include "support/options.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::failure;
using test::must;

TEST_CASE("a forced buffer can exceed the system's maximum") {
    const auto socket = must(kw::udp4::socket::open());
    int maximum = 0;
    std::ifstream("/proc/sys/net/core/rmem_max") >> maximum;
    const int wanted = maximum + 65536;
    if (const auto set = socket.set(option::receive_buffer_force{wanted}); !set) {
        REQUIRE(failure(set) == errc::operation_not_permitted);
        test::skipped("receive_buffer_force", test::message_of(set.error()));
        return;
    }
    CHECK(must(socket.get<option::receive_buffer>()) == 2 * wanted);
    test::check_in_child([&]() -> std::string {
        if (!test::become_nobody()) return "skipped: receive_buffer_force of a user without rights: not root";
        KEYWAY_CHILD_CHECK(failure(socket.set(option::receive_buffer_force{wanted})) == errc::operation_not_permitted);
        return {};
    });
}

TEST_CASE_FIXTURE(test::bounded, "a stream is readable once receive_low_water bytes have arrived") {
    const auto ends = test::connect_ends();
    must(ends.server.set(option::receive_low_water{5}));
    const auto is_readable = [&] {
        ::pollfd one{ends.server.native_handle(), POLLIN, 0};
        return ::poll(&one, 1, 0) == 1;
    };
    must(ends.client.send("four"));
    // The kernel has delivered what went over the loopback interface when the peer can peek at it.
    std::array<std::byte, 8> buffer;
    while (::recv(ends.server.native_handle(), buffer.data(), buffer.size(), MSG_PEEK | MSG_DONTWAIT) < 4) {}
    CHECK_FALSE(is_readable());
    must(ends.client.send("!"));
    CHECK(test::text(must(ends.server.recv(buffer))) == "four!");
}

TEST_CASE_FIXTURE(test::bounded, "peeks begin at peek_offset and move it") {
    const auto ends = must(kw::unix_stream::pair());
    if (const auto set = ends[1].set(option::peek_offset{2}); !set) {
        REQUIRE(test::lacks_option(set.error()));
        test::skipped("option peek_offset", test::message_of(set.error()));
        return;
    }
    must(ends[0].send("abcdef"));
    std::array<char, 2> two{};
    const auto peek = [&] {
        const auto got = ::recv(ends[1].native_handle(), two.data(), two.size(), MSG_PEEK);
        return std::string(two.data(), got < 0 ? 0U : static_cast<std::size_t>(got));
    };
    CHECK(peek() == "cd");
    CHECK(must(ends[1].get<option::peek_offset>()) == 4);
    CHECK(peek() == "ef");
    std::array<std::byte, 2> taken;
    CHECK(test::text(must(ends[1].recv(taken))) == "ab");
    CHECK(must(ends[1].get<option::peek_offset>()) == 4);
}

TEST_CASE("a priority above 6 needs CAP_NET_ADMIN") {
    test::check_in_child([]() -> std::string {
        const auto socket = kw::udp4::socket::open();
        KEYWAY_CHILD_CHECK(socket);
        if (!test::become_nobody()) return "skipped: priority of a user without rights: not root";
        KEYWAY_CHILD_CHECK(socket->set(option::priority{6}));
        KEYWAY_CHILD_CHECK(failure(socket->set(option::priority{7})) == errc::operation_not_permitted);
        return {};
    });
}
