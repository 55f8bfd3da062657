// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BATCH_HPP
#define KEYWAY_DETAIL_OS_BATCH_HPP

// The door of the room of batches: `batch` has places for messages, and sends and receives them.

#if defined(__linux__)
#include <keyway/detail/os/batch_linux.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/batch_loop.hpp>  // IWYU pragma: export
#endif

#endif
