// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/message.hpp>

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <keyway/canceller.hpp>
#include <keyway/message/batch.hpp>
#include <keyway/message/control/ip.hpp>
#include <keyway/message/control/packet_info.hpp>
#include <keyway/message/control/segment_size.hpp>
#include <keyway/message/control/unix.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
namespace control = kw::control;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;

TEST_CASE_FIXTURE(test::bounded, "send_message() with a full buffer reaches its limit") {
    auto [a, b] = must(kw::unix_stream::pair());
    test::fill_up(a);
    CHECK(failure(kw::send_message(a, "x", control::list<>(), 1ms)).timed_out());
    CHECK(failure(kw::send_message(a, "x", control::list<>(), 1ms)).operation() == kw::operation::send_message);
}

TEST_CASE_TEMPLATE("a stream is received in parts, and its end is empty data", T, kw::unix_stream, kw::tcp4) {
    const test::bounded watch;
    const auto [client, server] = must(T::pair());
    control::buffer<> nothing;
    std::array<std::byte, 4> buffer{};
    CHECK(must(kw::send_message(client, "longer", control::list<>())) == 6);
    auto got = must(kw::recv_message(server, buffer, nothing));
    CHECK(got.data.size() == 4);
    CHECK_FALSE(got.truncated);
    got = must(kw::recv_message(server, buffer, nothing));
    CHECK(got.data.size() == 2);
    must(client.shutdown_send());
    CHECK(must(kw::recv_message(server, buffer, nothing)).data.empty());
    CHECK(failure(kw::send_message(server, "", control::list<>())) == errc::invalid_argument);
}

/// A receiver that accepted the sender's connection.
struct packets {
    test::bounded watch;
    test::temporary_directory directory;
    kw::unix_seqpacket::listener listener = must(kw::unix_seqpacket::listen(directory.endpoint()));
    kw::unix_seqpacket::connection sender = must(kw::unix_seqpacket::connect(directory.endpoint()));
    kw::unix_seqpacket::connection receiver = must(listener.accept()).connection;
};

TEST_CASE_FIXTURE(packets, "seqpacket messages stay separate in a large buffer") {
    const std::vector<std::byte> large(4000, std::byte{'x'});
    for (const auto message :
         {kw::const_bytes("one"), kw::const_bytes(""), kw::const_bytes(large), kw::const_bytes("f")})
        CHECK(must(kw::send_message(sender, message, control::list<>())) == message.size());
    CHECK(must(kw::send_message(sender, kw::gather("gath", "", "ered"), control::list<>())) == 8);

    control::buffer<> nothing;
    std::vector<std::byte> buffer(65536);
    for (const std::size_t size : {3U, 0U, 4000U, 1U, 8U}) {
        const auto got = must(kw::recv_message(receiver, buffer, nothing));
        CHECK(got.data.size() == size);
        CHECK(got.length == size);
        CHECK_FALSE(got.truncated);
    }
    CHECK(test::text(std::span(buffer).first(8)) == "gathered");
}

TEST_CASE_FIXTURE(packets, "the rest of a truncated seqpacket message is lost, and not in the next message") {
    for (const char* const text : {"a long message", "four", "next"}) must(sender.send(std::string_view(text)));
    control::buffer<> nothing;
    std::array<std::byte, 4> four{};
    auto got = must(kw::recv_message(receiver, four, nothing));
    CHECK(test::text(four) == "a lo");
    CHECK(got.data.size() == 4);
    CHECK(got.length == test::told_length(14, 4));
    CHECK(got.truncated);
    got = must(kw::recv_message(receiver, four, nothing));
    CHECK(test::text(four) == "four");
    CHECK_FALSE(got.truncated);
    got = must(kw::recv_message(receiver, kw::mutable_bytes(), nothing));
    CHECK(got.data.size() == 0);
    CHECK(got.truncated);
    must(sender.close());
    got = must(kw::recv_message(receiver, four, nothing));
    CHECK(got.data.size() == 0);
    CHECK_FALSE(got.truncated);
}

#if KEYWAY_HAS_UNIX_CREDENTIALS

