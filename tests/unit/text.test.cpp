// SPDX-License-Identifier: BSL-1.0
#include <keyway/buffer.hpp>
#include <keyway/text.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iomanip>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

#include "support/address_vectors.hpp"
#include "support/values.hpp"

namespace {

using keyway::fixed_text;
using keyway::text_errc;
using keyway::text_error;
using support::str;

static_assert(fixed_text<3>{}.append("ab").append('c') == "abc");
static_assert(fixed_text<8>{}.append_number(65535).view() == "65535");
static_assert(fixed_text<8>{}.append("x").size() == 1);
static_assert(keyway::byte_range<fixed_text<8>> && std::is_convertible_v<fixed_text<8>, keyway::const_bytes>);
static_assert(std::is_trivially_copyable_v<fixed_text<15>>);
static_assert(sizeof(text_error) == 4 && std::is_trivially_copyable_v<text_error>);
static_assert(text_error{.reason = text_errc::empty} == text_error{text_errc::empty, 0, 0});
static_assert(describe(text_errc::empty) == "the text is empty");

constexpr std::string_view no_reason = describe(text_errc{});

/// Every enumerator: they are numbered from 1 without gaps.
std::set<text_errc> all_reasons() {
    std::set<text_errc> reasons;
    for (std::uint8_t i = 1; describe(text_errc{i}) != no_reason; ++i) reasons.insert(text_errc{i});
    return reasons;
}

TEST_CASE("a fixed_text is empty by default and is terminated") {
    const fixed_text<4> text;
    CHECK(text.size() == 0);
    CHECK(text.view().empty());
    CHECK(std::strlen(text.c_str()) == 0);
}

TEST_CASE("a fixed_text appends up to its capacity, drops the rest and stays terminated") {
    fixed_text<4> text;
    text.append("abc");
    CHECK(str(text.view()) == "abc");
    text.append("def");
    CHECK(str(text.view()) == "abcd");
    text.append('x').append_number(7);
    CHECK(str(text.view()) == "abcd");
    CHECK(text.size() == 4);
    CHECK(std::string(text.c_str()) == "abcd");
}

TEST_CASE("a fixed_text keeps a NUL inside") {
    fixed_text<8> text;
    text.append(std::string_view("a\0b", 3));
    CHECK(text.size() == 3);
    CHECK((text == std::string_view("a\0b", 3)));
}

TEST_CASE("a fixed_text can be appended to itself") {
    fixed_text<8> text;
    text.append("abc");
    text.append(text.view());
    CHECK(str(text.view()) == "abcabc");
}

TEST_CASE("a fixed_text is written to a stream like a string_view") {
    fixed_text<7> text;
    text.append("abc");
    std::ostringstream out;
    out << text << '|' << std::setw(5) << std::left << std::setfill('.') << text << '|';
    CHECK(out.str() == "abc|abc..|");
}

TEST_CASE("append_number writes every unsigned number in decimal") {
    const auto decimal = [](std::uint64_t number) { return str(fixed_text<20>{}.append_number(number).view()); };
    CHECK(decimal(0) == "0");
    CHECK(decimal(9) == "9");
    CHECK(decimal(10) == "10");
    CHECK(decimal(255) == "255");
    CHECK(decimal(4294967295) == "4294967295");
    CHECK(decimal(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
}

TEST_CASE("fixed_texts compare with strings of any kind and with each other, by their characters") {
    const auto text = fixed_text<4>{}.append("abc");
    CHECK((text == "abc"));
    CHECK(("abc" == text));
    CHECK((text == std::string("abc")));
    CHECK((text == std::string_view("abc")));
    CHECK((text != "abcd"));
    CHECK((text == fixed_text<4>{}.append("abc")));
    CHECK((text == fixed_text<9>{}.append("abc")));
    CHECK((text != fixed_text<4>{}.append("abd")));
    const std::string_view converted = text;
    CHECK(str(converted) == "abc");
}

TEST_CASE("every reason has a distinct text, and unknown numbers have none") {
    std::set<std::string_view> words;
    for (const text_errc reason : all_reasons()) words.insert(describe(reason));
    CHECK(words.size() == all_reasons().size());
    CHECK(words.count(describe(text_errc::empty)) == 1);
    CHECK(words.count(describe(text_errc::trailing_characters)) == 1);  // the last enumerator
    CHECK(str(describe(text_errc{255})) == "unknown reason");
}

TEST_CASE("the tables have a text for every reason") {
    std::set<text_errc> missing = all_reasons();
    const auto strike = [&](const auto& table) {
        for (const vectors::text_vector& v : table) missing.erase(v.error.reason);
    };
    strike(vectors::ipv4);
    strike(vectors::ipv6);
    strike(vectors::ipv4_network);
    strike(vectors::ipv6_network);
    strike(vectors::ipv4_endpoint);
    strike(vectors::ipv6_endpoint);
    strike(vectors::unix_path);
    missing.erase(text_errc::zone_unknown);      // only parse_zoned() looks up names
    missing.erase(text_errc::wrong_byte_count);  // only ip_address::from_bytes() counts bytes
    for (const text_errc reason : missing) FAIL_CHECK(str(describe(reason)));
    CHECK(missing.empty());
}

TEST_CASE("the message of a text_error has position and reason, and the field if there is one") {
    CHECK(str(text_error{text_errc::octet_above_255, 4, 9}.message().view()) ==
          "field 4, position 9: the octet is above 255");
    CHECK(str(text_error{text_errc::trailing_characters, 0, 7}.message().view()) ==
          "position 7: unexpected characters follow");
}

TEST_CASE("every message of a text_error fits") {
    for (const text_errc reason : all_reasons())
        CHECK(text_error{reason, 255, 65535}.message().view().ends_with(describe(reason)));
}

TEST_CASE("text_errors are equal in reason, field and position") {
    constexpr text_error error{text_errc::leading_zero, 2, 4};
    CHECK(error == text_error{text_errc::leading_zero, 2, 4});
    CHECK(error != text_error{text_errc::expected_digit, 2, 4});
    CHECK(error != text_error{text_errc::leading_zero, 1, 4});
    CHECK(error != text_error{text_errc::leading_zero, 2, 5});
}

}  // namespace
