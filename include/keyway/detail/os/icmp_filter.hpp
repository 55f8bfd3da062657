// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_ICMP_FILTER_HPP
#define KEYWAY_DETAIL_OS_ICMP_FILTER_HPP

// The room that knows which messages a raw ICMP socket may be spared: the names of the options, and whether a bit that is
// set keeps a type out or lets it in. Their headers would bring macros for half of RFC 792.

#include <array>
#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

/// A bit for each type, type 0 in the lowest bit of the first word.
using icmp_filter = std::array<std::uint32_t, 1>;    // struct icmp_filter of <linux/icmp.h>
using icmpv6_filter = std::array<std::uint32_t, 8>;  // struct icmp6_filter, RFC 3542 section 3.2

#if defined(__linux__)
inline constexpr int icmp_filter_level = 255;   // SOL_RAW
inline constexpr int icmp_filter_option = 1;    // ICMP_FILTER
inline constexpr int icmpv6_filter_option = 1;  // ICMP6_FILTER
inline constexpr bool icmpv6_filter_bit_blocks = true;
#else
inline constexpr int icmpv6_filter_option = 18;  // ICMP6_FILTER
inline constexpr bool icmpv6_filter_bit_blocks = false;
#endif

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
