// SPDX-License-Identifier: BSL-1.0
// Datagrams over the loopback device, one call each. One thread sends and receives.

#include <string>

#include "libraries/library.hpp"

namespace bench {
namespace {

template <class Library>
void one_by_one(State& state, std::size_t size) {
    typename Library::datagram_socket from, to;
    const bytes data(size);
    bytes space(2048);
    for (auto _ : state) {
        if (from.send_to(data, to) && to.recv_from(space) == size) continue;
        state.SkipWithError("a datagram did not arrive");
        break;
    }
    count_items(state, 1);
}

template <class Library>
void add_all() {
    if constexpr (requires { typename Library::datagram_socket; })
        for (const auto size : {std::size_t{64}, std::size_t{1400}})
            add("UDP, " + std::to_string(size) + " B: one call each",
                [=](State& state) { one_by_one<Library>(state, size); });
}

}  // namespace

void add_datagrams() { add_all<library>(); }

}  // namespace bench
