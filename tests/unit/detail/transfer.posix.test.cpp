// SPDX-License-Identifier: BSL-1.0
#include <keyway/detail/transfer.hpp>

#include <keyway/family.hpp>

#include <doctest/doctest.h>

namespace detail = keyway::detail;

namespace {

struct foreign {
    static constexpr int domain = 40;
};

}  // namespace

TEST_CASE("only known families and protocols report a message's true length") {
    CHECK(detail::reports_true_length<keyway::ipv4, keyway::ipproto::udp>);
    CHECK(detail::reports_true_length<keyway::ip, keyway::ipproto::udp>);
    CHECK(detail::reports_true_length<keyway::unix_domain, keyway::no_protocol>);
    CHECK_FALSE(detail::reports_true_length<keyway::ipv4, keyway::ipproto::icmp>);
    CHECK_FALSE(detail::reports_true_length<foreign, keyway::no_protocol>);
}
