// SPDX-License-Identifier: BSL-1.0
#include <keyway/message_result.hpp>

#include <doctest/doctest.h>

#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#include <array>
#include <cstring>
#include <fstream>
#include <string>
#include <type_traits>

#include "support/posix.hpp"
#include "support/truncation.hpp"

namespace kw = keyway;
using test::check_truncation;
using test::check_truncation_from;
using test::must;
using test::summary;
using test::ten;
using test::words;

TEST_CASE("the summary has the true length if the system reports it") {
    CHECK(test::cut(4) == "4 of 10, truncated");
    CHECK(test::cut(0) == "0 of 10, truncated");
}

TEST_CASE_TEMPLATE("a truncated local message is flagged and has its true length", T, kw::unix_datagram,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    const auto ends = must(T::pair());
    check_truncation(ends[1], [&] { return ends[0].send(ten); });
}

TEST_CASE_FIXTURE(test::bounded, "a truncated local datagram without a peer is flagged and has its true length") {
    const test::temporary_directory directory;
    const auto server = must(kw::unix_datagram::bind(directory.endpoint()));
    const auto client = must(kw::unix_datagram::socket::open());
    check_truncation_from(server, [&] { return client.send_to(ten, directory.endpoint()); });
}

// ---- ICMP, in a network namespace, where no other messages arrive

namespace {

template <class Header, std::size_t Size = sizeof(Header) + 10>
std::array<std::byte, Size> echo_request(int type) {
    Header header{};
    if constexpr (std::is_same_v<Header, ::icmphdr>) header.type = static_cast<std::uint8_t>(type);
    else header.icmp6_type = static_cast<std::uint8_t>(type);
    std::array<std::byte, Size> message{};
    std::memcpy(message.data(), &header, sizeof(header));
    std::memcpy(message.data() + sizeof(header), ten.data(), ten.size());
    return message;
}

/// Four copies of the request come in, of `length` bytes each; every way to receive tells of the cut.
template <class Socket>
std::string check_raw(const Socket& socket, kw::const_bytes request, const typename Socket::endpoint& self,
                      std::size_t length) {
    std::array<std::byte, 4> four;
    std::array<std::byte, 256> large;
    const std::string cut = words(4, length, true);
    const auto send = [&] { return socket.send_to(request, self).has_value(); };
    KEYWAY_CHILD_CHECK(send() && summary(socket.peek_from(four)) == cut);
    KEYWAY_CHILD_CHECK(summary(socket.recv_from(four)) == cut);
    KEYWAY_CHILD_CHECK(send() && summary(socket.recv_from(kw::scatter(four))) == cut);
    KEYWAY_CHILD_CHECK(send() && summary(socket.recv_from(large)) == words(length, length, false));
    KEYWAY_CHILD_CHECK(send());
    const auto whole = socket.recv_from(kw::scatter(four, large));
    KEYWAY_CHILD_CHECK(summary(whole) == words(length, length, false));
    KEYWAY_CHILD_CHECK(whole->sender.address() == self.address());
    return "";
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "a truncated raw ICMP message is flagged and has its true length") {
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: cannot create a network namespace";
        const auto socket = must(kw::icmp4::socket::open());
        // A reply, not a request, since replies are not answered.
        const auto message = echo_request<::icmphdr>(ICMP_ECHOREPLY);
        return check_raw(socket, message, {kw::ipv4_address::loopback(), 0}, sizeof(::iphdr) + message.size());
    });
}

TEST_CASE_FIXTURE(test::bounded, "a truncated raw ICMPv6 message is flagged and has its true length") {
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: cannot create a network namespace";
        if (!test::has_ipv6()) return "skipped: this machine has no IPv6 loopback address";
        const auto socket = must(kw::icmp6::socket::open());
        const auto message = echo_request<::icmp6_hdr>(ICMP6_ECHO_REPLY);
        return check_raw(socket, message, {kw::ipv6_address::loopback(), 0}, message.size());
    });
}

namespace {

/// The kernel answers an echo request; of a reply that is cut, it says so and how much it stored, not its true length.
template <class Transport>
std::string check_ping(const typename Transport::endpoint& self, const auto& request) {
    if (!test::enter_own_network()) return "skipped: cannot create a network namespace";
    if (Transport::family::domain == AF_INET6 && !test::has_ipv6())
        return "skipped: this machine has no IPv6 loopback address";
    if (!(std::ofstream("/proc/sys/net/ipv4/ping_group_range") << "0 2147483647" << std::flush))
        return "skipped: ping_group_range cannot be written";
    const auto socket = must(Transport::socket::open());
    std::array<std::byte, 4> four;
    std::array<std::byte, 256> large;
    const auto send = [&] { return socket.send_to(request, self).has_value(); };
    const auto is_cut = [](const auto& message, std::size_t stored) { return message.truncated && stored == 4; };
    KEYWAY_CHILD_CHECK(send());
    const auto peeked = socket.peek_from(four);
    KEYWAY_CHILD_CHECK(is_cut(*peeked, peeked->data.size()));
    const auto cut = socket.recv_from(four);
    KEYWAY_CHILD_CHECK(is_cut(*cut, cut->data.size()));
    KEYWAY_CHILD_CHECK(cut->sender.address() == self.address());
    KEYWAY_CHILD_CHECK(send());
    const auto scattered = socket.recv_from(kw::scatter(four));
    KEYWAY_CHILD_CHECK(is_cut(*scattered, scattered->data));
    KEYWAY_CHILD_CHECK(send());
    const auto whole = socket.recv_from(large);
    KEYWAY_CHILD_CHECK(summary(whole) == words(request.size(), request.size(), false));
    KEYWAY_CHILD_CHECK(test::text(whole->data).substr(8) == ten);

    auto other = must(Transport::socket::open());
    const auto connection = must(std::move(other).connect(self));
    KEYWAY_CHILD_CHECK(connection.send(request).has_value());
    const auto received = connection.recv(four);
    KEYWAY_CHILD_CHECK(is_cut(*received, received->data.size()));
    return "";
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "a truncated answer to a ping is flagged") {
    using ping4 = kw::transport<kw::ipv4, kw::datagram, kw::ipproto::icmp>;
    test::check_in_child(
        [] { return check_ping<ping4>({kw::ipv4_address::loopback(), 0}, echo_request<::icmphdr>(ICMP_ECHO)); });
}

TEST_CASE_FIXTURE(test::bounded, "a truncated answer to an IPv6 ping is flagged") {
    using ping6 = kw::transport<kw::ipv6, kw::datagram, kw::ipproto::icmpv6>;
    test::check_in_child([] {
        return check_ping<ping6>({kw::ipv6_address::loopback(), 0}, echo_request<::icmp6_hdr>(ICMP6_ECHO_REQUEST));
    });
}
