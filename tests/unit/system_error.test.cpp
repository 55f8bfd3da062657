// SPDX-License-Identifier: BSL-1.0
#include <keyway/system_error.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <ostream>
#include <string>
#include <system_error>

using keyway::errc;
using keyway::error;
using keyway::error_domain;
using keyway::operation;

TEST_CASE("an error of the system becomes a code of the system category") {
    const std::error_code code = make_error_code(error(ECONNREFUSED, operation::connect));
    CHECK(code.category() == std::system_category());
    CHECK(code == std::errc::connection_refused);
}

TEST_CASE("a condition that keyway found itself keeps its meaning") {
    const std::error_code found = make_error_code(error(errc::invalid_argument, operation::bind));
    CHECK(found.category() == std::generic_category());
    CHECK(found == std::errc::invalid_argument);

    const std::error_code own = make_error_code(error(errc::end_of_stream, operation::recv));
    CHECK(own.category() == keyway::keyway_category());
    CHECK(own.value() == static_cast<int>(errc::end_of_stream));
    CHECK(std::string(own.category().name()) == "keyway");
    CHECK(own.message() == "the peer closed the stream before the end of the data");
}

TEST_CASE("a code of the resolver has a category of its own") {
    const std::error_code code = make_error_code(error(-2, operation::none, error_domain::resolver));
    CHECK(code.category() == keyway::resolver_category());
    CHECK(std::string(code.category().name()) == "keyway.resolver");
    CHECK(code.category() != keyway::keyway_category());
}

TEST_CASE("an error compares with std::errc") {
    const error refused(ECONNREFUSED, operation::connect);
    CHECK(refused == std::errc::connection_refused);
    CHECK(refused != std::errc::timed_out);
    CHECK(error(EWOULDBLOCK, operation::recv) == std::errc::resource_unavailable_try_again);
    CHECK(error(EWOULDBLOCK, operation::recv) == std::errc::operation_would_block);
    CHECK(error(errc::end_of_stream, operation::recv) != std::errc::invalid_argument);
    CHECK(error(ECONNREFUSED, operation::none, error_domain::resolver) != std::errc::connection_refused);
}

TEST_CASE("the exception names the call and keeps the code") {
    const std::system_error thrown = as_exception(error(EADDRINUSE, operation::bind));
    CHECK(thrown.code() == std::errc::address_in_use);
    CHECK(std::string(thrown.what()).starts_with("bind: "));
}
