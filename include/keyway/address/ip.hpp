// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ADDRESS_IP_HPP
#define KEYWAY_ADDRESS_IP_HPP

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/hash.hpp>
#include <keyway/detail/literal.hpp>
#include <keyway/detail/scan.hpp>
#include <keyway/expected.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// An IPv4 or IPv6 address; which one is known at run time. The default is 0.0.0.0. A v4-mapped IPv6 address counts as an
/// IPv6 address; unmap() converts it.
///
/// parse() reads an IPv6 address if the text has two colons, as every IPv6 address has; otherwise an IPv4 address.
/// Errors: as ipv6_address::parse() or ipv4_address::parse().
class ip_address : public detail::parsed_value<ip_address> {
    constexpr auto visit(auto function) const noexcept { return is_v6_ ? function(v6_) : function(v4_); }

public:
    static constexpr std::size_t max_text = ipv6_address::max_text;

    constexpr ip_address() noexcept : ip_address(ipv4_address{}) {}
    ip_address(const ip_address&) noexcept = default;
    ip_address& operator=(const ip_address&) & noexcept = default;
    ~ip_address() = default;
    // clang-format off
    ip_address& operator=(const ip_address&) && = delete;  // KEYWAY_DELETE("address() returns a copy: assign a whole endpoint, to = {address, to.port()}")
    // clang-format on
    constexpr ip_address(ipv4_address address) noexcept : v4_(address) {}
    constexpr ip_address(ipv6_address address) noexcept : v6_(address), is_v6_(true) {}
    // clang-format off
    template <class Text> requires std::convertible_to<const Text&, std::string_view> ip_address(const Text&) KEYWAY_DELETE("text is no address yet: put _ipv4 or _ipv6 behind a literal, and give other text to ip_address::parse()");
    // clang-format on

    /// The address whose bytes these are, in network order: 4 bytes of IPv4, or 16 of IPv6 without a scope id.
    /// Errors: text_errc::wrong_byte_count.
    [[nodiscard]] static constexpr expected<ip_address, text_error> from_bytes(
        std::span<const std::byte> bytes) noexcept {
        if (bytes.size() == 4) return ip_address(ipv4_address(detail::octets_of<4>(bytes.data())));
        if (bytes.size() == 16) return ip_address(ipv6_address(detail::octets_of<16>(bytes.data())));
        return unexpected<text_error>(text_error{.reason = text_errc::wrong_byte_count});
    }

    [[nodiscard]] constexpr bool is_v4() const noexcept { return !is_v6_; }
    [[nodiscard]] constexpr bool is_v6() const noexcept { return is_v6_; }
    /// The IPv4 address, or null if this is an IPv6 address; as_v6() the other way round.
    [[nodiscard]] constexpr const ipv4_address* as_v4() const& noexcept { return is_v6_ ? nullptr : &v4_; }
    [[nodiscard]] constexpr const ipv6_address* as_v6() const& noexcept { return is_v6_ ? &v6_ : nullptr; }
    // clang-format off
    const ipv4_address* as_v4() const&& KEYWAY_DELETE("the pointer would outlive the temporary address: keep the address in a variable");
    const ipv6_address* as_v6() const&& KEYWAY_DELETE("the pointer would outlive the temporary address: keep the address in a variable");
    // clang-format on

    /// Writes the bytes in network order, 4 or 16, into the caller's buffer. Returns: the part written.
    template <class Longest = ipv6_address>
    constexpr std::span<std::byte> to_bytes(std::span<std::byte, Longest::bit_count / 8> buffer) const noexcept {
        return visit([buffer](const auto& a) {
            const auto bytes = a.to_bytes();
            for (std::size_t i = 0; i < bytes.size(); ++i) buffer[i] = bytes[i];
            return std::span<std::byte>(buffer.data(), bytes.size());
        });
    }

    /// The IPv4 address of a v4-mapped IPv6 address; any other address unchanged.
    [[nodiscard]] constexpr ip_address unmap() const noexcept {
        return is_v6_ && v6_.is_v4_mapped() ? ip_address(v6_.embedded_ipv4()) : *this;
    }

    [[nodiscard]] constexpr bool is_unspecified() const noexcept {
        return visit([](const auto& a) { return a.is_unspecified(); });
    }
    [[nodiscard]] constexpr bool is_loopback() const noexcept {
        return visit([](const auto& a) { return a.is_loopback(); });
    }
    [[nodiscard]] constexpr bool is_private() const noexcept {
        return visit([](const auto& a) { return a.is_private(); });
    }
    [[nodiscard]] constexpr bool is_link_local() const noexcept {
        return visit([](const auto& a) { return a.is_link_local(); });
    }
    [[nodiscard]] constexpr bool is_multicast() const noexcept {
        return visit([](const auto& a) { return a.is_multicast(); });
    }
    [[nodiscard]] constexpr bool is_documentation() const noexcept {
        return visit([](const auto& a) { return a.is_documentation(); });
    }

    /// Writes the text, without a terminator, into the caller's buffer. Returns: the part written.
    template <class Self = ip_address>
    constexpr std::string_view print(std::span<char, Self::max_text> buffer) const noexcept {
        return text().copy_to(buffer);
    }

    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        return visit([](const auto& a) { return fixed_text<max_text>{}.append(a.text()); });
    }

    friend constexpr bool operator==(const ip_address& a, const ip_address& b) noexcept { return std::is_eq(a <=> b); }
    /// Every IPv4 address before every IPv6 address.
    friend constexpr std::strong_ordering operator<=>(const ip_address& a, const ip_address& b) noexcept {
        if (a.is_v6_ != b.is_v6_) return a.is_v6_ <=> b.is_v6_;
        return a.is_v6_ ? a.v6_ <=> b.v6_ : a.v4_ <=> b.v4_;
    }
    friend constexpr std::uint64_t hash_value(const ip_address& address) noexcept {
        return address.visit([](const auto& a) { return hash_value(a); });
    }

private:
    // Not a union, which would be four bytes smaller: g++ would warn about uninitialized bytes at every copy.
    ipv4_address v4_;
    ipv6_address v6_;
    bool is_v6_ = false;
};

namespace detail {

constexpr bool scan(scanner& in, ip_address& address) noexcept {
    return in.count(':') > 1 ? scan_as<ipv6_address>(in, address) : scan_as<ipv4_address>(in, address);
}

}  // namespace detail

inline namespace literals {

/// `"192.0.2.1"_ip` or `"2001:db8::1"_ip`; an invalid address is a compile error.
template <detail::literal_text Text>
consteval auto operator""_ip() {
    return detail::parse_literal<Text, &ip_address::parse>();
}

}  // namespace literals
}  // namespace KEYWAY_MODE
}  // namespace keyway

template <>  // NOLINTNEXTLINE(misc-include-cleaner): <string_view> declares it
struct std::hash<keyway::ip_address> : keyway::detail::standard_hash<keyway::ip_address> {};

#endif
