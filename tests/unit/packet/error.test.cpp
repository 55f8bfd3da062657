// SPDX-License-Identifier: BSL-1.0
#include <keyway/packet/error.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>

namespace kw = keyway;
using kw::packet_errc;

static_assert(describe(packet_errc::truncated) == "the packet ends within its header");
static_assert(sizeof(packet_errc) == 1);

TEST_CASE("every reason has a distinct text") {
    std::set<std::string_view> words;
    for (const packet_errc why : {packet_errc::truncated, packet_errc::wrong_version, packet_errc::bad_header_length,
                                  packet_errc::bad_total_length, packet_errc::not_an_error,
                                  packet_errc::field_too_large, packet_errc::buffer_too_small})
        words.insert(describe(why));
    CHECK(words.size() == 7);
    CHECK_FALSE(words.contains(describe(packet_errc{})));
    CHECK(describe(packet_errc{}) == "unknown");
}
