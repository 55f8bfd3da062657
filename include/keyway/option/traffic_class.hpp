// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_TRAFFIC_CLASS_HPP
#define KEYWAY_OPTION_TRAFFIC_CLASS_HPP

// How routers should treat the packets that a socket sends: `set(option::traffic_class{{dscp::expedited}})`.

#include <cstdint>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/packet/traffic_class.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// The DSCP and ECN of each packet: IPv4's type of service, IPv6's traffic class. On an IPv6 socket it applies to IPv4-mapped
/// traffic too. On a stream the kernel sets ECN itself and ignores the value's. MPTCP has it over IPv4 only.
/// Errors: invalid_argument (not a DSCP or ECN), operation_not_permitted (some systems, for the highest).
/// Platforms: Linux, BSD. Source: ip(7), IP_TOS; RFC 3542 section 6.5, IPV6_TCLASS.
struct traffic_class {
    static constexpr int name_v4 = detail::os::traffic_class_option;
    static constexpr int name_v6 = detail::os::traffic_class_v6_option;
    static constexpr bool covers_mapped = true;
    static constexpr bool is_absent = name_v4 == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F> && (!multipath_protocol<P> || F::domain != AF_INET6);
    using value_type = keyway::traffic_class;
    value_type value;

    using native_type = int;
    static result<int> encode(const value_type& value) noexcept {
        if (!value.is_valid()) return detail::failure(errc::invalid_argument, operation::set_option);
        return value.octet();
    }
    static constexpr value_type decode(const int& native) noexcept {
        return value_type::from_octet(static_cast<std::uint8_t>(native));
    }
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
