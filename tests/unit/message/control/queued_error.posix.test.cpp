// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/control/queued_error.hpp>

#include <doctest/doctest.h>

#include <linux/errqueue.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include <keyway/address/ipv4.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/message/control/item.hpp>

namespace {

namespace kw = keyway;
namespace control = kw::control;

::sock_extended_err cause_of(unsigned code, unsigned char origin, unsigned char type, unsigned char icmp_code) {
    ::sock_extended_err cause{};
    cause.ee_errno = code;
    cause.ee_origin = origin;
    cause.ee_type = type;
    cause.ee_code = icmp_code;
    cause.ee_info = 1400;
    cause.ee_data = 7;
    return cause;
}

/// An entry of the error queue as the kernel writes it.
std::vector<std::byte> entry_of(const ::sock_extended_err& cause, const kw::endpoint<kw::ip>& offender) {
    std::vector<std::byte> all(sizeof(cause) + offender.size());
    std::memcpy(all.data(), &cause, sizeof(cause));
    std::memcpy(all.data() + sizeof(cause), offender.data(), offender.size());
    return all;
}

TEST_CASE("an entry is decoded into origin, type, code and offender") {
    const auto bytes = entry_of(cause_of(EMSGSIZE, SO_EE_ORIGIN_ICMP, 3, 4), {kw::ipv4_address(192, 0, 2, 1), 0});
    const auto read = control::queued_error::decode({IPPROTO_IP, IP_RECVERR, bytes});
    REQUIRE(read);
    CHECK(read->error == kw::errc::message_size);
    CHECK(read->origin == control::error_origin::icmp);
    CHECK(read->type == 3);
    CHECK(read->code == 4);
    CHECK(read->info == 1400);
    CHECK(read->data == 7);
    CHECK(read->offender == kw::ip_address(kw::ipv4_address(192, 0, 2, 1)));
    CHECK(control::queued_error::decode({IPPROTO_IPV6, IPV6_RECVERR, bytes}));
    CHECK_FALSE(control::queued_error::decode({IPPROTO_IP, IP_TTL, bytes}));
}

TEST_CASE("truncated and random entries are decoded within their bounds") {
    const auto whole = entry_of(cause_of(EHOSTUNREACH, SO_EE_ORIGIN_ICMP6, 1, 4), {kw::ipv6_address::loopback(), 0});
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::vector<std::byte> cut(whole.data(), whole.data() + size);
        const auto read = control::queued_error::decode({IPPROTO_IPV6, IPV6_RECVERR, cut});
        CHECK(read.has_value() == (size >= sizeof(::sock_extended_err)));
        CHECK((read && read->offender) == (size == whole.size()));
    }
    std::mt19937 random(6);
    for (int i = 0; i < 20'000; ++i) {
        std::vector<std::byte> any(random() % 64);
        for (std::byte& one : any) one = static_cast<std::byte>(random() % 12);  // families among them
        const auto read = control::queued_error::decode({IPPROTO_IP, IP_RECVERR, any});
        CHECK(read.has_value() == (any.size() >= sizeof(::sock_extended_err)));
    }
}

}  // namespace
