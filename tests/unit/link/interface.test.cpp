// SPDX-License-Identifier: BSL-1.0
#include <keyway/link/interface.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <concepts>
#include <iterator>
#include <ranges>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/address_vectors.hpp"
#include "support/loopback.hpp"
#include "support/values.hpp"

namespace kw = keyway;
using kw::endpoint;
using kw::errc;
using kw::ip;
using kw::ip_address;
using kw::ipv6;
using kw::ipv6_address;
using kw::operation;
using kw::parse_zoned;
using kw::text_errc;
using kw::text_error;
using support::fault_of;
using support::str;
using test::failure;
using test::must;

static_assert(std::ranges::forward_range<const kw::interface_list>);
static_assert(std::ranges::forward_range<kw::interface_addresses>);
static_assert(!std::copy_constructible<kw::interface_list> && std::is_nothrow_move_constructible_v<kw::interface_list>);

namespace {

/// The first interface that leads back to this machine.
kw::network_interface loopback_of(const kw::interface_list& all) {
    for (const auto& each : all)
        if (each.flags().loopback) return each;
    FAIL("no loopback interface");
    return *all.begin();
}

std::string loopback_name() { return std::string(loopback_of(must(kw::interfaces())).name().view()); }

/// A name that no interface of this machine has.
constexpr std::string_view no_name = "kw-no-such-if";

/// parse_zoned() says what parse() says, but of zones with letters, which are the names of no interface here.
template <class Value>
void check_against_parser(const vectors::text_vector& v) {
    INFO("text: ", str(v.text));
    const auto parsed = Value::parse(v.text);
    const auto zoned = parse_zoned<Value>(v.text);
    if (v.text.find("%eth") != std::string_view::npos) return;  // perhaps there is one
    if (fault_of(zoned).reason != text_errc::zone_unknown) {
        CHECK(zoned == parsed);
    } else {
        CHECK_FALSE(parsed);
        CHECK(zoned.error().position == v.text.find('%') + 1);
    }
}

}  // namespace

TEST_CASE("the loopback interface is up and has its addresses") {
    const auto all = must(kw::interfaces());
    const auto loopback = loopback_of(all);
    CHECK(loopback.flags().up);
    CHECK(loopback.flags().running);
    CHECK_FALSE(loopback.flags().point_to_point);
    CHECK_FALSE(loopback.flags().broadcast);
    const std::vector<kw::interface_address> addresses(loopback.addresses().begin(), loopback.addresses().end());
    const kw::interface_address v4{kw::ipv4_address::loopback(), 8};
    const kw::interface_address v6{ipv6_address::loopback(), 128};
    CHECK(std::ranges::count(addresses, v4) == 1);
    CHECK(std::ranges::count(addresses, v6) == (test::has_ipv6() ? 1 : 0));
}

TEST_CASE("each interface has an index and a name, and each is found by the other") {
    std::set<std::uint32_t> indexes;
    std::set<std::string> names;
    const auto all = must(kw::interfaces());
    for (const auto& each : all) {
        const std::string name(each.name().view());
        CAPTURE(name);
        CHECK(each.index() != 0);
        CHECK(must(kw::interface_index(name)) == each.index());
        CHECK((must(kw::interface_name(each.index())) == name));
        CHECK(indexes.insert(each.index()).second);
        CHECK(names.insert(name).second);
    }
    CHECK_FALSE(names.empty());
}

TEST_CASE("a link-local address has the index of its interface as its scope id, and no other address has one") {
    for (const auto all = must(kw::interfaces()); const auto& each : all) {
        for (const auto& [address, prefix_length] : each.addresses()) {
            CHECK(prefix_length <= (address.is_v4() ? 32U : 128U));
            if (const auto* v6 = address.as_v6()) CHECK(v6->scope_id() == (v6->is_link_local() ? each.index() : 0));
        }
    }
}

TEST_CASE("a list of interfaces can be walked again and moved") {
    auto all = must(kw::interfaces());
    const auto names = [](const kw::interface_list& list) {
        std::vector<std::string> found;
        for (auto it = list.begin(); it != list.end(); it++) found.emplace_back((*it).name().view());
        return found;
    };
    const auto before = names(all);
    CHECK(names(all) == before);
    kw::interface_list moved = std::move(all);
    CHECK(names(moved) == before);
    CHECK(all.begin() == all.end());  // NOLINT(bugprone-use-after-move): empty is what it promises to be
    all = std::move(moved);
    CHECK(names(all) == before);
    CHECK(kw::interface_list().begin() == kw::interface_list().end());
}

