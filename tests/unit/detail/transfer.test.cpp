// SPDX-License-Identifier: BSL-1.0
#include <keyway/detail/transfer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace detail = keyway::detail;
namespace os = keyway::detail::os;
using keyway::const_buffer;

namespace {

/// The bytes of each call of a transfer with at most `most` bytes in one call.
std::vector<std::string> calls(const std::vector<const_buffer>& buffers, std::size_t most) {
    std::vector<std::string> made;
    for (detail::buffer_cursor<const_buffer, 3> cursor(buffers, 0); !cursor.at_end();) {
        std::string moved;
        for (const auto& piece : cursor.window())
            moved.append(static_cast<const char*>(os::data(piece)), os::size(piece));
        moved.resize(std::min(moved.size(), most));
        made.push_back(moved);
        cursor.advance(moved.size());
    }
    return made;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("a buffer cursor returns a few buffers at a time and loses no byte") {
    CHECK(calls({const_buffer("ab"), const_buffer("c"), const_buffer("def"), const_buffer("g")}, 100) ==
          list{"abcdef", "g"});
}

TEST_CASE("a buffer cursor continues inside a partly transferred buffer") {
    CHECK(calls({const_buffer("abcd"), const_buffer("ef")}, 3) == list{"abc", "def"});
    CHECK(calls({const_buffer("abc"), const_buffer("de")}, 1) == list{"a", "b", "c", "d", "e"});
}

TEST_CASE("a buffer cursor skips empty buffers") {
    CHECK(calls({}, 10).empty());
    CHECK(calls({const_buffer(), const_buffer("")}, 10).empty());
    CHECK(calls({const_buffer(), const_buffer("a"), const_buffer(), const_buffer("b"), const_buffer()}, 1) ==
          list{"a", "b"});
}
