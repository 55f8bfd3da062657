// SPDX-License-Identifier: BSL-1.0
// Calls as they stand in a program, inlined into its loop, beside bare C: no truncation flag, no repetition after a
// signal.

#include "probe.hpp"

#include <keyway/event/poll.hpp>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <vector>

namespace {

using buffer = decltype(sockets::data);

}  // namespace

MEASURED bool c_loop_send(int socket, const buffer& data, int rounds) {
    for (int i = 0; i < rounds; ++i)
        if (::send(socket, data.data(), data.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(data.size())) return false;
    return true;
}
MEASURED bool kw_loop_send(kw::tcp4::connection_view connection, const buffer& data, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        const auto sent = connection.send(data);
        if (!sent || *sent != data.size()) return false;
    }
    return true;
}

MEASURED std::size_t c_loop_recv(int socket, buffer& data, int rounds) {
    std::size_t received = 0;
    for (int i = 0; i < rounds; ++i) {
        const ssize_t count = ::recv(socket, data.data(), data.size(), 0);
        if (count < 0) return 0;
        received += static_cast<std::size_t>(count);
    }
    return received;
}
MEASURED std::size_t kw_loop_recv(kw::tcp4::connection_view connection, buffer& data, int rounds) {
    std::size_t received = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto some = connection.recv(data);
        if (!some) return 0;
        received += some->size();
    }
    return received;
}

MEASURED bool c_loop_send_to(int socket, const buffer& data, const sockaddr_in& to, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        const auto* address = reinterpret_cast<const sockaddr*>(&to);
        if (::sendto(socket, data.data(), data.size(), MSG_NOSIGNAL, address, sizeof(to)) !=
            static_cast<ssize_t>(data.size()))
            return false;
    }
    return true;
}
MEASURED bool kw_loop_send_to(kw::udp4::socket_view socket, const buffer& data, const kw::udp4::endpoint& to,
                              int rounds) {
    for (int i = 0; i < rounds; ++i) {
        const auto sent = socket.send_to(data, to);
        if (!sent || *sent != data.size()) return false;
    }
    return true;
}

MEASURED std::size_t c_loop_recv_from(int socket, buffer& data, int rounds) {
    std::size_t received = 0;
    for (int i = 0; i < rounds; ++i) {
        sockaddr_in sender;
        socklen_t length = sizeof(sender);
        const ssize_t count =
            ::recvfrom(socket, data.data(), data.size(), 0, reinterpret_cast<sockaddr*>(&sender), &length);
        if (count < 0 || sender.sin_port == 0) return 0;
        received += static_cast<std::size_t>(count);
    }
    return received;
}
MEASURED std::size_t kw_loop_recv_from(kw::udp4::socket_view socket, buffer& data, int rounds) {
    std::size_t received = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto message = socket.recv_from(data);
        if (!message || message->sender.port() == 0) return 0;
        received += message->data.size();
    }
    return received;
}

// A server that echoes what it gets, on as many connections as are ready at once. One round answers each of them.

constexpr std::size_t connections = 10;

MEASURED std::size_t c_loop_echo(int queue, buffer& data) {
    std::array<epoll_event, 64> events;
    const int ready = ::epoll_wait(queue, events.data(), static_cast<int>(events.size()), -1);
    std::size_t answered = 0;
    for (int i = 0; i < ready; ++i) {
        const int socket = events[static_cast<std::size_t>(i)].data.fd;
        const ssize_t count = ::recv(socket, data.data(), data.size(), 0);
        if (count <= 0) continue;
        if (::send(socket, data.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) >= 0) ++answered;
    }
    return answered;
}
MEASURED std::size_t kw_loop_echo(kw::poll_set<std::uint32_t>& set, std::span<const kw::tcp4::connection> all,
                                  buffer& data) {
    const auto events = set.wait();
    if (!events) return 0;
    std::size_t answered = 0;
    for (const auto& event : *events) {
        const auto& connection = all[event.token];
        const auto some = connection.recv(data);
        if (!some || some->empty()) continue;
        if (connection.send(*some)) ++answered;
    }
    return answered;
}

