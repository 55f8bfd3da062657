// SPDX-License-Identifier: BSL-1.0
// What meant something before keyway's headers means the same behind them. The headers are the first to come: nothing
// else may have brought the system's.
#define small KEYWAY_TEST_SMALL
#define interface KEYWAY_TEST_INTERFACE
#define ERROR KEYWAY_TEST_ERROR

#include <keyway/keyway.hpp>

#include <doctest/doctest.h>

#include <string>

#define KEYWAY_TEST_TEXT_OF(...) #__VA_ARGS__
#define KEYWAY_TEST_TEXT(...) KEYWAY_TEST_TEXT_OF(__VA_ARGS__)

TEST_CASE("macros that the program had before keyway's headers it has afterwards") {
    CHECK(std::string(KEYWAY_TEST_TEXT(small)) == "KEYWAY_TEST_SMALL");
    CHECK(std::string(KEYWAY_TEST_TEXT(interface)) == "KEYWAY_TEST_INTERFACE");
    CHECK(std::string(KEYWAY_TEST_TEXT(ERROR)) == "KEYWAY_TEST_ERROR");
}
