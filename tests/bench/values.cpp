// SPDX-License-Identifier: BSL-1.0
// Addresses as text, and descriptors that are passed.

#include <unistd.h>

#include <array>

#include "libraries/library.hpp"

namespace bench {
namespace {

constexpr std::array<unsigned char, 4> octets_v4{192, 0, 2, 123};
constexpr std::array<unsigned char, 16> octets_v6{0x20, 0x01, 0x0d, 0xb8, 0,    0,    0,    0,
                                                  0,    0,    0x8a, 0x2e, 0x03, 0x70, 0x73, 0x34};

template <class Parse>
void parse(State& state, Parse parse, const char* text) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(text);
        if (!parse(text)) return state.SkipWithError("not an address");
    }
    count_items(state, 1);
}

template <class Library, class Address>
void print(State& state, Address address) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(address);
        Library::print(address);
    }
    count_items(state, 1);
}

template <class Library>
void pass(State& state) {
    auto [from, to] = Library::unix_pair();
    for (auto _ : state) Library::pass(from, to, STDERR_FILENO);
    count_items(state, 1);
}

template <class Library>
void add_all() {
    if constexpr (requires { Library::parse_v4(""); })
        add("Address: parse IPv4", [](State& state) { parse(state, Library::parse_v4, "192.0.2.123"); });
    if constexpr (requires { Library::parse_v6(""); })
        add("Address: parse IPv6", [](State& state) { parse(state, Library::parse_v6, "2001:db8::8a2e:370:7334"); });
    if constexpr (requires { Library::v4(octets_v4); })
        add("Address: print IPv4", [](State& state) { print<Library>(state, Library::v4(octets_v4)); });
    if constexpr (requires { Library::v6(octets_v6); })
        add("Address: print IPv6", [](State& state) { print<Library>(state, Library::v6(octets_v6)); });
    if constexpr (requires { &Library::pass; }) add("Descriptor: passed and closed", pass<Library>);
}

}  // namespace

void add_values() { add_all<library>(); }

}  // namespace bench
