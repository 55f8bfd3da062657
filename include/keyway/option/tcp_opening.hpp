// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_TCP_OPENING_HPP
#define KEYWAY_OPTION_TCP_OPENING_HPP

// How a TCP connection begins: data before or with the handshake's end. Source: tcp(7), "Socket options"; RFC 7413.

#include <climits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// Of a listener: accept() yields a connection when its first data is there, or after as many seconds; 0 for off. Linux
/// rounds up to its times of retransmission.
struct defer_accept {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::defer_accept_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    static constexpr int least = 0;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 0;
};

/// Of a listener: how many connections may have come with data in their first packet and not be done with the handshake;
/// like the backlog, net.core.somaxconn bounds it without a word. Errors: invalid_argument (of a connection).
struct fast_open {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::fast_open_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    static constexpr int least = 0;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 16;
};

/// Of a client: connect() returns at once where the server is known to take data in the first packet, and the first send
/// opens the connection. Errors: invalid_argument (once connected), not_supported (net.ipv4.tcp_fastopen forbids it).
struct fast_open_connect {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::fast_open_connect_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    using value_type = bool;
    bool value = true;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
