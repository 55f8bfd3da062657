// SPDX-License-Identifier: BSL-1.0
#include <keyway/address/ip.hpp>

#include <doctest/doctest.h>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "support/address_vectors.hpp"
#include "support/values.hpp"

namespace {

using keyway::ip_address;
using keyway::ipv4_address;
using keyway::ipv6_address;
using keyway::text_errc;
using keyway::text_error;
using namespace keyway::literals;
using support::str;

template <class T>
concept lends_from_a_temporary = requires { T{}.as_v4(); } || requires { T{}.as_v6(); };

static_assert(std::is_trivially_copyable_v<ip_address>);
static_assert(ip_address::max_text == ipv6_address::max_text);
static_assert(std::is_convertible_v<ipv4_address, ip_address> && std::is_convertible_v<ipv6_address, ip_address>);
static_assert(!lends_from_a_temporary<ip_address>);

// Everything works at compile time.
constexpr ip_address v4 = ipv4_address(192, 0, 2, 1);
constexpr ip_address v6 = "2001:db8::1%2"_ipv6;
static_assert(ip_address{} == ipv4_address::any());
static_assert(v4.is_v4() && !v4.is_v6() && *v4.as_v4() == ipv4_address(192, 0, 2, 1) && v4.as_v6() == nullptr);
static_assert(v6.is_v6() && !v6.is_v4() && *v6.as_v6() == "2001:db8::1%2"_ipv6 && v6.as_v4() == nullptr);
static_assert(v4.text() == "192.0.2.1" && v6.text() == "2001:db8::1%2");
static_assert(v4 < v6 && v4 != v6);
static_assert(ip_address::parse("192.0.2.1") == v4);
static_assert(ip_address::parse("192.0.2").error() == text_error{text_errc::expected_dot, 4, 7});
static_assert(ip_address("::ffff:192.0.2.1"_ipv6).unmap() == v4);
static_assert(hash_value(v4) == hash_value(ipv4_address(192, 0, 2, 1)));
static_assert(support::kind_of(v6) == vectors::documentation);
static_assert([] {
    char buffer[ip_address::max_text]{};
    return v4.print(buffer) == "192.0.2.1";
}());

static_assert("192.0.2.1"_ip == v4 && "2001:db8::1%2"_ip == v6);
static_assert(std::is_same_v<decltype("::"_ip), ip_address>);

TEST_CASE("an ip_address is parsed as IPv6 if the text has two colons, otherwise as IPv4") {
    support::check_texts<&ip_address::parse>(vectors::ip);
    CHECK(ip_address::parse("1.2.3.4").value().is_v4());
    CHECK(ip_address::parse("::1.2.3.4").value().is_v6());
    CHECK(ip_address::parse("1.2.3.4:80").error() == text_error{text_errc::trailing_characters, 0, 7});
}

TEST_CASE("an ip_address accepts what either family accepts, and nothing else") {
    for (const vectors::text_vector& v : vectors::ipv4) {
        INFO("text: ", str(v.text));
        const auto parsed = ip_address::parse(v.text);
        CHECK((parsed.has_value() && parsed->is_v4()) == v.is_valid());
    }
    for (const vectors::text_vector& v : vectors::ipv6) {
        INFO("text: ", str(v.text));
        const auto parsed = ip_address::parse(v.text);
        CHECK((parsed.has_value() && parsed->is_v6()) == v.is_valid());
    }
}

static_assert(ip_address::from_bytes("192.0.2.1"_ipv4.to_bytes()) == "192.0.2.1"_ip);
static_assert(ip_address::from_bytes("2001:db8::1"_ipv6.to_bytes()) == "2001:db8::1"_ip);
static_assert(ip_address::from_bytes({}).error() == text_error{.reason = text_errc::wrong_byte_count});

TEST_CASE("an ip_address is made from 4 or 16 bytes, and from no other number") {
    const std::array<std::byte, 20> bytes{std::byte{0x20}, std::byte{1}, std::byte{0x0d}, std::byte{0xb8}};
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        CAPTURE(size);
        const auto made = ip_address::from_bytes(std::span(bytes).first(size));
        CHECK(made.has_value() == (size == 4 || size == 16));
        if (!made) {
            CHECK(made.error().reason == text_errc::wrong_byte_count);
            continue;
        }
        CHECK(*made == (size == 4 ? "32.1.13.184"_ip : "2001:db8::"_ip));
        std::array<std::byte, 16> buffer{};
        const std::span<std::byte> written = made->to_bytes(buffer);
        CHECK(written.data() == buffer.data());
        CHECK(written.size() == size);
        CHECK(ip_address::from_bytes(written) == made);
    }
}

