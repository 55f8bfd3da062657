// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_VALUES_HPP
#define KEYWAY_TESTS_SUPPORT_VALUES_HPP

// Checks of all value types: parsing and formatting, order, equality and hash.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/address_vectors.hpp"

template <>
struct doctest::StringMaker<keyway::text_error> {
    static doctest::String convert(const keyway::text_error& error) { return error.message().c_str(); }
};

namespace support {

inline std::string str(std::string_view text) { return std::string(text); }

template <class Value>
    requires requires(const Value& value) { value.text(); }
std::string str(const Value& value) {
    return std::string(value.text().view());
}

/// The error of a refused text; an error without a reason if the text was accepted.
template <class Parsed>
keyway::text_error fault_of(const Parsed& parsed) {
    return parsed.has_value() ? keyway::text_error{} : parsed.error();
}

/// Checks that each text of the table is accepted or refused as stated, that an accepted one is printed as stated, and
/// that parsing the printed text makes the same value.
template <auto Parse, class Table>
void check_texts(const Table& table) {
    for (const vectors::text_vector& v : table) {
        INFO("text: ", str(v.text));
        const auto parsed = Parse(v.text);
        REQUIRE(parsed.has_value() == v.is_valid());
        if (v.is_valid()) {
            CHECK(str(*parsed) == str(v.canonical));
            const auto again = Parse(v.canonical);
            REQUIRE(again.has_value());
            CHECK(*again == *parsed);
        } else {
            CHECK(parsed.error() == v.error);
        }
    }
}

/// Checks that printing into the caller's buffer makes the same text as text(), and writes nothing after it.
template <class Value>
void check_print(const Value& value) {
    char buffer[Value::max_text];
    for (char& c : buffer) c = '#';
    const std::string_view printed = value.print(buffer);
    CHECK(str(printed) == str(value));
    CHECK(static_cast<const void*>(printed.data()) == buffer);
    for (std::size_t i = printed.size(); i < sizeof(buffer); ++i) CHECK(buffer[i] == '#');
}

/// The values of these texts.
template <class Value>
std::vector<Value> parse_all(std::initializer_list<std::string_view> texts) {
    std::vector<Value> values;
    for (const std::string_view text : texts) values.push_back(Value::parse(text).value());
    return values;
}

/// Checks that each value equals only itself, also in its hash, and is less than the values after it.
template <class Value>
void check_ascending(const std::vector<Value>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = 0; j < values.size(); ++j) {
            CAPTURE(i);
            CAPTURE(j);
            const Value left = values[i];
            const Value right = values[j];
            CHECK(((left <=> right) == (i <=> j)));
            CHECK((left < right) == (i < j));
            CHECK((left == right) == (i == j));
            CHECK((hash_value(left) == hash_value(right)) == (i == j));
        }
    }
}

/// Checks that `make(0)` to `make(9999)` are distinct, and so are their hashes; and that the lowest 16 bits, by which some
/// tables choose a place, are nearly as different as chance would make them (9,278 numbers).
template <class Make>
void check_hash_spread(Make make) {
    constexpr std::uint32_t count = 10'000;
    std::set<std::uint64_t> hashes;
    std::set<std::uint16_t> places;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t hash = hash_value(make(i));
        hashes.insert(hash);
        places.insert(static_cast<std::uint16_t>(hash));
    }
    CHECK(hashes.size() == count);
    CHECK(places.size() > 8'500);
}

/// The classification of an address, to compare with the table.
template <class Address>
constexpr unsigned kind_of(const Address& address) {
    unsigned is = vectors::plain;
    if (address.is_unspecified()) is |= vectors::unspecified;
    if (address.is_loopback()) is |= vectors::loopback;
    if (address.is_private()) is |= vectors::private_use;
    if (address.is_link_local()) is |= vectors::link_local;
    if (address.is_multicast()) is |= vectors::multicast;
    if (address.is_documentation()) is |= vectors::documentation;
    if constexpr (requires { address.is_broadcast(); })
        if (address.is_broadcast()) is |= vectors::broadcast;
    return is;
}

}  // namespace support

#endif
