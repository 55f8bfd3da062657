// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/tcp_sending.hpp>

#include <doctest/doctest.h>

#include <climits>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;

TEST_CASE("the switches of TCP read back as they were set") {
    test::check_switch<option::cork>("cork");
    test::check_switch<option::quick_ack>("quick_ack");
    test::check_switch<option::thin_linear_timeouts>("thin_linear_timeouts");
}

TEST_CASE("the numbers of TCP read back as they were set") {
    test::check_round_trips<option::max_segment>("max_segment", {536, 88, 1460, 32767});
    test::check_round_trips<option::not_sent_low_water>("not_sent_low_water", {10'000, 0, 0x7fff'ffff});
    test::check_round_trips<option::user_timeout>("user_timeout", {5000, 1, INT_MAX, 0});
}

TEST_CASE("TCP options out of range are invalid_argument") {
    test::check_refused<option::max_segment>("max_segment", {536, -1, 1, 87, 32768, INT_MIN});
    test::check_refused<option::user_timeout>("user_timeout", {5000, -1, INT_MIN});
}