namespace {

struct echo_server {
    std::vector<kw::tcp4::connection> clients;
    std::vector<kw::tcp4::connection> served;
    kw::poll_set<std::uint32_t> set = must(kw::poll_set<std::uint32_t>::open(), "open");
    kw::handle queue = kw::handle::adopt_unchecked(::epoll_create1(EPOLL_CLOEXEC));
    buffer data{};

    echo_server() {
        const auto listener = must(kw::tcp4::listen({kw::ipv4_address::loopback(), 0}), "listen");
        for (std::uint32_t i = 0; i < connections; ++i) {
            clients.push_back(must(kw::tcp4::connect(*listener.local_endpoint()), "connect"));
            served.push_back(std::move(must(listener.accept(), "accept").connection));
            require(set.add(served.back(), kw::readable, i).has_value(), "add");
            const int socket = served.back().native_handle();
            epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
            require(::epoll_ctl(queue.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0, "epoll_ctl");
        }
    }
};

/// Each round of `serve` answers all the clients.
template <class Serve>
void echo(int rounds, Serve serve) {
    static echo_server server;
    for (int i = 0; i < rounds; ++i) {
        for (const auto& client : server.clients) require(client.send_all(server.data).has_value(), "send");
        require(serve(server) == connections, "echo");
        for (const auto& client : server.clients) require(client.recv_exact(server.data).has_value(), "recv");
    }
}

sockets filled(int messages) {
    sockets made;
    for (int i = 0; i < messages; ++i) {
        require(made.near.send_all(made.data).has_value(), "fill");
        require(made.udp.send_to(made.data, made.self).has_value(), "fill");
    }
    return made;
}
std::size_t bytes(int messages) { return static_cast<std::size_t>(messages) * buffer().size(); }
const sockaddr_in& native(const kw::udp4::endpoint& e) { return *static_cast<const sockaddr_in*>(e.data()); }

void send_c(int rounds) {
    sockets made;
    require(c_loop_send(made.near.native_handle(), made.data, rounds), "send");
}
void send_kw(int rounds) {
    sockets made;
    require(kw_loop_send(made.near, made.data, rounds), "send");
}
void recv_c(int rounds) {
    auto made = filled(rounds);
    require(c_loop_recv(made.far.native_handle(), made.data, rounds) == bytes(rounds), "recv");
}
void recv_kw(int rounds) {
    auto made = filled(rounds);
    require(kw_loop_recv(made.far, made.data, rounds) == bytes(rounds), "recv");
}
void send_to_c(int rounds) {
    sockets made;
    require(c_loop_send_to(made.udp.native_handle(), made.data, native(made.self), rounds), "send");
}
void send_to_kw(int rounds) {
    sockets made;
    require(kw_loop_send_to(made.udp, made.data, made.self, rounds), "send");
}
void recv_from_c(int rounds) {
    auto made = filled(rounds);
    require(c_loop_recv_from(made.udp.native_handle(), made.data, rounds) == bytes(rounds), "recv");
}
void recv_from_kw(int rounds) {
    auto made = filled(rounds);
    require(kw_loop_recv_from(made.udp, made.data, rounds) == bytes(rounds), "recv");
}
void echo_c(int rounds) {
    echo(rounds, [](echo_server& server) { return c_loop_echo(server.queue.native_handle(), server.data); });
}
void echo_kw(int rounds) {
    echo(rounds, [](echo_server& server) { return kw_loop_echo(server.set, server.served, server.data); });
}

constexpr operation operations[] = {
    {"c_loop_send", send_c},           {"kw_loop_send", send_kw},           {"c_loop_recv", recv_c},
    {"kw_loop_recv", recv_kw},         {"c_loop_send_to", send_to_c},       {"kw_loop_send_to", send_to_kw},
    {"c_loop_recv_from", recv_from_c}, {"kw_loop_recv_from", recv_from_kw}, {"c_loop_echo", echo_c},
    {"kw_loop_echo", echo_kw},
};

}  // namespace

int main(int count, char** arguments) { return run(operations, count, arguments); }
