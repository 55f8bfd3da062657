// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_LITERAL_HPP
#define KEYWAY_DETAIL_LITERAL_HPP

// Literals whose compile error names the place and the cause of the fault.

#include <cstddef>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// A string literal as a template argument.
template <std::size_t Size>
struct literal_text {
    char characters[Size] = {};

    consteval literal_text(const char (&text)[Size]) noexcept {
        for (std::size_t i = 0; i < Size; ++i) characters[i] = text[i];
    }

    [[nodiscard]] constexpr std::string_view view() const noexcept { return {characters, Size - 1}; }
};

/// Compilers print these arguments: the cause, the octet or group, and the position in the text.
template <text_errc Reason, int Field, int Position>
struct faulty_literal {
    static_assert(Position < 0,
                  "keyway: this text is no such address; faulty_literal<reason, octet or group, position> "
                  "says what is wrong and where");
};

/// The value of `Parse(Text)`, or a compile error that says what is wrong with the text.
template <literal_text Text, auto Parse>
consteval auto parse_literal() {
    constexpr auto parsed = Parse(Text.view());
    if constexpr (parsed.has_value()) {
        return *parsed;
    } else {
        return faulty_literal<parsed.error().reason, parsed.error().field, parsed.error().position>{};
    }
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
