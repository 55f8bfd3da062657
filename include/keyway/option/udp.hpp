// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_UDP_HPP
#define KEYWAY_OPTION_UDP_HPP

// The options of UDP. Source: udp(7).

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// Collects the data of several calls, and sends it as one datagram when the option is switched off.
/// Platforms: Linux. Source: udp(7), UDP_CORK.
struct udp_cork : flag<IPPROTO_UDP, detail::os::udp_cork_option, scope::udp> {
    using flag::flag;
};

/// Sends datagrams without a checksum, which RFC 6936 allows over IPv6 for tunnels only. On an IPv6 socket it applies to
/// IPv4-mapped traffic too.
/// Platforms: Linux. Source: socket(7), SO_NO_CHECK; Linux's <linux/udp.h>, UDP_NO_CHECK6_TX.
struct no_checksum {
    static constexpr int level_v4 = SOL_SOCKET;
    static constexpr int level_v6 = IPPROTO_UDP;
    static constexpr int name_v4 = detail::os::no_checksum_option;
    static constexpr int name_v6 = detail::os::no_checksum_v6_option;
    static constexpr bool covers_mapped = true;
    static constexpr bool is_absent = name_v4 == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = scope::udp::fits<F, T, P>;
    using value_type = bool;
    bool value = true;
};

/// Receives IPv6 datagrams without a checksum, which RFC 6936 allows for tunnels only; over IPv4 they are always received.
/// Platforms: Linux. Source: Linux's <linux/udp.h>, UDP_NO_CHECK6_RX.
struct no_checksum_receive {
    static constexpr int level = IPPROTO_UDP;
    static constexpr int name = detail::os::no_checksum_receive_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = scope::udp::fits<F, T, P> && F::domain != AF_INET;
    using value_type = bool;
    bool value = true;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
