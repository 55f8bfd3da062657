// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SOCKET_HPP
#define KEYWAY_SOCKET_HPP

// The state of a socket that is open, perhaps bound, and has no peer: where listeners and connections come from, and
// where datagrams with an address each are sent and received.

#include <cstddef>
#include <span>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/connection.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/for_overwrite.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/detail/view.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/listener.hpp>
#include <keyway/option/ip.hpp>
#include <keyway/protocol.hpp>
#include <keyway/received.hpp>
#include <keyway/type.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A socket that somebody else owns: everything a socket does but changing its state and closing it.
///
/// Thread safety: any number of threads may send and receive; each message goes to one of them, whole.
template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
class socket_view : public detail::view<F, T, P> {
public:
    using owner_type = socket<F, T, P>;
    using endpoint = typename F::endpoint;

    using detail::view<F, T, P>::view;

    /// Gives the socket its local endpoint; port 0 lets the system choose.
    /// Errors: address_in_use, address_not_available, access_denied (ports below 1024, directories), invalid_argument
    /// (bound already). Source: bind(2).
    result<void> bind(const endpoint& at) const noexcept {
        return detail::checked(detail::os::bind(this->native_handle(), at.data(), at.size()), operation::bind);
    }

    // Every call that may block has a second form with how it waits, for instance how long, as its last argument. It adds
    // the errors timed_out and operation_canceled, which leave every message where it was.

    /// Sends one message to `to`, whole or not at all.
    ///
    /// Returns: the bytes of the message.
    /// Errors: message_too_long, network_unreachable, host_unreachable, access_denied (broadcast without the option),
    /// no_such_file or connection_refused (AF_UNIX), would_block, no_buffer_space.
    /// Blocks: while the send buffer is full. Source: sendto(2).
    result<std::size_t> send_to(const_bytes data, const endpoint& to) const noexcept
        requires connectionless<T>
    {
        return give(data, to);
    }
    result<std::size_t> send_to(const_bytes data, const endpoint& to, const waiting& how) const noexcept
        requires connectionless<T>
    {
        return give(data, to, how.limit());
    }

    /// The same from several buffers, as one message; at most 1024. Source: sendmsg(2).
    result<std::size_t> send_to(std::span<const const_buffer> buffers, const endpoint& to) const noexcept
        requires connectionless<T>
    {
        return give(buffers, to);
    }
    result<std::size_t> send_to(std::span<const const_buffer> buffers, const endpoint& to,
                                const waiting& how) const noexcept
        requires connectionless<T>
    {
        return give(buffers, to, how.limit());
    }

    /// Receives one message: `auto [data, sender, truncated, length] = *socket.recv_from(buffer);`. An empty one is a
    /// message too, and an empty buffer takes one off the queue.
    ///
    /// Errors: would_block.
    /// Blocks: until one arrives. Source: recvfrom(2), MSG_TRUNC.
    result<received_from<endpoint>> recv_from(mutable_bytes buffer) const noexcept
        requires connectionless<T>
    {
        return detail::recv_message_from<F, P, detail::take::remove>(this->native_handle(), buffer);
    }
    result<received_from<endpoint>> recv_from(mutable_bytes buffer, const waiting& how) const noexcept
        requires connectionless<T>
    {
        return detail::recv_message_from<F, P, detail::take::remove>(this->native_handle(), buffer, how.limit());
    }

    /// The same into several buffers, filled one after the other. Source: recvmsg(2).
    result<scattered_from<endpoint>> recv_from(std::span<const mutable_buffer> buffers) const noexcept
        requires connectionless<T>
    {
        return take(buffers, detail::take::remove);
    }
    result<scattered_from<endpoint>> recv_from(std::span<const mutable_buffer> buffers,
                                               const waiting& how) const noexcept
        requires connectionless<T>
    {
        return take(buffers, detail::take::remove, how.limit());
    }

    /// What recv_from() would yield, and leaves it there for the next call. Source: recv(2), MSG_PEEK.
    result<received_from<endpoint>> peek_from(mutable_bytes buffer) const noexcept
        requires connectionless<T>
    {
        return detail::recv_message_from<F, P, detail::take::peek>(this->native_handle(), buffer);
    }
    result<received_from<endpoint>> peek_from(mutable_bytes buffer, const waiting& how) const noexcept
        requires connectionless<T>
    {
        return detail::recv_message_from<F, P, detail::take::peek>(this->native_handle(), buffer, how.limit());
    }
    result<scattered_from<endpoint>> peek_from(std::span<const mutable_buffer> buffers) const noexcept
        requires connectionless<T>
    {
        return take(buffers, detail::take::peek);
    }
    result<scattered_from<endpoint>> peek_from(std::span<const mutable_buffer> buffers,
                                               const waiting& how) const noexcept
        requires connectionless<T>
    {
        return take(buffers, detail::take::peek, how.limit());
    }

