// SPDX-License-Identifier: BSL-1.0
#include <keyway/connection.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <keyway/option/socket.hpp>

#include "support/loopback.hpp"
#include "support/refusals.hpp"

namespace kw = keyway;
using kw::errc;
using test::failure;
using test::must;
using namespace std::chrono_literals;

static_assert(sizeof(kw::tcp::connection) == sizeof(kw::handle::native_type) &&
              sizeof(kw::tcp::connection_view) == sizeof(kw::handle::native_type));
static_assert(sizeof(kw::unix_stream::connection) == sizeof(kw::handle::native_type));
static_assert(!std::is_copy_constructible_v<kw::tcp::connection>);
static_assert(std::is_nothrow_move_constructible_v<kw::tcp::connection>);
static_assert(std::is_convertible_v<kw::tcp::connection&, kw::tcp::connection_view>);

// What a connection has not got.
static_assert(!kw::can_accept<kw::tcp::connection> && !kw::can_listen<kw::tcp::connection>);
static_assert(!kw::can_send_to<kw::udp::connection> && !kw::can_recv_from<kw::udp::connection>);
static_assert(!kw::can_send_all<kw::udp::connection> && !kw::can_recv_exact<kw::udp::connection>);

namespace {

template <class Connection>
concept can_reset = requires(Connection c) { static_cast<Connection&&>(c).reset(); };
template <class Connection>
concept can_disconnect = requires(Connection c) { static_cast<Connection&&>(c).disconnect(); };

static_assert(can_reset<kw::tcp::connection> && !can_reset<kw::udp::connection> &&
              !can_reset<kw::unix_stream::connection> && !can_reset<kw::tcp::connection&>);
static_assert(can_disconnect<kw::udp::connection> && !can_disconnect<kw::tcp::connection> &&
              !can_disconnect<kw::udp::connection&>);

/// `count` buffers over `bytes`, every third of them empty, the others of sizes that differ.
template <class Buffer, class Bytes>
std::vector<Buffer> cut(Bytes& bytes, std::size_t count) {
    std::vector<Buffer> pieces(count);
    const std::size_t wanted = bytes.size() / count + 1;
    std::size_t done = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t left = bytes.size() - done;
        std::size_t size = i % 3 == 0 ? 0 : wanted + i % 5;
        if (size > left || i + 2 >= count) size = i + 1 == count ? 0 : left;
        pieces[i] = Buffer(std::span(bytes).subspan(done, size));
        done += size;
    }
    return pieces;
}

std::vector<unsigned char> numbers(std::size_t size) {
    std::vector<unsigned char> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(i * 31 + i / 251);
    return bytes;
}

constexpr kw::option::linger linger_for(int seconds) { return {{.enabled = true, .seconds = seconds}}; }

}  // namespace

// ---- bytes there and back

TEST_CASE_TEMPLATE("a stream carries bytes both ways", T, kw::tcp, kw::tcp4, kw::tcp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto [client, server] = test::connect_ends<T>();
    CHECK(must(client.peer_endpoint()) == must(server.local_endpoint()));
    CHECK(must(server.peer_endpoint()) == must(client.local_endpoint()));
    std::array<std::byte, 16> buffer;
    CHECK(must(client.send("ping")) == 4);
    CHECK(test::text(must(server.recv(buffer))) == "ping");
    CHECK(must(server.send("pong!")) == 5);
    CHECK(test::text(must(client.recv(buffer))) == "pong!");
}

TEST_CASE_FIXTURE(test::bounded, "a received span is the filled part of the buffer") {
    const auto [client, server] = test::connect_ends();
    must(client.send_all("abc"));
    std::array<std::byte, 16> buffer;
    const auto got = must(server.recv(buffer));
    CHECK(got.data() == buffer.data());
    CHECK(got.size() == 3);
}

TEST_CASE_FIXTURE(test::bounded, "send_all and recv_exact move more than the kernel holds") {
    const auto ends = test::connect_ends();
    const auto& client = ends.client;
    const auto& server = ends.server;
    const auto sent = numbers(8U << 20);
    kw::transfer_result<void> outcome;
    std::thread sender([&] { outcome = client.send_all(sent); });
    std::vector<unsigned char> received(sent.size());
    const auto got = server.recv_exact(received);
    sender.join();
    CHECK(outcome);
    CHECK(must(got).data() == reinterpret_cast<std::byte*>(received.data()));
    CHECK(must(got).size() == sent.size());
    CHECK((received == sent));
}

