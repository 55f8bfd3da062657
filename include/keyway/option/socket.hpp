// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_SOCKET_HPP
#define KEYWAY_OPTION_SOCKET_HPP

// The options of the socket layer, SOL_SOCKET. Source: socket(7), "Socket options". SO_RCVTIMEO and SO_SNDTIMEO are left
// out: use a call's limit instead.

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// On POSIX lets a listener bind while old connections of its port are in TIME_WAIT; tcp::listen() sets it. On Windows lets
/// any program bind a port that is in use; tcp::listen() and bind() set exclusive_address instead.
/// Platforms: all. Source: socket(7), SO_REUSEADDR.
struct reuse_address : flag<SOL_SOCKET, SO_REUSEADDR, scope::network> {
    using flag::flag;
};

/// Keeps other programs from binding the port, whatever they set; tcp::listen() and bind() set it on Windows. Elsewhere a
/// port is exclusive unless both sockets set reuse_address or reuse_port.
/// Platforms: Windows. Source: "SOL_SOCKET Socket Options", SO_EXCLUSIVEADDRUSE.
struct exclusive_address : flag<SOL_SOCKET, detail::os::exclusive_address_option, scope::internet> {
    using flag::flag;
};

/// Lets several sockets of one user bind the same port; Linux spreads connections and datagrams over them. On Windows let
/// several threads call accept() on one listener.
/// Platforms: Linux, BSD. Source: socket(7), SO_REUSEPORT.
struct reuse_port : flag<SOL_SOCKET, detail::os::reuse_port_option, scope::internet> {
    using flag::flag;
};

/// Allows datagrams to a broadcast address. IPv6 has none.
/// Platforms: all. Source: socket(7), SO_BROADCAST.
struct broadcast {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_BROADCAST;
    template <class F, class T, class P>
    static constexpr bool fits = connectionless<T> && !local_family<F> && F::domain != AF_INET6;
    using value_type = bool;
    bool value = true;
};

/// Probes idle connections; the keep_alive_* options of <keyway/option/tcp.hpp> set the times.
/// Platforms: all. Source: socket(7), SO_KEEPALIVE.
struct keep_alive : flag<SOL_SOCKET, SO_KEEPALIVE, scope::network_connections> {
    using flag::flag;
};

/// Receives urgent data in line with the rest.
/// Platforms: all. Source: socket(7), SO_OOBINLINE; RFC 9293 section 3.8.5.
struct out_of_band_inline : flag<SOL_SOCKET, SO_OOBINLINE, scope::plain_tcp> {
    using flag::flag;
};

/// How long, in seconds, an explicit close() may block until queued data is sent and acknowledged. Off by default: close()
/// returns at once, and the kernel goes on sending. The destructor never blocks, if the option was set here or before
/// adopt() took the socket over. To reset the connection call reset(); to make sure that the peer has received everything,
/// shut down sending and receive to the end.
/// Errors: invalid_argument (seconds negative, or above 65535 on Windows, 327 on macOS).
/// Platforms: all. Source: socket(7), SO_LINGER.
struct linger {
    struct value_type {
        bool enabled = false;
        int seconds = 0;
        friend constexpr bool operator==(const value_type&, const value_type&) noexcept = default;
    };
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::linger_option;
    template <class F, class T, class P>
    static constexpr bool fits = scope::network_connections::fits<F, T, P>;
    value_type value;

    using native_type = detail::os::linger_value;
    static constexpr result<native_type> encode(const value_type& value) noexcept {
        if (value.seconds < 0 || value.seconds > detail::os::max_linger_seconds)
            return unexpected<keyway::error>(keyway::error(errc::invalid_argument, operation::set_option));
        native_type native{};
        native.l_onoff = value.enabled ? 1 : 0;
        native.l_linger = static_cast<decltype(native.l_linger)>(value.seconds);
        return native;
    }
    static constexpr value_type decode(const native_type& native) noexcept {
        // Linux keeps the previous time while it is off.
        if (native.l_onoff == 0) return {};
        return {true, static_cast<int>(native.l_linger)};
    }
};

/// The size of the send buffer in bytes. Linux doubles the value, to allow for its bookkeeping, and keeps the result
/// between 4608 and twice net.core.wmem_max.
/// Platforms: all. Source: socket(7), SO_SNDBUF.
struct send_buffer : plain<int, SOL_SOCKET, SO_SNDBUF> {
    using plain::plain;
};

/// The size of the receive buffer in bytes. Linux doubles the value and keeps the result between 2304 and twice
/// net.core.rmem_max.
/// Platforms: all. Source: socket(7), SO_RCVBUF.
struct receive_buffer : plain<int, SOL_SOCKET, SO_RCVBUF> {
    using plain::plain;
};

/// Makes calls that would wait fail with operation_would_block instead.
/// Platforms: all; Windows can set it, but not read it (KEYWAY_HAS_NON_BLOCKING_QUERY).
/// Source: fcntl(2), O_NONBLOCK; ioctlsocket, FIONBIO.
struct non_blocking {
    using value_type = bool;
    bool value = true;

#if KEYWAY_HAS_NON_BLOCKING_QUERY
    static result<bool> read(handle_view socket) noexcept {
        const int on = detail::os::is_non_blocking(socket.native_handle());
        if (on < 0) return detail::last_error(operation::get_option);
        return on != 0;
    }
#endif
    static result<void> write(handle_view socket, bool on) noexcept {
        return detail::checked(detail::os::set_non_blocking(socket.native_handle(), on), operation::set_option);
    }
};

/// The pending error of the socket, which the next call would report; code 0 for none. Reading clears it.
/// Platforms: all. Source: socket(7), SO_ERROR.
struct error {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_ERROR;
    static constexpr bool is_read_only = true;
    using value_type = keyway::error;
    value_type value;

    using native_type = int;
    static constexpr result<int> encode(const value_type& value) noexcept { return value.code(); }
    static constexpr value_type decode(int native) noexcept { return {native, operation::none}; }
};

/// The socket type: SOCK_STREAM, SOCK_DGRAM, ...
/// Platforms: all. Source: socket(7), SO_TYPE.
struct type : plain<int, SOL_SOCKET, SO_TYPE> {
    static constexpr bool is_read_only = true;
};

/// The address family: AF_INET, AF_INET6, ...
/// Platforms: all. Source: socket(7), SO_DOMAIN.
struct domain {
    static constexpr bool is_read_only = true;
    using value_type = int;
    int value = 0;

    static result<int> read(handle_view socket) noexcept {
        detail::os::socket_kind kind;
        if (detail::os::inspect(socket.native_handle(), kind) < 0) return detail::last_error(operation::get_option);
        return kind.domain;
    }
};

/// The protocol: IPPROTO_TCP, ...
/// Errors: no_protocol_option (macOS does not report it).
/// Platforms: all. Source: socket(7), SO_PROTOCOL.
struct protocol {
    static constexpr bool is_read_only = true;
    using value_type = int;
    int value = 0;

    static result<int> read(handle_view socket) noexcept {
        detail::os::socket_kind kind;
        if (detail::os::inspect(socket.native_handle(), kind) < 0) return detail::last_error(operation::get_option);
        if (kind.protocol == detail::os::unknown_protocol)
            return detail::failure(errc::no_protocol_option, operation::get_option);
        return kind.protocol;
    }
};

/// Whether the socket is a listener.
/// Platforms: all. Source: socket(7), SO_ACCEPTCONN.
struct accepting : plain<bool, SOL_SOCKET, SO_ACCEPTCONN> {
    static constexpr bool is_read_only = true;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
