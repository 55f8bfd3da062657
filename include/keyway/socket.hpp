// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SOCKET_HPP
#define KEYWAY_SOCKET_HPP

// Open sockets without a peer, perhaps bound: they become listeners and connections, or send and receive datagrams each
// with an address.

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/connection.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/socket_base.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/detail/uninitialized.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>
#include <keyway/listener.hpp>
#include <keyway/message_result.hpp>
#include <keyway/option.hpp>
#include <keyway/protocol.hpp>
#include <keyway/type.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The operations of an open socket, perhaps bound, that has no peer; of owner and view.
///
/// Every call that can block has a limit as its last argument: a duration, a deadline, a canceller or a kw::limit. It adds
/// the errors limit_reached and operation_canceled, which leave every message where it was.
///
/// Thread safety: any number of threads may send and receive messages at once; each message goes to one of them whole.
template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P>
class socket_interface : public detail::socket_base<F, T, P> {
public:
    using owner_type = socket<F, T, P>;
    using widened = typename detail::widened<F, T, P>::socket;
    using endpoint = typename F::endpoint;

    /// Gives the socket its local endpoint; port 0 lets the system choose a port.
    /// Errors: address_in_use, address_not_available, permission_denied (ports below 1024, directories), invalid_argument
    /// (bound already). Source: bind(2).
    [[nodiscard("another socket may have the address")]] result<void> bind(const endpoint& at) const noexcept {
        return detail::checked(detail::os::bind(this->native_handle(), at.data(), at.size()), operation::bind);
    }

    /// Sends one message to `to`, whole or not at all.
    ///
    /// Returns: the number of bytes of the message.
    /// Errors: message_size, network_unreachable, host_unreachable, permission_denied (broadcast without the option),
    /// no_such_file_or_directory or connection_refused (AF_UNIX), operation_would_block, no_buffer_space.
    /// Blocks: while the send buffer is full. Source: sendto(2).
    template <limit_like L = no_limit>
    [[nodiscard]] result<std::size_t> send_to(const_bytes data, const endpoint& to, const L& limit = {}) const noexcept
        requires connectionless<T>
    {
        return detail::counted(detail::os::send_to(this->native_handle(), data.data(), data.size(), to.data(),
                                                   to.size(), detail::limit_of_one_call(limit)),
                               operation::send_to);
    }

    /// Sends several buffers as one message; at most 1024 of them. Source: sendmsg(2).
    template <limit_like L = no_limit>
    [[nodiscard]] result<std::size_t> send_to(std::span<const const_buffer> buffers, const endpoint& to,
                                              const L& limit = {}) const noexcept
        requires connectionless<T>
    {
        return detail::counted(detail::os::send_gathered(this->native_handle(), detail::native(buffers), buffers.size(),
                                                         to.data(), to.size(), detail::limit_of_one_call(limit)),
                               operation::send_to);
    }

    /// Receives one message: `auto [data, sender, truncated, length] = *socket.recv_from(buffer);`. An empty one is a
    /// message too, and an empty buffer consumes one.
    ///
    /// Errors: operation_would_block.
    /// Blocks: until a message arrives. Source: recvfrom(2), MSG_TRUNC.
    template <limit_like L = no_limit>
    [[nodiscard]] result<message_from<std::span<std::byte>, endpoint>> recv_from(mutable_bytes buffer,
                                                                                 const L& limit = {}) const noexcept
        requires connectionless<T>
    {
        return detail::recv_message_from<F, P, detail::receive_mode::consume>(this->native_handle(), buffer,
                                                                              detail::limit_of_one_call(limit));
    }

    /// Receives one message into several buffers, filled one after the other. Source: recvmsg(2).
    template <limit_like L = no_limit>
    [[nodiscard]] result<message_from<std::size_t, endpoint>> recv_from(std::span<const mutable_buffer> buffers,
                                                                        const L& limit = {}) const noexcept
        requires connectionless<T>
    {
        return receive(buffers, detail::receive_mode::consume, detail::limit_of_one_call(limit));
    }

    /// Returns what recv_from() would, and leaves it in the queue for the next call. Source: recv(2), MSG_PEEK.
    template <limit_like L = no_limit>
    [[nodiscard]] result<message_from<std::span<std::byte>, endpoint>> peek_from(mutable_bytes buffer,
                                                                                 const L& limit = {}) const noexcept
        requires connectionless<T>
    {
        return detail::recv_message_from<F, P, detail::receive_mode::peek>(this->native_handle(), buffer,
                                                                           detail::limit_of_one_call(limit));
    }
    template <limit_like L = no_limit>
    [[nodiscard]] result<message_from<std::size_t, endpoint>> peek_from(std::span<const mutable_buffer> buffers,
                                                                        const L& limit = {}) const noexcept
        requires connectionless<T>
    {
        return receive(buffers, detail::receive_mode::peek, detail::limit_of_one_call(limit));
    }

