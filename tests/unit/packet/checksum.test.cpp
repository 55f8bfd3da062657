// SPDX-License-Identifier: BSL-1.0
#include <keyway/packet/checksum.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "support/packet.hpp"

namespace kw = keyway;
using test::bytes;

namespace {

// RFC 1071 section 3: the sum is ddf2.
constexpr auto example = bytes(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
static_assert(kw::checksum_of(example) == 0x220d);
static_assert(kw::checksum_of({}) == 0xffff);
static_assert(kw::checksum_of(bytes(0xff, 0xff)) == 0);
// A last odd byte is the high half of a word.
static_assert(kw::checksum_of(bytes(0x12)) == kw::checksum_of(bytes(0x12, 0x00)));
static_assert(kw::checksum_of(bytes(0x12)) == 0xedff);

/// A simple second implementation of RFC 1071: adds the words of the whole message and every carry at once.
std::uint16_t by_the_book(std::vector<std::byte> message) {
    if (message.size() % 2 != 0) message.push_back(std::byte{0});
    unsigned sum = 0;
    for (std::size_t i = 0; i < message.size(); i += 2) {
        sum += static_cast<unsigned>(message[i]) << 8 | static_cast<unsigned>(message[i + 1]);
        if (sum > 0xffff) sum -= 0xffff;
    }
    return static_cast<std::uint16_t>(~sum);
}

void append(std::vector<std::byte>& all, std::span<const std::uint8_t> octets) {
    for (const std::uint8_t one : octets) all.push_back(std::byte{one});
}
void append_number(std::vector<std::byte>& all, std::uint32_t number, int octets) {
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) all.push_back(std::byte(number >> shift & 0xff));
}

}  // namespace

TEST_CASE("the checksum of any message is that of RFC 1071") {
    test::dice dice(1);
    for (int i = 0; i < 2000; ++i) {
        const auto message = dice.bytes(dice.upto(300));
        CHECK(kw::checksum_of(message) == by_the_book(message));
    }
}

TEST_CASE("the checksum of pieces equals that of the whole message") {
    test::dice dice(2);
    for (int i = 0; i < 2000; ++i) {
        const auto message = dice.bytes(dice.upto(100));
        kw::internet_checksum sum;
        for (std::span<const std::byte> rest = message; !rest.empty();) {
            const std::size_t piece = dice.upto(rest.size() < 7 ? rest.size() : 7);
            sum.add(rest.first(piece));
            rest = rest.subspan(piece);
        }
        CHECK(sum.value() == kw::checksum_of(message));
    }
}

TEST_CASE("many carries are not lost") {
    const std::vector<std::byte> message(1 << 20, std::byte{0xff});
    CHECK(kw::checksum_of(message) == 0);
}

TEST_CASE("a message with its checksum sums up to 0, and with a flipped bit it does not") {
    test::dice dice(3);
    for (int i = 0; i < 200; ++i) {
        auto message = dice.bytes(2 + dice.upto(60));
        message[0] = message[1] = std::byte{0};
        const unsigned sum = kw::checksum_of(message);
        message[0] = std::byte(sum >> 8);
        message[1] = std::byte(sum & 0xff);
        CHECK(kw::checksum_of(message) == 0);
        message[dice.upto(message.size() - 1)] ^= std::byte(1U << dice.upto(7));
        CHECK(kw::checksum_of(message) != 0);
    }
}

TEST_CASE("a pseudo-header has the checksum of its bytes in the RFCs") {
    test::dice dice(4);
    for (int i = 0; i < 500; ++i) {
        const auto message = dice.bytes(dice.upto(40));
        const auto protocol = dice.any<std::uint8_t>();

        const auto from4 = kw::ipv4_address::from_number(dice.any<std::uint32_t>());
        const auto to4 = kw::ipv4_address::from_number(dice.any<std::uint32_t>());
        const auto length4 = dice.any<std::uint16_t>();
        std::vector<std::byte> v4;
        append(v4, from4.octets());
        append(v4, to4.octets());
        append_number(v4, protocol, 2);
        append_number(v4, length4, 2);
        v4.insert(v4.end(), message.begin(), message.end());
        CHECK(kw::internet_checksum(from4, to4, protocol, length4).add(message).value() == by_the_book(v4));

        kw::ipv6_address::octets_type from{}, to{};
        for (std::uint8_t& one : from) one = dice.any<std::uint8_t>();
        for (std::uint8_t& one : to) one = dice.any<std::uint8_t>();
        const auto length6 = dice.any<std::uint32_t>();
        std::vector<std::byte> v6;
        append(v6, from);
        append(v6, to);
        append_number(v6, length6, 4);
        append_number(v6, protocol, 4);
        v6.insert(v6.end(), message.begin(), message.end());
        const kw::internet_checksum begun(kw::ipv6_address(from, 7), kw::ipv6_address(to), protocol, length6);
        CHECK(kw::internet_checksum(begun).add(message).value() == by_the_book(v6));
    }
}

TEST_CASE("UDP writes a checksum of 0 as 0xffff") {
    constexpr auto nothing = bytes(0xff, 0xff);
    CHECK(kw::internet_checksum().add(nothing).value() == 0);
    CHECK(kw::internet_checksum().add(nothing).value_for_udp() == 0xffff);
    CHECK(kw::internet_checksum().add(example).value_for_udp() == 0x220d);
}
