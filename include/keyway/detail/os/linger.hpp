// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINGER_HPP
#define KEYWAY_DETAIL_OS_LINGER_HPP

// Whether a socket of this process may have SO_LINGER set. Where none has, a destructor has nothing to turn off.

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

// Not a std::atomic, whose header is larger than all of this layer. The one value that is ever stored needs no order.
#if defined(__GNUC__)
inline bool linger_was_set = false;
inline void expect_linger() noexcept { __atomic_store_n(&linger_was_set, true, __ATOMIC_RELAXED); }
inline bool may_linger() noexcept { return __atomic_load_n(&linger_was_set, __ATOMIC_RELAXED); }
#else  // MSVC, where accesses to a volatile bool are atomic
inline volatile bool linger_was_set = false;
inline void expect_linger() noexcept { linger_was_set = true; }
inline bool may_linger() noexcept { return linger_was_set; }
#endif

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
