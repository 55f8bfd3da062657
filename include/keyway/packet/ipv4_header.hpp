// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_IPV4_HEADER_HPP
#define KEYWAY_PACKET_IPV4_HEADER_HPP

// What stands before every IPv4 packet, and so before what a raw IPv4 socket receives.

#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/address/ipv4.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/network_order.hpp>
#include <keyway/expected.hpp>
#include <keyway/packet/checksum.hpp>
#include <keyway/packet/error.hpp>

namespace keyway::inline KEYWAY_MODE {

/// The fields of an IPv4 header, numbers in host order.
///
///     const auto header = kw::ipv4_header::parse(packet);
///     if (header) use(header->source, header->payload(packet));
///
/// Source: RFC 791 section 3.1; RFC 2474 (DSCP), RFC 3168 (ECN).
struct ipv4_header {
    static constexpr std::size_t min_size = 20;
    static constexpr std::size_t max_size = 60;

    std::uint8_t dscp = 0;            ///< differentiated services, 0 to 63
    std::uint8_t ecn = 0;             ///< explicit congestion notification, 0 to 3
    std::uint16_t total_length = 20;  ///< bytes of the packet, this header included
    std::uint16_t id = 0;             ///< common to the fragments of a packet
    bool dont_fragment = false;
    bool more_fragments = false;
    std::uint16_t fragment_offset = 0;  ///< bytes of the packet before this fragment, a multiple of 8
    std::uint8_t time_to_live = 64;
    std::uint8_t protocol = 0;
    ipv4_address source;
    ipv4_address destination;
    std::span<const std::byte> options;  ///< 0 to 40 bytes, a multiple of 4; of a parsed header they lie in the packet

    /// Bytes of the header.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return min_size + options.size(); }

    /// The header at the front of `packet`. Less than the whole packet will do, as ICMP errors quote it; the checksum is
    /// not judged, see checksum_valid().
    ///
    /// macOS hands packets to raw sockets with the total length and the fragment offset in host order.
    /// Errors: truncated, wrong_version, bad_header_length, bad_total_length.
    [[nodiscard]] static constexpr packet_result<ipv4_header> parse(std::span<const std::byte> packet) noexcept {
        if (packet.empty()) return unexpected<packet_errc>(packet_errc::truncated);
        if (detail::read8(packet, 0) >> 4 != version) return unexpected<packet_errc>(packet_errc::wrong_version);
        const std::size_t size = length_field(packet);
        if (size < min_size) return unexpected<packet_errc>(packet_errc::bad_header_length);
        if (packet.size() < size) return unexpected<packet_errc>(packet_errc::truncated);
        ipv4_header header;
        header.dscp = static_cast<std::uint8_t>(detail::read8(packet, 1) >> 2);
        header.ecn = static_cast<std::uint8_t>(detail::read8(packet, 1) & max_ecn);
        header.total_length = detail::read16(packet, 2);
        if (header.total_length < size) return unexpected<packet_errc>(packet_errc::bad_total_length);
        header.id = detail::read16(packet, 4);
        const std::uint16_t fragment = detail::read16(packet, 6);
        header.dont_fragment = (fragment & dont_fragment_bit) != 0;
        header.more_fragments = (fragment & more_fragments_bit) != 0;
        header.fragment_offset = static_cast<std::uint16_t>((fragment & offset_bits) * offset_unit);
        header.time_to_live = detail::read8(packet, 8);
        header.protocol = detail::read8(packet, 9);
        header.source = ipv4_address::from_number(detail::read32(packet, 12));
        header.destination = ipv4_address::from_number(detail::read32(packet, 16));
        header.options = packet.subspan(min_size, size - min_size);
        return header;
    }

    /// Whether the header at the front of `packet` is one, and arrived as it was sent.
    [[nodiscard]] static constexpr bool checksum_valid(std::span<const std::byte> packet) noexcept {
        const auto header = parse(packet);
        return header && checksum_of(packet.first(header->size())) == 0;
    }

    /// What follows the header in the packet that it was parsed from: all that there is of what total_length names.
    [[nodiscard]] constexpr std::span<const std::byte> payload(std::span<const std::byte> packet) const noexcept {
        const auto whole = detail::at_most(packet, total_length);
        return whole.subspan(detail::at_most(whole, size()).size());
    }

    /// Writes the header with its checksum to the front of `room`; the part written.
    ///
    /// Linux, where option::header_included is set, writes total length and checksum itself, and source and id where
    /// they are 0.
    /// Errors: field_too_large (dscp, ecn, options; an offset that is no multiple of 8), bad_total_length, no_room.
    constexpr packet_result<std::span<std::byte>> write(std::span<std::byte> room) const noexcept {
        if (dscp > max_dscp || ecn > max_ecn || fragment_offset % offset_unit != 0 || options.size() % 4 != 0 ||
            size() > max_size)
            return unexpected<packet_errc>(packet_errc::field_too_large);
        if (total_length < size()) return unexpected<packet_errc>(packet_errc::bad_total_length);
        if (room.size() < size()) return unexpected<packet_errc>(packet_errc::no_room);
        const auto header = room.first(size());
        detail::write8(header, 0, static_cast<std::uint8_t>(version << 4 | size() / 4));
        detail::write8(header, 1, static_cast<std::uint8_t>(dscp << 2 | ecn));
        detail::write16(header, 2, total_length);
        detail::write16(header, 4, id);
        detail::write16(
            header, 6,
            static_cast<std::uint16_t>((dont_fragment ? dont_fragment_bit : 0U) |
                                       (more_fragments ? more_fragments_bit : 0U) | fragment_offset / offset_unit));
        detail::write8(header, 8, time_to_live);
        detail::write8(header, 9, protocol);
        detail::write16(header, 10, 0);
        detail::write32(header, 12, source.to_number());
        detail::write32(header, 16, destination.to_number());
        detail::write_bytes(header, min_size, options);
        detail::write16(header, 10, checksum_of(header));
        return header;
    }

private:
    static constexpr unsigned version = 4;
    static constexpr unsigned max_dscp = 63;
    static constexpr unsigned max_ecn = 3;
    static constexpr unsigned dont_fragment_bit = 0x4000;
    static constexpr unsigned more_fragments_bit = 0x2000;
    static constexpr unsigned offset_bits = 0x1fff;
    static constexpr unsigned offset_unit = 8;

    static constexpr std::size_t length_field(std::span<const std::byte> packet) noexcept {
        return (detail::read8(packet, 0) & 0xfU) * std::size_t{4};
    }
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
