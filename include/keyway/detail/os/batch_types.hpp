// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BATCH_TYPES_HPP
#define KEYWAY_DETAIL_OS_BATCH_TYPES_HPP

// What the backends of batches have in common.

#include <cstddef>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// Messages of one call; more are several calls.
inline constexpr std::size_t most_in_batch = 64;

struct batch_outcome {
    std::size_t length;  // as in message_length
    std::size_t address_size;
};

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
