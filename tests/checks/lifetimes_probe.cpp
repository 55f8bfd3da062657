// SPDX-License-Identifier: BSL-1.0
// Mistakes about lifetimes that compile, each with the check that finds it. lifetimes.py compares.

#include <keyway/keyway.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace kw = keyway;

void uses_a_moved_connection(kw::tcp::connection connection) {
    const kw::tcp::connection other = std::move(connection);
    static_cast<void>(connection.send("x"));  // finds: bugprone-use-after-move
}

void uses_a_consumed_socket(kw::tcp4::socket socket) {
    const auto listener = std::move(socket).listen();
    static_cast<void>(socket.set(kw::option::reuse_address{true}));  // finds: bugprone-use-after-move
}

void uses_a_closed_connection(kw::tcp::connection connection) {
    static_cast<void>(std::move(connection).close_gracefully(kw::deadline::at_once()));
    static_cast<void>(connection.send("x"));  // finds: bugprone-use-after-move
}

std::string_view returns_a_text_of_a_temporary(const kw::tcp::endpoint& at) {
    return at.text();  // finds: clang-diagnostic-return-stack-address
}

void keeps_a_text_of_a_temporary(const kw::tcp::endpoint& at) {
    const std::string_view text = at.text();  // finds: clang-diagnostic-dangling
    static_cast<void>(text);
}

kw::const_bytes returns_bytes_of_a_local() {
    const std::string made = "x";
    return made;  // finds: clang-diagnostic-return-stack-address
}

void keeps_bytes_of_a_temporary() {
    const kw::const_bytes data = std::string("made");  // finds: clang-diagnostic-dangling
    static_cast<void>(data);
}

void passes_temporaries(const kw::tcp::connection& connection, const kw::tcp::endpoint& at) {
    static_cast<void>(connection.send(std::string("x")));
    static_cast<void>(connection.send(at.text()));
}
