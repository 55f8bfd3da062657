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

/// A directory, the path of a socket in it, and a listener there.
struct place : test::bounded {
    test::temporary_directory directory;
    std::string path = directory.path("socket");

    kw::unix_stream::listener listen() const { return must(kw::unix_stream::listen(directory.endpoint())); }
};

}  // namespace

TEST_CASE_FIXTURE(place, "59: closing a listener removes the path that it bound") {
    auto listener = listen();
    CHECK(exists(path));
    must(listener.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "59: so does the destructor, and an assignment over it") {
    { const auto listener = listen(); }
    CHECK_FALSE(exists(path));
    auto listener = listen();
    listener = kw::unix_stream::listener();
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "59: a listener can be started at the same path again") {
    for (int i = 0; i < 3; ++i) {
        const auto listener = listen();
        CHECK(kw::unix_stream::connect(directory.endpoint()));
    }
}

TEST_CASE_FIXTURE(place, "59: a socket that never listened removes its path too") {
    auto stream = must(kw::unix_stream::bind(directory.endpoint()));
    CHECK(exists(path));
    must(stream.close());
    CHECK_FALSE(exists(path));
    { const auto datagrams = must(kw::unix_datagram::bind(directory.endpoint())); }
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "59: the duty goes along from state to state") {
    auto socket = must(kw::unix_datagram::bind(directory.endpoint()));
    const auto peer = must(kw::unix_datagram::bind(directory.endpoint("peer")));
    auto connection = must(std::move(socket).connect(directory.endpoint("peer")));
    CHECK(exists(path));
    auto again = must(std::move(connection).disconnect());
    CHECK(exists(path));
    must(again.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "59: a connected datagram socket removes the path that it bound") {
    const auto peer = must(kw::unix_datagram::bind(directory.endpoint("peer")));
    {
        auto socket = must(kw::unix_datagram::bind(directory.endpoint()));
        const auto connection = must(std::move(socket).connect(directory.endpoint("peer")));
        CHECK(exists(path));
    }
    CHECK_FALSE(exists(path));
}

TEST_CASE_TEMPLATE("59: a client that bound a path and connected leaves the path to the caller", T, kw::unix_stream,
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

TEST_CASE_FIXTURE(place, "59: a client that fails to connect removes the path that it bound") {
    auto socket = must(kw::unix_stream::bind(directory.endpoint()));
    CHECK(failure(std::move(socket).connect(directory.endpoint("missing"))) == kw::errc::no_such_file);
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "59: a duplicate leaves the path alone") {
    auto listener = listen();
    { const auto copy = must(listener.duplicate()); }
    CHECK(exists(path));
    const auto copy = must(listener.duplicate());
    must(listener.close());
    CHECK_FALSE(exists(path));  // though the copy still listens
}

TEST_CASE_FIXTURE(place, "59: a file that took the path's place stays") {
    auto listener = listen();
    REQUIRE(::unlink(path.c_str()) == 0);
    test::make_file(path);
    must(listener.close());
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "59: another listener that took the path's place stays reachable") {
    auto old = listen();
    REQUIRE(::unlink(path.c_str()) == 0);
    const auto successor = listen();
    must(old.close());
    CHECK(exists(path));
    CHECK(kw::unix_stream::connect(directory.endpoint()));
}

TEST_CASE_FIXTURE(place, "59: a path that is gone already is no error") {
    auto listener = listen();
    REQUIRE(::unlink(path.c_str()) == 0);
    CHECK(listener.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "59: what was renamed stays, and so does what a link names") {
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

TEST_CASE_FIXTURE(place, "59: a child that closes its copy leaves the path alone") {
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

TEST_CASE_FIXTURE(place, "59: a child whose destructor runs leaves the path alone") {
    auto listener = listen();
    test::check_in_child([&]() -> std::string {
        { const auto doomed = std::move(listener); }
        KEYWAY_CHILD_CHECK(exists(path));
        return "";
    });
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "59: a child removes the path that it bound itself") {
    test::check_in_child([&]() -> std::string {
        { const auto listener = must(kw::unix_stream::listen(directory.endpoint())); }
        KEYWAY_CHILD_CHECK(!exists(path));
        return "";
    });
}

TEST_CASE_FIXTURE(place, "59: who is released leaves the path, and who adopts it too") {
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

TEST_CASE_FIXTURE(place, "59: the duty moves with the owner, and once") {
    auto first = listen();
    {
        const auto second = std::move(first);
        CHECK(failure(first.close()) == kw::errc::bad_descriptor);
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

TEST_CASE_FIXTURE(place, "59: a bind that fails removes nothing") {
    test::make_file(path);
    CHECK(failure(kw::unix_stream::listen(directory.endpoint())) == kw::errc::address_in_use);
    CHECK(exists(path));
    ::unlink(path.c_str());
    const auto listener = listen();
    CHECK(failure(kw::unix_stream::listen(directory.endpoint())) == kw::errc::address_in_use);
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "59: a bind that fails does not end the duty of the one before") {
    auto socket = must(kw::unix_stream::bind(directory.endpoint()));
    CHECK(failure(socket.bind(directory.endpoint("second"))) == kw::errc::invalid_argument);
    must(socket.close());
    CHECK_FALSE(exists(path));
}

TEST_CASE_FIXTURE(place, "59: a view that binds takes on no duty") {
    {
        const auto socket = must(kw::unix_stream::socket::open());
        must(kw::unix_stream::socket_view(socket).bind(directory.endpoint()));
    }
    CHECK(exists(path));
}

TEST_CASE_FIXTURE(place, "59: a relative path is removed where it was bound and nowhere else") {
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

TEST_CASE_FIXTURE(place, "59: abstract and automatic names leave nothing to remove") {
    auto listener = must(kw::unix_stream::listen(kw::unix_stream::endpoint::autobind()));
    CHECK(must(listener.local_endpoint()).is_abstract());
    CHECK(listener.close());
    CHECK(exists(directory.path("")));
}

TEST_CASE_FIXTURE(place, "56: a path that fills its address, with no NUL behind it, is removed too") {
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
