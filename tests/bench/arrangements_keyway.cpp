// SPDX-License-Identifier: BSL-1.0
// The arrangements in keyway.

#include "arrangements.hpp"

#include <cstdint>
#include <vector>

#include <keyway/message/batch.hpp>
#include <keyway/message/segment.hpp>
#include <keyway/transport.hpp>

namespace bench {
namespace {

namespace kw = keyway;
using kw::udp4;
using items = kw::control::list<kw::control::segment_size>;
using item_space = kw::control::buffer<kw::control::segment_size>;

items segment_size(std::size_t size) { return items{kw::control::segment_size{static_cast<std::uint16_t>(size)}}; }

udp4::socket bound() { return must(udp4::bind({kw::ipv4_address::loopback(), 0})); }

std::size_t consume_all(const kw::segments<std::byte>& datagrams) {
    std::size_t total = 0;
    for (const auto one : datagrams) total += consume(one.data(), one.size());
    return total;
}

std::size_t consume_joined(std::span<std::byte> data, const item_space& space) {
    const auto joined = space.get<kw::control::segment_size>();
    return consume_all({data, joined ? joined->value : data.size()});
}

struct unconnected_sockets : traffic {
    explicit unconnected_sockets(const shape& s) : traffic(s) { prepare_receiver(to.native_handle()); }

    udp4::socket from = bound();
    udp4::socket to = bound();
    udp4::endpoint peer = must(to.local_endpoint());
};

struct connected_sockets : traffic {
    explicit connected_sockets(const shape& s) : traffic(s) { prepare_receiver(to.native_handle()); }

    udp4::socket first = bound();
    udp4::socket second = bound();
    udp4::endpoint first_at = must(first.local_endpoint());
    udp4::endpoint second_at = must(second.local_endpoint());
    udp4::connection from = must(std::move(first).connect(second_at));
    udp4::connection to = must(std::move(second).connect(first_at));
};

struct connected : connected_sockets {
    using connected_sockets::connected_sockets;

    bool send() { return from.send(data).has_value(); }
    std::size_t recv() {
        const auto got = to.recv(storage);
        return got && !got->truncated ? consume(got->data.data(), got->data.size()) : 0;
    }
};

struct segments : unconnected_sockets {
    explicit segments(const shape& s) : unconnected_sockets(s) { must(join_segments(to)); }

    bool send() { return sender.send(data, size, peer).has_value(); }
    std::size_t recv() {
        const auto got = recv_segments(to, storage);
        return got && !got->truncated ? consume_all(got->data) : 0;
    }

    kw::segment_sender<udp4::socket> sender{from};
};

struct connected_segments : connected_sockets {
    explicit connected_segments(const shape& s) : connected_sockets(s) { must(join_segments(to)); }

    bool send() { return sender.send(data, size).has_value(); }
    std::size_t recv() {
        const auto got = recv_segments(to, storage);
        return got && !got->truncated ? consume_all(got->data) : 0;
    }

    kw::segment_sender<udp4::connection> sender{from};
};

template <bool Joined, class Sockets>
struct batch : Sockets {
    explicit batch(const shape& s) : Sockets(s), received(s.buffers), spaces(s.buffers) {
        for (std::size_t i = 0; i < s.buffers; ++i) {
            const auto sent_items = Joined ? list.bytes() : std::span<const std::byte>();
            if constexpr (unconnected) sent.push_back({this->outgoing(i), this->peer, sent_items});
            else sent.push_back({this->outgoing(i), sent_items});
            received[i].buffer = this->incoming(i);
            if constexpr (Joined) received[i].items = &spaces[i];
        }
        if constexpr (Joined) must(item_space::request(this->to));
    }

    bool send() { return send_batch(this->from, sent).has_value(); }
    std::size_t recv() {
        const auto count = recv_batch(this->to, received);
        std::size_t total = 0;
        for (std::size_t i = 0; i < count.value_or(0); ++i) {
            const auto& one = received[i];
            if (one.truncated) continue;
            if constexpr (Joined) total += consume_joined(one.data, spaces[i]);
            else total += consume(one.data.data(), one.data.size());
        }
        return total;
    }

    static constexpr bool unconnected = std::same_as<Sockets, unconnected_sockets>;
    using outgoing_type =
        std::conditional_t<unconnected, kw::outgoing_message_to<udp4::endpoint>, kw::outgoing_message>;
    using slot_type = std::conditional_t<unconnected, kw::message_slot_from<udp4::endpoint>, kw::message_slot>;

    items list = segment_size(this->size);
    std::vector<outgoing_type> sent;
    std::vector<slot_type> received;
    std::vector<item_space> spaces;
};

}  // namespace

void add_arrangements() {
    add_ways<connected, batch<false, unconnected_sockets>, segments, connected_segments,
             batch<true, unconnected_sockets>, batch<true, connected_sockets>>();
}

}  // namespace bench
