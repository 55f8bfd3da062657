// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_TCP_OPENING_HPP
#define KEYWAY_OPTION_TCP_OPENING_HPP

// How a TCP connection begins: waiting for its first data, and data during the handshake. Source: tcp(7), "Socket options";
// RFC 7413.

#include <climits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// On a listener: accept() returns a connection only when its first data has arrived, or after this many seconds; 0 switches
/// it off. Linux rounds up to its retransmission times.
/// Platforms: Linux. Source: tcp(7), TCP_DEFER_ACCEPT.
struct defer_accept : number<IPPROTO_TCP, detail::os::defer_accept_option, scope::tcp, 0, INT_MAX> {
    using number::number;
};

/// On a listener: accepts data in the first packet of a connection. The value is the largest number of such connections whose
/// handshake is not complete; the kernel lowers it to net.core.somaxconn, as it does the backlog.
/// Errors: invalid_argument (on a connection). Platforms: Linux. Source: tcp(7), TCP_FASTOPEN.
struct fast_open : number<IPPROTO_TCP, detail::os::fast_open_option, scope::tcp, 0, INT_MAX, 16> {
    using number::number;
};

/// On a client: connect() returns at once if the server is known to accept data in the first packet, and the first send opens
/// the connection.
/// Errors: invalid_argument (after connecting), operation_not_supported (net.ipv4.tcp_fastopen forbids it).
/// Platforms: Linux. Source: tcp(7), TCP_FASTOPEN_CONNECT.
struct fast_open_connect : flag<IPPROTO_TCP, detail::os::fast_open_connect_option, scope::tcp> {
    using flag::flag;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
