// SPDX-License-Identifier: BSL-1.0
// Addresses and endpoints are values that the compiler can work with: a typo in one does not get as far as a test.

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

// Literals are checked where they stand.
constexpr auto dns = "192.0.2.53:53"_ipv4_endpoint;
static_assert(dns.address().is_documentation() && dns.port() == 53);

// Text from elsewhere is parsed into a value or an error with place and cause, never into some default address.
constexpr auto typo = kw::ipv4_address::parse("192.0.2.256");
static_assert(typo.error().reason == kw::text_errc::octet_above_255 && typo.error().position == 8);
static_assert(typo.error().message() == "field 4, position 8: the octet is above 255");

// RFC 5952 out, whatever RFC 4291 form came in.
static_assert(kw::ipv6_address::parse("2001:0DB8:0:0:0:0:0:0001")->text() == "2001:db8::1");

// The scope is part of a link-local address: in the text, in equality, in the socket address.
static_assert("fe80::1%2"_ipv6 != "fe80::1%3"_ipv6);
static_assert("[fe80::1%2]:80"_ipv6_endpoint.native().scope_id == 2);

// An IPv4 peer of a dual-stack server stays IPv6 until asked, and is classified as what it reaches.
constexpr kw::ip_address peer = "::ffff:10.0.0.1"_ip;
static_assert(peer.is_v6() && peer.is_private() && peer.unmap() == "10.0.0.1"_ip);

// Networks.
constexpr auto office = "10.1.0.0/16"_ipv4_network;
static_assert(office.contains("10.1.2.3"_ipv4) && !office.contains("10.2.0.1"_ipv4));
static_assert(office.netmask() == "255.255.0.0"_ipv4);

// AF_UNIX names: paths, no name, and on Linux abstract names, told apart by their bytes.
static_assert("/run/service.sock"_unix_path.is_path());
static_assert(kw::endpoint<kw::unix_domain>::unnamed().is_unnamed());
#if KEYWAY_HAS_ABSTRACT_NAMES
static_assert(kw::endpoint<kw::unix_domain>::abstract("service")->is_abstract());
#endif

// Any of them in one type, and back.
constexpr kw::any_endpoint anything = dns;
static_assert(anything.as<kw::ipv4>()->port() == 53);
static_assert(anything.as<kw::unix_domain>().error() == kw::errc::wrong_family);

int main() {}
