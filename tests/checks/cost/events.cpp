// SPDX-License-Identifier: BSL-1.0
// Waiting, connecting and serving beside careful C. Of most of these only the system calls are of interest.

#include "probe.hpp"

#include <keyway/event/poll.hpp>
#include <keyway/server/serve.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

// Each event and what it says.

struct seen {
    std::uint64_t tokens;
    unsigned readable;
};

static seen c_wait(int queue, std::array<epoll_event, 64>& events) {
    int count;
    do {
        count = ::epoll_wait(queue, events.data(), static_cast<int>(events.size()), -1);
    } while (count < 0 && errno == EINTR);
    seen sum{};
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        sum.tokens += event.data.u64;
        sum.readable += (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
    }
    return sum;
}
MEASURED seen c_poll(int queue, std::array<epoll_event, 64>& events) { return c_wait(queue, events); }
MEASURED seen c_poll_many(int queue, std::array<epoll_event, 64>& events) { return c_wait(queue, events); }

static seen kw_wait(kw::poll_set<>& set) {
    seen sum{};
    const auto events = set.wait();
    if (!events) return sum;
    for (const auto& event : *events) {
        sum.tokens += event.token;
        sum.readable += event.readable;
    }
    return sum;
}
MEASURED seen kw_poll(kw::poll_set<>& set) { return kw_wait(set); }
MEASURED seen kw_poll_many(kw::poll_set<>& set) { return kw_wait(set); }

namespace {

/// Datagram sockets with something to read, in a set of each kind. Their tokens are 1, 2, 3 and so on.
struct ready_sockets {
    std::vector<kw::udp4::socket> sockets;
    kw::poll_set<> set = must(kw::poll_set<>::open(), "open");
    kw::handle queue = kw::handle::adopt_unchecked(::epoll_create1(EPOLL_CLOEXEC));

    explicit ready_sockets(std::uint64_t count) {
        for (std::uint64_t token = 1; token <= count; ++token) {
            const auto& one = sockets.emplace_back(must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}), "bind"));
            require(one.send_to("x", *one.local_endpoint()).has_value(), "fill");
            require(set.add(one, kw::readable, token).has_value(), "add");
            epoll_event event{.events = EPOLLIN, .data = {.u64 = token}};
            require(::epoll_ctl(queue.native_handle(), EPOLL_CTL_ADD, one.native_handle(), &event) == 0, "epoll_ctl");
        }
    }
};

template <std::uint64_t Count>
ready_sockets& ready() {
    static ready_sockets made(Count);
    return made;
}

template <std::uint64_t Count>
void check(const seen& sum) {
    require(sum.readable == Count && sum.tokens == Count * (Count + 1) / 2, "events");
}
template <std::uint64_t Count, auto Wait>
void poll_c() {
    std::array<epoll_event, 64> events;
    check<Count>(Wait(ready<Count>().queue.native_handle(), events));
}
template <std::uint64_t Count, auto Wait>
void poll_kw() {
    check<Count>(Wait(ready<Count>().set));
}

// Nothing is ready.

void poll_idle_c() {
    epoll_event event;
    require(::epoll_wait(ready<0>().queue.native_handle(), &event, 1, 2) == 0, "idle");
}
void poll_idle_kw() { require(ready<0>().set.wait(2ms).error().limit_reached(), "idle"); }
void poll_at_once_c() {
    epoll_event event;
    require(::epoll_wait(ready<0>().queue.native_handle(), &event, 1, 0) == 0, "idle");
}
void poll_at_once_kw() { require(ready<0>().set.wait(0s).error().limit_reached(), "idle"); }

// Connections, made and closed. The other end is always the same C.

struct listening {
    kw::tcp4::listener listener = must(kw::tcp4::listen({kw::ipv4_address::loopback(), 0}), "listen");
    kw::tcp4::endpoint at = *listener.local_endpoint();
    const sockaddr* address = static_cast<const sockaddr*>(at.data());
};
const listening& server() {
    static const listening made;
    return made;
}

int open_c(int flags) { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, IPPROTO_TCP); }
void accept_one() { ::close(::accept4(server().listener.native_handle(), nullptr, nullptr, SOCK_CLOEXEC)); }

