// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_MULTICAST_HPP
#define KEYWAY_OPTION_MULTICAST_HPP

// How a socket sends to multicast groups, and what it takes of them. Which groups it is a member of, say join() and leave()
// of <keyway/multicast.hpp>. Datagram and raw sockets have these options. Source: ip(7), ipv6(7), RFC 3493 section 5.2.

#include <cstdint>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/multicast.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail {

// `ip`, whose family is decided at run time, fits both.
template <class F, class T>
inline constexpr bool has_multicast_v4 = internet_family<F> && F::domain != AF_INET6 && connectionless<T>;
template <class F, class T>
inline constexpr bool has_multicast_v6 = internet_family<F> && F::domain != AF_INET && connectionless<T>;

/// A hop count as the kernel has it, which by itself would take others too, or cut them to eight bits.
template <class Native>
constexpr result<Native> to_hop_count(int value) noexcept {
    if (value < 0 || value > 255) return unexpected<error>(error(errc::invalid_argument, operation::set_option));
    return static_cast<Native>(value);
}

}  // namespace detail

namespace option {

/// How many routers an IPv4 packet to a group may pass, 0 to 255: at 0 it stays on this machine, at 1, the system's
/// default, in this network. Errors: invalid_argument outside of that.
struct multicast_time_to_live {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = IP_MULTICAST_TTL;
    template <class F, class T, class P>
    static constexpr bool fits = detail::has_multicast_v4<F, T>;
    using value_type = int;
    int value = 1;

    using native_type = detail::os::multicast_octet;
    static constexpr result<native_type> encode(const int& hops) noexcept {
        return detail::to_hop_count<native_type>(hops);
    }
    static constexpr int decode(const native_type& native) noexcept { return native; }
};

/// The same of IPv6.
struct multicast_hop_limit {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = IPV6_MULTICAST_HOPS;
    template <class F, class T, class P>
    static constexpr bool fits = detail::has_multicast_v6<F, T>;
    using value_type = int;
    int value = 1;

    using native_type = int;
    static constexpr result<native_type> encode(const int& hops) noexcept {
        return detail::to_hop_count<native_type>(hops);
    }
    static constexpr int decode(const native_type& native) noexcept { return native; }
};

/// Whether members on this machine get what is sent to an IPv4 group; on is the default. POSIX asks the sender's socket,
/// Windows the receiver's.
struct multicast_loop_v4 {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = IP_MULTICAST_LOOP;
    template <class F, class T, class P>
    static constexpr bool fits = detail::has_multicast_v4<F, T>;
    using value_type = bool;
    bool value = true;

    using native_type = detail::os::multicast_octet;
    static constexpr result<native_type> encode(const bool& on) noexcept { return static_cast<native_type>(on); }
    static constexpr bool decode(const native_type& native) noexcept { return native != 0; }
};

/// The same of IPv6.
struct multicast_loop_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = IPV6_MULTICAST_LOOP;
    template <class F, class T, class P>
    static constexpr bool fits = detail::has_multicast_v6<F, T>;
    using value_type = bool;
    bool value = true;
};

/// The index of the interface by which packets to IPv4 groups leave; 0 is the one of the route. It can only be set: most
/// systems tell an address of the interface, if anything.
/// Errors: address_not_available where there is no such interface.
struct multicast_interface_v4 {
    template <class F, class T, class P>
    static constexpr bool fits = detail::has_multicast_v4<F, T>;
    using value_type = std::uint32_t;
    std::uint32_t value = 0;

    static result<void> write(handle_view socket, std::uint32_t index) noexcept {
        const auto native = detail::os::interface_v4(index);
        return detail::checked(
            detail::os::set_option(socket.native_handle(), IPPROTO_IP, IP_MULTICAST_IF, &native, sizeof(native)),
            operation::set_option);
    }
};

/// The index of the interface by which packets to IPv6 groups leave, where their destination has no scope id; 0 is the one
/// of the route. Errors: no_such_device.
struct multicast_interface_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = IPV6_MULTICAST_IF;
    template <class F, class T, class P>
    static constexpr bool fits = detail::has_multicast_v6<F, T>;
    using value_type = std::uint32_t;
    std::uint32_t value = 0;
};

#if KEYWAY_HAS_MULTICAST_ALL
/// Off: the socket gets what was sent to groups that it joined itself. On, Linux's default: that of all groups that any
/// program on this machine joined. Linux alone has it; elsewhere it is off.
struct multicast_all_v4 {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::multicast_all_v4_option;
    template <class F, class T, class P>
    static constexpr bool fits = detail::has_multicast_v4<F, T>;
    using value_type = bool;
    bool value = true;
};

/// The same of IPv6, since Linux 4.20.
struct multicast_all_v6 {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::multicast_all_v6_option;
    template <class F, class T, class P>
    static constexpr bool fits = detail::has_multicast_v6<F, T>;
    using value_type = bool;
    bool value = true;
};
#else
struct multicast_all_v4 {
    static constexpr bool is_absent = true;
    // clang-format off
    explicit multicast_all_v4(auto&&...) = KEYWAY_DELETE("only Linux has IP_MULTICAST_ALL: elsewhere a socket gets what was sent to its own groups");
    // clang-format on
};
struct multicast_all_v6 {
    static constexpr bool is_absent = true;
    // clang-format off
    explicit multicast_all_v6(auto&&...) = KEYWAY_DELETE("only Linux has IPV6_MULTICAST_ALL: elsewhere a socket gets what was sent to its own groups");
    // clang-format on
};
#endif

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
