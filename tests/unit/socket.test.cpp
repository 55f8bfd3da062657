// SPDX-License-Identifier: BSL-1.0
#include <keyway/socket.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

#include <keyway/option/socket.hpp>

#include "support/loopback.hpp"
#include "support/refusals.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
using kw::errc;
using kw::operation;
using test::failure;
using test::must;
using namespace std::chrono_literals;

static_assert(sizeof(kw::tcp::socket) == sizeof(kw::handle::native_type) &&
              sizeof(kw::unix_stream::socket_view) == sizeof(kw::handle::native_type));
static_assert(!std::is_copy_constructible_v<kw::udp::socket>);
static_assert(std::is_nothrow_move_constructible_v<kw::unix_stream::socket>);
static_assert(std::is_convertible_v<kw::udp::socket&, kw::udp::socket_view>);

// What each kind of socket has and has not got.
static_assert(kw::can_listen<kw::tcp::socket> && !kw::can_listen<kw::udp::socket> && !kw::can_listen<kw::tcp::socket&>);
static_assert(kw::can_connect<kw::tcp::socket> && !kw::can_connect<kw::tcp::socket&>);
static_assert(kw::can_send_to<kw::udp::socket> && !kw::can_send_to<kw::tcp::socket>);
static_assert(kw::can_recv_from<kw::udp::socket> && !kw::can_recv_from<kw::unix_stream::socket>);
static_assert(!kw::can_send<kw::udp::socket> && !kw::can_recv<kw::udp::socket> && !kw::can_send<kw::tcp::socket>);
static_assert(!kw::can_accept<kw::tcp::socket> && !kw::can_accept<kw::udp::socket>);
static_assert(kw::can_bind<kw::tcp::socket> && kw::can_bind<kw::udp::socket_view>);

namespace {

template <class Socket>
concept can_open = requires { Socket::open(); };

static_assert(can_open<kw::tcp4::socket> && can_open<kw::unix_stream::socket> && !can_open<kw::tcp::socket>);

using kw::literals::operator""_ip_endpoint;
using kw::literals::operator""_ipv4_endpoint;

}  // namespace

// ---- open and bind

TEST_CASE_TEMPLATE("a socket is what its type says", T, kw::tcp4, kw::tcp6, kw::udp4, kw::udp6,
                   KEYWAY_LOCAL_TRANSPORTS) {
    if (!test::has_family<T>()) return;
    const auto socket = must(T::socket::open());
    CHECK(must(socket.template get<kw::option::domain>()) == T::family::domain);
    CHECK(must(socket.template get<kw::option::type>()) == T::type::native);
    if constexpr (T::protocol::number != 0)
        CHECK(must(socket.template get<kw::option::protocol>()) == T::protocol::number);
    CHECK_FALSE(must(socket.template get<kw::option::accepting>()));
    if constexpr (kw::readable_option<kw::option::non_blocking>)
        CHECK_FALSE(must(socket.template get<kw::option::non_blocking>()));
}

TEST_CASE("a socket of either Internet family is opened for an endpoint") {
    CHECK(must(must(kw::tcp::socket::open_for("127.0.0.1:0"_ip_endpoint)).get<kw::option::domain>()) == AF_INET);
    CHECK(must(must(kw::tcp4::socket::open_for("127.0.0.1:0"_ipv4_endpoint)).get<kw::option::domain>()) == AF_INET);
    if (!test::has_family<kw::udp6>()) return;
    CHECK(must(must(kw::udp::socket::open_for("[::1]:0"_ip_endpoint)).get<kw::option::domain>()) == AF_INET6);
}

TEST_CASE("bind to port 0 lets the system choose") {
    auto socket = must(kw::udp4::socket::open());
    must(socket.bind(net::any_loopback_port<kw::udp4>()));
    const auto at = must(socket.local_endpoint());
    CHECK(at.address() == kw::ipv4_address::loopback());
    CHECK(at.port() != 0);
}

TEST_CASE("an unbound socket has the empty endpoint, or none where the system reports none") {
    const auto at = must(kw::tcp4::socket::open()).local_endpoint();
    if (test::tells_unbound_endpoint) CHECK(must(at) == kw::tcp4::endpoint{});
    else CHECK(failure(at) == errc::invalid_argument);
}

