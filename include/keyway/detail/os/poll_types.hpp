// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POLL_TYPES_HPP
#define KEYWAY_DETAIL_OS_POLL_TYPES_HPP

// The types and constants that every backend of poll sets shares.

#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

// The events to wait for on a handle, and those reported: a sum of these. The values are those of epoll(7).
inline constexpr unsigned poll_readable = 0x01;
inline constexpr unsigned poll_writable = 0x04;
inline constexpr unsigned poll_failed = 0x08;   // only reported
inline constexpr unsigned poll_hung_up = 0x10;  // only reported
inline constexpr unsigned all_poll_bits = 0x1d;

/// The token of the waker's event, which no handle may have.
inline constexpr std::uint64_t reserved_token = UINT64_MAX;

/// The outcome of a change to a set; the cause of a failure is in last_error().
enum class set_change : std::uint8_t { done, is_there_already, is_not_there, failed };

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
