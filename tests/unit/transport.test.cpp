// SPDX-License-Identifier: BSL-1.0
#include <keyway/transport.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <concepts>
#include <string>
#include <thread>
#include <vector>

#include <keyway/option/ip.hpp>
#include <keyway/option/socket.hpp>

#include "support/loopback.hpp"

namespace kw = keyway;
using kw::errc;
using kw::operation;
using test::failure;
using test::must;
using namespace kw::literals;

// ---- names

static_assert(std::same_as<kw::tcp, kw::transport<kw::ip, kw::stream, kw::ipproto::tcp>>);
static_assert(std::same_as<kw::udp6, kw::transport<kw::ipv6, kw::datagram, kw::ipproto::udp>>);
static_assert(std::same_as<kw::unix_stream, kw::transport<kw::unix_domain, kw::stream, kw::no_protocol>>);
static_assert(std::same_as<kw::tcp::endpoint, kw::endpoint<kw::ip>>);
static_assert(std::same_as<kw::tcp4::socket, kw::socket<kw::ipv4, kw::stream>>);
static_assert(std::same_as<kw::tcp4::listener, kw::listener<kw::ipv4, kw::stream>>);
static_assert(std::same_as<kw::tcp4::connection_view, kw::connection_view<kw::ipv4, kw::stream>>);

namespace {

template <class T>
concept has_listener = requires { typename T::listener; };
template <class T>
concept listens = requires(const typename T::endpoint& at) { T::listen(at); };
template <class T>
concept makes_pairs = requires { T::pair(); };

static_assert(has_listener<kw::tcp> && has_listener<kw::unix_stream>);
static_assert(!has_listener<kw::udp> && !has_listener<kw::unix_datagram> && !has_listener<kw::icmp4>);
static_assert(listens<kw::tcp> && !listens<kw::udp> && !listens<kw::icmp6>);
static_assert(makes_pairs<kw::unix_stream> == (KEYWAY_HAS_SOCKETPAIR != 0));
static_assert(makes_pairs<kw::unix_datagram> == (KEYWAY_HAS_SOCKETPAIR != 0 && KEYWAY_HAS_UNIX_DATAGRAM != 0));
static_assert(makes_pairs<kw::tcp> && makes_pairs<kw::tcp4> && makes_pairs<kw::tcp6> && !makes_pairs<kw::udp>);

/// What a listener says to a visitor at this address.
kw::error visit(const kw::tcp::endpoint& at) { return failure(kw::tcp::connect(at)); }

}  // namespace

// ---- one call

TEST_CASE_FIXTURE(test::bounded, "the example of the README: an echo server and its client") {
    const auto listener = must(kw::tcp::listen({kw::ipv4_address::loopback(), 0}));
    const auto at = must(listener.local_endpoint());
    std::string answer;
    std::thread client([&] {
        const auto connection = kw::tcp::connect(at);
        if (!connection || !connection->send_all("hello") || !connection->shutdown_send()) return;
        std::array<std::byte, 16> buffer;
        while (auto got = connection->recv(buffer)) {
            if (got->empty()) break;
            answer += kw::as_text(*got);
        }
    });
    {
        const auto [connection, peer] = must(listener.accept());
        std::array<std::byte, 4096> buffer;
        while (auto got = connection.recv(buffer)) {
            if (got->empty() || !connection.send_all(*got)) break;
        }
    }
    client.join();
    CHECK(answer == "hello");
}

TEST_CASE_TEMPLATE("listen and connect, one call each", T, kw::tcp, kw::tcp4, kw::tcp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto listener = must(T::listen(net::any_loopback_port<T>()));
    const auto connection = must(T::connect(must(listener.local_endpoint())));
    CHECK(must(connection.peer_endpoint()) == must(listener.local_endpoint()));
    CHECK(must(listener.template get<kw::option::accepting>()));
}

