// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CONTROL_IP_HPP
#define KEYWAY_CONTROL_IP_HPP

// What goes beside an Internet message: where it went to and is to come from, and fields of its IP header.
// Source: ip(7), ipv6(7); RFC 3542 section 6.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include <keyway/address/ip.hpp>
#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/concepts.hpp>
#include <keyway/control/item.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/traffic_class.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail {

/// An octet, which some systems send as one and others as an int.
inline std::optional<std::uint8_t> octet_in(const control::entry& from) noexcept {
    if (from.data.size() == 1) return from.as<std::uint8_t>();
    const auto number = from.as<int>();
    if (!number || *number < 0 || *number > UINT8_MAX) return std::nullopt;
    return static_cast<std::uint8_t>(*number);
}

}  // namespace detail

namespace control {

#if KEYWAY_HAS_PACKET_INFO

/// The address that a message comes from, one of this machine's, and the interface that it goes out by: of several, the
/// kernel would choose. The unspecified address, and interface 0, leave it the choice.
struct packet_source {
    ip_address address;
    std::uint32_t interface_index = 0;

    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && connectionless<T>;

    static constexpr std::size_t sent_space = space(sizeof(detail::os::packet_info_v6));
    void encode(writer& to) const noexcept {
        if (const ipv4_address* const v4 = address.if_v4()) {
            detail::os::packet_info_v4 native{};
            detail::os::set_source(native, std::bit_cast<::in_addr>(v4->octets()), interface_index);
            to.add(IPPROTO_IP, IP_PKTINFO, native);
        } else {
            to.add(IPPROTO_IPV6, IPV6_PKTINFO,
                   detail::os::packet_info_v6{std::bit_cast<::in6_addr>(address.if_v6()->octets()), interface_index});
        }
    }
};

/// Where a message went to, which only a socket that is bound to no address needs to ask.
struct packet_info {
    ip_address destination;  ///< in the message's header: of this machine, or a broadcast or multicast address
    ip_address local;        ///< this machine's, to answer from
    std::uint32_t interface_index = 0;  ///< that it came by

    /// For the answer: `send_message(socket, data, sender, control::list{info->reply()})`.
    [[nodiscard]] packet_source reply() const noexcept { return {local, interface_index}; }

    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && connectionless<T>;

    static result<void> request(handle_view socket, int domain) noexcept {
        return detail::set_control_option_of(socket, domain, detail::os::request_packet_info_v6,
                                             detail::os::request_packet_info_v4);
    }
    /// A socket that takes IPv4 beside IPv6 gets both forms.
    static constexpr std::size_t received_space =
        space(sizeof(detail::os::packet_info_v6)) + space(sizeof(detail::os::packet_info_v4));
    [[nodiscard]] static std::optional<packet_info> decode(const entry& from) noexcept {
        if (from.is(IPPROTO_IP, IP_PKTINFO)) {
            if (const auto native = from.as<detail::os::packet_info_v4>()) {
                const ipv4_address destination(std::bit_cast<ipv4_address::octets_type>(native->ipi_addr));
                const ipv4_address local(std::bit_cast<ipv4_address::octets_type>(detail::os::local_of(*native)));
                return packet_info{destination, local, static_cast<std::uint32_t>(native->ipi_ifindex)};
            }
        } else if (from.is(IPPROTO_IPV6, IPV6_PKTINFO)) {
            if (const auto native = from.as<detail::os::packet_info_v6>()) {
                const auto index = static_cast<std::uint32_t>(native->ipi6_ifindex);
                const ipv6_address plain(std::bit_cast<ipv6_address::octets_type>(native->ipi6_addr));
                // Of a link-local address there may be one on each link.
                const ipv6_address address = plain.is_link_local() ? ipv6_address(plain.octets(), index) : plain;
                return packet_info{address, address.is_multicast() ? ipv6_address() : address, index};
            }
        }
        return std::nullopt;
    }
};

#endif

/// How many routers may pass it on: time to live, or hop limit. Sent, of this message (not on Windows, where the option
/// is there for all messages); received, what is left of it.
struct hop_limit {
    std::uint8_t value = 0;

    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && connectionless<T>;

