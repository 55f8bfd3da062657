// SPDX-License-Identifier: BSL-1.0
#include <keyway/socket.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "support/loopback.hpp"

namespace kw = keyway;
using kw::errc;
using kw::operation;
using test::failure;
using test::must;

static_assert(sizeof(kw::tcp::socket) == sizeof(int) && sizeof(kw::unix_datagram::socket_view) == sizeof(int));
static_assert(!std::is_copy_constructible_v<kw::udp::socket>);
static_assert(std::is_nothrow_move_constructible_v<kw::unix_datagram::socket>);
static_assert(std::is_convertible_v<kw::udp::socket&, kw::udp::socket_view>);

// What each kind of socket has and has not got.
static_assert(kw::can_listen<kw::tcp::socket> && !kw::can_listen<kw::udp::socket> && !kw::can_listen<kw::tcp::socket&>);
static_assert(kw::can_connect<kw::tcp::socket> && !kw::can_connect<kw::tcp::socket&>);
static_assert(kw::can_send_to<kw::udp::socket> && !kw::can_send_to<kw::tcp::socket>);
static_assert(kw::can_recv_from<kw::udp::socket> && !kw::can_recv_from<kw::unix_seqpacket::socket>);
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

TEST_CASE_TEMPLATE("a socket is what its type says", T, kw::tcp4, kw::tcp6, kw::udp4, kw::udp6, kw::unix_stream,
                   kw::unix_datagram, kw::unix_seqpacket) {
    if (!test::has_family<T>()) return;
    const auto socket = must(T::socket::open());
    CHECK(must(socket.template get<kw::option::domain>()) == T::family::domain);
    CHECK(must(socket.template get<kw::option::type>()) == T::type::native);
    if constexpr (T::protocol::number != 0)
        CHECK(must(socket.template get<kw::option::protocol>()) == T::protocol::number);
    CHECK_FALSE(must(socket.template get<kw::option::accepting>()));
    CHECK_FALSE(must(socket.template get<kw::option::non_blocking>()));
}

TEST_CASE("a socket of either Internet family is opened for an endpoint") {
    CHECK(must(must(kw::tcp::socket::open_for("127.0.0.1:0"_ip_endpoint)).get<kw::option::domain>()) == AF_INET);
    CHECK(must(must(kw::tcp4::socket::open_for("127.0.0.1:0"_ipv4_endpoint)).get<kw::option::domain>()) == AF_INET);
    if (!test::has_family<kw::udp6>()) return;
    CHECK(must(must(kw::udp::socket::open_for("[::1]:0"_ip_endpoint)).get<kw::option::domain>()) == AF_INET6);
}

TEST_CASE("opening a raw socket takes a privilege, and says so") {
    test::check_in_child([]() -> std::string {
        if (!test::become_nobody()) return "skipped: only root can become nobody";
        const auto refused = kw::icmp4::socket::open();
        KEYWAY_CHILD_CHECK(failure(refused) == errc::not_permitted);
        KEYWAY_CHILD_CHECK(failure(refused).operation() == operation::open);
        return "";
    });
}

TEST_CASE("bind to port 0 lets the system choose") {
    auto socket = must(kw::udp4::socket::open());
    must(socket.bind(net::any_loopback_port<kw::udp4>()));
    const auto at = must(socket.local_endpoint());
    CHECK(at.address() == kw::ipv4_address::loopback());
    CHECK(at.port() != 0);
}

TEST_CASE("bind says what is wrong") {
    const auto taken = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    auto socket = must(kw::udp4::socket::open());
    const auto in_use = socket.bind(must(taken.local_endpoint()));
    CHECK(failure(in_use) == errc::address_in_use);
    CHECK(failure(in_use).operation() == operation::bind);
    CHECK(std::string(failure(in_use).message().view()) == "bind: Address already in use");
    CHECK(failure(socket.bind({kw::ipv4_address(192, 0, 2, 1), 0})) == errc::address_not_available);
    must(socket.bind(net::any_loopback_port<kw::udp4>()));
    CHECK(failure(socket.bind(net::any_loopback_port<kw::udp4>())) == errc::invalid_argument);  // bound already
}

