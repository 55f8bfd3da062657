// SPDX-License-Identifier: BSL-1.0
#include <keyway/endpoint/ip.hpp>

#include <doctest/doctest.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <type_traits>

#include "support/address_vectors.hpp"
#include "support/native_address.hpp"
#include "support/values.hpp"

namespace {

using keyway::endpoint;
using keyway::ip;
using keyway::ip_address;
using keyway::ipv4;
using keyway::ipv4_address;
using keyway::ipv6;
using keyway::ipv6_address;
using keyway::text_errc;
using namespace keyway::literals;
using support::str;

template <class T>
concept lends_from_a_temporary = requires { T{}.as_v4(); } || requires { T{}.as_v6(); };

static_assert(sizeof(endpoint<ipv4>) == 16 && sizeof(endpoint<ipv6>) == 28);
static_assert(std::is_trivially_copyable_v<endpoint<ipv4>> && std::is_trivially_copyable_v<endpoint<ipv6>> &&
              std::is_trivially_copyable_v<endpoint<ip>>);
static_assert(std::is_same_v<ipv4::endpoint, endpoint<ipv4>> && std::is_same_v<endpoint<ipv4>::family, ipv4>);
static_assert(std::is_same_v<endpoint<ipv6>::address_type, ipv6_address> &&
              std::is_same_v<endpoint<ip>::address_type, ip_address>);
static_assert(std::is_convertible_v<endpoint<ipv4>, endpoint<ip>>);
static_assert(std::is_convertible_v<endpoint<ipv6>, endpoint<ip>>);
static_assert(!std::is_convertible_v<endpoint<ip>, endpoint<ipv4>>);
static_assert(!std::is_convertible_v<endpoint<ipv4>, endpoint<ipv6>>);
static_assert(!lends_from_a_temporary<endpoint<ip>>);

// A port is a std::uint16_t, or what fits in one; of wider types only constants.
template <class Endpoint, class Port>
concept has_port_of = std::is_constructible_v<Endpoint, const typename Endpoint::address_type&, Port>;
static_assert(has_port_of<endpoint<ipv4>, std::uint16_t> && has_port_of<endpoint<ip>, std::uint16_t&>);
static_assert(has_port_of<endpoint<ipv6>, std::uint8_t&> && has_port_of<endpoint<ip>, const std::uint16_t>);
static_assert(!has_port_of<endpoint<ipv4>, int&> && !has_port_of<endpoint<ip>, std::uint32_t&>);
static_assert(!has_port_of<endpoint<ipv6>, long long&> && !has_port_of<endpoint<ip>, std::int16_t&>);
static_assert(endpoint<ipv4>(ipv4_address::any(), 65535).port() == 65535);
static_assert(endpoint<ip>(ipv6_address::any(), 65535LL).port() == 65535);
static_assert(endpoint<ipv6>(ipv6_address::any(), 0U).port() == 0);

// An address is no number and no text.
static_assert(!std::is_constructible_v<endpoint<ipv4>, int, int> &&
              !std::is_constructible_v<endpoint<ip>, const char*, std::uint16_t>);
static_assert(endpoint<ipv4>::max_text == 21 && endpoint<ipv6>::max_text == 64);

// Everything works at compile time.
constexpr endpoint<ipv4> v4{{192, 0, 2, 1}, 443};
constexpr endpoint<ipv6> v6{"2001:db8::1%2"_ipv6, 443};
static_assert(v4.address() == ipv4_address(192, 0, 2, 1) && v4.port() == 443);
static_assert(v6.address() == "2001:db8::1%2"_ipv6 && v6.port() == 443 && v6.flow_info() == 0);
static_assert(v4.text() == "192.0.2.1:443" && v6.text() == "[2001:db8::1%2]:443");
static_assert(endpoint<ipv4>::size() == sizeof(::sockaddr_in) && endpoint<ipv4>::capacity() == sizeof(::sockaddr_in));
static_assert(endpoint<ipv6>::size() == sizeof(::sockaddr_in6) && endpoint<ipv6>::capacity() == sizeof(::sockaddr_in6));
static_assert(endpoint<ipv4>::from_native(v4.native(), v4.size()) == v4);
static_assert(endpoint<ipv6>::from_native(v6.native(), v6.size()) == v6);
static_assert(endpoint<ipv4>::from_native(v4.native(), 15) == endpoint<ipv4>{});
static_assert(endpoint<ipv6>::from_native(v6.native(), 29) == endpoint<ipv6>{});
static_assert(endpoint<ipv4>::parse("192.0.2.1:443") == v4 && endpoint<ipv6>::parse("[2001:db8::1%2]:443") == v6);
static_assert(endpoint<ipv4>{} < v4 && v4 != endpoint<ipv4>{} && endpoint<ipv6>{} < v6);
static_assert(hash_value(v4) != hash_value(endpoint<ipv4>{}));

constexpr endpoint<ip> either4 = v4;
constexpr endpoint<ip> either6 = v6;
static_assert(either4.is_v4() && !either4.is_v6() && *either4.as_v4() == v4 && either4.as_v6() == nullptr);
static_assert(either6.is_v6() && !either6.is_v4() && *either6.as_v6() == v6 && either6.as_v4() == nullptr);
static_assert(either4.domain() == AF_INET && either6.domain() == AF_INET6);
static_assert(either4.size() == sizeof(::sockaddr_in) && either6.size() == sizeof(::sockaddr_in6));
static_assert(endpoint<ip>::capacity() == sizeof(::sockaddr_in6));
static_assert(either4.address() == "192.0.2.1"_ip && either6.address() == "2001:db8::1%2"_ip && either6.port() == 443);
static_assert(endpoint<ip>("192.0.2.1"_ip, 443) == either4 && endpoint<ip>("2001:db8::1%2"_ip, 443) == either6);
static_assert(either4.text() == "192.0.2.1:443" && either6.text() == "[2001:db8::1%2]:443");
static_assert(either4 < either6 && hash_value(either4) == hash_value(v4) && hash_value(either6) == hash_value(v6));
static_assert(endpoint<ip>("::ffff:192.0.2.1"_ip, 443).unmap() == either4);
static_assert(endpoint<ip>::parse("::1:80").error().reason == text_errc::ipv6_needs_brackets);

static_assert("192.0.2.1:443"_ipv4_endpoint == v4);
static_assert("[2001:db8::1%2]:443"_ipv6_endpoint == v6);
static_assert("192.0.2.1:443"_ip_endpoint == either4 && "[2001:db8::1%2]:443"_ip_endpoint == either6);
static_assert(std::is_same_v<decltype("0.0.0.0:0"_ip_endpoint), endpoint<ip>>);

/// The address of the C library.
::sockaddr_in native_of(const char* address, std::uint16_t port) {
    ::sockaddr_in native{};
    native.sin_family = AF_INET;
    native.sin_port = htons(port);
    REQUIRE(::inet_pton(AF_INET, address, &native.sin_addr) == 1);
    return native;
}

::sockaddr_in6 native_of(const char* address, std::uint16_t port, std::uint32_t scope_id, std::uint32_t flow_info = 0) {
    ::sockaddr_in6 native{};
    native.sin6_family = AF_INET6;
    native.sin6_port = htons(port);
    native.sin6_flowinfo = htonl(flow_info);
    native.sin6_scope_id = scope_id;
    REQUIRE(::inet_pton(AF_INET6, address, &native.sin6_addr) == 1);
    return native;
}

template <class Endpoint, class Native>
bool same_bytes(const Endpoint& e, const Native& native) {
    return e.size() == sizeof(native) && std::memcmp(e.data(), &native, sizeof(native)) == 0;
}

/// Like the kernel: writes the bytes and reports their number.
template <class Endpoint, class Native>
void write_into(Endpoint& e, const Native& native, std::size_t size = sizeof(Native)) {
    std::memcpy(e.data(), &native, sizeof(native));
    e.resize(size);
}

TEST_CASE("an endpoint is parsed with its port, and IPv6 in brackets") {
    support::check_texts<&endpoint<ipv4>::parse>(vectors::ipv4_endpoint);
    support::check_texts<&endpoint<ipv6>::parse>(vectors::ipv6_endpoint);
    support::check_texts<&endpoint<ip>::parse>(vectors::ip_endpoint);
}

TEST_CASE("an endpoint<ip> accepts what either family accepts, and nothing else") {
    for (const vectors::text_vector& v : vectors::ipv4_endpoint) {
        INFO("text: ", str(v.text));
        const auto parsed = endpoint<ip>::parse(v.text);
        CHECK((parsed.has_value() && parsed->is_v4()) == v.is_valid());
    }
    for (const vectors::text_vector& v : vectors::ipv6_endpoint) {
        if (v.text == "1.2.3.4:80") continue;  // valid as IPv4
        INFO("text: ", str(v.text));
        const auto parsed = endpoint<ip>::parse(v.text);
        CHECK((parsed.has_value() && parsed->is_v6()) == v.is_valid());
    }
}

TEST_CASE("the default endpoint is the any-address and port 0, and no invalid text parses as it") {
    CHECK(str(endpoint<ipv4>{}) == "0.0.0.0:0");
    CHECK(str(endpoint<ipv6>{}) == "[::]:0");
    CHECK(str(endpoint<ip>{}) == "0.0.0.0:0");
    CHECK(!endpoint<ipv4>::parse("0.0.0.0"));
    CHECK(!endpoint<ipv6>::parse("::"));
    CHECK(!endpoint<ip>::parse(":0"));
}

TEST_CASE("every port is printed and parsed again") {
    for (unsigned port = 0; port <= 65535; port += 255) {
        const endpoint<ipv4> e("127.0.0.1"_ipv4, static_cast<std::uint16_t>(port));
        CHECK(e.port() == port);
        CHECK(endpoint<ipv4>::parse(e.text()) == e);
    }
}

TEST_CASE("the longest texts fit") {
    CHECK(str("255.255.255.255:65535"_ipv4_endpoint).size() == endpoint<ipv4>::max_text);
    CHECK(str("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535"_ipv6_endpoint) ==
          "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535");
    CHECK(str("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535"_ip_endpoint) ==
          "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535");
}

TEST_CASE("an endpoint<ipv4> is a sockaddr_in") {
    CHECK(same_bytes(endpoint<ipv4>{}, native_of("0.0.0.0", 0)));
    CHECK(same_bytes("192.0.2.1:4660"_ipv4_endpoint, native_of("192.0.2.1", 0x1234)));
    endpoint<ipv4> e;
    write_into(e, native_of("198.51.100.7", 65280));
    CHECK(str(e) == "198.51.100.7:65280");
}

TEST_CASE("an endpoint<ipv6> is a sockaddr_in6") {
    CHECK(same_bytes(endpoint<ipv6>{}, native_of("::", 0, 0)));
    CHECK(same_bytes("[2001:db8::1:2%16909060]:4660"_ipv6_endpoint, native_of("2001:db8::1:2", 0x1234, 0x01020304)));
    endpoint<ipv6> e;
    write_into(e, native_of("fe80::7", 65280, 9));
    CHECK(str(e) == "[fe80::7%9]:65280");
}

TEST_CASE("an endpoint<ip> is a sockaddr_in or a sockaddr_in6") {
    CHECK(same_bytes(endpoint<ip>{}, native_of("0.0.0.0", 0)));
    CHECK(same_bytes("192.0.2.1:4660"_ip_endpoint, native_of("192.0.2.1", 0x1234)));
    CHECK(same_bytes("[2001:db8::1%5]:4660"_ip_endpoint, native_of("2001:db8::1", 0x1234, 5)));
    endpoint<ip> e;
    write_into(e, native_of("fe80::7", 65280, 9));
    CHECK(str(e) == "[fe80::7%9]:65280");
    CHECK(e.is_v6());
    write_into(e, native_of("198.51.100.7", 65280));
    CHECK(str(e) == "198.51.100.7:65280");
    CHECK(e.is_v4());
}

TEST_CASE("the flow information is readable and not part of text, equality, order and hash") {
    endpoint<ipv6> e;
    write_into(e, native_of("2001:db8::1", 53, 0, 0x000abcde));
    CHECK(e.flow_info() == 0x000abcde);
    const auto plain = "[2001:db8::1]:53"_ipv6_endpoint;
    CHECK(e == plain);
    CHECK((e <=> plain) == 0);
    CHECK(hash_value(e) == hash_value(plain));
    CHECK(str(e) == str(plain));
    CHECK(endpoint<ip>(e) == endpoint<ip>(plain));
}

TEST_CASE("a length that no such address has resets to the default endpoint") {
    constexpr std::size_t most = ~std::size_t{0};
    for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 2, 8, 15, 17, 27, 29, 110, most}) {
        CAPTURE(size);
        endpoint<ipv4> four = "192.0.2.1:80"_ipv4_endpoint;
        four.resize(size);
        CHECK(four == endpoint<ipv4>{});
        endpoint<ipv6> six = "[2001:db8::1%3]:80"_ipv6_endpoint;
        six.resize(size);
        CHECK(six == endpoint<ipv6>{});
        CHECK(same_bytes(six, native_of("::", 0, 0)));
        for (endpoint<ip> either : {"192.0.2.1:80"_ip_endpoint, "[2001:db8::1%3]:80"_ip_endpoint}) {
            either.resize(size);
            CHECK(either == endpoint<ip>{});
            CHECK(same_bytes(either, native_of("0.0.0.0", 0)));
        }
    }
    endpoint<ipv4> four = "192.0.2.1:80"_ipv4_endpoint;
    four.resize(28);
    CHECK(four == endpoint<ipv4>{});
    endpoint<ipv6> six = "[2001:db8::1%3]:80"_ipv6_endpoint;
    six.resize(16);
    CHECK(six == endpoint<ipv6>{});
}

