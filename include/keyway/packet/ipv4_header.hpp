// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_IPV4_HEADER_HPP
#define KEYWAY_PACKET_IPV4_HEADER_HPP

// The IPv4 header, with which every packet that a raw IPv4 socket receives begins.

#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/address/ipv4.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/expected.hpp>
#include <keyway/packet/checksum.hpp>
#include <keyway/packet/detail/network_order.hpp>
#include <keyway/packet/error.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The fields of an IPv4 header. Numbers are in host order.
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
    std::uint16_t total_length = 20;  ///< bytes of the packet, including this header
    std::uint16_t id = 0;             ///< the same in all fragments of a packet
    bool dont_fragment = false;
    bool more_fragments = false;
    std::uint16_t fragment_offset = 0;  ///< bytes of the packet that precede this fragment, a multiple of 8
    std::uint8_t time_to_live = 64;
    std::uint8_t protocol = 0;
    ipv4_address source;
    ipv4_address destination;
    std::span<const std::byte> options;  ///< 0 to 40 bytes, a multiple of 4; after parse() a part of the packet

    /// The length of the header in bytes.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return min_size + options.size(); }

    /// Parses the header at the beginning of `packet`, which need not be complete: ICMP errors quote the first part of a
    /// packet. It does not verify the checksum, see checksum_valid().
    /// Errors: truncated, wrong_version, bad_header_length, bad_total_length.
    /// Platforms: macOS passes packets to raw sockets with total length and fragment offset in host order.
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

    /// Whether `packet` begins with a valid header whose checksum is correct.
    [[nodiscard]] static constexpr bool checksum_valid(std::span<const std::byte> packet) noexcept {
        const auto header = parse(packet);
        return header && checksum_of(packet.first(header->size())) == 0;
    }

    /// The part after the header of the packet that this was parsed from, up to total_length or the end of the packet.
    [[nodiscard]] constexpr std::span<const std::byte> payload(std::span<const std::byte> packet) const noexcept {
        const auto whole = detail::at_most(packet, total_length);
        return whole.subspan(detail::at_most(whole, size()).size());
    }

    /// Writes the header with its checksum to the beginning of the buffer. Returns: the part written.
    /// Errors: field_too_large (dscp, ecn, options, or an offset that is not a multiple of 8), bad_total_length,
    /// buffer_too_small.
    /// Platforms: with option::header_included Linux fills in total length and checksum, and source and id if they are 0.
    constexpr packet_result<std::span<std::byte>> write(std::span<std::byte> buffer) const noexcept {
        if (dscp > max_dscp || ecn > max_ecn || fragment_offset % offset_unit != 0 || options.size() % 4 != 0 ||
            size() > max_size)
            return unexpected<packet_errc>(packet_errc::field_too_large);
        if (total_length < size()) return unexpected<packet_errc>(packet_errc::bad_total_length);
        if (buffer.size() < size()) return unexpected<packet_errc>(packet_errc::buffer_too_small);
        const auto header = buffer.first(size());
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

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
