// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_VALUES_HPP
#define KEYWAY_TESTS_SUPPORT_VALUES_HPP

// What is asked of every value type alike: text in and out, order, equality and hash.

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

/// Why the text was refused; of one that was not, an error without a reason.
template <class Parsed>
keyway::text_error fault_of(const Parsed& parsed) {
    return parsed.has_value() ? keyway::text_error{} : parsed.error();
}

/// Every line of the table is accepted or refused as it says; what is accepted is printed as it says, and that text
/// gives the same value again.
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

/// Prints into the caller's buffer what text() gives, and nothing behind it.
template <class Value>
void check_print(const Value& value) {
    char buffer[Value::max_text];
    for (char& c : buffer) c = '#';
    const std::string_view printed = value.print(buffer);
    CHECK(str(printed) == str(value));
    CHECK(static_cast<const void*>(printed.data()) == buffer);
    for (std::size_t i = printed.size(); i < sizeof(buffer); ++i) CHECK(buffer[i] == '#');
}

/// The values that these texts are.
template <class Value>
std::vector<Value> parse_all(std::initializer_list<std::string_view> texts) {
    std::vector<Value> values;
    for (const std::string_view text : texts) values.push_back(Value::parse(text).value());
    return values;
}

/// Each value is equal to itself alone, in hash too, and less than those behind it.
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

/// `make(0)` to `make(9999)` are distinct, and so are their hashes.
template <class Make>
void check_hash_spread(Make make) {
    constexpr std::uint32_t count = 10'000;
    std::set<std::uint64_t> hashes;
    for (std::uint32_t i = 0; i < count; ++i) hashes.insert(hash_value(make(i)));
    CHECK(hashes.size() == count);
}

/// What the address says of itself, to compare with a line of a table.
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