TEST_CASE("bind to a path in somebody else's directory is access_denied") {
    const test::temporary_directory directory;  // of mode 0700
    test::check_in_child([&]() -> std::string {
        if (!test::become_nobody()) return "skipped: only root can become nobody";
        auto socket = must(kw::unix_stream::socket::open());
        KEYWAY_CHILD_CHECK(failure(socket.bind(directory.endpoint())) == errc::access_denied);
        return "";
    });
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
    const int native = socket.native_handle();
    const auto listener = must(std::move(socket).listen(5));
    CHECK_FALSE(socket.is_open());
    CHECK(listener.native_handle() == native);

    auto other = must(kw::socket<kw::ipv4, kw::stream>::open());
    const int other_native = other.native_handle();
    const auto connection = must(std::move(other).connect(must(listener.local_endpoint())));
    CHECK_FALSE(other.is_open());
    CHECK(connection.native_handle() == other_native);
    CHECK(must(listener.accept()).peer == must(connection.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "a listen that fails leaves the socket as it was") {
    const kw::tcp4::endpoint at(test::own_loopback(), 0);
    auto first = must(kw::tcp4::bind(at, {.reuse_address = true}));
    auto second = must(kw::tcp4::bind(must(first.local_endpoint()), {.reuse_address = true}));
    const auto listener = must(std::move(first).listen());
    const auto refused = std::move(second).listen();
    CHECK(failure(refused) == errc::address_in_use);
    CHECK(failure(refused).operation() == operation::listen);
    CHECK(second.is_open());
    CHECK(must(second.local_endpoint()) == must(listener.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "12: refused connect is connection_refused, and the spent socket is closed") {
    // Bound and not listening: nobody else gets the port, and the system refuses.
    const auto deaf = must(kw::tcp4::bind(net::any_loopback_port<kw::tcp4>()));
    auto socket = must(kw::tcp4::socket::open());
    const int native = socket.native_handle();
    const auto refused = std::move(socket).connect(must(deaf.local_endpoint()));
    CHECK(failure(refused) == errc::connection_refused);
    CHECK(failure(refused).operation() == operation::connect);
    CHECK_FALSE(socket.is_open());
    CHECK_FALSE(test::is_open(native));
}

TEST_CASE_FIXTURE(test::bounded, "12: refused connect of a non-blocking socket waits for the answer too") {
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
    CHECK(must(connection.get<kw::option::non_blocking>()));
    CHECK(must(connection.peer_endpoint()) == must(listener.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "a datagram socket whose connect fails stays as it was") {
    auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto at = must(socket.local_endpoint());
    // From a loopback address there is no way out.
    CHECK(failure(std::move(socket).connect({kw::ipv4_address(192, 0, 2, 1), 9})) == errc::invalid_argument);
    REQUIRE(socket.is_open());
    CHECK(must(socket.local_endpoint()) == at);
}

TEST_CASE_TEMPLATE("18: a full AF_UNIX backlog is would_block, and the socket can try again", T, kw::unix_stream,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    const test::temporary_directory directory;
    const auto listener = must(T::listen(directory.endpoint(), {.backlog = 0}));
    std::vector<typename T::connection> waiting;
    auto socket = must(T::socket::open());
    must(socket.set(kw::option::non_blocking{true}));
    for (;;) {
        auto outcome = std::move(socket).connect(directory.endpoint());
        if (!outcome) {
            CHECK(outcome.error().would_block());
            CHECK(outcome.error().operation() == operation::connect);
            break;
        }
        waiting.push_back(std::move(*outcome));
        REQUIRE(waiting.size() < 10);
        socket = must(T::socket::open());
        must(socket.set(kw::option::non_blocking{true}));
    }
    CHECK_FALSE(waiting.empty());
    REQUIRE(socket.is_open());
    CHECK(listener.accept());
    CHECK(std::move(socket).connect(directory.endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "19: every way in which an AF_UNIX connect fails has its name") {
    const test::temporary_directory directory;
    const auto connect = [&](std::string_view name) {
        const auto outcome = kw::unix_stream::connect(directory.endpoint(name));
        CHECK((outcome || failure(outcome).operation() == operation::connect));
        return failure(outcome);
    };
    CHECK(connect("missing") == errc::no_such_file);

    test::make_file(directory.path("file"));
    CHECK(connect("file") == errc::connection_refused);

    const auto datagrams = must(kw::unix_datagram::bind(directory.endpoint("datagrams")));
    CHECK(connect("datagrams") == errc::wrong_protocol_type);
    const auto packets = must(kw::unix_seqpacket::listen(directory.endpoint("packets")));
    CHECK(connect("packets") == errc::wrong_protocol_type);

    auto dead = must(kw::unix_stream::listen(directory.endpoint("stale")));
    ::close(dead.release());  // the path stays
    CHECK(connect("stale") == errc::connection_refused);

    const auto deaf = must(kw::unix_stream::bind(directory.endpoint("deaf")));
    CHECK(connect("deaf") == errc::connection_refused);
}

TEST_CASE_FIXTURE(test::bounded, "19: an AF_UNIX connect without permission is access_denied") {
    const test::temporary_directory directory;
    const auto listener = must(kw::unix_stream::listen(directory.endpoint()));
    const auto try_it = [&]() -> std::string {
        if (!test::become_nobody()) return "skipped: only root can become nobody";
        KEYWAY_CHILD_CHECK(failure(kw::unix_stream::connect(directory.endpoint())) == errc::access_denied);
        return "";
    };
    test::check_in_child(try_it);  // no way into the directory
    REQUIRE(::chmod(directory.path("").c_str(), 0755) == 0);
    REQUIRE(::chmod(directory.path("socket").c_str(), 0600) == 0);
    test::check_in_child(try_it);  // nor into the socket
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
    CHECK(peeked.length == 7);
    CHECK(peeked.sender == must(client.local_endpoint()));
    const auto scattered = must(server.peek_from(kw::scatter(four)));
    CHECK(scattered.size == 4);
    CHECK(scattered.truncated);
    CHECK(scattered.sender == must(client.local_endpoint()));
    std::array<std::byte, 16> buffer;
    CHECK(test::text(must(server.recv_from(buffer)).data) == "message");
}

TEST_CASE_TEMPLATE("41: a zero-length datagram is a message with a sender", T, kw::udp, kw::udp4, kw::udp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto server = must(T::bind(net::any_loopback_port<T>()));
    const auto client = must(T::bind(net::any_loopback_port<T>()));
    CHECK(must(client.send_to("", must(server.local_endpoint()))) == 0);
    CHECK(must(client.send_to(std::span<const kw::const_buffer>{}, must(server.local_endpoint()))) == 0);
    std::array<std::byte, 4> buffer;
    for (int i = 0; i < 2; ++i) {
        const auto got = must(server.recv_from(buffer));
        CHECK(got.data.empty());
        CHECK(got.length == 0);
        CHECK_FALSE(got.truncated);
        CHECK(got.sender == must(client.local_endpoint()));
    }
}

TEST_CASE_TEMPLATE("42: an empty buffer takes a datagram off the queue", T, kw::udp, kw::udp4, kw::udp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto server = must(T::bind(net::any_loopback_port<T>()));
    const auto client = must(T::bind(net::any_loopback_port<T>()));
    for (const auto* word : {"first", "second", "third"})
        must(client.send_to(std::string_view(word), must(server.local_endpoint())));
    const auto got = must(server.recv_from(std::span<std::byte>{}));
    CHECK(got.data.empty());
    CHECK(got.length == 5);
    CHECK(got.truncated);
    CHECK(got.sender == must(client.local_endpoint()));
    const auto scattered = must(server.recv_from(std::span<const kw::mutable_buffer>{}));
    CHECK(scattered.size == 0);
    CHECK(scattered.truncated);
    std::array<std::byte, 8> buffer;
    CHECK(test::text(must(server.recv_from(buffer)).data) == "third");
}

TEST_CASE_FIXTURE(test::bounded, "44: the longest IPv4 datagram is 65507 bytes, and one more is message_too_long") {
    const auto server = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto client = must(kw::udp4::socket::open());
    const std::string bytes(65508, 'x');
    std::vector<std::byte> room(70000);
    CHECK(must(client.send_to(std::string_view(bytes).substr(1), must(server.local_endpoint()))) == 65507);
    CHECK(must(server.recv_from(room)).length == 65507);
    const auto outcome = client.send_to(bytes, must(server.local_endpoint()));
    CHECK(failure(outcome) == errc::message_too_long);
    CHECK(failure(outcome).operation() == operation::send_to);
}

TEST_CASE_FIXTURE(test::bounded, "44: the longest IPv6 datagram is 65527 bytes") {
    if (!test::has_family<kw::udp6>()) return;
    const auto server = must(kw::udp6::bind(net::any_loopback_port<kw::udp6>()));
    const auto client = must(kw::udp6::connect(must(server.local_endpoint())));
    const std::string bytes(65528, 'x');
    std::vector<std::byte> room(70000);
    CHECK(must(client.send(std::string_view(bytes).substr(1))) == 65527);
    CHECK(must(server.recv_from(room)).length == 65527);
    CHECK(failure(client.send(bytes)) == errc::message_too_long);
}

TEST_CASE_FIXTURE(test::bounded, "a message from more than 1024 buffers is message_too_long") {
    const auto server = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto client = must(kw::udp4::socket::open());
    const std::vector<kw::const_buffer> pieces(1025, kw::const_buffer("x"));
    CHECK(must(client.send_to(std::span(pieces).first(1024), must(server.local_endpoint()))) == 1024);
    CHECK(failure(client.send_to(pieces, must(server.local_endpoint()))) == errc::message_too_long);
}

TEST_CASE_FIXTURE(test::bounded, "a broadcast without the option is access_denied") {
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: no network namespace of its own";
        const auto socket = must(kw::udp4::socket::open());
        const kw::udp4::endpoint everybody({127, 255, 255, 255}, 9);
        KEYWAY_CHILD_CHECK(failure(socket.send_to("x", everybody)) == errc::access_denied);
        must(socket.set(kw::option::broadcast{true}));
        KEYWAY_CHILD_CHECK(socket.send_to("x", everybody).has_value());
        return "";
    });
}

TEST_CASE_FIXTURE(test::bounded, "a datagram for a network that nothing leads to is network_unreachable") {
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: no network namespace of its own";
        const auto socket = must(kw::udp4::socket::open());
        constexpr auto outside = "192.0.2.1:9"_ipv4_endpoint;
        KEYWAY_CHILD_CHECK(failure(socket.send_to("x", outside)) == errc::network_unreachable);
        KEYWAY_CHILD_CHECK(failure(kw::tcp::connect(outside)) == errc::network_unreachable);
        return "";
    });
}

TEST_CASE_FIXTURE(test::bounded, "nothing to receive is would_block on a non-blocking socket") {
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    must(socket.set(kw::option::non_blocking{true}));
    std::array<std::byte, 4> buffer;
    const auto nothing = socket.recv_from(buffer);
    CHECK(failure(nothing) == errc::would_block);
    CHECK(failure(nothing).operation() == operation::recv_from);
    CHECK(failure(socket.recv_from(kw::scatter(buffer))) == errc::would_block);
    CHECK(failure(socket.peek_from(buffer)) == errc::would_block);
    CHECK(failure(socket.peek_from(kw::scatter(buffer))) == errc::would_block);
}

// ---- local datagrams and names

TEST_CASE_FIXTURE(test::bounded, "48: a full queue of local datagrams is would_block, and drains") {
    const test::temporary_directory directory;
    const auto server = must(kw::unix_datagram::bind(directory.endpoint()));
    const auto client = must(kw::unix_datagram::socket::open());
    must(client.set(kw::option::non_blocking{true}));
    std::size_t queued = 0;
    kw::result<std::size_t> sent;
    while ((sent = client.send_to("message", directory.endpoint()))) REQUIRE(++queued < 100'000);
    CHECK(sent.error().would_block());
    CHECK(queued > 0);
    std::array<std::byte, 16> buffer;
    for (std::size_t i = 0; i < queued; ++i) CHECK(test::text(must(server.recv_from(buffer)).data) == "message");
    CHECK(client.send_to("again", directory.endpoint()));
    CHECK(test::text(must(server.recv_from(buffer)).data) == "again");
}

TEST_CASE_FIXTURE(test::bounded, "49: a sender that bound no name is unnamed") {
    const test::temporary_directory directory;
    const auto server = must(kw::unix_datagram::bind(directory.endpoint("server")));
    const auto nameless = must(kw::unix_datagram::socket::open());
    must(nameless.send_to("who am I?", directory.endpoint("server")));
    std::array<std::byte, 16> buffer;
    CHECK(must(server.recv_from(buffer)).sender.is_unnamed());
    must(nameless.send_to("who am I?", directory.endpoint("server")));
    CHECK(must(server.recv_from(kw::scatter(buffer))).sender.is_unnamed());
    CHECK(must(nameless.local_endpoint()).is_unnamed());

    const auto named = must(kw::unix_datagram::bind(directory.endpoint("client")));
    must(named.send_to("it's me", directory.endpoint("server")));
    CHECK(must(server.recv_from(buffer)).sender == directory.endpoint("client"));
}

TEST_CASE_FIXTURE(test::bounded, "a local datagram for nobody says whether the file or the reader is missing") {
    const test::temporary_directory directory;
    const auto client = must(kw::unix_datagram::socket::open());
    CHECK(failure(client.send_to("x", directory.endpoint("missing"))) == errc::no_such_file);
    test::make_file(directory.path("file"));
    CHECK(failure(client.send_to("x", directory.endpoint("file"))) == errc::connection_refused);
}

TEST_CASE_FIXTURE(test::bounded, "57: an abstract name is its bytes, NUL too, up to all of the room") {
    using namespace std::string_view_literals;
    const std::string own = "keyway-" + std::to_string(::getpid());
    const std::string with_nuls = own + std::string("\0a\0"sv);
    const std::string shorter = own + std::string("\0a"sv);
    std::string full = own;
    full.resize(kw::unix_stream::endpoint::max_abstract_name, '.');
    CHECK(full.size() == 107);
    for (const std::string& name : {with_nuls, shorter, full}) {
        const auto at = kw::unix_stream::endpoint::abstract(name);
        REQUIRE(at);
        const auto listener = must(kw::unix_stream::listen(*at));
        const auto named = must(listener.local_endpoint());
        CHECK(named.is_abstract());
        CHECK((named.abstract_name() == name));
        CHECK(named == *at);
        const auto client = must(kw::unix_stream::connect(*at));
        CHECK(must(client.peer_endpoint()) == *at);
    }
    // Nothing holds the name any more, and there was never a file.
    CHECK(failure(kw::unix_stream::connect(*kw::unix_stream::endpoint::abstract(full))) == errc::connection_refused);
}

TEST_CASE_FIXTURE(test::bounded, "58: autobind gives every socket a name of its own") {
    const auto first = must(kw::unix_datagram::bind(kw::unix_datagram::endpoint::autobind()));
    const auto second = must(kw::unix_datagram::bind(kw::unix_datagram::endpoint::autobind()));
    const auto name = must(first.local_endpoint());
    CHECK(name.is_abstract());
    CHECK(name.abstract_name().size() == 5);
    CHECK(name.abstract_name().find_first_not_of("0123456789abcdef") == std::string_view::npos);
    CHECK(name != must(second.local_endpoint()));
    must(second.send_to("hello", name));
    std::array<std::byte, 8> buffer;
    CHECK(must(first.recv_from(buffer)).sender == must(second.local_endpoint()));
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

TEST_CASE("what release() gave up adopt() takes back") {
    auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto at = must(socket.local_endpoint());
    auto adopted = must(kw::udp::socket::adopt(socket.release()));
    CHECK_FALSE(socket.is_open());
    CHECK(must(adopted.local_endpoint()) == at);
    const auto unchecked = kw::udp4::socket::adopt_unchecked(adopted.release());
    CHECK(must(unchecked.local_endpoint()) == at);
}

TEST_CASE_FIXTURE(test::bounded, "adopt refuses what is no such socket, and leaves it open with the caller") {
    const auto ends = test::connect_ends();
    const auto listening = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto stream = must(kw::tcp4::socket::open());
    const auto datagram = must(kw::udp4::socket::open());
    const auto connected = must(kw::udp4::connect({kw::ipv4_address::loopback(), 9}));
    const auto local = must(kw::unix_datagram::pair());
    const auto local_stream = must(kw::unix_stream::socket::open());
    const kw::handle file(::open("/dev/null", O_RDWR | O_CLOEXEC));

    const auto refused = [](auto adopt, const kw::handle_view& what) {
        const auto outcome = adopt(what.native_handle());
        CHECK(test::is_open(what.native_handle()));
        CHECK((outcome || failure(outcome).operation() == operation::adopt));
        return failure(outcome);
    };
    const auto tcp4 = [](int native) { return kw::tcp4::socket::adopt(native); };
    const auto tcp6 = [](int native) { return kw::tcp6::socket::adopt(native); };
    const auto udp = [](int native) { return kw::udp::socket::adopt(native); };
    const auto icmp4 = [](int native) { return kw::icmp4::socket::adopt(native); };
    const auto unix_datagram = [](int native) { return kw::unix_datagram::socket::adopt(native); };
    CHECK(refused(tcp4, ends.client) == errc::already_connected);
    CHECK(refused(tcp4, listening) == errc::wrong_kind);
    CHECK(refused(tcp4, datagram) == errc::wrong_kind);
    CHECK(refused(tcp6, stream) == errc::wrong_kind);
    CHECK(refused(udp, stream) == errc::wrong_kind);
    CHECK(refused(udp, connected) == errc::already_connected);
    CHECK(refused(udp, local[0]) == errc::wrong_kind);
    CHECK(refused(icmp4, datagram) == errc::wrong_kind);
    CHECK(refused(unix_datagram, local[0]) == errc::already_connected);
    CHECK(refused(unix_datagram, local_stream) == errc::wrong_kind);
    CHECK(refused(unix_datagram, datagram) == errc::wrong_kind);
    CHECK(refused(tcp4, file) == errc::not_a_socket);
    CHECK(failure(kw::udp::socket::adopt(-1)) == errc::bad_descriptor);
}

TEST_CASE("adopt asks for the protocol too") {
    const auto ping = kw::icmp4::socket::open();
    if (!ping) {
        MESSAGE("skipped: " << test::message_of(ping.error()));
        return;
    }
    using tcp_by_hand = kw::socket<kw::ipv4, kw::raw, kw::ipproto::numbered<IPPROTO_TCP>>;
    CHECK(failure(tcp_by_hand::adopt(ping->native_handle())) == errc::wrong_kind);
    auto same = must(kw::icmp4::socket::adopt(ping->native_handle()));
    CHECK(same.release() == ping->native_handle());
}

namespace {

/// Every operation of a socket that has no descriptor.
template <class Socket>
void check_all_refused(Socket& none, const typename Socket::endpoint& somewhere) {
    std::array<std::byte, 4> buffer;
    CHECK_FALSE(none.is_open());
    CHECK(failure(none.bind(somewhere)) == errc::bad_descriptor);
    CHECK(failure(none.local_endpoint()) == errc::bad_descriptor);
    CHECK(failure(none.duplicate()) == errc::bad_descriptor);
    CHECK(failure(none.set(kw::option::receive_buffer{4096})) == errc::bad_descriptor);
    CHECK(failure(none.template get<kw::option::receive_buffer>()) == errc::bad_descriptor);
    CHECK(failure(none.set(kw::option::non_blocking{true})) == errc::bad_descriptor);
    CHECK(failure(none.template get<kw::option::non_blocking>()) == errc::bad_descriptor);
    if constexpr (kw::can_send_to<Socket>) {
        CHECK(failure(none.send_to("x", somewhere)) == errc::bad_descriptor);
        CHECK(failure(none.send_to(kw::gather("x"), somewhere)) == errc::bad_descriptor);
        CHECK(failure(none.recv_from(buffer)) == errc::bad_descriptor);
        CHECK(failure(none.recv_from(kw::scatter(buffer))) == errc::bad_descriptor);
        CHECK(failure(none.peek_from(buffer)) == errc::bad_descriptor);
        CHECK(failure(none.peek_from(kw::scatter(buffer))) == errc::bad_descriptor);
    } else {
        CHECK(failure(std::move(none).listen()) == errc::bad_descriptor);
    }
    CHECK(failure(std::move(none).connect(somewhere)) == errc::bad_descriptor);
    CHECK(failure(none.close()) == errc::bad_descriptor);
    CHECK(none.release() == kw::handle::invalid);
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "66: every operation on a socket without a descriptor is bad_descriptor") {
    const kw::tcp::endpoint somewhere = "127.0.0.1:9"_ip_endpoint;
    kw::tcp::socket never;
    check_all_refused(never, somewhere);
    auto closed = must(kw::udp::socket::open_for(somewhere));
    must(closed.close());
    check_all_refused(closed, somewhere);
    auto source = must(kw::unix_datagram::socket::open());
    const kw::unix_datagram::socket owner = std::move(source);
    check_all_refused(source, kw::unix_datagram::endpoint::autobind());
    CHECK(owner.is_open());
}
