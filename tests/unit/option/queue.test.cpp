// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/queue.hpp>

#include <doctest/doctest.h>

#include <climits>
#include <cstdint>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;

TEST_CASE("receive_low_water reads back as it was set") {
    test::check_round_trips<option::receive_low_water>("receive_low_water", {100, 1, 4096});
}

TEST_CASE("priority reads back as it was set") { test::check_round_trips<option::priority>("priority", {3, 0, 6}); }

TEST_CASE("max_pacing_rate reads back as it was set") {
    test::check_round_trips<option::max_pacing_rate>("max_pacing_rate",
                                                     {1'000'000, 0xffff'fffe, kw::no_pacing_limit, 125'000});
    if constexpr (sizeof(long) == 8)
        test::check_round_trips<option::max_pacing_rate>("max_pacing_rate", {5'000'000'000, 12'500'000'000});
}

TEST_CASE("zero_copy reads back as it was set") { test::check_switch<option::zero_copy>("zero_copy"); }

TEST_CASE("peek_offset reads back as it was set") {
    test::check_round_trips<option::peek_offset>("peek_offset", {5, 0, INT_MAX, -1});
}

TEST_CASE("send_buffer_force and receive_buffer_force can be set") {
    test::check_round_trips<option::send_buffer_force>("send_buffer_force", {100'000});
    test::check_round_trips<option::receive_buffer_force>("receive_buffer_force", {100'000});
}

TEST_CASE("queue options out of range are invalid_argument") {
    test::check_refused<option::receive_low_water>("receive_low_water", {100, 0, -1, INT_MIN});
    test::check_refused<option::send_buffer_force>("send_buffer_force", {100'000, -1, INT_MIN});
    test::check_refused<option::receive_buffer_force>("receive_buffer_force", {100'000, -1, INT_MIN});
    test::check_refused<option::priority>("priority", {3, -1, INT_MIN});
    test::check_refused<option::peek_offset>("peek_offset", {7, -2, INT_MIN});
    if constexpr (sizeof(long) == 4)
        test::check_refused<option::max_pacing_rate>("max_pacing_rate", {1'000'000, 0xffff'ffff, 5'000'000'000});
}
