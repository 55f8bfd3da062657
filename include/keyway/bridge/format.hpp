// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_BRIDGE_FORMAT_HPP
#define KEYWAY_BRIDGE_FORMAT_HPP

// Bridge to the standard library's text: operator<<, and std::formatter if the library has <format>.

#include <ostream>

#include <keyway/address/ip.hpp>       // IWYU pragma: keep
#include <keyway/address/ipv4.hpp>     // IWYU pragma: keep
#include <keyway/address/ipv6.hpp>     // IWYU pragma: keep
#include <keyway/address/network.hpp>  // IWYU pragma: keep
#include <keyway/detail/config.hpp>
#include <keyway/endpoint/any.hpp>   // IWYU pragma: keep
#include <keyway/endpoint/ip.hpp>    // IWYU pragma: keep
#include <keyway/endpoint/unix.hpp>  // IWYU pragma: keep
#include <keyway/error.hpp>          // IWYU pragma: keep
#include <keyway/family.hpp>         // IWYU pragma: keep
#include <keyway/text.hpp>           // IWYU pragma: keep (its formatter, where std::format is)

#if KEYWAY_HAS_STD_FORMAT
#include <cstddef>
#include <format>
#endif

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

template <printable T>
auto printed(const T& value) noexcept {
    if constexpr (has_text<T>) return value.text();
    else return value.message();
}

}  // namespace detail

/// Addresses, networks and endpoints as their text(), errors as their message(); width and fill apply.
template <detail::printable T>
std::ostream& operator<<(std::ostream& out, const T& value) {
    return out << detail::printed(value).view();
}

}  // namespace KEYWAY_MODE
}  // namespace keyway

#if KEYWAY_HAS_STD_FORMAT

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// Formats as the text would: `{:>40}` pads it.
template <class T>
struct text_formatter : std::formatter<std::string_view> {
    auto format(const T& value, auto& context) const {
        if constexpr (printable<T>) return std::formatter<std::string_view>::format(printed(value).view(), context);
        else return std::formatter<std::string_view>::format(value.view(), context);
    }
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

template <>
struct std::formatter<keyway::ipv4_address> : keyway::detail::text_formatter<keyway::ipv4_address> {};
template <>
struct std::formatter<keyway::ipv6_address> : keyway::detail::text_formatter<keyway::ipv6_address> {};
template <>
struct std::formatter<keyway::ip_address> : keyway::detail::text_formatter<keyway::ip_address> {};
template <class Address>
struct std::formatter<keyway::network<Address>> : keyway::detail::text_formatter<keyway::network<Address>> {};
template <class Family>
struct std::formatter<keyway::endpoint<Family>> : keyway::detail::text_formatter<keyway::endpoint<Family>> {};
template <>
struct std::formatter<keyway::any_endpoint> : keyway::detail::text_formatter<keyway::any_endpoint> {};
template <>
struct std::formatter<keyway::error> : keyway::detail::text_formatter<keyway::error> {};
template <>
struct std::formatter<keyway::transfer_error> : keyway::detail::text_formatter<keyway::transfer_error> {};
template <>
struct std::formatter<keyway::text_error> : keyway::detail::text_formatter<keyway::text_error> {};
template <std::size_t Capacity>
struct std::formatter<keyway::fixed_text<Capacity>> : keyway::detail::text_formatter<keyway::fixed_text<Capacity>> {};

#endif

#endif
