// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TRANSPORT_HPP
#define KEYWAY_TRANSPORT_HPP

// Family, type and protocol under one name, with everything that belongs to them: tcp::endpoint, tcp::listen(...). Most
// programs need no other header.

#include <array>
#include <concepts>
#include <string_view>
#include <utility>

// IWYU pragma: begin_exports
#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/buffer.hpp>
#include <keyway/canceller.hpp>
#include <keyway/concepts.hpp>
#include <keyway/connection.hpp>
#include <keyway/deadline.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/view.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/endpoint/unix.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/listener.hpp>
#include <keyway/option/ip.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/option/tcp.hpp>
#include <keyway/protocol.hpp>
#include <keyway/received.hpp>
#include <keyway/socket.hpp>
#include <keyway/type.hpp>
#include <keyway/waiting.hpp>
// IWYU pragma: end_exports

namespace keyway::inline KEYWAY_MODE {

/// How listen() sets up the socket. A family of your own, and AF_UNIX, has a backlog only.
template <class F>
struct listen_options {
    int backlog = detail::os::max_backlog;  ///< connections that may wait; the kernel lowers it to its maximum
};

template <internet_family F>
struct listen_options<F> {
    /// POSIX: bind while old connections are in TIME_WAIT. Off on Windows, where it would let others take the port over;
    /// what is off makes the port exclusive there.
    bool reuse_address = detail::os::reuse_address_is_safe;
    bool dual_stack = false;                ///< an IPv6 endpoint takes IPv4 too; an error on an IPv4 one
    int backlog = detail::os::max_backlog;  ///< connections that may wait; the kernel lowers it to its maximum
};

/// How bind() sets up the socket.
template <class F>
struct bind_options {};

template <internet_family F>
struct bind_options<F> {
    bool reuse_address = false;  ///< several sockets may bind the port, as receivers of a multicast group do
    bool dual_stack = false;     ///< an IPv6 endpoint takes IPv4 too; an error on an IPv4 one
};

namespace detail {

template <class F, class T, class P>
struct listener_names {};
template <class F, connection_oriented T, class P>
struct listener_names<F, T, P> {
    using listener = keyway::listener<F, T, P>;
    using listener_view = keyway::listener_view<F, T, P>;
};

/// What a connection by name, or to any of several endpoints, takes; defined in <keyway/connect.hpp>.
template <class Transport, class Where>
struct include_keyway_connect_hpp;

}  // namespace detail

template <class Endpoint>
struct connect_options;
struct no_preparation;
class service;

/// The names and one-call forms of a combination; only static members.
template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
struct transport : detail::listener_names<F, T, P> {
    using family = F;
    using type = T;
    using protocol = P;
    using endpoint = typename F::endpoint;
    using socket = keyway::socket<F, T, P>;
    using socket_view = keyway::socket_view<F, T, P>;
    using connection = keyway::connection<F, T, P>;
    using connection_view = keyway::connection_view<F, T, P>;
    using listen_options = keyway::listen_options<F>;
    using bind_options = keyway::bind_options<F>;

    /// A socket that is bound and listens. Errors: those of socket::open(), bind() and listen(), each by its name;
    /// invalid_argument where dual_stack is asked for at an IPv4 endpoint.
    [[nodiscard]] static result<typename detail::listener_of<F, T, P>::type> listen(
        const endpoint& at, const listen_options& options = {}) noexcept
        requires connection_oriented<T>
    {
        auto opened = prepared(at, options);
        if (!opened) return unexpected<error>(opened.error());
        return std::move(*opened).listen(options.backlog);
    }

    /// A socket that is bound. Errors: those of socket::open() and bind().
    [[nodiscard]] static result<socket> bind(const endpoint& at, const bind_options& options = {}) noexcept {
        return prepared(at, options);
    }

