// SPDX-License-Identifier: BSL-1.0
#include <keyway/protocol.hpp>

#include <doctest/doctest.h>

#include <concepts>

#include <keyway/family.hpp>

namespace kw = keyway;
namespace ipproto = kw::ipproto;

static_assert(kw::protocol_type<ipproto::tcp> && kw::protocol_type<kw::no_protocol> && !kw::protocol_type<kw::stream>);

// The families and types that each protocol fits.
template <class Protocol, class Family, class Type>
constexpr bool fits = kw::protocol_fits<Protocol, Family, Type>;

static_assert(fits<ipproto::tcp, kw::ipv4, kw::stream> && fits<ipproto::tcp, kw::ip, kw::stream>);
static_assert(!fits<ipproto::tcp, kw::ipv4, kw::datagram> && !fits<ipproto::tcp, kw::unix_domain, kw::stream>);
static_assert(fits<ipproto::udp, kw::ipv6, kw::datagram> && !fits<ipproto::udp, kw::ipv6, kw::stream>);
static_assert(fits<ipproto::icmp, kw::ipv4, kw::raw> && fits<ipproto::icmp, kw::ipv4, kw::datagram>);
static_assert(!fits<ipproto::icmp, kw::ipv6, kw::raw> && !fits<ipproto::icmp, kw::ip, kw::raw>);
static_assert(fits<ipproto::icmpv6, kw::ipv6, kw::raw> && !fits<ipproto::icmpv6, kw::ipv4, kw::raw>);
static_assert(fits<ipproto::sctp, kw::ipv4, kw::seqpacket> && fits<ipproto::sctp, kw::ipv6, kw::stream>);
static_assert(fits<ipproto::numbered<89>, kw::ipv4, kw::raw> && !fits<ipproto::numbered<89>, kw::ipv4, kw::datagram>);

// The default protocols.
static_assert(std::same_as<kw::default_protocol_t<kw::ip, kw::stream>, ipproto::tcp>);
static_assert(std::same_as<kw::default_protocol_t<kw::ipv6, kw::datagram>, ipproto::udp>);
static_assert(std::same_as<kw::default_protocol_t<kw::ipv4, kw::raw>, kw::no_protocol>);
static_assert(std::same_as<kw::default_protocol_t<kw::unix_domain, kw::stream>, kw::no_protocol>);

TEST_CASE("protocols have IANA's numbers") {
    CHECK(ipproto::tcp::number == 6);
    CHECK(ipproto::udp::number == 17);
    CHECK(ipproto::icmp::number == 1);
    CHECK(ipproto::icmpv6::number == 58);
    CHECK(ipproto::sctp::number == IPPROTO_SCTP);
    CHECK(ipproto::numbered<89>::number == 89);
    CHECK(kw::no_protocol::number == 0);
}
