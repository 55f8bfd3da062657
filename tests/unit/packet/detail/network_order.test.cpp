// SPDX-License-Identifier: BSL-1.0
#include <keyway/packet/detail/network_order.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <span>

#include "support/packet.hpp"

namespace detail = keyway::detail;
using test::bytes;
using test::same;

namespace {

constexpr auto sample = bytes(0x00, 0xfe, 0xdc, 0xba, 0x98);
static_assert(detail::read8(sample, 1) == 0xfe && detail::read16(sample, 1) == 0xfedc);
static_assert(detail::read32(sample, 1) == 0xfedcba98U);

constexpr auto written() {
    std::array<std::byte, 9> buffer{};
    detail::write8(buffer, 0, 0xff);
    detail::write16(buffer, 1, 0xfedc);
    detail::write32(buffer, 3, 0x01234567U);
    detail::write_bytes(buffer, 7, bytes(0xaa, 0xbb));
    return buffer;
}
static_assert(same(written(), bytes(0xff, 0xfe, 0xdc, 0x01, 0x23, 0x45, 0x67, 0xaa, 0xbb)));

}  // namespace

TEST_CASE("bytes are equal if length and values are") {
    CHECK(detail::same_bytes({}, {}));
    CHECK(detail::same_bytes(bytes(1, 2), bytes(1, 2)));
    CHECK_FALSE(detail::same_bytes(bytes(1, 2), bytes(1, 3)));
    CHECK_FALSE(detail::same_bytes(bytes(1, 2), bytes(1)));
    CHECK_FALSE(detail::same_bytes({}, bytes(1)));
}

TEST_CASE("at_most() returns at most the requested and at most the available bytes") {
    const std::span<const std::byte> all = sample;
    for (const std::size_t size : {0U, 4U, 5U, 6U}) CHECK(detail::at_most(all, size).size() == (size < 5 ? size : 5));
    CHECK(detail::at_most(all, 3).data() == all.data());
}
