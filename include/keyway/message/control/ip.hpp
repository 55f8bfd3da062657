// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_CONTROL_IP_HPP
#define KEYWAY_MESSAGE_CONTROL_IP_HPP

// The fields of the IP header of a message: hop limit, traffic class. Source: ip(7), ipv6(7); RFC 3542 section 6.

#include <cstddef>
#include <cstdint>
#include <optional>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/message/control/item.hpp>
#include <keyway/packet/traffic_class.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// The value of an item that some systems deliver as an octet and others as an int.
inline std::optional<std::uint8_t> octet_in(const control::entry& from) noexcept {
    if (from.data.size() == 1) return from.as<std::uint8_t>();
    const auto number = from.as<int>();
    if (!number || *number < 0 || *number > UINT8_MAX) return std::nullopt;
    return static_cast<std::uint8_t>(*number);
}

}  // namespace detail

namespace control {

/// Time to live, or hop limit: the number of routers that may forward the message. Sent for one message (on Windows use the
/// option, which holds for all messages); received, the number that is left.
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
    // A socket reads the item of its own domain and ignores the other one.
    static constexpr std::size_t sent_space = 2 * space(sizeof(int));
    void encode(writer& to) const noexcept {
        to.add(IPPROTO_IP, detail::os::sent_hop_limit_v4, int{value});
        to.add(IPPROTO_IPV6, IPV6_HOPLIMIT, int{value});
    }
#endif
};

/// Type of service, or traffic class: the service class and the congestion marks of one message.
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

}  // namespace control
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
