// SPDX-License-Identifier: BSL-1.0
// AF_UNIX streams, which every system has; what POSIX has beyond them is in the *.posix.test.cpp files.
#include <keyway/transport.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>

#include <keyway/option/socket.hpp>

#include "support/loopback.hpp"

namespace kw = keyway;
using kw::errc;
using test::exists;
using test::failure;
using test::must;

namespace {

/// A directory, and the path of a socket in it.
struct place : test::bounded {
    test::temporary_directory directory;
    std::string path = directory.path("socket");
};

}  // namespace

TEST_CASE_FIXTURE(place, "an AF_UNIX stream carries bytes both ways") {
    if (!test::has_local_sockets()) return;
    const auto listener = must(kw::unix_stream::listen(directory.endpoint()));
    CHECK(must(listener.local_endpoint()) == directory.endpoint());
    const auto client = must(kw::unix_stream::connect(directory.endpoint()));
    CHECK(must(client.peer_endpoint()) == directory.endpoint());
    const auto [server, peer] = must(listener.accept());
    CHECK(peer.is_unnamed());
    std::array<std::byte, 16> buffer;
    must(client.send_all("ping"));
    CHECK(test::text(must(server.recv(buffer))) == "ping");
    must(server.send_all("pong"));
    must(server.shutdown_send());
    CHECK(test::read_to_end(client) == "pong");
}

TEST_CASE_FIXTURE(place, "no child process inherits an AF_UNIX socket, and accepted connections block") {
    if (!test::has_local_sockets()) return;
    const auto listener = must(kw::unix_stream::listen(directory.endpoint()));
    must(listener.set(kw::option::non_blocking{true}));
    CHECK(failure(listener.accept()) == errc::operation_would_block);
    const auto client = must(kw::unix_stream::connect(directory.endpoint()));
    REQUIRE(test::readable(listener));
    const auto server = must(listener.accept()).connection;
    CHECK(test::blocks(server));
    CHECK(test::closes_on_exec(listener));
    CHECK(test::closes_on_exec(client));
    CHECK(test::closes_on_exec(server));
}

TEST_CASE_FIXTURE(place, "closing an AF_UNIX listener removes its path, and nobody else's file") {
    if (!test::has_local_sockets()) return;
    auto listener = must(kw::unix_stream::listen(directory.endpoint()));
    CHECK(exists(path));
    { const auto copy = must(listener.duplicate()); }
    CHECK(exists(path));
    must(listener.close());
    CHECK_FALSE(exists(path));
    { const auto again = must(kw::unix_stream::listen(directory.endpoint())); }
    CHECK_FALSE(exists(path));

    auto moved = must(kw::unix_stream::listen(directory.endpoint()));
    REQUIRE(std::rename(path.c_str(), directory.path("elsewhere").c_str()) == 0);
    test::make_file(path);
    must(moved.close());
    CHECK(exists(path));
    CHECK(exists(directory.path("elsewhere")));
}

TEST_CASE_FIXTURE(place, "a path that is taken is address_in_use, and stays") {
    if (!test::has_local_sockets()) return;
    const auto listener = must(kw::unix_stream::listen(directory.endpoint()));
    const auto in_use = kw::unix_stream::listen(directory.endpoint());
    CHECK(failure(in_use) == errc::address_in_use);
    CHECK(failure(in_use).operation() == kw::operation::bind);
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "connecting to a path without a listener is an error, and the socket is closed") {
    if (!test::has_local_sockets()) return;
    auto socket = must(kw::unix_stream::socket::open());
    const auto refused = std::move(socket).connect(directory.endpoint("nobody"));
    CHECK(failure(refused) != kw::error{});
    CHECK(failure(refused).operation() == kw::operation::connect);
    CHECK_FALSE(socket.is_open());
}

TEST_CASE("a path that is too long is refused before the system is asked") {
    const std::string fits(kw::unix_stream::endpoint::max_path, 'x');
    CHECK(kw::unix_stream::endpoint::at_path(fits));
    const auto refused = kw::unix_stream::endpoint::at_path(fits + "x");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == kw::text_errc::path_too_long);
}

TEST_CASE("where there are no AF_UNIX sockets, opening one is an error") {
    const auto socket = kw::unix_stream::socket::open();
    if (!socket) {
        CHECK(socket.error() == errc::address_family_not_supported);
        CHECK(socket.error().operation() == kw::operation::open);
    }
}
