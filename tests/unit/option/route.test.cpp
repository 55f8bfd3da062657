// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/route.hpp>

#include <doctest/doctest.h>

#include <climits>
#include <string>
#include <string_view>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::failure;

// A name that is too long is known to be so at compile time.
static_assert(option::bind_to_device{"eth0"}.value.view() == "eth0" && option::bind_to_device{}.value.view().empty());
static_assert(option::bind_to_device{"fifteen letters"}.value.is_valid());
static_assert(!option::bind_to_device{"sixteen letters!"}.value.is_valid());
static_assert(!option::bind_to_device{"a name of a great many letters"}.value.is_valid());
static_assert(!option::bind_to_device{std::string_view("l\0o", 3)}.value.is_valid());

TEST_CASE("63: mark comes back as it was set") { test::check_round_trips<option::mark>("mark", {7, 0, 0xffff'ffff}); }

TEST_CASE("63: free_bind and transparent come back as they were set") {
    test::check_switch<option::free_bind>("free_bind");
    test::check_switch<option::free_bind_v6>("free_bind_v6");
    test::check_switch<option::transparent>("transparent");
    test::check_switch<option::transparent_v6>("transparent_v6");
}

TEST_CASE("63: bind_address_no_port comes back as it was set") {
    test::check_switch<option::bind_address_no_port>("bind_address_no_port");
}

TEST_CASE("63: local_port_range comes back as it was set") {
    test::check_round_trips<option::local_port_range>("local_port_range",
                                                      {{40000, 40010}, {1, 65535}, {50000, 0}, {0, 50000}, {}});
}

TEST_CASE("65: a local_port_range that ends before it begins is invalid_argument") {
    test::check_refused<option::local_port_range>("local_port_range", {{40000, 40010}, {40010, 40000}, {2, 1}});
}

TEST_CASE("65: an index of less than nothing is invalid_argument") {
    test::check_refused<option::bind_to_interface>("bind_to_interface", {0, -1, INT_MIN});
}

TEST_CASE("65: a device's name that is too long or has a NUL in it is invalid_argument") {
    test::check_refused<option::bind_to_device>(
        "bind_to_device", {"", "sixteen letters!", std::string(1000, 'l'), std::string_view("l\0o", 3)});
}

TEST_CASE("63: where a connection was going is told of a redirected one alone") {
    const auto verify = [](const auto& told) { CHECK_FALSE(told); };
    test::check_read<option::original_destination>("original_destination", verify);
    test::check_read<option::original_destination_v6>("original_destination_v6", verify);
}
