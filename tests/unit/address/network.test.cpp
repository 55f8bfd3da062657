// SPDX-License-Identifier: BSL-1.0
#include <keyway/address/network.hpp>

#include <doctest/doctest.h>

#include <compare>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "support/address_vectors.hpp"
#include "support/values.hpp"

namespace {

using keyway::ipv4_address;
using keyway::ipv4_network;
using keyway::ipv6_address;
using keyway::ipv6_network;
using keyway::text_errc;
using keyway::text_error;
using namespace keyway::literals;
using support::fault_of;
using support::str;

static_assert(std::is_trivially_copyable_v<ipv4_network> && std::is_trivially_copyable_v<ipv6_network>);
static_assert(std::is_same_v<ipv4_network, keyway::network<ipv4_address>>);
static_assert(std::is_same_v<ipv4_network::address_type, ipv4_address>);
static_assert(ipv4_network::max_prefix_length == 32 && ipv6_network::max_prefix_length == 128);
static_assert(ipv4_network::max_text == ipv4_address::max_text + 4);

// Everything works at compile time.
constexpr ipv4_network documentation = ipv4_network::of({192, 0, 2, 1}, 24).value();
static_assert(documentation.address() == ipv4_address(192, 0, 2, 0) && documentation.prefix_length() == 24);
static_assert(documentation.netmask() == ipv4_address(255, 255, 255, 0));
static_assert(documentation.last_address() == ipv4_address(192, 0, 2, 255));
static_assert(documentation.contains(ipv4_address(192, 0, 2, 77)) && documentation.contains(documentation));
static_assert(documentation.text() == "192.0.2.0/24");
static_assert(ipv4_network::parse("192.0.2.0/24") == documentation);
static_assert(ipv4_network::parse("192.0.2.1/24").error() == text_error{text_errc::host_bits_set, 0, 10});
static_assert(ipv4_network{} < documentation && ipv4_network{} != documentation);
static_assert(hash_value(ipv4_network{}) != hash_value(documentation));

static_assert("192.0.2.0/24"_ipv4_network == documentation);
static_assert("2001:db8::/32"_ipv6_network == ipv6_network::of("2001:db8::1"_ipv6, 32));
static_assert(std::is_same_v<decltype("::/0"_ipv6_network), ipv6_network>);

TEST_CASE("a network is parsed with its prefix length, and set host bits are rejected") {
    support::check_texts<&ipv4_network::parse>(vectors::ipv4_network);
    support::check_texts<&ipv6_network::parse>(vectors::ipv6_network);
}

TEST_CASE("an error in the address is reported at the same position in the network's text") {
    for (const vectors::text_vector& v : vectors::ipv4) {
        if (v.is_valid() || v.error.reason == text_errc::trailing_characters || v.text.empty()) continue;
        INFO("text: ", str(v.text));
        CHECK(fault_of(ipv4_network::parse(v.text)) == v.error);
    }
}

TEST_CASE("the text of a network has no zone") {
    CHECK(fault_of(ipv6_network::parse("fe80::%1/64")) == text_error{text_errc::prefix_length_missing, 0, 6});
    CHECK(fault_of(ipv6_network::parse("fe80::%0/64")) == text_error{text_errc::prefix_length_missing, 0, 6});
}

TEST_CASE("the default network contains every address of its family, and no invalid text parses as it") {
    CHECK(str(ipv4_network{}) == "0.0.0.0/0");
    CHECK(str(ipv6_network{}) == "::/0");
    CHECK(ipv4_network{}.contains("255.255.255.255"_ipv4));
    CHECK(ipv6_network{}.contains("ffff::%1"_ipv6));
    CHECK(!ipv4_network::parse(""));
    CHECK(!ipv6_network::parse(""));
}

TEST_CASE("of() drops host bits and scope id, and rejects a prefix longer than the address") {
    CHECK(str(ipv4_network::of("192.0.2.255"_ipv4, 24).value()) == "192.0.2.0/24");
    CHECK(str(ipv4_network::of("192.0.2.255"_ipv4, 0).value()) == "0.0.0.0/0");
    CHECK(str(ipv4_network::of("192.0.2.255"_ipv4, 32).value()) == "192.0.2.255/32");
    CHECK(str(ipv6_network::of("fe80::1%2"_ipv6, 64).value()) == "fe80::/64");
    CHECK(str(ipv6_network::of("fe80::1%2"_ipv6, 128).value()) == "fe80::1/128");
    CHECK(fault_of(ipv4_network::of("192.0.2.1"_ipv4, 33)) == text_error{.reason = text_errc::prefix_length_too_large});
    CHECK(fault_of(ipv6_network::of("::"_ipv6, 129)) == text_error{.reason = text_errc::prefix_length_too_large});
    CHECK(fault_of(ipv4_network::of("0.0.0.0"_ipv4, ~0U)) == text_error{.reason = text_errc::prefix_length_too_large});
}

/// A network, its mask and last address, and the addresses just outside it.
struct block {
    std::string_view network, netmask, last, before, after;
};

template <class Network>
void check_block(const block& line) {
    INFO("network: ", str(line.network));
    using address = typename Network::address_type;
    const auto net = Network::parse(line.network).value();
    CHECK(str(net.netmask()) == str(line.netmask));
    CHECK(str(net.last_address()) == str(line.last));
    CHECK(net.contains(net.address()));
    CHECK(net.contains(net.last_address()));
    if (!line.before.empty()) CHECK(!net.contains(address::parse(line.before).value()));
    if (!line.after.empty()) CHECK(!net.contains(address::parse(line.after).value()));
}

TEST_CASE("last_address() is the last address in the network") {
    constexpr block ipv4_blocks[] = {
        {"0.0.0.0/0", "0.0.0.0", "255.255.255.255", "", ""},
        {"0.0.0.0/1", "128.0.0.0", "127.255.255.255", "", "128.0.0.0"},
        {"128.0.0.0/1", "128.0.0.0", "255.255.255.255", "127.255.255.255", ""},
        {"10.0.0.0/8", "255.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
        {"172.16.0.0/12", "255.240.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
        {"192.0.2.0/24", "255.255.255.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
        {"192.0.2.128/25", "255.255.255.128", "192.0.2.255", "192.0.2.127", "192.0.3.0"},
        {"192.0.2.4/30", "255.255.255.252", "192.0.2.7", "192.0.2.3", "192.0.2.8"},
        {"192.0.2.4/31", "255.255.255.254", "192.0.2.5", "192.0.2.3", "192.0.2.6"},
        {"192.0.2.4/32", "255.255.255.255", "192.0.2.4", "192.0.2.3", "192.0.2.5"},
    };
    for (const block& line : ipv4_blocks) check_block<ipv4_network>(line);
    constexpr block ipv6_blocks[] = {
        {"::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", ""},
        {"fc00::/7", "fe00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fbff::", "fe00::"},
        {"fe80::/10", "ffc0::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe7f::", "fec0::"},
        {"2001:db8::/32", "ffff:ffff::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7::", "2001:db9::"},
        {"2001:db8::/127", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "2001:db8::1", "", "2001:db8::2"},
        {"::1/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::1", "::", "::2"},
    };
    for (const block& line : ipv6_blocks) check_block<ipv6_network>(line);
}

TEST_CASE("a network contains its addresses whatever their scope id") {
    CHECK("fe80::/64"_ipv6_network.contains("fe80::1%2"_ipv6));
    CHECK(!"fe80::/64"_ipv6_network.contains("fe80:0:0:1::1%2"_ipv6));
}

TEST_CASE("a network contains itself and its parts") {
    const auto net = "10.0.0.0/8"_ipv4_network;
    CHECK(net.contains(net));
    CHECK(net.contains("10.128.0.0/9"_ipv4_network));
    CHECK(net.contains("10.1.2.3/32"_ipv4_network));
    CHECK(!net.contains("10.0.0.0/7"_ipv4_network));
    CHECK(!net.contains("0.0.0.0/0"_ipv4_network));
    CHECK(!net.contains("11.0.0.0/8"_ipv4_network));
    CHECK(!net.contains("11.0.0.0/9"_ipv4_network));
    CHECK("0.0.0.0/0"_ipv4_network.contains(net));
}

TEST_CASE("networks are ordered by address, then by prefix length") {
    support::check_ascending(support::parse_all<ipv4_network>(
        {"0.0.0.0/0", "0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.1/32", "192.0.2.0/24"}));
    support::check_ascending(
        support::parse_all<ipv6_network>({"::/0", "::/96", "2001:db8::/32", "2001:db8::/48", "ff00::/8"}));
}

TEST_CASE("networks have distinct hashes") {
    support::check_hash_spread(
        [](std::uint32_t i) { return ipv4_network::of(ipv4_address::from_number(i / 8 << 12), 25 + i % 8).value(); });
    support::check_hash_spread([](std::uint32_t i) {
        const auto group = static_cast<std::uint16_t>(i / 64);
        return ipv6_network::of(ipv6_address::from_groups({0x2001, group, 0, 0, 0, 0, 0, 0}), 32 + i % 64).value();
    });
}

}  // namespace

TEST_CASE("a network is printed into the caller's buffer") {
    support::check_print("192.0.2.0/24"_ipv4_network);
    support::check_print("2001:db8::/32"_ipv6_network);
}
