// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_ROUTE_HPP
#define KEYWAY_OPTION_ROUTE_HPP

// Which way a socket's packets go, and which addresses it may take for its own. Source: socket(7), ip(7), ipv6(7).

#include <climits>
#include <cstddef>
#include <cstdint>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/option_name.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {

/// From the first to the last, both included. 0 is the system's own bound.
struct port_range {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    friend constexpr bool operator==(const port_range&, const port_range&) noexcept = default;
};

namespace option {

/// A number on every packet, for rules of routing and filters. Errors: not_permitted (CAP_NET_ADMIN or CAP_NET_RAW).
struct mark {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::mark_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    using value_type = std::uint32_t;
    value_type value = 0;
};

/// Sends and receives by this interface alone; "" for by all. `set(option::bind_to_device{"eth0"})`.
/// Errors: no_such_device, invalid_argument (more than 15 characters), not_permitted (CAP_NET_RAW, where one is set).
struct bind_to_device {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::bind_to_device_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    using value_type = detail::option_name<15>;
    value_type value;

    static result<value_type> read(handle_view socket) noexcept {
        return detail::read_name<value_type::capacity>(socket, level, name);
    }
    static result<void> write(handle_view socket, const value_type& value) noexcept {
        return detail::write_name(socket, level, name, value);
    }
};

/// The same by index; 0 for by all. Linux 5.1. Errors: no_such_device, not_permitted.
struct bind_to_interface {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::bind_to_interface_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    static constexpr int least = 0;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 0;
};

/// Binds to an IPv4 address that this machine does not have yet.
struct free_bind {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::free_bind_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET6;
    using value_type = bool;
    bool value = true;
};

/// Binds to an IPv6 address that this machine does not have yet.
struct free_bind_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::free_bind_v6_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET;
    using value_type = bool;
    bool value = true;
};

/// Binds to any IPv4 address and takes the connections that a firewall diverts, for proxies.
/// Errors: not_permitted (CAP_NET_ADMIN or CAP_NET_RAW). Source: Linux's Documentation/networking/tproxy.
struct transparent {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::transparent_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET6;
    using value_type = bool;
    bool value = true;
};

/// Binds to any IPv6 address and takes the connections that a firewall diverts, for proxies.
/// Errors: not_permitted (CAP_NET_ADMIN or CAP_NET_RAW).
struct transparent_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::transparent_v6_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET;
    using value_type = bool;
    bool value = true;
};

/// bind() to port 0 leaves the port to connect(), which may share it with connections to other peers. IPv6 sockets have it
/// too.
struct bind_address_no_port {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::bind_address_no_port_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && T::native != SOCK_RAW;
    using value_type = bool;
    bool value = true;
};

/// The ports that the system may choose for this socket; {0, 0} for those of the system. IPv6 sockets have it too.
/// Linux 6.3. Errors: invalid_argument (first above last), no_such_option.
struct local_port_range {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::local_port_range_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && T::native != SOCK_RAW;
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

/// Where a connection over IPv4 was going before a firewall redirected it here.
/// Errors: no_such_file (it was not redirected), no_such_option (there is no such firewall).
/// Source: Linux's <linux/netfilter_ipv4.h>, SO_ORIGINAL_DST.
struct original_destination {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::original_destination_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_read_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET6 && tcp_protocol<P>;
    using value_type = endpoint<ipv4>;
    value_type value;

    static result<value_type> read(handle_view socket) noexcept {
        value_type destination;
        detail::os::address_length size = value_type::capacity();
        if (detail::os::get_option(socket.native_handle(), level, name, destination.data(), &size) < 0)
            return detail::last_error(operation::get_option);
        destination.resize(static_cast<std::size_t>(size));
        return destination;
    }
};

/// Where a connection over IPv6 was going before a firewall redirected it here. Errors: as original_destination.
/// Source: Linux's <linux/netfilter_ipv6/ip6_tables.h>, IP6T_SO_ORIGINAL_DST.
struct original_destination_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::original_destination_v6_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_read_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET && tcp_protocol<P>;
    using value_type = endpoint<ipv6>;
    value_type value;

    static result<value_type> read(handle_view socket) noexcept {
        value_type destination;
        detail::os::address_length size = value_type::capacity();
        if (detail::os::get_option(socket.native_handle(), level, name, destination.data(), &size) < 0)
            return detail::last_error(operation::get_option);
        destination.resize(static_cast<std::size_t>(size));
        return destination;
    }
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
