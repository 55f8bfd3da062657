// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/unix.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "support/options.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::failure;
using test::must;

namespace {

kw::credentials own_credentials() { return {::getpid(), ::geteuid(), ::getegid()}; }

/// Where the system tells no process, none is compared.
void check_same(const kw::credentials& reported, const kw::credentials& wanted) {
    CHECK(reported.user == wanted.user);
    CHECK(reported.group == wanted.group);
    CHECK((reported.process == wanted.process || (reported.process == 0 && !KEYWAY_HAS_ABSTRACT_NAMES)));
}

}  // namespace

TEST_CASE("pass_credentials reads back as it was set") {
    test::check_switch<option::pass_credentials>("pass_credentials");
}

TEST_CASE("peer_credentials of an unconnected socket is not_connected") {
    test::check_read<option::peer_credentials>(
        "peer_credentials", [](const auto& reported) { CHECK(failure(reported) == errc::not_connected); });
}

TEST_CASE_TEMPLATE("the peer of each end of a pair is this process", T, KEYWAY_LOCAL_TRANSPORTS) {
    const auto ends = must(T::pair());
    for (const auto& one : ends) check_same(must(one.template get<option::peer_credentials>()), own_credentials());
}

TEST_CASE_TEMPLATE("both ends of a connection report each other's credentials", T, kw::unix_stream,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    const test::temporary_directory directory;
    const auto listener = must(T::listen(directory.endpoint()));
    const auto client = must(T::connect(directory.endpoint()));
    const auto server = must(listener.accept()).connection;
    check_same(must(client.template get<option::peer_credentials>()), own_credentials());
    check_same(must(server.template get<option::peer_credentials>()), own_credentials());
}

TEST_CASE_FIXTURE(test::bounded, "the credentials are those at the time of connecting") {
    const test::temporary_directory directory;
    REQUIRE(::chmod(directory.path("").c_str(), 0777) == 0);
    const auto listener = must(kw::unix_stream::listen(directory.endpoint()));
    REQUIRE(::chmod(directory.path("socket").c_str(), 0777) == 0);
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(30);
        const bool is_other = test::become_nobody();
        const auto client = kw::unix_stream::connect(directory.endpoint());
        std::array<std::byte, 1> end;
        if (client) static_cast<void>(client->recv(end));
        ::_exit(is_other ? 1 : 2);
    }
    const auto server = must(listener.accept()).connection;
    const auto reported = must(server.get<option::peer_credentials>());
    must(server.shutdown_both());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK((reported.process == child || (reported.process == 0 && !KEYWAY_HAS_ABSTRACT_NAMES)));
    if (WEXITSTATUS(status) == 1) {
        CHECK(reported.user == 65534);
        CHECK(reported.group == 65534);
    } else {
        CHECK(reported.user == ::geteuid());
    }
}

#if defined(__linux__)

namespace {

bool has_descriptors_of_peers() {
    const auto ends = must(kw::unix_stream::pair());
    const auto peer = ends[0].get<option::peer_pid_descriptor>();
    if (peer || !test::lacks_option(peer.error())) return true;
    test::skipped("option peer_pid_descriptor", test::message_of(peer.error()));
    return false;
}

}  // namespace

TEST_CASE("a peer's process descriptor is owned and not inherited") {
    if (!has_descriptors_of_peers()) return;
    const auto before = net::open_descriptors();
    {
        const auto ends = must(kw::unix_stream::pair());
        const kw::handle peer = must(ends[0].get<option::peer_pid_descriptor>());
        CHECK(peer.is_open());
        CHECK((::fcntl(peer.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
        CHECK(net::open_descriptors() == before + 3);
    }
    CHECK(net::open_descriptors() == before);
    CHECK_FALSE(must(kw::unix_stream::socket::open()).get<option::peer_pid_descriptor>());
}

TEST_CASE_FIXTURE(test::bounded, "a peer's process descriptor becomes readable when the peer ends") {
    if (!has_descriptors_of_peers()) return;
    const test::temporary_directory directory;
    const auto listener = must(kw::unix_stream::listen(directory.endpoint()));
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(30);
        const auto client = kw::unix_stream::connect(directory.endpoint());
        std::array<std::byte, 1> end;
        if (client) static_cast<void>(client->recv(end));
        ::_exit(0);
    }
    auto server = must(listener.accept()).connection;
    const kw::handle peer = must(server.get<option::peer_pid_descriptor>());
    ::pollfd one{peer.native_handle(), POLLIN, 0};
    CHECK(::poll(&one, 1, 0) == 0);
    must(server.close());
    CHECK(::poll(&one, 1, 20'000) == 1);
    CHECK(::waitpid(child, nullptr, 0) == child);
}

#endif