    /// Another owner of the same socket, which leaves a bound path alone when it closes.
    /// Errors: too_many_files. Source: fcntl(2), F_DUPFD_CLOEXEC.
    [[nodiscard]] result<owner_type> duplicate() const noexcept {
        const auto copy = detail::os::duplicate(this->native_handle());
        if (copy == handle_view::invalid) return detail::last_error(operation::duplicate);
        return owner_type::adopt_unchecked(copy);
    }

    // clang-format off
    void send(auto&&...) const requires connection_oriented<T> = KEYWAY_DELETE("this socket has no peer yet: call connect() and send() on the connection it yields");
    void send(auto&&...) const requires connectionless<T> = KEYWAY_DELETE("this socket has no peer: call send_to(), or connect() first");
    void recv(auto&&...) const requires connection_oriented<T> = KEYWAY_DELETE("this socket has no peer yet: call connect() and recv() on the connection it yields");
    void recv(auto&&...) const requires connectionless<T> = KEYWAY_DELETE("this socket has no peer: call recv_from(), which tells the sender, or connect() first");
    void send_to(const_bytes, const endpoint&) const requires connection_oriented<T> = KEYWAY_DELETE("a stream goes to the one peer of a connection: call connect() and send()");
    void recv_from(auto&&...) const requires connection_oriented<T> = KEYWAY_DELETE("a stream comes from the one peer of a connection: call connect() and recv()");
    void accept(auto&&...) const requires connection_oriented<T> = KEYWAY_DELETE("only a listener accepts: call listen() first");
    void accept(auto&&...) const requires connectionless<T> = KEYWAY_DELETE("a datagram socket has no connections to accept; bind() it and call recv_from()");
    // clang-format on

private:
    template <class... Limit>
    result<std::size_t> give(std::span<const std::byte> data, const endpoint& to,
                             const Limit&... within) const noexcept {
        return detail::counted(
            detail::os::send_to(this->native_handle(), data.data(), data.size(), to.data(), to.size(), within...),
            operation::send_to);
    }

    template <class... Limit>
    result<std::size_t> give(std::span<const const_buffer> buffers, const endpoint& to,
                             const Limit&... within) const noexcept {
        return detail::counted(detail::os::send_gathered(this->native_handle(), detail::native(buffers), buffers.size(),
                                                         to.data(), to.size(), within...),
                               operation::send_to);
    }

    template <class... Limit>
    result<scattered_from<endpoint>> take(std::span<const mutable_buffer> buffers, detail::take how,
                                          const Limit&... within) const noexcept {
        detail::room_for<endpoint> room;
        const auto got = detail::recv_message_scattered(this->native_handle(), buffers, &room.endpoint, how,
                                                        operation::recv_from, within...);
        if (!got) return unexpected<error>(got.error());
        return scattered_from<endpoint>{got->size, room.endpoint, got->truncated, got->length};
    }
};

/// Owns a socket; what it can do is in socket_view, and here is how it changes its state.
///
///     auto socket = kw::socket<kw::ipv6, kw::stream>::open();
///     if (auto bound = socket->bind({kw::ipv6_address::any(), 0}); !bound) return report(bound.error());
///     auto listener = std::move(*socket).listen();
template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P>
class socket : public owner<socket_view<F, T, P>, typename detail::bind_cleanup<F>::type> {
    using base = owner<socket_view<F, T, P>, typename detail::bind_cleanup<F>::type>;

public:
    using view_type = socket_view<F, T, P>;
    using endpoint = typename F::endpoint;

    constexpr socket() noexcept = default;

    /// A new socket, close-on-exec. An IPv6 socket (but a raw one) takes IPv6 alone until option::v6_only says
    /// otherwise.
    /// Errors: too_many_files, not_permitted (raw), access_denied, address_family_not_supported, protocol_not_supported.
    /// Source: socket(2).
    [[nodiscard]] static result<socket> open() noexcept
        requires fixed_domain<F>
    {
        return open_in(F::domain);
    }

    /// A new socket of the family that the endpoint is of; for `ip`, which has no other way.
    [[nodiscard]] static result<socket> open_for(const endpoint& e) noexcept {
        if constexpr (fixed_domain<F>) return open_in(F::domain);
        else return open_in(e.domain());
    }

