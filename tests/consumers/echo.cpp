// SPDX-License-Identifier: BSL-1.0
// What a program that uses keyway looks like from outside: one include, and an echo over TCP, both ends in one thread.

#include <keyway/keyway.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>

namespace kw = keyway;

kw::result<bool> echo() {
    auto listener = kw::tcp::listen({kw::ipv4_address::loopback(), 0});
    if (!listener) return kw::failure(listener);
    const auto chosen = listener->local_endpoint();
    if (!chosen) return kw::failure(chosen);
    const kw::deadline until = std::chrono::seconds(20);
    auto client = kw::tcp::connect(*chosen, until);
    if (!client) return kw::failure(client);
    auto accepted = listener->accept(until);
    if (!accepted) return kw::failure(accepted);
    auto& [server, peer] = *accepted;

    std::array<std::byte, 5> question, answer;
    if (auto sent = client->send_all("hello", until); !sent) return kw::failure(sent);
    if (auto got = server.recv_exact(question, until); !got) return kw::failure(got);
    if (auto sent = server.send_all(question, until); !sent) return kw::failure(sent);
    if (auto got = client->recv_exact(answer, until); !got) return kw::failure(got);
    return kw::as_text(answer) == "hello";
}

int main() {
    const auto done = echo();
    if (!done) std::fprintf(stderr, "echo: %s\n", done.error().message().c_str());
    return done && *done ? 0 : 1;
}
