// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_CONTROL_PACKET_INFO_HPP
#define KEYWAY_MESSAGE_CONTROL_PACKET_INFO_HPP

// The local addresses of an Internet message: its destination when received, its source when sent.
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
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/message/control/item.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace control {

#if KEYWAY_HAS_PACKET_INFO

/// The local address and interface to send from, where the kernel would otherwise choose. The unspecified address and
/// interface 0 leave the choice to the kernel.
struct packet_source {
    ip_address address;
    std::uint32_t interface_index = 0;

    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && connectionless<T>;

    static constexpr std::size_t sent_space = space(sizeof(detail::os::packet_info_v6));
    void encode(writer& to) const noexcept {
        if (const ipv4_address* const v4 = address.as_v4()) {
            detail::os::packet_info_v4 native{};
            detail::os::set_source(native, std::bit_cast<::in_addr>(v4->octets()), interface_index);
            to.add(IPPROTO_IP, IP_PKTINFO, native);
        } else {
            to.add(IPPROTO_IPV6, IPV6_PKTINFO,
                   detail::os::packet_info_v6{std::bit_cast<::in6_addr>(address.as_v6()->octets()), interface_index});
        }
    }
};

/// The destination of a received message, for sockets that are not bound to an address.
struct packet_info {
    ip_address destination;  ///< from the IP header: an address of this machine, or a broadcast or multicast address
    ip_address local;        ///< the address of this machine to answer from
    std::uint32_t interface_index = 0;  ///< the interface that received the message

    /// The source of an answer: `send_message(socket, data, control::list{info->reply()}, sender)`.
    [[nodiscard]] packet_source reply() const noexcept { return {local, interface_index}; }

    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && connectionless<T>;

    static result<void> request(handle_view socket, int domain) noexcept {
        return detail::set_control_option_of(socket, domain, detail::os::request_packet_info_v6,
                                             detail::os::request_packet_info_v4);
    }
    /// A socket that accepts IPv4 as well as IPv6 receives both forms.
    static constexpr std::size_t received_space =
        space(sizeof(detail::os::packet_info_v6)) + space(sizeof(detail::os::packet_info_v4));
    [[nodiscard]] static bool matches(const entry& from) noexcept { return is_v4(from) || is_v6(from); }
    [[nodiscard]] static std::optional<packet_info> decode(const entry& from) noexcept {
        if (!is_v4(from)) return decode_v6(from);
        const auto native = from.at<detail::os::packet_info_v4>(0);
        return packet_info{ipv4_address(std::bit_cast<ipv4_address::octets_type>(native.ipi_addr)),
                           ipv4_address(std::bit_cast<ipv4_address::octets_type>(detail::os::local_of(native))),
                           static_cast<std::uint32_t>(native.ipi_ifindex)};
    }

private:
    static bool is_v4(const entry& from) noexcept {
        return from.is(IPPROTO_IP, IP_PKTINFO) && from.data.size() == sizeof(detail::os::packet_info_v4);
    }
    static bool is_v6(const entry& from) noexcept {
        return from.is(IPPROTO_IPV6, IPV6_PKTINFO) && from.data.size() == sizeof(detail::os::packet_info_v6);
    }

    static std::optional<packet_info> decode_v6(const entry& from) noexcept {
        if (!is_v6(from)) return std::nullopt;
        const auto native = from.at<detail::os::packet_info_v6>(0);
        const auto index = static_cast<std::uint32_t>(native.ipi6_ifindex);
        const ipv6_address plain(std::bit_cast<ipv6_address::octets_type>(native.ipi6_addr));
        // The same link-local address may exist on several links.
        const ipv6_address address = plain.is_link_local() ? ipv6_address(plain.octets(), index) : plain;
        return packet_info{address, address.is_multicast() ? ipv6_address() : address, index};
    }
};

#endif

#if KEYWAY_HAS_ORIGINAL_DESTINATION
/// The destination of a message before a transparent proxy's rule redirected it (IP_TRANSPARENT, iptables' TPROXY). Linux.
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
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
