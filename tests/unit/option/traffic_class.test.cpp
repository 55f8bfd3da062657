// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/traffic_class.hpp>

#include <doctest/doctest.h>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::dscp;
using kw::ecn;

TEST_CASE("traffic_class reads back as it was set") {
    test::check_round_trips<option::traffic_class>("traffic_class", {{dscp::af21}, {dscp::expedited}, {dscp{63}}, {}});
}

TEST_CASE("values other than a DSCP and an ECN are invalid_argument") {
    test::check_refused<option::traffic_class>("traffic_class",
                                               {{dscp::af21}, {dscp{64}}, {dscp{255}}, {dscp::cs1, ecn{4}}});
}
