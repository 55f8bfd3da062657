// SPDX-License-Identifier: BSL-1.0
// Ranges and defaults of Linux.
#include <keyway/option/tcp.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::failure;
using test::must;

TEST_CASE("keep-alive values out of range are invalid_argument") {
    const auto socket = must(kw::tcp4::socket::open());
    for (const int seconds : {0, -1, 32768}) {
        CAPTURE(seconds);
        CHECK(failure(socket.set(option::keep_alive_time{seconds})) == errc::invalid_argument);
        CHECK(failure(socket.set(option::keep_alive_interval{seconds})) == errc::invalid_argument);
    }
    for (const int probes : {0, -1, 128})
        CHECK(failure(socket.set(option::keep_alive_retries{probes})) == errc::invalid_argument);
}

TEST_CASE("the defaults in the header are Linux's own") {
    const auto socket = must(kw::tcp4::socket::open());
    const auto system = [](const char* name) {
        int value = 0;
        std::ifstream(std::string("/proc/sys/net/ipv4/tcp_keepalive_") + name) >> value;
        return value;
    };
    CHECK(must(socket.get<option::keep_alive_time>()) == system("time"));
    CHECK(must(socket.get<option::keep_alive_interval>()) == system("intvl"));
    CHECK(must(socket.get<option::keep_alive_retries>()) == system("probes"));
    CHECK(option::keep_alive_time{}.value == 7200);
    CHECK(option::keep_alive_interval{}.value == 75);
    CHECK(option::keep_alive_retries{}.value == 9);
}
