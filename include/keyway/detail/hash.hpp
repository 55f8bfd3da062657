// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_HASH_HPP
#define KEYWAY_DETAIL_HASH_HPP

// What the hash_value() of addresses, endpoints and errors is made of. For hash tables only: an attacker who chooses the
// keys can make them collide.

#include <cstddef>
#include <cstdint>
#include <string_view>  // IWYU pragma: keep: declares std::hash

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// The hash of a number; pass an earlier result as `seed` to continue. Different numbers have different hashes.
constexpr std::uint64_t hash_number(std::uint64_t number, std::uint64_t seed = 0xcbf29ce484222325U) noexcept {
    const std::uint64_t product = (seed ^ number) * 0x9e3779b97f4a7c15U;
    return product ^ (product >> 32);
}

/// The hash of bytes of any byte type, eight at a time.
template <class Byte>
constexpr std::uint64_t hash_bytes(const Byte* bytes, std::size_t size) noexcept {
    const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i); };
    std::uint64_t seed = hash_number(size);
    for (; size >= 8; bytes += 8, size -= 8) {
        // Written out, so that compilers load all eight at once.
        seed = hash_number(byte(0) | byte(1) | byte(2) | byte(3) | byte(4) | byte(5) | byte(6) | byte(7), seed);
    }
    std::uint64_t rest = 0;
    for (std::size_t i = 0; i != size; ++i) rest |= byte(i);
    return hash_number(rest, seed);
}

/// The std::hash of a value that has a hash_value().
template <class T>
struct standard_hash {
    constexpr std::size_t operator()(const T& value) const noexcept {
        return static_cast<std::size_t>(hash_value(value));
    }
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
