// SPDX-License-Identifier: BSL-1.0
// The system's error texts, and errno values with the same meaning.
#include <keyway/error.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

#include "support/posix.hpp"

namespace kw = keyway;
using kw::errc;
using kw::error;
using kw::operation;
using test::message_of;

namespace {

constexpr error refused(ECONNREFUSED, operation::connect);
static_assert(refused.code() == ECONNREFUSED);

}  // namespace

TEST_CASE("a message names the call and has the system's text") {
    CHECK(message_of(error(EADDRINUSE, operation::bind)) == "bind: Address already in use");
    CHECK(message_of(refused) == "connect: Connection refused");
    CHECK(message_of(error(EINVAL, operation::set_option)) == "set option: Invalid argument");
}

TEST_CASE("the message of an error without a call is the reason alone") {
    const error refused_somewhere(ECONNREFUSED, operation::none);
    CHECK(message_of(refused_somewhere) == "Connection refused");
    CHECK(refused.reason().view() == "Connection refused");
}

TEST_CASE("a transfer_error has the system's text") {
    CHECK(message_of(kw::transfer_error(error(EPIPE, operation::send), 4096)) == "send: Broken pipe");
}

TEST_CASE("two errno values with the same meaning equal the same errc") {
    CHECK(error(EAGAIN, operation::recv) == errc::operation_would_block);
    CHECK(error(EWOULDBLOCK, operation::send) == errc::operation_would_block);
    CHECK(error(ENOTSUP, operation::set_option) == errc::operation_not_supported);
    CHECK(error(EOPNOTSUPP, operation::accept) == errc::operation_not_supported);
}
