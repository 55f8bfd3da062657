// SPDX-License-Identifier: BSL-1.0
// What the programs that cost.py counts have in common: each operation is a pair of functions, c_NAME and kw_NAME, that do
// the same job and are called so many times.
//     PROGRAM ROUNDS NAME...
#ifndef KEYWAY_TESTS_COST_PROBE_HPP
#define KEYWAY_TESTS_COST_PROBE_HPP

#include <keyway/keyway.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>
#include <utility>

namespace kw = keyway;

/// A function under the name by which callgrind is told to count it.
#define MEASURED extern "C" [[gnu::noinline]]
/// The same for one that returns a type of C++: `result<std::size_t> kw_send(...) NAMED(kw_send);`
#define NAMED(name) __asm__(#name)

inline void require(bool held, const char* what) {
    if (held) return;
    std::fprintf(stderr, "cost probe: %s\n", what);
    std::exit(2);
}

/// The value of a call that has to succeed.
template <class Result>
auto must(Result&& result, const char* what) {
    require(result.has_value(), what);
    return *std::forward<Result>(result);
}

/// A TCP connection over loopback, and a UDP socket that sends to itself.
struct sockets {
    kw::tcp4::listener listener = must(kw::tcp4::listen({kw::ipv4_address::loopback(), 0}), "listen");
    kw::tcp4::connection near = must(kw::tcp4::connect(*listener.local_endpoint()), "connect");
    kw::tcp4::connection far = std::move(must(listener.accept(), "accept").connection);
    kw::udp4::socket udp = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}), "bind");
    kw::udp4::endpoint self = *udp.local_endpoint();
    std::array<std::byte, 64> data{};
};

struct operation {
    std::string_view name;
    void (*rounds)(int count);
};

/// An operation of which each round is a call of `Once`, with all that has to be done before and after.
template <auto Once>
void repeat(int rounds) {
    for (int i = 0; i < rounds; ++i) Once();
}

/// Runs the operations that the command line names.
inline int run(std::span<const operation> all, int count, char** arguments) {
    require(count > 2, "usage: PROGRAM ROUNDS NAME...");
    for (const char* name : std::span(arguments, static_cast<std::size_t>(count)).subspan(2)) {
        bool known = false;
        for (const operation& one : all) {
            if (one.name != name) continue;
            known = true;
            one.rounds(std::atoi(arguments[1]));
        }
        require(known, name);
    }
    return 0;
}

#endif
