// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ADDRESS_NETWORK_HPP
#define KEYWAY_ADDRESS_NETWORK_HPP

#include <compare>
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

/// A CIDR block (RFC 4632): an address whose bits after the prefix are all zero, and the length of the prefix in bits. The
/// default has length 0 and contains every address of its family. A network has no scope id.
template <class Address>
class network {
public:
    using address_type = Address;
    static constexpr unsigned max_prefix_length = Address::bit_count;
    /// Characters of the longest text: the address, a slash and the length.
    static constexpr std::size_t max_text = Address::max_text + 4;

    constexpr network() noexcept = default;

    /// The network of this prefix length that contains `address`, whose other bits and scope id are dropped.
    /// Errors: text_errc::prefix_length_too_large.
    [[nodiscard]] static constexpr expected<network, text_error> of(const Address& address,
                                                                    unsigned prefix_length) noexcept {
        if (prefix_length > max_prefix_length)
            return unexpected<text_error>(text_error{.reason = text_errc::prefix_length_too_large});
        return network(masked(address, prefix_length), prefix_length);
    }

    /// Reads `192.0.2.0/24` or `2001:db8::/32`. Bits set after the prefix are an error: `192.0.2.1/24` is not a
    /// network but an address and a prefix length, which are the arguments of of().
    /// Errors: a text_error with the position.
    [[nodiscard]] static constexpr expected<network, text_error> parse(std::string_view text) noexcept {
        return detail::parse_whole<network>(text);
    }

    /// The first address of the block.
    [[nodiscard]] constexpr const Address& address() const noexcept { return address_; }
    [[nodiscard]] constexpr unsigned prefix_length() const noexcept { return prefix_length_; }

    /// An address with every bit of the prefix set and no other.
    [[nodiscard]] constexpr Address netmask() const noexcept {
        typename Address::octets_type ones{};
        for (auto& octet : ones) octet = 0xff;
        return masked(Address(ones), prefix_length_);
    }

    /// The last address of the block; for IPv4 up to /30 this is the directed broadcast address.
    [[nodiscard]] constexpr Address last_address() const noexcept {
        auto octets = address_.octets();
        const auto mask = netmask().octets();
        for (std::size_t i = 0; i < octets.size(); ++i) octets[i] |= static_cast<std::uint8_t>(~mask[i]);
        return Address(octets);
    }

    [[nodiscard]] constexpr bool contains(const Address& address) const noexcept {
        return masked(address, prefix_length_) == address_;
    }
    /// Whether this block contains every address of the other.
    [[nodiscard]] constexpr bool contains(const network& other) const noexcept {
        return other.prefix_length_ >= prefix_length_ && contains(other.address_);
    }

    /// Writes the text, without a terminator, into the caller's buffer. Returns: the part written.
    constexpr std::string_view print(std::span<char, max_text> buffer) const noexcept { return text().copy_to(buffer); }

    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        return fixed_text<max_text>{}.append(address_.text()).append('/').append_number(prefix_length_);
    }

    friend constexpr bool operator==(const network&, const network&) noexcept = default;
    friend constexpr std::strong_ordering operator<=>(const network&, const network&) noexcept = default;
    friend constexpr std::uint64_t hash_value(const network& net) noexcept {
        return detail::hash_number(net.prefix_length_, hash_value(net.address_));
    }

private:
    constexpr network(const Address& address, unsigned prefix_length) noexcept
        : address_(address), prefix_length_(static_cast<std::uint8_t>(prefix_length)) {}

    static constexpr Address masked(const Address& address, unsigned prefix_length) noexcept {
        auto octets = address.octets();
        for (auto& octet : octets) {
            const unsigned kept = prefix_length < 8 ? prefix_length : 8;
            octet &= static_cast<std::uint8_t>(0xff00U >> kept);
            prefix_length -= kept;
        }
        return Address(octets);
    }

    friend constexpr bool scan(detail::scanner& in, network& read) noexcept {
        Address address;
        if (!scan_address(in, address)) return false;
        if (!in.skip('/')) return in.fail(text_errc::prefix_length_missing);
        const std::size_t start = in.position();
        std::uint32_t length = 0;
        if (!in.decimal(length, max_prefix_length, text_errc::prefix_length_too_large)) return false;
        if (masked(address, length) != address) return in.fail_at(start, text_errc::host_bits_set);
        read = network(address, length);
        return true;
    }

    static constexpr bool scan_address(detail::scanner& in, ipv4_address& address) noexcept {
        return detail::scan(in, address);
    }
    static constexpr bool scan_address(detail::scanner& in, ipv6_address& address) noexcept {
        return detail::scan_unscoped_ipv6(in, address);
    }

    Address address_{};
    std::uint8_t prefix_length_ = 0;
};

using ipv4_network = network<ipv4_address>;
using ipv6_network = network<ipv6_address>;

inline namespace literals {

/// `"192.0.2.0/24"_ipv4_network`; an invalid network is a compile error.
template <detail::literal_text Text>
consteval auto operator""_ipv4_network() {
    return detail::parse_literal<Text, &ipv4_network::parse>();
}

/// `"2001:db8::/32"_ipv6_network`; an invalid network is a compile error.
template <detail::literal_text Text>
consteval auto operator""_ipv6_network() {
    return detail::parse_literal<Text, &ipv6_network::parse>();
}

}  // namespace literals
}  // namespace KEYWAY_MODE
}  // namespace keyway

template <class Address>  // NOLINTNEXTLINE(misc-include-cleaner): <string_view> declares it
struct std::hash<keyway::network<Address>> : keyway::detail::standard_hash<keyway::network<Address>> {};

#endif
