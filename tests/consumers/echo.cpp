// SPDX-License-Identifier: BSL-1.0
// What a program that uses keyway looks like from outside: one include, one round trip.

#include <keyway/keyway.hpp>

namespace kw = keyway;

int main() {
    auto ends = kw::unix_stream::pair();
    if (!ends) return 1;
    auto& [near, far] = *ends;
    std::array<char, 5> buffer;
    return near.send_all("hello") && far.recv_exact(buffer) && kw::as_text(std::as_bytes(std::span(buffer))) == "hello"
               ? 0
               : 1;
}
