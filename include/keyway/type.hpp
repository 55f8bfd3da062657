// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TYPE_HPP
#define KEYWAY_TYPE_HPP

// The socket types of socket(2) as tags.

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Bytes in order, without boundaries, over a connection.
struct stream {
    static constexpr int native = SOCK_STREAM;
    static constexpr bool is_connection_oriented = true;
    static constexpr bool is_message_oriented = false;
};

/// Separate messages, without a connection.
struct datagram {
    static constexpr int native = SOCK_DGRAM;
    static constexpr bool is_connection_oriented = false;
    static constexpr bool is_message_oriented = true;
};

/// Messages in order, over a connection.
struct seqpacket {
    static constexpr int native = SOCK_SEQPACKET;
    static constexpr bool is_connection_oriented = true;
    static constexpr bool is_message_oriented = true;
};

/// Packets of the layer below, without a connection. Opening one needs a privilege (raw(7), packet(7)).
struct raw {
    static constexpr int native = SOCK_RAW;
    static constexpr bool is_connection_oriented = false;
    static constexpr bool is_message_oriented = true;
};

static_assert(socket_type<stream> && socket_type<datagram> && socket_type<seqpacket> && socket_type<raw>);

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
