// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_SCAN_HPP
#define KEYWAY_DETAIL_SCAN_HPP

// The basis of the library's text parsers: a position in the text.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/expected.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

constexpr int hex_digit_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The number of times that `c` occurs. Not string_view::find: with -fsanitize=undefined g++ does not accept it in
/// constant expressions, and no literal would compile.
constexpr std::size_t count(std::string_view text, char c) noexcept {
    std::size_t found = 0;
    for (const char each : text) found += each == c ? 1 : 0;
    return found;
}

class scanner {
public:
    constexpr explicit scanner(std::string_view text) noexcept : text_(text) {}

    [[nodiscard]] constexpr bool at_end() const noexcept { return position_ == text_.size(); }
    [[nodiscard]] constexpr bool at(char c) const noexcept { return !at_end() && text_[position_] == c; }
    [[nodiscard]] constexpr char peek() const noexcept { return at_end() ? '\0' : text_[position_]; }
    [[nodiscard]] constexpr std::size_t position() const noexcept { return position_; }
    constexpr void seek(std::size_t position) noexcept { position_ = position; }

    constexpr bool skip(char c) noexcept {
        if (!at(c)) return false;
        ++position_;
        return true;
    }

    [[nodiscard]] static constexpr unexpected<text_error> fail_at(std::size_t position, text_errc reason,
                                                                  std::size_t field = 0) noexcept {
        constexpr std::size_t last = 0xffff;
        return unexpected<text_error>(text_error{reason, static_cast<std::uint8_t>(field),
                                                 static_cast<std::uint16_t>(position < last ? position : last)});
    }

    [[nodiscard]] constexpr unexpected<text_error> fail(text_errc reason, std::size_t field = 0) const noexcept {
        return fail_at(position_, reason, field);
    }

    /// A decimal number without leading zeros, at most `max`; `above` is the error of a larger one.
    [[nodiscard]] constexpr expected<std::uint32_t, text_error> decimal(std::uint32_t max, text_errc above,
                                                                        std::size_t field = 0) noexcept {
        const std::size_t start = position_;
        std::uint64_t value = 0;
        for (; is_digit(peek()); ++position_) {
            value = value * 10 + static_cast<std::uint64_t>(peek() - '0');
            if (value > max) return fail_at(start, above, field);
        }
        if (position_ == start) return fail(text_errc::expected_digit, field);
        if (text_[start] == '0' && position_ - start > 1) return fail_at(start, text_errc::leading_zero, field);
        return static_cast<std::uint32_t>(value);
    }

private:
    std::string_view text_;
    std::size_t position_ = 0;
};

/// The whole text parsed by `parse_prefix(scanner&)`, with nothing left over.
template <class Value>
constexpr expected<Value, text_error> parse_whole(std::string_view text,
                                                  expected<Value, text_error> (*parse_prefix)(scanner&)) {
    scanner in(text);
    if (text.empty()) return in.fail(text_errc::empty);
    auto value = parse_prefix(in);
    if (value && !in.at_end()) return in.fail(text_errc::trailing_characters);
    return value;
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
