// SPDX-License-Identifier: BSL-1.0
#include <keyway/packet/quoted.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "support/packet.hpp"

namespace kw = keyway;
using kw::icmp_message;
using kw::icmpv6_message;
using kw::packet_errc;
using kw::quoted_datagram;
using test::bytes;
using test::same;
using test::why;
using namespace kw::literals;

namespace {

constexpr auto unreachable(std::span<const std::byte> quotation, std::uint32_t parameter = 0) {
    return icmp_message{kw::icmp_type::destination_unreachable, 3, parameter, quotation};
}
constexpr auto unreachable6(std::span<const std::byte> quotation, std::uint32_t parameter = 0) {
    return icmpv6_message{kw::icmpv6_type::destination_unreachable, 4, parameter, quotation};
}

// A UDP header from port 4660 to port 53: the 8 bytes that old routers quote.
constexpr auto udp4 =
    bytes(0x45, 0, 0, 40, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x34, 0, 53, 0, 20, 0, 0);
constexpr auto quoted4 = quoted_datagram::in(unreachable(udp4)).value();
static_assert(quoted4.source == "192.0.2.1"_ipv4 && quoted4.destination == "192.0.2.2"_ipv4);
static_assert(quoted4.protocol == 17 && quoted4.source_port == 0x1234 && quoted4.destination_port == 53);
static_assert(quoted4.payload.size() == 8);

/// An IPv6 packet from 2001:db8::1 to 2001:db8::2.
std::vector<std::byte> packet6(std::uint8_t next, std::initializer_list<int> payload) {
    std::vector<std::byte> packet(40);
    packet[0] = std::byte{0x60};
    packet[5] = std::byte(payload.size());
    packet[6] = std::byte{next};
    packet[7] = std::byte{64};
    for (const std::size_t at : {8U, 24U}) {
        packet[at] = std::byte{0x20};
        packet[at + 1] = std::byte{0x01};
        packet[at + 2] = std::byte{0x0d};
        packet[at + 3] = std::byte{0xb8};
        packet[at + 15] = std::byte{at == 8 ? std::uint8_t{1} : std::uint8_t{2}};
    }
    for (const int one : payload) packet.push_back(std::byte(one));
    return packet;
}

}  // namespace

TEST_CASE("an ICMPv6 error quotes addresses and ports") {
    const auto packet = packet6(17, {0x12, 0x34, 0, 53, 0, 8, 0, 0});
    const auto quoted = quoted_datagram::in(unreachable6(packet)).value();
    CHECK(quoted.source == "2001:db8::1"_ipv6);
    CHECK(quoted.destination == "2001:db8::2"_ipv6);
    CHECK(quoted.protocol == 17);
    CHECK(quoted.source_port == 0x1234);
    CHECK(quoted.destination_port == 53);
}

TEST_CASE("extension headers before the ports are skipped") {
    // Hop-by-hop, destination options of 16 bytes, the first fragment, authentication of 12 bytes; then TCP.
    const auto packet = packet6(0, {60, 0, 0, 0, 0, 0, 0, 0,                          //
                                    44, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                    51, 9, 0, 1, 0, 0, 0, 0,                          //
                                    43, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,              //
                                    6,  0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4});
    const auto quoted = quoted_datagram::in(unreachable6(packet)).value();
    CHECK(quoted.protocol == 6);
    CHECK(quoted.source_port == 0x102);
    CHECK(quoted.destination_port == 0x304);
    CHECK(quoted.payload.size() == 4);
    // Cut at any byte, it has no ports.
    for (std::size_t kept = 0; kept < packet.size(); ++kept) {
        const std::vector<std::byte> cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(kept));
        const auto part = quoted_datagram::in(unreachable6(cut));
        CHECK(part.has_value() == (kept >= 40));
        if (part) CHECK((part->source_port | part->destination_port) == 0);
        else CHECK(part.error() == packet_errc::truncated);
    }
}

TEST_CASE("a later fragment has no ports") {
    auto fragment4 = udp4;
    fragment4[7] = std::byte{1};
    CHECK(quoted_datagram::in(unreachable(fragment4)).value().destination_port == 0);
    const auto fragment6 = packet6(44, {17, 0, 0, 8, 0, 0, 0, 0, 0x12, 0x34, 0, 53, 0, 8, 0, 0});
    const auto quoted = quoted_datagram::in(unreachable6(fragment6)).value();
    CHECK(quoted.protocol == 17);
    CHECK(quoted.destination_port == 0);
}

