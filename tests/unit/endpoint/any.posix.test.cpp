// SPDX-License-Identifier: BSL-1.0
#include <keyway/endpoint/any.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <string_view>

#include "support/values.hpp"

namespace {

using keyway::any_endpoint;
using keyway::endpoint;
using keyway::unix_domain;
using support::str;

}  // namespace

TEST_CASE("an abstract name converts back to its family and to no other") {
    const auto name = endpoint<unix_domain>::abstract(std::string_view("a\0b", 3)).value();
    const any_endpoint any = name;
    CHECK(any.domain() == AF_UNIX);
    CHECK(any.size() == name.size());
    CHECK(std::memcmp(any.data(), name.data(), name.size()) == 0);
    const auto typed = any.as<unix_domain>();
    REQUIRE(typed.has_value());
    CHECK(*typed == name);
    CHECK(any == any_endpoint(*typed));
    CHECK_FALSE(any.as<keyway::ipv4>().has_value());
    CHECK_FALSE(any.as<keyway::ipv6>().has_value());
    CHECK_FALSE(any.as<keyway::ip>().has_value());
}

TEST_CASE("an any_endpoint prints the longest abstract name") {
    const auto longest = endpoint<unix_domain>::abstract(std::string(107, '\xff')).value();
    CHECK(str(any_endpoint(longest)) == str(longest));
}
