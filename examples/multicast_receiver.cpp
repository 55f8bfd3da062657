// SPDX-License-Identifier: BSL-1.0
// A service that lets itself be found: it answers who asks a multicast group for its name, with the port it is at.
//   multicast_receiver 239.255.77.1:7700 eth0 printer 631        multicast_receiver [ff02::7701]:7700 eth0 printer 631
// examples/multicast_sender.cpp asks. Ctrl-C ends it.

#include <keyway/event/signal.hpp>
#include <keyway/keyway.hpp>
#include <keyway/link/interface.hpp>
#include <keyway/message/multicast.hpp>

#include <array>
#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>

namespace kw = keyway;

int report(std::string_view what, const auto& error) {
    std::cerr << "multicast_receiver: " << what << ": " << error.message().view() << '\n';
    return 1;
}

int main(int count, char** arguments) {
    if (count != 5) {
        std::cerr << "usage: multicast_receiver GROUP:PORT INTERFACE NAME SERVICE_PORT\n";
        return 2;
    }
    const auto group = kw::udp::endpoint::parse(arguments[1]);
    if (!group) return report(arguments[1], group.error());
    const auto index = kw::interface_index(arguments[2]);
    if (!index) return report(arguments[2], index.error());
    const std::string name = arguments[3];
    const std::string answer = name + ' ' + arguments[4];

    const auto stop = kw::signal_stop::open();
    if (!stop) return report("signals", stop.error());
    const auto any = group->address().is_v4() ? kw::ip_address(kw::ipv4_address::any()) : kw::ipv6_address::any();
    const auto socket = kw::udp::bind({any, group->port()}, {.reuse_address = true});
    if (!socket) return report(arguments[1], socket.error());
    const auto member = kw::membership::join(*socket, group->address(), *index);
    if (!member) return report(arguments[1], member.error());
    std::cout << "waiting for questions\n" << std::flush;

    std::array<std::byte, 512> buffer;
    while (const auto question = socket->recv_from(buffer, *stop)) {
        if (question->truncated || kw::as_text(question->data) != "who is " + name + '?') continue;
        if (const auto sent = socket->send_to(answer, question->sender); !sent) report("answer", sent.error());
    }
}
