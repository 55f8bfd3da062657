// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TRANSPORT_HPP
#define KEYWAY_TRANSPORT_HPP

// Family, type and protocol under one name, with all that belongs to them: tcp::endpoint, tcp::listen(...). Most programs
// need no other header.

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>
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
#include <keyway/detail/socket_base.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/endpoint/unix.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>
#include <keyway/listener.hpp>
#include <keyway/message_result.hpp>
#include <keyway/option.hpp>
#include <keyway/protocol.hpp>
#include <keyway/socket.hpp>
#include <keyway/type.hpp>
// IWYU pragma: end_exports

namespace keyway {
inline namespace KEYWAY_MODE {

/// How listen() sets up the socket. AF_UNIX and families of your own have a backlog only.
template <class F>
struct listen_options {
    int backlog = detail::os::max_backlog;  ///< connections that may be queued; the kernel caps it
};

template <internet_family F>
struct listen_options<F> {
    /// POSIX: binds even while old connections are in TIME_WAIT. Off on Windows, where it would let others take the port
    /// over; there, off makes the port exclusive.
    bool reuse_address = detail::os::reuse_address_is_safe;
    bool dual_stack = false;                ///< an IPv6 endpoint accepts IPv4 too; an error for an IPv4 endpoint
    int backlog = detail::os::max_backlog;  ///< connections that may be queued; the kernel caps it
};

/// How bind() sets up the socket.
template <class F>
struct bind_options {};

template <internet_family F>
struct bind_options<F> {
    bool reuse_address = false;  ///< several sockets may bind the port, as receivers of a multicast group do
    bool dual_stack = false;     ///< an IPv6 endpoint accepts IPv4 too; an error for an IPv4 endpoint
};

namespace detail {

template <class F, class T, class P>
struct listener_names {};
template <class F, connection_oriented T, class P>
struct listener_names<F, T, P> {
    using listener = keyway::listener<F, T, P>;
    using listener_view = keyway::listener_view<F, T, P>;
};

template <class Range, class Endpoint>
concept endpoint_range = requires(const Range& endpoints) {
    { *endpoints.begin() } -> std::convertible_to<const Endpoint&>;
};

/// Arguments of connect() that are neither an endpoint, nor several, nor a host and its service.
template <class Endpoint, class To, class... Rest>
inline constexpr bool no_destination = !std::is_convertible_v<const To&, Endpoint> && !endpoint_range<To, Endpoint> &&
                                       (!std::is_convertible_v<const To&, std::string_view> || sizeof...(Rest) == 0);
template <class Endpoint, class To, limit_like L, class... Rest>
inline constexpr bool no_destination<Endpoint, To, L, Rest...> = no_destination<Endpoint, To>;

/// The implementation of connecting by name, or to any of several endpoints, in <keyway/client/connect.hpp>.
template <class Transport, class Where>
struct include_keyway_client_connect_hpp;
/// That header has not been included.
template <class Transport, class Where>
concept lacks_client_connect = !requires { typename include_keyway_client_connect_hpp<Transport, Where>::type; };

}  // namespace detail

/// A hook that does nothing.
struct no_hook {
    template <class View>
    constexpr result<void> operator()(const View&) const noexcept {
        return {};
    }
};

/// Called with the view of a new socket before it binds or connects, for instance to set options. A failure that it
/// returns ends the call.
template <class Hook, class View>
concept socket_hook = requires(const Hook& hook, const View& socket) {
    { hook(socket) } -> std::convertible_to<result<void>>;
};

template <class Endpoint>
struct connect_options;
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

    /// A socket that is bound and listens. `before_bind` is called with the socket's view before bind(2).
    ///
    ///     auto listener = kw::tcp::listen(at, {.dual_stack = true}, [](const auto& socket) {
    ///         return socket.set(kw::option::receive_buffer{1 << 20});
    ///     });
    ///
    /// Errors: those of socket::open(), bind() and listen(), each under its name; those of `before_bind`; invalid_argument
    /// if dual_stack is set for an IPv4 endpoint.
    template <socket_hook<socket_view> Hook = no_hook>
    [[nodiscard]] static result<typename detail::listener_of<F, T, P>::type> listen(
        const endpoint& at, const listen_options& options = {}, const Hook& before_bind = {}) noexcept
        requires connection_oriented<T>
    {
        auto opened = bound(at, options, before_bind);
        if (!opened) return failure(opened);
        return std::move(*opened).listen(options.backlog);
    }

    /// A socket that is bound. `before_bind` is called with the socket's view before bind(2).
    /// Errors: those of socket::open() and bind(); those of `before_bind`.
    template <socket_hook<socket_view> Hook = no_hook>
    [[nodiscard]] static result<socket> bind(const endpoint& at, const bind_options& options = {},
                                             const Hook& before_bind = {}) noexcept {
        return bound(at, options, before_bind);
    }

    /// A connection to `to`. Errors: those of socket::open() and connect(); with a limit limit_reached and
    /// operation_canceled.
    template <limit_like L = no_limit>
    [[nodiscard]] static result<connection> connect(const endpoint& to, const L& limit = {}) noexcept
        requires(connection_oriented<T> || std::same_as<L, no_limit>)
    {
        return socket::connect_new(to, detail::native_limit(limit));
    }

    /// A connection to whichever of several endpoints answers first. Needs <keyway/client/connect.hpp>, which says how.
    template <detail::endpoint_range<endpoint> Range, limit_like L = no_limit, class Hook = no_hook,
              class Header = typename detail::include_keyway_client_connect_hpp<transport, Range>::type>
    [[nodiscard]] static auto connect(const Range& endpoints, const L& limit = {},
                                      const connect_options<endpoint>& options = {},
                                      const Hook& before_connect = {}) noexcept
        requires(connection_oriented<T> && internet_family<F>)
    {
        return Header::connect(endpoints, limit, options, before_connect);
    }
    /// A connection to a host and service by their names: `tcp::connect("www.example.org", "https", 5s)`. Needs the same
    /// header.
    template <std::convertible_to<std::string_view> Host, limit_like L = no_limit, class Hook = no_hook,
              class Header = typename detail::include_keyway_client_connect_hpp<transport, Host>::type>
    [[nodiscard]] static auto connect(const Host& host, const service& service, const L& limit = {},
                                      const connect_options<endpoint>& options = {},
                                      const Hook& before_connect = {}) noexcept
        requires(connection_oriented<T> && internet_family<F>)
    {
        return Header::connect(host, service, limit, options, before_connect);
    }

    /// Two connections to each other: AF_UNIX by socketpair(2), on POSIX; TCP over the loopback interface, on every system.
    /// A TCP pair is verified: any other client that connects in between is closed.
    /// Errors: too_many_files_open; TCP: those of listen(), connect() and accept().
    template <limit_like L = no_limit>
    [[nodiscard]] static result<std::array<connection, 2>> pair([[maybe_unused]] const L& limit = {}) noexcept
        requires(pairable_family<F> || (internet_family<F> && byte_oriented<T>))
    {
        if constexpr (internet_family<F>) return loopback_pair(detail::started(limit));
        else return kernel_pair();
    }

    // clang-format off
    template <class At> requires(!std::is_convertible_v<At, endpoint> && connection_oriented<T>) static result<typename detail::listener_of<F, T, P>::type> listen(At&&, auto&&...) KEYWAY_DELETE("an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()");
    template <class At> requires(!std::is_convertible_v<At, endpoint>) static result<socket> bind(At&&, auto&&...) KEYWAY_DELETE("an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()");
    static detail::refused listen(const endpoint&, auto&&...) requires connectionless<T> KEYWAY_DELETE("a datagram socket has no connections to accept; bind() it and call recv_from()");
    template <class O> requires(!std::is_convertible_v<O, listen_options> && T::is_connection_oriented) static result<typename detail::listener_of<F, T, P>::type> listen(const endpoint&, O&&, auto&&...) KEYWAY_DELETE("the backlog is one of the options: listen(endpoint, {.backlog = 16})");
    static detail::refused connect(std::string_view, const auto&, auto&&...) requires(connectionless<T> && internet_family<F>) KEYWAY_DELETE("a datagram socket connects to one endpoint: resolve<ip, datagram>(host, service) finds the endpoints of a name");
    template <limit_like L> static detail::refused connect(const endpoint&, const L&) requires(connectionless<T> && !std::same_as<L, no_limit>) KEYWAY_DELETE("a datagram socket gets its peer without waiting: call connect(endpoint)");
    template <class To, class... Rest> requires detail::no_destination<endpoint, To, Rest...> static detail::refused connect(const To&, const Rest&...) KEYWAY_DELETE("connect() takes an endpoint of this family, {address, port}: of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6(); or a host and its service: connect(host, service)");
    template <class Where, class... Rest> requires(connection_oriented<T> && internet_family<F> && (detail::endpoint_range<Where, endpoint> || (std::is_convertible_v<const Where&, std::string_view> && sizeof...(Rest) > 0)) && detail::lacks_client_connect<transport, Where>) static detail::refused connect(const Where&, const Rest&...) KEYWAY_DELETE("include <keyway/client/connect.hpp>, which connects to names and to one of several endpoints");
    template <class Where = endpoint, not_a_limit L> static detail::refused connect(const Where&, const L&, auto&&...) requires(std::is_convertible_v<const Where&, endpoint> || detail::endpoint_range<Where, endpoint>) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: connect(endpoint, 5s), connect(endpoints, 5s, options)");
    template <not_a_limit L> static detail::refused connect(std::string_view, const service&, const L&, auto&&...) requires(connection_oriented<T> && internet_family<F>) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: connect(host, service, 5s, options)");
    template <not_a_limit L> static detail::refused pair(const L&) requires(pairable_family<F> || (internet_family<F> && byte_oriented<T>)) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: pair(5s)");
    static detail::refused pair(auto&&...) requires(!pairable_family<F> && !(internet_family<F> && byte_oriented<T>)) KEYWAY_DELETE("TCP makes pairs everywhere, AF_UNIX where socketpair(2) is (not on Windows), and others do not: connect() one to the other");
    // clang-format on

private:
    /// An open, bound socket with the options that have to be set before bind().
    template <class Options, class Hook>
    static result<socket> bound(const endpoint& at, const Options& options, const Hook& before_bind) noexcept {
        auto opened = socket::open_for(at);
        if (!opened) return opened;
        if constexpr (internet_family<F>) {
            const auto set = options.reuse_address
                                 ? detail::set_switch(*opened, SOL_SOCKET, SO_REUSEADDR, true)
                                 : detail::checked(detail::os::keep_address_exclusive(opened->native_handle()),
                                                   operation::set_option);
            if (!set) return failure(set);
            if (options.dual_stack)
                if (auto both = accept_ipv4_too(*opened, at); !both) return failure(both);
        }
        const socket_view view = *opened;
        if (const result<void> prepared = before_bind(view); !prepared) return failure(prepared);
        if (auto done = opened->bind(at); !done) return failure(done);
        return opened;
    }

    static result<std::array<connection, 2>> kernel_pair() noexcept {
        std::array<handle::native_type, 2> ends{};
        if (detail::os::pair(F::domain, T::native, P::number, ends) < 0) return detail::last_error(operation::pair);
        return std::array{connection::adopt_unchecked(ends[0]), connection::adopt_unchecked(ends[1])};
    }

    template <class Limit>
    static result<std::array<connection, 2>> loopback_pair(const Limit& limit) noexcept {
        const auto listener = listen(loopback_endpoint());
        if (!listener) return failure(listener);
        const auto at = listener->local_endpoint();
        if (!at) return failure(at);
        auto client = connect(*at, limit);
        if (!client) return failure(client);
        const auto own = client->local_endpoint();
        if (!own) return failure(own);
        for (;;) {
            auto next = listener->accept(limit);
            if (!next) return failure(next);
            if (next->peer == *own) return std::array{std::move(*client), std::move(next->connection)};
        }
    }

    /// Port 0, for the system to choose one.
    static endpoint loopback_endpoint() noexcept {
        if constexpr (F::domain == ipv6::domain) return endpoint(ipv6_address::loopback(), 0);
        else return endpoint(ipv4_address::loopback(), 0);
    }

    static result<void> accept_ipv4_too(const socket& opened, const endpoint& at) noexcept {
        if constexpr (F::domain != ipv4::domain && T::native != raw::native) {
            if (is_v6(at)) return detail::set_switch(opened, IPPROTO_IPV6, IPV6_V6ONLY, false);
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
/// ICMP on a raw socket: received data begins with the IPv4 header (raw(7)).
using icmp4 = transport<ipv4, raw, ipproto::icmp>;
/// ICMPv6 on a raw socket: received data begins with the ICMPv6 header (RFC 3542 section 3).
using icmp6 = transport<ipv6, raw, ipproto::icmpv6>;
using unix_stream = transport<unix_domain, stream>;

// clang-format off
#if KEYWAY_HAS_UNIX_DATAGRAM
using unix_datagram = transport<unix_domain, datagram>;
#else
struct unix_datagram {
    static detail::refused bind(auto&&...) KEYWAY_DELETE("Windows has AF_UNIX streams only; Linux, the BSDs and macOS have datagrams: use unix_stream, or udp over loopback");
    static detail::refused connect(auto&&...) KEYWAY_DELETE("Windows has AF_UNIX streams only; Linux, the BSDs and macOS have datagrams: use unix_stream, or udp over loopback");
    static detail::refused pair(auto&&...) KEYWAY_DELETE("Windows has AF_UNIX streams only; Linux, the BSDs and macOS have datagrams: use unix_stream, or udp over loopback");
};
#endif

#if KEYWAY_HAS_UNIX_SEQPACKET
using unix_seqpacket = transport<unix_domain, seqpacket>;
#else
struct unix_seqpacket {
    static detail::refused listen(auto&&...) KEYWAY_DELETE("Windows and macOS have no AF_UNIX seqpacket sockets; Linux and the BSDs have: use unix_stream with lengths of your own");
    static detail::refused connect(auto&&...) KEYWAY_DELETE("Windows and macOS have no AF_UNIX seqpacket sockets; Linux and the BSDs have: use unix_stream with lengths of your own");
    static detail::refused pair(auto&&...) KEYWAY_DELETE("Windows and macOS have no AF_UNIX seqpacket sockets; Linux and the BSDs have: use unix_stream with lengths of your own");
};
#endif
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
