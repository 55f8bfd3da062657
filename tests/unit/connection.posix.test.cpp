// SPDX-License-Identifier: BSL-1.0
// Local connections, and ends of connections that POSIX alone tells so.
#include <keyway/connection.hpp>

#include <doctest/doctest.h>

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <keyway/option/socket.hpp>

#include "support/posix.hpp"
#include "support/refusals.hpp"

namespace kw = keyway;
using kw::errc;
using namespace std::chrono_literals;
using test::failure;
using test::must;

static_assert(sizeof(kw::tcp::connection) == sizeof(int) && sizeof(kw::tcp::connection_view) == sizeof(int));
static_assert(sizeof(kw::unix_stream::connection) == sizeof(int));
static_assert(!kw::can_recv_exact<kw::unix_seqpacket::connection>);

TEST_CASE_FIXTURE(test::bounded, "bytes before a reset are read first, then the reset, then the end") {
    auto [client, server] = test::connect_ends();
    must(client.send_all("hello"));
    REQUIRE(test::readable(server));
    must(std::move(client).reset());
    REQUIRE(test::ready(server, POLLHUP));
    std::array<std::byte, 16> buffer;
    CHECK(test::text(must(server.recv(buffer))) == "hello");
    CHECK(failure(server.recv(buffer)) == errc::connection_reset);
    CHECK(must(server.recv(buffer)).empty());
    CHECK(failure(server.send("x")) == errc::broken_pipe);
}

TEST_CASE_FIXTURE(test::bounded, "closing with unread bytes resets the peer") {
    auto [client, server] = test::connect_ends();
    must(client.send_all("unread"));
    REQUIRE(test::readable(server));
    must(server.close());
    REQUIRE(test::ready(client, POLLHUP));
    std::array<std::byte, 8> buffer;
    const auto got = client.recv(buffer);
    CHECK(failure(got) == errc::connection_reset);
    CHECK(failure(got).connection_lost());
}

TEST_CASE_FIXTURE(test::bounded, "reset() gives the peer a reset and closes") {
    auto [client, server] = test::connect_ends();
    const int native = client.native_handle();
    CHECK(std::move(client).reset());
    CHECK_FALSE(client.is_open());
    CHECK_FALSE(test::is_open(native));
    REQUIRE(test::ready(server, POLLHUP));
    std::array<std::byte, 8> buffer;
    CHECK(failure(server.recv(buffer)) == errc::connection_reset);
}

TEST_CASE_TEMPLATE("sending to a local peer that is gone is broken_pipe and no signal", T, kw::unix_stream,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    auto ends = must(T::pair());
    must(ends[1].close());
    CHECK(failure(ends[0].send("x")) == errc::broken_pipe);
    CHECK(failure(ends[0].send(kw::gather("x"))) == errc::broken_pipe);
}

TEST_CASE_FIXTURE(test::bounded, "shutdown_receive ends the stream on this side alone") {
    const auto [client, server] = test::connect_ends();
    must(server.shutdown_receive());
    std::array<std::byte, 8> buffer;
    CHECK(must(server.recv(buffer)).empty());
    must(server.send_all("still here"));
    CHECK(test::text(must(client.recv(buffer))) == "still he");
}

TEST_CASE_TEMPLATE("shutdown_both from another thread wakes a blocked recv", T, kw::tcp, kw::unix_stream,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    typename T::connection keeper, reader;
    if constexpr (std::is_same_v<T, kw::tcp>) {
        auto ends = test::connect_ends();
        keeper = std::move(ends.client);
        reader = std::move(ends.server);
    } else {
        auto ends = must(T::pair());
        keeper = std::move(ends[0]);
        reader = std::move(ends[1]);
    }
    std::atomic<test::thread_number> waiting{0};
    bool ended = false;
    std::thread thread([&] {
        std::array<std::byte, 8> buffer;
        waiting = test::this_thread_number();
        const auto got = reader.recv(buffer);
        if constexpr (kw::byte_oriented<typename T::type>) ended = got && got->empty();
        else ended = got && got->data.empty();
    });
    while (waiting == 0) std::this_thread::yield();
    test::wait_until_asleep(waiting);
    const auto outcome = reader.shutdown_both();
    thread.join();
    CHECK(outcome);
    CHECK(ended);
}

