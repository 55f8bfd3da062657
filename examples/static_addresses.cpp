// SPDX-License-Identifier: BSL-1.0
// Addresses and endpoints are constexpr values: the compiler finds a typo in one.

#include <keyway/address/ip.hpp>
#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/address/network.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/endpoint/any.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/endpoint/unix.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/text.hpp>

namespace kw = keyway;
using namespace kw::literals;

// Literals are checked at compile time.
constexpr auto dns = "192.0.2.53:53"_ipv4_endpoint;
static_assert(dns.address().is_documentation() && dns.port() == 53);

// Other texts are parsed to a value, or to an error with its position and cause; never to a default address.
constexpr auto typo = kw::ipv4_address::parse("192.0.2.256");
static_assert(typo.error().reason == kw::text_errc::octet_above_255 && typo.error().position == 8);
static_assert(typo.error().message() == "field 4, position 8: the octet is above 255");

// Parsing accepts the forms of RFC 4291, printing writes RFC 5952.
static_assert(kw::ipv6_address::parse("2001:0DB8:0:0:0:0:0:0001")->text() == "2001:db8::1");

// The scope id is part of an IPv6 address: in its text, in equality and in the socket address.
static_assert("fe80::1%2"_ipv6 != "fe80::1%3"_ipv6);
static_assert("[fe80::1%2]:80"_ipv6_endpoint.native().scope_id == 2);

// An IPv4 peer of a dual-stack server is an IPv6 address until unmap(), and is classified like the IPv4 address.
constexpr kw::ip_address peer = "::ffff:10.0.0.1"_ip;
static_assert(peer.is_v6() && peer.is_private() && peer.unmap() == "10.0.0.1"_ip);

// An address and the four bytes of a packet.
static_assert(kw::ipv4_address("192.0.2.1"_ipv4.to_bytes()) == "192.0.2.1"_ipv4);

// Networks.
constexpr auto office = "10.1.0.0/16"_ipv4_network;
static_assert(office.contains("10.1.2.3"_ipv4) && !office.contains("10.2.0.1"_ipv4));
static_assert(office.netmask() == "255.255.0.0"_ipv4);

// AF_UNIX names: paths, unnamed, and on Linux abstract names.
static_assert("/run/service.sock"_unix_path.is_path());
static_assert(kw::endpoint<kw::unix_domain>::unnamed().is_unnamed());
#if KEYWAY_HAS_ABSTRACT_NAMES
static_assert(kw::endpoint<kw::unix_domain>::abstract("service")->is_abstract());
#endif

// Any of them converts to one type and back.
constexpr kw::any_endpoint anything = dns;
static_assert(anything.as<kw::ipv4>()->port() == 53);
static_assert(anything.as<kw::unix_domain>().error() == kw::errc::wrong_family);

int main() {}
