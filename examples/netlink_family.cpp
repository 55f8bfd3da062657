// SPDX-License-Identifier: BSL-1.0
// A user-defined address family that needs only <keyway/concepts.hpp>: AF_NETLINK, the interface to the kernel's network
// configuration. Prints the names of this machine's network interfaces.

#include <keyway/concepts.hpp>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstddef>

/// The address of a netlink port; port 0 is the kernel. Source: netlink(7).
struct netlink_endpoint {
    constexpr netlink_endpoint() = default;
    constexpr explicit netlink_endpoint(unsigned port) { address.nl_pid = port; }

    ::sockaddr_nl* data() { return &address; }
    const ::sockaddr_nl* data() const { return &address; }
    static constexpr std::size_t size() { return sizeof(::sockaddr_nl); }
    static constexpr std::size_t capacity() { return sizeof(::sockaddr_nl); }
    void resize(std::size_t size) {
        if (size != sizeof(address)) *this = netlink_endpoint();
    }

    ::sockaddr_nl address{.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = 0};
};

struct netlink {
    using endpoint = netlink_endpoint;
    static constexpr int domain = AF_NETLINK;
    template <class T, class P>
    static constexpr bool supports = keyway::connectionless<T>;
};

/// The protocol for interfaces, addresses and routes. Source: rtnetlink(7).
struct netlink_route {
    static constexpr int number = NETLINK_ROUTE;
    template <class F, class T>
    static constexpr bool fits = F::domain == AF_NETLINK;
};

static_assert(keyway::endpoint_type<netlink_endpoint>);
static_assert(keyway::address_family<netlink>);
static_assert(keyway::protocol_type<netlink_route>);

// That is all: every operation, option, concept and error of the library works with it.

#include <keyway/transport.hpp>

#include <array>
#include <cstring>
#include <iostream>
#include <span>
#include <string_view>

namespace kw = keyway;
using route = kw::transport<netlink, kw::raw, netlink_route>;

static_assert(kw::can_send_to<route::socket> && !kw::can_listen<route::socket>);

// The name of the interface in the attributes of an RTM_NEWLINK message; empty if there is none.
std::string_view interface_name(std::span<const std::byte> attributes) {
    while (attributes.size() >= sizeof(::rtattr)) {
        ::rtattr attribute;
        std::memcpy(&attribute, attributes.data(), sizeof(attribute));
        if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > attributes.size()) return {};
        if (attribute.rta_type == IFLA_IFNAME) {
            const auto name = kw::as_text(attributes.subspan(sizeof(attribute), attribute.rta_len - sizeof(attribute)));
            return name.substr(0, name.find('\0'));
        }
        const std::size_t next = NLMSG_ALIGN(attribute.rta_len);
        attributes = attributes.subspan(next < attributes.size() ? next : attributes.size());
    }
    return {};
}

// Prints the interfaces in one datagram. Returns false after the last one, or if the datagram is malformed.
bool print_interfaces(std::span<const std::byte> datagram) {
    while (datagram.size() >= sizeof(::nlmsghdr)) {
        ::nlmsghdr header;
        std::memcpy(&header, datagram.data(), sizeof(header));
        if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > datagram.size()) return false;
        if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) return false;
        constexpr std::size_t fixed_part = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(::ifinfomsg));
        if (header.nlmsg_type == RTM_NEWLINK && header.nlmsg_len >= fixed_part)
            std::cout << interface_name(datagram.subspan(fixed_part, header.nlmsg_len - fixed_part)) << '\n';
        const std::size_t next = NLMSG_ALIGN(header.nlmsg_len);
        datagram = datagram.subspan(next < datagram.size() ? next : datagram.size());
    }
    return true;
}

int main() {
    struct {
        ::nlmsghdr header;
        ::ifinfomsg body;
    } request{};
    request.header.nlmsg_len = sizeof(request);
    request.header.nlmsg_type = RTM_GETLINK;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;

    auto socket = route::socket::open();
    if (!socket) {
        std::cerr << socket.error().message() << '\n';
        return 1;
    }
    if (auto sent = socket->send_to(std::as_bytes(std::span(&request, 1)), netlink_endpoint(0)); !sent) {
        std::cerr << sent.error().message() << '\n';
        return 1;
    }
    alignas(::nlmsghdr) std::array<std::byte, 32768> buffer;
    for (;;) {
        const auto message = socket->recv_from(buffer);
        if (!message) {
            std::cerr << message.error().message() << '\n';
            return 1;
        }
        if (message->truncated || message->sender.address.nl_pid != 0) return 1;
        if (!print_interfaces(message->data)) return 0;
    }
}
