// SPDX-License-Identifier: BSL-1.0
#include <keyway/server/listen_fds.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <initializer_list>
#include <string>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using test::failure;
using test::must;

/// In a child: as systemd starts a program, with these descriptors from 3 on.
void hand_over(const char* count, const char* names, std::initializer_list<int> descriptors) {
    int place = 3;
    for (const int one : descriptors) ::dup2(one, place++);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", count, 1);
    if (names != nullptr) ::setenv("LISTEN_FDNAMES", names, 1);
    else ::unsetenv("LISTEN_FDNAMES");
}

TEST_CASE_FIXTURE(test::bounded, "inherited listeners are found, named, adopted, and kept from children") {
    const test::temporary_directory directory;
    const auto network = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto local = must(kw::unix_stream::listen(directory.endpoint()));
    const auto at = must(network.local_endpoint());
    test::check_in_child([&] {
        // Above the places where they go, which may be the listeners' own.
        const int first = ::fcntl(network.native_handle(), F_DUPFD, 20);
        const int second = ::fcntl(local.native_handle(), F_DUPFD, 20);
        hand_over("2", "web:admin", {first, second});
        const auto inherited = kw::listen_fds::find();
        KEYWAY_CHILD_CHECK(inherited && inherited->size() == 2);
        KEYWAY_CHILD_CHECK(inherited->name(0) == "web");
        KEYWAY_CHILD_CHECK(inherited->name(1) == "admin");
        KEYWAY_CHILD_CHECK((::fcntl(3, F_GETFD) & FD_CLOEXEC) != 0);
        KEYWAY_CHILD_CHECK((::fcntl(4, F_GETFD) & FD_CLOEXEC) != 0);
        KEYWAY_CHILD_CHECK(failure(kw::tcp4::listener::adopt(inherited->native_handle(1))) == kw::errc::wrong_kind);
        const auto web = kw::tcp4::listener::adopt(inherited->native_handle(0));
        const auto admin = kw::unix_stream::listener::adopt(inherited->native_handle(1));
        KEYWAY_CHILD_CHECK(web && admin);
        const auto client = kw::tcp4::connect(at);
        KEYWAY_CHILD_CHECK(web->accept()->peer == *client->local_endpoint());
        KEYWAY_CHILD_CHECK(kw::unix_stream::connect(directory.endpoint()));
        KEYWAY_CHILD_CHECK(admin->accept());
        return std::string();
    });
}

TEST_CASE("without names, or with too few, names are empty") {
    test::check_in_child([] {
        hand_over("2", nullptr, {0, 0});
        KEYWAY_CHILD_CHECK(kw::listen_fds::find()->name(0).empty());
        KEYWAY_CHILD_CHECK(kw::listen_fds::find()->name(1).empty());
        hand_over("2", "one", {0, 0});
        KEYWAY_CHILD_CHECK(kw::listen_fds::find()->name(0) == "one");
        KEYWAY_CHILD_CHECK(kw::listen_fds::find()->name(1).empty());
        return std::string();
    });
}

TEST_CASE("listeners for another process are not ours") {
    test::check_in_child([] {
        ::unsetenv("LISTEN_PID");
        ::setenv("LISTEN_FDS", "1", 1);
        KEYWAY_CHILD_CHECK(kw::listen_fds::find()->size() == 0);
        ::setenv("LISTEN_PID", std::to_string(::getppid()).c_str(), 1);
        KEYWAY_CHILD_CHECK(kw::listen_fds::find()->size() == 0);
        return std::string();
    });
}

TEST_CASE("a malformed number and a closed descriptor are errors") {
    test::check_in_child([] {
        for (const char* const bad : {"", "-1", "x", "1x", "99999999999999999999"}) {
            hand_over(bad, nullptr, {0});
            KEYWAY_CHILD_CHECK(failure(kw::listen_fds::find()) == kw::errc::invalid_argument);
        }
        hand_over("1", nullptr, {0});
        ::close(3);
        KEYWAY_CHILD_CHECK(failure(kw::listen_fds::find()) == kw::errc::bad_file_descriptor);
        hand_over("0", nullptr, {});
        KEYWAY_CHILD_CHECK(kw::listen_fds::find()->size() == 0);
        return std::string();
    });
}

}  // namespace
