// SPDX-License-Identifier: BSL-1.0
// Each operation of the budget beside the C that a careful programmer would write for it: the same contract, the same
// answer. cost.py counts the instructions and system calls of each.
//     cost_probe NAME ROUNDS

#include <keyway/event/poll.hpp>
#include <keyway/keyway.hpp>

#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace kw = keyway;
using namespace std::chrono_literals;

#define MEASURED extern "C" [[gnu::noinline]]

// C++ functions under the names by which callgrind is told to count them.
kw::result<std::size_t> kw_send(kw::tcp4::connection_view, std::span<const std::byte>) __asm__("kw_send");
kw::result<std::span<std::byte>> kw_recv(kw::tcp4::connection_view, std::span<std::byte>) __asm__("kw_recv");
kw::result<std::size_t> kw_send_to(kw::udp4::socket_view, std::span<const std::byte>,
                                   const kw::udp4::endpoint&) __asm__("kw_send_to");
kw::result<kw::message_from<std::span<std::byte>, kw::udp4::endpoint>> kw_recv_from(
    kw::udp4::socket_view, std::span<std::byte>) __asm__("kw_recv_from");
kw::result<std::span<std::byte>> kw_recv_within(kw::tcp4::connection_view,
                                                std::span<std::byte>) __asm__("kw_recv_within");
kw::result<std::span<std::byte>> kw_recv_at_once(kw::tcp4::connection_view,
                                                 std::span<std::byte>) __asm__("kw_recv_at_once");
kw::result<std::span<const kw::poll_event<std::uintptr_t>>> kw_poll(kw::poll_set<>&) __asm__("kw_poll");
kw::result<std::span<const kw::poll_event<std::uintptr_t>>> kw_poll_many(kw::poll_set<>&) __asm__("kw_poll_many");

// What a careful programmer checks in C: interruption, SIGPIPE, and on a stream the empty buffer, for which recv(2)
// would wait; and answers with what happened, a count or an errno. Both sides return their answer by value.

constexpr std::uint64_t many_events = 51;  // cost.py knows it

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

// With a limit: an attempt, and poll(2) only if it would have blocked.

MEASURED c_bytes c_recv_within(int socket, void* buffer, std::size_t size) {
    if (size == 0) return {buffer, 0, true};
    for (;;) {
        const ssize_t count = ::recv(socket, buffer, size, MSG_DONTWAIT);
        if (count >= 0) return {buffer, static_cast<std::size_t>(count), true};
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return {nullptr, static_cast<std::size_t>(errno), false};
        pollfd one{socket, POLLIN, 0};
        if (::poll(&one, 1, 5000) == 0) return {nullptr, ETIMEDOUT, false};
    }
}

[[gnu::noinline]] kw::result<std::span<std::byte>> kw_recv_within(kw::tcp4::connection_view connection,
                                                                  std::span<std::byte> buffer) {
    return connection.recv(buffer, 5s);
}

