// SPDX-License-Identifier: BSL-1.0
// keyway's headers keep the macros that the program defined before them. They are included first, so that no other
// header has included the system's.
#define small KEYWAY_TEST_SMALL
#define interface KEYWAY_TEST_INTERFACE
#define ERROR KEYWAY_TEST_ERROR

#include <keyway/keyway.hpp>

#include <doctest/doctest.h>

#include <string>

#define KEYWAY_TEST_TEXT_OF(...) #__VA_ARGS__
#define KEYWAY_TEST_TEXT(...) KEYWAY_TEST_TEXT_OF(__VA_ARGS__)

TEST_CASE("keyway's headers keep the program's macros") {
    CHECK(std::string(KEYWAY_TEST_TEXT(small)) == "KEYWAY_TEST_SMALL");
    CHECK(std::string(KEYWAY_TEST_TEXT(interface)) == "KEYWAY_TEST_INTERFACE");
    CHECK(std::string(KEYWAY_TEST_TEXT(ERROR)) == "KEYWAY_TEST_ERROR");
}
