// SPDX-License-Identifier: BSL-1.0
// Prints the README's table of types and operations, as the concepts answer it.

#include <keyway/keyway.hpp>

#include <cstdio>
#include <utility>

namespace kw = keyway;

namespace {

template <class S>
concept can_disconnect = requires(S s) { std::move(s).disconnect(); };
template <class S>
concept can_reset = requires(S s) { std::move(s).reset(); };

template <class T>
concept has_listener = requires { typename T::listener; };

void row(const char* state, const char* verb, bool stream, bool seqpacket, bool datagram, bool raw) {
    const auto mark = [](bool yes) { return yes ? "yes" : "–"; };
    std::printf("| %s | `%s` | %s | %s | %s | %s |\n", state, verb, mark(stream), mark(seqpacket), mark(datagram),
                mark(raw));
}

}  // namespace

#define ROW(state, verb, concept)                                                          \
    row(#state, verb, kw::concept<kw::tcp::state>, kw::concept<kw::unix_seqpacket::state>, \
        kw::concept<kw::udp::state>, kw::concept<kw::icmp4::state>)

int main() {
    std::puts("| state | operation | stream | seqpacket | datagram | raw |\n|---|---|---|---|---|---|");
    ROW(socket, "bind", can_bind);
    ROW(socket, "listen", can_listen);
    ROW(socket, "connect", can_connect);
    ROW(socket, "send_to", can_send_to);
    ROW(socket, "recv_from", can_recv_from);
    row("listener", "accept", has_listener<kw::tcp>, has_listener<kw::unix_seqpacket>, has_listener<kw::udp>,
        has_listener<kw::icmp4>);
    ROW(connection, "send", can_send);
    ROW(connection, "recv", can_recv);
    ROW(connection, "send_all", can_send_all);
    ROW(connection, "recv_exact", can_recv_exact);
    ROW(connection, "shutdown_send", can_shutdown);
    row("connection", "disconnect", can_disconnect<kw::tcp::connection>, can_disconnect<kw::unix_seqpacket::connection>,
        can_disconnect<kw::udp::connection>, can_disconnect<kw::icmp4::connection>);
    row("connection", "reset", can_reset<kw::tcp::connection>, can_reset<kw::unix_seqpacket::connection>,
        can_reset<kw::udp::connection>, can_reset<kw::icmp4::connection>);
}
