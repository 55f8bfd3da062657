// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/raw.hpp>

#include <doctest/doctest.h>

#include <climits>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;

TEST_CASE("header_included reads back as it was set") {
    test::check_switch<option::header_included>("header_included");
}

TEST_CASE("checksum_offset reads back as it was set") {
    test::check_round_trips<option::checksum_offset>("checksum_offset", {2, 0, 16, -1});
}

TEST_CASE("a checksum_offset that is odd or below -1 is invalid_argument") {
    test::check_refused<option::checksum_offset>("checksum_offset", {2, 3, -2, INT_MIN});
}
