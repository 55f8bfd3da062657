// SPDX-License-Identifier: BSL-1.0
#include <keyway/bridge/format.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <sstream>
#include <string>

namespace {

template <class T>
std::string printed(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

}  // namespace

TEST_CASE("errors print in the words of the system") {
    CHECK(printed(keyway::error(EPIPE, keyway::operation::send)) == "send: Broken pipe");
    CHECK(printed(keyway::transfer_error(keyway::error(EPIPE, keyway::operation::send), 3)) == "send: Broken pipe");
}
