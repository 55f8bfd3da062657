// SPDX-License-Identifier: BSL-1.0
// A program that imports keyway: an echo over TCP, both ends in one thread. The standard headers come before the import,
// because libc++ 19 cannot take them after it.
#include <array>
#include <chrono>
#include <cstddef>

import keyway;

namespace kw = keyway;
using namespace kw::literals;

kw::result<bool> echo() {
    auto listener = kw::tcp4::listen("127.0.0.1:0"_ipv4_endpoint);
    if (!listener) return kw::failure(listener);
    const auto chosen = listener->local_endpoint();
    if (!chosen) return kw::failure(chosen);
    const kw::deadline until = std::chrono::seconds(20);
    auto client = kw::tcp4::connect(*chosen, until);
    if (!client) return kw::failure(client);
    if (auto set = client->set(kw::option::no_delay{true}); !set) return kw::failure(set);
    auto accepted = listener->accept(until);
    if (!accepted) return kw::failure(accepted);
    auto& [server, peer] = *accepted;

    std::array<std::byte, 5> question, answer;
    if (auto sent = client->send_all("hello", until); !sent) return kw::failure(sent);
    if (auto got = server.recv_exact(question, until); !got) return kw::failure(got);
    if (auto sent = server.send_all(question, until); !sent) return kw::failure(sent);
    if (auto got = client->recv_exact(answer, until); !got) return kw::failure(got);
    return peer.address() == "127.0.0.1"_ipv4 && kw::as_text(answer) == "hello";
}

int main() {
    const auto done = echo();
    return done && *done ? 0 : 1;
}
