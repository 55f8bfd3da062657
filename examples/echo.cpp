// SPDX-License-Identifier: BSL-1.0
// The server's four steps and the client's two.
//   echo serve 127.0.0.1:7777      sends back what each client sends, one client after the other
//   echo call 127.0.0.1:7777 hello

#include <keyway/keyway.hpp>

#include <array>
#include <cstddef>
#include <iostream>
#include <string_view>

namespace kw = keyway;

int report(const kw::error& error) {
    std::cerr << "echo: " << error.message().view() << '\n';  // for instance `bind: Address already in use`
    return 1;
}

int serve(const kw::tcp::endpoint& at) {
    auto listener = kw::tcp::listen(at);  // socket, bind and listen in one call
    if (!listener) return report(listener.error());
    if (auto chosen = listener->local_endpoint()) std::cerr << "echo: listening on " << chosen->text().view() << '\n';

    for (;;) {
        auto next = listener->accept();
        if (!next) return report(next.error());
        auto& [connection, peer] = *next;
        std::array<std::byte, 4096> buffer;
        while (auto got = connection.recv(buffer)) {
            if (got->empty()) break;                // the client has sent everything
            if (!connection.send_all(*got)) break;  // the client is gone: on to the next one
        }
    }  // the connection closes here
}

int call(const kw::tcp::endpoint& server, std::string_view text) {
    auto connection = kw::tcp::connect(server);  // socket and connect in one call
    if (!connection) return report(connection.error());
    if (auto sent = connection->send_all(text); !sent) return report(sent.error());
    if (auto done = connection->shutdown_send(); !done) return report(done.error());

    std::array<std::byte, 4096> buffer;
    for (;;) {
        auto got = connection->recv(buffer);
        if (!got) return report(got.error());
        if (got->empty()) return 0;  // the end of the stream
        std::cout << kw::as_text(*got);
    }
}

int main(int count, char** arguments) {
    const std::string_view mode = count > 1 ? arguments[1] : "";
    const bool understood = (mode == "serve" && count == 3) || (mode == "call" && count == 4);
    if (!understood) {
        std::cerr << "usage: echo serve ADDRESS:PORT | echo call ADDRESS:PORT TEXT\n";
        return 2;
    }
    const auto endpoint = kw::tcp::endpoint::parse(arguments[2]);
    if (!endpoint) {
        std::cerr << "echo: " << arguments[2] << ": " << endpoint.error().message().view() << '\n';
        return 2;
    }
    return mode == "serve" ? serve(*endpoint) : call(*endpoint, arguments[3]);
}
