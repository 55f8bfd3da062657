// SPDX-License-Identifier: BSL-1.0
#include <keyway/address/ipv6.hpp>

#include <doctest/doctest.h>

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include "support/address_vectors.hpp"
#include "support/values.hpp"

namespace {

using keyway::ipv4_address;
using keyway::ipv6_address;
using keyway::text_errc;
using namespace keyway::literals;
using support::str;

constexpr ipv6_address::octets_type counting{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static_assert(sizeof(ipv6_address) == 20 && std::is_trivially_copyable_v<ipv6_address>);
static_assert(ipv6_address::bit_count == 128 && ipv6_address::max_text == 56);
static_assert(!std::is_convertible_v<std::array<std::uint8_t, 16>, ipv6_address>);

// Everything works at compile time.
static_assert(ipv6_address{} == ipv6_address::any());
static_assert(ipv6_address(counting, 7).octets() == counting);
static_assert(ipv6_address(counting, 7).scope_id() == 7 && ipv6_address(counting).scope_id() == 0);
static_assert(ipv6_address::from_groups({1, 0x203, 0x405, 0x607, 0x809, 0xa0b, 0xc0d, 0xe0f}, 7) ==
              ipv6_address(counting, 7));
static_assert(ipv6_address::loopback().group(7) == 1);
static_assert(ipv6_address::v4_mapped({192, 0, 2, 1}).embedded_ipv4() == ipv4_address(192, 0, 2, 1));
static_assert(ipv6_address::any() < ipv6_address::loopback());
static_assert(ipv6_address::loopback().with_scope_id(2).text() == "::1%2");
static_assert(ipv6_address::parse("2001:db8::1") == ipv6_address::from_groups({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1}));
static_assert(ipv6_address::parse("1::2::3").error().reason == text_errc::second_double_colon);
static_assert(hash_value(ipv6_address{}) != hash_value(ipv6_address::loopback()));
static_assert(support::kind_of(ipv6_address::loopback()) == vectors::loopback);
static_assert([] {
    char buffer[ipv6_address::max_text]{};
    return ipv6_address::v4_mapped({1, 2, 3, 4}).print(buffer) == "::ffff:1.2.3.4";
}());

static_assert("::"_ipv6 == ipv6_address::any());
static_assert("fe80::1%3"_ipv6 == ipv6_address::from_groups({0xfe80, 0, 0, 0, 0, 0, 0, 1}, 3));
static_assert(std::is_same_v<decltype("::"_ipv6), ipv6_address>);

TEST_CASE("an ipv6_address is parsed by RFC 4291 and printed by RFC 5952; an error has position and group") {
    support::check_texts<&ipv6_address::parse>(vectors::ipv6);
}

TEST_CASE("the default ipv6_address is ::, and no invalid text parses as it") {
    CHECK(str(ipv6_address{}) == "::");
    CHECK(ipv6_address{}.is_unspecified());
    for (const std::string text : {"", "*", "any", ":", "0", ":::", ":: ", "[::]", "::%", "0.0.0.0"}) {
        CAPTURE(text);
        CHECK(!ipv6_address::parse(text));
    }
}

TEST_CASE("the well-known ipv6 addresses") {
    CHECK(str(ipv6_address::any()) == "::");
    CHECK(str(ipv6_address::loopback()) == "::1");
    CHECK(ipv6_address::any().scope_id() == 0);
}

static_assert(std::constructible_from<ipv6_address, std::span<const std::byte, 16>>);
static_assert(!std::constructible_from<ipv6_address, std::span<const std::byte>>);
static_assert(!std::constructible_from<ipv6_address, std::span<const std::byte, 4>>);
static_assert(ipv6_address("2001:db8::1"_ipv6.to_bytes()) == "2001:db8::1"_ipv6);

TEST_CASE("an ipv6_address is made from sixteen bytes in network order and a scope id, and converts back") {
    std::array<std::byte, 16> bytes{std::byte{0xfe}, std::byte{0x80}};
    bytes[15] = std::byte{1};
    CHECK(ipv6_address(bytes) == "fe80::1"_ipv6);
    CHECK(ipv6_address(bytes, 2) == "fe80::1%2"_ipv6);
    CHECK(ipv6_address(bytes, 2).to_bytes() == bytes);
}

TEST_CASE("octets and groups are the same bits in textual order") {
    const auto address = "1:203:405:607:809:a0b:c0d:e0f"_ipv6;
    CHECK(address.octets() == counting);
    const std::array<std::uint16_t, 8> groups{1, 0x203, 0x405, 0x607, 0x809, 0xa0b, 0xc0d, 0xe0f};
    for (std::size_t i = 0; i < groups.size(); ++i) CHECK(address.group(i) == groups[i]);
    CHECK(ipv6_address::from_groups(groups) == address);
}

TEST_CASE("each of the 256 patterns of zero groups is printed with the longest first run shortened, and parsed again") {
    for (unsigned zeros = 0; zeros < 256; ++zeros) {
        std::array<std::uint16_t, 8> groups{};
        for (std::size_t i = 0; i < 8; ++i) groups[i] = (zeros >> i & 1U) != 0 ? 0 : 0xa;
        // A simple second implementation of RFC 5952 section 4.2.
        std::size_t best = 0;
        std::size_t best_size = 1;
        for (std::size_t size = 8; size >= 2 && best_size == 1; --size)
            for (std::size_t at = 0; at + size <= 8 && best_size == 1; ++at) {
                const unsigned run = ((1U << size) - 1) << at;
                if ((zeros & run) == run) best = at, best_size = size;
            }
        std::string expected;
        for (std::size_t i = 0; i < 8; ++i) {
            if (best_size > 1 && i >= best && i < best + best_size) {
                if (i == best) expected += "::";
                continue;
            }
            if (!expected.empty() && !expected.ends_with(':')) expected += ':';
            expected += groups[i] == 0 ? '0' : 'a';
        }
        const auto address = ipv6_address::from_groups(groups);
        CHECK(str(address) == expected);
        CHECK(ipv6_address::parse(expected) == address);
    }
}

TEST_CASE("'::' may stand for one group or more at each place") {
    for (std::size_t before = 0; before <= 7; ++before) {
        for (std::size_t after = 0; before + after <= 7; ++after) {
            std::string text;
            std::array<std::uint16_t, 8> groups{};
            for (std::size_t i = 0; i < before; ++i) {
                text += i == 0 ? "f" : ":f";
                groups[i] = 0xf;
            }
            text += "::";
            for (std::size_t i = 0; i < after; ++i) {
                text += i == 0 ? "e" : ":e";
                groups[7 - i] = 0xe;
            }
            CAPTURE(text);
            CHECK(ipv6_address::parse(text) == ipv6_address::from_groups(groups));
        }
    }
}

TEST_CASE("a v4-mapped address holds the IPv4 address, and only ::ffff:0:0/96 is mapped") {
    const auto mapped = ipv6_address::v4_mapped({192, 0, 2, 1});
    CHECK(str(mapped) == "::ffff:192.0.2.1");
    CHECK(mapped.is_v4_mapped());
    CHECK(mapped.embedded_ipv4() == "192.0.2.1"_ipv4);
    CHECK(mapped.scope_id() == 0);
    CHECK("::ffff:0.0.0.0"_ipv6.is_v4_mapped());
    CHECK("::ffff:1.2.3.4%5"_ipv6.is_v4_mapped());
    CHECK(!"::1.2.3.4"_ipv6.is_v4_mapped());
    CHECK(!"::fffe:1.2.3.4"_ipv6.is_v4_mapped());
    CHECK(!"::feff:1.2.3.4"_ipv6.is_v4_mapped());
    CHECK(!"::1:ffff:1.2.3.4"_ipv6.is_v4_mapped());
    CHECK(!"8000::ffff:1.2.3.4"_ipv6.is_v4_mapped());
    CHECK("64:ff9b::192.0.2.33"_ipv6.embedded_ipv4() == "192.0.2.33"_ipv4);
}

TEST_CASE("the scope id is part of text, equality, order and hash") {
    const auto without = "fe80::1"_ipv6;
    const auto with = without.with_scope_id(3);
    CHECK(str(with) == "fe80::1%3");
    CHECK(with.scope_id() == 3);
    CHECK(with.octets() == without.octets());
    CHECK(with != without);
    CHECK(with == "fe80::1%3"_ipv6);
    CHECK(with != "fe80::1%4"_ipv6);
    CHECK(with.with_scope_id(0) == without);
    CHECK(hash_value(with) != hash_value(without));
    CHECK(hash_value(with) == hash_value("fe80::1%3"_ipv6));
    CHECK(without < with);
    CHECK(str(without.with_scope_id(0xffffffff)) == "fe80::1%4294967295");
}

TEST_CASE("an ipv6_address is printed into the caller's buffer") {
    support::check_print(ipv6_address::any());
    support::check_print("::ffff:255.255.255.255%4294967295"_ipv6);
    support::check_print("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295"_ipv6);
}

TEST_CASE("ipv6 addresses are classified by their blocks, v4-mapped ones as the IPv4 address") {
    for (const vectors::classified& line : vectors::ipv6_kinds) {
        INFO("address: ", str(line.text));
        CHECK(support::kind_of(ipv6_address::parse(line.text).value()) == line.is);
    }
    for (const vectors::classified& line : vectors::ipv4_kinds) {
        INFO("mapped: ", str(line.text));
        const auto mapped = ipv6_address::v4_mapped(ipv4_address::parse(line.text).value());
        CHECK(support::kind_of(mapped) == (line.is & ~vectors::broadcast));
    }
}

TEST_CASE("ipv6 addresses are ordered by octets, then by scope id") {
    support::check_ascending(
        support::parse_all<ipv6_address>({"::", "::%1", "::1", "::1%1", "::1%256", "::2", "::100", "::ffff:1.2.3.4",
                                          "0:1::", "7fff::", "8000::", "fe80::1%2", "ffff::"}));
}

TEST_CASE("ipv6 addresses have distinct hashes") {
    support::check_hash_spread([](std::uint32_t i) { return "2001:db8::"_ipv6.with_scope_id(i); });
    support::check_hash_spread([](std::uint32_t i) {
        return ipv6_address::from_groups(
            {0x2001, 0xdb8, 0, static_cast<std::uint16_t>(i / 100), 0, 0, 0, static_cast<std::uint16_t>(i % 100)});
    });
}

}  // namespace
