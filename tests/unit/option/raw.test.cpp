// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/raw.hpp>

#include <doctest/doctest.h>

#include <climits>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;

TEST_CASE("63: header_included comes back as it was set") {
    test::check_switch<option::header_included>("header_included");
    test::check_switch<option::header_included_v6>("header_included_v6");
}

TEST_CASE("63: checksum_offset comes back as it was set") {
    test::check_round_trips<option::checksum_offset>("checksum_offset", {2, 0, 16, -1});
}

TEST_CASE("65: a checksum_offset that is odd or below -1 is invalid_argument") {
    test::check_refused<option::checksum_offset>("checksum_offset", {2, 3, -2, INT_MIN});
}
