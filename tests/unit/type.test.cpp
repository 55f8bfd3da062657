// SPDX-License-Identifier: BSL-1.0
#include <keyway/type.hpp>

#include <doctest/doctest.h>

namespace kw = keyway;

static_assert(kw::socket_type<kw::stream> && kw::socket_type<kw::datagram>);
static_assert(kw::socket_type<kw::seqpacket> && kw::socket_type<kw::raw> && !kw::socket_type<int>);

static_assert(kw::connection_oriented<kw::stream> && kw::connection_oriented<kw::seqpacket>);
static_assert(kw::connectionless<kw::datagram> && kw::connectionless<kw::raw>);
static_assert(!kw::connection_oriented<kw::datagram> && !kw::connectionless<kw::stream>);

static_assert(kw::byte_oriented<kw::stream> && !kw::byte_oriented<kw::seqpacket>);
static_assert(kw::message_oriented<kw::seqpacket> && kw::message_oriented<kw::datagram>);
static_assert(kw::message_oriented<kw::raw> && !kw::message_oriented<kw::stream>);

TEST_CASE("socket types have the values of socket(2)") {
    CHECK(kw::stream::native == SOCK_STREAM);
    CHECK(kw::datagram::native == SOCK_DGRAM);
    CHECK(kw::seqpacket::native == SOCK_SEQPACKET);
    CHECK(kw::raw::native == SOCK_RAW);
}
