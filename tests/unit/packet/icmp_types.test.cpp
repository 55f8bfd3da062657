// SPDX-License-Identifier: BSL-1.0
#include <keyway/packet/icmp_types.hpp>

#include <doctest/doctest.h>

#include <cstdint>

namespace kw = keyway;
using kw::icmp_type;
using kw::icmpv6_type;
using set4 = kw::icmp_type_set<icmp_type>;
using set6 = kw::icmp_type_set<icmpv6_type>;

static_assert(set4{icmp_type::echo_reply}.contains(icmp_type::echo_reply));
static_assert(!set4{icmp_type::echo_reply}.contains(icmp_type::echo_request));
static_assert(set4{icmp_type::echo_reply, icmp_type::echo_request}.words()[0] == 0x101);
static_assert(~set4{} == set4::all() && ~set4::all() == set4{} && set4::all() != set4{});
static_assert(set4{}.contains(icmp_type::extended_echo_request), "no filter stops it");
static_assert(set6{icmpv6_type::echo_reply}.words() == set6::words_type{0, 0, 0, 0, 2, 0, 0, 0});
static_assert((~set6{icmpv6_type::redirect}).contains(icmpv6_type::echo_request));
static_assert(!(~set6{icmpv6_type::redirect}).contains(icmpv6_type::redirect));

TEST_CASE_TEMPLATE("a set contains the inserted types and no others", Type, icmp_type, icmpv6_type) {
    using set = kw::icmp_type_set<Type>;
    for (unsigned in = 0; in < set::capacity; ++in) {
        set types;
        types.insert(static_cast<Type>(in));
        for (unsigned asked = 0; asked < 256; ++asked)
            CHECK(types.contains(static_cast<Type>(asked)) == (asked == in || asked >= set::capacity));
        CHECK(set(types.words()) == types);
        types.erase(static_cast<Type>(in));
        CHECK(types == set{});
    }
}

TEST_CASE("types that no filter knows do not change a set") {
    set4 types;
    types.insert(icmp_type::extended_echo_reply);
    CHECK(types == set4{});
    types.erase(icmp_type::extended_echo_reply);
    CHECK(types.contains(icmp_type::extended_echo_reply));
}
