// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_HASH_HPP
#define KEYWAY_DETAIL_HASH_HPP

#include <cstdint>
#include <span>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// FNV-1a, 64 bits, over bytes of any byte type; pass an earlier result as `seed` to continue. For hash
/// tables only: an attacker who chooses the keys can make them collide.
template <class Byte>
constexpr std::uint64_t hash_bytes(std::span<const Byte> bytes, std::uint64_t seed = 0xcbf29ce484222325U) noexcept {
    for (const Byte byte : bytes) seed = (seed ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3U;
    return seed;
}

constexpr std::uint64_t hash_number(std::uint32_t number, std::uint64_t seed = 0xcbf29ce484222325U) noexcept {
    for (int shift = 0; shift < 32; shift += 8) seed = (seed ^ ((number >> shift) & 0xffU)) * 0x100000001b3U;
    return seed;
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
