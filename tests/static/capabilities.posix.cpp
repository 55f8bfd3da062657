// SPDX-License-Identifier: BSL-1.0
// The operations of AF_UNIX sockets that only POSIX systems have. Compiling this file is the test.

#include <keyway/keyway.hpp>

#include <type_traits>

#include "support/verbs.hpp"

namespace kw = keyway;

namespace {

static_assert(support::is_connection_oriented_throughout<kw::unix_seqpacket, false>);
static_assert(support::is_connectionless_throughout<kw::unix_datagram>);
static_assert(support::has_pair<kw::unix_stream> && support::has_pair<kw::unix_datagram> &&
              support::has_pair<kw::unix_seqpacket>);
static_assert(std::is_nothrow_move_constructible_v<kw::unix_datagram::socket> &&
              std::is_nothrow_move_assignable_v<kw::unix_datagram::socket> &&
              !std::is_copy_constructible_v<kw::unix_datagram::socket> &&
              !std::is_copy_assignable_v<kw::unix_datagram::socket>);

template <class O, class T>
constexpr bool fits = kw::option_for<O, typename T::family, typename T::type, typename T::protocol>;
static_assert(fits<kw::option::reuse_port, kw::udp> && !fits<kw::option::reuse_port, kw::unix_datagram>);

}  // namespace
