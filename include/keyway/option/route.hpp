// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_ROUTE_HPP
#define KEYWAY_OPTION_ROUTE_HPP

// The routes that a socket's packets use, and the addresses and ports that it can bind. Source: socket(7), ip(7), ipv6(7).

#include <climits>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/detail/name.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The ports from `first` to `last`, both included; 0 stands for the system's own bound.
struct port_range {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    friend constexpr bool operator==(const port_range&, const port_range&) noexcept = default;
};

namespace option {

/// A number on every packet, for routing rules and firewalls.
/// Errors: operation_not_permitted (CAP_NET_ADMIN or CAP_NET_RAW). Platforms: Linux. Source: socket(7), SO_MARK.
struct mark : plain<std::uint32_t, SOL_SOCKET, detail::os::mark_option, scope::network> {
    using plain::plain;
};

/// Restricts the socket to the interface of this name; "" lifts the restriction. `set(option::bind_to_device{"eth0"})`.
/// Errors: no_such_device, invalid_argument (more than 15 characters, or a NUL), operation_not_permitted (CAP_NET_RAW, to change
/// an interface that is set). Platforms: Linux. Source: socket(7), SO_BINDTODEVICE.
struct bind_to_device : text<SOL_SOCKET, detail::os::bind_to_device_option, scope::network, 15> {
    using text::text;
};

/// Restricts the socket to the interface of this index, from 1; 0 lifts the restriction.
/// Errors: no_such_device, operation_not_permitted (CAP_NET_RAW, to change an interface that is set).
/// Platforms: Linux 5.1. Source: Linux's <asm/socket.h>, SO_BINDTOIFINDEX.
struct bind_to_interface : number<SOL_SOCKET, detail::os::bind_to_interface_option, scope::network, 0, INT_MAX> {
    using number::number;
};

/// Binds to addresses that this machine does not have yet.
/// Platforms: Linux. Source: ip(7), IP_FREEBIND; ipv6(7), IPV6_FREEBIND.
struct free_bind : ip_flag<detail::os::free_bind_option, detail::os::free_bind_v6_option> {
    using ip_flag::ip_flag;
};

/// Binds to any address, and accepts connections that a firewall diverts: for proxies.
/// Errors: operation_not_permitted (CAP_NET_ADMIN or CAP_NET_RAW).
/// Platforms: Linux. Source: ip(7), IP_TRANSPARENT; Linux's Documentation/networking/tproxy.
struct transparent : ip_flag<detail::os::transparent_option, detail::os::transparent_v6_option> {
    using ip_flag::ip_flag;
};

/// Makes bind() to port 0 leave the choice of the port to connect(), which can then share it with connections to other peers.
/// Platforms: Linux. Source: ip(7), IP_BIND_ADDRESS_NO_PORT.
struct bind_address_no_port : flag<IPPROTO_IP, detail::os::bind_address_no_port_option, scope::internet_ports> {
    using flag::flag;
};

/// The ports that the system may choose for this socket; {0, 0} for the system's range.
/// Errors: invalid_argument (first above last), no_protocol_option (before Linux 6.3).
/// Platforms: Linux 6.3. Source: ip(7), IP_LOCAL_PORT_RANGE.
struct local_port_range {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::local_port_range_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = scope::internet_ports::fits<F, T, P>;
    using value_type = port_range;
    value_type value;

    using native_type = std::uint32_t;
    static result<native_type> encode(const value_type& value) noexcept {
        if (value.last != 0 && value.first > value.last)
            return detail::failure(errc::invalid_argument, operation::set_option);
        return static_cast<native_type>(std::uint32_t{value.last} << 16U | value.first);
    }
    static constexpr value_type decode(const native_type& native) noexcept {
        return {static_cast<std::uint16_t>(native & 0xffffU), static_cast<std::uint16_t>(native >> 16U)};
    }
};

/// The endpoint that a connection was meant for before a firewall redirected it to this machine; IPv4 for an IPv4-mapped
/// connection too.
/// Errors: no_such_file_or_directory (not redirected), no_protocol_option (no such firewall).
/// Platforms: Linux. Source: Linux's <linux/netfilter_ipv4.h>, SO_ORIGINAL_DST; <linux/netfilter_ipv6/ip6_tables.h>,
/// IP6T_SO_ORIGINAL_DST.
struct original_destination : ip_plain<endpoint<ip>, detail::os::original_destination_option,
                                       detail::os::original_destination_v6_option, scope::tcp> {
    static constexpr bool is_read_only = true;

    static result<value_type> read(handle_view socket, int domain) noexcept {
        endpoint<ipv6> v6;
        if (domain == AF_INET6 && ask(socket, IPPROTO_IPV6, name_v6, v6) >= 0) return value_type(v6);
        endpoint<ipv4> v4;
        if (ask(socket, IPPROTO_IP, name_v4, v4) >= 0) return value_type(v4);
        return detail::last_error(operation::get_option);
    }

private:
    /// Linux writes an address of the family's size, whatever space there is, and does not report the size.
    template <class Endpoint>
    static int ask(handle_view socket, int at_level, int at_name, Endpoint& destination) noexcept {
        detail::os::address_length size = Endpoint::capacity();
        return detail::os::get_option(socket.native_handle(), at_level, at_name, destination.data(), &size);
    }
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
