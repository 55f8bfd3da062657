// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_ICMP_HPP
#define KEYWAY_PACKET_ICMP_HPP

// ICMP and ICMPv6 messages, as raw sockets and ping sockets send and receive them.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/address/ipv6.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/expected.hpp>
#include <keyway/packet/checksum.hpp>
#include <keyway/packet/detail/network_order.hpp>
#include <keyway/packet/error.hpp>
#include <keyway/packet/icmp_types.hpp>  // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {

/// A message without the IP header: type, code, four bytes whose meaning depends on the type, and a body. The body of a
/// parsed message refers to the parsed bytes. Numbers are in host order.
/// Source: RFC 792; RFC 4443.
template <icmp_message_type Type>
struct basic_icmp_message {
    using message_type = Type;
    static constexpr bool is_v6 = std::same_as<Type, icmpv6_type>;
    static constexpr std::size_t header_size = 8;

    Type type{};
    std::uint8_t code = 0;
    std::uint32_t parameter = 0;  ///< the four bytes after the checksum
    std::span<const std::byte> body;

    /// An echo request. The reply has the same id, sequence and data. On a ping socket the kernel replaces the id by the
    /// local port. Source: RFC 792, "Echo or Echo Reply Message"; RFC 4443 section 4.
    [[nodiscard]] static constexpr basic_icmp_message echo_request(std::uint16_t id, std::uint16_t sequence,
                                                                   std::span<const std::byte> data) noexcept {
        return {Type::echo_request, 0, std::uint32_t{id} << 16 | sequence, data};
    }
    [[nodiscard]] static constexpr basic_icmp_message echo_reply(std::uint16_t id, std::uint16_t sequence,
                                                                 std::span<const std::byte> data) noexcept {
        return {Type::echo_reply, 0, std::uint32_t{id} << 16 | sequence, data};
    }

    /// The id of an echo message.
    [[nodiscard]] constexpr std::uint16_t id() const noexcept { return static_cast<std::uint16_t>(parameter >> 16); }
    /// The sequence number of an echo message.
    [[nodiscard]] constexpr std::uint16_t sequence() const noexcept { return static_cast<std::uint16_t>(parameter); }

    /// Whether this is the echo reply to `request`: the same id, sequence and data.
    [[nodiscard]] constexpr bool answers(const basic_icmp_message& request) const noexcept {
        return type == Type::echo_reply && code == 0 && parameter == request.parameter &&
               detail::same_bytes(body, request.body);
    }

    /// Whether this is an error message, which quotes the datagram that caused it: see quoted_datagram::in().
    [[nodiscard]] constexpr bool is_error() const noexcept {
        if constexpr (is_v6) return static_cast<std::uint8_t>(type) < 128;  // RFC 4443 section 2.1
        else
            return type == Type::destination_unreachable || type == Type::time_exceeded ||
                   type == Type::parameter_problem || type == Type::redirect || static_cast<std::uint8_t>(type) == 4;
    }

    /// Parses a message. It does not verify the checksum, see checksum_valid(); the kernel does that for ICMPv6 and on ping
    /// sockets.
    /// Errors: truncated (less than 8 bytes).
    [[nodiscard]] static constexpr packet_result<basic_icmp_message> parse(
        std::span<const std::byte> message) noexcept {
        if (message.size() < header_size) return unexpected<packet_errc>(packet_errc::truncated);
        return basic_icmp_message{static_cast<Type>(detail::read8(message, 0)), detail::read8(message, 1),
                                  detail::read32(message, 4), message.subspan(header_size)};
    }

    /// Whether the checksum is correct.
    [[nodiscard]] static constexpr bool checksum_valid(std::span<const std::byte> message) noexcept
        requires(!is_v6)
    {
        return message.size() >= header_size && checksum_of(message) == 0;
    }
    /// The same for ICMPv6, whose checksum includes the addresses.
    [[nodiscard]] static constexpr bool checksum_valid(std::span<const std::byte> message, const ipv6_address& source,
                                                       const ipv6_address& destination) noexcept
        requires is_v6
    {
        return message.size() >= header_size && pseudo_header(message, source, destination).add(message).value() == 0;
    }

    /// Writes the message to the beginning of the buffer. The checksum of ICMP is computed; that of ICMPv6, which includes
    /// the addresses, is 0, since the kernel computes it (RFC 3542 section 3.1).
    /// Returns: the part written. Errors: buffer_too_small.
    constexpr packet_result<std::span<std::byte>> write(std::span<std::byte> buffer) const noexcept {
        if (buffer.size() < header_size || buffer.size() - header_size < body.size())
            return unexpected<packet_errc>(packet_errc::buffer_too_small);
        const auto message = buffer.first(header_size + body.size());
        detail::write8(message, 0, static_cast<std::uint8_t>(type));
        detail::write8(message, 1, code);
        detail::write16(message, checksum_at, 0);
        detail::write32(message, 4, parameter);
        detail::write_bytes(message, header_size, body);
        if constexpr (!is_v6) detail::write16(message, checksum_at, checksum_of(message));
        return message;
    }
    /// The same for ICMPv6 with the checksum, for messages that no kernel completes.
    constexpr packet_result<std::span<std::byte>> write(std::span<std::byte> buffer, const ipv6_address& source,
                                                        const ipv6_address& destination) const noexcept
        requires is_v6
    {
        const auto message = write(buffer);
        if (message)
            detail::write16(*message, checksum_at, pseudo_header(*message, source, destination).add(*message).value());
        return message;
    }

private:
    static constexpr std::size_t checksum_at = 2;

    static constexpr internet_checksum pseudo_header(std::span<const std::byte> message, const ipv6_address& source,
                                                     const ipv6_address& destination) noexcept {
        constexpr std::uint8_t icmpv6 = 58;
        return {source, destination, icmpv6, static_cast<std::uint32_t>(message.size())};
    }
};

using icmp_message = basic_icmp_message<icmp_type>;
using icmpv6_message = basic_icmp_message<icmpv6_type>;

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
