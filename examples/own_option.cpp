// SPDX-License-Identifier: BSL-1.0
// A user-defined socket option is one declaration, and is checked like the library's options.

#include <keyway/keyway.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

#include <iostream>

namespace kw = keyway;

/// Sends only to hosts on the local network, never through a router; AF_UNIX has no routers. Source: socket(7),
/// SO_DONTROUTE.
struct neighbours_only : kw::option::flag<SOL_SOCKET, SO_DONTROUTE, kw::option::scope::internet> {
    using flag::flag;
};

static_assert(kw::socket_option<neighbours_only>);
static_assert(kw::option_for<neighbours_only, kw::ipv4, kw::datagram, kw::ipproto::udp>);
static_assert(!kw::option_for<neighbours_only, kw::unix_domain, kw::stream, kw::no_protocol>);

int main() {
    auto socket = kw::tcp4::socket::open();
    if (!socket) return 1;
    if (auto set = socket->set(neighbours_only{true}); !set) {
        std::cerr << set.error().message() << '\n';
        return 1;
    }
    const auto now = socket->get<neighbours_only>();
    if (!now) return 1;
    std::cout << "packets go " << (*now ? "to neighbours only" : "everywhere") << '\n';
    return *now ? 0 : 1;
}
