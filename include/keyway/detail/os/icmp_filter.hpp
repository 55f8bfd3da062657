// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_ICMP_FILTER_HPP
#define KEYWAY_DETAIL_OS_ICMP_FILTER_HPP

// Platform layer: the option numbers of ICMP filters, and whether a bit that is set blocks a type or passes it. The
// system's headers would define macros for most of RFC 792.

#include <array>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/types.hpp>  // IWYU pragma: keep (no_option, where there are no filters)

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// One bit for each type; type 0 is the lowest bit of the first word.
using icmp_filter = std::array<std::uint32_t, 1>;    // struct icmp_filter of <linux/icmp.h>
using icmpv6_filter = std::array<std::uint32_t, 8>;  // struct icmp6_filter, RFC 3542 section 3.2

#if defined(__linux__)
inline constexpr int icmp_filter_level = 255;   // SOL_RAW
inline constexpr int icmp_filter_option = 1;    // ICMP_FILTER
inline constexpr int icmpv6_filter_option = 1;  // ICMP6_FILTER
inline constexpr bool icmpv6_filter_bit_blocks = true;
#else
inline constexpr int icmp_filter_level = 0;
inline constexpr int icmp_filter_option = no_option;
inline constexpr int icmpv6_filter_option = KEYWAY_HAS_ICMPV6_FILTER ? 18 : no_option;  // ICMP6_FILTER
inline constexpr bool icmpv6_filter_bit_blocks = false;
#endif

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
