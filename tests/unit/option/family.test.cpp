// SPDX-License-Identifier: BSL-1.0
// Options whose level and name follow from the socket's family, which on a socket of the family `ip` the kernel reports.
#include <keyway/option.hpp>

#include <doctest/doctest.h>

#include <string>

#include <keyway/option/ip.hpp>
#include <keyway/option/multicast.hpp>
#include <keyway/option/path_mtu.hpp>
#include <keyway/option/route.hpp>
#include <keyway/option/traffic_class.hpp>
#include <keyway/option/udp.hpp>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::dscp;
using test::failure;
using test::must;

namespace {

/// What a socket of the family `ip` sets, a view of the socket's own family reads.
template <class Option, class Fixed>
void check_one_family(const std::string& name, const typename Option::value_type& value) {
    if constexpr (kw::option_for<Option, typename Fixed::family, kw::datagram, kw::ipproto::udp>) {
        if (!test::has_family<Fixed>()) return;
        const kw::udp::endpoint any = typename Fixed::endpoint{};
        const auto socket = must(kw::udp::socket::open_for(any));
        if (const auto set = socket.set(Option{value}); !set) {
            REQUIRE(test::lacks_option(set.error()));
            return test::skipped("option " + name, test::message_of(set.error()));
        }
        if constexpr (kw::readable_option<Option>) {
            const auto fixed = Fixed::socket_view::borrow(socket.native_handle());
            CHECK(must(fixed.template get<Option>()) == value);
            CHECK(must(socket.template get<Option>()) == value);
            if (const auto set = fixed.set(Option{}); !set)
                CHECK(test::lacks_option(set.error()));  // the user's rights
            CHECK(must(socket.template get<Option>()) == must(fixed.template get<Option>()));
        }
    }
}

template <class Option>
void check_both_families(const std::string& name, const typename Option::value_type& value) {
    check_one_family<Option, kw::udp4>(name, value);
    check_one_family<Option, kw::udp6>(name, value);
}

}  // namespace

TEST_CASE("on a socket of the family ip, the socket's own family decides the option") {
    check_both_families<option::hop_limit>("hop_limit", 7);
    check_both_families<option::multicast_hop_limit>("multicast_hop_limit", 7);
    check_both_families<option::multicast_loop>("multicast_loop", false);
    check_both_families<option::multicast_interface>("multicast_interface", 0);
    if (test::skipped_under_emulator("options of one family")) return;
    check_both_families<option::multicast_all>("multicast_all", false);
    check_both_families<option::traffic_class>("traffic_class", {dscp::af21});
    check_both_families<option::free_bind>("free_bind", false);
    check_both_families<option::transparent>("transparent", false);
    check_both_families<option::path_mtu_discovery>("path_mtu_discovery", kw::mtu_discovery::always);
    check_both_families<option::dont_fragment>("dont_fragment", false);
    check_both_families<option::no_checksum>("no_checksum", false);
}

TEST_CASE("an option of the family ip on a descriptor that is not open") {
    const kw::udp::socket none;
    CHECK(failure(none.set(option::hop_limit{3})) == test::bad_handle_error);
    CHECK(failure(none.set(option::hop_limit{3})).operation() == kw::operation::set_option);
    CHECK(failure(none.get<option::hop_limit>()) == test::bad_handle_error);
    CHECK(failure(none.get<option::hop_limit>()).operation() == kw::operation::get_option);
    CHECK(failure(none.set(option::multicast_loop{true})) == test::bad_handle_error);
    CHECK(failure(none.get<option::multicast_loop>()).operation() == kw::operation::get_option);
}

#if defined(__linux__)

namespace {

/// The half of an option that governs the IPv4-mapped traffic of an IPv6 socket.
template <class Option>
struct v4_half {
    static constexpr int level = kw::detail::name_of<Option>(AF_INET).level;
    static constexpr int name = kw::detail::name_of<Option>(AF_INET).name;
    using value_type = int;
    int value = 0;
};

struct interface_of_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = IPV6_MULTICAST_IF;
    using value_type = int;
    int value = 0;
};

template <class Option>
void check_mapped(const std::string& name, const typename Option::value_type& value, int native) {
    const auto socket = must(kw::udp6::socket::open());
    if (const auto set = socket.set(Option{value}); !set) {
        REQUIRE(test::lacks_option(set.error()));
        return test::skipped("option " + name, test::message_of(set.error()));
    }
    CHECK(must(socket.get<v4_half<Option>>()) == native);
}

}  // namespace

TEST_CASE("an option for IPv4-mapped traffic is set for both families on an IPv6 socket") {
    if (!test::has_family<kw::udp6>() || test::skipped_under_emulator("options of IPv4 on IPv6 sockets")) return;
    check_mapped<option::hop_limit>("hop_limit", 7, 7);
    check_mapped<option::traffic_class>("traffic_class", {dscp::af21}, 18 << 2);
    check_mapped<option::path_mtu_discovery>("path_mtu_discovery", kw::mtu_discovery::probe,
                                             kw::detail::os::discover_mtu_probe);
    check_mapped<option::no_checksum>("no_checksum", true, 1);
    check_mapped<option::multicast_all>("multicast_all", false, 0);
    check_mapped<option::multicast_hop_limit>("multicast_hop_limit", 7, 7);
    check_mapped<option::multicast_loop>("multicast_loop", false, 0);
}

TEST_CASE("a hop limit that IPv4 does not have still sets that of IPv6") {
    if (!test::has_family<kw::udp6>()) return;
    const auto socket = must(kw::udp6::socket::open());
    must(socket.set(option::hop_limit{9}));
    must(socket.set(option::hop_limit{0}));
    CHECK(must(socket.get<option::hop_limit>()) == 0);
}

TEST_CASE("on an IPv6 socket multicast_interface sets that of IPv6") {
    if (!test::has_family<kw::udp6>() || test::skipped_under_emulator("option multicast_interface")) return;
    const auto socket = must(kw::udp6::socket::open());
    must(socket.set(option::multicast_interface{1}));
    CHECK(must(socket.get<interface_of_v6>()) == 1);
}

#endif
