// SPDX-License-Identifier: BSL-1.0
// The system's headers may come before keyway's.
#include "support/whole_system.hpp"

#include <keyway/keyway.hpp>

#include <doctest/doctest.h>

#include <string>

TEST_CASE("keyway compiles after all of the system's headers") {
    auto ends = keyway::tcp::pair();
    REQUIRE(ends.has_value());
    CHECK((*ends)[0].send("hello").has_value());
    char heard[8] = {};
    CHECK((*ends)[1].recv(heard).has_value());
    CHECK(std::string(heard) == "hello");
}
