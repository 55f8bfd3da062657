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

TEST_CASE("mark reads back as it was set") { test::check_round_trips<option::mark>("mark", {7, 0, 0xffff'ffff}); }

TEST_CASE("free_bind and transparent read back as they were set") {
    test::check_switch<option::free_bind>("free_bind");
    test::check_switch<option::transparent>("transparent");
}

TEST_CASE("bind_address_no_port reads back as it was set") {
    test::check_switch<option::bind_address_no_port>("bind_address_no_port");
}

TEST_CASE("local_port_range reads back as it was set") {
    test::check_round_trips<option::local_port_range>("local_port_range",
                                                      {{40000, 40010}, {1, 65535}, {50000, 0}, {0, 50000}, {}});
}

TEST_CASE("a local_port_range whose first port is above its last is invalid_argument") {
    test::check_refused<option::local_port_range>("local_port_range", {{40000, 40010}, {40010, 40000}, {2, 1}});
}

TEST_CASE("a negative interface index is invalid_argument") {
    test::check_refused<option::bind_to_interface>("bind_to_interface", {0, -1, INT_MIN});
}

TEST_CASE("a device name that is too long or contains a NUL is invalid_argument") {
    test::check_refused<option::bind_to_device>(
        "bind_to_device", {"", "sixteen letters!", std::string(1000, 'l'), std::string_view("l\0o", 3)});
}

TEST_CASE("only a redirected connection has an original destination") {
    const auto verify = [](const auto& reported) { CHECK_FALSE(reported); };
    test::check_read<option::original_destination>("original_destination", verify);
}
