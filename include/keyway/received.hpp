// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_RECEIVED_HPP
#define KEYWAY_RECEIVED_HPP

// What a receive of messages yields: a message may be larger than the buffer, and that is never silent. An empty
// message is a message, not an end.

#include <cstddef>
#include <span>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A message from the one peer of a connection.
struct received {
    std::span<std::byte> data;  ///< the filled part of the buffer
    std::size_t length = 0;     ///< bytes of the message as it was sent (Linux), else those stored
    bool truncated = false;     ///< the message was longer than the buffer; the rest of it is gone
};

/// A message and its sender.
template <class Endpoint>
struct received_from {
    std::span<std::byte> data;  ///< the filled part of the buffer
    Endpoint sender;
    bool truncated = false;  ///< the message was longer than the buffer; the rest of it is gone
    std::size_t length = 0;  ///< bytes of the message as it was sent (Linux), else those stored

    received_from(std::span<std::byte> bytes, const Endpoint& from, bool was_cut, std::size_t true_length) noexcept
        : data(bytes), sender(from), truncated(was_cut), length(true_length) {}
};

/// A message that was spread over several buffers, which are filled one after the other.
struct scattered {
    std::size_t size = 0;    ///< bytes stored
    std::size_t length = 0;  ///< bytes of the message as it was sent (Linux), else those stored
    bool truncated = false;  ///< the message was longer than the buffers; the rest of it is gone
};

/// A message that was spread over several buffers, and its sender.
template <class Endpoint>
struct scattered_from {
    std::size_t size = 0;  ///< bytes stored
    Endpoint sender;
    bool truncated = false;  ///< the message was longer than the buffers; the rest of it is gone
    std::size_t length = 0;  ///< bytes of the message as it was sent (Linux), else those stored
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
