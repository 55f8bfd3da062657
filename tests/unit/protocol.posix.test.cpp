// SPDX-License-Identifier: BSL-1.0
// TCP over several paths, ipproto::mptcp, if the kernel has it.
#include <keyway/protocol.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>

#include <keyway/option/socket.hpp>
#include <keyway/option/tcp.hpp>
#include <keyway/option/tcp_info.hpp>
#include <keyway/option/tcp_sending.hpp>

#include "support/options.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::failure;
using test::must;
using mptcp = kw::transport<kw::ip, kw::stream, kw::ipproto::mptcp>;

static_assert(kw::tcp_protocol<kw::ipproto::mptcp> && kw::multipath_protocol<kw::ipproto::mptcp>);
static_assert(kw::tcp_protocol<kw::ipproto::tcp> && !kw::multipath_protocol<kw::ipproto::tcp>);
static_assert(!kw::tcp_protocol<kw::ipproto::udp> && !kw::tcp_protocol<kw::ipproto::numbered<6>>);
static_assert(kw::can_listen<mptcp::socket> && kw::can_accept<mptcp::listener> && kw::can_send_all<mptcp::connection>);
static_assert(!kw::combination<kw::ipv4, kw::datagram, kw::ipproto::mptcp> &&
              !kw::combination<kw::unix_domain, kw::stream, kw::ipproto::mptcp>);

namespace {

bool has_mptcp() {
    const auto probe = test::mptcp4::socket::open();
    if (probe) return true;
    test::skipped("MPTCP", test::message_of(probe.error()));
    return false;
}

template <class Client, class Server>
void check_talk(const Client& client, const Server& server) {
    std::array<std::byte, 5> buffer;
    must(client.send_all("there"));
    CHECK(test::text(must(server.recv_exact(buffer))) == "there");
    must(server.send_all("back!"));
    CHECK(test::text(must(client.recv_exact(buffer))) == "back!");
    must(client.shutdown_send());
    CHECK(must(server.recv(buffer)).empty());
}

}  // namespace

TEST_CASE_TEMPLATE("an MPTCP connection transfers data", T, mptcp, test::mptcp4, test::mptcp6) {
    const test::bounded watch;
    if (!has_mptcp() || !test::has_family<T>()) return;
    const auto ends = test::connect_ends<T>();
    check_talk(ends.client, ends.server);
    CHECK(must(ends.client.template get<option::protocol>()) == 262);
    test::check_round_trip<option::no_delay>(ends.client, true);
    test::check_round_trip<option::keep_alive>(ends.server, true);
}

TEST_CASE_FIXTURE(test::bounded, "an MPTCP listener accepts a plain TCP client, and the other way round") {
    if (!has_mptcp()) return;
    const auto listener = must(mptcp::listen({test::own_loopback(), 0}));
    const auto plain = must(kw::tcp::connect(must(listener.local_endpoint())));
    check_talk(plain, must(listener.accept()).connection);

    const auto plain_listener = must(kw::tcp::listen({test::own_loopback(), 0}));
    const auto client = must(mptcp::connect(must(plain_listener.local_endpoint())));
    check_talk(client, must(plain_listener.accept()).connection);
}

TEST_CASE_FIXTURE(test::bounded, "MPTCP calls keep their limit") {
    if (!has_mptcp()) return;
    using namespace std::chrono_literals;
    const auto listener = must(mptcp::listen({test::own_loopback(), 0}));
    const auto client = must(mptcp::connect(must(listener.local_endpoint()), 10s));
    const auto server = must(listener.accept(10s)).connection;
    std::array<std::byte, 1> buffer;
    CHECK(failure(client.recv(buffer, 10ms)) == errc::limit_reached);
    must(server.send("x", 10s));
    CHECK(must(client.recv(buffer, 10s)).size() == 1);
}

TEST_CASE("adopt() accepts an MPTCP descriptor as MPTCP only") {
    if (!has_mptcp()) return;
    const kw::handle multipath = kw::handle::adopt_unchecked(must(test::mptcp4::socket::open()).release());
    const kw::handle plain = kw::handle::adopt_unchecked(must(kw::tcp4::socket::open()).release());
    CHECK(failure(kw::tcp4::socket::adopt(multipath.native_handle())) == errc::wrong_kind);
    CHECK(failure(test::mptcp4::socket::adopt(plain.native_handle())) == errc::wrong_kind);
    CHECK(test::mptcp4::socket::adopt(must(multipath.duplicate()).release()));
}
