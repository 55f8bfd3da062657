// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_EXPECTED_HPP
#define KEYWAY_EXPECTED_HPP

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_STD_EXPECTED

#include <expected>

namespace keyway {
inline namespace KEYWAY_MODE {
using std::bad_expected_access;
using std::expected;
using std::unexpect;
using std::unexpect_t;
using std::unexpected;
}  // namespace KEYWAY_MODE
}  // namespace keyway

#else

#include <keyway/detail/expected/expected.hpp>
#include <keyway/detail/expected/expected_void.hpp>
#include <keyway/detail/expected/unexpected.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
using detail::own::bad_expected_access;
using detail::own::expected;
using detail::own::unexpect;
using detail::own::unexpect_t;
using detail::own::unexpected;
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif

#endif
