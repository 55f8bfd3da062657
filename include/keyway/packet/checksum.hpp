// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_CHECKSUM_HPP
#define KEYWAY_PACKET_CHECKSUM_HPP

// The checksum of IPv4, ICMP, TCP and UDP.

#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Computes the Internet checksum of bytes added piece by piece: the one's complement of the one's complement sum of their
/// 16-bit words. The pieces may have any length, even or odd; a last odd byte is padded with a zero.
///
/// To send a message, set its checksum field to zero and compute the checksum over the whole message. To verify a received
/// message, compute it over the whole message as received: value() is 0 if the message is intact.
/// Source: RFC 1071.
class internet_checksum {
public:
    constexpr internet_checksum() noexcept = default;

    /// Starts with the pseudo-header of TCP and UDP over IPv4. `length` is that of the message, including its header.
    /// Source: RFC 793 section 3.1; RFC 768.
    constexpr internet_checksum(const ipv4_address& source, const ipv4_address& destination, std::uint8_t protocol,
                                std::uint32_t length) noexcept {
        add_octets(source.octets());
        add_octets(destination.octets());
        sum_ += protocol;
        sum_ += length >> 16;
        sum_ += length & 0xffffU;
    }
    /// Starts with the pseudo-header of TCP, UDP and ICMPv6 over IPv6, which has no scope ids.
    /// Source: RFC 8200 section 8.1.
    constexpr internet_checksum(const ipv6_address& source, const ipv6_address& destination, std::uint8_t protocol,
                                std::uint32_t length) noexcept {
        add_octets(source.octets());
        add_octets(destination.octets());
        sum_ += protocol;
        sum_ += length >> 16;
        sum_ += length & 0xffffU;
    }

    /// Adds these bytes.
    constexpr internet_checksum& add(std::span<const std::byte> bytes) noexcept {
        for (const std::byte one : bytes) {
            const auto value = static_cast<std::uint64_t>(one);
            sum_ += odd_ ? value : value << 8;
            odd_ = !odd_;
        }
        return *this;
    }

    /// The checksum of all bytes so far, in host order.
    [[nodiscard]] constexpr std::uint16_t value() const noexcept {
        std::uint64_t sum = sum_;
        while (sum > 0xffffU) sum = (sum >> 16) + (sum & 0xffffU);
        return static_cast<std::uint16_t>(~sum);
    }

    /// The checksum for the field of a UDP header, where 0 means no checksum, so that 0xffff replaces it.
    /// Source: RFC 768; RFC 8200 section 8.1.
    [[nodiscard]] constexpr std::uint16_t value_for_udp() const noexcept {
        return value() == 0 ? std::uint16_t{0xffffU} : value();
    }

private:
    constexpr void add_octets(std::span<const std::uint8_t> octets) noexcept {
        for (std::size_t i = 0; i < octets.size(); i += 2) sum_ += std::uint64_t{octets[i]} << 8 | octets[i + 1];
    }

    std::uint64_t sum_ = 0;  // does not overflow below 2^48 words
    bool odd_ = false;
};

/// The Internet checksum of a whole message, in host order.
[[nodiscard]] constexpr std::uint16_t checksum_of(std::span<const std::byte> message) noexcept {
    return internet_checksum().add(message).value();
}

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
