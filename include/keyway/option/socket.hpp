// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_SOCKET_HPP
#define KEYWAY_OPTION_SOCKET_HPP

// The options of the socket layer, SOL_SOCKET. Source: socket(7), "Socket options".

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// Lets a listener bind while old connections of its port are in TIME_WAIT. tcp::listen sets it.
struct reuse_address {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_REUSEADDR;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    using value_type = bool;
    bool value = true;
};

/// Lets several sockets of one user bind the same port, and the kernel spread the load over them.
struct reuse_port {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_REUSEPORT;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F>;
    using value_type = bool;
    bool value = true;
};

/// Allows datagrams to a broadcast address, which IPv4 alone has.
struct broadcast {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_BROADCAST;
    template <class F, class T, class P>
    static constexpr bool fits = connectionless<T> && !local_family<F> && F::domain != AF_INET6;
    using value_type = bool;
    bool value = true;
};

/// Probes an idle connection; how, say the keep_alive_* options of <keyway/option/tcp.hpp>.
struct keep_alive {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_KEEPALIVE;
    template <class F, class T, class P>
    static constexpr bool fits = connection_oriented<T> && !local_family<F>;
    using value_type = bool;
    bool value = true;
};

/// How long an explicit close() may block to get queued data through. Off is the system's default: close() returns at
/// once and the kernel goes on sending. The destructor never blocks, whatever is set. For a close that resets the
/// connection call reset(); to know that the peer has everything, shut down and read to the end.
struct linger {
    struct value_type {
        bool enabled = false;
        int seconds = 0;
        friend constexpr bool operator==(const value_type&, const value_type&) noexcept = default;
    };
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_LINGER;
    template <class F, class T, class P>
    static constexpr bool fits = connection_oriented<T> && !local_family<F>;
    value_type value;

    using native_type = detail::os::linger_value;
    /// Errors: invalid_argument where seconds is negative.
    static constexpr result<native_type> encode(const value_type& value) noexcept {
        if (value.seconds < 0)
            return unexpected<keyway::error>(keyway::error(errc::invalid_argument, operation::set_option));
        native_type native{};
        native.l_onoff = value.enabled ? 1 : 0;
        native.l_linger = value.seconds;
        return native;
    }
    static constexpr value_type decode(const native_type& native) noexcept {
        // Linux keeps the time of before where it is off.
        if (native.l_onoff == 0) return {};
        return {true, static_cast<int>(native.l_linger)};
    }
};

/// Bytes the kernel may queue to send. Linux doubles what is set, to have room for its own, and keeps it between 4608
/// and twice net.core.wmem_max.
struct send_buffer {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_SNDBUF;
    using value_type = int;
    int value = 0;
};

/// Bytes the kernel may queue that were received and not read. Linux doubles what is set and keeps it between 2304 and
/// twice net.core.rmem_max.
struct receive_buffer {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_RCVBUF;
    using value_type = int;
    int value = 0;
};

/// Calls that would wait return would_block instead. Source: fcntl(2), O_NONBLOCK.
struct non_blocking {
    using value_type = bool;
    bool value = true;

    static result<bool> read(handle_view socket) noexcept {
        const int on = detail::os::is_non_blocking(socket.native_handle());
        if (on < 0) return detail::last_error(operation::get_option);
        return on != 0;
    }
    static result<void> write(handle_view socket, bool on) noexcept {
        return detail::checked(detail::os::set_non_blocking(socket.native_handle(), on), operation::set_option);
    }
};

/// The error that the kernel keeps for the next call. Reading clears it; code 0 is none.
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

/// SOCK_STREAM, SOCK_DGRAM, ...
struct type {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_TYPE;
    static constexpr bool is_read_only = true;
    using value_type = int;
    int value = 0;
};

/// AF_INET, AF_INET6, ...
struct domain {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_DOMAIN;
    static constexpr bool is_read_only = true;
    using value_type = int;
    int value = 0;
};

/// IPPROTO_TCP, ...
struct protocol {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_PROTOCOL;
    static constexpr bool is_read_only = true;
    using value_type = int;
    int value = 0;
};

/// Whether the socket listens.
struct accepting {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_ACCEPTCONN;
    static constexpr bool is_read_only = true;
    using value_type = bool;
    bool value = false;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
