// SPDX-License-Identifier: BSL-1.0
#include <keyway/bridge/system_error.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <ostream>
#include <system_error>

using keyway::error;
using keyway::operation;

TEST_CASE("an error of the system becomes a code of the system category") {
    const std::error_code code = make_error_code(error(ECONNREFUSED, operation::connect));
    CHECK(code.category() == std::system_category());
    CHECK(code == std::errc::connection_refused);
}

TEST_CASE("an error with either code of a busy system compares with both conditions of std::errc") {
    CHECK(error(EWOULDBLOCK, operation::recv) == std::errc::resource_unavailable_try_again);
    CHECK(error(EWOULDBLOCK, operation::recv) == std::errc::operation_would_block);
}
