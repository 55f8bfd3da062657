// SPDX-License-Identifier: BSL-1.0
// Stream connections: requests and answers, bulk, and connections that are made and closed.

#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "libraries/library.hpp"

namespace bench {
namespace {

constexpr std::size_t message_size = 64;
constexpr std::size_t block_size = 65536;
constexpr std::size_t blocks = 16;

template <class Library>
auto tcp_pair() {
    typename Library::listener listener;
    auto client = Library::connect(listener.port);
    return std::pair(std::move(client), listener.accept());
}

/// One thread plays both ends, so that nothing but the calls is measured.
template <class Ends>
void ping_pong_in_one_thread(State& state, Ends ends) {
    bytes message(message_size);
    for (auto _ : state) {
        if (ends.first.send(message) && ends.second.recv(message) && ends.second.send(message) &&
            ends.first.recv(message))
            continue;
        state.SkipWithError("the message did not arrive");
        break;
    }
    count_items(state, 1);
}

enum class receiving { sleeps, spins };

template <receiving How, class Stream>
bool recv(Stream& stream, bytes& message) {
    if constexpr (How == receiving::spins) return stream.recv_spinning(message);
    else return stream.recv(message);
}

/// The other end is a thread, on this CPU or another one.
template <receiving How, class Ends>
void ping_pong_of_threads(State& state, Ends ends, int peer_cpu) {
    std::optional client(std::move(ends.first));
    std::thread peer([&] {
        stay_on(peer_cpu);
        bytes message(message_size);
        while (recv<How>(ends.second, message) && ends.second.send(message)) {}
    });
    bytes message(message_size);
    for (auto _ : state) {
        if (client->send(message) && recv<How>(*client, message)) continue;
        state.SkipWithError("the message did not come back");
        break;
    }
    client.reset();  // the end of the stream ends the peer
    peer.join();
    count_items(state, 1);
}

/// 1 MiB in blocks of 64 KiB, and a byte in return.
template <class Ends>
void bulk(State& state, Ends ends) {
    std::optional client(std::move(ends.first));
    std::thread peer([&] {
        bytes block(block_size);
        for (;;) {
            for (std::size_t i = 0; i < blocks; ++i)
                if (!ends.second.recv(block)) return;
            if (!ends.second.send(std::span(block).first(1))) return;
        }
    });
    bytes block(block_size);
    for (auto _ : state) {
        bool sent = true;
        for (std::size_t i = 0; i < blocks; ++i) sent = sent && client->send(block);
        if (sent && client->recv(std::span(block).first(1))) continue;
        state.SkipWithError("a block did not arrive");
        break;
    }
    client.reset();
    peer.join();
    count_bytes(state, block_size * blocks);
}

template <class Library>
void connect_accept_close(State& state) {
    typename Library::listener listener;
    for (auto _ : state) {
        auto client = Library::connect(listener.port);
        auto server = listener.accept();
        benchmark::DoNotOptimize(client);
        benchmark::DoNotOptimize(server);
    }
    count_items(state, 1);
}

template <class MakePair>
void add_with(const std::string& what, MakePair make) {
    const int here = all_cpus.back();
    add(what + " ping-pong, 64 B: one thread", [=](State& state) { ping_pong_in_one_thread(state, make()); });
    add(what + " ping-pong, 64 B: two threads on one CPU",
        [=](State& state) { ping_pong_of_threads<receiving::sleeps>(state, make(), here); });
    if (all_cpus.size() > 1) {
        add(
            what + " ping-pong, 64 B, two CPUs: sleeping",
            [=](State& state) { ping_pong_of_threads<receiving::sleeps>(state, make(), all_cpus.front()); },
            clock::real);
        if constexpr (requires { make().first.recv_spinning({}); })
            add(
                what + " ping-pong, 64 B, two CPUs: spinning first",
                [=](State& state) { ping_pong_of_threads<receiving::spins>(state, make(), all_cpus.front()); },
                clock::real);
    }
    add(what + " bulk, 64 KiB: two threads on one CPU", [=](State& state) { bulk(state, make()); });
}

template <class Library>
void add_all() {
    if constexpr (requires { typename Library::stream; }) {
        add_with("TCP", tcp_pair<Library>);
        if constexpr (requires { Library::unix_pair(); }) add_with("AF_UNIX", Library::unix_pair);
        add("TCP: connect, accept, close", connect_accept_close<Library>);
    }
}

}  // namespace

void add_streams() { add_all<library>(); }

}  // namespace bench
