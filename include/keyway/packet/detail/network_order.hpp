// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_DETAIL_NETWORK_ORDER_HPP
#define KEYWAY_PACKET_DETAIL_NETWORK_ORDER_HPP

// Reads and writes numbers in network byte order (RFC 1700, "Data Notations") and bytes. The caller has checked the bounds.

#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

constexpr std::uint8_t read8(std::span<const std::byte> bytes, std::size_t at) noexcept {
    return static_cast<std::uint8_t>(bytes[at]);
}
constexpr std::uint16_t read16(std::span<const std::byte> bytes, std::size_t at) noexcept {
    return static_cast<std::uint16_t>(read8(bytes, at) << 8 | read8(bytes, at + 1));
}
constexpr std::uint32_t read32(std::span<const std::byte> bytes, std::size_t at) noexcept {
    return std::uint32_t{read16(bytes, at)} << 16 | read16(bytes, at + 2);
}

constexpr void write8(std::span<std::byte> bytes, std::size_t at, std::uint8_t value) noexcept {
    bytes[at] = std::byte{value};
}
constexpr void write16(std::span<std::byte> bytes, std::size_t at, std::uint16_t value) noexcept {
    write8(bytes, at, static_cast<std::uint8_t>(value >> 8));
    write8(bytes, at + 1, static_cast<std::uint8_t>(value));
}
constexpr void write32(std::span<std::byte> bytes, std::size_t at, std::uint32_t value) noexcept {
    write16(bytes, at, static_cast<std::uint16_t>(value >> 16));
    write16(bytes, at + 2, static_cast<std::uint16_t>(value));
}

constexpr void write_bytes(std::span<std::byte> bytes, std::size_t at, std::span<const std::byte> from) noexcept {
    for (const std::byte one : from) bytes[at++] = one;
}
constexpr bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i]) return false;
    return true;
}
constexpr std::span<const std::byte> at_most(std::span<const std::byte> bytes, std::size_t size) noexcept {
    return size < bytes.size() ? bytes.first(size) : bytes;
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
