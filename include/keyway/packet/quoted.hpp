// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_QUOTED_HPP
#define KEYWAY_PACKET_QUOTED_HPP

// The datagram that caused an ICMP error.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/address/ip.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/expected.hpp>
#include <keyway/packet/detail/network_order.hpp>
#include <keyway/packet/error.hpp>
#include <keyway/packet/icmp.hpp>
#include <keyway/packet/ipv4_header.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The first part of a datagram as quoted in an ICMP error: source, destination, and the quoted payload. Anyone can forge
/// an ICMP error, so compare the quotation with the datagram you sent.
/// Source: RFC 792; RFC 4443 section 3; RFC 4884 (what may follow the quotation).
struct quoted_datagram {
    ip_address source;
    ip_address destination;
    std::uint8_t protocol = 0;           ///< protocol of the payload; for IPv6, after the extension headers
    std::uint16_t source_port = 0;       ///< 0 if the protocol has no ports, or too little was quoted
    std::uint16_t destination_port = 0;  ///< likewise
    std::span<const std::byte>
        payload;  ///< the quoted part after the IP header; for an echo request, icmp_message::parse() reads it

    /// The datagram quoted in the message.
    /// Errors: not_an_error, and those of ipv4_header::parse(), for IPv6 as well.
    template <icmp_message_type Type>
    [[nodiscard]] static constexpr packet_result<quoted_datagram> in(const basic_icmp_message<Type>& message) noexcept {
        if (!message.is_error()) return unexpected<packet_errc>(packet_errc::not_an_error);
        if constexpr (basic_icmp_message<Type>::is_v6) return in_v6(quotation(message));
        else return in_v4(quotation(message));
    }

private:
    /// The body without the extensions that may follow the quotation. These types state the length of the quotation in
    /// formerly unused bytes.
    template <icmp_message_type Type>
    static constexpr std::span<const std::byte> quotation(const basic_icmp_message<Type>& message) noexcept {
        std::size_t length = 0;
        if (message.type == Type::destination_unreachable || message.type == Type::time_exceeded) {
            if constexpr (basic_icmp_message<Type>::is_v6) length = std::size_t{message.parameter >> 24} * 8;
            else length = std::size_t{message.parameter >> 16 & 0xffU} * 4;
        }
        return length == 0 ? message.body : detail::at_most(message.body, length);
    }

    static constexpr packet_result<quoted_datagram> in_v4(std::span<const std::byte> packet) noexcept {
        const auto header = ipv4_header::parse(packet);
        if (!header) return unexpected<packet_errc>(header.error());
        quoted_datagram quoted{header->source, header->destination, header->protocol, 0, 0, header->payload(packet)};
        if (header->fragment_offset == 0) quoted.read_ports();
        return quoted;
    }

    // Source: RFC 8200 sections 3 and 4.
    static constexpr packet_result<quoted_datagram> in_v6(std::span<const std::byte> packet) noexcept {
        constexpr std::size_t header_size = 40;
        if (packet.empty()) return unexpected<packet_errc>(packet_errc::truncated);
        if (detail::read8(packet, 0) >> 4 != 6) return unexpected<packet_errc>(packet_errc::wrong_version);
        if (packet.size() < header_size) return unexpected<packet_errc>(packet_errc::truncated);
        const auto payload = detail::at_most(packet.subspan(header_size), detail::read16(packet, 4));
        quoted_datagram quoted{address_at(packet, 8), address_at(packet, 24), detail::read8(packet, 6), 0, 0, payload};
        if (quoted.skip_extensions()) quoted.read_ports();
        return quoted;
    }

    static constexpr ipv6_address address_at(std::span<const std::byte> packet, std::size_t at) noexcept {
        return ipv6_address(packet.subspan(at).first<16>());
    }

    /// Skips the complete extension headers. Returns: false if the payload is not the beginning of the message.
    constexpr bool skip_extensions() noexcept {
        constexpr std::uint8_t hop_by_hop = 0;
        constexpr std::uint8_t routing = 43;
        constexpr std::uint8_t fragment = 44;
        constexpr std::uint8_t authentication = 51;  // RFC 4302 section 2
        constexpr std::uint8_t destination_options = 60;
        constexpr std::size_t unit = 8;
        for (;;) {
            const bool known = protocol == hop_by_hop || protocol == routing || protocol == fragment ||
                               protocol == authentication || protocol == destination_options;
            if (!known) return true;
            if (payload.size() < unit) return false;
            std::size_t size = (std::size_t{detail::read8(payload, 1)} + 1) * unit;
            if (protocol == fragment) size = unit;
            if (protocol == authentication) size = (std::size_t{detail::read8(payload, 1)} + 2) * 4;
            if (payload.size() < size) return false;
            const bool is_later_fragment = protocol == fragment && detail::read16(payload, 2) >> 3 != 0;
            protocol = detail::read8(payload, 0);
            payload = payload.subspan(size);
            if (is_later_fragment) return false;
        }
    }

    constexpr void read_ports() noexcept {
        constexpr std::array<std::uint8_t, 5> with_ports{6, 17, 33, 132, 136};  // TCP, UDP, DCCP, SCTP, UDP-Lite
        constexpr std::size_t ports_size = 4;
        bool has_ports = false;
        for (const std::uint8_t one : with_ports) has_ports |= protocol == one;
        if (!has_ports || payload.size() < ports_size) return;
        source_port = detail::read16(payload, 0);
        destination_port = detail::read16(payload, 2);
    }
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