TEST_CASE("an endpoint<ip> can be assigned the other family") {
    endpoint<ip> e = "192.0.2.1:80"_ipv4_endpoint;
    e = "[fe80::1%2]:81"_ipv6_endpoint;
    CHECK(str(e) == "[fe80::1%2]:81");
    e = {"192.0.2.2"_ipv4, 82};
    CHECK(str(e) == "192.0.2.2:82");
    e = {"::1"_ipv6, 83};
    CHECK(str(e) == "[::1]:83");
}

TEST_CASE("a v4-mapped endpoint is not equal to the IPv4 endpoint before unmap()") {
    const auto mapped = "[::ffff:192.0.2.1]:80"_ip_endpoint;
    const auto four = "192.0.2.1:80"_ip_endpoint;
    CHECK(mapped != four);
    CHECK(mapped.unmap() == four);
    CHECK(mapped.unmap().is_v4());
    CHECK(hash_value(mapped.unmap()) == hash_value(four));
    CHECK(four.unmap() == four);
    CHECK("[::192.0.2.1]:80"_ip_endpoint.unmap() == "[::192.0.2.1]:80"_ip_endpoint);
    CHECK("[fe80::1%2]:80"_ip_endpoint.unmap() == "[fe80::1%2]:80"_ip_endpoint);
}

