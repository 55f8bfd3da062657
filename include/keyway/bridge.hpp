// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_BRIDGE_HPP
#define KEYWAY_BRIDGE_HPP

// Bridges to <system_error> and <format>.

// IWYU pragma: begin_exports
#include <keyway/bridge/format.hpp>
#include <keyway/bridge/system_error.hpp>
// IWYU pragma: end_exports

#endif
