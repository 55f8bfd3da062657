// SPDX-License-Identifier: BSL-1.0
// Against the MTU of an interface of the test's own.
#include <keyway/option/path_mtu.hpp>

#include <doctest/doctest.h>

#include <net/if.h>
#include <sys/ioctl.h>

#include <array>
#include <cstddef>

#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using kw::mtu_discovery;
using test::failure;

namespace {

constexpr int mtu = 1500;

bool enter_network_with_mtu() {
    if (!test::enter_own_network()) return false;
    const auto probe = kw::udp4::socket::open();
    ::ifreq request{};
    request.ifr_name[0] = 'l';
    request.ifr_name[1] = 'o';
    request.ifr_mtu = mtu;
    return probe && ::ioctl(probe->native_handle(), SIOCSIFMTU, &request) == 0;
}

}  // namespace

TEST_CASE("over IPv4 a message longer than the path allows is message_size if fragments are off") {
    if (test::skipped_under_emulator("the MTU of a path")) return;
    test::check_in_child([]() -> std::string {
        if (!enter_network_with_mtu()) return "skipped: the MTU of a path: no network namespace";
        const auto receiver = kw::udp4::bind({kw::ipv4_address::loopback(), 0});
        KEYWAY_CHILD_CHECK(receiver);
        const auto sender = kw::udp4::connect(*receiver->local_endpoint());
        KEYWAY_CHILD_CHECK(sender);
        KEYWAY_CHILD_CHECK(sender->get<option::mtu>() == mtu);
        const std::array<std::byte, mtu> longer{};  // the headers come on top
        for (const auto how : {mtu_discovery::always, mtu_discovery::probe, mtu_discovery::of_interface}) {
            KEYWAY_CHILD_CHECK(sender->set(option::path_mtu_discovery{how}));
            KEYWAY_CHILD_CHECK(sender->get<option::path_mtu_discovery>() == how);
            KEYWAY_CHILD_CHECK(failure(sender->send(longer)) == errc::message_size);
        }
        for (const auto how : {mtu_discovery::never, mtu_discovery::omit}) {
            KEYWAY_CHILD_CHECK(sender->set(option::path_mtu_discovery{how}));
            KEYWAY_CHILD_CHECK(sender->send(longer));
        }
        return {};
    });
}

TEST_CASE("over IPv6 a message longer than the path allows is message_size, with dont_fragment too") {
    if (test::skipped_under_emulator("the MTU of a path")) return;
    test::check_in_child([]() -> std::string {
        if (!enter_network_with_mtu()) return "skipped: the MTU of a path: no network namespace";
        if (!test::has_ipv6()) return "skipped: the MTU of a path over IPv6: there is none";
        const auto receiver = kw::udp6::bind({kw::ipv6_address::loopback(), 0});
        KEYWAY_CHILD_CHECK(receiver);
        const auto sender = kw::udp6::connect(*receiver->local_endpoint());
        KEYWAY_CHILD_CHECK(sender);
        KEYWAY_CHILD_CHECK(sender->get<option::mtu>() == mtu);
        const std::array<std::byte, mtu> longer{};
        KEYWAY_CHILD_CHECK(sender->send(longer));
        KEYWAY_CHILD_CHECK(sender->set(option::dont_fragment{true}));
        KEYWAY_CHILD_CHECK(failure(sender->send(longer)) == errc::message_size);
        KEYWAY_CHILD_CHECK(sender->set(option::dont_fragment{false}));
        KEYWAY_CHILD_CHECK(sender->set(option::path_mtu_discovery{mtu_discovery::probe}));
        KEYWAY_CHILD_CHECK(failure(sender->send(longer)) == errc::message_size);
        return {};
    });
}
