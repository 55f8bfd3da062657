// SPDX-License-Identifier: BSL-1.0
// One listener, several processes: each accepts from it, and the kernel gives each connection to one of them.
//   prefork 7777 4

#include <keyway/event/signal.hpp>
#include <keyway/keyway.hpp>
#include <keyway/server/serve.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>  // IWYU pragma: keep
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace kw = keyway;
using namespace std::chrono_literals;

int report(std::string_view what, const kw::error& error) {
    std::cerr << "prefork: " << what << ": " << error.message().view() << '\n';
    return 1;
}

/// What each child does, until a signal: says which process it is.
int work(const kw::tcp::listener& listener) {
    const auto stop = kw::signal_stop::open();  // the parent's is not inherited
    if (!stop) return report("signals", stop.error());
    const std::string answer = std::to_string(::getpid()) + '\n';
    const auto done =
        kw::serve(listener, [&](const kw::tcp::connection_view& client) { (void)client.send_all(answer, 5s); },
                  {.handlers = 1, .until = *stop});
    return stop->caught() != 0 ? 0 : report("accept", done.ended_by);
}

int main(int count, char** arguments) {
    const int port = count == 3 ? std::atoi(arguments[1]) : -1;
    const int workers = count == 3 ? std::atoi(arguments[2]) : 0;
    if (port < 0 || port > 65535 || workers < 1 || workers > 64) {
        std::cerr << "usage: prefork PORT WORKERS\n";
        return 2;
    }
    auto listener = kw::tcp::listen({kw::ipv4_address::loopback(), static_cast<std::uint16_t>(port)});
    if (!listener) return report("listen", listener.error());
    const auto stop = kw::signal_stop::open();
    if (!stop) return report("signals", stop.error());

    std::vector<::pid_t> children;
    for (int i = 0; i < workers; ++i) {
        const ::pid_t child = ::fork();
        if (child == 0) return work(*listener);
        if (child > 0) children.push_back(child);
    }
    if (auto at = listener->local_endpoint()) std::cerr << "prefork: listening on " << at->text().view() << '\n';

    (void)stop->wait();
    for (const ::pid_t child : children) ::kill(child, SIGTERM);
    int failed = 0;
    for (const ::pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        // NOLINTNEXTLINE(misc-include-cleaner): <sys/wait.h> has them
        const bool before_its_start = WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
        failed += status != 0 && !before_its_start;
    }
    return failed == 0 ? 0 : 1;
}
