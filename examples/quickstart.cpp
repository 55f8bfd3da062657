// SPDX-License-Identifier: BSL-1.0
// Serves and calls itself over TCP/IPv4, TCP/IPv6, UDP and AF_UNIX, and shows what a refused call looks like.
//   g++ -std=c++20 -I include examples/quickstart.cpp -o quickstart && ./quickstart

#include <keyway/keyway.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

namespace kw = keyway;

// One round of "hello": the server takes one connection and sends back what it reads, until the client is done. One
// thread plays both: the listener's queue holds the client, and the kernel's buffers the few bytes.
template <class Transport>
kw::result<void> stream_round(std::string_view title, const typename Transport::endpoint& at) {
    auto listener = Transport::listen(at);  // socket, bind, listen
    if (!listener) return kw::unexpected(listener.error());
    const auto chosen = listener->local_endpoint();  // port 0 became a free port
    if (!chosen) return kw::unexpected(chosen.error());

    auto client = Transport::connect(*chosen);  // socket, connect
    if (!client) return kw::unexpected(client.error());
    if (auto sent = client->send_all("hello"); !sent) return kw::unexpected<kw::error>(sent.error());
    if (auto done = client->shutdown_send(); !done) return done;

    auto next = listener->accept();
    if (!next) return kw::unexpected(next.error());
    auto& [server, peer] = *next;
    std::array<std::byte, 4096> buffer;
    while (auto got = server.recv(buffer)) {
        if (got->empty()) break;            // the client is done
        if (!server.send_all(*got)) break;  // all of it, or an error that says how much
    }

    std::array<std::byte, 5> answer;
    auto got = client->recv_exact(answer);
    if (!got) return kw::unexpected<kw::error>(got.error());
    std::cout << title << " at " << chosen->text().view() << " answered '" << kw::as_text(*got) << "'\n";
    return {};
}

kw::result<void> datagram_round() {
    auto server = kw::udp::bind({kw::ipv4_address::loopback(), 0});
    if (!server) return kw::unexpected(server.error());
    auto client = kw::udp::bind({kw::ipv4_address::loopback(), 0});
    if (!client) return kw::unexpected(client.error());

    const auto to = server->local_endpoint();
    if (!to) return kw::unexpected(to.error());
    if (auto sent = client->send_to("hello", *to); !sent) return kw::unexpected(sent.error());

    std::array<char, 3> small;  // too small on purpose
    const auto message = server->recv_from(small);
    if (!message) return kw::unexpected(message.error());
    std::cout << "UDP  got '" << kw::as_text(message->data) << "' from " << message->sender.text().view()
              << (message->truncated ? ", cut to " : ", all of ") << message->data.size() << " bytes\n";
    return {};
}

int main() {
    const std::string name = "keyway-quickstart-" + std::to_string(std::random_device{}()) + ".sock";
    const std::string path = (std::filesystem::temp_directory_path() / name).string();
    const auto socket_path = kw::unix_stream::endpoint::at_path(path);
    if (!socket_path) {
        std::cerr << "quickstart: " << path << ": " << socket_path.error().message().view() << '\n';
        return 1;
    }

    bool all_well = true;
    const auto report = [&](const kw::result<void>& round) {
        if (round) return;
        all_well = false;
        std::cerr << "quickstart: " << round.error().message().view() << '\n';
    };
    report(stream_round<kw::tcp>("TCP ", {kw::ipv4_address::loopback(), 0}));
    report(stream_round<kw::tcp>("TCP ", {kw::ipv6_address::loopback(), 0}));
    report(datagram_round());
    const auto local = stream_round<kw::unix_stream>("UNIX", *socket_path);  // the listener removes its path again
    if (!local && local.error() == kw::errc::address_family_not_supported)
        std::cout << "UNIX is not on this system\n";  // Windows before 10 1803, Wine
    else report(local);

    // Nobody listens at port 1: the refusal is a value that names the call and the cause.
    const auto refused = kw::tcp::connect({kw::ipv4_address::loopback(), 1});
    if (!refused) std::cout << "refused as it should be: " << refused.error().message().view() << '\n';
    return all_well && !refused && refused.error() == kw::errc::connection_refused ? 0 : 1;
}