TEST_CASE("protocols without ports have port 0, and an echo can be parsed") {
    auto echo = udp4;
    echo[9] = std::byte{1};
    echo[20] = std::byte{8};
    const auto quoted = quoted_datagram::in(unreachable(echo)).value();
    CHECK(quoted.source_port == 0);
    CHECK(quoted.destination_port == 0);
    CHECK(icmp_message::parse(quoted.payload).value().type == kw::icmp_type::echo_request);
    CHECK(icmp_message::parse(quoted.payload).value().id() == 20);
}

TEST_CASE("an incomplete header is truncated; an incomplete payload has no ports") {
    for (std::size_t kept = 0; kept < udp4.size(); ++kept) {
        const std::vector<std::byte> cut(udp4.begin(), udp4.begin() + static_cast<std::ptrdiff_t>(kept));
        const auto part = quoted_datagram::in(unreachable(cut));
        CHECK(part.has_value() == (kept >= 20));
        if (part) CHECK(part->destination_port == (kept >= 24 ? 53 : 0));
        else CHECK(part.error() == packet_errc::truncated);
    }
}

TEST_CASE("the extensions after a quotation of stated length are not part of it") {
    std::vector<std::byte> body(udp4.begin(), udp4.end());
    body.resize(128 + 12, std::byte{0xee});
    body[3] = std::byte{200};  // the datagram was longer than the quotation
    const auto whole = quoted_datagram::in(unreachable(body)).value();
    CHECK(whole.payload.size() == 120);
    const auto stated = quoted_datagram::in(unreachable(body, 32U << 16)).value();  // 32 words
    CHECK(stated.payload.size() == 108);
    CHECK(quoted_datagram::in(unreachable(body, 255U << 16)).value().payload.size() == 120);
    CHECK(why(quoted_datagram::in(unreachable(body, 4U << 16))) == packet_errc::truncated);
    // The pointer of a parameter problem is not a length, and neither is the router of a redirect.
    CHECK(quoted_datagram::in(icmp_message{kw::icmp_type::redirect, 0, 0xc0040201U, body}).value().payload.size() ==
          120);

    auto body6 = packet6(17, {0x12, 0x34, 0, 53, 0, 8, 0, 0});
    body6[5] = std::byte{200};
    body6.resize(64 + 8);
    CHECK(quoted_datagram::in(unreachable6(body6)).value().payload.size() == 32);
    CHECK(quoted_datagram::in(unreachable6(body6, 8U << 24)).value().payload.size() == 24);
}

TEST_CASE("messages that are not errors quote nothing") {
    CHECK(why(quoted_datagram::in(icmp_message::echo_request(1, 2, udp4))) == packet_errc::not_an_error);
    CHECK(why(quoted_datagram::in(icmpv6_message::echo_reply(1, 2, udp4))) == packet_errc::not_an_error);
}

TEST_CASE("a quotation of the other IP version is wrong_version") {
    CHECK(why(quoted_datagram::in(unreachable(packet6(17, {})))) == packet_errc::wrong_version);
    CHECK(why(quoted_datagram::in(unreachable6(udp4))) == packet_errc::wrong_version);
}

TEST_CASE_TEMPLATE("a forged quotation stays within the message", Message, icmp_message, icmpv6_message) {
    test::dice dice(3);
    int quoted = 0;
    for (int i = 0; i < 50000; ++i) {
        auto hostile = dice.bytes(dice.upto(120));
        if (hostile.size() > 14) {
            hostile[0] = std::byte{Message::is_v6 ? std::uint8_t{1} : std::uint8_t{3}};
            hostile[8] = Message::is_v6 ? std::byte{0x60} : std::byte(0x40 | dice.upto(15));
            constexpr std::uint8_t extensions[] = {0, 43, 44, 51, 60, 17, 6, 59};
            if (Message::is_v6) hostile[14] = std::byte{extensions[dice.upto(7)]};
            if (dice.upto(1) != 0) hostile[Message::is_v6 ? 4 : 5] = std::byte{0};
        }
        const auto message = Message::parse(hostile);
        if (!message) continue;
        const auto found = quoted_datagram::in(*message);
        if (!found) continue;
        ++quoted;
        CHECK(test::within(found->payload, message->body));
    }
    CHECK(quoted > 1000);
}
