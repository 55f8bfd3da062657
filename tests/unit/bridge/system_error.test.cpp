// SPDX-License-Identifier: BSL-1.0
#include <keyway/bridge/system_error.hpp>

#include <doctest/doctest.h>

#include <ostream>
#include <string>
#include <system_error>

#include "support/loopback.hpp"

using keyway::errc;
using keyway::error;
using keyway::error_domain;
using keyway::operation;

namespace {

/// An error of the system's, with its native code.
constexpr error native(errc meaning, operation op, error_domain domain = error_domain::system) {
    return {test::native_code(meaning), op, domain};
}

}  // namespace

TEST_CASE("an error of the system becomes a code of a category that knows what it means") {
    const std::error_code code = make_error_code(native(errc::connection_refused, operation::connect));
    CHECK(code.value() == test::native_code(errc::connection_refused));
    CHECK(code == std::errc::connection_refused);
    CHECK_FALSE(code.message().empty());
}

TEST_CASE("every code of the system's compares with its std::errc, as an error and as a std::error_code") {
    for (const auto& known : test::codes) {
        CAPTURE(known.code);
        const error e(known.code, operation::send);
        const auto same = static_cast<std::errc>(known.meaning);
        CHECK(e == same);
        CHECK(make_error_code(e) == same);
        CHECK(make_error_code(e).value() == known.code);
        CHECK_FALSE(make_error_code(e) == std::errc::no_child_process);
    }
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
    const error refused = native(errc::connection_refused, operation::connect);
    CHECK(refused == std::errc::connection_refused);
    CHECK(refused != std::errc::timed_out);
    const error nothing_there = native(errc::operation_would_block, operation::recv);
    CHECK(nothing_there == std::errc::resource_unavailable_try_again);
    CHECK(nothing_there == std::errc::operation_would_block);
    CHECK(error(errc::end_of_stream, operation::recv) != std::errc::invalid_argument);
    CHECK(native(errc::connection_refused, operation::none, error_domain::resolver) != std::errc::connection_refused);
}

TEST_CASE("the exception names the call and keeps the code") {
    const std::system_error thrown = as_exception(native(errc::address_in_use, operation::bind));
    CHECK(thrown.code() == std::errc::address_in_use);
    CHECK(std::string(thrown.what()).starts_with("bind: "));
}

TEST_CASE("a limit that was reached is a std::errc::timed_out to the bridge") {
    const error reached(errc::limit_reached, operation::recv);
    CHECK(reached == std::errc::timed_out);
    CHECK(make_error_code(reached) == std::errc::timed_out);
    CHECK(reached != std::errc::connection_refused);
}

#if KEYWAY_HAS_EXCEPTIONS
TEST_CASE("value_of() returns the value, or throws an exception that names the call") {
    using keyway::value_of;
    CHECK(value_of(keyway::result<int>(7)) == 7);
    const keyway::result<std::string> kept("text");
    CHECK(value_of(kept) == "text");
    keyway::result<std::string> changed("text");
    value_of(changed) += "s";
    CHECK(*changed == "texts");
    const keyway::result<void> done;
    value_of(done);
    value_of(keyway::transfer_result<void>());

    const error refused = native(errc::connection_refused, operation::connect);
    const keyway::result<int> failed = keyway::failure(refused);
    try {
        value_of(failed);
        FAIL("nothing was thrown");
    } catch (const std::system_error& thrown) {
        CHECK(thrown.code() == std::errc::connection_refused);
        CHECK(std::string(thrown.what()).starts_with("connect: "));
    }
    CHECK_THROWS_AS(value_of(keyway::result<void>(keyway::failure(refused))), std::system_error);
    CHECK_THROWS_AS(value_of(keyway::transfer_result<void>(keyway::failure(keyway::transfer_error(refused, 3)))),
                    std::system_error);
}
#endif