TEST_CASE("bind reports what is wrong") {
    const auto taken = must(kw::tcp4::bind(net::any_loopback_port<kw::tcp4>()));
    auto socket = must(kw::tcp4::socket::open());
    const auto in_use = socket.bind(must(taken.local_endpoint()));
    CHECK(failure(in_use) == errc::address_in_use);
    CHECK(failure(in_use).operation() == operation::bind);
    CHECK(failure(socket.bind({kw::ipv4_address(192, 0, 2, 1), 0})) == errc::address_not_available);
    must(socket.bind(net::any_loopback_port<kw::tcp4>()));
    CHECK(failure(socket.bind(net::any_loopback_port<kw::tcp4>())) == errc::invalid_argument);  // bound already
}

TEST_CASE_TEMPLATE("a port that is bound is its owner's alone", T, kw::tcp, kw::udp, kw::udp4) {
    const auto taken = must(T::bind(net::any_loopback_port<T>()));
    const auto at = must(taken.local_endpoint());
    CHECK(failure(T::bind(at)) == errc::address_in_use);
    // Who would share it does not get it either: the owner did not say so.
    const auto shared = failure(T::bind(at, {.reuse_address = true}));
    CHECK((shared == errc::address_in_use || shared == errc::permission_denied));
}

TEST_CASE("a view binds too") {
    const auto socket = must(kw::udp4::socket::open());
    const kw::udp4::socket_view view = socket;
    must(view.bind(net::any_loopback_port<kw::udp4>()));
    CHECK(must(socket.local_endpoint()).port() != 0);
}

// ---- from one state to the next