TEST_CASE_FIXTURE(test::bounded, "a datagram that finds nobody is one connection_refused, and then it works") {
    const kw::udp4::endpoint somewhere(test::own_loopback(), 0);
    auto gone = must(kw::udp4::bind(somewhere));
    const auto at = must(gone.local_endpoint());
    must(gone.close());

    const auto client = must(kw::udp4::connect(at));
    must(client.set(kw::option::non_blocking{true}));
    std::array<std::byte, 8> buffer;
    for (int round = 0; round < 2; ++round) {
        CHECK(must(client.send("anybody?")) == 8);
        REQUIRE(test::ready(client, POLLERR));
        CHECK(failure(client.recv(buffer)) == errc::connection_refused);
        CHECK(failure(client.recv(buffer)) == errc::operation_would_block);
    }
    CHECK(must(client.send("anybody?")) == 8);
    REQUIRE(test::ready(client, POLLERR));
    CHECK(failure(client.send("hello?")) == errc::connection_refused);

    const auto server = must(kw::udp4::bind(at));
    CHECK(must(client.send("hello")) == 5);
    const auto got = must(server.recv_from(buffer));
    CHECK(test::text(got.data) == "hello");
    CHECK(must(server.send_to("yes", got.sender)) == 3);
    REQUIRE(test::readable(client));
    CHECK(test::text(must(client.recv(buffer)).data) == "yes");
}

TEST_CASE_FIXTURE(test::bounded, "a gathered message is one message, of at most 1024 buffers") {
    const auto ends = must(kw::unix_seqpacket::pair());
    CHECK(must(ends[0].send(kw::gather("one ", "", "message"))) == 11);
    char first[4] = {};
    char second[16] = {};
    const auto got = must(ends[1].recv(kw::scatter(first, second)));
    CHECK(got.data == 11);
    CHECK(got.length == 11);
    CHECK_FALSE(got.truncated);
    CHECK(std::string(first, 4) + second == "one message");

    const std::vector<kw::const_buffer> many(1024, kw::const_buffer("x"));
    CHECK(must(ends[0].send(many)) == 1024);
    const std::vector<kw::const_buffer> too_many(1025, kw::const_buffer("x"));
    CHECK(failure(ends[0].send(too_many)) == errc::message_size);
}

TEST_CASE_FIXTURE(test::bounded, "peek leaves a message for the next call") {
    const auto ends = must(kw::unix_datagram::pair());
    must(ends[0].send("message"));
    std::array<std::byte, 4> buffer;
    const auto peeked = must(ends[1].peek(buffer));
    CHECK(test::text(peeked.data) == "mess");
    CHECK(peeked.truncated);
    CHECK(must(ends[1].peek(kw::scatter(buffer))).truncated);
    std::array<std::byte, 16> whole;
    CHECK(test::text(must(ends[1].recv(whole)).data) == "message");
}

TEST_CASE_FIXTURE(test::bounded, "on a seqpacket socket an empty message and the end look the same") {
    auto ends = must(kw::unix_seqpacket::pair());
    CHECK(must(ends[0].send("")) == 0);
    must(ends[0].send("more"));
    must(ends[0].close());
    std::array<std::byte, 8> buffer;
    const auto empty_message = must(ends[1].recv(buffer));
    CHECK(test::text(must(ends[1].recv(buffer)).data) == "more");
    const auto end = must(ends[1].recv(buffer));
    for (const auto& got : {empty_message, end}) {
        CHECK(got.data.empty());
        CHECK(got.length == 0);
        CHECK_FALSE(got.truncated);
    }
}

TEST_CASE_FIXTURE(test::bounded, "a zero-length datagram on a connection is a message") {
    const auto ends = must(kw::unix_datagram::pair());
    CHECK(must(ends[0].send("")) == 0);
    must(ends[0].send("next"));
    std::array<std::byte, 8> buffer;
    CHECK(must(ends[1].recv(buffer)).data.empty());
    CHECK(test::text(must(ends[1].recv(buffer)).data) == "next");
}

