// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/batch.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <keyway/canceller.hpp>
#include <keyway/message/control/packet_info.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
namespace control = kw::control;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

/// Two sockets, and messages for one to send to the other.
template <class T>
struct batches : test::bounded {
    using endpoint = typename T::endpoint;

    typename T::socket here = must(T::bind(net::any_loopback_port<T>()));
    typename T::socket there = must(T::bind(net::any_loopback_port<T>()));
    std::vector<std::string> texts;
    std::vector<kw::outgoing_message_to<endpoint>> out;
    std::vector<std::array<std::byte, 16>> buffers;
    std::vector<kw::message_slot_from<endpoint>> in;

    explicit batches(std::size_t count) : buffers(count), in(count) {
        for (std::size_t i = 0; i < count; ++i) texts.push_back(i % 7 == 3 ? "" : "message " + std::to_string(i));
        for (const std::string& text : texts) out.push_back({text, must(there.local_endpoint())});
        for (std::size_t i = 0; i < count; ++i) in[i].buffer = buffers[i];
    }

    /// Waits until everything sent has arrived.
    std::size_t receive_all() {
        std::size_t count = 0;
        while (count < out.size()) count += must(kw::recv_batch(there, std::span(in).subspan(count), long_time));
        return count;
    }
};

TEST_CASE_TEMPLATE("messages are sent and received in order, each with its sender", T, kw::udp4, kw::udp6, kw::udp) {
    if (!test::has_family<T>()) return;
    for (const std::size_t count : {1U, 2U, 32U, 64U, 65U, 130U}) {
        batches<T> b(count);
        must(b.there.set(kw::option::receive_buffer{1 << 20}));
        CHECK(must(kw::send_batch(b.here, b.out)) == count);
        CHECK(b.receive_all() == count);
        for (std::size_t i = 0; i < count; ++i) {
            CHECK(test::text(b.in[i].data) == b.texts[i]);
            CHECK(b.in[i].data.size() == b.texts[i].size());
            CHECK(b.in[i].length == b.texts[i].size());
            CHECK_FALSE(b.in[i].truncated);
            CHECK_FALSE(b.in[i].control_truncated);
            CHECK(b.in[i].sender == must(b.here.local_endpoint()));
        }
    }
}

TEST_CASE("recv_batch() receives what is available, and no more than there are slots") {
    batches<kw::udp4> b(5);
    must(kw::send_batch(b.here, std::span(b.out).first(3)));
    REQUIRE(test::readable(b.there));
    std::size_t count = 0;
    while (count < 2) count += must(kw::recv_batch(b.there, std::span(b.in).subspan(count, 2 - count)));
    CHECK(test::text(b.in[1].data) == b.texts[1]);
    CHECK(must(kw::recv_batch(b.there, b.in)) == 1);
    CHECK(test::text(b.in[0].data) == b.texts[2]);
    CHECK(must(kw::recv_batch(b.there, std::span(b.in).first(0))) == 0);
    CHECK(must(kw::send_batch(b.here, std::span(b.out).first(0))) == 0);
}

TEST_CASE("a message that does not fit is truncated, the others are not") {
    batches<kw::udp4> b(3);
    b.in[1].buffer = kw::mutable_bytes(std::span(b.buffers[1]).first(4));
    must(kw::send_batch(b.here, b.out));
    CHECK(b.receive_all() == 3);
    CHECK(b.in[1].truncated);
    CHECK(b.in[1].data.size() == 4);
    CHECK(b.in[1].length == test::told_length(9, 4));
    CHECK(test::text(b.in[1].data) == "mess");
    CHECK_FALSE(b.in[0].truncated);
    CHECK_FALSE(b.in[2].truncated);
    CHECK(test::text(b.in[2].data) == b.texts[2]);
}

