// SPDX-License-Identifier: BSL-1.0
#include <keyway/detail/bound_path.hpp>

#include <doctest/doctest.h>

#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <type_traits>
#include <utility>

#include "support/posix.hpp"

namespace kw = keyway;
using test::exists;
using test::failure;
using test::must;

static_assert(std::is_trivially_copyable_v<kw::detail::bound_path>);

namespace {

/// A directory, and the path of a socket in it.
struct place : test::bounded {
    test::temporary_directory directory;
    std::string path = directory.path("socket");

    kw::unix_stream::listener listen() const { return must(kw::unix_stream::listen(directory.endpoint())); }
};

}  // namespace

TEST_CASE_FIXTURE(place, "closing a listener removes the path that it bound") {
    auto listener = listen();
    CHECK(exists(path));
    must(listener.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "the destructor and an assignment remove the path that a listener bound") {
    { const auto listener = listen(); }
    CHECK_FALSE(exists(path));
    auto listener = listen();
    listener = kw::unix_stream::listener();
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "a listener can bind the same path again") {
    for (int i = 0; i < 3; ++i) {
        const auto listener = listen();
        CHECK(kw::unix_stream::connect(directory.endpoint()));
    }
}

TEST_CASE_FIXTURE(place, "a socket that never listened removes the path that it bound") {
    auto stream = must(kw::unix_stream::bind(directory.endpoint()));
    CHECK(exists(path));
    must(stream.close());
    CHECK_FALSE(exists(path));
    { const auto datagrams = must(kw::unix_datagram::bind(directory.endpoint())); }
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "the path survives state changes and is removed in the last state") {
    auto socket = must(kw::unix_datagram::bind(directory.endpoint()));
    const auto peer = must(kw::unix_datagram::bind(directory.endpoint("peer")));
    auto connection = must(std::move(socket).connect(directory.endpoint("peer")));
    CHECK(exists(path));
    auto again = must(std::move(connection).disconnect());
    CHECK(exists(path));
    must(again.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "a connected datagram socket removes the path that it bound") {
    const auto peer = must(kw::unix_datagram::bind(directory.endpoint("peer")));
    {
        auto socket = must(kw::unix_datagram::bind(directory.endpoint()));
        const auto connection = must(std::move(socket).connect(directory.endpoint("peer")));
        CHECK(exists(path));
    }
    CHECK_FALSE(exists(path));
}

TEST_CASE_TEMPLATE("a stream client that bound a path and connected leaves the path to the caller", T, kw::unix_stream,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    const test::temporary_directory directory;
    const auto listener = must(T::listen(directory.endpoint("server")));
    {
        auto socket = must(T::bind(directory.endpoint("client")));
        const auto connection = must(std::move(socket).connect(directory.endpoint("server")));
        CHECK(connection.is_open());
    }
    CHECK(exists(directory.path("client")));
}

TEST_CASE_FIXTURE(place, "a client that fails to connect removes the path that it bound") {
    auto socket = must(kw::unix_stream::bind(directory.endpoint()));
    CHECK(failure(std::move(socket).connect(directory.endpoint("missing"))) == kw::errc::no_such_file_or_directory);
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "a duplicate does not remove the path") {
    auto listener = listen();
    { const auto copy = must(listener.duplicate()); }
    CHECK(exists(path));
    const auto copy = must(listener.duplicate());
    must(listener.close());
    CHECK_FALSE(exists(path));  // although the copy still listens
}

TEST_CASE_FIXTURE(place, "another file at the path is not removed") {
    auto listener = listen();
    REQUIRE(::unlink(path.c_str()) == 0);
    test::make_file(path);
    must(listener.close());
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "another listener at the path stays reachable") {
    auto old = listen();
    REQUIRE(::unlink(path.c_str()) == 0);
    const auto successor = listen();
    must(old.close());
    CHECK(exists(path));
    CHECK(kw::unix_stream::connect(directory.endpoint()));
}

TEST_CASE_FIXTURE(place, "closing succeeds if the path no longer exists") {
    auto listener = listen();
    REQUIRE(::unlink(path.c_str()) == 0);
    CHECK(listener.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "a renamed socket, a link at the path and its target are not removed") {
    auto listener = listen();
    REQUIRE(::rename(path.c_str(), directory.path("moved").c_str()) == 0);
    must(listener.close());
    CHECK(exists(directory.path("moved")));

    auto second = listen();
    REQUIRE(::rename(path.c_str(), directory.path("target").c_str()) == 0);
    REQUIRE(::symlink(directory.path("target").c_str(), path.c_str()) == 0);
    must(second.close());
    CHECK(exists(path));  // the link is another file
    CHECK(exists(directory.path("target")));
}

TEST_CASE_FIXTURE(place, "a child process that closes its copy does not remove the path") {
    auto listener = listen();
    test::check_in_child([&]() -> std::string {
        KEYWAY_CHILD_CHECK(listener.close().has_value());
        return "";
    });
    CHECK(exists(path));
    CHECK(kw::unix_stream::connect(directory.endpoint()));
    must(listener.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "a destructor in a child process does not remove the path") {
    auto listener = listen();
    test::check_in_child([&]() -> std::string {
        { const auto doomed = std::move(listener); }
        KEYWAY_CHILD_CHECK(exists(path));
        return "";
    });
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "a child process removes the path that it bound") {
    test::check_in_child([&]() -> std::string {
        { const auto listener = must(kw::unix_stream::listen(directory.endpoint())); }
        KEYWAY_CHILD_CHECK(!exists(path));
        return "";
    });
}

TEST_CASE_FIXTURE(place, "neither release nor an adopting owner removes the path") {
    auto listener = listen();
    const int native = listener.release();
    CHECK(exists(path));
    {
        const auto adopted = must(kw::unix_stream::listener::adopt(native));
        CHECK(kw::unix_stream::connect(directory.endpoint()));
    }
    CHECK_FALSE(test::is_open(native));
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "the path moves with the owner and is removed once") {
    auto first = listen();
    {
        const auto second = std::move(first);
        CHECK(failure(first.close()) == kw::errc::bad_file_descriptor);
        CHECK(exists(path));
    }
    CHECK_FALSE(exists(path));

    auto third = listen();
    auto fourth = must(kw::unix_stream::listen(directory.endpoint("other")));
    fourth = std::move(third);
    CHECK_FALSE(exists(directory.path("other")));
    CHECK(exists(path));
    must(fourth.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "a failed bind removes nothing") {
    test::make_file(path);
    CHECK(failure(kw::unix_stream::listen(directory.endpoint())) == kw::errc::address_in_use);
    CHECK(exists(path));
    ::unlink(path.c_str());
    const auto listener = listen();
    CHECK(failure(kw::unix_stream::listen(directory.endpoint())) == kw::errc::address_in_use);
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "a path is removed even if a second bind failed") {
    auto socket = must(kw::unix_stream::bind(directory.endpoint()));
    CHECK(failure(socket.bind(directory.endpoint("second"))) == kw::errc::invalid_argument);
    must(socket.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "the path that a view bound is not removed") {
    {
        const auto socket = must(kw::unix_stream::socket::open());
        must(kw::unix_stream::socket_view(socket).bind(directory.endpoint()));
    }
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "a relative path is removed only in the directory where it was bound") {
    test::check_in_child([&]() -> std::string {
        const auto at = kw::unix_stream::endpoint::at_path("socket");
        KEYWAY_CHILD_CHECK(::chdir(directory.path("").c_str()) == 0);
        { const auto listener = must(kw::unix_stream::listen(*at)); }
        KEYWAY_CHILD_CHECK(!exists(path));

        const test::temporary_directory elsewhere;
        test::make_file(elsewhere.path("socket"));
        auto listener = must(kw::unix_stream::listen(*at));
        KEYWAY_CHILD_CHECK(::chdir(elsewhere.path("").c_str()) == 0);
        KEYWAY_CHILD_CHECK(listener.close().has_value());
        KEYWAY_CHILD_CHECK(exists(elsewhere.path("socket")));
        return "";
    });
}

TEST_CASE_FIXTURE(place, "closing a listener with an automatic name removes nothing") {
    auto listener = must(kw::unix_stream::listen(kw::unix_stream::endpoint::autobind()));
    CHECK(must(listener.local_endpoint()).is_abstract());
    CHECK(listener.close());
    CHECK(exists(directory.path("")));
}

TEST_CASE_FIXTURE(place, "a path that fills the address without a terminator is removed") {
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string full = directory.path("");
    full.resize(sizeof(address.sun_path), 'x');
    full.copy(address.sun_path, sizeof(address.sun_path));
    auto socket = must(kw::unix_stream::socket::open());
    REQUIRE(::bind(socket.native_handle(), reinterpret_cast<const ::sockaddr*>(&address), sizeof(address)) == 0);
    CHECK(exists(full));

    kw::detail::bound_path cleanup;
    cleanup.remember(must(socket.local_endpoint()));
    CHECK((must(socket.local_endpoint()).path() == full));
    { const auto owner = kw::unix_stream::socket::adopt_unchecked(socket.release(), cleanup); }
    CHECK_FALSE(exists(full));
}
