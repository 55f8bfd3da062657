// SPDX-License-Identifier: BSL-1.0
// Servers of short connections: 16 clients at once connect, send 64 bytes, get them back and close. The clients are
// plain C; the server is the one that the library has, and a thread for each connection where it has none.

#include <deque>
#include <span>

#include "libraries/c.hpp"
#include "libraries/library.hpp"

namespace bench {
namespace {

constexpr std::size_t message_size = 64;
constexpr std::size_t clients = 16;

template <class Library>
void serve(State& state) {
    typename Library::server server([](auto& client) {
        bytes message(message_size);
        while (client.recv(message) && client.send(message)) {}
    });
    bytes message(message_size);
    for (auto _ : state) {
        std::deque<c_library::stream> all;
        for (std::size_t i = 0; i < clients; ++i) {
            all.push_back(c_library::connect(server.port()));
            if (!all.back().send(message)) fail("send");
        }
        for (c_library::stream& one : all)
            if (!one.recv(message)) fail("recv");
    }
    count_items(state, clients);
}

template <class Library>
void add_all() {
    if constexpr (requires { typename Library::server; }) add("Server: 16 short connections at once", serve<Library>);
}

}  // namespace

void add_servers() { add_all<library>(); }

}  // namespace bench
