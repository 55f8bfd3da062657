// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_UDP_HPP
#define KEYWAY_OPTION_UDP_HPP

// The options of UDP. Source: udp(7).

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// Gathers what is sent into one datagram until it is switched off.
struct udp_cork {
    static constexpr int level = IPPROTO_UDP;
    static constexpr int name = detail::os::udp_cork_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = P::number == IPPROTO_UDP;
    using value_type = bool;
    bool value = true;
};

/// Sends IPv4 datagrams without a checksum, which IPv4 allows.
struct no_checksum {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::no_checksum_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = P::number == IPPROTO_UDP && F::domain != AF_INET6;
    using value_type = bool;
    bool value = true;
};

/// Sends IPv6 datagrams without a checksum, which only tunnels may (RFC 6936).
struct no_checksum_send_v6 {
    static constexpr int level = IPPROTO_UDP;
    static constexpr int name = detail::os::no_checksum_send_v6_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = P::number == IPPROTO_UDP && F::domain != AF_INET;
    using value_type = bool;
    bool value = true;
};

/// Takes IPv6 datagrams without a checksum, which only tunnels may (RFC 6936).
struct no_checksum_receive_v6 {
    static constexpr int level = IPPROTO_UDP;
    static constexpr int name = detail::os::no_checksum_receive_v6_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = P::number == IPPROTO_UDP && F::domain != AF_INET;
    using value_type = bool;
    bool value = true;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
