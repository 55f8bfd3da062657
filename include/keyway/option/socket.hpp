// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_SOCKET_HPP
#define KEYWAY_OPTION_SOCKET_HPP

// The options of the socket layer, SOL_SOCKET. Source: socket(7), "Socket options". SO_RCVTIMEO and SO_SNDTIMEO are not
// among them: a limit of the call replaces them.

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// POSIX: lets a listener bind while old connections of its port are in TIME_WAIT; tcp::listen sets it. Windows: lets any
/// program bind a port that another one has; tcp::listen and bind() set exclusive_address instead.
struct reuse_address {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_REUSEADDR;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    using value_type = bool;
    bool value = true;
};

#if KEYWAY_HAS_EXCLUSIVE_ADDRESS
/// Windows: nobody else binds the port, whatever they set. tcp::listen and bind() set it.
/// Source: "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE".
struct exclusive_address {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_EXCLUSIVEADDRUSE;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F>;
    using value_type = bool;
    bool value = true;
};
#else
struct exclusive_address {
    static constexpr bool is_absent = true;
    // clang-format off
    explicit exclusive_address(auto&&...) = KEYWAY_DELETE("only Windows has SO_EXCLUSIVEADDRUSE: elsewhere a port is its owner's alone unless both set reuse_address");
    // clang-format on
};
#endif

#if KEYWAY_HAS_REUSE_PORT
/// Lets several sockets of one user bind the same port, and the kernel spread the load over them. Not on Windows.
struct reuse_port {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_REUSEPORT;
    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F>;
    using value_type = bool;
    bool value = true;
};
#else
struct reuse_port {
    static constexpr bool is_absent = true;
    // clang-format off
    explicit reuse_port(auto&&...) = KEYWAY_DELETE("Windows has no SO_REUSEPORT: Linux, the BSDs and macOS have it; here let one listener's threads accept()");
    // clang-format on
};
#endif

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

/// Urgent bytes come in line with the others (RFC 9293 section 3.8.5).
struct out_of_band_inline {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_OOBINLINE;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P> && !multipath_protocol<P>;
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
    static constexpr int name = detail::os::linger_option;
    template <class F, class T, class P>
    static constexpr bool fits = connection_oriented<T> && !local_family<F>;
    value_type value;

    using native_type = detail::os::linger_value;
    /// Errors: invalid_argument where seconds is negative, or more than 65535 on Windows, 327 on macOS.
    static constexpr result<native_type> encode(const value_type& value) noexcept {
        if (value.seconds < 0 || value.seconds > detail::os::max_linger_seconds)
            return unexpected<keyway::error>(keyway::error(errc::invalid_argument, operation::set_option));
        native_type native{};
        native.l_onoff = value.enabled ? 1 : 0;
        native.l_linger = static_cast<decltype(native.l_linger)>(value.seconds);
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

/// Calls that would wait return would_block instead. Windows does not tell what is set, KEYWAY_HAS_NON_BLOCKING_QUERY.
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
    static constexpr bool is_read_only = true;
    using value_type = int;
    int value = 0;

    static result<int> read(handle_view socket) noexcept {
        const auto kind = detail::kind_of(socket.native_handle(), operation::get_option);
        if (!kind) return unexpected<keyway::error>(kind.error());
        return kind->domain;
    }
};

/// IPPROTO_TCP, ... Errors: no_such_option (macOS does not tell).
struct protocol {
    static constexpr bool is_read_only = true;
    using value_type = int;
    int value = 0;

    static result<int> read(handle_view socket) noexcept {
        const auto kind = detail::kind_of(socket.native_handle(), operation::get_option);
        if (!kind) return unexpected<keyway::error>(kind.error());
        if (kind->protocol == detail::os::unknown_protocol)
            return detail::failure(errc::no_such_option, operation::get_option);
        return kind->protocol;
    }
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
