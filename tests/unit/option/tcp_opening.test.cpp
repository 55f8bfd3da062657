// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/tcp_opening.hpp>

#include <doctest/doctest.h>

#include <climits>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;

TEST_CASE("fast_open reads back as it was set") {
    test::check_round_trips<option::fast_open>("fast_open", {5, 16, 128});
    test::check_switch<option::fast_open_connect>("fast_open_connect");
}

TEST_CASE("defer_accept reads back as 0, 1 or a retransmission time not below the value set") {
    test::check_round_trips<option::defer_accept>("defer_accept", {1, 0, 3, 7});
}

TEST_CASE("negative numbers are invalid_argument") {
    test::check_refused<option::fast_open>("fast_open", {5, -1, INT_MIN});
    test::check_refused<option::defer_accept>("defer_accept", {1, -1, INT_MIN});
}
