// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_RESULT_HPP
#define KEYWAY_MESSAGE_RESULT_HPP

// The results of receiving messages. A message may be longer than the buffer, which is never silent; an empty message is a
// message, not an end.

#include <cstddef>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// A message from the peer of a connection. `Data` is the filled part of the buffer, a std::span<std::byte>; or, if the
/// message was received into several buffers, the number of bytes stored, a std::size_t.
template <class Data, bool WithControl = false>
struct message {
    Data data;
    bool truncated = false;  ///< the message was longer than the buffer; the rest of it is lost
    std::size_t length = 0;  ///< bytes of the message as sent (Linux), elsewhere the bytes stored
};

/// The same with control messages received beside it.
template <class Data>
struct message<Data, true> {
    Data data;
    bool truncated = false;          ///< the message was longer than the buffer; the rest of it is lost
    std::size_t length = 0;          ///< bytes of the message as sent (Linux), elsewhere the bytes stored
    bool control_truncated = false;  ///< control messages were lost: no space for them, or no descriptor left
};

/// A message and its sender.
template <class Data, class Endpoint, bool WithControl = false>
struct message_from {
    Data data;
    Endpoint sender;
    bool truncated = false;  ///< the message was longer than the buffer; the rest of it is lost
    std::size_t length = 0;  ///< bytes of the message as sent (Linux), elsewhere the bytes stored

    message_from(const Data& received, const Endpoint& from, bool was_truncated, std::size_t true_length) noexcept
        : data(received), sender(from), truncated(was_truncated), length(true_length) {}
};

/// The same with control messages received beside it.
template <class Data, class Endpoint>
struct message_from<Data, Endpoint, true> {
    Data data;
    Endpoint sender;
    bool truncated = false;          ///< the message was longer than the buffer; the rest of it is lost
    std::size_t length = 0;          ///< bytes of the message as sent (Linux), elsewhere the bytes stored
    bool control_truncated = false;  ///< control messages were lost: no space for them, or no descriptor left

    message_from(const Data& received, const Endpoint& from, bool was_truncated, std::size_t true_length,
                 bool lost_control) noexcept
        : data(received), sender(from), truncated(was_truncated), length(true_length), control_truncated(lost_control) {
    }
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