TEST_CASE_FIXTURE(test::bounded, "send_all and recv_exact take any number of buffers, empty ones among them") {
    const auto ends = test::connect_ends();
    const auto& client = ends.client;
    const auto& server = ends.server;
    for (const std::size_t count : {1U, 2U, 15U, 16U, 17U, 32U, 33U, 1024U, 1025U, 3000U}) {
        CAPTURE(count);
        const auto sent = numbers(100'000);
        std::vector<unsigned char> received(sent.size());
        const auto pieces = cut<kw::const_buffer>(sent, count);
        const auto room = cut<kw::mutable_buffer>(received, count + 7);
        const std::size_t total = kw::detail::total_size(std::span<const kw::const_buffer>(pieces));
        kw::transfer_result<void> outcome;
        std::thread sender([&] { outcome = client.send_all(pieces); });
        auto got = server.recv_exact(std::span(received).first(total));
        sender.join();
        CHECK(outcome);
        CHECK(must(got).size() == total);
        CHECK(std::equal(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(total), sent.begin()));

        std::fill(received.begin(), received.end(), static_cast<unsigned char>(0));
        const std::size_t room_size = kw::detail::total_size(std::span<const kw::mutable_buffer>(room));
        std::thread again([&] { outcome = client.send_all(std::span(sent).first(room_size)); });
        const auto scattered = server.recv_exact(room);
        again.join();
        CHECK(outcome);
        CHECK(must(scattered) == room_size);
        CHECK(std::equal(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(room_size), sent.begin()));
    }
}

TEST_CASE_FIXTURE(test::bounded, "a list of nothing but empty buffers is done at once") {
    const auto [client, server] = test::connect_ends();
    const std::array<kw::const_buffer, 20> nothing{};
    const std::array<kw::mutable_buffer, 20> nowhere{};
    CHECK(client.send_all(nothing));
    CHECK(client.send_all(std::span<const kw::const_buffer>{}));
    CHECK(must(server.recv_exact(nowhere)) == 0);
    CHECK(must(server.recv_exact(std::span<const kw::mutable_buffer>{})) == 0);
    CHECK(must(server.recv(nowhere)) == 0);
    CHECK(client.send_all(""));
    CHECK(must(server.recv_exact(std::span<std::byte>{})).empty());
}

TEST_CASE_FIXTURE(test::bounded, "send and recv take several buffers in one call") {
    const auto [client, server] = test::connect_ends();
    CHECK(must(client.send(kw::gather("he", "", "llo"))) == 5);
    char first[2] = {};
    char second[8] = {};
    CHECK(test::readable(server));
    CHECK(must(server.recv(kw::scatter(first, second))) == 5);
    CHECK(std::string(first, 2) == "he");
    CHECK(std::string(second) == "llo");
}

TEST_CASE_FIXTURE(test::bounded, "peek leaves the bytes for the next call") {
    const auto [client, server] = test::connect_ends();
    must(client.send_all("hello"));
    std::array<std::byte, 3> three;
    CHECK(test::text(must(server.peek(three))) == "hel");
    char a[1] = {};
    char b[3] = {};
    CHECK(must(server.peek(kw::scatter(a, b))) == 4);
    CHECK(std::string(b, 3) == "ell");
    std::array<std::byte, 16> all;
    CHECK(test::text(must(server.recv(all))) == "hello");
}

TEST_CASE_FIXTURE(test::bounded, "an empty buffer on a stream returns at once") {
    const auto [client, server] = test::connect_ends();  // nothing is sent, so a call would wait
    CHECK(must(server.recv(std::span<std::byte>{})).empty());
    CHECK(must(server.peek(std::span<std::byte>{})).empty());
    CHECK(must(server.recv(std::span<const kw::mutable_buffer>{})) == 0);
    must(client.send_all("x"));
    CHECK(must(server.recv(std::span<std::byte>{})).empty());
    std::array<std::byte, 2> buffer;
    CHECK(test::text(must(server.recv(buffer))) == "x");
}

TEST_CASE_FIXTURE(test::bounded, "non-blocking: nothing there is would_block, and so is a full send buffer") {
    const auto [client, server] = test::connect_ends();
    must(server.set(kw::option::non_blocking{true}));
    std::array<std::byte, 4> buffer;
    const auto nothing = server.recv(buffer);
    CHECK(failure(nothing) == errc::operation_would_block);
    CHECK(failure(nothing).operation() == kw::operation::recv);
    CHECK(failure(server.recv(kw::scatter(buffer))) == errc::operation_would_block);

    CHECK(test::fill_up(client) > 0);
    must(client.set(kw::option::non_blocking{true}));
    auto full = client.send("x");
    // What is full may have space again, when the kernel has carried some of it over.
    for (int i = 0; full && i < 100'000; ++i) full = client.send("x");
    CHECK(failure(full) == errc::operation_would_block);
    CHECK(failure(full).operation() == kw::operation::send);
}

TEST_CASE_FIXTURE(test::bounded, "a non-blocking send_all that meets a full buffer reports the bytes sent") {
    const auto [client, server] = test::connect_ends();
    must(client.set(kw::option::non_blocking{true}));
    const auto sent = numbers(32U << 20);
    std::size_t before = 0;
    auto outcome = client.send_all(sent);
    // Windows takes whatever it is given while there is any space at all.
    for (; outcome && before < 16 * sent.size(); outcome = client.send_all(sent)) before += sent.size();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == errc::operation_would_block);
    CHECK(before + outcome.error().transferred > 0);
    CHECK(outcome.error().transferred < sent.size());
    // The count is the truth: exactly that many arrive.
    must(client.shutdown_send());
    CHECK(test::read_to_end(server).size() == before + outcome.error().transferred);
}

TEST_CASE_FIXTURE(test::bounded, "recv_exact that meets the end says how far it came") {
    auto [client, server] = test::connect_ends();
    must(client.send_all("abc"));
    must(client.shutdown_send());
    std::array<std::byte, 8> buffer;
    const auto short_one = server.recv_exact(buffer);
    REQUIRE_FALSE(short_one);
    CHECK(short_one.error() == errc::end_of_stream);
    CHECK(short_one.error().end_of_stream());
    CHECK(short_one.error().operation() == kw::operation::recv);
    CHECK(short_one.error().transferred == 3);
    CHECK(test::text(std::span(buffer).first(3)) == "abc");

    const auto scattered = server.recv_exact(kw::scatter(buffer));
    REQUIRE_FALSE(scattered);
    CHECK(scattered.error() == errc::end_of_stream);
    CHECK(scattered.error().transferred == 0);
}

TEST_CASE_FIXTURE(test::bounded, "a scattered recv_exact that meets the end says how far it came") {
    const auto [client, server] = test::connect_ends();
    must(client.send_all("abcde"));
    must(client.shutdown_send());
    char first[2] = {};
    char second[4] = {};
    const auto outcome = server.recv_exact(kw::scatter(first, second));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == errc::end_of_stream);
    CHECK(outcome.error().transferred == 5);
    CHECK(std::string(first, 2) + std::string(second, 3) == "abcde");
}

