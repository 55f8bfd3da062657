// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BATCH_HPP
#define KEYWAY_DETAIL_OS_BATCH_HPP

// The interface header of batches: a `batch` holds several messages, and sends or receives them.

#if defined(__linux__)
#include <keyway/detail/os/linux/batch.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/batch_loop.hpp>  // IWYU pragma: export
#endif

#endif
