// SPDX-License-Identifier: BSL-1.0
#include <keyway/address/ipv4.hpp>

#include <doctest/doctest.h>

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "support/address_vectors.hpp"
#include "support/values.hpp"

namespace {

using keyway::ipv4_address;
using keyway::text_errc;
using keyway::text_error;
using namespace keyway::literals;
using support::fault_of;
using support::str;

static_assert(sizeof(ipv4_address) == 4 && std::is_trivially_copyable_v<ipv4_address>);
static_assert(ipv4_address::bit_count == 32 && ipv4_address::max_text == 15);
static_assert(!std::is_convertible_v<std::array<std::uint8_t, 4>, ipv4_address>);
static_assert(!std::is_convertible_v<std::uint32_t, ipv4_address>);

// Everything works at compile time.
static_assert(ipv4_address{} == ipv4_address::any());
static_assert(ipv4_address(192, 0, 2, 1).octets() == std::array<std::uint8_t, 4>{192, 0, 2, 1});
static_assert(ipv4_address(std::array<std::uint8_t, 4>{192, 0, 2, 1}) == ipv4_address(192, 0, 2, 1));
static_assert(ipv4_address::from_number(0x7f000001) == ipv4_address::loopback());
static_assert(ipv4_address(1, 2, 3, 4).to_number() == 0x01020304);
static_assert(ipv4_address(1, 2, 3, 4) < ipv4_address(1, 2, 3, 5));
static_assert(ipv4_address(1, 2, 3, 4).text() == "1.2.3.4");
static_assert(ipv4_address::parse("1.2.3.4") == ipv4_address(1, 2, 3, 4));
static_assert(ipv4_address::parse("1.2.3.256").error() == text_error{text_errc::octet_above_255, 4, 6});
static_assert(hash_value(ipv4_address(1, 2, 3, 4)) != hash_value(ipv4_address(4, 3, 2, 1)));
static_assert(support::kind_of(ipv4_address(127, 0, 0, 1)) == vectors::loopback);
static_assert([] {
    char buffer[ipv4_address::max_text]{};
    return ipv4_address::broadcast().print(buffer) == "255.255.255.255";
}());

static_assert("0.0.0.0"_ipv4 == ipv4_address::any());
static_assert("192.0.2.53"_ipv4 == ipv4_address(192, 0, 2, 53));
static_assert(std::is_same_v<decltype("192.0.2.53"_ipv4), ipv4_address>);

TEST_CASE("an ipv4_address is parsed strictly, and an error has position and octet") {
    support::check_texts<&ipv4_address::parse>(vectors::ipv4);
}

TEST_CASE("the default ipv4_address is 0.0.0.0, and no invalid text parses as it") {
    CHECK(str(ipv4_address{}) == "0.0.0.0");
    CHECK(ipv4_address{}.is_unspecified());
    for (const std::string text : {"", "*", "any", "0", "0.0.0", "0.0.0.0 ", "00.0.0.0", "0.0.0.0.0"}) {
        CAPTURE(text);
        CHECK(!ipv4_address::parse(text));
    }
}

TEST_CASE("a very long text is rejected at its first error") {
    const std::string zeros(70'000, '0');
    const std::string spaces(70'000, ' ');
    CHECK(fault_of(ipv4_address::parse("1.2.3." + zeros)) == text_error{text_errc::leading_zero, 4, 6});
    CHECK(fault_of(ipv4_address::parse("1.2.3.4" + spaces)) == text_error{text_errc::trailing_characters, 0, 7});
}

TEST_CASE("the well-known ipv4 addresses") {
    CHECK(str(ipv4_address::any()) == "0.0.0.0");
    CHECK(str(ipv4_address::loopback()) == "127.0.0.1");
    CHECK(str(ipv4_address::broadcast()) == "255.255.255.255");
}

TEST_CASE("an ipv4_address converts to a number in host order and back") {
    for (const std::uint32_t number : {0U, 1U, 0x7f000001U, 0x80000000U, 0xc0000201U, 0xfffffffeU, 0xffffffffU})
        CHECK(ipv4_address::from_number(number).to_number() == number);
    CHECK(str(ipv4_address::from_number(0xc0000201)) == "192.0.2.1");
}

template <class Bytes>
concept makes_ipv4 = std::constructible_from<ipv4_address, Bytes>;
static_assert(makes_ipv4<std::span<const std::byte, 4>> && makes_ipv4<std::span<std::byte, 4>>);
static_assert(makes_ipv4<std::array<std::byte, 4>&> && !makes_ipv4<std::array<std::byte, 5>&>);
static_assert(!makes_ipv4<std::span<const std::byte>> && !makes_ipv4<std::span<const std::byte, 16>>);
static_assert(!std::convertible_to<std::span<const std::byte, 4>, ipv4_address>);
static_assert(ipv4_address("192.0.2.1"_ipv4.to_bytes()) == "192.0.2.1"_ipv4);

TEST_CASE("an ipv4_address is made from four bytes in network order and converts back") {
    constexpr std::array bytes{std::byte{192}, std::byte{0}, std::byte{2}, std::byte{255}};
    CHECK(ipv4_address(bytes) == "192.0.2.255"_ipv4);
    CHECK(ipv4_address(std::span(bytes).first<4>()).to_bytes() == bytes);
    const std::vector<std::byte> packet(20, std::byte{7});
    CHECK(ipv4_address(std::span(packet).subspan(12).first<4>()) == "7.7.7.7"_ipv4);
}

TEST_CASE("every value of every octet is printed and parsed again") {
    for (unsigned value = 0; value < 256; ++value) {
        for (const unsigned shift : {0U, 8U, 16U, 24U}) {
            const auto address = ipv4_address::from_number(value << shift);
            CHECK(ipv4_address::parse(address.text()) == address);
        }
    }
}

TEST_CASE("an ipv4_address is printed into the caller's buffer") {
    support::check_print(ipv4_address::any());
    support::check_print(ipv4_address(192, 0, 2, 1));
    support::check_print(ipv4_address::broadcast());
    CHECK(str(ipv4_address::broadcast()).size() == ipv4_address::max_text);
}

TEST_CASE("ipv4 addresses are classified by their blocks") {
    for (const vectors::classified& line : vectors::ipv4_kinds) {
        INFO("address: ", str(line.text));
        CHECK(support::kind_of(ipv4_address::parse(line.text).value()) == line.is);
    }
}

TEST_CASE("ipv4 addresses are ordered as numbers") {
    support::check_ascending(
        support::parse_all<ipv4_address>({"0.0.0.0", "0.0.0.1", "0.0.1.0", "1.0.0.0", "9.255.0.0", "127.0.0.1",
                                          "128.0.0.0", "255.255.255.254", "255.255.255.255"}));
}

TEST_CASE("ipv4 addresses have distinct hashes") {
    support::check_hash_spread([](std::uint32_t i) { return ipv4_address::from_number(0x0a000000 + i); });
    support::check_hash_spread([](std::uint32_t i) { return ipv4_address::from_number(i << 18); });
}

}  // namespace
