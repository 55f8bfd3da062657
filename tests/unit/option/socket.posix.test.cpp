// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/socket.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>

#include <climits>
#include <fstream>

#include "support/posix.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::can_get;
using test::can_set;
using test::failure;
using test::must;

static_assert(can_set<kw::icmp4::socket, option::reuse_port> &&
              !can_set<kw::unix_datagram::socket, option::reuse_port>);
static_assert(!can_set<kw::unix_datagram::socket, option::broadcast>);
static_assert(!can_set<kw::unix_seqpacket::connection, option::linger>);
static_assert(can_set<kw::unix_datagram::socket, option::send_buffer>);
static_assert(can_get<kw::icmp6::socket, option::non_blocking>);

// Read-only ones are read, of local messages too.
template <class Option>
constexpr bool only_read = can_get<kw::unix_datagram::socket, Option> && !can_set<kw::unix_datagram::socket, Option>;
static_assert(only_read<option::error> && only_read<option::type> && only_read<option::domain>);
static_assert(only_read<option::protocol> && only_read<option::accepting>);

TEST_CASE_TEMPLATE("reuse_port reads back as it was set", T, KEYWAY_ALL_TRANSPORTS) {
    test::with_socket<T>([](const auto& socket) {
        for (const bool on : {true, false, true}) test::check_round_trip<option::reuse_port>(socket, on);
    });
}

TEST_CASE("the default of reuse_port is on") { CHECK(option::reuse_port{}.value); }

TEST_CASE_TEMPLATE("buffer sizes come back doubled, as Linux does", T, KEYWAY_ALL_TRANSPORTS) {
    test::with_socket<T>([](const auto& socket) {
        must(socket.set(option::send_buffer{16384}));
        CHECK(must(socket.template get<option::send_buffer>()) == 32768);
        must(socket.set(option::receive_buffer{16384}));
        CHECK(must(socket.template get<option::receive_buffer>()) == 32768);
        must(socket.set(option::send_buffer{0}));
        CHECK(must(socket.template get<option::send_buffer>()) == 4608);
        must(socket.set(option::receive_buffer{0}));
        CHECK(must(socket.template get<option::receive_buffer>()) == 2304);
    });
}

TEST_CASE("the kernel keeps buffers below its maximum") {
    const auto socket = must(kw::udp4::socket::open());
    must(socket.set(option::receive_buffer{INT_MAX}));
    const int most = must(socket.get<option::receive_buffer>());
    CHECK(most < INT_MAX);
    int maximum = 0;
    std::ifstream("/proc/sys/net/core/rmem_max") >> maximum;
    CHECK(most == 2 * maximum);
}

TEST_CASE_FIXTURE(test::bounded, "two sockets that both set reuse_port can bind the same port") {
    auto first = must(kw::udp4::socket::open());
    must(first.set(option::reuse_port{}));
    must(first.bind({test::own_loopback(), 0}));
    const auto at = must(first.local_endpoint());
    auto second = must(kw::udp4::socket::open());
    CHECK(failure(second.bind(at)) == errc::address_in_use);
    must(second.set(option::reuse_port{}));
    CHECK(second.bind(at));
}

TEST_CASE_FIXTURE(test::bounded, "reading the pending error clears it") {
    const auto gone = must(must(kw::udp4::bind({test::own_loopback(), 0})).local_endpoint());
    const auto client = must(kw::udp4::connect(gone));
    must(client.send("anybody?"));
    REQUIRE(test::ready(client, POLLERR));
    const kw::error pending = must(client.get<option::error>());
    CHECK(pending == errc::connection_refused);
    CHECK(pending.domain() == kw::error_domain::system);
    CHECK(must(client.get<option::error>()).code() == 0);
}

TEST_CASE("non_blocking leaves other flags of the descriptor alone") {
    const auto ends = must(kw::unix_stream::pair());
    REQUIRE(::fcntl(ends[0].native_handle(), F_SETFL, O_APPEND) == 0);
    const int before = ::fcntl(ends[0].native_handle(), F_GETFL);
    must(ends[0].set(option::non_blocking{true}));
    CHECK(::fcntl(ends[0].native_handle(), F_GETFL) == (before | O_NONBLOCK));
    must(ends[0].set(option::non_blocking{false}));
    CHECK(::fcntl(ends[0].native_handle(), F_GETFL) == before);
}
