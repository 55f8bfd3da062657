// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CLIENT_HPP
#define KEYWAY_CLIENT_HPP

// Resolving names and connecting by name.

// IWYU pragma: begin_exports
#include <keyway/client/connect.hpp>
#include <keyway/client/connecting.hpp>
#include <keyway/client/resolve.hpp>
// IWYU pragma: end_exports

#endif