MEASURED c_bytes c_recv_at_once(int socket, void* buffer, std::size_t size) {
    if (size == 0) return {buffer, 0, true};
    ssize_t count;
    do {
        count = ::recv(socket, buffer, size, MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {nullptr, static_cast<std::size_t>(errno), false};
    return {buffer, static_cast<std::size_t>(count), true};
}

[[gnu::noinline]] kw::result<std::span<std::byte>> kw_recv_at_once(kw::tcp4::connection_view connection,
                                                                   std::span<std::byte> buffer) {
    return connection.recv(buffer, 0s);
}

// Waiting for a set: C leaves the events as the kernel reports them.

static std::uint64_t c_wait(int queue, std::array<epoll_event, 64>& events) {
    int count;
    do {
        count = ::epoll_wait(queue, events.data(), static_cast<int>(events.size()), -1);
    } while (count < 0 && errno == EINTR);
    return count < 0 ? 0 : static_cast<std::uint64_t>(count);
}
MEASURED std::uint64_t c_poll(int queue, std::array<epoll_event, 64>& events) { return c_wait(queue, events); }
MEASURED std::uint64_t c_poll_many(int queue, std::array<epoll_event, 64>& events) { return c_wait(queue, events); }

using poll_result = kw::result<std::span<const kw::poll_event<std::uintptr_t>>>;
[[gnu::noinline]] poll_result kw_poll(kw::poll_set<>& set) { return set.wait(); }
[[gnu::noinline]] poll_result kw_poll_many(kw::poll_set<>& set) { return set.wait(); }

// Nothing is ready.
MEASURED int c_poll_idle(int queue) {
    epoll_event event;
    return ::epoll_wait(queue, &event, 1, 2);
}
[[gnu::noinline]] poll_result kw_poll_idle(kw::poll_set<>& set) { return set.wait(2ms); }

namespace {

/// Datagram sockets with something to read, in a set of each kind.
struct ready_sockets {
    std::vector<kw::udp4::socket> sockets;
    kw::poll_set<> set;
    kw::handle queue;
};

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

    ready_sockets ready;
    if (name.find("poll") != name.npos) {
        ready.set = *kw::poll_set<>::open();
        ready.queue = kw::handle::adopt_unchecked(::epoll_create1(EPOLL_CLOEXEC));
        const std::uint64_t sockets = name.ends_with("idle") ? 0 : name.ends_with("many") ? many_events : 1;
        for (std::uint64_t i = 1; i <= sockets; ++i) {
            const kw::udp4::socket& one =
                ready.sockets.emplace_back(*kw::udp4::bind({kw::ipv4_address::loopback(), 0}));
            require(one.send_to("x", *one.local_endpoint()).has_value(), "fill");
            require(ready.set.add(one, kw::readable, i).has_value(), "add");
            epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
            require(::epoll_ctl(ready.queue.native_handle(), EPOLL_CTL_ADD, one.native_handle(), &event) == 0,
                    "epoll_ctl");
        }
    }

    std::array<std::byte, 64> data{};
    const auto* to = static_cast<const sockaddr_in*>(self.data());
    const int reader = far->connection.native_handle();
    for (int i = 0; i < rounds; ++i) {
        if (name == "c_recv_at_once") {
            require(c_recv_at_once(reader, data.data(), data.size()).size_or_errno == EAGAIN, "would block");
            continue;
        }
        if (name == "kw_recv_at_once") {
            require(kw_recv_at_once(far->connection, data).error().limit_reached(), "limit");
            continue;
        }
        if (name.ends_with("poll_idle")) {
            const int queue = ready.queue.native_handle();
            const bool idle = name == "c_poll_idle" ? c_poll_idle(queue) == 0 : !kw_poll_idle(ready.set);
            require(idle, "idle");
            continue;
        }
        if (name.find("poll") != name.npos) {
            const int queue = ready.queue.native_handle();
            std::array<epoll_event, 64> events;
            const std::uint64_t count = name == "c_poll"        ? c_poll(queue, events)
                                        : name == "c_poll_many" ? c_poll_many(queue, events)
                                        : name == "kw_poll"     ? kw_poll(ready.set)->size()
                                                                : kw_poll_many(ready.set)->size();
            require(count == ready.sockets.size(), "events");
            continue;
        }
        std::size_t moved = 0;
        if (name == "c_send") {
            moved = c_send(near->native_handle(), data.data(), data.size()).count_or_errno;
        } else if (name == "kw_send") {
            moved = kw_send(*near, data).value_or(0);
        } else if (name == "c_send_to") {
            moved = c_send_to(socket->native_handle(), data.data(), data.size(), to).count_or_errno;
        } else if (name == "kw_send_to") {
            moved = kw_send_to(*socket, data, self).value_or(0);
        } else if (name.ends_with("_recv") || name.ends_with("_recv_within")) {
            require(near->send_all(data).has_value(), "fill");
            moved = name == "c_recv"           ? c_recv(reader, data.data(), data.size()).size_or_errno
                    : name == "c_recv_within"  ? c_recv_within(reader, data.data(), data.size()).size_or_errno
                    : name == "kw_recv_within" ? kw_recv_within(far->connection, data)->size()
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