TEST_CASE_FIXTURE(test::bounded, "disconnect gives back a port that the system chose, though bind() asked for it") {
    auto bound = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    auto connection = must(std::move(bound).connect({kw::ipv4_address::loopback(), 9}));
    CHECK(must(connection.local_endpoint()).port() != 0);
    const auto socket = must(std::move(connection).disconnect());
    CHECK(must(socket.local_endpoint()) == net::any_loopback_port<kw::udp4>());
}

TEST_CASE_FIXTURE(test::bounded, "disconnect works on AF_UNIX") {
    auto local = must(kw::unix_datagram::pair());
    CHECK(std::move(local[0]).disconnect());
}

TEST_CASE_FIXTURE(test::bounded, "the destructor does not wait for what adopt() found lingering") {
    auto [client, server] = test::connect_ends();
    const std::size_t queued = test::fill_up(client);
    const ::linger five_seconds{.l_onoff = 1, .l_linger = 5};
    const int descriptor = client.release();
    REQUIRE(::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &five_seconds, sizeof(five_seconds)) == 0);
    auto adopted = must(kw::tcp::connection::adopt(descriptor));
    CHECK(test::time_of([&] { const auto doomed = std::move(adopted); }) < 2500ms);
    CHECK(test::read_to_end(server).size() == queued);
}

TEST_CASE_FIXTURE(test::bounded,
                  "the destructor does not wait for a connection of a listener that adopt() found lingering") {
    const ::linger five_seconds{.l_onoff = 1, .l_linger = 5};
    auto opened = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const int descriptor = opened.release();
    REQUIRE(::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &five_seconds, sizeof(five_seconds)) == 0);
    const auto listener = must(kw::tcp::listener::adopt(descriptor));
    const auto client = must(kw::tcp::connect(must(listener.local_endpoint())));
    auto accepted = must(listener.accept()).connection;
    CHECK(test::fill_up(accepted) > 0);
    CHECK(test::time_of([&] { const auto doomed = std::move(accepted); }) < 2500ms);
}

TEST_CASE_FIXTURE(test::bounded, "adopt takes over what dup(2) made") {
    const auto [client, server] = test::connect_ends();
    const auto narrower = must(kw::tcp4::connection::adopt(::dup(client.native_handle())));
    CHECK(must(narrower.peer_endpoint()).port() == must(server.local_endpoint()).port());
}

TEST_CASE_FIXTURE(
    test::bounded,
    "adopt refuses a descriptor of another kind of local connection, and leaves it open with the caller") {
    const auto local = must(kw::unix_stream::pair());
    const auto messages = must(kw::unix_seqpacket::pair());

    const auto refused = [](auto adopt, const kw::handle_view& what) {
        const auto outcome = adopt(what.native_handle());
        CHECK(test::is_open(what.native_handle()));
        CHECK((outcome || failure(outcome).operation() == kw::operation::adopt));
        return failure(outcome);
    };
    const auto tcp = [](int native) { return kw::tcp::connection::adopt(native); };
    const auto unix_stream = [](int native) { return kw::unix_stream::connection::adopt(native); };
    CHECK(refused(tcp, local[0]) == errc::wrong_kind);
    CHECK(refused(unix_stream, messages[0]) == errc::wrong_kind);
    CHECK(failure(kw::tcp::connection::adopt(-1)) == errc::bad_file_descriptor);
}

TEST_CASE_FIXTURE(test::bounded, "every operation on a local connection without a descriptor is bad_file_descriptor") {
    auto local = must(kw::unix_datagram::pair());
    must(local[0].close());
    CHECK(failure(local[0].send("x")) == errc::bad_file_descriptor);
    test::check_connection_refused(local[0]);
    auto packets = must(kw::unix_seqpacket::pair());
    const kw::unix_seqpacket::connection moved = std::move(packets[0]);
    test::check_connection_refused(packets[0]);
}