TEST_CASE("endpoints are ordered by address, scope id and port") {
    support::check_ascending(support::parse_all<endpoint<ipv4>>(
        {"0.0.0.0:0", "0.0.0.0:1", "0.0.0.0:256", "1.2.3.4:0", "1.2.3.4:65535", "200.0.0.1:80"}));
    support::check_ascending(support::parse_all<endpoint<ipv6>>(
        {"[::]:0", "[::]:65535", "[::%1]:0", "[::1]:80", "[fe80::1%2]:80", "[fe80::1%2]:81", "[fe80::1%3]:80"}));
    support::check_ascending(support::parse_all<endpoint<ip>>(
        {"0.0.0.0:0", "255.255.255.255:1", "[::]:0", "[::]:1", "[::%1]:0", "[::ffff:1.2.3.4]:0"}));
}

TEST_CASE("endpoints have distinct hashes, by port, address and scope id") {
    const auto port = [](std::uint32_t i) { return static_cast<std::uint16_t>(i); };
    support::check_hash_spread([&](std::uint32_t i) { return endpoint<ipv4>("192.0.2.1"_ipv4, port(i)); });
    support::check_hash_spread(
        [&](std::uint32_t i) { return endpoint<ipv6>("fe80::1"_ipv6.with_scope_id(i / 100), port(i % 100)); });
    support::check_hash_spread([&](std::uint32_t i) {
        const auto four = ipv4_address::from_number(i / 2);
        return i % 2 == 0 ? endpoint<ip>(four, 80) : endpoint<ip>(ipv6_address::v4_mapped(four), 80);
    });
}

}  // namespace

TEST_CASE("an endpoint is printed into the caller's buffer") {
    support::check_print("255.255.255.255:65535"_ipv4_endpoint);
    support::check_print("[fe80::1%4294967295]:65535"_ipv6_endpoint);
    support::check_print("[::ffff:192.0.2.1]:1"_ip_endpoint);
}