    /// Takes over a descriptor from elsewhere, after the kernel said what it is. Refused, it stays the caller's.
    /// Errors: wrong_kind, already_connected, bad_descriptor, not_a_socket.
    [[nodiscard]] static result<socket> adopt(handle::native_type native) noexcept {
        if (auto kind = detail::check_kind<F, T, P>(native, detail::state::not_listening); !kind)
            return unexpected<error>(kind.error());
        const auto peer = connection_view<F, T, P>(native).peer_endpoint();
        if (peer) return detail::failure(errc::already_connected, operation::adopt);
        if (peer.error() != errc::not_connected) return unexpected<error>(error(peer.error().code(), operation::adopt));
        return adopt_unchecked(native);
    }

    /// Takes over a descriptor that is known to be such a socket; nothing is checked. `cleanup` is what the library
    /// hands on from one state to the next.
    [[nodiscard]] static socket adopt_unchecked(handle::native_type native,
                                                const typename detail::bind_cleanup<F>::type& cleanup = {}) noexcept {
        return socket(native, cleanup);
    }

    /// As socket_view::bind(). A path that an AF_UNIX owner binds, it removes when it closes, and so does the listener
    /// or datagram connection that it becomes; a stream or seqpacket connection, whose size is that of its descriptor,
    /// leaves the path to the caller.
    result<void> bind(const endpoint& at) noexcept {
        auto bound = view_type::bind(at);
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

    /// Turns the socket into a connection to `to`. For a stream the peer has answered then, also where the socket is
    /// non-blocking; for datagrams nothing is sent, they only lose the choice of a peer.
    ///
    /// On failure a stream socket is spent and closed, but for would_block; a datagram socket stays as it was.
    /// Errors: connection_refused, timed_out, network_unreachable, host_unreachable, no_such_file (AF_UNIX), would_block
    /// (AF_UNIX, non-blocking, the listener's queue is full: try again later), address_not_available.
    /// Blocks: until the peer answered. Source: connect(2).
    [[nodiscard]] result<connection<F, T, P>> connect(const endpoint& to) && noexcept {
        return connected(detail::os::connect(this->native_handle(), to.data(), to.size()));
    }

    /// The same, as long as it may wait: `connect(endpoint, 5s)`. The socket is non-blocking meanwhile. Adds the errors
    /// timed_out and operation_canceled, after which the socket is spent and closed too.
    [[nodiscard]] result<connection<F, T, P>> connect(const endpoint& to, const waiting& how) && noexcept
        requires connection_oriented<T>
    {
        return connected(detail::os::connect(this->native_handle(), to.data(), to.size(), how.limit()));
    }

    // clang-format off
    static void open(auto&&...) requires(!fixed_domain<F>) = KEYWAY_DELETE("this family is decided at run time: call open_for(endpoint), or name ipv4 or ipv6");
    void listen(auto&&...) && requires connectionless<T> = KEYWAY_DELETE("a datagram socket has no connections to accept; bind() it and call recv_from()");
    void listen(auto&&...) & requires connectionless<T> = KEYWAY_DELETE("a datagram socket has no connections to accept; bind() it and call recv_from()");
    void listen(auto&&...) & requires connection_oriented<T> = KEYWAY_DELETE("listen() consumes the socket: write std::move(socket).listen()");
    void connect(const endpoint&, const waiting&) && requires connectionless<T> = KEYWAY_DELETE("a datagram socket gets its peer without waiting: call connect(endpoint)");
    void connect(const endpoint&, auto&&...) & = KEYWAY_DELETE("connect() consumes the socket: write std::move(socket).connect(endpoint)");
    // clang-format on

private:
    using base::base;

    result<connection<F, T, P>> connected(int status) noexcept {
        if (status < 0) {
            const auto failed = detail::last_error(operation::connect);
            if (connection_oriented<T> && !failed.error().would_block()) *this = socket();
            return failed;
        }
        if constexpr (connection_oriented<T>) {
            return connection<F, T, P>::adopt_unchecked(this->release());
        } else {
            const auto cleanup = this->cleanup();
            return connection<F, T, P>::adopt_unchecked(this->release(), cleanup);
        }
    }

    static result<socket> open_in(int domain) noexcept {
        const auto native = detail::os::open(domain, T::native, P::number);
        if (native == handle_view::invalid) return detail::last_error(operation::open);
        socket opened(native);
        if constexpr (internet_family<F> && T::native != raw::native) {
            if (domain == ipv6::domain) {
                const auto set = detail::set_option(opened, option::v6_only{true});
                if (!set) return unexpected<error>(set.error());
            }
        }
        return opened;
    }
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