TEST_CASE_FIXTURE(packets, "credentials distinguish an empty seqpacket message from the end") {
    must(control::buffer<control::credentials>::request(receiver));
    CHECK(must(sender.send("")) == 0);
    must(sender.close());
    control::buffer<control::credentials> who;
    std::array<std::byte, 4> four;
    CHECK(must(kw::recv_message(receiver, four, who)).data.empty());
    const auto sender_of = who.get<control::credentials>();
    REQUIRE(sender_of);
    CHECK(sender_of->value.process == ::getpid());
    CHECK(must(kw::recv_message(receiver, four, who)).data.empty());
    CHECK_FALSE(who.get<control::credentials>());
}

#endif

/// An option as a program may define it without keyway.
struct receive_ttl {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = IP_RECVTTL;
    using value_type = bool;
    bool value = true;
};

TEST_CASE_FIXTURE(test::bounded, "an item that no type decodes can be read as an entry") {
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    must(socket.set(receive_ttl{}));
    must(socket.send_to("data", must(socket.local_endpoint())));
    control::buffer<control::unknown<sizeof(int)>> extra;
    std::array<std::byte, 4> buffer{};
    must(kw::recv_message(socket, buffer, extra));
    int entries = 0;
    for (const control::entry& each : extra) {
        ++entries;
        CHECK(each.is(IPPROTO_IP, IP_TTL));
        CHECK(each.as<int>() == 64);
        CHECK_FALSE(each.as<std::int64_t>());
    }
    CHECK(entries == 1);
}

TEST_CASE("an item is sent only by sockets that it fits") {
    const auto sends = []<class S, class List>(const S* s, const List* list) {
        return requires { kw::send_message(*s, "x", *list); } ||
               requires(const typename S::endpoint& to) { kw::send_message(*s, "x", *list, to); };
    };
    using hop = control::list<control::hop_limit>;
    using rights = control::list<control::passed_rights<1>>;
    using segment = control::list<control::segment_size>;
    static_assert(sends(static_cast<kw::udp::socket*>(nullptr), static_cast<hop*>(nullptr)));
    static_assert(sends(static_cast<kw::udp::connection*>(nullptr), static_cast<hop*>(nullptr)));
    static_assert(sends(static_cast<kw::icmp4::socket*>(nullptr), static_cast<hop*>(nullptr)));
    static_assert(!sends(static_cast<kw::tcp::connection*>(nullptr), static_cast<hop*>(nullptr)));
    static_assert(!sends(static_cast<kw::unix_datagram::socket*>(nullptr), static_cast<hop*>(nullptr)));
    static_assert(sends(static_cast<kw::unix_datagram::socket*>(nullptr), static_cast<rights*>(nullptr)));
    static_assert(!sends(static_cast<kw::udp::socket*>(nullptr), static_cast<rights*>(nullptr)));
    static_assert(sends(static_cast<kw::udp6::socket*>(nullptr), static_cast<segment*>(nullptr)));
    static_assert(!sends(static_cast<kw::icmp4::socket*>(nullptr), static_cast<segment*>(nullptr)));
    static_assert(!sends(static_cast<kw::tcp::socket*>(nullptr), static_cast<hop*>(nullptr)));
    const control::list<> no_items;
    CHECK(no_items.bytes().empty());
}

TEST_CASE_FIXTURE(test::bounded, "a batch has one limit for all its messages and system calls") {
    const auto ends = must(kw::unix_datagram::pair());
    std::atomic<bool> over = false;
    std::thread slow_reader([&] {
        std::array<std::byte, 8> buffer;
        while (!over) {
            static_cast<void>(ends[1].recv(buffer, 5ms));
            std::this_thread::sleep_for(2ms);
        }
    });
    const std::vector<kw::outgoing_message> messages(20'000, kw::outgoing_message{"message"});
    kw::transfer_result<std::size_t> sent = 0U;
    const auto time = test::time_of([&] { sent = kw::send_batch(ends[0], messages, 60ms); });
    over = true;
    slow_reader.join();
    REQUIRE_FALSE(sent);
    CHECK(sent.error().timed_out());
    CHECK(sent.error().transferred > 0);
    CHECK(time >= 60ms);
    CHECK(time < 20s);
}

}  // namespace