TEST_CASE("a name or an index that no interface has is no_such_device") {
    const std::string too_long(kw::interface_name_text::capacity + 1, 'x');
    const std::string with_nul = loopback_name() + '\0';
    const std::string alias = loopback_name() + ":0";
    for (const std::string_view name : {no_name, std::string_view(), std::string_view(too_long),
                                        std::string_view(with_nul), std::string_view(alias)}) {
        const auto index = kw::interface_index(name);
        CHECK(failure(index) == errc::no_such_device);
        CHECK(failure(index).operation() == operation::interface_index);
        CHECK(test::message_of(failure(index)).starts_with("interface index: "));
        CHECK(test::message_of(failure(index)).size() > 30);
    }
    for (const std::uint32_t index : {0U, 0x7fffffffU, 0xffffffffU}) {
        const auto name = kw::interface_name(index);
        CHECK(failure(name) == errc::no_such_device);
        CHECK(failure(name).operation() == operation::interface_name);
    }
}

TEST_CASE("a zone may be an interface's name") {
    const std::string name = loopback_name();
    const std::uint32_t index = must(kw::interface_index(name));
    const auto address = ipv6_address::parse("fe80::1")->with_scope_id(index);
    CHECK(parse_zoned<ipv6_address>("fe80::1%" + name).value() == address);
    CHECK(parse_zoned<ip_address>("fe80::1%" + name).value() == address);
    CHECK(parse_zoned<endpoint<ipv6>>("[fe80::1%" + name + "]:80").value() == endpoint<ipv6>(address, 80));
    CHECK(parse_zoned<endpoint<ip>>("[fe80::1%" + name + "]:80").value() == endpoint<ipv6>(address, 80));
    const std::string longest = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%" + name;
    CHECK(parse_zoned<ipv6_address>(longest).value().scope_id() == index);
}

TEST_CASE("a zone of digits is an index, of an interface or not") {
    CHECK(parse_zoned<ipv6_address>("fe80::1%4294967295").value().scope_id() == 4294967295U);
    CHECK(fault_of(parse_zoned<ipv6_address>("fe80::1%01")) == text_error{text_errc::leading_zero, 0, 8});
}

TEST_CASE("errors around a zone's name have their position, and the first error counts") {
    const std::string name = loopback_name();
    const auto at = [](text_errc reason, std::size_t position, std::uint8_t field = 0) {
        return text_error{reason, field, static_cast<std::uint16_t>(position)};
    };
    const std::string address = "[fe80::1%" + name;
    CHECK(fault_of(parse_zoned<endpoint<ip>>(address)) == at(text_errc::bracket_not_closed, address.size()));
    CHECK(fault_of(parse_zoned<endpoint<ip>>(address + "]")) == at(text_errc::port_missing, address.size() + 1));
    CHECK(fault_of(parse_zoned<endpoint<ip>>(address + "]:70000")) ==
          at(text_errc::port_above_65535, address.size() + 2));
    CHECK(fault_of(parse_zoned<endpoint<ip>>(address + "]:80 ")) ==
          at(text_errc::trailing_characters, address.size() + 4));
    CHECK(fault_of(parse_zoned<ipv6_address>("fe80::x%" + name)) == at(text_errc::trailing_characters, 6));
    CHECK(fault_of(parse_zoned<ipv6_address>("fe80::x%" + str(no_name))) == at(text_errc::trailing_characters, 6));
    CHECK(fault_of(parse_zoned<ip_address>("192.0.2.1%" + name)) == at(text_errc::trailing_characters, 9));

    CHECK(fault_of(parse_zoned<ipv6_address>("fe80::1%" + str(no_name))) == at(text_errc::zone_unknown, 8));
    CHECK(fault_of(parse_zoned<ipv6_address>("fe80::1%" + name + "]")) == at(text_errc::zone_unknown, 8));
    CHECK(fault_of(parse_zoned<ipv6_address>("fe80::1%" + name + '\0')) == at(text_errc::zone_unknown, 8));
    CHECK(fault_of(parse_zoned<endpoint<ip>>("[fe80::1%" + str(no_name) + "]:x")) == at(text_errc::zone_unknown, 9));
    CHECK(fault_of(parse_zoned<ipv6_address>("fe80::1%25" + name)) == at(text_errc::zone_unknown, 8));

    const std::string endless(1000, '1');
    CHECK(fault_of(parse_zoned<ipv6_address>("fe80::1%" + name + endless)) == at(text_errc::zone_unknown, 8));
    CHECK(fault_of(parse_zoned<ipv6_address>(std::string(1000, ':') + "%" + name)).position == 2);
    CHECK_FALSE(parse_zoned<endpoint<ip>>("[fe80::1%" + name + "]:0" + endless));
}

TEST_CASE("a text without a zone's name is what parse() says it is") {
    for (const auto& v : vectors::ipv6) check_against_parser<ipv6_address>(v);
    for (const auto& v : vectors::ipv4) check_against_parser<ip_address>(v);
    for (const auto& v : vectors::ipv6_endpoint) check_against_parser<endpoint<ipv6>>(v);
    for (const auto& v : vectors::ipv6_endpoint) check_against_parser<endpoint<ip>>(v);
}