void connect_c() {
    const int socket = open_c(0);
    require(::connect(socket, server().address, sizeof(sockaddr_in)) == 0, "connect");
    ::close(socket);
    accept_one();
}
void connect_kw() {
    require(kw::tcp4::connect(server().at).has_value(), "connect");
    accept_one();
}

void connect_within_c() {
    const int socket = open_c(SOCK_NONBLOCK);
    require(::connect(socket, server().address, sizeof(sockaddr_in)) == 0 || errno == EINPROGRESS, "connect");
    pollfd one{socket, POLLOUT, 0};
    const timespec limit{5, 0};
    require(::ppoll(&one, 1, &limit, nullptr) == 1, "ppoll");
    int failure = 0;
    socklen_t size = sizeof(failure);
    require(::getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0, "getsockopt");
    sockaddr_in peer;
    size = sizeof(peer);
    require(::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0, "getpeername");
    require(::fcntl(socket, F_SETFL, 0) == 0, "fcntl");
    ::close(socket);
    accept_one();
}
void connect_within_kw() {
    require(kw::tcp4::connect(server().at, 5s).has_value(), "connect");
    accept_one();
}

template <auto Accept>
void accepted() {
    const int client = open_c(0);
    require(::connect(client, server().address, sizeof(sockaddr_in)) == 0, "connect");
    Accept();
    ::close(client);
}
template <int Flags>
void accept_c() {
    sockaddr_in peer;
    socklen_t size = sizeof(peer);
    const int listener = server().listener.native_handle();
    const int socket = ::accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | Flags);
    require(socket >= 0, "accept4");
    ::close(socket);
}
void accept_kw() { require(server().listener.accept().has_value(), "accept"); }
void accept_non_blocking_kw() { require(server().listener.accept_non_blocking().has_value(), "accept"); }

// A server with a thread for each of its connections, which come one after the other. The calls of the first thread, which
// is the client, do not count.
void serve_kw(int rounds) {
    const auto stop = must(kw::canceller::open(), "open");
    const auto listener = must(kw::tcp4::listen({kw::ipv4_address::loopback(), 0}), "listen");
    std::thread serving([&] {
        const auto echo = [](kw::tcp4::connection_view client) {
            std::array<std::byte, 64> data;
            const auto some = client.recv(data);
            require(some && client.send_all(*some), "echo");
        };
        static_cast<void>(kw::serve(listener, echo, {.handlers = 64, .until = stop}));
    });
    for (int i = 0; i < rounds; ++i) {
        auto connection = must(kw::tcp4::connect(*listener.local_endpoint()), "connect");
        std::array<std::byte, 8> data{};
        require(connection.send_all(data).has_value() && connection.recv_exact(data).has_value(), "echo");
        require(connection.recv(data)->empty(), "end");
    }
    require(stop.cancel().has_value(), "cancel");
    serving.join();
}

constexpr operation operations[] = {
    {"c_poll", repeat<poll_c<1, c_poll>>},
    {"kw_poll", repeat<poll_kw<1, kw_poll>>},
    {"c_poll_many", repeat<poll_c<51, c_poll_many>>},
    {"kw_poll_many", repeat<poll_kw<51, kw_poll_many>>},
    {"c_poll_idle", repeat<poll_idle_c>},
    {"kw_poll_idle", repeat<poll_idle_kw>},
    {"c_poll_at_once", repeat<poll_at_once_c>},
    {"kw_poll_at_once", repeat<poll_at_once_kw>},
    {"c_connect", repeat<connect_c>},
    {"kw_connect", repeat<connect_kw>},
    {"c_connect_within", repeat<connect_within_c>},
    {"kw_connect_within", repeat<connect_within_kw>},
    {"c_accept", repeat<accepted<accept_c<0>>>},
    {"kw_accept", repeat<accepted<accept_kw>>},
    {"c_accept_non_blocking", repeat<accepted<accept_c<SOCK_NONBLOCK>>>},
    {"kw_accept_non_blocking", repeat<accepted<accept_non_blocking_kw>>},
    {"kw_serve", serve_kw},
};

}  // namespace

int main(int count, char** arguments) { return run(operations, count, arguments); }
