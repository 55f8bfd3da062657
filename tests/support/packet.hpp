// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_PACKET_HPP
#define KEYWAY_TESTS_SUPPORT_PACKET_HPP

// Packets written as lists of bytes, and random packets.

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <keyway/packet/error.hpp>

template <>
struct doctest::StringMaker<keyway::packet_errc> {
    static String convert(keyway::packet_errc why) { return std::string(keyway::describe(why)).c_str(); }
};

namespace test {

/// `bytes(0x45, 0, 'a')`.
template <class... Values>
constexpr std::array<std::byte, sizeof...(Values)> bytes(Values... values) {
    return {std::byte(values)...};
}

/// The error of a result; a code without a name if there is a value.
template <class Result>
constexpr keyway::packet_errc why(const Result& result) {
    return result ? keyway::packet_errc{} : result.error();
}

constexpr bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i]) return false;
    return true;
}

/// Whether the part is inside the whole; an empty part may be anywhere.
inline bool within(std::span<const std::byte> part, std::span<const std::byte> whole) {
    if (part.empty()) return true;
    const auto before = part.data() - whole.data();
    return before >= 0 && part.size() <= whole.size() && static_cast<std::size_t>(before) <= whole.size() - part.size();
}

/// Random numbers, the same in every run.
class dice {
public:
    explicit dice(std::uint64_t seed) : engine_(seed) {}
    /// From 0 to `most`.
    std::size_t upto(std::size_t most) { return static_cast<std::size_t>(engine_() % (most + 1)); }
    template <class Number>
    Number any() {
        return static_cast<Number>(engine_());
    }
    std::vector<std::byte> bytes(std::size_t size) {
        std::vector<std::byte> all(size);
        for (std::byte& one : all) one = any<std::byte>();
        return all;
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace test

#endif
