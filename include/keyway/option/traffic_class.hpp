// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_TRAFFIC_CLASS_HPP
#define KEYWAY_OPTION_TRAFFIC_CLASS_HPP

// How the packets that a socket sends want to be treated by routers: `set(option::type_of_service{{dscp::expedited}})`.
// On a stream the kernel keeps ECN to itself, and what is set of it has no effect. Source: ip(7), RFC 3542 section 6.5.

#include <cstdint>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/traffic_class.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail {

inline result<int> encode_traffic_class(const traffic_class& value) noexcept {
    if (!value.is_valid()) return failure(errc::invalid_argument, operation::set_option);
    return value.octet();
}

constexpr traffic_class decode_traffic_class(int native) noexcept {
    return traffic_class::from_octet(static_cast<std::uint8_t>(native));
}

}  // namespace detail

namespace option {

/// Of IPv4 packets. Errors: invalid_argument (no DSCP or ECN), not_permitted (some systems, for the highest).
struct type_of_service {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = detail::os::type_of_service_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET6;
    using value_type = keyway::traffic_class;
    value_type value;

    using native_type = int;
    static result<int> encode(const value_type& value) noexcept { return detail::encode_traffic_class(value); }
    static constexpr value_type decode(const int& native) noexcept { return detail::decode_traffic_class(native); }
};

/// Of IPv6 packets. Errors: invalid_argument (no DSCP or ECN).
struct traffic_class {
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int name = detail::os::traffic_class_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && F::domain != AF_INET && !multipath_protocol<P>;
    using value_type = keyway::traffic_class;
    value_type value;

    using native_type = int;
    static result<int> encode(const value_type& value) noexcept { return detail::encode_traffic_class(value); }
    static constexpr value_type decode(const int& native) noexcept { return detail::decode_traffic_class(native); }
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
