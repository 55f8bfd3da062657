// SPDX-License-Identifier: BSL-1.0
#include <keyway/packet/ipv4_header.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "support/packet.hpp"

namespace kw = keyway;
using kw::packet_errc;
using test::bytes;
using test::same;
using test::why;

namespace {

// A UDP datagram, followed by one more byte.
constexpr auto packet = bytes(0x45, 0x00, 0x00, 0x16, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0xbe, 0xc0, 0xa8, 0x00,
                              0x01, 0xc0, 0xa8, 0x00, 0xc7, 0x55, 0x66, 0x77);
constexpr auto header = kw::ipv4_header::parse(packet).value();
static_assert(header.dscp == 0 && header.ecn == 0 && header.total_length == 22 && header.id == 0);
static_assert(header.dont_fragment && !header.more_fragments && header.fragment_offset == 0);
static_assert(header.time_to_live == 64 && header.protocol == 17 && header.options.empty() && header.size() == 20);
static_assert(header.source == kw::ipv4_address(192, 168, 0, 1));
static_assert(header.destination == kw::ipv4_address(192, 168, 0, 199));
static_assert(kw::ipv4_header::checksum_valid(packet));
static_assert(same(header.payload(packet), bytes(0x55, 0x66)), "what follows the packet is not of it");

/// Whether the written header equals the bytes that it was parsed from.
constexpr bool comes_back(std::span<const std::byte> bytes_of_it) {
    std::array<std::byte, kw::ipv4_header::max_size> buffer{};
    const auto parsed = kw::ipv4_header::parse(bytes_of_it);
    const auto written = parsed->write(buffer);
    return written && same(*written, bytes_of_it.first(parsed->size()));
}
static_assert(comes_back(packet));

kw::ipv4_header any_header(test::dice& dice, std::span<const std::byte> options) {
    kw::ipv4_header h;
    h.dscp = static_cast<std::uint8_t>(dice.upto(63));
    h.ecn = static_cast<std::uint8_t>(dice.upto(3));
    h.options = options.first(dice.upto(options.size() / 4) * 4);
    h.total_length = static_cast<std::uint16_t>(h.size() + dice.upto(65535 - h.size()));
    h.id = dice.any<std::uint16_t>();
    h.dont_fragment = dice.upto(1) != 0;
    h.more_fragments = dice.upto(1) != 0;
    h.fragment_offset = static_cast<std::uint16_t>(dice.upto(8191) * 8);
    h.time_to_live = dice.any<std::uint8_t>();
    h.protocol = dice.any<std::uint8_t>();
    h.source = kw::ipv4_address::from_number(dice.any<std::uint32_t>());
    h.destination = kw::ipv4_address::from_number(dice.any<std::uint32_t>());
    return h;
}

}  // namespace

TEST_CASE("a written header parses to the same header") {
    test::dice dice(1);
    for (int i = 0; i < 5000; ++i) {
        const auto options = dice.bytes(40);
        const kw::ipv4_header h = any_header(dice, options);
        std::array<std::byte, kw::ipv4_header::max_size> buffer{};
        const auto written = h.write(buffer);
        REQUIRE(written.has_value());
        REQUIRE(written->size() == h.size());
        const auto again = kw::ipv4_header::parse(*written);
        REQUIRE(again.has_value());
        CHECK(again->dscp == h.dscp);
        CHECK(again->ecn == h.ecn);
        CHECK(again->total_length == h.total_length);
        CHECK(again->id == h.id);
        CHECK(again->dont_fragment == h.dont_fragment);
        CHECK(again->more_fragments == h.more_fragments);
        CHECK(again->fragment_offset == h.fragment_offset);
        CHECK(again->time_to_live == h.time_to_live);
        CHECK(again->protocol == h.protocol);
        CHECK(again->source == h.source);
        CHECK(again->destination == h.destination);
        CHECK(same(again->options, h.options));
        CHECK(kw::ipv4_header::checksum_valid(*written));

        (*written)[dice.upto(written->size() - 1)] ^= std::byte(1U << dice.upto(7));
        CHECK_FALSE(kw::ipv4_header::checksum_valid(*written));
    }
}

