// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_EXACT_HPP
#define KEYWAY_DETAIL_EXACT_HPP

// Numbers that nothing is cut from on their way into a parameter: 70000 does not become port 4464.

#include <concepts>
#include <type_traits>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// An integer of a type that may hold values that a U cannot.
template <class N, class U>
concept wider_integer = std::integral<N> && !std::same_as<N, bool> && (sizeof(N) > sizeof(U) || std::is_signed_v<N>);

/// A parameter that takes a U, or a constant of any integer type that fits in a U.
template <std::unsigned_integral U>
class exact {
public:
    constexpr exact(U number) noexcept : number_(number) {}
    template <wider_integer<U> N>
    consteval exact(const N& constant) : number_(static_cast<U>(constant)) {
        if (constant < 0 || number_ != static_cast<std::make_unsigned_t<N>>(constant)) number_does_not_fit();
    }
    // clang-format off
    template <wider_integer<U> N> exact(N& variable) requires(!std::is_const_v<N>) KEYWAY_DELETE("a port is a std::uint16_t, 0 to 65535, an octet is a std::uint8_t, 0 to 255: check a wider number, then static_cast it");
    // clang-format on

    constexpr operator U() const noexcept { return number_; }

private:
    // clang-format off
    static void number_does_not_fit() { /* keyway: a port is 0 to 65535, an octet is 0 to 255 */ }
    // clang-format on

    U number_;
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
