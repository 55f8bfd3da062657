// SPDX-License-Identifier: BSL-1.0
// For programs that use exceptions: value_of() returns the value of a result, or throws a std::system_error whose text
// names the call.

#include <keyway/bridge/system_error.hpp>
#include <keyway/keyway.hpp>

#include <array>
#include <chrono>  // IWYU pragma: keep
#include <cstddef>
#include <iostream>
#include <system_error>

namespace kw = keyway;
using namespace std::chrono_literals;

void greet() {
    auto listener = kw::value_of(kw::tcp::listen({kw::ipv4_address::loopback(), 0}));
    auto client = kw::value_of(kw::tcp::connect(kw::value_of(listener.local_endpoint()), 5s));
    auto [server, peer] = kw::value_of(listener.accept(5s));

    kw::value_of(client.send_all("hello", 5s));
    std::array<std::byte, 5> buffer;
    std::cout << kw::as_text(kw::value_of(server.recv_exact(buffer, 5s))) << " from " << peer.text() << '\n';
}

int main() {
    try {
        greet();
        [[maybe_unused]] auto nobody = kw::value_of(kw::tcp::connect({kw::ipv4_address::loopback(), 1}, 5s));
    } catch (const std::system_error& error) {
        std::cout << error.what() << '\n';  // connect: Connection refused
        return error.code() == std::errc::connection_refused ? 0 : 1;
    }
    return 1;
}
