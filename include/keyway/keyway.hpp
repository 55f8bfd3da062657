// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_KEYWAY_HPP
#define KEYWAY_KEYWAY_HPP

// The whole core. The subjects in folders are opt-in, each with an umbrella header of its name: <keyway/client.hpp>,
// <keyway/server.hpp>, <keyway/event.hpp>, <keyway/message.hpp>, <keyway/file.hpp>, <keyway/link.hpp>, <keyway/packet.hpp>
// and <keyway/bridge.hpp>; <keyway/options.hpp> has all options.

// IWYU pragma: begin_exports
#include <keyway/address/ip.hpp>
#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/address/network.hpp>
#include <keyway/buffer.hpp>
#include <keyway/canceller.hpp>
#include <keyway/concepts.hpp>
#include <keyway/connection.hpp>
#include <keyway/deadline.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/endpoint/any.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/endpoint/unix.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>
#include <keyway/listener.hpp>
#include <keyway/message_result.hpp>
#include <keyway/option.hpp>
#include <keyway/option/ip.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/option/tcp.hpp>
#include <keyway/protocol.hpp>
#include <keyway/socket.hpp>
#include <keyway/text.hpp>
#include <keyway/transport.hpp>
#include <keyway/type.hpp>
#include <keyway/version.hpp>
// IWYU pragma: end_exports

#endif
