// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/busy_poll.hpp>

#include <doctest/doctest.h>

#include <climits>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;

TEST_CASE("the options of busy polling read back as they were set") {
    test::check_round_trips<option::busy_poll>("busy_poll", {50, 0, INT_MAX});
    test::check_switch<option::prefer_busy_poll>("prefer_busy_poll");
    test::check_round_trips<option::busy_poll_budget>("busy_poll_budget", {8, 1, 65535});
}

TEST_CASE("incoming_cpu reads back as it was set") {
    test::check_round_trips<option::incoming_cpu>("incoming_cpu", {0, 1, 0});
}

TEST_CASE("busy polling options out of range are invalid_argument") {
    test::check_refused<option::busy_poll>("busy_poll", {50, -1, INT_MIN});
    test::check_refused<option::busy_poll_budget>("busy_poll_budget", {8, 0, 65536, -1});
    test::check_refused<option::incoming_cpu>("incoming_cpu", {0, -1, INT_MIN});
}
