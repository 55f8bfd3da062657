// SPDX-License-Identifier: BSL-1.0
// A user-defined address family that needs only <keyway/concepts.hpp>: AF_PACKET, the frames of one interface. Prints a
// line for each frame, until COUNT frames or Ctrl-C. Requires CAP_NET_RAW.
//   packet_family eth0            packet_family lo 10

#include <keyway/concepts.hpp>

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <bit>
#include <cstddef>
#include <cstdint>

constexpr std::uint16_t in_network_order(std::uint16_t number) {
    return std::endian::native == std::endian::big ? number : std::uint16_t(number << 8 | number >> 8);
}

/// The interface that a frame came from or a socket is bound to. Source: packet(7).
struct packet_endpoint {
    constexpr packet_endpoint() = default;
    constexpr explicit packet_endpoint(int interface_index) { address.sll_ifindex = interface_index; }

    ::sockaddr_ll* data() { return &address; }
    const ::sockaddr_ll* data() const { return &address; }
    static constexpr std::size_t size() { return sizeof(::sockaddr_ll); }
    static constexpr std::size_t capacity() { return sizeof(::sockaddr_ll); }
    void resize(std::size_t size) {  // the kernel truncates long hardware addresses
        if (size < offsetof(::sockaddr_ll, sll_addr)) *this = packet_endpoint();
    }

    ::sockaddr_ll address{.sll_family = AF_PACKET,
                          .sll_protocol = in_network_order(ETH_P_ALL),
                          .sll_ifindex = 0,
                          .sll_hatype = 0,
                          .sll_pkttype = 0,
                          .sll_halen = 0,
                          .sll_addr = {}};
};

struct packet {
    using endpoint = packet_endpoint;
    static constexpr int domain = AF_PACKET;
    template <class T, class P>
    static constexpr bool supports = keyway::connectionless<T>;
};

/// Frames of every protocol.
struct every_frame {
    static constexpr int number = in_network_order(ETH_P_ALL);
    template <class F, class T>
    static constexpr bool fits = F::domain == AF_PACKET;
};

static_assert(keyway::endpoint_type<packet_endpoint>);
static_assert(keyway::address_family<packet>);

// That is all: every operation, option, concept and error of the library works with it.

#include <keyway/event/signal.hpp>
#include <keyway/link/interface.hpp>
#include <keyway/packet/error.hpp>
#include <keyway/packet/ipv4_header.hpp>
#include <keyway/transport.hpp>

#include <array>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <span>
#include <string_view>
#include <system_error>

namespace kw = keyway;
using frames = kw::transport<packet, kw::raw, every_frame>;

static_assert(kw::can_recv_from<frames::socket> && !kw::can_listen<frames::socket>);

int report(std::string_view what, const kw::error& error) {
    std::cerr << "packet_family: " << what << ": " << error.message() << '\n';
    return 1;
}

/// For example `in  98 bytes, type 0800, 192.0.2.1 > 192.0.2.2, protocol 1`.
void print(std::span<const std::byte> frame, std::size_t length, const ::sockaddr_ll& from) {
    std::printf("%s %zu bytes", from.sll_pkttype == PACKET_OUTGOING ? "out" : "in ", length);
    if (frame.size() >= ETH_HLEN) {
        const auto type = unsigned(frame[12]) << 8 | unsigned(frame[13]);
        std::printf(", type %04x", type);
        if (type == ETH_P_IP) {
            const auto header = kw::ipv4_header::parse(frame.subspan(ETH_HLEN));
            if (header) {
                std::printf(", %s > %s, protocol %d", header->source.text().c_str(), header->destination.text().c_str(),
                            header->protocol);
            } else {
                const auto why = kw::describe(header.error());
                std::printf(", %.*s", int(why.size()), why.data());
            }
        }
    }
    std::puts("");
    std::fflush(stdout);
}

int main(int argc, char** argv) {
    unsigned long left = 0;  // 0 means no limit
    bool valid = argc == 2 || argc == 3;
    if (argc == 3) {
        const std::string_view text = argv[2];
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), left);
        valid = failure == std::errc() && end == text.data() + text.size() && left != 0;
    }
    if (!valid) return std::fputs("usage: packet_family INTERFACE [COUNT]\n", stderr), 2;

    const auto index = kw::interface_index(argv[1]);
    if (!index) return report(argv[1], index.error());
    const auto stop = kw::signal_stop::open();
    if (!stop) return report("signals", stop.error());
    const auto socket = frames::bind(packet_endpoint(int(*index)));
    if (!socket) return report(argv[1], socket.error());
    std::fputs("packet_family: listening\n", stderr);

    std::array<std::byte, 2048> buffer;
    for (;;) {
        const auto frame = socket->recv_from(buffer, *stop);
        if (!frame) return frame.error() == kw::errc::operation_canceled ? 0 : report(argv[1], frame.error());
        print(frame->data, frame->length, frame->sender.address);
        if (left == 1) return 0;
        if (left != 0) --left;
    }
}