TEST_CASE("a failed send reports how many messages were sent before, and sends none after") {
    const std::vector<std::byte> too_long(70'000);
    for (const std::size_t place : {0U, 1U, 63U, 64U, 99U}) {
        CAPTURE(place);
        batches<kw::udp4> b(100);
        must(b.there.set(kw::option::receive_buffer{1 << 20}));
        b.out[place].data = too_long;
        const auto sent = kw::send_batch(b.here, b.out);
        REQUIRE_FALSE(sent);
        CHECK(sent.error() == errc::message_size);
        CHECK(sent.error().operation() == kw::operation::send_batch);
        CHECK(sent.error().transferred == place);
        b.out.resize(place);
        CHECK(b.receive_all() == place);
        CHECK(failure(kw::recv_batch(b.there, b.in, 0s)).timed_out());
    }
}

TEST_CASE("limits: a duration, a canceller, and a non-blocking socket") {
    batches<kw::udp4> b(2);
    CHECK(failure(kw::recv_batch(b.there, b.in, 1ms)).timed_out());
    CHECK(failure(kw::recv_batch(b.there, b.in, 1ms)).operation() == kw::operation::recv_batch);
    const auto stop = must(kw::canceller::open());
    std::thread other([&, self = test::this_thread_number()] {
        test::wait_until_asleep(self);
        must(stop.cancel());
    });
    CHECK(failure(kw::recv_batch(b.there, b.in, stop)) == errc::operation_canceled);
    other.join();
    CHECK(failure(kw::send_batch(b.here, b.out, stop)) == errc::operation_canceled);
    must(b.there.set(kw::option::non_blocking{true}));
    CHECK(failure(kw::recv_batch(b.there, b.in)).would_block());
    must(kw::send_batch(b.here, b.out, long_time));
    CHECK(b.receive_all() == 2);
}

TEST_CASE("a connection's messages need no address") {
    batches<kw::udp4> b(0);
    const auto connection = must(kw::udp4::connect(must(b.there.local_endpoint())));
    const std::array<kw::outgoing_message, 2> out{{{"one"}, {"two"}}};
    CHECK(must(kw::send_batch(connection, out)) == 2);
    std::array<char, 8> buffer{};
    const auto back = must(b.there.recv_from(buffer, long_time)).sender;
    must(b.there.recv_from(buffer, long_time));
    must(b.there.send_to("answer", back));
    std::array<kw::message_slot, 2> in{};
    in[0].buffer = buffer;
    CHECK(must(kw::recv_batch(connection, in, long_time)) == 1);
    CHECK(test::text(in[0].data) == "answer");
}

TEST_CASE("each message has its control messages") {
    if (test::skipped_under_emulator("packet info of batches")) return;
    batches<kw::udp4> b(3);
    std::array<control::buffer<control::packet_info>, 2> items;
    must(items[0].request(b.there));
    b.in[0].items = &items[0];
    b.in[2].items = &items[1];
    must(kw::send_batch(b.here, b.out));
    CHECK(b.receive_all() == 3);
    REQUIRE(items[0].get<control::packet_info>());
    CHECK(items[0].get<control::packet_info>()->destination == kw::ip_address(kw::ipv4_address::loopback()));
    CHECK(b.in[1].control_truncated);
    CHECK_FALSE(b.in[2].control_truncated);
    CHECK(items[1].get<control::packet_info>());

    // Answers from the address that the question was sent to.
    const control::list reply{items[0].get<control::packet_info>()->reply()};
    const std::array<kw::outgoing_message_to<kw::udp4::endpoint>, 1> answers{
        {{"answer", b.in[0].sender, reply.bytes()}}};
    must(kw::send_batch(b.there, answers));
    std::array<char, 8> buffer{};
    CHECK(must(b.here.recv_from(buffer, long_time)).sender == must(b.there.local_endpoint()));
}

TEST_CASE("the fields of a slot have the order of a message result, after its inputs") {
    std::array<std::byte, 4> bytes{};
    const kw::udp4::endpoint peer(kw::ipv4_address::loopback(), 7);
    {
        const auto [buffer, items, data, sender, truncated, length, control_truncated] =
            kw::message_slot_from<kw::udp4::endpoint>{bytes, nullptr, bytes, peer, true, 9, false};
        CHECK(buffer.size() == 4);
        CHECK(items == nullptr);
        CHECK(data.size() == 4);
        CHECK(sender == peer);
        CHECK(truncated);
        CHECK(length == 9);
        CHECK_FALSE(control_truncated);
    }
    const auto [buffer, items, data, truncated, length, control_truncated] = kw::message_slot{bytes};
    CHECK(buffer.size() == 4);
    CHECK(items == nullptr);
    CHECK(data.empty());
    CHECK_FALSE(truncated);
    CHECK(length == 0);
    CHECK_FALSE(control_truncated);
}

TEST_CASE("a view of a socket sends and receives batches as its owner does") {
    batches<kw::udp4> b(2);
    CHECK(must(kw::send_batch(kw::udp4::socket_view(b.here), b.out)) == 2);
    std::size_t count = 0;
    while (count < 2) count += must(kw::recv_batch(kw::udp4::socket_view(b.there), std::span(b.in).subspan(count)));
    CHECK(test::text(b.in[1].data) == b.texts[1]);
}

}  // namespace
