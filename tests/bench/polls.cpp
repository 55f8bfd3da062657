// SPDX-License-Identifier: BSL-1.0
// Waiting for many sockets. In each round 100 of them get a byte; the others are idle.

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <span>
#include <string>
#include <vector>

#include "libraries/library.hpp"

namespace bench {
namespace {

constexpr std::size_t active_count = 100;

/// One end of each active pair, then the idle sockets; and the other ends.
struct sockets {
    explicit sockets(std::size_t idle) {
        ::rlimit limit{};
        check(::getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
        limit.rlim_cur = limit.rlim_max;
        check(::setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
        enough = limit.rlim_max > idle + 2 * active_count + 64;
        if (!enough) return;
        for (std::size_t i = 0; i < active_count; ++i) {
            int ends[2];
            check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
            watched.push_back(ends[0]);
            writers.push_back(ends[1]);
        }
        for (std::size_t i = 0; i < idle; ++i)
            watched.push_back(check(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
    }
    ~sockets() {
        for (const int one : watched) ::close(one);
        for (const int one : writers) ::close(one);
    }
    sockets(sockets&&) = delete;

    bool enough = false;
    std::vector<int> watched;
    std::vector<int> writers;
};

template <class Library>
void poll(State& state, std::size_t idle) {
    const sockets all(idle);
    if (!all.enough) return state.SkipWithError("the limit of open files is too low");
    if constexpr (requires { Library::poller::most_sockets; })
        if (all.watched.back() >= Library::poller::most_sockets)
            return state.SkipWithError("select(2) is limited to 1024");
    typename Library::poller poller(all.watched);
    for (auto _ : state) {
        char byte = 0;
        for (const int one : all.writers) check(::write(one, &byte, 1), "write");
        for (std::size_t done = 0; done < active_count;)
            poller.wait([&](std::size_t i) {
                check(::read(all.watched[i], &byte, 1), "read");
                ++done;
            });
    }
    count_items(state, active_count);
}

template <class Library>
void add_all() {
    if constexpr (requires { typename Library::poller; }) {
        add("100 active sockets: and 100 idle", [](State& state) { poll<Library>(state, 100); });
        add("100 active sockets: and 1,000 idle", [](State& state) { poll<Library>(state, 1000); });
        add("100 active sockets: and 10,000 idle", [](State& state) { poll<Library>(state, 10000); });
    }
}

}  // namespace

void add_polls() { add_all<library>(); }

}  // namespace bench