TEST_CASE("the default ip_address is 0.0.0.0") {
    CHECK(ip_address{}.is_v4());
    CHECK(str(ip_address{}) == "0.0.0.0");
}

TEST_CASE("as_v4() and as_v6() point to the address of that family") {
    const ip_address four = "192.0.2.1"_ipv4;
    REQUIRE(four.as_v4() != nullptr);
    CHECK(*four.as_v4() == "192.0.2.1"_ipv4);
    CHECK(four.as_v6() == nullptr);
    const ip_address six = "fe80::1%2"_ipv6;
    REQUIRE(six.as_v6() != nullptr);
    CHECK(*six.as_v6() == "fe80::1%2"_ipv6);
    CHECK(six.as_v4() == nullptr);
}

TEST_CASE("an ip_address can be assigned the other family") {
    ip_address address = "192.0.2.1"_ipv4;
    address = "fe80::1%2"_ipv6;
    CHECK(str(address) == "fe80::1%2");
    address = "192.0.2.2"_ipv4;
    CHECK(str(address) == "192.0.2.2");
    CHECK(address.is_v4());
}

TEST_CASE("a v4-mapped address is not equal to the IPv4 address before unmap()") {
    const ip_address mapped = "::ffff:192.0.2.1"_ip;
    const ip_address four = "192.0.2.1"_ip;
    CHECK(mapped.is_v6());
    CHECK(mapped != four);
    CHECK(hash_value(mapped) != hash_value(four));
    CHECK(mapped.unmap() == four);
    CHECK(hash_value(mapped.unmap()) == hash_value(four));
    CHECK("::ffff:192.0.2.1%7"_ip.unmap() == four);
}

TEST_CASE("unmap() returns every other address unchanged") {
    for (const std::string_view text : {"192.0.2.1", "::192.0.2.1", "fe80::1%2", "::", "64:ff9b::192.0.2.1"}) {
        const ip_address address = ip_address::parse(text).value();
        CHECK(address.unmap() == address);
    }
}

TEST_CASE("an ip_address is printed into the caller's buffer") {
    support::check_print("255.255.255.255"_ip);
    support::check_print("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295"_ip);
}

TEST_CASE("an ip_address is classified like the address that it holds") {
    for (const vectors::classified& line : vectors::ipv4_kinds) {
        INFO("address: ", str(line.text));
        CHECK(support::kind_of(ip_address::parse(line.text).value()) == (line.is & ~vectors::broadcast));
    }
    for (const vectors::classified& line : vectors::ipv6_kinds) {
        INFO("address: ", str(line.text));
        CHECK(support::kind_of(ip_address::parse(line.text).value()) == line.is);
    }
}

TEST_CASE("every IPv4 address sorts before every IPv6 address") {
    support::check_ascending(support::parse_all<ip_address>(
        {"0.0.0.0", "10.0.0.1", "255.255.255.255", "::", "::%1", "::1", "::10.0.0.1", "::ffff:10.0.0.1", "ffff::"}));
}

TEST_CASE("ip addresses have distinct hashes, also across families") {
    support::check_hash_spread([](std::uint32_t i) {
        const auto four = ipv4_address::from_number(0x0a000000 + i / 2);
        return i % 2 == 0 ? ip_address(four) : ip_address(ipv6_address::v4_mapped(four));
    });
}

}  // namespace
