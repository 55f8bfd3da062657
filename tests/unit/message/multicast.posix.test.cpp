// SPDX-License-Identifier: BSL-1.0
// Multicast in a network namespace with a veth pair: which sockets receive what, and by which interface.
#include <keyway/message/multicast.hpp>

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <keyway/link/interface.hpp>

#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using namespace kw::literals;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;

namespace {

bool run(const std::string& command) { return ::system((command + " >/dev/null 2>&1").c_str()) == 0; }

/// Whether the system has everything that is tested here: emulators of other machines lack some of it.
bool has_multicast(std::uint32_t index) {
    const auto v4 = must(kw::udp4::socket::open()), other = must(kw::udp4::socket::open());
    const auto v6 = must(kw::udp6::socket::open());
    const auto takes = [](kw::handle_view socket, int level, int name, const auto& value) {
        return ::setsockopt(socket.native_handle(), level, name, &value, sizeof(value)) == 0;
    };
    ::ip_mreqn group{};
    group.imr_multiaddr.s_addr = htonl(0xefff0001U);
    group.imr_ifindex = static_cast<int>(index);
    ::group_source_req source{};
    source.gsr_interface = index;
    std::memcpy(&source.gsr_group, kw::udp4::endpoint({232, 1, 2, 3}, 0).data(), kw::udp4::endpoint::size());
    std::memcpy(&source.gsr_source, kw::udp4::endpoint({192, 0, 2, 1}, 0).data(), kw::udp4::endpoint::size());
    constexpr int v6_all = 29;  // IPV6_MULTICAST_ALL
    return takes(v4, IPPROTO_IP, IP_ADD_MEMBERSHIP, group) && takes(v4, IPPROTO_IP, IP_MULTICAST_IF, group) &&
           takes(v4, IPPROTO_IP, IP_MULTICAST_ALL, 0) && takes(v6, IPPROTO_IPV6, v6_all, 0) &&
           takes(v6, IPPROTO_IPV6, IPV6_MULTICAST_IF, index) &&
           takes(other, IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, source);
}

/// Runs the body in a network namespace that has two interfaces, connected to each other.
template <class Body>
void with_veth(Body body) {
    test::check_in_child([&]() -> std::string {
        if (!test::enter_own_network()) return "skipped: this user may not make network namespaces";
        if (!run("ip link add kwa type veth peer name kwb")) return "skipped: no interfaces to make, or no iproute2";
        for (const std::string one : {"kwa", "kwb"})
            KEYWAY_CHILD_CHECK(run("ip link set " + one + " addrgenmode none up"));
        KEYWAY_CHILD_CHECK(run("ip addr add 192.0.2.1/24 dev kwa && ip addr add fe80::a/64 dev kwa nodad"));
        KEYWAY_CHILD_CHECK(run("ip addr add 198.51.100.1/24 dev kwb && ip addr add fe80::b/64 dev kwb nodad"));
        const auto a = must(kw::interface_index("kwa"));
        if (!has_multicast(a)) return "skipped: this system, or its emulator, lacks options of multicast";
        return body(a, must(kw::interface_index("kwb")));
    });
}

struct v4 {
    using udp = kw::udp4;
    using interface_option = option::multicast_interface;
    using all_option = option::multicast_all;
    using loop_option = option::multicast_loop;
    using hops_option = option::multicast_hop_limit;
    static constexpr auto group = "239.255.77.1"_ipv4, other_group = "239.255.77.2"_ipv4;
    static constexpr auto source_group = "232.1.2.3"_ipv4;
    static constexpr auto own = kw::ipv4_address::loopback();
};
struct v6 {
    using udp = kw::udp6;
    using interface_option = option::multicast_interface;
    using all_option = option::multicast_all;
    using loop_option = option::multicast_loop;
    using hops_option = option::multicast_hop_limit;
    static constexpr auto group = "ff15::7701"_ipv6, other_group = "ff15::7702"_ipv6;
    static constexpr auto source_group = "ff35::7703"_ipv6;
    static constexpr auto own = kw::ipv6_address::loopback();
};

/// A socket that sends to groups by one interface.
template <class V>
class sender {
public:
    explicit sender(std::uint32_t by) : socket_(must(V::udp::bind({}))) {
        must(socket_.set(typename V::interface_option{by}));
    }
    const typename V::udp::socket& socket() const { return socket_; }
    template <class Address>
    void send(std::string_view text, const Address& to, std::uint16_t port) const {
        must(socket_.send_to(text, {to, port}));
    }

private:
    typename V::udp::socket socket_;
};

/// A socket that shares its port with others.
template <class V>
class receiver {
public:
    explicit receiver(std::uint16_t port = 0) : socket_(must(V::udp::bind({{}, port}, {.reuse_address = true}))) {
        must(socket_.set(typename V::all_option{false}));
    }
    const typename V::udp::socket& socket() const { return socket_; }
    std::uint16_t port() const { return must(socket_.local_endpoint()).port(); }

