// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/packet_filter.hpp>

#include <doctest/doctest.h>

#include <array>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;

TEST_CASE("a packet filter can be attached, detached and locked on every socket") {
    static constexpr std::array keep_all{kw::filter_instruction{0x06, 0, 0, 0xffff}};
    test::check_round_trips<option::packet_filter>("packet_filter", {keep_all, {}, keep_all, keep_all});
    test::check_round_trips<option::packet_filter_lock>("packet_filter_lock", {false, true});
}

TEST_CASE("an invalid filter program is invalid_argument") {
    static constexpr std::array keep_all{kw::filter_instruction{0x06, 0, 0, 0xffff}};
    static constexpr std::array no_end{kw::filter_instruction{0x00, 0, 0, 1}};
    static constexpr std::array<kw::filter_instruction, 65536> too_long{};
    test::check_refused<option::packet_filter>("packet_filter", {keep_all, no_end, too_long});
}

TEST_CASE("every socket has a cookie") {
    test::check_read<option::cookie>("cookie", [](const auto& reported) { CHECK(test::must(reported) != 0); });
}
