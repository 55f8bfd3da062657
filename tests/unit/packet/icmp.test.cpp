// SPDX-License-Identifier: BSL-1.0
#include <keyway/packet/icmp.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "support/packet.hpp"

namespace kw = keyway;
using kw::icmp_message;
using kw::icmpv6_message;
using kw::packet_errc;
using test::bytes;
using test::same;
using test::why;

namespace {

constexpr auto data = bytes('a', 'b', 'c');

template <class Message>
constexpr auto request_bytes() {
    std::array<std::byte, 11> buffer{};
    Message::echo_request(0x1234, 5, data).write(buffer).value();
    return buffer;
}
// RFC 792: 08 00 checksum, id, sequence, data. The words: 0800 + 1234 + 0005 + 6162 + 6300 = de9b.
static_assert(same(request_bytes<icmp_message>(),
                   bytes(0x08, 0x00, 0x21, 0x64, 0x12, 0x34, 0x00, 0x05, 'a', 'b', 'c')));
// RFC 4443: the kernel computes the checksum, which is 0 before.
static_assert(same(request_bytes<icmpv6_message>(),
                   bytes(0x80, 0x00, 0x00, 0x00, 0x12, 0x34, 0x00, 0x05, 'a', 'b', 'c')));

constexpr auto request = request_bytes<icmp_message>();
constexpr auto parsed = icmp_message::parse(request).value();
static_assert(parsed.type == kw::icmp_type::echo_request && parsed.code == 0 && parsed.id() == 0x1234);
static_assert(parsed.sequence() == 5 && same(parsed.body, data) && !parsed.is_error());
static_assert(icmp_message::checksum_valid(request));

constexpr auto reply = icmp_message::echo_reply(0x1234, 5, data);
static_assert(reply.answers(parsed) && !parsed.answers(parsed));

/// An ICMPv6 message with the checksum that the kernel computes.
constexpr bool carries_v6_checksum() {
    const auto from = kw::ipv6_address::loopback();
    const auto to = kw::ipv6_address::from_groups({0xfe80, 0, 0, 0, 0, 0, 0, 9}, 2);
    std::array<std::byte, 40> buffer{};
    const auto written = icmpv6_message::echo_reply(1, 2, data).write(buffer, from, to).value();
    return icmpv6_message::checksum_valid(written, from, to) && !icmpv6_message::checksum_valid(written, from, from);
}
static_assert(carries_v6_checksum());

}  // namespace

TEST_CASE_TEMPLATE("a written message parses to the same message", Message, icmp_message, icmpv6_message) {
    test::dice dice(1);
    for (int i = 0; i < 2000; ++i) {
        const auto body = dice.bytes(dice.upto(100));
        const Message message{dice.any<decltype(Message::type)>(), dice.any<std::uint8_t>(), dice.any<std::uint32_t>(),
                              body};
        std::vector<std::byte> buffer(8 + body.size());
        const auto written = message.write(buffer);
        REQUIRE(written.has_value());
        CHECK(written->size() == buffer.size());
        const auto again = Message::parse(*written);
        REQUIRE(again.has_value());
        CHECK(again->type == message.type);
        CHECK(again->code == message.code);
        CHECK(again->parameter == message.parameter);
        CHECK(same(again->body, body));
        if constexpr (!Message::is_v6) {
            CHECK(Message::checksum_valid(buffer));
            buffer[dice.upto(buffer.size() - 1)] ^= std::byte(1U << dice.upto(7));
            CHECK_FALSE(Message::checksum_valid(buffer));
        }
        buffer.pop_back();
        CHECK(why(message.write(buffer)) == packet_errc::buffer_too_small);
    }
}

TEST_CASE_TEMPLATE("a message or buffer of less than 8 bytes is too small", Message, icmp_message, icmpv6_message) {
    for (std::size_t size = 0; size < 8; ++size) {
        std::vector<std::byte> few(size);
        CHECK(why(Message::parse(few)) == packet_errc::truncated);
        CHECK(why(Message::echo_request(1, 2, {}).write(few)) == packet_errc::buffer_too_small);
        if constexpr (!Message::is_v6) CHECK_FALSE(Message::checksum_valid(few));
        else CHECK_FALSE(Message::checksum_valid(few, {}, {}));
    }
    CHECK(Message::parse(std::vector<std::byte>(8)).value().body.empty());
}

TEST_CASE_TEMPLATE("answers() compares id, sequence and data with the request", Message, icmp_message, icmpv6_message) {
    const auto asked = Message::echo_request(7, 8, data);
    CHECK(Message::echo_reply(7, 8, data).answers(asked));
    CHECK_FALSE(Message::echo_reply(6, 8, data).answers(asked));
    CHECK_FALSE(Message::echo_reply(7, 9, data).answers(asked));
    CHECK_FALSE(Message::echo_reply(7, 8, std::span(data).first(2)).answers(asked));
    CHECK_FALSE(Message::echo_reply(7, 8, bytes('a', 'b', 'd')).answers(asked));
    CHECK_FALSE(asked.answers(asked));
    auto coded = Message::echo_reply(7, 8, data);
    coded.code = 1;
    CHECK_FALSE(coded.answers(asked));
}

TEST_CASE("is_error() is true for the error messages") {
    const auto number_of = [](auto is_error) {
        int count = 0;
        for (int type = 0; type < 256; ++type) count += is_error(static_cast<std::uint8_t>(type)) ? 1 : 0;
        return count;
    };
    const auto v4 = [](std::uint8_t type) {
        return icmp_message{static_cast<kw::icmp_type>(type), 0, 0, {}}.is_error();
    };
    const auto v6 = [](std::uint8_t type) {
        return icmpv6_message{static_cast<kw::icmpv6_type>(type), 0, 0, {}}.is_error();
    };
    CHECK(number_of(v4) == 5);
    for (const auto& one : bytes(3, 4, 5, 11, 12)) CHECK(v4(static_cast<std::uint8_t>(one)));  // 4: source quench
    CHECK(number_of(v6) == 128);
    CHECK(v6(127));
}
