// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ADDRESS_IP_HPP
#define KEYWAY_ADDRESS_IP_HPP

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/literal.hpp>
#include <keyway/detail/scan.hpp>
#include <keyway/expected.hpp>
#include <keyway/text.hpp>

namespace keyway::inline KEYWAY_MODE {

/// An IPv4 or an IPv6 address, known at run time. The default is 0.0.0.0. A v4-mapped IPv6 address is an IPv6 address
/// until unmap() is called.
class ip_address {
    constexpr auto ask(auto question) const noexcept { return is_v6_ ? question(v6_) : question(v4_); }

public:
    static constexpr std::size_t max_text = ipv6_address::max_text;

    constexpr ip_address() noexcept : ip_address(ipv4_address{}) {}
    constexpr ip_address(ipv4_address address) noexcept : v4_(address) {}
    constexpr ip_address(ipv6_address address) noexcept : v6_(address), is_v6_(true) {}

    /// IPv6 where the text has two colons, as every IPv6 address has, else IPv4. Errors: those of the one or the other.
    [[nodiscard]] static constexpr expected<ip_address, text_error> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr bool is_v4() const noexcept { return !is_v6_; }
    [[nodiscard]] constexpr bool is_v6() const noexcept { return is_v6_; }
    /// The IPv4 address, or null where this is an IPv6 address; likewise if_v6().
    [[nodiscard]] constexpr const ipv4_address* if_v4() const& noexcept { return is_v6_ ? nullptr : &v4_; }
    [[nodiscard]] constexpr const ipv6_address* if_v6() const& noexcept { return is_v6_ ? &v6_ : nullptr; }
    // clang-format off
    const ipv4_address* if_v4() const&& = KEYWAY_DELETE("the pointer would outlive the address; name the address first");
    const ipv6_address* if_v6() const&& = KEYWAY_DELETE("the pointer would outlive the address; name the address first");
    // clang-format on

    /// The IPv4 address that a v4-mapped IPv6 address stands for; every other address as it is.
    [[nodiscard]] constexpr ip_address unmap() const noexcept {
        return is_v6_ && v6_.is_v4_mapped() ? ip_address(v6_.embedded_ipv4()) : *this;
    }

    [[nodiscard]] constexpr bool is_unspecified() const noexcept {
        return ask([](const auto& a) { return a.is_unspecified(); });
    }
    [[nodiscard]] constexpr bool is_loopback() const noexcept {
        return ask([](const auto& a) { return a.is_loopback(); });
    }
    [[nodiscard]] constexpr bool is_private() const noexcept {
        return ask([](const auto& a) { return a.is_private(); });
    }
    [[nodiscard]] constexpr bool is_link_local() const noexcept {
        return ask([](const auto& a) { return a.is_link_local(); });
    }
    [[nodiscard]] constexpr bool is_multicast() const noexcept {
        return ask([](const auto& a) { return a.is_multicast(); });
    }
    [[nodiscard]] constexpr bool is_documentation() const noexcept {
        return ask([](const auto& a) { return a.is_documentation(); });
    }

    /// Writes the text, without a terminator, into the caller's buffer and returns the part written.
    constexpr std::string_view print(std::span<char, max_text> buffer) const noexcept { return text().copy_to(buffer); }

    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        return ask([](const auto& a) { return fixed_text<max_text>{}.append(a.text()); });
    }

    friend constexpr bool operator==(const ip_address& a, const ip_address& b) noexcept { return (a <=> b) == 0; }
    /// Every IPv4 address before every IPv6 address.
    friend constexpr std::strong_ordering operator<=>(const ip_address& a, const ip_address& b) noexcept {
        if (a.is_v6_ != b.is_v6_) return a.is_v6_ <=> b.is_v6_;
        return a.is_v6_ ? a.v6_ <=> b.v6_ : a.v4_ <=> b.v4_;
    }
    friend constexpr std::uint64_t hash_value(const ip_address& address) noexcept {
        return address.ask([](const auto& a) { return hash_value(a); });
    }

private:
    // No union: that would be four bytes smaller, and g++ warns of the rest of it wherever one is copied.
    ipv4_address v4_;
    ipv6_address v6_;
    bool is_v6_ = false;
};

constexpr expected<ip_address, text_error> ip_address::parse(std::string_view text) noexcept {
    if (detail::count(text, ':') > 1) return ipv6_address::parse(text);
    return ipv4_address::parse(text);
}

inline namespace literals {

/// `"192.0.2.1"_ip` or `"2001:db8::1"_ip`; a fault is a compile error.
template <detail::literal_text Text>
consteval auto operator""_ip() {
    return detail::parse_literal<Text, &ip_address::parse>();
}

}  // namespace literals
}  // namespace keyway::inline KEYWAY_MODE

#endif
