// SPDX-License-Identifier: BSL-1.0
// Each operation of the budget beside the C that a careful programmer would write for it: the same contract, the same
// answer. cost.py counts the instructions and system calls of each.
//     cost_probe NAME ROUNDS

#include <keyway/keyway.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace kw = keyway;

#define MEASURED extern "C" [[gnu::noinline]]

// C++ functions under the names by which callgrind is told to count them.
kw::result<std::size_t> kw_send(kw::tcp4::connection_view, std::span<const std::byte>) __asm__("kw_send");
kw::result<std::span<std::byte>> kw_recv(kw::tcp4::connection_view, std::span<std::byte>) __asm__("kw_recv");
kw::result<std::size_t> kw_send_to(kw::udp4::socket_view, std::span<const std::byte>,
                                   const kw::udp4::endpoint&) __asm__("kw_send_to");
kw::result<kw::message_from<std::span<std::byte>, kw::udp4::endpoint>> kw_recv_from(
    kw::udp4::socket_view, std::span<std::byte>) __asm__("kw_recv_from");

// What a careful programmer checks in C: interruption, SIGPIPE, and on a stream the empty buffer, for which recv(2)
// would wait; and answers with what happened, a count or an errno. Both sides return their answer by value.

struct c_count {
    std::size_t count_or_errno;
    bool is_count;
};

MEASURED c_count c_send(int socket, const void* data, std::size_t size) {
    ssize_t count;
    do {
        count = ::send(socket, data, size, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {static_cast<std::size_t>(errno), false};
    return {static_cast<std::size_t>(count), true};
}

[[gnu::noinline]] kw::result<std::size_t> kw_send(kw::tcp4::connection_view connection,
                                                  std::span<const std::byte> data) {
    return connection.send(data);
}

struct c_bytes {
    void* data;
    std::size_t size_or_errno;
    bool is_size;
};

MEASURED c_bytes c_recv(int socket, void* buffer, std::size_t size) {
    if (size == 0) return {buffer, 0, true};
    ssize_t count;
    do {
        count = ::recv(socket, buffer, size, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {nullptr, static_cast<std::size_t>(errno), false};
    return {buffer, static_cast<std::size_t>(count), true};
}

[[gnu::noinline]] kw::result<std::span<std::byte>> kw_recv(kw::tcp4::connection_view connection,
                                                           std::span<std::byte> buffer) {
    return connection.recv(buffer);
}

MEASURED c_count c_send_to(int socket, const void* data, std::size_t size, const sockaddr_in* to) {
    ssize_t count;
    do {
        count = ::sendto(socket, data, size, MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(to), sizeof(*to));
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {static_cast<std::size_t>(errno), false};
    return {static_cast<std::size_t>(count), true};
}

[[gnu::noinline]] kw::result<std::size_t> kw_send_to(kw::udp4::socket_view socket, std::span<const std::byte> data,
                                                     const kw::udp4::endpoint& to) {
    return socket.send_to(data, to);
}

struct c_message {
    void* data;
    std::size_t size;
    sockaddr_in sender;
    bool truncated;
    std::size_t length;
    bool is_message;
};

MEASURED c_message c_recv_from(int socket, void* buffer, std::size_t size) {
    sockaddr_in sender;
    socklen_t sender_size = sizeof(sender);
    ssize_t count;
    do {
        count = ::recvfrom(socket, buffer, size, MSG_TRUNC, reinterpret_cast<sockaddr*>(&sender), &sender_size);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {nullptr, 0, sockaddr_in(), false, static_cast<std::size_t>(errno), false};
    if (sender_size != sizeof(sender)) std::memset(&sender, 0, sizeof(sender));
    const auto length = static_cast<std::size_t>(count);
    const bool truncated = length > size;
    return {buffer, truncated ? size : length, sender, truncated, length, true};
}

[[gnu::noinline]] kw::result<kw::message_from<std::span<std::byte>, kw::udp4::endpoint>> kw_recv_from(
    kw::udp4::socket_view socket, std::span<std::byte> buffer) {
    return socket.recv_from(buffer);
}

namespace {

void require(bool held, const char* what) {
    if (held) return;
    std::fprintf(stderr, "cost_probe: %s\n", what);
    std::exit(2);
}

}  // namespace

int main(int count, char** arguments) {
    require(count == 3, "usage: cost_probe NAME ROUNDS");
    const std::string_view name = arguments[1];
    const int rounds = std::atoi(arguments[2]);

    auto listener = kw::tcp4::listen({kw::ipv4_address::loopback(), 0});
    require(listener.has_value(), "listen");
    auto near = kw::tcp4::connect(*listener->local_endpoint());
    require(near.has_value(), "connect");
    auto far = listener->accept();
    require(far.has_value(), "accept");
    auto socket = kw::udp4::bind({kw::ipv4_address::loopback(), 0});
    require(socket.has_value(), "bind");
    const auto self = *socket->local_endpoint();

    std::array<std::byte, 64> data{};
    const auto* to = static_cast<const sockaddr_in*>(self.data());
    const int reader = far->connection.native_handle();
    for (int i = 0; i < rounds; ++i) {
        std::size_t moved = 0;
        if (name == "c_send") {
            moved = c_send(near->native_handle(), data.data(), data.size()).count_or_errno;
        } else if (name == "kw_send") {
            moved = kw_send(*near, data).value_or(0);
        } else if (name == "c_send_to") {
            moved = c_send_to(socket->native_handle(), data.data(), data.size(), to).count_or_errno;
        } else if (name == "kw_send_to") {
            moved = kw_send_to(*socket, data, self).value_or(0);
        } else if (name == "c_recv" || name == "kw_recv") {
            require(near->send_all(data).has_value(), "fill");
            moved = name == "c_recv" ? c_recv(reader, data.data(), data.size()).size_or_errno
                                     : kw_recv(far->connection, data)->size();
        } else if (name == "c_recv_from") {
            require(socket->send_to(data, self).has_value(), "fill");
            const auto message = c_recv_from(socket->native_handle(), data.data(), data.size());
            require(message.sender.sin_port == to->sin_port && !message.truncated, "sender");
            moved = message.size;
        } else if (name == "kw_recv_from") {
            require(socket->send_to(data, self).has_value(), "fill");
            const auto message = kw_recv_from(*socket, data);
            require(message->sender == self && !message->truncated, "sender");
            moved = message->data.size();
        }
        require(moved == data.size(), "transfer");
        if (name.ends_with("send")) require(far->connection.recv_exact(data).has_value(), "drain");
        if (name.ends_with("send_to")) require(socket->recv_from(data).has_value(), "drain");
    }
}
