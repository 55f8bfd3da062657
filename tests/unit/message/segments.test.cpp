// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/segments.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

namespace {

namespace kw = keyway;

static_assert(std::input_iterator<kw::segments<std::byte>::iterator>);

TEST_CASE("a buffer is a list of datagrams of one size, the last of which may be shorter") {
    std::array<std::byte, 10> bytes{};
    const auto sizes = [&](std::size_t length, std::size_t size) {
        std::vector<std::size_t> all;
        const kw::segments<std::byte> cut{std::span(bytes).first(length), size};
        for (const auto each : cut) {
            CHECK(each.data() == bytes.data() + all.size() * size);
            all.push_back(each.size());
        }
        CHECK(all.size() == cut.size());
        CHECK(cut.bytes().size() == length);
        return all;
    };
    using list = std::vector<std::size_t>;
    CHECK(sizes(10, 3) == list{3, 3, 3, 1});
    CHECK(sizes(10, 5) == list{5, 5});
    CHECK(sizes(10, 10) == list{10});
    CHECK(sizes(10, 11) == list{10});
    CHECK(sizes(10, 0) == list{10});
    CHECK(sizes(1, 1) == list{1});
    CHECK(sizes(0, 3) == list{0});
    CHECK(sizes(0, 0) == list{0});
}

TEST_CASE("iterators are equal if they refer to the same datagram") {
    std::array<std::byte, 10> bytes{};
    const kw::segments<std::byte> cut{bytes, 3};
    auto at = cut.begin();
    CHECK(at++ == cut.begin());
    CHECK(at != cut.begin());
    CHECK(at != cut.end());
    CHECK(at == std::next(cut.begin()));
    CHECK(std::next(at, 3) == cut.end());
}

}  // namespace
