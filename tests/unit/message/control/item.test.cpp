// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/control/item.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <random>
#include <span>
#include <vector>

#include <keyway/message/control/buffer.hpp>

namespace {

namespace kw = keyway;
namespace control = kw::control;
using bytes = std::span<const std::byte>;
using each_entry = control::iterator<const std::byte>;

static_assert(std::input_iterator<each_entry>);

struct pair_of_numbers {
    std::int32_t one = 0;
    std::int64_t two = 0;

    static constexpr std::size_t sent_space = control::space(4) + control::space(8);
    void encode(control::writer& to) const noexcept {
        to.add(1, 2, one);
        to.add(3, 4, two);
    }
};

TEST_CASE("items are read in the order in which they were written") {
    const control::list items{pair_of_numbers{5, 6}, pair_of_numbers{7, 8}};
    std::vector<std::int64_t> found;
    for (each_entry at(items.bytes()); at != each_entry(); ++at) {
        if (at->is(1, 2)) found.push_back(at->as<std::int32_t>().value_or(-1));
        else if (at->is(3, 4)) found.push_back(at->as<std::int64_t>().value_or(-1));
        else found.push_back(-1);
        CHECK_FALSE(at->as<std::int16_t>());
        CHECK(at->front_as<std::int16_t>());
        CHECK_FALSE(at->front_as<std::array<char, 64>>());
    }
    CHECK(found == std::vector<std::int64_t>{5, 6, 7, 8});
}

/// Checks that every entry lies in the buffer, that none overlaps another, and that the iteration ends.
std::size_t walk(bytes all) {
    std::size_t count = 0;
    const std::byte* end_of_last = all.data();
    for (each_entry at(all); at != each_entry(); at++, ++count) {
        REQUIRE(count <= all.size());
        const bytes data = (*at).data;
        REQUIRE(data.data() >= end_of_last);
        REQUIRE(data.data() + data.size() <= all.data() + all.size());
        end_of_last = data.data() + data.size();
        std::size_t sum = 0;
        for (const std::byte one : data) sum += std::to_integer<std::size_t>(one);
        REQUIRE(sum <= 255 * data.size());
    }
    return count;
}

TEST_CASE("impossible lengths end the iteration, within the buffer") {
    std::mt19937 random(61);
    std::size_t entries = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::vector<std::byte> all(random() % 200);
        for (std::byte& one : all) one = static_cast<std::byte>(random() % 4 == 0 ? random() : 0);
        // Some plausible headers, cut anywhere.
        for (std::size_t at = 0; at + sizeof(kw::detail::os::control_header) <= all.size(); at += 8) {
            if (random() % 3 != 0) continue;
            kw::detail::os::control_header header{};
            const std::size_t claimed = random() % 5 == 0 ? SIZE_MAX - random() % 32 : random() % 64;
            header.cmsg_len = static_cast<decltype(header.cmsg_len)>(claimed);
            std::memcpy(all.data() + at, &header, sizeof(header));
        }
        entries += walk(all);
    }
    CHECK(entries > 2'000);
}

TEST_CASE("a truncated buffer yields the whole entries before the end") {
    const control::list items{pair_of_numbers{1, 2}, pair_of_numbers{3, 4}};
    const bytes all = items.bytes();
    for (std::size_t size = 0; size <= all.size(); ++size) {
        const std::size_t found = walk(all.first(size));
        CHECK(found <= 4);
        CHECK((found == 4) == (size >= all.size() - control::space(8) + kw::detail::os::control_data_offset + 8));
    }
}

}  // namespace
