// SPDX-License-Identifier: BSL-1.0
// A socket option that keyway has never heard of is one struct, and is checked like every other.

#include <keyway/keyway.hpp>

#include <iostream>

namespace kw = keyway;

/// Bytes that have to be in the receive queue before a reader wakes. Source: socket(7), SO_RCVLOWAT.
struct receive_low_water {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_RCVLOWAT;
    template <class F, class T, class P>
    static constexpr bool fits = kw::byte_oriented<T>;  // messages are read one by one
    using value_type = int;
    int value = 1;
};

static_assert(kw::socket_option<receive_low_water>);
static_assert(kw::option_for<receive_low_water, kw::ipv4, kw::stream, kw::ipproto::tcp>);
static_assert(!kw::option_for<receive_low_water, kw::ipv4, kw::datagram, kw::ipproto::udp>);

int main() {
    auto socket = kw::tcp4::socket::open();
    if (!socket) return 1;
    if (auto set = socket->set(receive_low_water{100}); !set) {
        std::cerr << set.error().message().view() << '\n';
        return 1;
    }
    const auto now = socket->get<receive_low_water>();
    if (!now) return 1;
    std::cout << "a reader wakes at " << *now << " bytes\n";
    return *now == 100 ? 0 : 1;
}
