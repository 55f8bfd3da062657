// SPDX-License-Identifier: BSL-1.0
// The system's headers may come after keyway's.
#include <keyway/keyway.hpp>

#include "support/whole_system.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("keyway compiles before all of the system's headers") {
    auto ends = keyway::tcp::pair();
    REQUIRE(ends.has_value());
    CHECK((*ends)[0].send("hello").has_value());
    char heard[8] = {};
    CHECK((*ends)[1].recv(heard).has_value());
    CHECK(std::string(heard) == "hello");
}