TEST_CASE_FIXTURE(test::bounded, "a transport of either family accepts endpoints of both") {
    const auto v4 = must(kw::tcp::listen("127.0.0.1:0"_ip_endpoint));
    CHECK(must(v4.local_endpoint()).is_v4());
    if (!test::has_family<kw::tcp6>()) return;
    const auto v6 = must(kw::tcp::listen("[::1]:0"_ip_endpoint));
    CHECK(must(v6.local_endpoint()).is_v6());
    CHECK(visit(must(v6.local_endpoint())) == kw::error{});
    const auto server = must(kw::udp::bind("[::1]:0"_ip_endpoint));
    const auto client = must(kw::udp::connect(must(server.local_endpoint())));
    must(client.send("hello"));
    std::array<std::byte, 8> buffer;
    CHECK(must(server.recv_from(buffer)).sender == must(client.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "refused connect, in one call, leaks nothing") {
    const auto deaf = must(kw::tcp::bind(net::any_loopback_port<kw::tcp>()));
    const auto refused = kw::tcp::connect(must(deaf.local_endpoint()));
    CHECK(failure(refused) == errc::connection_refused);
    CHECK(failure(refused).operation() == operation::connect);
}

TEST_CASE_FIXTURE(test::bounded, "the error of a one-call form names the step that failed") {
    const auto first = must(kw::tcp4::listen({test::own_loopback(), 0}));
    const auto in_use = kw::tcp4::listen(must(first.local_endpoint()));
    CHECK(failure(in_use) == errc::address_in_use);
    const auto nowhere = kw::tcp4::bind({kw::ipv4_address(192, 0, 2, 1), 0});
    CHECK(failure(nowhere) == errc::address_not_available);
    CHECK(failure(nowhere).operation() == operation::bind);
}

TEST_CASE_TEMPLATE("a pair is two ends that talk to each other", T, kw::tcp, kw::tcp4, kw::tcp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto ends = must(T::pair());
    CHECK(must(ends[0].local_endpoint()).address().is_loopback());
    CHECK(must(ends[0].peer_endpoint()) == must(ends[1].local_endpoint()));
    CHECK(must(ends[1].peer_endpoint()) == must(ends[0].local_endpoint()));
    CHECK(test::closes_on_exec(ends[0]));
    CHECK(test::closes_on_exec(ends[1]));
    std::array<std::byte, 16> buffer;
    must(ends[0].send("there"));
    CHECK(test::text(must(ends[1].recv(buffer))) == "there");
    must(ends[1].send("and back"));
    CHECK(test::text(must(ends[0].recv(buffer))) == "and back");
}

TEST_CASE_FIXTURE(test::bounded, "pairs that several threads make at once are not mixed up") {
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&wrong, i] {
            for (int round = 0; round < 50; ++round) {
                const auto ends = kw::tcp::pair();
                const std::string said = std::to_string(i) + " in round " + std::to_string(round);
                std::array<std::byte, 32> buffer;
                if (!ends || !(*ends)[0].send(said) || !(*ends)[0].shutdown_send()) {
                    ++wrong;
                    continue;
                }
                std::string heard;
                while (auto got = (*ends)[1].recv(buffer)) {
                    if (got->empty()) break;
                    heard += kw::as_text(*got);
                }
                if (heard != said) ++wrong;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}

// ---- IPv6 and IPv4

TEST_CASE_TEMPLATE("an IPv6 socket is v6_only by default", T, kw::tcp6, kw::udp6) {
    if (!test::has_family<T>()) return;
    CHECK(must(must(T::socket::open()).template get<kw::option::v6_only>()));
    CHECK(must(must(T::bind(net::any_loopback_port<T>())).template get<kw::option::v6_only>()));
}

TEST_CASE_FIXTURE(test::bounded, "an IPv6 listener without dual_stack refuses IPv4") {
    if (!test::has_family<kw::tcp6>()) return;
    const auto listener = must(kw::tcp::listen("[::]:0"_ip_endpoint));
    CHECK(must(listener.get<kw::option::v6_only>()));
    const auto port = must(listener.local_endpoint()).port();
    CHECK(visit({kw::ipv6_address::loopback(), port}) == kw::error{});
    CHECK(visit({test::own_loopback(), port}) == errc::connection_refused);
}

TEST_CASE_TEMPLATE("a dual_stack listener accepts both families, and IPv4 peers appear mapped", T, kw::tcp, kw::tcp6) {
    const test::bounded watch;
    if (!test::has_family<kw::tcp6>()) return;
    const auto listener = must(T::listen({kw::ipv6_address::any(), 0}, {.dual_stack = true}));
    CHECK_FALSE(must(listener.template get<kw::option::v6_only>()));
    const auto port = must(listener.local_endpoint()).port();
    const kw::ipv4_address here = test::own_loopback();

    const auto client = must(kw::tcp::connect({here, port}));
    const kw::tcp::endpoint from = must(client.local_endpoint());
    const kw::tcp::endpoint peer = must(listener.accept()).peer;
    CHECK(peer.is_v6());
    CHECK(std::string(peer.address().text().view()) == "::ffff:" + std::string(from.address().text().view()));
    CHECK(peer != from);
    CHECK(peer.unmap() == from);

    const auto v6_client = must(kw::tcp::connect({kw::ipv6_address::loopback(), port}));
    const kw::tcp::endpoint v6_peer = must(listener.accept()).peer;
    CHECK(v6_peer == must(v6_client.local_endpoint()));
    CHECK(v6_peer.unmap() == v6_peer);
}

TEST_CASE_FIXTURE(test::bounded, "a dual_stack datagram socket receives from both families") {
    if (!test::has_family<kw::udp6>()) return;
    const auto server = must(kw::udp::bind({kw::ipv6_address::any(), 0}, {.dual_stack = true}));
    const auto port = must(server.local_endpoint()).port();
    const kw::ipv4_address here = test::own_datagram_loopback();
    const auto client = must(kw::udp::bind({here, 0}));
    must(client.send_to("hello", {here, port}));
    std::array<std::byte, 8> buffer;
    const auto got = must(server.recv_from(buffer));
    CHECK(got.sender.is_v6());
    CHECK(got.sender.unmap() == must(client.local_endpoint()));
    must(server.send_to("back", got.sender));
    CHECK(test::text(must(client.recv_from(buffer)).data) == "back");
}

TEST_CASE_TEMPLATE("dual_stack at an IPv4 endpoint is invalid_argument", T, kw::tcp, kw::tcp4) {
    const auto outcome = T::listen(net::any_loopback_port<T>(), {.dual_stack = true});
    CHECK(failure(outcome) == errc::invalid_argument);
    CHECK(failure(outcome).operation() == operation::bind);
}

TEST_CASE_TEMPLATE("dual_stack at an IPv4 endpoint is invalid_argument for datagrams too", T, kw::udp, kw::udp4) {
    CHECK(failure(T::bind(net::any_loopback_port<T>(), {.dual_stack = true})) == errc::invalid_argument);
}

// ---- addresses in use

TEST_CASE_FIXTURE(test::bounded, "reuse_address is on for a listener where it is safe, and off for a bound socket") {
    const auto here = "127.0.0.1:0"_ip_endpoint;
    const auto reuses = [](const auto& opened) {
        REQUIRE(opened);
        return must(opened->template get<kw::option::reuse_address>());
    };
    CHECK(reuses(kw::tcp::listen(here)) == test::listeners_reuse_addresses);
    CHECK_FALSE(reuses(kw::tcp::bind(here)));
    CHECK_FALSE(reuses(kw::udp::bind(here)));
    CHECK_FALSE(reuses(kw::tcp::listen(here, {.reuse_address = false})));
    CHECK(reuses(kw::udp::bind(here, {.reuse_address = true})));
}

// ---- 29: nothing leaks into another program

TEST_CASE_FIXTURE(test::bounded, "no child process inherits a socket, wherever it comes from") {
    const auto stream = must(kw::tcp4::socket::open());
    const auto either = must(kw::udp::socket::open_for(net::any_loopback_port<kw::udp>()));
    const auto bound = must(kw::udp::bind(net::any_loopback_port<kw::udp>()));
    const auto associated = must(kw::udp::connect(must(bound.local_endpoint())));
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto client = must(kw::tcp::connect(must(listener.local_endpoint())));
    const auto accepted = must(listener.accept()).connection;
    const auto pair = must(kw::tcp::pair());
    const auto socket_copy = must(stream.duplicate());
    const auto datagram_copy = must(bound.duplicate());
    const auto listener_copy = must(listener.duplicate());
    const auto connection_copy = must(accepted.duplicate());
    const auto client_handle = kw::handle::adopt_unchecked(must(client.duplicate()).release());
    const auto handle_copy = must(client_handle.duplicate());

    const kw::handle_view all[] = {stream,        either,        bound,           associated, listener,
                                   client,        accepted,      pair[0],         pair[1],    socket_copy,
                                   datagram_copy, listener_copy, connection_copy, handle_copy};
    for (const kw::handle_view& one : all) {
        CAPTURE(one.native_handle());
        CHECK(test::closes_on_exec(one));
    }
}

// ---- hooks and the views of `ip`

TEST_CASE_FIXTURE(test::bounded, "listen() and bind() call their hook between socket(2) and bind(2)") {
    bool called = false;
    const auto before_bind = [&](const kw::tcp::socket_view& socket) {
        called = true;
        const auto before = socket.local_endpoint();  // Windows has none yet
        CHECK((!before || before->port() == 0));
        return socket.set(kw::option::keep_alive{true});
    };
    const auto listener = must(kw::tcp::listen({kw::ipv4_address::loopback(), 0}, {}, before_bind));
    CHECK(called);
    CHECK(must(listener.get<kw::option::keep_alive>()));

    const auto socket = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}, {.reuse_address = true},
                                            [](const auto& s) { return s.set(kw::option::broadcast{true}); }));
    CHECK(must(socket.get<kw::option::broadcast>()));
}

