// SPDX-License-Identifier: BSL-1.0
#include <keyway/packet/traffic_class.hpp>

#include <doctest/doctest.h>

#include <cstdint>

namespace kw = keyway;
using kw::dscp;
using kw::ecn;
using kw::traffic_class;

// RFC 3246, RFC 2597 and RFC 3168 give the octets.
static_assert(traffic_class{dscp::expedited}.octet() == 0xb8);
static_assert(traffic_class{dscp::af41, ecn::capable_0}.octet() == 0x8a);
static_assert(traffic_class{dscp::best_effort, ecn::capable_1}.octet() == 0x01);
static_assert(traffic_class{dscp::cs7, ecn::congestion_experienced}.octet() == 0xe3);
static_assert(traffic_class{}.octet() == 0 && traffic_class{} == traffic_class::from_octet(0));
static_assert(traffic_class{dscp{63}}.is_valid() && !traffic_class{dscp{64}}.is_valid());
static_assert(!traffic_class{dscp{255}, ecn::capable_0}.is_valid() && !traffic_class{dscp::cs1, ecn{4}}.is_valid());

TEST_CASE("every octet is a traffic class and comes back") {
    for (unsigned octet = 0; octet <= 0xff; ++octet) {
        const auto read = traffic_class::from_octet(static_cast<std::uint8_t>(octet));
        CHECK(read.is_valid());
        CHECK(read.octet() == octet);
        CHECK(static_cast<unsigned>(read.service) == octet / 4);
        CHECK(static_cast<unsigned>(read.congestion) == octet % 4);
    }
}
