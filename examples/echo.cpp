// SPDX-License-Identifier: BSL-1.0
// An echo server in four steps (socket, bind, listen, accept) and its client in two (socket, connect).
//   echo serve 127.0.0.1:7777      sends back what each client sends, one client after the other
//   echo call 127.0.0.1:7777 hello

#include <keyway/keyway.hpp>

#include <array>
#include <chrono>  // IWYU pragma: keep
#include <cstddef>
#include <iostream>
#include <string_view>

namespace kw = keyway;
using namespace std::chrono_literals;

kw::result<void> serve(const kw::tcp::endpoint& at) {
    auto listener = kw::tcp::listen(at);  // socket, bind and listen in one call
    if (!listener) return kw::failure(listener);
    if (auto chosen = listener->local_endpoint()) std::cerr << "echo: listening on " << chosen->text() << '\n';

    for (;;) {
        auto next = listener->accept();
        if (!next) return kw::failure(next);
        auto& [client, peer] = *next;
        std::array<std::byte, 4096> buffer;
        while (auto got = client.recv(buffer, 30s)) {  // an idle client does not block the server
            if (got->empty()) break;                   // the client has sent everything
            if (!client.send_all(*got, 30s)) break;    // the client is gone
        }
    }  // the connection closes here
}

kw::result<void> call(const kw::tcp::endpoint& server, std::string_view text) {
    auto connection = kw::tcp::connect(server, 5s);  // socket and connect in one call
    if (!connection) return kw::failure(connection);
    if (auto sent = connection->send_all(text, 5s); !sent) return kw::failure(sent);
    if (auto done = connection->shutdown_send(); !done) return done;

    std::array<std::byte, 4096> buffer;
    for (;;) {
        auto got = connection->recv(buffer, 5s);
        if (!got) return kw::failure(got);
        if (got->empty()) return {};  // the end of the stream
        std::cout << kw::as_text(*got);
    }
}

int main(int count, char** arguments) {
    const std::string_view mode = count > 1 ? arguments[1] : "";
    const bool valid = (mode == "serve" && count == 3) || (mode == "call" && count == 4);
    if (!valid) {
        std::cerr << "usage: echo serve ADDRESS:PORT | echo call ADDRESS:PORT TEXT\n";
        return 2;
    }
    const auto endpoint = kw::tcp::endpoint::parse(arguments[2]);
    if (!endpoint) {
        std::cerr << "echo: " << arguments[2] << ": " << endpoint.error().message() << '\n';
        return 2;
    }
    const auto done = mode == "serve" ? serve(*endpoint) : call(*endpoint, arguments[3]);
    if (!done) std::cerr << "echo: " << done.error().message() << '\n';  // for example `bind: Address already in use`
    return done ? 0 : 1;
}