    static result<void> request(handle_view socket, int domain) noexcept {
        return detail::set_control_option_of(socket, domain, detail::os::request_hop_limit_v6,
                                             detail::os::request_hop_limit_v4);
    }
    static constexpr std::size_t received_space = space(sizeof(int));
    [[nodiscard]] static std::optional<hop_limit> decode(const entry& from) noexcept {
        const bool is_v4 = from.level == IPPROTO_IP && detail::os::is_hop_limit_v4(from.type);
        if (!is_v4 && !from.is(IPPROTO_IPV6, IPV6_HOPLIMIT)) return std::nullopt;
        const auto value = detail::octet_in(from);
        if (!value) return std::nullopt;
        return hop_limit{*value};
    }

#if KEYWAY_HAS_SENT_IP_FIELDS
    // A socket takes what is of its own domain, and passes over the other's.
    static constexpr std::size_t sent_space = 2 * space(sizeof(int));
    void encode(writer& to) const noexcept {
        to.add(IPPROTO_IP, detail::os::sent_hop_limit_v4, int{value});
        to.add(IPPROTO_IPV6, IPV6_HOPLIMIT, int{value});
    }
#endif
};

/// The class of service and the congestion marks of this message: type of service, or traffic class.
struct traffic_class {
    keyway::traffic_class value;

    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && connectionless<T>;

    static result<void> request(handle_view socket, int domain) noexcept {
        return detail::set_control_option_of(socket, domain, IPV6_RECVTCLASS, detail::os::request_traffic_class_v4);
    }
    static constexpr std::size_t received_space = space(sizeof(int));
    [[nodiscard]] static std::optional<traffic_class> decode(const entry& from) noexcept {
        if (!from.is(IPPROTO_IP, detail::os::received_traffic_class_v4) && !from.is(IPPROTO_IPV6, IPV6_TCLASS))
            return std::nullopt;
        const auto value = detail::octet_in(from);
        if (!value) return std::nullopt;
        return traffic_class{keyway::traffic_class::from_octet(*value)};
    }

#if KEYWAY_HAS_SENT_IP_FIELDS
    static constexpr std::size_t sent_space = 2 * space(sizeof(int));
    void encode(writer& to) const noexcept {
        to.add(IPPROTO_IP, detail::os::sent_traffic_class_v4, int{value.octet()});
        to.add(IPPROTO_IPV6, IPV6_TCLASS, int{value.octet()});
    }
#endif
};

#if KEYWAY_HAS_ORIGINAL_DESTINATION
/// Where a message went to before a transparent proxy's rule brought it here (IP_TRANSPARENT, iptables' TPROXY). Linux.
struct original_destination {
    endpoint<ip> value;

    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && connectionless<T>;

    static result<void> request(handle_view socket, int domain) noexcept {
        return detail::set_control_option_of(socket, domain, detail::os::original_destination_v6,
                                             detail::os::original_destination_v4);
    }
    static constexpr std::size_t received_space = space(endpoint<ip>::capacity());
    [[nodiscard]] static std::optional<original_destination> decode(const entry& from) noexcept {
        const bool is_v4 = from.is(IPPROTO_IP, detail::os::original_destination_v4);
        const bool is_v6 = from.is(IPPROTO_IPV6, detail::os::original_destination_v6);
        if (from.data.size() != (is_v4 ? endpoint<ipv4>::size() : is_v6 ? endpoint<ipv6>::size() : 0))
            return std::nullopt;
        original_destination item;
        std::memcpy(item.value.data(), from.data.data(), from.data.size());
        item.value.resize(from.data.size());
        return item;
    }
};
#endif

}  // namespace control
}  // namespace keyway::inline KEYWAY_MODE

#endif
