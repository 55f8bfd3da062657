// SPDX-License-Identifier: BSL-1.0
// One port, several listeners: each thread has its own, and the kernel spreads the connections over them
// (socket(7), SO_REUSEPORT), so that no two threads meet at one queue.
//   reuse_port 7777 4

#include <keyway/event/signal.hpp>
#include <keyway/keyway.hpp>
#include <keyway/server/serve.hpp>

#include <chrono>  // IWYU pragma: keep
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace kw = keyway;
using namespace std::chrono_literals;

int report(std::string_view what, const kw::error& error) {
    std::cerr << "reuse_port: " << what << ": " << error.message().view() << '\n';
    return 1;
}

/// The long way to a listener, for an option that has to be set in between.
kw::result<kw::tcp4::listener> listen(const kw::tcp4::endpoint& at) {
    auto socket = kw::tcp4::socket::open();
    if (!socket) return kw::failure(socket);
    if (auto set = socket->set(kw::option::reuse_port{true}); !set) return kw::failure(set);
    if (auto bound = socket->bind(at); !bound) return kw::failure(bound);
    return std::move(*socket).listen();
}

int main(int count, char** arguments) {
    const int port = count == 3 ? std::atoi(arguments[1]) : -1;
    const int threads = count == 3 ? std::atoi(arguments[2]) : 0;
    if (port < 0 || port > 65535 || threads < 1 || threads > 64) {
        std::cerr << "usage: reuse_port PORT THREADS\n";
        return 2;
    }
    const auto stop = kw::signal_stop::open();
    if (!stop) return report("signals", stop.error());

    kw::tcp4::endpoint at(kw::ipv4_address::loopback(), static_cast<std::uint16_t>(port));
    std::vector<kw::tcp4::listener> listeners;
    for (int i = 0; i < threads; ++i) {
        auto next = listen(at);
        if (!next) return report("listen", next.error());
        if (auto bound = next->local_endpoint()) at = *bound;  // where port 0 became another
        listeners.push_back(std::move(*next));
    }
    std::cerr << "reuse_port: listening on " << at.text().view() << '\n';

    std::vector<std::thread> workers;
    workers.reserve(listeners.size());
    for (const auto& listener : listeners)
        workers.emplace_back([&, number = workers.size()] {
            const std::string answer = std::to_string(number) + '\n';
            kw::serve(listener, [&](const kw::tcp4::connection_view& client) { (void)client.send_all(answer, 5s); },
                      {.handlers = 1, .until = *stop});
        });
    for (std::thread& worker : workers) worker.join();
    return 0;
}
