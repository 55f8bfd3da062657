// SPDX-License-Identifier: BSL-1.0
#include <keyway/family.hpp>

#include <doctest/doctest.h>

#include <concepts>

namespace kw = keyway;

static_assert(kw::address_family<kw::ipv4> && kw::address_family<kw::ipv6> && kw::address_family<kw::ip>);
static_assert(kw::address_family<kw::unix_domain> && !kw::address_family<kw::stream> && !kw::address_family<int>);

static_assert(kw::fixed_domain<kw::ipv4> && kw::fixed_domain<kw::unix_domain> && !kw::fixed_domain<kw::ip>);
static_assert(kw::internet_family<kw::ip> && kw::internet_family<kw::ipv6> && !kw::internet_family<kw::unix_domain>);
static_assert(kw::local_family<kw::unix_domain> && !kw::local_family<kw::ipv4>);
static_assert(kw::pairable_family<kw::unix_domain> == (KEYWAY_HAS_SOCKETPAIR != 0) && !kw::pairable_family<kw::ip>);
static_assert(std::same_as<kw::ipv6::endpoint, kw::endpoint<kw::ipv6>>);

// Internet sockets need a protocol, local sockets have none.
static_assert(kw::family_supports<kw::ipv4, kw::raw, kw::ipproto::icmp> &&
              !kw::family_supports<kw::ipv4, kw::raw, kw::no_protocol>);
static_assert(kw::family_supports<kw::unix_domain, kw::stream, kw::no_protocol> &&
              !kw::family_supports<kw::unix_domain, kw::raw, kw::no_protocol> &&
              !kw::family_supports<kw::unix_domain, kw::stream, kw::ipproto::tcp>);

// Not every system has local message sockets.
static_assert(kw::family_supports<kw::unix_domain, kw::datagram, kw::no_protocol> == (KEYWAY_HAS_UNIX_DATAGRAM != 0));
static_assert(kw::family_supports<kw::unix_domain, kw::seqpacket, kw::no_protocol> == (KEYWAY_HAS_UNIX_SEQPACKET != 0));

TEST_CASE("families have the domains of socket(2)") {
    CHECK(kw::ipv4::domain == AF_INET);
    CHECK(kw::ipv6::domain == AF_INET6);
    CHECK(kw::unix_domain::domain == AF_UNIX);
    CHECK(kw::ip::domain == AF_UNSPEC);
}
