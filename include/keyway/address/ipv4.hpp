// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ADDRESS_IPV4_HPP
#define KEYWAY_ADDRESS_IPV4_HPP

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/exact.hpp>
#include <keyway/detail/hash.hpp>
#include <keyway/detail/literal.hpp>
#include <keyway/detail/scan.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

namespace detail {

/// What a function takes for a std::span<const std::byte, Size>: a concept, so that no overload resolution looks at the
/// constructors of a span.
template <class Bytes, std::size_t Size>
concept bytes_of_size = std::is_convertible_v<const Bytes&, std::span<const std::byte, Size>>;

template <std::size_t Size>
constexpr std::array<std::uint8_t, Size> octets_of(const std::byte* bytes) noexcept {
    std::array<std::uint8_t, Size> octets{};
    for (std::size_t i = 0; i < Size; ++i) octets[i] = static_cast<std::uint8_t>(bytes[i]);
    return octets;
}

}  // namespace detail

/// An IPv4 address: 4 octets in network order. The default is 0.0.0.0.
///
/// parse() reads four decimal octets. Rejected: leading zeros (which some parsers read as octal), short and
/// hexadecimal forms, white space.
///
/// Errors: a text_error with the octet and the position.
/// Source: RFC 6943 section 3.1.1 ("strict form"); inet_pton(3).
class ipv4_address : public detail::parsed_value<ipv4_address> {
public:
    using octets_type = std::array<std::uint8_t, 4>;

    /// Characters of the longest text, `255.255.255.255`.
    static constexpr std::size_t max_text = 15;
    static constexpr unsigned bit_count = 32;

    constexpr ipv4_address() noexcept = default;
    ipv4_address(const ipv4_address&) noexcept = default;
    ipv4_address& operator=(const ipv4_address&) & noexcept = default;
    ~ipv4_address() = default;
    // clang-format off
    ipv4_address& operator=(const ipv4_address&) && = delete;  // KEYWAY_DELETE("address() returns a copy: assign a whole endpoint, to = {address, to.port()}")
    // clang-format on
    constexpr explicit ipv4_address(octets_type octets) noexcept : octets_(octets) {}
    /// The address whose four bytes these are, in network order: the first is the leftmost octet of the text.
    template <detail::bytes_of_size<4> Bytes>
    constexpr explicit ipv4_address(const Bytes& bytes) noexcept
        : octets_(detail::octets_of<4>(std::span<const std::byte, 4>(bytes).data())) {}
    /// Each octet is a std::uint8_t, or a constant from 0 to 255.
    constexpr ipv4_address(detail::exact<std::uint8_t> a, detail::exact<std::uint8_t> b, detail::exact<std::uint8_t> c,
                           detail::exact<std::uint8_t> d) noexcept
        : octets_{a, b, c, d} {}
    // clang-format off
    template <class Text> requires std::convertible_to<const Text&, std::string_view> ipv4_address(const Text&) KEYWAY_DELETE("text is no address yet: put _ipv4 behind a literal, and give other text to ipv4_address::parse()");
    template <std::integral N> explicit ipv4_address(N number) KEYWAY_DELETE("an address is not a number: kw::ipv4_address::any(), loopback(), from_number(0x7f000001) of host order, or its four octets");
    // clang-format on

    /// The address of a number in host order: 0x7f000001 is 127.0.0.1.
    [[nodiscard]] static constexpr ipv4_address from_number(std::uint32_t number) noexcept {
        return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
                static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
    }

    [[nodiscard]] static constexpr ipv4_address any() noexcept { return {}; }
    [[nodiscard]] static constexpr ipv4_address loopback() noexcept { return {127, 0, 0, 1}; }
    [[nodiscard]] static constexpr ipv4_address broadcast() noexcept { return {255, 255, 255, 255}; }