TEST_CASE_FIXTURE(test::bounded, "the long way: open, bind, listen, connect") {
    auto socket = must(kw::socket<kw::ipv4, kw::stream>::open());
    must(socket.bind(net::any_loopback_port<kw::tcp4>()));
    const auto native = socket.native_handle();
    const auto listener = must(std::move(socket).listen(5));
    CHECK_FALSE(socket.is_open());
    CHECK(listener.native_handle() == native);

    auto other = must(kw::socket<kw::ipv4, kw::stream>::open());
    const auto other_native = other.native_handle();
    const auto connection = must(std::move(other).connect(must(listener.local_endpoint())));
    CHECK_FALSE(other.is_open());
    CHECK(connection.native_handle() == other_native);
    CHECK(must(listener.accept()).peer == must(connection.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "refused connect is connection_refused, and the spent socket is closed") {
    // Bound and not listening: nobody else gets the port, and the system refuses.
    const auto deaf = must(kw::tcp4::bind(net::any_loopback_port<kw::tcp4>()));
    auto socket = must(kw::tcp4::socket::open());
    const auto native = socket.native_handle();
    const auto refused = std::move(socket).connect(must(deaf.local_endpoint()));
    CHECK(failure(refused) == errc::connection_refused);
    CHECK(failure(refused).operation() == operation::connect);
    CHECK_FALSE(socket.is_open());
    CHECK_FALSE(test::is_open(native));
}

TEST_CASE_FIXTURE(test::bounded, "refused connect of a non-blocking socket waits for the answer too") {
    const auto deaf = must(kw::tcp4::bind(net::any_loopback_port<kw::tcp4>()));
    auto socket = must(kw::tcp4::socket::open());
    must(socket.set(kw::option::non_blocking{true}));
    CHECK(failure(std::move(socket).connect(must(deaf.local_endpoint()))) == errc::connection_refused);
    CHECK_FALSE(socket.is_open());
}

TEST_CASE_FIXTURE(test::bounded, "a non-blocking socket that connects stays non-blocking") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    auto socket = must(kw::tcp4::socket::open());
    must(socket.set(kw::option::non_blocking{true}));
    const auto connection = must(std::move(socket).connect(must(listener.local_endpoint())));
    CHECK_FALSE(test::blocks(connection));
    CHECK(must(connection.peer_endpoint()) == must(listener.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "a socket that blocks blocks when it is connected, and when it is told to again") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto connection = must(kw::tcp4::connect(must(listener.local_endpoint())));
    CHECK(test::blocks(connection));
    must(connection.set(kw::option::non_blocking{true}));
    CHECK_FALSE(test::blocks(connection));
    must(connection.set(kw::option::non_blocking{false}));
    CHECK(test::blocks(connection));
}

TEST_CASE_FIXTURE(test::bounded, "a datagram socket whose connect fails stays open and bound") {
    if (!test::has_family<kw::udp6>()) return;
    auto socket = must(kw::udp::bind(net::any_loopback_port<kw::udp>()));
    const auto at = must(socket.local_endpoint());
    const auto refused = std::move(socket).connect({kw::ipv6_address::loopback(), 9});  // of another family
    CHECK(failure(refused) != kw::error{});
    CHECK(failure(refused).operation() == operation::connect);
    REQUIRE(socket.is_open());
    CHECK(must(socket.local_endpoint()) == at);
}

// ---- datagrams

TEST_CASE_TEMPLATE("datagrams carry their sender", T, kw::udp, kw::udp4, kw::udp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto server = must(T::bind(net::any_loopback_port<T>()));
    const auto client = must(T::bind(net::any_loopback_port<T>()));
    CHECK(must(client.send_to("ping", must(server.local_endpoint()))) == 4);
    std::array<std::byte, 16> buffer;
    const auto [data, sender, truncated, length] = must(server.recv_from(buffer));
    CHECK(test::text(data) == "ping");
    CHECK(data.data() == buffer.data());
    CHECK(sender == must(client.local_endpoint()));
    CHECK_FALSE(truncated);
    CHECK(length == 4);
    CHECK(must(server.send_to("pong", sender)) == 4);
    CHECK(must(client.recv_from(buffer)).sender == must(server.local_endpoint()));
}

TEST_CASE_TEMPLATE("datagrams are gathered and scattered", T, kw::udp, kw::udp4, kw::udp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto server = must(T::bind(net::any_loopback_port<T>()));
    const auto client = must(T::bind(net::any_loopback_port<T>()));
    CHECK(must(client.send_to(kw::gather("one ", "", "message"), must(server.local_endpoint()))) == 11);
    char first[4] = {};
    char second[16] = {};
    const auto [size, sender, truncated, length] = must(server.recv_from(kw::scatter(first, second)));
    CHECK(size == 11);
    CHECK(sender == must(client.local_endpoint()));
    CHECK_FALSE(truncated);
    CHECK(length == 11);
    CHECK(std::string(first, 4) + second == "one message");
}

TEST_CASE_FIXTURE(test::bounded, "peek_from leaves the datagram for the next call") {
    const auto server = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto client = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    must(client.send_to("message", must(server.local_endpoint())));
    std::array<std::byte, 4> four;
    const auto peeked = must(server.peek_from(four));
    CHECK(test::text(peeked.data) == "mess");
    CHECK(peeked.truncated);
    CHECK(peeked.length == test::told_length(7, 4));
    CHECK(peeked.sender == must(client.local_endpoint()));
    const auto received = must(server.peek_from(kw::scatter(four)));
    CHECK(received.data == 4);
    CHECK(received.truncated);
    CHECK(received.sender == must(client.local_endpoint()));
    std::array<std::byte, 16> buffer;
    CHECK(test::text(must(server.recv_from(buffer)).data) == "message");
}

TEST_CASE_TEMPLATE("a zero-length datagram is a message with a sender", T, kw::udp, kw::udp4, kw::udp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto server = must(T::bind(net::any_loopback_port<T>()));
    const auto client = must(T::bind(net::any_loopback_port<T>()));
    CHECK(must(client.send_to("", must(server.local_endpoint()))) == 0);
    const bool of_no_buffers = test::transfers_no_buffers();
    if (of_no_buffers)
        CHECK(must(client.send_to(std::span<const kw::const_buffer>{}, must(server.local_endpoint()))) == 0);
    else MESSAGE("skipped: the half with no buffers at all, which is no call on this system");
    std::array<std::byte, 4> buffer;
    for (int i = 0; i < (of_no_buffers ? 2 : 1); ++i) {
        const auto got = must(server.recv_from(buffer));
        CHECK(got.data.empty());
        CHECK(got.length == 0);
        CHECK_FALSE(got.truncated);
        CHECK(got.sender == must(client.local_endpoint()));
    }
}

TEST_CASE_TEMPLATE("an empty buffer takes a datagram off the queue", T, kw::udp, kw::udp4, kw::udp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto server = must(T::bind(net::any_loopback_port<T>()));
    const auto client = must(T::bind(net::any_loopback_port<T>()));
    for (const auto* word : {"first", "second", "third"})
        must(client.send_to(std::string_view(word), must(server.local_endpoint())));
    const auto got = must(server.recv_from(std::span<std::byte>{}));
    CHECK(got.data.empty());
    CHECK(got.length == test::told_length(5, 0));
    CHECK(got.truncated);
    CHECK(got.sender == must(client.local_endpoint()));
    if (!test::transfers_no_buffers()) {
        MESSAGE("skipped: the half with no buffers at all, which is no call on this system");
        return;
    }
    const auto received = must(server.recv_from(std::span<const kw::mutable_buffer>{}));
    CHECK(received.data == 0);
    CHECK(received.truncated);
    std::array<std::byte, 8> buffer;
    CHECK(test::text(must(server.recv_from(buffer)).data) == "third");
}

TEST_CASE_FIXTURE(test::bounded, "the longest IPv4 datagram is 65507 bytes, and one more is message_size") {
    const auto server = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto client = must(kw::udp4::socket::open());
    const std::string bytes(65508, 'x');
    std::vector<std::byte> room(70000);
    CHECK(must(client.send_to(std::string_view(bytes).substr(1), must(server.local_endpoint()))) == 65507);
    CHECK(must(server.recv_from(room)).length == 65507);
    const auto outcome = client.send_to(bytes, must(server.local_endpoint()));
    CHECK(failure(outcome) == errc::message_size);
    CHECK(failure(outcome).operation() == operation::send_to);
}

TEST_CASE_FIXTURE(test::bounded, "the longest IPv6 datagram is 65527 bytes") {
    if (!test::has_family<kw::udp6>()) return;
    const auto server = must(kw::udp6::bind(net::any_loopback_port<kw::udp6>()));
    const auto client = must(kw::udp6::connect(must(server.local_endpoint())));
    const std::string bytes(65528, 'x');
    std::vector<std::byte> room(70000);
    CHECK(must(client.send(std::string_view(bytes).substr(1))) == 65527);
    CHECK(must(server.recv_from(room)).length == 65527);
    CHECK(failure(client.send(bytes)) == errc::message_size);
}

TEST_CASE_FIXTURE(test::bounded, "a message from more than 1024 buffers is message_size") {
    const auto server = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto client = must(kw::udp4::socket::open());
    const std::vector<kw::const_buffer> pieces(1025, kw::const_buffer("x"));
    CHECK(must(client.send_to(std::span(pieces).first(1024), must(server.local_endpoint()))) == 1024);
    CHECK(failure(client.send_to(pieces, must(server.local_endpoint()))) == errc::message_size);
}

TEST_CASE_FIXTURE(test::bounded, "nothing to receive is would_block on a non-blocking socket") {
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    must(socket.set(kw::option::non_blocking{true}));
    std::array<std::byte, 4> buffer;
    const auto nothing = socket.recv_from(buffer);
    CHECK(failure(nothing) == errc::operation_would_block);
    CHECK(failure(nothing).operation() == operation::recv_from);
    CHECK(failure(socket.recv_from(kw::scatter(buffer))) == errc::operation_would_block);
    CHECK(failure(socket.peek_from(buffer)) == errc::operation_would_block);
    CHECK(failure(socket.peek_from(kw::scatter(buffer))) == errc::operation_would_block);
}

TEST_CASE_TEMPLATE("a datagram that found nobody does not fail a later receive", T, kw::udp, kw::udp4, kw::udp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    auto gone = must(T::bind(net::any_loopback_port<T>()));
    const auto nobody = must(gone.local_endpoint());
    must(gone.close());

    const auto socket = must(T::bind(net::any_loopback_port<T>()));
    const auto friendly = must(T::bind(net::any_loopback_port<T>()));
    for (int i = 0; i < 3; ++i) CHECK(must(socket.send_to("anybody?", nobody)) == 8);
    std::this_thread::sleep_for(50ms);  // for the answer that there is nobody
    must(socket.set(kw::option::non_blocking{true}));
    std::array<std::byte, 8> buffer;
    for (int i = 0; i < 4; ++i) CHECK(failure(socket.recv_from(buffer)) == errc::operation_would_block);
    must(friendly.send_to("here", must(socket.local_endpoint())));
    REQUIRE(test::readable(socket));
    CHECK(test::text(must(socket.recv_from(buffer)).data) == "here");
}

// ---- owners

TEST_CASE_FIXTURE(test::bounded, "a duplicate is the same socket") {
    auto server = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto at = must(server.local_endpoint());
    const kw::udp4::socket copy = must(server.duplicate());
    CHECK(test::closes_on_exec(copy));
    must(server.close());
    const auto client = must(kw::udp4::socket::open());
    must(client.send_to("hello", at));
    std::array<std::byte, 8> buffer;
    CHECK(test::text(must(copy.recv_from(buffer)).data) == "hello");
}

TEST_CASE("adopt() accepts what release() returned") {
    auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto at = must(socket.local_endpoint());
    auto adopted = must(kw::udp::socket::adopt(socket.release()));
    CHECK_FALSE(socket.is_open());
    CHECK(must(adopted.local_endpoint()) == at);
    const auto unchecked = kw::udp4::socket::adopt_unchecked(adopted.release());
    CHECK(must(unchecked.local_endpoint()) == at);
}

TEST_CASE_FIXTURE(test::bounded,
                  "adopt refuses a descriptor of another kind of socket, and leaves it open with the caller") {
    const auto ends = test::connect_ends();
    const auto listening = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto stream = must(kw::tcp4::socket::open());
    const auto datagram = must(kw::udp4::socket::open());
    const auto connected = must(kw::udp4::connect({kw::ipv4_address::loopback(), 9}));
    const test::no_socket file;

    const auto refused = [](auto adopt, const auto& what) {
        const auto outcome = adopt(what.native_handle());
        CHECK(test::is_open(what));
        CHECK((outcome || failure(outcome).operation() == operation::adopt));
        return failure(outcome);
    };
    const auto tcp4 = [](auto native) { return kw::tcp4::socket::adopt(native); };
    const auto tcp6 = [](auto native) { return kw::tcp6::socket::adopt(native); };
    const auto udp = [](auto native) { return kw::udp::socket::adopt(native); };
    const auto icmp4 = [](auto native) { return kw::icmp4::socket::adopt(native); };
    CHECK(refused(tcp4, ends.client) == errc::already_connected);
    CHECK(refused(tcp4, listening) == errc::wrong_kind);
    CHECK(refused(tcp4, datagram) == errc::wrong_kind);
    CHECK(refused(tcp6, stream) == errc::wrong_kind);
    CHECK(refused(udp, stream) == errc::wrong_kind);
    CHECK(refused(udp, connected) == errc::already_connected);
    CHECK(refused(icmp4, datagram) == errc::wrong_kind);
    CHECK(refused(tcp4, file) == errc::not_a_socket);
    CHECK(failure(kw::udp::socket::adopt(kw::handle::invalid)) == test::bad_handle_error);
}

TEST_CASE("adopt asks for the protocol too") {
    const auto ping = kw::icmp4::socket::open();
    if (!ping && test::is_unavailable(ping.error())) {
        test::skipped("raw sockets", test::message_of(ping.error()));
        return;
    }
    REQUIRE(ping);
    using tcp_by_hand = kw::socket<kw::ipv4, kw::raw, kw::ipproto::numbered<IPPROTO_TCP>>;
    CHECK(failure(tcp_by_hand::adopt(ping->native_handle())) == errc::wrong_kind);
    auto same = must(kw::icmp4::socket::adopt(ping->native_handle()));
    CHECK(same.release() == ping->native_handle());
}

TEST_CASE_FIXTURE(test::bounded, "every operation on a socket without a descriptor is an error of the handle") {
    const kw::tcp::endpoint somewhere = "127.0.0.1:9"_ip_endpoint;
    kw::tcp::socket never;
    test::check_socket_refused(never, somewhere);
    auto closed = must(kw::udp::socket::open_for(somewhere));
    must(closed.close());
    test::check_socket_refused(closed, somewhere);
    auto source = must(kw::udp::socket::open_for(somewhere));
    const kw::udp::socket owner = std::move(source);
    test::check_socket_refused(source, somewhere);
    CHECK(owner.is_open());
}