// ---- how connections end

TEST_CASE_FIXTURE(test::bounded, "send_all to a peer that resets midway reports the bytes sent") {
    if (test::skipped_under_wine("a reset in the middle of a large send", "now and then leaves the send waiting"))
        return;
    auto ends = test::connect_ends();
    auto& client = ends.client;
    auto& server = ends.server;
    const auto sent = numbers(64U << 20);
    constexpr std::size_t taken = 100'000;
    bool took = false;
    std::thread peer([&, end = std::move(server)]() mutable {
        std::vector<std::byte> room(taken);
        took = end.recv_exact(room).has_value();
        took = std::move(end).reset().has_value() && took;
    });
    const auto outcome = client.send_all(sent);
    peer.join();
    CHECK(took);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().connection_lost());
    CHECK(outcome.error().operation() == kw::operation::send);
    if (test::tells_partial_sends) CHECK(outcome.error().transferred >= taken);
    CHECK(outcome.error().transferred < sent.size());
}

TEST_CASE_FIXTURE(test::bounded, "a gathered send_all says it too") {
    auto ends = test::connect_ends();
    auto& client = ends.client;
    auto& server = ends.server;
    const auto sent = numbers(32U << 20);
    const auto pieces = cut<kw::const_buffer>(sent, 1000);
    std::vector<std::byte> room(10'000);
    std::thread peer([&, end = std::move(server)]() mutable {
        (void)end.recv_exact(room);
        (void)std::move(end).reset();
    });
    const auto outcome = client.send_all(pieces);
    peer.join();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().connection_lost());
    if (test::tells_partial_sends) CHECK(outcome.error().transferred >= room.size());
    CHECK(outcome.error().transferred < sent.size());
}

