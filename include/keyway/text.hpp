// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TEXT_HPP
#define KEYWAY_TEXT_HPP

// Text of values without allocation: a string of fixed capacity, and the error of a parser.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string_view>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// A string of at most Capacity characters, stored in the object and always followed by a terminating NUL. It converts to
/// std::string_view and can be written to a std::ostream.
template <std::size_t Capacity>
class fixed_text {
public:
    static constexpr std::size_t capacity = Capacity;

    constexpr fixed_text() noexcept = default;

    [[nodiscard]] constexpr std::string_view view() const noexcept KEYWAY_LIFETIMEBOUND { return {characters_, size_}; }
    [[nodiscard]] constexpr const char* data() const noexcept KEYWAY_LIFETIMEBOUND { return characters_; }
    [[nodiscard]] constexpr const char* c_str() const noexcept KEYWAY_LIFETIMEBOUND { return characters_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    constexpr operator std::string_view() const noexcept KEYWAY_LIFETIMEBOUND { return view(); }

    /// Writes the characters, without a terminator, into a buffer of the full capacity. Returns: the part written.
    constexpr std::string_view copy_to(std::span<char, Capacity> buffer) const noexcept {
        for (std::size_t i = 0; i < size_; ++i) buffer[i] = characters_[i];
        return {buffer.data(), size_};
    }

    /// Appends as much of the text as fits; the rest is dropped.
    constexpr fixed_text& append(std::string_view text) noexcept {
        for (const char c : text) append(c);
        return *this;
    }

    constexpr fixed_text& append(char c) noexcept {
        if (size_ < Capacity) characters_[size_++] = c;
        return *this;
    }

    /// Appends an unsigned number in decimal.
    constexpr fixed_text& append_number(std::uint64_t number) noexcept {
        char digits[20] = {};
        std::size_t count = 0;
        do {
            digits[count++] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        while (count != 0) append(digits[--count]);
        return *this;
    }

    friend constexpr bool operator==(const fixed_text& text, std::string_view other) noexcept {
        return text.view() == other;
    }
    template <std::size_t Other>
    friend constexpr bool operator==(const fixed_text& text, const fixed_text<Other>& other) noexcept {
        return text.view() == other.view();
    }

    /// As a std::string_view: width, fill and alignment apply.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const fixed_text& text) {
        return out << std::basic_string_view<char, Traits>(text.characters_, text.size_);
    }

private:
    char characters_[Capacity + 1] = {};
    std::size_t size_ = 0;
};

namespace detail {

template <class T>
concept has_text = requires(const T& value) {
    { value.text() } -> std::convertible_to<std::string_view>;
};
template <class T>
concept has_message = requires(const T& value) {
    { value.message() } -> std::convertible_to<std::string_view>;
};
template <class T>
concept printable = has_text<T> || has_message<T>;

}  // namespace detail

// clang-format off
template <class Traits, detail::printable T> detail::refused operator<<(std::basic_ostream<char, Traits>&, const T&) KEYWAY_DELETE("include <keyway/bridge/format.hpp>, which prints addresses, endpoints and errors; or print their text() or message()");
template <class Traits, class T> requires requires(const T& t) { t.has_value(); t.error(); } detail::refused operator<<(std::basic_ostream<char, Traits>&, const T&) KEYWAY_DELETE("a result is printed by what it holds: look first whether there is a value, then print *result, or result.error().message()");
// clang-format on

/// Why a text, or a sequence of bytes, is not an address, network or endpoint.
enum class text_errc : std::uint8_t {
    empty = 1,
    expected_digit,
    expected_hex_digit,
    expected_dot,
    expected_colon,
    leading_zero,
    octet_above_255,
    group_above_four_digits,
    too_few_groups,
    too_many_groups,
    second_double_colon,
    double_colon_replaces_nothing,
    ipv4_part_not_last,
    zone_empty,
    zone_not_a_number,
    zone_above_32_bits,
    zone_unknown,
    port_missing,
    port_above_65535,
    ipv6_needs_brackets,
    bracket_not_closed,
    prefix_length_missing,
    prefix_length_too_large,
    host_bits_set,
    path_too_long,
    embedded_nul,
    wrong_byte_count,
    trailing_characters,
};

/// A reason as English text.
[[nodiscard]] constexpr std::string_view describe(text_errc reason) noexcept {
    switch (reason) {
    case text_errc::empty: return "the text is empty";
    case text_errc::expected_digit: return "a decimal digit was expected";
    case text_errc::expected_hex_digit: return "a hexadecimal digit was expected";
    case text_errc::expected_dot: return "a dot and the next octet were expected";
    case text_errc::expected_colon: return "a colon was expected";
    case text_errc::leading_zero: return "a leading zero is not allowed";
    case text_errc::octet_above_255: return "the octet is above 255";
    case text_errc::group_above_four_digits: return "the group has more than four digits";
    case text_errc::too_few_groups: return "there are fewer than eight groups and no '::'";
    case text_errc::too_many_groups: return "there are more than eight groups";
    case text_errc::second_double_colon: return "'::' occurs twice";
    case text_errc::double_colon_replaces_nothing: return "'::' replaces no group: there are eight already";
    case text_errc::ipv4_part_not_last: return "the dotted part is not the last 32 bits";
    case text_errc::zone_empty: return "nothing follows '%'";
    case text_errc::zone_not_a_number: return "the zone is not a decimal interface index";
    case text_errc::zone_above_32_bits: return "the zone does not fit 32 bits";
    case text_errc::zone_unknown: return "no interface has the zone's name";
    case text_errc::port_missing: return "a colon and a port were expected";
    case text_errc::port_above_65535: return "the port is above 65535";
    case text_errc::ipv6_needs_brackets: return "an IPv6 address with a port is written [address]:port";
    case text_errc::bracket_not_closed: return "the bracket is not closed";
    case text_errc::prefix_length_missing: return "a slash and a prefix length were expected";
    case text_errc::prefix_length_too_large: return "the prefix is longer than the address";
    case text_errc::host_bits_set: return "bits after the prefix are set";
    case text_errc::path_too_long: return "the name does not fit a socket address";
    case text_errc::embedded_nul: return "the path contains a NUL";
    case text_errc::wrong_byte_count: return "an address has 4 or 16 bytes";
    case text_errc::trailing_characters: return "unexpected characters follow";
    }
    return "unknown reason";
}

/// Why a text was refused, and where.
struct text_error {
    text_errc reason{};
    std::uint8_t field = 0;      ///< the octet or IPv6 group, counted from 1; 0 if the error is in none
    std::uint16_t position = 0;  ///< bytes from the beginning of the text

    /// For example `field 4, position 9: the octet is above 255`.
    [[nodiscard]] constexpr fixed_text<95> message() const noexcept {
        fixed_text<95> text;
        if (field != 0) text.append("field ").append_number(field).append(", ");
        text.append("position ").append_number(position).append(": ").append(describe(reason));
        return text;
    }

    friend constexpr bool operator==(const text_error&, const text_error&) noexcept = default;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