    /// A connection to `to`. Errors: those of socket::open() and connect().
    [[nodiscard]] static result<connection> connect(const endpoint& to) noexcept {
        auto opened = socket::open_for(to);
        if (!opened) return unexpected<error>(opened.error());
        return std::move(*opened).connect(to);
    }
    /// The same, as long as it may wait. Adds the errors timed_out and operation_canceled.
    [[nodiscard]] static result<connection> connect(const endpoint& to, const waiting& how) noexcept
        requires connection_oriented<T>
    {
        auto opened = socket::open_for(to);
        if (!opened) return unexpected<error>(opened.error());
        return std::move(*opened).connect(to, how);
    }

    /// A connection to whichever of several endpoints answers first. Needs <keyway/connect.hpp>, which says how.
    template <class Range, class Prepare = no_preparation,
              class Header = typename detail::include_keyway_connect_hpp<transport, Range>::type>
        requires requires(const Range& endpoints) {
            { *endpoints.begin() } -> std::convertible_to<const endpoint&>;
        }
    [[nodiscard]] static auto connect(const Range& endpoints, const waiting& how = {},
                                      const connect_options<endpoint>& options = {},
                                      const Prepare& prepare = {}) noexcept
        requires(connection_oriented<T> && internet_family<F>)
    {
        return Header::connect(endpoints, how, options, prepare);
    }
    /// A connection to a host and service by their names: `tcp::connect("www.example.org", "https", 5s)`. Needs the same
    /// header.
    template <std::convertible_to<std::string_view> Host, class Prepare = no_preparation,
              class Header = typename detail::include_keyway_connect_hpp<transport, Host>::type>
    [[nodiscard]] static auto connect(const Host& host, const service& service, const waiting& how = {},
                                      const connect_options<endpoint>& options = {},
                                      const Prepare& prepare = {}) noexcept
        requires(connection_oriented<T> && internet_family<F>)
    {
        return Header::connect(host, service, how, options, prepare);
    }

    /// Two connections to each other. AF_UNIX asks socketpair(2), on POSIX. TCP goes over the loopback interface, on every
    /// system, and takes no other client for its own: whoever else connects in between is closed.
    /// Errors: too_many_files; TCP: those of listen(), connect() and accept().
    [[nodiscard]] static result<std::array<connection, 2>> pair() noexcept
        requires(pairable_family<F> || (internet_family<F> && byte_oriented<T>))
    {
        if constexpr (internet_family<F>) return loopback_pair();
        else return kernel_pair();
    }

    // clang-format off
    static void listen(const endpoint&) requires connectionless<T> = KEYWAY_DELETE("a datagram socket has no connections to accept; bind() it and call recv_from()");
    static void connect(const endpoint&, const waiting&) requires connectionless<T> = KEYWAY_DELETE("a datagram socket gets its peer without waiting: call connect(endpoint)");
    static void pair(auto&&...) requires(!pairable_family<F> && !(internet_family<F> && byte_oriented<T>)) = KEYWAY_DELETE("TCP makes pairs everywhere, AF_UNIX where socketpair(2) is (not on Windows), and others do not: connect() one to the other");
    // clang-format on

private:
    /// An open socket with the options that have to be set before bind(), and bound.
    template <class Options>
    static result<socket> prepared(const endpoint& at, const Options& options) noexcept {
        auto opened = socket::open_for(at);
        if (!opened) return opened;
        if constexpr (internet_family<F>) {
            const auto set = options.reuse_address
                                 ? opened->set(option::reuse_address{true})
                                 : detail::checked(detail::os::keep_address_exclusive(opened->native_handle()),
                                                   operation::set_option);
            if (!set) return unexpected<error>(set.error());
            if (options.dual_stack)
                if (auto both = accept_ipv4_too(*opened, at); !both) return unexpected<error>(both.error());
        }
        if (auto bound = opened->bind(at); !bound) return unexpected<error>(bound.error());
        return opened;
    }