    [[nodiscard]] constexpr const octets_type& octets() const noexcept { return octets_; }
    /// The octets as bytes, in network order.
    [[nodiscard]] constexpr std::array<std::byte, 4> to_bytes() const noexcept {
        return {std::byte{octets_[0]}, std::byte{octets_[1]}, std::byte{octets_[2]}, std::byte{octets_[3]}};
    }
    /// The address as a number in host order.
    [[nodiscard]] constexpr std::uint32_t to_number() const noexcept {
        return std::uint32_t{octets_[0]} << 24 | std::uint32_t{octets_[1]} << 16 | std::uint32_t{octets_[2]} << 8 |
               std::uint32_t{octets_[3]};
    }

    [[nodiscard]] constexpr bool is_unspecified() const noexcept { return to_number() == 0; }
    /// 127.0.0.0/8 (RFC 1122 section 3.2.1.3).
    [[nodiscard]] constexpr bool is_loopback() const noexcept { return octets_[0] == 127; }
    /// 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918).
    [[nodiscard]] constexpr bool is_private() const noexcept {
        return octets_[0] == 10 || (octets_[0] == 172 && (octets_[1] & 0xf0U) == 16) ||
               (octets_[0] == 192 && octets_[1] == 168);
    }
    /// 169.254.0.0/16 (RFC 3927).
    [[nodiscard]] constexpr bool is_link_local() const noexcept { return octets_[0] == 169 && octets_[1] == 254; }
    /// 224.0.0.0/4 (RFC 5771).
    [[nodiscard]] constexpr bool is_multicast() const noexcept { return (octets_[0] & 0xf0U) == 224; }
    [[nodiscard]] constexpr bool is_broadcast() const noexcept { return *this == broadcast(); }
    /// 192.0.2.0/24, 198.51.100.0/24 or 203.0.113.0/24 (RFC 5737).
    [[nodiscard]] constexpr bool is_documentation() const noexcept {
        const std::uint32_t network = to_number() >> 8;
        return network == 0xc00002U || network == 0xc63364U || network == 0xcb0071U;
    }

    /// Writes the text, without a terminator, into the caller's buffer. Returns: the part written.
    template <class Self = ipv4_address>
    constexpr std::string_view print(std::span<char, Self::max_text> buffer) const noexcept {
        return text().copy_to(buffer);
    }

    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        fixed_text<max_text> text;
        for (std::size_t i = 0; i < octets_.size(); ++i) {
            if (i != 0) text.append('.');
            text.append_number(octets_[i]);
        }
        return text;
    }

    friend constexpr bool operator==(const ipv4_address& a, const ipv4_address& b) noexcept {
        return a.to_number() == b.to_number();
    }
    friend constexpr std::strong_ordering operator<=>(const ipv4_address& a, const ipv4_address& b) noexcept {
        return a.to_number() <=> b.to_number();
    }
    friend constexpr std::uint64_t hash_value(const ipv4_address& address) noexcept {
        return detail::hash_number(address.to_number());
    }

private:
    octets_type octets_{};
};

namespace detail {

constexpr bool scan(scanner& in, ipv4_address& address) noexcept {
    std::uint32_t number = 0;
    for (std::size_t field = 1; field <= 4; ++field) {
        if (field != 1 && !in.skip('.')) return in.fail(text_errc::expected_dot, field);
        std::uint32_t octet = 0;
        if (!in.decimal(octet, 255, text_errc::octet_above_255, field)) return false;
        number = number << 8 | octet;
    }
    address = ipv4_address::from_number(number);
    return true;
}

}  // namespace detail

inline namespace literals {

/// `"192.0.2.1"_ipv4`; an invalid address is a compile error.
template <detail::literal_text Text>
consteval auto operator""_ipv4() {
    return detail::parse_literal<Text, &ipv4_address::parse>();
}

}  // namespace literals
}  // namespace KEYWAY_MODE
}  // namespace keyway

template <>  // NOLINTNEXTLINE(misc-include-cleaner): <string_view> declares it
struct std::hash<keyway::ipv4_address> : keyway::detail::standard_hash<keyway::ipv4_address> {};

#endif
