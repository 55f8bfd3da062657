// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_MULTICAST_HPP
#define KEYWAY_OPTION_MULTICAST_HPP

// How a socket sends to multicast groups, and which group traffic it receives; join() and leave() of
// <keyway/message/multicast.hpp> change its memberships. Source: ip(7), ipv6(7), RFC 3493 section 5.2.

#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/multicast.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

// These options have their own read() and write(), because IPv4's may have another type than IPv6's.

/// On an IPv6 socket both names are set: datagrams to IPv4-mapped groups obey the one for IPv4.
template <class V4>
result<void> write_multicast(handle_view socket, int domain, int name_v4, const V4& value_v4, int name_v6,
                             int value_v6) noexcept {
    const auto set = [&](int level, int name, const auto& value) {
        return os::set_option(socket.native_handle(), level, name, &value, sizeof(value));
    };
    int done = set(IPPROTO_IP, name_v4, value_v4);
    if (domain == AF_INET6) done = set(IPPROTO_IPV6, name_v6, value_v6);
    return checked(done, operation::set_option);
}

template <class Native>
result<int> read_multicast(handle_view socket, int level, int name) noexcept {
    Native value{};
    os::address_length size = sizeof(value);
    if (os::get_option(socket.native_handle(), level, name, &value, &size) < 0)
        return last_error(operation::get_option);
    if (size != sizeof(value)) return failure(errc::malformed_value, operation::get_option);
    return static_cast<int>(value);
}
inline result<int> read_multicast(handle_view socket, int domain, int name_v4, int name_v6) noexcept {
    if (domain == AF_INET6) return read_multicast<int>(socket, IPPROTO_IPV6, name_v6);
    return read_multicast<os::multicast_octet>(socket, IPPROTO_IP, name_v4);
}

}  // namespace detail

namespace option {

/// How many hops a packet to a group may travel, 0 to 255: with 0 it stays on this machine, with 1, the default, in this
/// network. On an IPv6 socket it applies to IPv4-mapped groups too.
/// Errors: invalid_argument (out of range).
/// Platforms: all. Source: ip(7), IP_MULTICAST_TTL; RFC 3493 section 5.2, IPV6_MULTICAST_HOPS.
struct multicast_hop_limit : ip_plain<int, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, scope::multicast> {
    constexpr multicast_hop_limit() noexcept : ip_plain(1) {}
    using ip_plain::ip_plain;
    static constexpr int least = 0;
    static constexpr int most = 255;

    static result<void> write(handle_view socket, int domain, int hops) noexcept {
        // Some kernels keep eight bits.
        if (hops < least || hops > most) return detail::failure(errc::invalid_argument, operation::set_option);
        return detail::write_multicast(socket, domain, name_v4, static_cast<detail::os::multicast_octet>(hops), name_v6,
                                       hops);
    }
    static result<int> read(handle_view socket, int domain) noexcept {
        return detail::read_multicast(socket, domain, name_v4, name_v6);
    }
};

/// Delivers datagrams to a group to its members on this machine too; on by default. Set it on the sending socket, on Windows
/// on the receiving one. On an IPv6 socket it applies to IPv4-mapped groups too.
/// Platforms: all. Source: ip(7), IP_MULTICAST_LOOP; RFC 3493 section 5.2, IPV6_MULTICAST_LOOP.
struct multicast_loop : ip_flag<IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, scope::multicast> {
    using ip_flag::ip_flag;

    static result<void> write(handle_view socket, int domain, bool on) noexcept {
        return detail::write_multicast(socket, domain, name_v4, static_cast<detail::os::multicast_octet>(on), name_v6,
                                       on);
    }
    static result<bool> read(handle_view socket, int domain) noexcept {
        const auto value = detail::read_multicast(socket, domain, name_v4, name_v6);
        if (!value) return failure(value);
        return *value != 0;
    }
};

/// The index of the interface that sends packets to groups, of IPv6 those whose destination has no scope id; 0 lets the route
/// decide. On an IPv6 socket it applies to IPv4-mapped groups too. It can only be set: for IPv4 most systems report an address
/// at best.
/// Errors: address_not_available (IPv4) or no_such_device (IPv6) if there is no such interface.
/// Platforms: all. Source: ip(7), IP_MULTICAST_IF; RFC 3493 section 5.2, IPV6_MULTICAST_IF.
struct multicast_interface : ip_plain<std::uint32_t, IP_MULTICAST_IF, IPV6_MULTICAST_IF, scope::multicast> {
    using ip_plain::ip_plain;
    static constexpr bool is_write_only = true;

    static result<void> write(handle_view socket, int domain, std::uint32_t index) noexcept {
        return detail::write_multicast(socket, domain, name_v4, detail::os::interface_v4(index), name_v6,
                                       static_cast<int>(index));
    }
};

/// Receives datagrams to groups that any program on this machine has joined, as Linux does by default; off, only to groups
/// that this socket has joined, as other systems do. On an IPv6 socket it applies to IPv4-mapped groups too.
/// Platforms: Linux; IPv6 from 4.20. Source: ip(7), IP_MULTICAST_ALL; Linux's <linux/in6.h>, IPV6_MULTICAST_ALL.
struct multicast_all
    : ip_flag<detail::os::multicast_all_option, detail::os::multicast_all_v6_option, scope::multicast> {
    using ip_flag::ip_flag;
    static constexpr bool covers_mapped = true;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