TEST_CASE_FIXTURE(test::bounded, "a hook that fails ends the call with its error") {
    const auto refuse = [](const kw::handle_view&) -> kw::result<void> {
        return kw::failure(kw::error(errc::operation_not_permitted, operation::set_option));
    };
    const auto why = failure(kw::tcp::listen({kw::ipv4_address::loopback(), 0}, {}, refuse));
    CHECK(why == errc::operation_not_permitted);
    CHECK(why.operation() == operation::set_option);
    CHECK(failure(kw::udp::bind({kw::ipv4_address::loopback(), 0}, {}, refuse)) == errc::operation_not_permitted);
}

static_assert(std::convertible_to<const kw::tcp4::connection&, kw::tcp::connection_view>);
static_assert(std::convertible_to<kw::tcp6::connection_view, kw::tcp::connection_view>);
static_assert(std::convertible_to<const kw::tcp4::listener&, kw::tcp::listener_view>);
static_assert(std::convertible_to<const kw::udp6::socket&, kw::udp::socket_view>);
static_assert(!std::convertible_to<kw::tcp4::connection, kw::tcp::connection_view>);  // a temporary owner
static_assert(!std::convertible_to<const kw::tcp::connection&, kw::tcp4::connection_view>);
static_assert(!std::convertible_to<const kw::tcp4::connection&, kw::udp::connection_view>);
static_assert(!std::convertible_to<const kw::tcp4::connection&, kw::unix_stream::connection_view>);

TEST_CASE_FIXTURE(test::bounded, "a connection of a fixed family is used through the view of either") {
    const auto ends = must(kw::tcp4::pair());
    const kw::tcp::connection_view one = ends[0];
    kw::tcp::connection_view other = ends[0];
    other = ends[1];
    must(one.send_all("hello"));
    std::array<std::byte, 8> buffer;
    CHECK(test::text(must(other.recv(buffer))) == "hello");
    CHECK(must(one.peer_endpoint()) == kw::tcp::endpoint(must(ends[1].local_endpoint())));
}

TEST_CASE_FIXTURE(test::bounded, "pair() accepts a limit") {
    using namespace std::chrono_literals;
    CHECK(kw::tcp4::pair(30s));
    CHECK(failure(kw::tcp4::pair(-1s)) == errc::limit_reached);
}
