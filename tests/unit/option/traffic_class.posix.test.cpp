// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/traffic_class.hpp>

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <bit>

#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::dscp;
using kw::ecn;
using test::must;

namespace {

/// The octet that came with the next datagram, asked for without the library; -1 where none came.
int received_octet(int handle, int level, int type) {
    std::array<char, 8> data;
    alignas(::cmsghdr) std::array<char, 128> control;
    ::iovec buffer{data.data(), data.size()};
    ::msghdr message{};
    message.msg_iov = &buffer;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(handle, &message, 0) < 0) return -1;
    for (auto* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item))
        if (item->cmsg_level == level && item->cmsg_type == type) return *CMSG_DATA(item);
    return -1;
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "a datagram over IPv4 carries DSCP and ECN") {
    const auto receiver = must(kw::udp4::bind({test::own_loopback(), 0}));
    const int on = 1;
    REQUIRE(::setsockopt(receiver.native_handle(), IPPROTO_IP, IP_RECVTOS, &on, sizeof(on)) == 0);
    const auto sender = must(kw::udp4::connect(must(receiver.local_endpoint())));
    must(sender.set(option::traffic_class{{dscp::af41, ecn::capable_0}}));
    CHECK(must(sender.get<option::traffic_class>()) == kw::traffic_class{dscp::af41, ecn::capable_0});
    must(sender.send("x"));
    CHECK(received_octet(receiver.native_handle(), IPPROTO_IP, IP_TOS) == 0x8a);
}

TEST_CASE_FIXTURE(test::bounded, "a datagram over IPv6 carries DSCP and ECN") {
    if (!test::has_family<kw::udp6>()) return;
    const auto receiver = must(kw::udp6::bind({kw::ipv6_address::loopback(), 0}));
    const int on = 1;
    REQUIRE(::setsockopt(receiver.native_handle(), IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof(on)) == 0);
    const auto sender = must(kw::udp6::connect(must(receiver.local_endpoint())));
    must(sender.set(option::traffic_class{{dscp::expedited, ecn::capable_1}}));
    CHECK(must(sender.get<option::traffic_class>()) == kw::traffic_class{dscp::expedited, ecn::capable_1});
    must(sender.send("x"));
    // The octet is the first byte of an int in memory where the low byte comes first.
    const int octet = received_octet(receiver.native_handle(), IPPROTO_IPV6, IPV6_TCLASS);
    if constexpr (std::endian::native == std::endian::little) CHECK(octet == 0xb9);
}

TEST_CASE("the kernel ignores the ECN of a stream") {
    const auto socket = must(kw::tcp4::socket::open());
    must(socket.set(option::traffic_class{{dscp::af41, ecn::capable_0}}));
    CHECK(must(socket.get<option::traffic_class>()) == kw::traffic_class{dscp::af41});
}