TEST_CASE("random bytes parse to a header within bounds or to an error") {
    test::dice dice(2);
    int headers = 0;
    for (int i = 0; i < 50000; ++i) {
        auto hostile = dice.bytes(dice.upto(70));
        if (!hostile.empty() && dice.upto(3) != 0) hostile[0] = std::byte(0x40 | dice.upto(15));
        const auto parsed = kw::ipv4_header::parse(hostile);
        if (!parsed) continue;
        ++headers;
        CHECK(parsed->size() <= hostile.size());
        CHECK(test::within(parsed->options, hostile));
        CHECK(test::within(parsed->payload(hostile), hostile));
        CHECK(parsed->size() + parsed->payload(hostile).size() <= hostile.size());
    }
    CHECK(headers > 1000);
}

TEST_CASE("a header cut at any byte is truncated") {
    auto long_header = std::vector<std::byte>(60);
    kw::ipv4_header h;
    h.options = std::span<const std::byte>(packet).first(20);
    h.total_length = 40;
    const std::size_t size = h.write(long_header).value().size();
    REQUIRE(size == 40);
    for (std::size_t kept = 0; kept < size; ++kept) {
        const std::vector<std::byte> cut(long_header.begin(), long_header.begin() + static_cast<std::ptrdiff_t>(kept));
        CHECK(why(kw::ipv4_header::parse(cut)) == packet_errc::truncated);
        CHECK_FALSE(kw::ipv4_header::checksum_valid(cut));
    }
}

TEST_CASE("each invalid field has its error") {
    auto wrong = packet;
    wrong[0] = std::byte{0x65};
    CHECK(why(kw::ipv4_header::parse(wrong)) == packet_errc::wrong_version);
    wrong[0] = std::byte{0x44};
    CHECK(why(kw::ipv4_header::parse(wrong)) == packet_errc::bad_header_length);
    wrong[0] = std::byte{0x46};  // four bytes of options, which are missing
    CHECK(why(kw::ipv4_header::parse(wrong)) == packet_errc::truncated);
    wrong = packet;
    wrong[3] = std::byte{19};
    CHECK(why(kw::ipv4_header::parse(wrong)) == packet_errc::bad_total_length);
}

TEST_CASE("the payload ends with the packet") {
    const std::span<const std::byte> all = packet;
    CHECK(header.payload(all.first(21)).size() == 1);
    CHECK(header.payload(all.first(20)).empty());
    CHECK(header.payload(all.first(7)).empty());
}

TEST_CASE("a value that does not fit its field is rejected") {
    std::array<std::byte, 64> buffer{};
    const auto attempt = [&](auto change) {
        kw::ipv4_header h = header;
        change(h);
        return why(h.write(buffer));
    };
    CHECK(attempt([](auto&) {}) == packet_errc{});
    CHECK(attempt([](auto& h) { h.dscp = 64; }) == packet_errc::field_too_large);
    CHECK(attempt([](auto& h) { h.ecn = 4; }) == packet_errc::field_too_large);
    CHECK(attempt([](auto& h) { h.fragment_offset = 4; }) == packet_errc::field_too_large);
    CHECK(attempt([](auto& h) { h.options = std::span<const std::byte>(packet).first(3); }) ==
          packet_errc::field_too_large);
    const std::array<std::byte, 44> many{};
    CHECK(attempt([&](auto& h) { h.options = many; }) == packet_errc::field_too_large);
    CHECK(attempt([](auto& h) { h.total_length = 19; }) == packet_errc::bad_total_length);
    for (std::size_t size = 0; size < 20; ++size)
        CHECK(why(header.write(std::span(buffer).first(size))) == packet_errc::buffer_too_small);
    CHECK(header.write(std::span(buffer).first(20)).has_value());
}
