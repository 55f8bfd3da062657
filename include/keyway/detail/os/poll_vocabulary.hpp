// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POLL_VOCABULARY_HPP
#define KEYWAY_DETAIL_OS_POLL_VOCABULARY_HPP

// What every room of poll sets tells and is told in the same words.

#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

// What is waited for at a handle, and what is told of it: a sum of these.
inline constexpr unsigned poll_readable = 1;
inline constexpr unsigned poll_writable = 2;
inline constexpr unsigned poll_hung_up = 4;  // only told
inline constexpr unsigned poll_failed = 8;   // only told

/// How many events one wait tells at most.
inline constexpr std::size_t events_at_once = 64;

/// The token that no handle may have, since it is the waker's.
inline constexpr std::uint64_t reserved_token = UINT64_MAX;

/// What became of a change to a set; what failed is found in last_error().
enum class set_change : std::uint8_t { done, is_there_already, is_not_there, failed };

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