    /// Another owner of the same socket. It leaves a bound path alone when it closes.
    /// Errors: too_many_files_open. Source: fcntl(2), F_DUPFD_CLOEXEC.
    [[nodiscard]] result<owner_type> duplicate() const noexcept {
        return detail::duplicate<owner_type>(this->native_handle());
    }

    // clang-format off
    template <class At> requires(!std::is_convertible_v<At, endpoint>) detail::refused bind(At&&, auto&&...) const KEYWAY_DELETE("an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()");
    template <class B, class... L> requires(detail::sendable<B> && detail::wrong_limit<L...> && connectionless<T>) detail::refused send_to(B&&, const endpoint&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_addressed<endpoint, B...> && connectionless<T>) detail::refused send_to(B&&...) const KEYWAY_DELETE("send_to() takes bytes and the endpoint of the receiver: send_to(data, {address, port}), where data is text, an array, a vector or std::span(pointer, size)");
    template <class B, class... L> requires(detail::fillable<B> && detail::wrong_limit<L...> && connectionless<T>) detail::refused recv_from(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_fillable<B...> && connectionless<T>) detail::refused recv_from(B&&...) const KEYWAY_DELETE("recv_from() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))");
    template <class B, class... L> requires(detail::fillable<B> && detail::wrong_limit<L...> && connectionless<T>) detail::refused peek_from(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_fillable<B...> && connectionless<T>) detail::refused peek_from(B&&...) const KEYWAY_DELETE("peek_from() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))");
    detail::refused send(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("this socket has no peer yet: call connect() and send() on the connection that it returns");
    detail::refused send_all(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("this socket has no peer yet: call connect() and send() on the connection that it returns");
    detail::refused write(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("this socket has no peer yet: call connect() and send() on the connection that it returns");
    detail::refused send(auto&&...) const requires connectionless<T> KEYWAY_DELETE("this socket has no peer: call send_to(), or connect() first");
    detail::refused send_all(auto&&...) const requires connectionless<T> KEYWAY_DELETE("this socket has no peer: call send_to(), or connect() first");
    detail::refused write(auto&&...) const requires connectionless<T> KEYWAY_DELETE("this socket has no peer: call send_to(), or connect() first");
    detail::refused recv(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("this socket has no peer yet: call connect() and recv() on the connection that it returns");
    detail::refused recv_exact(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("this socket has no peer yet: call connect() and recv() on the connection that it returns");
    detail::refused peek(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("this socket has no peer yet: call connect() and recv() on the connection that it returns");
    detail::refused read(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("this socket has no peer yet: call connect() and recv() on the connection that it returns");
    detail::refused recv(auto&&...) const requires connectionless<T> KEYWAY_DELETE("this socket has no peer: call recv_from(), which reports the sender, or connect() first");
    detail::refused recv_exact(auto&&...) const requires connectionless<T> KEYWAY_DELETE("this socket has no peer: call recv_from(), which reports the sender, or connect() first");
    detail::refused peek(auto&&...) const requires connectionless<T> KEYWAY_DELETE("this socket has no peer: call recv_from(), which reports the sender, or connect() first");
    detail::refused read(auto&&...) const requires connectionless<T> KEYWAY_DELETE("this socket has no peer: call recv_from(), which reports the sender, or connect() first");
    detail::refused send_to(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("a stream goes to the one peer of a connection: call connect() and send()");
    detail::refused peek_from(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("a stream comes from the one peer of a connection: call connect() and recv()");
    detail::refused recv_from(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("a stream comes from the one peer of a connection: call connect() and recv()");
    detail::refused shutdown_send(auto&&...) const KEYWAY_DELETE("a socket without a peer has no direction to shut down: close() it");
    detail::refused shutdown_receive(auto&&...) const KEYWAY_DELETE("a socket without a peer has no direction to shut down: close() it");
    detail::refused shutdown_both(auto&&...) const KEYWAY_DELETE("a socket without a peer has no direction to shut down: close() it");
    detail::refused peer_endpoint(auto&&...) const KEYWAY_DELETE("this socket has no peer: connect() it, or take the sender that recv_from() reports");
    detail::refused accept(auto&&...) const requires connection_oriented<T> KEYWAY_DELETE("only a listener accepts: call listen() first");
    detail::refused accept(auto&&...) const requires connectionless<T> KEYWAY_DELETE("a datagram socket has no connections to accept; bind() it and call recv_from()");
    // clang-format on

protected:
    using detail::socket_base<F, T, P>::socket_base;
    constexpr socket_interface() noexcept = default;
    constexpr socket_interface(const socket_interface&) noexcept = default;
    constexpr socket_interface& operator=(const socket_interface&) noexcept = default;
    ~socket_interface() = default;

private:
    template <class Limit>
    result<message_from<std::size_t, endpoint>> receive(std::span<const mutable_buffer> buffers,
                                                        detail::receive_mode mode, const Limit& limit) const noexcept {
        detail::uninitialized<endpoint> storage;
        const auto got = detail::recv_message_scattered(this->native_handle(), buffers, &storage.endpoint, mode,
                                                        operation::recv_from, limit);
        if (!got) return failure(got);
        return message_from<std::size_t, endpoint>(got->data, storage.endpoint, got->truncated, got->length);
    }
};

/// An open socket without a peer that something else owns.
template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
using socket_view = view<socket_interface<F, T, P>>;

/// Owns a socket; its operations are those of socket_interface, and those that change its state.
///
///     auto socket = kw::socket<kw::ipv6, kw::stream>::open();
///     if (auto bound = socket->bind({kw::ipv6_address::any(), 0}); !bound) return report(bound.error());
///     auto listener = std::move(*socket).listen();
template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P>
class socket : public owner<socket_interface<F, T, P>, typename detail::bind_cleanup<F>::type> {
    using cleanup_type = typename detail::bind_cleanup<F>::type;
    using base = owner<socket_interface<F, T, P>, cleanup_type>;

public:
    using endpoint = typename F::endpoint;

    constexpr socket() noexcept = default;
    // clang-format off
    socket(const socket&) = delete;  // KEYWAY_DELETE("a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied")
    socket& operator=(const socket&) = delete;  // KEYWAY_DELETE("a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied")
    template <class A> requires(!std::derived_from<std::remove_cvref_t<A>, socket_interface<F, T, P>>) explicit socket(A&&, auto&&...) KEYWAY_DELETE("a socket is made by open(), or by open_for(endpoint) of the family ip; adopt(descriptor) takes one over");
    // clang-format on
    socket(socket&&) noexcept = default;
    socket& operator=(socket&&) noexcept = default;
    ~socket() = default;

    /// A new socket, close-on-exec. An IPv6 socket, unless it is raw, accepts IPv6 alone until option::v6_only says
    /// otherwise.
    /// Errors: too_many_files_open, operation_not_permitted (raw), permission_denied, address_family_not_supported, protocol_not_supported.
    /// Source: socket(2).
    [[nodiscard]] static result<socket> open() noexcept
        requires fixed_domain<F>
    {
        return open_in(F::domain);
    }

    /// A new socket of the endpoint's family; for `ip`, whose family is decided at run time.
    [[nodiscard]] static result<socket> open_for(const endpoint& e) noexcept { return open_in(domain_for(e)); }

    /// Takes over a descriptor from elsewhere after asking the kernel what it is. If refused, it stays the caller's.
    /// Errors: wrong_kind, already_connected, bad_file_descriptor, not_a_socket.
    [[nodiscard]] static result<socket> adopt(handle::native_type native) noexcept {
        if (auto kind = detail::check_kind<F, T, P>(native, detail::state::not_listening); !kind) return failure(kind);
        const auto peer = connection_view<F, T, P>::borrow(native).peer_endpoint();
        if (peer) return detail::failure(errc::already_connected, operation::adopt);
        if (peer.error() != errc::not_connected) return failure(error(peer.error().code(), operation::adopt));
        return adopt_unchecked(native);
    }

    /// Takes over a descriptor that is known to be such a socket; nothing is checked. `cleanup` is what the library
    /// hands on from one state to the next.
    [[nodiscard]] static socket adopt_unchecked(handle::native_type native, const cleanup_type& cleanup = {}) noexcept {
        return socket(socket_view<F, T, P>::borrow(native), cleanup);
    }

    /// As socket_interface::bind(). An AF_UNIX owner removes the path that it bound when it closes, and so does the listener
    /// or datagram connection that it becomes. A stream or seqpacket connection, which has the size of its descriptor,
    /// leaves the path to the caller.
    [[nodiscard("another socket may have the address")]] result<void> bind(const endpoint& at) noexcept {
        auto bound = socket_interface<F, T, P>::bind(at);
        if constexpr (requires { this->cleanup().remember(at); })
            if (bound) this->cleanup().remember(at);
        return bound;
    }

    /// Turns the socket into a listener. On failure it stays as it was.
    ///
    /// `backlog` is how many connections may wait to be accepted; the kernel lowers it to its maximum.
    /// Errors: address_in_use. Source: listen(2).
    [[nodiscard]] result<typename detail::listener_of<F, T, P>::type> listen(
        int backlog = detail::os::max_backlog) && noexcept
        requires connection_oriented<T>
    {
        if (detail::os::listen(this->native_handle(), backlog) < 0) return detail::last_error(operation::listen);
        const auto cleanup = this->cleanup();
        return listener<F, T, P>::adopt_unchecked(this->release(), cleanup);
    }

    /// Turns the socket into a connection to `to`. A stream is connected when the call returns, even if the socket is
    /// non-blocking; for datagrams nothing is sent, connect() only fixes the peer. With a limit the socket is non-blocking
    /// meanwhile.
    ///
    /// On any failure but would_block() a stream socket is closed and cannot be reused; a datagram socket stays as it was.
    /// Errors: connection_refused, timed_out (by the network), network_unreachable, host_unreachable,
    /// no_such_file_or_directory (AF_UNIX), operation_would_block (AF_UNIX, non-blocking: the listener's queue is full, try
    /// again later), address_not_available; with a limit limit_reached and operation_canceled.
    /// Blocks: until the peer has answered. Source: connect(2).
    template <limit_like L = no_limit>
    [[nodiscard]] result<connection<F, T, P>> connect(const endpoint& to, const L& limit = {}) && noexcept
        requires(connection_oriented<T> || std::same_as<L, no_limit>)
    {
        if (detail::os::connect(this->native_handle(), to.data(), to.size(), detail::native_limit(limit)) < 0) {
            const auto failed = detail::last_error(operation::connect);
            if (connection_oriented<T> && !failed.error().would_block()) *this = socket();
            return failed;
        }
        return connected();
    }

    // clang-format off
    static detail::refused open(auto&&...) requires(!fixed_domain<F>) KEYWAY_DELETE("this family is decided at run time: call open_for(endpoint), or name ipv4 or ipv6");
    detail::refused listen(auto&&...) && requires connectionless<T> KEYWAY_DELETE("a datagram socket has no connections to accept; bind() it and call recv_from()");
    detail::refused listen(auto&&...) & requires connectionless<T> KEYWAY_DELETE("a datagram socket has no connections to accept; bind() it and call recv_from()");
    detail::refused listen(auto&&...) & requires connection_oriented<T> KEYWAY_DELETE("listen() consumes the socket: write std::move(socket).listen()");
    template <class At> requires(!std::is_convertible_v<At, endpoint>) detail::refused bind(At&&, auto&&...) KEYWAY_DELETE("an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()");
    template <class To> requires(!std::is_convertible_v<To, endpoint>) detail::refused connect(To&&, auto&&...) && KEYWAY_DELETE("an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()");
    template <limit_like L> detail::refused connect(const endpoint&, const L&) && requires(connectionless<T> && !std::same_as<L, no_limit>) KEYWAY_DELETE("a datagram socket gets its peer without waiting: call connect(endpoint)");
    template <not_a_limit L> detail::refused connect(const endpoint&, const L&) && KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: connect(endpoint, 5s)");
    detail::refused connect(const endpoint&, auto&&...) & KEYWAY_DELETE("connect() consumes the socket: write std::move(socket).connect(endpoint)");
    // clang-format on

private:
    using base::base;

    connection<F, T, P> connected() noexcept {
        if constexpr (connection_oriented<T>) {
            return connection<F, T, P>::adopt_unchecked(this->release());
        } else {
            const auto cleanup = this->cleanup();
            return connection<F, T, P>::adopt_unchecked(this->release(), cleanup);
        }
    }

    friend struct transport<F, T, P>;

    static result<socket> open_in(int domain, detail::os::io_mode mode = detail::os::io_mode::blocking) noexcept {
        const auto native = detail::os::open(domain, T::native, P::number, mode);
        if (native == handle_interface::invalid) return detail::last_error(operation::open);
        socket opened = adopt_unchecked(native);
        if constexpr (internet_family<F> && T::native != raw::native) {
            if (domain == ipv6::domain) {
                const auto set = detail::set_switch(opened, IPPROTO_IPV6, IPV6_V6ONLY, true);
                if (!set) return failure(set);
            }
        }
        return opened;
    }

    static constexpr int domain_for(const endpoint& e) noexcept {
        if constexpr (fixed_domain<F>) return F::domain;
        else return e.domain();
    }

    /// open_for() and connect() in fewer system calls and less code: the mode of a new socket is known.
    template <class Limit>
    static result<connection<F, T, P>> connect_new(const endpoint& to, const Limit& limit) noexcept {
        auto opened = open_in(domain_for(to), detail::os::mode_to_connect(limit));
        if (!opened) return failure(opened);
        if (detail::os::connect_new<P::number>(opened->native_handle(), to.data(), to.size(), limit) < 0)
            return detail::last_error(operation::connect);
        return opened->connected();
    }
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
