// SPDX-License-Identifier: BSL-1.0
// Finds services by their name: asks a multicast group, and prints who answers within two seconds, and at which port.
//   multicast_sender 239.255.77.1:7700 eth0 printer              multicast_sender [ff02::7701]:7700 eth0 printer
// examples/multicast_receiver.cpp answers.

#include <keyway/keyway.hpp>
#include <keyway/link/interface.hpp>
#include <keyway/message/multicast.hpp>

#include <array>
#include <charconv>
#include <chrono>  // IWYU pragma: keep
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

namespace kw = keyway;
using namespace std::chrono_literals;

int report(std::string_view what, const auto& error) {
    std::cerr << "multicast_sender: " << what << ": " << error.message().view() << '\n';
    return 1;
}

// The port in "NAME PORT"; 0 where it is no answer to the question.
std::uint16_t port_in(std::string_view answer, const std::string& name) {
    std::uint16_t port = 0;
    if (!answer.starts_with(name + ' ')) return 0;
    const char* const begin = answer.data() + name.size() + 1;
    const char* const end = answer.data() + answer.size();
    const auto [last, failure] = std::from_chars(begin, end, port);
    return failure == std::errc() && last == end ? port : std::uint16_t(0);
}

int main(int count, char** arguments) {
    if (count != 4) {
        std::cerr << "usage: multicast_sender GROUP:PORT INTERFACE NAME\n";
        return 2;
    }
    const auto group = kw::udp::endpoint::parse(arguments[1]);
    if (!group) return report(arguments[1], group.error());
    const auto index = kw::interface_index(arguments[2]);
    if (!index) return report(arguments[2], index.error());
    const std::string name = arguments[3];

    const auto socket = kw::udp::socket::open_for(*group);
    if (!socket) return report("socket", socket.error());
    const auto set = socket->set(kw::option::multicast_interface{*index});
    if (!set) return report(arguments[2], set.error());
    const kw::deadline until = 2s;
    if (const auto asked = socket->send_to("who is " + name + '?', *group); !asked)
        return report(arguments[1], asked.error());

    int found = 0;
    std::array<std::byte, 512> buffer;
    for (;;) {
        const auto answer = socket->recv_from(buffer, until);
        if (!answer && answer.error().timed_out()) break;
        if (!answer) return report("answer", answer.error());
        const auto port = answer->truncated ? std::uint16_t(0) : port_in(kw::as_text(answer->data), name);
        if (port == 0) continue;
        ++found;
        std::cout << name << " is at " << kw::udp::endpoint(answer->sender.address(), port).text().view() << '\n'
                  << std::flush;
    }
    return found == 0 ? 1 : 0;
}