    /// Everything received until now, one word each.
    std::string received() const {
        const auto end = must(V::udp::bind({V::own, 0}));
        std::string words;
        must(end.send_to("end", {V::own, port()}));
        for (;;) {
            std::array<std::byte, 100> buffer;
            const auto got = must(socket_.recv_from(buffer, 10s));
            const auto word = test::text(got.data);
            if (word == "end") return words;
            words += word + ' ';
        }
    }

private:
    typename V::udp::socket socket_;
};

}  // namespace

TEST_CASE_TEMPLATE("a member receives the group, and no other, until it leaves", V, v4, v6) {
    with_veth([](std::uint32_t a, std::uint32_t) -> std::string {
        const receiver<V> one;
        const sender<V> here(a);
        here.send("before", V::group, one.port());
        must(kw::join(one.socket(), V::group, a));
        here.send("member", V::group, one.port());
        here.send("other-group", V::other_group, one.port());
        KEYWAY_CHILD_CHECK(one.received() == "member ");
        must(kw::leave(one.socket(), V::group, a));
        here.send("after", V::group, one.port());
        KEYWAY_CHILD_CHECK(one.received().empty());
        return {};
    });
}

TEST_CASE_TEMPLATE("a membership object is a member until it is destroyed", V, v4, v6) {
    with_veth([](std::uint32_t a, std::uint32_t) -> std::string {
        const receiver<V> one;
        const sender<V> here(a);
        {
            const auto member = must(kw::membership::join(one.socket(), V::group, a));
            here.send("member", V::group, one.port());
            KEYWAY_CHILD_CHECK(one.received() == "member ");
        }
        here.send("after", V::group, one.port());
        KEYWAY_CHILD_CHECK(one.received().empty());
        return {};
    });
}

TEST_CASE_TEMPLATE("two members on one port receive the same", V, v4, v6) {
    with_veth([](std::uint32_t a, std::uint32_t) -> std::string {
        const receiver<V> one;
        must(kw::join(one.socket(), V::group, a));
        // The socket bound last receives unicast, so received() is called before the second is bound.
        const sender<V> here(a);
        here.send("first", V::group, one.port());
        KEYWAY_CHILD_CHECK(one.received() == "first ");
        const receiver<V> two(one.port());
        must(kw::join(two.socket(), V::group, a));
        here.send("both", V::group, one.port());
        for (const auto* each : {&one, &two}) {
            std::array<std::byte, 100> buffer;
            KEYWAY_CHILD_CHECK(test::text(must(each->socket().recv_from(buffer, 10s)).data) == "both");
        }
        return {};
    });
}

TEST_CASE_TEMPLATE("a member for one source does not receive from others", V, v4, v6) {
    with_veth([](std::uint32_t a, std::uint32_t) -> std::string {
        constexpr bool is_v4 = std::same_as<V, v4>;
        KEYWAY_CHILD_CHECK(run(is_v4 ? "ip addr add 192.0.2.2/24 dev kwa" : "ip addr add fe80::c/64 dev kwa nodad"));
        const auto address = [&](int last) {
            if constexpr (is_v4) return kw::ipv4_address(192, 0, 2, static_cast<std::uint8_t>(last));
            else
                return kw::ipv6_address::from_groups({0xfe80, 0, 0, 0, 0, 0, 0, static_cast<std::uint16_t>(9 + last)},
                                                     a);
        };
        const auto from = [&](int last) {
            auto socket = must(V::udp::bind({address(last), 0}));
            must(socket.set(typename V::interface_option{a}));
            return socket;
        };
        const auto first = from(1), second = from(is_v4 ? 2 : 3);
        const receiver<V> one;
        const auto send_both = [&] {
            must(first.send_to("first", {V::source_group, one.port()}));
            must(second.send_to("second", {V::source_group, one.port()}));
            return one.received();
        };
        const auto member = must(kw::membership::join(one.socket(), V::source_group, address(1), a));
        KEYWAY_CHILD_CHECK(send_both() == "first ");
        auto more = must(kw::membership::join(one.socket(), V::source_group, address(is_v4 ? 2 : 3), a));
        KEYWAY_CHILD_CHECK(send_both() == "first second ");
        KEYWAY_CHILD_CHECK(failure(kw::join(one.socket(), V::source_group, address(1), a)) == errc::address_in_use);
        must(more.leave());
        KEYWAY_CHILD_CHECK(send_both() == "first ");
        KEYWAY_CHILD_CHECK(failure(kw::leave(one.socket(), V::source_group, address(is_v4 ? 2 : 3), a)) ==
                           errc::address_not_available);
        return {};
    });
}

