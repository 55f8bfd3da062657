// SPDX-License-Identifier: BSL-1.0
// What the options of routing do on Linux.
#include <keyway/option/route.hpp>

#include <doctest/doctest.h>

#include <net/if.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>

#include "support/options.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::failure;
using test::must;

TEST_CASE("bind_to_device and its index read back as they were set") {
    const auto loopback = static_cast<int>(::if_nametoindex("lo"));
    REQUIRE(loopback > 0);
    test::check_round_trips<option::bind_to_device>("bind_to_device", {"", "lo"});
    test::check_round_trips<option::bind_to_interface>("bind_to_interface", {0, loopback});
    if (test::skipped_under_emulator("option bind_to_device")) return;
    const auto socket = must(kw::udp4::socket::open());
    CHECK(failure(socket.set(option::bind_to_device{"no such device"})) == errc::no_such_device);
    must(socket.set(option::bind_to_device{"lo"}));
    if (const auto index = socket.get<option::bind_to_interface>()) CHECK(*index == loopback);
    CHECK(must(socket.get<option::bind_to_device>()).view() == "lo");
}

TEST_CASE("a socket bound to a device receives nothing from another device") {
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: bind_to_device: no network namespace";
        // NOLINTNEXTLINE(bugprone-command-processor, concurrency-mt-unsafe): in a namespace of the child's own
        if (std::system("ip link add d0 type veth peer name d1 2>/dev/null && ip link set d0 up") != 0)
            return "skipped: bind_to_device: no second interface";
        const auto receiver = kw::udp4::bind({kw::ipv4_address::any(), 0});
        KEYWAY_CHILD_CHECK(receiver && receiver->set(option::bind_to_device{"d0"}));
        const auto sender = kw::udp4::connect({kw::ipv4_address::loopback(), receiver->local_endpoint()->port()});
        KEYWAY_CHILD_CHECK(sender);
        KEYWAY_CHILD_CHECK(sender->send("past"));
        KEYWAY_CHILD_CHECK(receiver->set(option::bind_to_device{""}));
        KEYWAY_CHILD_CHECK(sender->send("here") ||
                           sender->send("here"));  // the first may tell that "past" found nobody
        std::array<std::byte, 8> buffer;
        KEYWAY_CHILD_CHECK(test::text(receiver->recv_from(buffer)->data) == "here");
        return {};
    });
}

TEST_CASE_TEMPLATE("free_bind binds an address that the machine does not have", T, kw::udp4, kw::tcp4) {
    const typename T::endpoint elsewhere(kw::ipv4_address(192, 0, 2, 1), 0);
    auto socket = must(T::socket::open());
    CHECK(failure(socket.bind(elsewhere)) == errc::address_not_available);
    must(socket.set(option::free_bind{}));
    must(socket.bind(elsewhere));
    CHECK(must(socket.local_endpoint()).address() == elsewhere.address());
}

TEST_CASE("free_bind binds an IPv6 address that the machine does not have") {
    if (!test::has_family<kw::udp6>()) return;
    const kw::udp6::endpoint elsewhere(kw::ipv6_address::parse("2001:db8::1").value(), 0);
    auto socket = must(kw::udp6::socket::open());
    CHECK(failure(socket.bind(elsewhere)) == errc::address_not_available);
    must(socket.set(option::free_bind{}));
    must(socket.bind(elsewhere));
}

TEST_CASE("local_port_range restricts the ports that the system chooses") {
    for (int i = 0; i < 20; ++i) {
        auto socket = must(kw::udp4::socket::open());
        if (const auto set = socket.set(option::local_port_range{{42000, 42999}}); !set) {
            REQUIRE(test::lacks_option(set.error()));
            test::skipped("option local_port_range", test::message_of(set.error()));
            return;
        }
        must(socket.bind({test::own_loopback(), 0}));
        const auto port = must(socket.local_endpoint()).port();
        CHECK((port >= 42000 && port <= 42999));
    }
}

TEST_CASE("bind_address_no_port leaves the choice of the port to connect()") {
    if (test::skipped_under_emulator("option bind_address_no_port")) return;
    const auto listener = must(kw::tcp4::listen({test::own_loopback(), 0}));
    auto socket = must(kw::tcp4::socket::open());
    must(socket.set(option::bind_address_no_port{}));
    must(socket.bind({test::own_loopback(), 0}));
    CHECK(must(socket.local_endpoint()).port() == 0);
    const auto connected = must(std::move(socket).connect(must(listener.local_endpoint())));
    CHECK(must(connected.local_endpoint()).port() != 0);
}

TEST_CASE("a redirected connection reports its original destination") {
    if (test::skipped_under_emulator("option original_destination")) return;
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: original_destination: no network namespace";
        const auto listener = kw::tcp4::listen({kw::ipv4_address::loopback(), 7777});
        KEYWAY_CHILD_CHECK(listener);
        // NOLINTNEXTLINE(bugprone-command-processor, concurrency-mt-unsafe): a firewall takes a program to be set up
        if (std::system("nft 'add table ip t; add chain ip t o { type nat hook output priority -100; };"
                        "add rule ip t o tcp dport 9999 redirect to :7777' 2>/dev/null") != 0)
            return "skipped: original_destination: no nft";
        const auto client = kw::tcp4::connect({kw::ipv4_address::loopback(), 9999});
        KEYWAY_CHILD_CHECK(client);
        const auto server = listener->accept();
        KEYWAY_CHILD_CHECK(server);
        KEYWAY_CHILD_CHECK(server->connection.local_endpoint()->port() == 7777);
        const auto wanted = server->connection.get<option::original_destination>();
        KEYWAY_CHILD_CHECK(wanted);
        KEYWAY_CHILD_CHECK(*wanted == kw::tcp4::endpoint(kw::ipv4_address::loopback(), 9999));
        return {};
    });
}

TEST_CASE("a redirected IPv6 connection reports its original destination") {
    if (test::skipped_under_emulator("option original_destination_v6")) return;
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: original_destination_v6: no network namespace";
        if (!test::has_ipv6()) return "skipped: original_destination_v6: no IPv6";
        const auto listener = kw::tcp6::listen({kw::ipv6_address::loopback(), 7777});
        KEYWAY_CHILD_CHECK(listener);
        // NOLINTNEXTLINE(bugprone-command-processor, concurrency-mt-unsafe): a firewall takes a program to be set up
        if (std::system("nft 'add table ip6 t; add chain ip6 t o { type nat hook output priority -100; };"
                        "add rule ip6 t o tcp dport 9999 redirect to :7777' 2>/dev/null") != 0)
            return "skipped: original_destination_v6: no nft";
        const auto client = kw::tcp6::connect({kw::ipv6_address::loopback(), 9999});
        KEYWAY_CHILD_CHECK(client);
        const auto server = listener->accept();
        KEYWAY_CHILD_CHECK(server);
        const auto wanted = server->connection.get<option::original_destination>();
        KEYWAY_CHILD_CHECK(wanted);
        KEYWAY_CHILD_CHECK(*wanted == kw::tcp6::endpoint(kw::ipv6_address::loopback(), 9999));
        return {};
    });
}
