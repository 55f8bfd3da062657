// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_LINK_HPP
#define KEYWAY_LINK_HPP

// The network interfaces of this machine.

// IWYU pragma: begin_exports
#include <keyway/link/interface.hpp>
// IWYU pragma: end_exports

#endif
