// SPDX-License-Identifier: BSL-1.0
// Serves and calls itself over TCP/IPv4, TCP/IPv6, UDP and AF_UNIX, and prints the error of a refused connection.
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

// One "hello" and its echo: the server accepts one connection and sends back what it receives. One thread can be server
// and client here, since the listener's queue holds the connection, and the kernel's buffers hold the few bytes.
template <class Transport>
kw::result<void> stream_round(std::string_view title, const typename Transport::endpoint& at) {
    auto listener = Transport::listen(at);  // socket, bind, listen
    if (!listener) return kw::failure(listener);
    const auto chosen = listener->local_endpoint();  // port 0 means any free port
    if (!chosen) return kw::failure(chosen);

    auto client = Transport::connect(*chosen);  // socket, connect
    if (!client) return kw::failure(client);
    if (auto sent = client->send_all("hello"); !sent) return kw::failure(sent);
    if (auto done = client->shutdown_send(); !done) return done;

    auto next = listener->accept();
    if (!next) return kw::failure(next);
    auto& [server, peer] = *next;
    std::array<std::byte, 4096> buffer;
    while (auto got = server.recv(buffer)) {
        if (got->empty()) break;            // the client has sent everything
        if (!server.send_all(*got)) break;  // sends all of it, or fails
    }

    std::array<std::byte, 5> answer;
    auto got = client->recv_exact(answer);
    if (!got) return kw::failure(got);
    std::cout << title << " at " << chosen->text() << " answered '" << kw::as_text(*got) << "'\n";
    return {};
}

kw::result<void> datagram_round() {
    auto server = kw::udp::bind({kw::ipv4_address::loopback(), 0});
    if (!server) return kw::failure(server);
    auto client = kw::udp::bind({kw::ipv4_address::loopback(), 0});
    if (!client) return kw::failure(client);

    const auto to = server->local_endpoint();
    if (!to) return kw::failure(to);
    if (auto sent = client->send_to("hello", *to); !sent) return kw::failure(sent);

    std::array<char, 3> small;  // too small, to show truncation
    const auto message = server->recv_from(small);
    if (!message) return kw::failure(message);
    std::cout << "UDP  got '" << kw::as_text(message->data) << "' from " << message->sender.text()
              << (message->truncated ? ", cut to " : ", all of ") << message->data.size() << " bytes\n";
    return {};
}

int main() {
    const std::string name = "keyway-quickstart-" + std::to_string(std::random_device{}()) + ".sock";
    const std::string path = (std::filesystem::temp_directory_path() / name).string();
    const auto socket_path = kw::unix_stream::endpoint::at_path(path);
    if (!socket_path) {
        std::cerr << "quickstart: " << path << ": " << socket_path.error().message() << '\n';
        return 1;
    }

    bool succeeded = true;
    const auto report = [&](const kw::result<void>& round) {
        if (round) return;
        succeeded = false;
        std::cerr << "quickstart: " << round.error().message() << '\n';
    };
    report(stream_round<kw::tcp>("TCP ", {kw::ipv4_address::loopback(), 0}));
    report(stream_round<kw::tcp>("TCP ", {kw::ipv6_address::loopback(), 0}));
    report(datagram_round());
    const auto local = stream_round<kw::unix_stream>("UNIX", *socket_path);  // the listener removes its path
    if (!local && local.error() == kw::errc::address_family_not_supported)
        std::cout << "UNIX is not available on this system\n";  // Windows before 10 1803, Wine
    else report(local);

    // Nothing listens on port 1: the error names the call and the cause.
    const auto refused = kw::tcp::connect({kw::ipv4_address::loopback(), 1});
    if (!refused) std::cout << "refused, as expected: " << refused.error().message() << '\n';
    return succeeded && !refused && refused.error() == kw::errc::connection_refused ? 0 : 1;
}