    static result<std::array<connection, 2>> kernel_pair() noexcept {
        std::array<handle::native_type, 2> ends{};
        if (detail::os::pair(F::domain, T::native, P::number, ends) < 0) return detail::last_error(operation::pair);
        return std::array{connection::adopt_unchecked(ends[0]), connection::adopt_unchecked(ends[1])};
    }

    static result<std::array<connection, 2>> loopback_pair() noexcept {
        const auto listener = listen(loopback_endpoint());
        if (!listener) return unexpected<error>(listener.error());
        const auto at = listener->local_endpoint();
        if (!at) return unexpected<error>(at.error());
        auto client = connect(*at);
        if (!client) return unexpected<error>(client.error());
        const auto own = client->local_endpoint();
        if (!own) return unexpected<error>(own.error());
        for (;;) {
            auto next = listener->accept();
            if (!next) return unexpected<error>(next.error());
            if (next->peer == *own) return std::array{std::move(*client), std::move(next->connection)};
        }
    }

    /// Port 0, for the system to choose one.
    static endpoint loopback_endpoint() noexcept {
        if constexpr (F::domain == ipv6::domain) return endpoint(ipv6_address::loopback(), 0);
        else return endpoint(ipv4_address::loopback(), 0);
    }

    static result<void> accept_ipv4_too(const socket& opened, const endpoint& at) noexcept {
        if constexpr (option_for<option::v6_only, F, T, P>) {
            if (is_v6(at)) return opened.set(option::v6_only{false});
        }
        return detail::failure(errc::invalid_argument, operation::bind);
    }

    static bool is_v6(const endpoint& at) noexcept {
        if constexpr (fixed_domain<F>) return F::domain == ipv6::domain;
        else return at.domain() == ipv6::domain;
    }
};

using tcp = transport<ip, stream>;
using tcp4 = transport<ipv4, stream>;
using tcp6 = transport<ipv6, stream>;
using udp = transport<ip, datagram>;
using udp4 = transport<ipv4, datagram>;
using udp6 = transport<ipv6, datagram>;
/// ICMP on a raw socket: what is received begins with the IPv4 header (raw(7)).
using icmp4 = transport<ipv4, raw, ipproto::icmp>;
/// ICMPv6 on a raw socket: what is received begins with the ICMPv6 header (RFC 3542 section 3).
using icmp6 = transport<ipv6, raw, ipproto::icmpv6>;
using unix_stream = transport<unix_domain, stream>;

// clang-format off
#if KEYWAY_HAS_UNIX_DATAGRAM
using unix_datagram = transport<unix_domain, datagram>;
#else
struct unix_datagram {
    static void bind(auto&&...) = KEYWAY_DELETE("Windows has AF_UNIX streams only; Linux, the BSDs and macOS have datagrams: use unix_stream, or udp over loopback");
    static void connect(auto&&...) = KEYWAY_DELETE("Windows has AF_UNIX streams only; Linux, the BSDs and macOS have datagrams: use unix_stream, or udp over loopback");
    static void pair(auto&&...) = KEYWAY_DELETE("Windows has AF_UNIX streams only; Linux, the BSDs and macOS have datagrams: use unix_stream, or udp over loopback");
};
#endif

#if KEYWAY_HAS_UNIX_SEQPACKET
using unix_seqpacket = transport<unix_domain, seqpacket>;
#else
struct unix_seqpacket {
    static void listen(auto&&...) = KEYWAY_DELETE("Windows and macOS have no AF_UNIX seqpacket sockets; Linux and the BSDs have: use unix_stream with lengths of your own");
    static void connect(auto&&...) = KEYWAY_DELETE("Windows and macOS have no AF_UNIX seqpacket sockets; Linux and the BSDs have: use unix_stream with lengths of your own");
    static void pair(auto&&...) = KEYWAY_DELETE("Windows and macOS have no AF_UNIX seqpacket sockets; Linux and the BSDs have: use unix_stream with lengths of your own");
};
#endif
// clang-format on

}  // namespace keyway::inline KEYWAY_MODE

#endif
