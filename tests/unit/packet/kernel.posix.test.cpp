// SPDX-License-Identifier: BSL-1.0
// Compares packets with the kernel's: parses packets from the kernel, and sends it packets written by the library.
#include <keyway/packet/checksum.hpp>
#include <keyway/packet/icmp.hpp>
#include <keyway/packet/ipv4_header.hpp>
#include <keyway/packet/quoted.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <keyway/packet/detail/network_order.hpp>

#include "support/loopback.hpp"
#include "support/packet.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
using namespace std::chrono_literals;
using kw::icmp_message;
using kw::icmpv6_message;
using kw::ipv4_header;
using test::must;

namespace {

constexpr std::uint8_t udp_number = 17;
constexpr auto v4 = kw::ipv4_address::loopback();
constexpr auto v6 = kw::ipv6_address::loopback();
constexpr auto data = test::bytes('h', 'e', 'l', 'l', 'o');

/// Runs the body in a new network namespace, as a user who may open raw sockets.
template <class Body>
void with_raw_sockets(Body body) {
    test::check_in_child([&]() -> std::string {
        if (!test::enter_own_network()) return "skipped: this user may not make network namespaces";
        const auto probe = kw::icmp4::socket::open();
        if (!probe) return "skipped: raw sockets: " + test::message_of(probe.error());
        return body();
    });
}

/// A UDP datagram with its header: RFC 768.
template <class Address>
std::array<std::byte, 8 + data.size()> udp_datagram(const Address& source, const Address& destination,
                                                    std::uint16_t from, std::uint16_t to) {
    std::array<std::byte, 8 + data.size()> all{};
    kw::detail::write16(all, 0, from);
    kw::detail::write16(all, 2, to);
    kw::detail::write16(all, 4, all.size());
    kw::detail::write_bytes(all, 8, data);
    const kw::internet_checksum begun(source, destination, udp_number, all.size());
    kw::detail::write16(all, 6, kw::internet_checksum(begun).add(all).value_for_udp());
    return all;
}

/// Sends two UDP datagrams through a raw socket, the first with a wrong checksum: a UDP socket receives the second only.
template <class Raw, class Udp, class Address>
std::string udp_takes(const Address& self) {
    const auto receiver = must(Udp::bind({self, 0}));
    const auto port = must(receiver.local_endpoint()).port();
    const auto line = must(Raw::connect({self, 0}));
    auto wrong = udp_datagram(self, self, 1234, port);
    wrong[7] ^= std::byte{1};
    must(line.send(wrong));
    must(line.send(udp_datagram(self, self, 1235, port)));
    std::array<std::byte, 100> buffer;
    const auto got = must(receiver.recv_from(buffer, 10s));
    KEYWAY_CHILD_CHECK(got.sender.port() == 1235);
    KEYWAY_CHILD_CHECK(test::same(got.data, data));
    return {};
}

/// The quotation in an ICMP error about a datagram to an unused port.
template <class Icmp, class Message, class Udp, class Address>
std::string port_unreachable(const Address& self, std::uint8_t port_code) {
    const auto errors = must(Icmp::bind({self, 0}));
    const auto sender = must(Udp::bind({self, 0}));
    const auto from = must(sender.local_endpoint()).port();
    const auto to = must(must(Udp::bind({self, 0})).local_endpoint()).port();
    must(sender.send_to(data, {self, to}));
    std::array<std::byte, 1500> buffer;
    std::span<const std::byte> bytes = must(errors.recv_from(buffer, 10s)).data;
    if constexpr (Message::is_v6) {
        KEYWAY_CHILD_CHECK(Message::checksum_valid(bytes, self, self));
    } else {
        KEYWAY_CHILD_CHECK(ipv4_header::checksum_valid(bytes));
        const auto header = ipv4_header::parse(bytes).value();
        KEYWAY_CHILD_CHECK(header.protocol == 1 && header.source == self && header.total_length == bytes.size());
        bytes = header.payload(bytes);
        KEYWAY_CHILD_CHECK(Message::checksum_valid(bytes));
    }
    const auto message = Message::parse(bytes).value();
    KEYWAY_CHILD_CHECK(message.is_error() && message.code == port_code);
    const auto quoted = kw::quoted_datagram::in(message).value();
    KEYWAY_CHILD_CHECK(quoted.source == self && quoted.destination == self && quoted.protocol == udp_number);
    KEYWAY_CHILD_CHECK(quoted.source_port == from && quoted.destination_port == to);
    KEYWAY_CHILD_CHECK(test::same(quoted.payload.subspan(8), data));
    return {};
}

}  // namespace

