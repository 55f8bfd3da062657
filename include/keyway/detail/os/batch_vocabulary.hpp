// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BATCH_VOCABULARY_HPP
#define KEYWAY_DETAIL_OS_BATCH_VOCABULARY_HPP

// What the rooms of batches have in common.

#include <cstddef>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

/// Messages of one call; more are several calls.
inline constexpr std::size_t most_in_batch = 64;

struct batch_outcome {
    std::size_t length;  // as in message_length
    std::size_t address_size;
    std::size_t control_size;
    bool truncated;
    bool control_truncated;
};

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
