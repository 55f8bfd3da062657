// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_SCAN_HPP
#define KEYWAY_DETAIL_SCAN_HPP

// The basis of the library's text parsers: a position in the text, and the error of the parser that failed there. Parsers
// return whether they succeeded, and store what they read: an expected for each step would cost every program that includes
// this header, and every text that is parsed.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/expected.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// The value of a decimal digit; above 9 if it is none.
constexpr unsigned digit_value(char c) noexcept { return static_cast<unsigned char>(c) - unsigned{'0'}; }

/// The value of a hexadecimal digit; above 15 if it is none.
constexpr unsigned hex_digit_value(char c) noexcept {
    if (digit_value(c) <= 9) return digit_value(c);
    constexpr unsigned lower_case = 0x20;
    const unsigned letter = (static_cast<unsigned char>(c) | lower_case) - unsigned{'a'};
    return letter <= 5 ? letter + 10 : 16;
}

/// Why and where a text was refused.
constexpr text_error text_error_at(std::size_t position, text_errc reason, std::size_t field = 0) noexcept {
    constexpr std::size_t last = 0xffff;
    return {reason, static_cast<std::uint8_t>(field), static_cast<std::uint16_t>(position < last ? position : last)};
}

class scanner {
public:
    constexpr explicit scanner(std::string_view text) noexcept
        : begin_(text.data()), next_(begin_), end_(begin_ + text.size()) {}

    [[nodiscard]] constexpr bool at_end() const noexcept { return next_ == end_; }
    [[nodiscard]] constexpr bool at(char c) const noexcept { return next_ != end_ && *next_ == c; }
    /// The next character, or NUL at the end.
    [[nodiscard]] constexpr char peek() const noexcept { return next_ == end_ ? '\0' : *next_; }
    [[nodiscard]] constexpr std::size_t position() const noexcept { return static_cast<std::size_t>(next_ - begin_); }
    /// How many of the characters that follow are `c`. Not string_view::find: with -fsanitize=undefined g++ does not accept
    /// it in constant expressions, and no literal would compile.
    [[nodiscard]] constexpr std::size_t count(char c) const noexcept {
        std::size_t found = 0;
        for (const char* at = next_; at != end_; ++at) found += *at == c ? 1 : 0;
        return found;
    }
    constexpr void seek(std::size_t position) noexcept { next_ = begin_ + position; }

    constexpr bool skip(char c) noexcept {
        if (!at(c)) return false;
        ++next_;
        return true;
    }

    /// Both return false, for the parser to return.
    constexpr bool fail_at(std::size_t position, text_errc reason, std::size_t field = 0) noexcept {
        error_ = text_error_at(position, reason, field);
        return false;
    }
    constexpr bool fail(text_errc reason, std::size_t field = 0) noexcept { return fail_at(position(), reason, field); }
    [[nodiscard]] constexpr text_error error() const noexcept { return error_; }

    /// A decimal number without leading zeros, at most `max`; `above` is the error of a larger one.
    constexpr bool decimal(std::uint32_t& number, std::uint32_t max, text_errc above, std::size_t field = 0) noexcept {
        const char* const start = next_;
        const char* at = start;
        std::uint64_t value = 0;
        for (unsigned digit = 0; at != end_ && (digit = digit_value(*at)) <= 9; ++at) {
            value = value * 10 + digit;
            if (value > max) return fail(above, field);
        }
        if (at - start > 1 && *start == '0') return fail(text_errc::leading_zero, field);
        if (at == start) return fail(text_errc::expected_digit, field);
        next_ = at;
        number = static_cast<std::uint32_t>(value);
        return true;
    }

    /// One to four hexadecimal digits.
    constexpr bool group(unsigned& group, std::size_t field) noexcept {
        const char* const start = next_;
        const char* at = start;
        unsigned value = 0;
        for (unsigned digit = 0; at != end_ && (digit = hex_digit_value(*at)) <= 15; ++at) {
            if (at - start == 4) return fail(text_errc::group_above_four_digits, field);
            value = value << 4 | digit;
        }
        if (at == start) return fail(text_errc::expected_hex_digit, field);
        next_ = at;
        group = value;
        return true;
    }

private:
    const char* begin_;
    const char* next_;
    const char* end_;
    text_error error_{};
};

template <class Alternative, class Value>
constexpr bool scan_as(scanner& in, Value& value) noexcept {
    Alternative read;
    if (!scan(in, read)) return false;
    value = read;
    return true;
}

/// The value of the whole text, with nothing left over. Values are read by their overloads of `bool scan(scanner&, Value&)`.
template <class Value>
constexpr expected<Value, text_error> parse_whole(std::string_view text) noexcept {
    scanner in(text);
    Value value;
    if (in.at_end()) in.fail(text_errc::empty);
    else if (scan(in, value)) {
        if (in.at_end()) return value;
        in.fail(text_errc::trailing_characters);
    }
    return unexpected<text_error>(in.error());
}

/// The base of a class that is no template and is read from text: only a program that calls parse() has its result
/// instantiated.
template <class Value>
class parsed_value {
public:
    /// Reads the whole text, in the form that the type documents.
    /// Errors: a text_error with the position, and the octet or group.
    [[nodiscard]] static constexpr expected<Value, text_error> parse(std::string_view text) noexcept {
        return parse_whole<Value>(text);
    }
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