TEST_CASE_FIXTURE(test::bounded, "the end of a stream repeats") {
    const auto [client, server] = test::connect_ends();
    must(client.send_all("x"));
    must(client.shutdown_send());
    std::array<std::byte, 8> buffer;
    CHECK(test::text(must(server.recv(buffer))) == "x");
    for (int i = 0; i < 3; ++i) CHECK(must(server.recv(buffer)).empty());
    CHECK(must(server.peek(buffer)).empty());
    CHECK(must(server.recv(kw::scatter(buffer))) == 0);
}

namespace {

/// What a recv that waits says when `end` happens to the other side.
template <class End>
kw::result<std::size_t> recv_during(const kw::tcp::connection& connection, End end) {
    std::atomic<test::thread_number> waiting{};
    std::array<std::byte, 8> buffer;
    kw::result<std::size_t> got;
    std::thread reader([&] {
        waiting = test::this_thread_number();
        got = connection.recv(kw::scatter(buffer));
    });
    while (waiting == test::thread_number{}) std::this_thread::yield();
    test::wait_until_asleep(waiting);
    end();
    reader.join();
    return got;
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "closing with unread bytes resets a peer that waits") {
    auto ends = test::connect_ends();
    auto& server = ends.server;
    must(ends.client.send_all("unread"));
    REQUIRE(test::readable(server));
    const auto got = recv_during(ends.client, [&] { must(server.close()); });
    CHECK(failure(got) == errc::connection_reset);
    CHECK(failure(got).connection_lost());
}

TEST_CASE_FIXTURE(test::bounded, "reset() gives a peer that waits a reset, and closes") {
    auto ends = test::connect_ends();
    auto& client = ends.client;
    const auto native = client.native_handle();
    const auto got = recv_during(ends.server, [&] { CHECK(std::move(client).reset()); });
    CHECK_FALSE(client.is_open());
    CHECK_FALSE(test::is_open(native));
    CHECK(failure(got) == errc::connection_reset);
    CHECK(failure(got).operation() == kw::operation::recv);
}

TEST_CASE_FIXTURE(test::bounded, "a close without a reset is an end to a peer that waits") {
    auto ends = test::connect_ends();
    auto& client = ends.client;
    const auto got = recv_during(ends.server, [&] { must(client.close()); });
    CHECK(must(got) == 0);
}

TEST_CASE_FIXTURE(test::bounded, "sending to a peer that reset fails, and the connection is lost") {
    auto ends = test::connect_ends();
    must(std::move(ends.client).reset());
    kw::result<std::size_t> sent = std::size_t{0};
    for (int i = 0; sent && i < 100; ++i) {
        sent = ends.server.send("x");
        std::this_thread::sleep_for(1ms);  // until the reset is here
    }
    CHECK(failure(sent).connection_lost());
}

TEST_CASE_FIXTURE(test::bounded, "who shuts down and reads to the end before closing loses nothing") {
    auto ends = test::connect_ends();
    auto& client = ends.client;
    auto& server = ends.server;
    const auto farewell = numbers(300'000);
    bool polite = false;
    std::thread peer([&, end = std::move(server)]() mutable {
        polite = end.send_all(farewell) && end.shutdown_send();
        std::array<std::byte, 4096> rest;
        for (;;) {
            const auto got = end.recv(rest);
            polite = polite && got.has_value();
            if (!got || got->empty()) break;
        }
        polite = end.close() && polite;
    });
    must(client.send_all("bytes that nobody asked for"));
    const std::string got = test::read_to_end(client);
    must(client.shutdown_send());
    peer.join();
    CHECK(polite);
    CHECK((got == kw::as_text(kw::const_bytes(farewell))));
}

TEST_CASE_FIXTURE(test::bounded, "a destructor does not wait, whatever linger says, and nothing is lost") {
    auto ends = test::connect_ends();
    auto& client = ends.client;
    auto& server = ends.server;
    const std::size_t queued = test::fill_up(client);
    must(client.set(linger_for(5)));
    CHECK(test::time_of([&] { const auto doomed = std::move(client); }) < 2500ms);
    CHECK(test::read_to_end(server).size() == queued);
}

TEST_CASE_FIXTURE(test::bounded, "an assignment to a connection that lingers does not wait either") {
    auto ends = test::connect_ends();
    auto& client = ends.client;
    auto& server = ends.server;
    const std::size_t queued = test::fill_up(client);
    must(client.set(linger_for(5)));
    CHECK(test::time_of([&] { client = kw::tcp::connection(); }) < 2500ms);
    CHECK(test::read_to_end(server).size() == queued);
}

TEST_CASE_FIXTURE(test::bounded, "an explicit close waits as long as linger says") {
    auto ends = test::connect_ends();
    CHECK(test::fill_up(ends.client) > 0);
    must(ends.client.set(linger_for(1)));
    CHECK(test::time_of([&] { (void)ends.client.close(); }) > 900ms);
    CHECK_FALSE(ends.client.is_open());
}

TEST_CASE_FIXTURE(test::bounded, "after a half-close the peer reads to the end and still answers") {
    const auto [client, server] = test::connect_ends();
    must(client.send_all("half a "));
    must(client.send_all("conversation"));
    must(client.shutdown_send());
    const std::string heard = test::read_to_end(server);
    must(server.send_all(heard));
    must(server.shutdown_send());
    CHECK(test::read_to_end(client) == "half a conversation");
}

TEST_CASE_FIXTURE(test::bounded, "sending after shutdown_send is broken_pipe and no signal") {
    const auto [client, server] = test::connect_ends();
    must(client.shutdown_send());
    CHECK(failure(client.send("x")) == errc::broken_pipe);
    CHECK(failure(client.send(kw::gather("x"))) == errc::broken_pipe);
    const auto all = client.send_all("x");
    REQUIRE_FALSE(all);
    CHECK(all.error() == errc::broken_pipe);
    CHECK(all.error().transferred == 0);
}

TEST_CASE_FIXTURE(test::bounded, "shutting down twice is no error while the peer is there") {
    const auto [client, server] = test::connect_ends();
    CHECK(client.shutdown_send());
    CHECK(client.shutdown_send());
    CHECK(client.shutdown_receive());
    CHECK(client.shutdown_both());
}

TEST_CASE_FIXTURE(test::bounded, "without a peer there is nothing to shut down") {
    const auto lonely = must(kw::tcp4::socket::open());
    const auto view = kw::tcp4::connection_view::borrow(lonely.native_handle());
    for (const auto& outcome : {view.shutdown_send(), view.shutdown_receive(), view.shutdown_both()}) {
        CHECK(failure(outcome) == errc::not_connected);
        CHECK(failure(outcome).operation() == kw::operation::shutdown);
    }
    CHECK(failure(view.peer_endpoint()) == errc::not_connected);
    CHECK(failure(view.peer_endpoint()).operation() == kw::operation::peer_endpoint);
}

TEST_CASE_FIXTURE(test::bounded, "after shutdown_receive nothing is received, and sending goes on") {
    const auto [client, server] = test::connect_ends();
    must(server.shutdown_receive());
    std::array<std::byte, 8> buffer;
    const auto got = server.recv(buffer);
    CHECK((got ? got->empty() : got.error().connection_lost()));  // Windows says it as an error
    must(server.send_all("still here"));
    CHECK(test::text(must(client.recv(buffer))) == "still he");
}

TEST_CASE_FIXTURE(test::bounded, "one thread sends while another receives") {
    const auto ends = test::connect_ends();
    const auto& client = ends.client;
    const auto& server = ends.server;
    const auto sent = numbers(1U << 20);
    std::thread echo([&end = server] {
        std::array<std::byte, 8192> buffer;
        while (auto got = end.recv(buffer)) {
            if (got->empty()) break;
            if (!end.send_all(*got)) break;
        }
        (void)end.shutdown_send();
    });
    std::thread sender([&end = client, &sent] {
        (void)end.send_all(sent);
        (void)end.shutdown_send();
    });
    const std::string back = test::read_to_end(client);
    sender.join();
    echo.join();
    CHECK((back == kw::as_text(kw::const_bytes(sent))));
}

// ---- messages

TEST_CASE_FIXTURE(test::bounded, "a connected datagram socket hears its peer alone") {
    const auto peer = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto stranger = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto client = must(kw::udp4::connect(must(peer.local_endpoint())));
    const auto here = must(client.local_endpoint());
    must(stranger.send_to("spam", here));
    must(peer.send_to("news", here));
    std::array<std::byte, 8> buffer;
    REQUIRE(test::readable(client));
    CHECK(test::text(must(client.recv(buffer)).data) == "news");
    must(client.set(kw::option::non_blocking{true}));
    CHECK(failure(client.recv(buffer)) == errc::operation_would_block);
}

TEST_CASE_FIXTURE(test::bounded, "a gathered datagram is one message, of at most 1024 buffers") {
    const auto server = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto client = must(kw::udp4::connect(must(server.local_endpoint())));
    CHECK(must(client.send(kw::gather("one ", "", "message"))) == 11);
    char first[4] = {};
    char second[16] = {};
    const auto got = must(server.recv_from(kw::scatter(first, second)));
    CHECK(got.data == 11);
    CHECK(got.length == 11);
    CHECK_FALSE(got.truncated);
    CHECK(std::string(first, 4) + second == "one message");

    const std::vector<kw::const_buffer> many(1025, kw::const_buffer("x"));
    CHECK(must(client.send(std::span(many).first(1024))) == 1024);
    CHECK(failure(client.send(many)) == errc::message_size);
}

TEST_CASE_FIXTURE(test::bounded, "an empty datagram on a connection is a message") {
    const auto server = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto client = must(kw::udp4::connect(must(server.local_endpoint())));
    const auto here = must(client.local_endpoint());
    CHECK(must(server.send_to("", here)) == 0);
    CHECK(must(server.send_to("next", here)) == 4);
    std::array<std::byte, 8> buffer;
    const auto empty = must(client.recv(buffer));
    CHECK(empty.data.empty());
    CHECK(empty.length == 0);
    CHECK_FALSE(empty.truncated);
    CHECK(test::text(must(client.recv(buffer)).data) == "next");
    CHECK(must(client.send("")) == 0);
    CHECK(must(server.recv_from(buffer)).data.empty());
}

TEST_CASE_FIXTURE(test::bounded, "disconnect gives the peer up, and the socket connects to another") {
    const auto first = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto second = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    auto connection = must(kw::udp4::connect(must(first.local_endpoint())));
    const auto native = connection.native_handle();

    auto socket = must(std::move(connection).disconnect());
    CHECK_FALSE(connection.is_open());
    CHECK(socket.native_handle() == native);
    CHECK(failure(kw::udp4::connection_view::borrow(native).peer_endpoint()) == errc::not_connected);
    must(socket.send_to("to anybody", must(second.local_endpoint())));
    std::array<std::byte, 16> buffer;
    CHECK(test::text(must(second.recv_from(buffer)).data) == "to anybody");

    const auto again = must(std::move(socket).connect(must(second.local_endpoint())));
    CHECK(again.native_handle() == native);
    CHECK(must(again.peer_endpoint()) == must(second.local_endpoint()));
    must(again.send("to you"));
    CHECK(test::text(must(second.recv_from(buffer)).data) == "to you");
}

TEST_CASE_FIXTURE(test::bounded, "disconnect keeps the local endpoint, the port that bind() was told") {
    // A port of its own: the first bind asks the system for it, the second names it.
    const auto at = must(must(kw::udp4::bind({test::own_datagram_loopback(), 0})).local_endpoint());
    auto bound = must(kw::udp4::bind(at));
    auto connection = must(std::move(bound).connect({kw::ipv4_address::loopback(), 9}));
    CHECK(must(connection.local_endpoint()) == at);
    const auto socket = must(std::move(connection).disconnect());
    CHECK(must(socket.local_endpoint()) == at);
}

TEST_CASE_FIXTURE(test::bounded, "disconnect works on IPv6") {
    if (!test::has_family<kw::udp6>()) return;
    auto connection = must(kw::udp6::connect({kw::ipv6_address::loopback(), 9}));
    const auto socket = must(std::move(connection).disconnect());
    CHECK(failure(kw::udp6::connection_view::borrow(socket.native_handle()).peer_endpoint()) == errc::not_connected);
}

// ---- owners

TEST_CASE_FIXTURE(test::bounded, "a duplicate is the same connection") {
    auto [client, server] = test::connect_ends();
    const kw::tcp::connection copy = must(client.duplicate());
    CHECK(copy.native_handle() != client.native_handle());
    CHECK(test::closes_on_exec(copy));
    must(client.close());
    must(copy.send_all("from the copy"));
    std::array<std::byte, 16> buffer;
    CHECK(test::text(must(server.recv(buffer))) == "from the copy");
}

TEST_CASE_FIXTURE(test::bounded, "adopt() accepts what release() returned") {
    auto [client, server] = test::connect_ends();
    const auto native = client.release();
    CHECK_FALSE(client.is_open());
    const auto adopted = must(kw::tcp::connection::adopt(native));
    CHECK(adopted.native_handle() == native);
    CHECK(must(adopted.peer_endpoint()) == must(server.local_endpoint()));
    auto narrower = must(kw::tcp4::connection::adopt(must(adopted.duplicate()).release()));
    CHECK(must(narrower.peer_endpoint()).port() == must(server.local_endpoint()).port());
    const auto unchecked = kw::tcp::connection::adopt_unchecked(narrower.release());
    CHECK(must(unchecked.send("x")) == 1);
}

TEST_CASE_FIXTURE(test::bounded,
                  "adopt refuses a descriptor of another kind of connection, and leaves it open with the caller") {
    const auto [client, server] = test::connect_ends();
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto lonely = must(kw::tcp4::socket::open());
    const auto datagrams = must(kw::udp4::connect({kw::ipv4_address::loopback(), 9}));
    const test::no_socket file;

    const auto refused = [](auto adopt, const auto& what) {
        const auto outcome = adopt(what.native_handle());
        CHECK(test::is_open(what));
        CHECK((outcome || failure(outcome).operation() == kw::operation::adopt));
        return failure(outcome);
    };
    const auto tcp4 = [](auto native) { return kw::tcp4::connection::adopt(native); };
    const auto tcp6 = [](auto native) { return kw::tcp6::connection::adopt(native); };
    const auto udp4 = [](auto native) { return kw::udp4::connection::adopt(native); };
    const auto unix_stream = [](auto native) { return kw::unix_stream::connection::adopt(native); };
    CHECK(refused(tcp6, client) == errc::wrong_kind);
    CHECK(refused(udp4, client) == errc::wrong_kind);
    CHECK(refused(unix_stream, client) == errc::wrong_kind);
    CHECK(refused(tcp4, listener) == errc::wrong_kind);
    CHECK(refused(tcp4, lonely) == errc::not_connected);
    CHECK(refused(tcp4, datagrams) == errc::wrong_kind);
    CHECK(refused(tcp4, file) == errc::not_a_socket);
    CHECK(failure(kw::tcp::connection::adopt(kw::handle::invalid)) == test::bad_handle_error);
}

TEST_CASE_FIXTURE(test::bounded, "every operation on a connection without a descriptor is an error of the handle") {
    kw::tcp::connection never;
    test::check_connection_refused(never);

    auto [client, server] = test::connect_ends();
    must(client.close());
    test::check_connection_refused(client);
    const kw::tcp::connection owner = std::move(server);
    test::check_connection_refused(server);
    CHECK(owner.is_open());

    auto datagrams = must(kw::udp::connect({kw::ipv4_address::loopback(), 9}));
    must(datagrams.close());
    test::check_connection_refused(datagrams);
}
