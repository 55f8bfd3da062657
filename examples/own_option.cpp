// SPDX-License-Identifier: BSL-1.0
// A socket option that keyway has never heard of is one struct, and is checked like every other.

#include <keyway/keyway.hpp>

#include <iostream>

namespace kw = keyway;

/// Urgent bytes come in line with the others, RFC 9293 section 3.8.5. Source: socket(7), SO_OOBINLINE.
struct urgent_in_line {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_OOBINLINE;
    template <class F, class T, class P>
    static constexpr bool fits = kw::byte_oriented<T>;  // a message is urgent as a whole, or not
    using value_type = bool;
    bool value = true;
};

static_assert(kw::socket_option<urgent_in_line>);
static_assert(kw::option_for<urgent_in_line, kw::ipv4, kw::stream, kw::ipproto::tcp>);
static_assert(!kw::option_for<urgent_in_line, kw::ipv4, kw::datagram, kw::ipproto::udp>);

int main() {
    auto socket = kw::tcp4::socket::open();
    if (!socket) return 1;
    if (auto set = socket->set(urgent_in_line{true}); !set) {
        std::cerr << set.error().message().view() << '\n';
        return 1;
    }
    const auto now = socket->get<urgent_in_line>();
    if (!now) return 1;
    std::cout << "urgent bytes come " << (*now ? "in line" : "on their own") << '\n';
    return *now ? 0 : 1;
}
