// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/icmp.hpp>

#include <doctest/doctest.h>

#include <netinet/icmp6.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <set>
#include <span>
#include <string>

#include <keyway/packet/icmp.hpp>
#include <keyway/packet/ipv4_header.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
namespace option = kw::option;
using namespace std::chrono_literals;
using kw::icmp_type;
using kw::icmpv6_type;
using test::can_get;
using test::can_set;
using test::must;

namespace {

template <class Filter>
using types_of = typename Filter::value_type;

// raw sockets of ICMP or ICMPv6 have a filter, and no others.
using ping4 = kw::transport<kw::ipv4, kw::datagram, kw::ipproto::icmp>;
using ping6 = kw::transport<kw::ipv6, kw::datagram, kw::ipproto::icmpv6>;
using raw_udp = kw::transport<kw::ipv4, kw::raw, kw::ipproto::numbered<17>>;
static_assert(can_set<kw::icmp6::socket, option::icmpv6_filter> &&
              can_get<kw::icmp6::connection, option::icmpv6_filter>);
static_assert(!can_set<kw::icmp4::socket, option::icmpv6_filter> && !can_set<ping6::socket, option::icmpv6_filter>);
static_assert(!can_set<kw::udp6::socket, option::icmpv6_filter> && !can_set<kw::udp::socket, option::icmpv6_filter>);
#if KEYWAY_HAS_ICMP_FILTER
static_assert(can_set<kw::icmp4::socket, option::icmp_filter> &&
              can_get<kw::icmp4::connection_view, option::icmp_filter>);
static_assert(!can_set<kw::icmp6::socket, option::icmp_filter> && !can_set<ping4::socket, option::icmp_filter>);
static_assert(!can_set<raw_udp::socket, option::icmp_filter> && !can_set<kw::unix_stream::socket, option::icmp_filter>);
#endif

/// Whether the filter can be read; an emulator of another machine may not support it.
template <class Filter, class Socket>
bool tells_filter(const Socket& socket) {
    const auto now = socket.template get<Filter>();
    if (now || test::failure(now) != kw::errc::operation_not_supported) return true;
    test::skipped("the filter of protocol " + std::to_string(Socket::protocol::number), test::message_of(now.error()));
    return false;
}

/// Sent last, to mark the end: ICMP's filter never blocks it, ICMPv6's is set to pass it.
constexpr int last = 200;

/// The types that arrive, each once, when a host sends several to itself; the kernel also answers an echo request.
template <class Transport, class Message, class Filter>
std::string types_that_come(const typename Transport::endpoint& self, Filter filter) {
    filter.value.insert(static_cast<decltype(Message::type)>(last));
    const auto receiver = Transport::bind(self);
    const auto sender = Transport::connect(self);
    if (!receiver || !sender) return "skipped: raw sockets: " + test::message_of(receiver.error());
    must(receiver->set(filter));
    for (const int type : {0, 8, 14, 136, 129, last}) {
        std::array<std::byte, 8> room{};
        const Message message{static_cast<decltype(Message::type)>(type), 0, 0, {}};
        must(sender->send(message.write(room).value()));
    }
    std::set<int> came;
    while (!came.contains(last)) {
        std::array<std::byte, 200> room;
        std::span<const std::byte> packet = must(receiver->recv_from(room, 10s)).data;
        if constexpr (!Message::is_v6) packet = kw::ipv4_header::parse(packet).value().payload(packet);
        came.insert(static_cast<int>(Message::parse(packet).value().type));
    }
    std::string text;
    for (const int type : came) text += std::to_string(type) + ' ';
    return text;
}

}  // namespace

TEST_CASE("the native ICMPv6 filter equals what the system's macros build") {
    for (int type = 0; type < 256; ++type) {
        ::icmp6_filter native;
        ICMP6_FILTER_SETBLOCKALL(&native);
        ICMP6_FILTER_SETPASS(type, &native);
        const auto ours = option::icmpv6_filter::encode({static_cast<icmpv6_type>(type)}).value();
        CHECK(sizeof(ours) == sizeof(native));
        CHECK(std::memcmp(&ours, &native, sizeof(native)) == 0);
    }
    CHECK(option::icmpv6_filter::name == ICMP6_FILTER);
}

TEST_CASE("icmpv6_filter reads back as it was set") {
    test::with_socket<kw::icmp6>([](const auto& socket) {
        using types = types_of<option::icmpv6_filter>;
        if (!tells_filter<option::icmpv6_filter>(socket)) return;
        CHECK(must(socket.template get<option::icmpv6_filter>()) == types::all());
        for (const types& one : {types{}, types{icmpv6_type::echo_reply}, types::all(), ~types{icmpv6_type::redirect}})
            test::check_round_trip<option::icmpv6_filter>(socket, one);
    });
}

TEST_CASE("a raw ICMPv6 socket receives the types of its filter") {
    test::check_in_child([] {
        if (!test::enter_own_network()) return std::string("skipped: this user may not make network namespaces");
        const kw::icmp6::endpoint self(kw::ipv6_address::loopback(), 0);
        const auto with = [&](const types_of<option::icmpv6_filter>& types) {
            return types_that_come<kw::icmp6, kw::icmpv6_message>(self, option::icmpv6_filter{types});
        };
        auto all = with(types_of<option::icmpv6_filter>::all());
        if (all.starts_with("skipped")) return all;
        KEYWAY_CHILD_CHECK(all == "0 8 14 129 136 200 ");
        KEYWAY_CHILD_CHECK(with({}) == "200 ");
        KEYWAY_CHILD_CHECK(with({icmpv6_type::echo_reply}) == "129 200 ");
        KEYWAY_CHILD_CHECK(with({icmpv6_type::neighbor_advertisement, icmpv6_type::echo_reply}) == "129 136 200 ");
        KEYWAY_CHILD_CHECK(with(~types_of<option::icmpv6_filter>{icmpv6_type::echo_reply}) == "0 8 14 136 200 ");
        return std::string();
    });
}

#if KEYWAY_HAS_ICMP_FILTER
TEST_CASE("icmp_filter reads back as it was set") {
    test::with_socket<kw::icmp4>([](const auto& socket) {
        using types = types_of<option::icmp_filter>;
        if (!tells_filter<option::icmp_filter>(socket)) return;
        CHECK(must(socket.template get<option::icmp_filter>()) == types::all());
        for (const types& one : {types{}, types{icmp_type::echo_reply}, types::all(), ~types{icmp_type::redirect}})
            test::check_round_trip<option::icmp_filter>(socket, one);
    });
}

TEST_CASE("a raw ICMP socket receives the types of its filter, and always those above 31") {
    test::check_in_child([] {
        if (!test::enter_own_network()) return std::string("skipped: this user may not make network namespaces");
        const kw::icmp4::endpoint self(kw::ipv4_address::loopback(), 0);
        const auto with = [&](const types_of<option::icmp_filter>& types) {
            return types_that_come<kw::icmp4, kw::icmp_message>(self, option::icmp_filter{types});
        };
        auto all = with(types_of<option::icmp_filter>::all());
        if (all.starts_with("skipped")) return all;
        KEYWAY_CHILD_CHECK(with({}) == "129 136 200 ");
        KEYWAY_CHILD_CHECK(with({icmp_type::timestamp_reply}) == "14 129 136 200 ");
        KEYWAY_CHILD_CHECK(with({icmp_type::echo_reply, icmp_type::echo_request}) == "0 8 129 136 200 ");
        return std::string();
    });
}
#endif
