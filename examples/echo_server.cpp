// SPDX-License-Identifier: BSL-1.0
// A server for many clients, over IPv4, IPv6 and AF_UNIX at once, that ends cleanly on Ctrl-C.
//   echo_server 7777 /tmp/echo.sock

#include <keyway/event/signal.hpp>
#include <keyway/keyway.hpp>
#include <keyway/server/serve.hpp>

#include <array>
#include <charconv>
#include <chrono>  // IWYU pragma: keep
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string_view>
#include <system_error>

namespace kw = keyway;
using namespace std::chrono_literals;

int report(std::string_view what, const auto& error) {
    std::cerr << "echo_server: " << what << ": " << error.message().view() << '\n';
    return 1;
}

/// Sends back what a client sends. A minute of silence ends it, and so does the end of the server.
void echo(const auto& client, kw::canceller_view end) {
    std::array<std::byte, 16384> buffer;
    while (auto got = client.recv(buffer, kw::limit(1min).cancelled_by(end))) {
        if (got->empty()) return;
        if (!client.send_all(*got, kw::limit(1min).cancelled_by(end))) return;
    }
}

int main(int count, char** arguments) {
    const std::string_view port_text = count == 3 ? arguments[1] : "";
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    if (parsed.ec != std::errc() || parsed.ptr != port_text.data() + port_text.size()) {
        std::cerr << "usage: echo_server PORT PATH\n";
        return 2;
    }
    const auto path = kw::unix_stream::endpoint::at_path(arguments[2]);
    if (!path) return report(arguments[2], path.error());

    auto stop = kw::signal_stop::open();  // SIGINT and SIGTERM
    if (!stop) return report("signals", stop.error());
    auto network = kw::tcp::listen({kw::ipv6_address::any(), port}, {.dual_stack = true});
    if (!network) return report(port_text, network.error());
    auto local = kw::unix_stream::listen(*path);
    if (!local) return report(arguments[2], local.error());
    if (auto at = network->local_endpoint()) std::cerr << "echo_server: listening on " << at->text().view() << '\n';

    const auto done =
        kw::serve(kw::listeners(*network, *local),
                  [](const auto& client, const auto& /*peer*/, kw::canceller_view end) { echo(client, end); },
                  {.handlers = 256, .until = *stop, .drain = 2s});

    std::cerr << "echo_server: " << done.accepted << " connections, " << done.aborted << " cut off\n";
    if (stop->caught() == 0) return report("accept", done.ended_by);
    return 0;  // the listeners close here, and the path goes
}
