// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_CONTROL_TYPES_HPP
#define KEYWAY_DETAIL_OS_CONTROL_TYPES_HPP

// What the backends of control messages have in common.

#include <cstddef>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

struct control_bytes {
    void* data;
    std::size_t size;  // the size of the buffer, and afterwards of what was received
};

struct message_outcome {
    std::ptrdiff_t length;   // as in message_length
    bool truncated;          // the data, where messages are kept together
    bool control_truncated;  // control messages were lost
};

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
