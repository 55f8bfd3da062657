// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_EVENT_HPP
#define KEYWAY_EVENT_HPP

// Waiting for many handles, signals and stop tokens.

// IWYU pragma: begin_exports
#include <keyway/event/poll.hpp>
#include <keyway/event/signal.hpp>
#include <keyway/event/stop_token.hpp>
#include <keyway/event/wait.hpp>
// IWYU pragma: end_exports

#endif