TEST_CASE("the kernel accepts a UDP datagram with the computed checksum, and no other") {
    with_raw_sockets(
        [] { return udp_takes<kw::transport<kw::ipv4, kw::raw, kw::ipproto::numbered<17>>, kw::udp4>(v4); });
    with_raw_sockets(
        [] { return udp_takes<kw::transport<kw::ipv6, kw::raw, kw::ipproto::numbered<17>>, kw::udp6>(v6); });
}

TEST_CASE("an ICMP error from the kernel quotes addresses, ports and data of the datagram") {
    with_raw_sockets([] {
        constexpr auto code = static_cast<std::uint8_t>(kw::icmp_unreachable::port);
        return port_unreachable<kw::icmp4, icmp_message, kw::udp4>(v4, code);
    });
    with_raw_sockets([] {
        constexpr auto code = static_cast<std::uint8_t>(kw::icmpv6_unreachable::port);
        return port_unreachable<kw::icmp6, icmpv6_message, kw::udp6>(v6, code);
    });
}

TEST_CASE("a packet with a self-written header arrives with that header") {
    with_raw_sockets([]() -> std::string {
        // A socket of IPPROTO_RAW sends whole packets: raw(7).
        const auto line = must(kw::transport<kw::ipv4, kw::raw, kw::ipproto::numbered<255>>::connect({v4, 0}));
        const auto receiver = must(kw::transport<kw::ipv4, kw::raw, kw::ipproto::numbered<253>>::bind({v4, 0}));
        constexpr auto no_operations =
            test::bytes(1, 1, 1, 0);  // RFC 791: three no-operation options and the end of the list
        const ipv4_header header{.dscp = 46,
                                 .ecn = 2,
                                 .total_length = 24 + data.size(),
                                 .id = 0x1234,
                                 .dont_fragment = true,
                                 .more_fragments = false,
                                 .fragment_offset = 0,
                                 .time_to_live = 7,
                                 .protocol = 253,
                                 .source = {127, 1, 2, 3},
                                 .destination = v4,
                                 .options = no_operations};
        std::array<std::byte, 24 + data.size()> packet{};
        const auto written = header.write(packet).value();
        kw::detail::write_bytes(packet, written.size(), data);
        must(line.send(packet));

        std::array<std::byte, 100> buffer;
        const auto got = must(receiver.recv_from(buffer, 10s));
        KEYWAY_CHILD_CHECK(got.sender.address() == header.source);
        KEYWAY_CHILD_CHECK(test::same(got.data, packet));  // with the checksum that the kernel computes as well
        KEYWAY_CHILD_CHECK(test::same(ipv4_header::parse(got.data).value().payload(got.data), data));
        return {};
    });
}

TEST_CASE("the kernel accepts an ICMPv6 message with the computed checksum") {
    with_raw_sockets([]() -> std::string {
        const auto line = must(kw::icmp6::connect({v6, 0}));
        std::array<std::byte, 8 + data.size()> buffer{}, sent{};
        const auto request = icmpv6_message::echo_request(5, 6, data);
        request.write(buffer).value();
        must(line.send(buffer));  // the kernel computes the checksum
        std::array<std::byte, 100> arrived;
        const auto got = must(line.recv(arrived, 10s)).data;
        KEYWAY_CHILD_CHECK(test::same(got, request.write(sent, v6, v6).value()));
        return {};
    });
}