TEST_CASE_TEMPLATE("groups are sent by the interface that is set", V, v4, v6) {
    with_veth([](std::uint32_t a, std::uint32_t b) -> std::string {
        const receiver<V> at_a;
        must(kw::join(at_a.socket(), V::group, a));
        const sender<V> by_a(a), by_b(b);
        // Without the loop, messages sent by one end of the veth can arrive at the other end only: IPv6 accepts them there,
        // IPv4 refuses messages from one of this machine's addresses.
        must(by_b.socket().set(typename V::loop_option{false}));
        by_b.send("by-b", V::group, at_a.port());
        by_a.send("by-a", V::group, at_a.port());
        KEYWAY_CHILD_CHECK(at_a.received().ends_with("by-a "));
        KEYWAY_CHILD_CHECK(failure(by_a.socket().set(typename V::interface_option{0x7fffff})) ==
                           (std::same_as<V, v4> ? errc::address_not_available : errc::no_such_device));
        return {};
    });
}

TEST_CASE_TEMPLATE("without the loop no member on this machine receives", V, v4, v6) {
    with_veth([](std::uint32_t a, std::uint32_t) -> std::string {
        const receiver<V> one;
        must(kw::join(one.socket(), V::group, a));
        const sender<V> here(a);
        must(here.socket().set(typename V::loop_option{false}));
        here.send("silent", V::group, one.port());
        must(here.socket().set(typename V::loop_option{true}));
        must(here.socket().set(typename V::hops_option{0}));  // not beyond this machine
        here.send("loud", V::group, one.port());
        KEYWAY_CHILD_CHECK(one.received() == "loud ");
        return {};
    });
}

#if KEYWAY_HAS_MULTICAST_ALL
TEST_CASE_TEMPLATE("multicast_all makes a socket receive the groups of others", V, v4, v6) {
    with_veth([](std::uint32_t a, std::uint32_t) -> std::string {
        const auto member = must(V::udp::socket::open());
        must(kw::join(member, V::group, a));
        const receiver<V> one;
        const sender<V> here(a);
        here.send("off", V::group, one.port());
        KEYWAY_CHILD_CHECK(one.received().empty());
        must(one.socket().set(typename V::all_option{true}));
        here.send("on", V::group, one.port());
        KEYWAY_CHILD_CHECK(one.received() == "on ");
        return {};
    });
}
#endif

TEST_CASE("too many groups fail with no_buffer_space, and the socket keeps the others") {
    with_veth([](std::uint32_t a, std::uint32_t) -> std::string {
        const auto socket = must(kw::udp4::socket::open());
        std::vector<kw::membership> groups;
        for (unsigned i = 0; i < 1000; ++i) {
            auto one = kw::membership::join(socket, kw::ipv4_address::from_number(0xefff0000U + i), a);
            if (!one) {
                KEYWAY_CHILD_CHECK(failure(one) == errc::no_buffer_space);
                break;
            }
            groups.push_back(std::move(*one));
        }
        KEYWAY_CHILD_CHECK(groups.size() == 20);  // net.ipv4.igmp_max_memberships
        must(groups.back().leave());
        must(kw::join(socket, v4::group, a));
        return {};
    });
}

TEST_CASE("a dual-stack socket joins groups of both families") {
    with_veth([](std::uint32_t a, std::uint32_t) -> std::string {
        const auto both = must(kw::udp::bind({kw::ipv6_address::any(), 0}, {.dual_stack = true}));
        must(kw::join(both, v4::group, a));
        must(kw::join(both, v6::group, a));
        const auto port = must(both.local_endpoint()).port();
        std::array<std::byte, 100> buffer;
        sender<v4>(a).send("four", v4::group, port);
        KEYWAY_CHILD_CHECK(test::text(must(both.recv_from(buffer, 10s)).data) == "four");
        sender<v6>(a).send("six", v6::group, port);
        KEYWAY_CHILD_CHECK(test::text(must(both.recv_from(buffer, 10s)).data) == "six");
        return {};
    });
}
