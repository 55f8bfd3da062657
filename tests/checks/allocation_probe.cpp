// SPDX-License-Identifier: BSL-1.0
// Everything between open and close, with every call of malloc counted: there must be none.

#include <keyway/client/resolve.hpp>
#include <keyway/keyway.hpp>
#include <keyway/link/interface.hpp>
#include <keyway/message/batch.hpp>
#include <keyway/message/control/ip.hpp>
#include <keyway/message/control/packet_info.hpp>
#include <keyway/message/descriptors.hpp>
#include <keyway/message/message.hpp>
#include <keyway/message/segment.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

extern "C" void* __libc_malloc(std::size_t);

namespace {
long allocations = 0;
}

// Takes the place of libc's, and so stands below operator new too.
extern "C" void* malloc(std::size_t size) noexcept {
    ++allocations;
    return __libc_malloc(size);
}

namespace kw = keyway;
using namespace std::chrono_literals;

namespace {

void require(bool held, const char* what) {
    if (held) return;
    std::fprintf(stderr, "allocation_probe: %s\n", what);
    std::exit(2);
}

template <class Connection>
void exercise_stream(Connection& near, Connection& far) {
    std::array<std::byte, 64> data{};
    std::array<std::byte, 32> half{};
    require(near.send(data) && far.peek(data) && far.recv_exact(data), "send, peek, recv_exact");
    require(near.send_all(kw::gather(half, half)) && far.recv_exact(kw::scatter(half, half)), "gather, scatter");
    require(near.send(kw::gather(half, half)) && far.recv(kw::scatter(half, half)), "one gathered call");
    require(near.peer_endpoint() && near.local_endpoint(), "endpoints");
    require(near.shutdown_send() && far.recv(data)->empty(), "shutdown");
}

template <class Transport>
void exercise_datagrams(const typename Transport::endpoint& at) {
    std::array<std::byte, 64> data{};
    std::array<std::byte, 32> half{};
    auto server = Transport::bind(at);
    require(server.has_value(), "bind");
    const auto chosen = server->local_endpoint();
    auto client = Transport::socket::open_for(at);
    require(client && client->send_to(data, *chosen) && server->peek_from(half)->truncated, "send_to, peek_from");
    require(server->recv_from(data).has_value(), "recv_from");
    require(client->send_to(kw::gather(half, half), *chosen) && server->recv_from(kw::scatter(half, half)), "gathered");
    auto connected = std::move(*client).connect(*chosen);
    require(connected && connected->send(data) && server->recv_from(data), "connected");
}

/// What goes beside the data, batches and segments.
void exercise_messages() {
    const auto server = kw::udp4::bind({kw::ipv4_address::loopback(), 0});
    const auto client = kw::udp4::bind({kw::ipv4_address::loopback(), 0});
    require(server && client, "bind");
    const auto to = *server->local_endpoint();
    std::array<std::byte, 4096> data{};
    kw::control::buffer<kw::control::packet_info, kw::control::hop_limit> extra;
    require(extra.request(*server).has_value(), "request");
    require(kw::send_message(*client, data, kw::control::list{kw::control::hop_limit{9}}, to) &&
                kw::recv_message(*server, data, extra) && extra.get<kw::control::packet_info>(),
            "messages");

    std::array<kw::outgoing_message_to<kw::udp4::endpoint>, 70> out;
    for (auto& one : out) one = {"message", to};
    std::array<kw::message_slot_from<kw::udp4::endpoint>, 70> in;
    for (auto& one : in) one.buffer = data;
    require(kw::send_batch(*client, out) && kw::recv_batch(*server, in), "batches");
    while (kw::recv_batch(*server, in, 0s)) {}

    kw::segment_sender sender(*client);
    require(sender.send(data, 100, to).has_value() && kw::recv_segments(*server, data), "segments");

    const auto ends = kw::unix_stream::pair();
    require(ends && kw::send_descriptors((*ends)[0], "x", *server) && kw::recv_descriptors<1>((*ends)[1], data),
            "descriptors");
}

/// The system's calls allocate their lists; going through them, nobody does.
long allocations_of_lists() {
    const auto interfaces = kw::interfaces();
    const auto endpoints = kw::resolve<kw::ipv4>("127.0.0.1", 80, 5s, {.canonical_name = true});
    require(interfaces && endpoints, "interfaces, endpoints");
    const long before = allocations;
    unsigned found = 0;
    for (const auto& each : *interfaces)
        for (const auto& [address, prefix_length] : each.addresses())
            found += address.is_v4() && prefix_length <= 32 && each.index() != 0 && each.name().size() > 0;
    for (const auto& each : *endpoints) found += each.port();
    require(found > 80 && !endpoints->canonical_name().empty(), "addresses of interfaces and hosts");
    require(!kw::resolve<kw::ip>("no host", 80), "a host that cannot be");
    require(kw::parse_zoned<kw::ipv6_address>("fe80::1%lo").has_value(), "a zone");
    return allocations - before;
}

}  // namespace

int main() {
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    void* volatile one = std::malloc(1);
    std::free(one);
    require(allocations > 0, "the counter counts nothing");
    const long before = allocations;

    auto listener = kw::tcp::listen({kw::ipv6_address::loopback(), 0}, {.dual_stack = true});
    require(listener.has_value(), "listen");
    auto near = kw::tcp::connect(*listener->local_endpoint());
    auto next = listener->accept();
    require(near && next, "connect, accept");
    require(near->set(kw::option::no_delay{}) && near->get<kw::option::receive_buffer>(), "options");
    exercise_stream(*near, next->connection);
    require(near->close().has_value(), "close");

    auto ends = kw::unix_stream::pair();
    require(ends.has_value(), "pair");
    exercise_stream((*ends)[0], (*ends)[1]);
    exercise_datagrams<kw::udp>({kw::ipv4_address::loopback(), 0});
    exercise_datagrams<kw::udp6>({kw::ipv6_address::loopback(), 0});
    exercise_datagrams<kw::unix_datagram>(kw::endpoint<kw::unix_domain>::autobind());

    exercise_messages();

    const auto refused = kw::tcp::connect({kw::ipv4_address::loopback(), 1});
    require(!refused && refused.error().message().size() > 0, "an error and its message");

    const long during = allocations - before + allocations_of_lists();
    std::printf("%ld allocations\n", during);
    return during == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
