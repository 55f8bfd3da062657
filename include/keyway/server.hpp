// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SERVER_HPP
#define KEYWAY_SERVER_HPP

// Serving connections, and listeners inherited from the service manager.

// IWYU pragma: begin_exports
#include <keyway/server/listen_fds.hpp>
#include <keyway/server/listeners.hpp>
#include <keyway/server/serve.hpp>
// IWYU pragma: end_exports

#endif
