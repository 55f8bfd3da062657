// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CONNECTION_HPP
#define KEYWAY_CONNECTION_HPP

// Sockets that have a peer: accepted or connected stream and seqpacket sockets, and connected datagram sockets.

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/socket_base.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>
#include <keyway/message_result.hpp>
#include <keyway/protocol.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The operations of a connection, of owner and view.
///
/// Every call that can block has a limit as its last argument: a duration, a deadline, a canceller or a kw::limit. It adds
/// the errors limit_reached and operation_canceled; bytes that were not transferred by then stay where they were.
///
/// Thread safety: one thread may send while another receives. The bytes of two threads that send at once are mixed on a
/// stream, though never within a message. On POSIX shutdown_both() wakes a thread that is blocked in recv(); close() does
/// not, and on Windows neither call does.
template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P>
class connection_interface : public detail::socket_base<F, T, P> {
public:
    using owner_type = connection<F, T, P>;
    using widened = typename detail::widened<F, T, P>::connection;
    /// The value of recv(): the filled part of the buffer, or a message.
    using received_type = std::conditional_t<byte_oriented<T>, std::span<std::byte>, message<std::span<std::byte>>>;
    /// The value of recv() into several buffers: the number of bytes, or a message.
    using scattered_type = std::conditional_t<byte_oriented<T>, std::size_t, message<std::size_t>>;

    /// The endpoint of the peer. Errors: not_connected (the peer may be gone already), bad_file_descriptor.
    /// Source: getpeername(2).
    [[nodiscard]] result<typename F::endpoint> peer_endpoint() const noexcept {
        return detail::read_endpoint<typename F::endpoint>(detail::os::peer_name, native(), operation::peer_endpoint);
    }

    /// Sends as much as the kernel accepts now: on a stream perhaps only part of the data, a message whole or not at all.
    ///
    /// Returns: the number of bytes sent.
    /// Errors: connection_reset, broken_pipe (the peer or this end shut the direction down), operation_would_block,
    /// no_buffer_space, message_size, connection_refused (nothing received an earlier datagram). Never a signal.
    /// Blocks: while the send buffer is full. Source: send(2), MSG_NOSIGNAL.
    template <limit_like L = no_limit>
    [[nodiscard("send() may take a part of the data: the result says how much")]] result<std::size_t> send(
        const_bytes data, const L& limit = {}) const noexcept {
        return detail::counted(detail::os::send(native(), data.data(), data.size(), detail::limit_of_one_call(limit)),
                               operation::send);
    }

    /// Sends from several buffers in one call, `send(gather(header, body))`; at most 1024 of them. Source: sendmsg(2).
    template <limit_like L = no_limit>
    [[nodiscard("send() may take a part of the data: the result says how much")]] result<std::size_t> send(
        std::span<const const_buffer> buffers, const L& limit = {}) const noexcept {
        return detail::counted(detail::os::send_gathered(native(), detail::native(buffers), buffers.size(), nullptr, 0,
                                                         detail::limit_of_one_call(limit)),
                               operation::send);
    }

    /// Sends all the data, in as many calls as it takes.
    /// Errors: as send(), with the number of bytes sent before in `transferred`; on Windows up to 64 KiB more may be sent.
    template <limit_like L = no_limit>
    [[nodiscard]] transfer_result<void> send_all(const_bytes data, const L& limit = {}) const noexcept
        requires byte_oriented<T>
    {
        return detail::send_all(native(), data, detail::native_limit(limit));
    }

    /// Sends all the data of any number of buffers, sixteen in each call.
    template <limit_like L = no_limit>
    [[nodiscard]] transfer_result<void> send_all(std::span<const const_buffer> buffers,
                                                 const L& limit = {}) const noexcept
        requires byte_oriented<T>
    {
        return detail::send_all(native(), buffers, detail::native_limit(limit));
    }

    /// Receives the bytes that are available, at least one byte of a stream, or one message.
    ///
    /// Returns: on a stream the filled part of the buffer, empty at the end of the stream; an empty buffer is returned at
    /// once, without a system call. Otherwise a message, which may be empty; on a seqpacket socket an empty message and the
    /// end look alike (recv(2), "RETURN VALUE").
    /// Errors: connection_reset, operation_would_block, connection_refused (nothing received an earlier datagram).
    /// Blocks: until something arrives. Source: recv(2).
    template <limit_like L = no_limit>
    [[nodiscard("recv() may fill a part of the buffer: the result says how much")]] result<received_type> recv(
        mutable_bytes buffer, const L& limit = {}) const noexcept {
        return receive<detail::receive_mode::consume>(buffer, detail::limit_of_one_call(limit));
    }

    /// Receives into several buffers, filled one after the other: `recv(scatter(header, body))`.
    /// Returns: on a stream the number of bytes, 0 at its end; otherwise a message. Source: recvmsg(2).
    template <limit_like L = no_limit>
    [[nodiscard("recv() may fill a part of the buffer: the result says how much")]] result<scattered_type> recv(
        std::span<const mutable_buffer> buffers, const L& limit = {}) const noexcept {
        return receive<detail::receive_mode::consume>(buffers, detail::limit_of_one_call(limit));
    }

    /// Returns what recv() would, and leaves it in the queue for the next call. Source: recv(2), MSG_PEEK.
    template <limit_like L = no_limit>
    [[nodiscard]] result<received_type> peek(mutable_bytes buffer, const L& limit = {}) const noexcept {
        return receive<detail::receive_mode::peek>(buffer, detail::limit_of_one_call(limit));
    }
    template <limit_like L = no_limit>
    [[nodiscard]] result<scattered_type> peek(std::span<const mutable_buffer> buffers,
                                              const L& limit = {}) const noexcept {
        return receive<detail::receive_mode::peek>(buffers, detail::limit_of_one_call(limit));
    }

    /// Fills the whole buffer, in as many calls as it takes, and returns it.
    /// Errors: end_of_stream (the peer closed first), otherwise as recv(); the first `transferred` bytes of the buffer are
    /// valid.
    template <limit_like L = no_limit>
    [[nodiscard]] transfer_result<received_type> recv_exact(mutable_bytes buffer, const L& limit = {}) const noexcept
        requires byte_oriented<T>
    {
        return detail::recv_exact(native(), buffer, detail::native_limit(limit));
    }

    /// Fills any number of buffers. Returns: the number of bytes.
    template <limit_like L = no_limit>
    [[nodiscard]] transfer_result<scattered_type> recv_exact(std::span<const mutable_buffer> buffers,
                                                             const L& limit = {}) const noexcept
        requires byte_oriented<T>
    {
        return detail::recv_exact(native(), buffers, detail::native_limit(limit));
    }

    /// recv() and send() under the names that files have: a stream connection is a byte_source and a byte_sink.
    template <limit_like L = no_limit>
    [[nodiscard]] result<received_type> read(mutable_bytes buffer, const L& limit = {}) const noexcept
        requires byte_oriented<T>
    {
        return recv(buffer, limit);
    }
    template <limit_like L = no_limit>
    [[nodiscard]] result<std::size_t> write(const_bytes data, const L& limit = {}) const noexcept
        requires byte_oriented<T>
    {
        return send(data, limit);
    }

    /// Ends the sending direction: the peer reads to the end of the stream, and can still answer.
    /// Errors: not_connected. Source: shutdown(2), SHUT_WR.
    [[nodiscard]] result<void> shutdown_send() const noexcept { return shutdown(detail::os::shut_send); }
    /// Ends the receiving direction: recv() returns the end of the stream. Linux still accepts data that arrives.
    /// Source: shutdown(2), SHUT_RD.
    [[nodiscard]] result<void> shutdown_receive() const noexcept { return shutdown(detail::os::shut_receive); }
    /// Ends both directions and, except on Windows, wakes a thread that is blocked in recv().
    /// Source: shutdown(2), SHUT_RDWR.
    [[nodiscard]] result<void> shutdown_both() const noexcept { return shutdown(detail::os::shut_both); }

    /// Another owner of the same connection. Errors: too_many_files_open. Source: fcntl(2), F_DUPFD_CLOEXEC.
    [[nodiscard]] result<owner_type> duplicate() const noexcept { return detail::duplicate<owner_type>(native()); }

    // clang-format off
    template <class B, class... L> requires(detail::sendable<B> && detail::wrong_limit<L...>) detail::refused send(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_sendable<B...>) detail::refused send(B&&...) const KEYWAY_DELETE("send() takes bytes: text, an array, a vector, std::span(pointer, size), several with gather(), an object with std::as_bytes(std::span(&object, 1))");
    template <class B, class... L> requires(detail::sendable<B> && detail::wrong_limit<L...> && byte_oriented<T>) detail::refused send_all(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_sendable<B...> && byte_oriented<T>) detail::refused send_all(B&&...) const KEYWAY_DELETE("send_all() takes bytes: text, an array, a vector, std::span(pointer, size), several with gather(), an object with std::as_bytes(std::span(&object, 1))");
    template <class B, class... L> requires(detail::fillable<B> && detail::wrong_limit<L...>) detail::refused recv(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_fillable<B...>) detail::refused recv(B&&...) const KEYWAY_DELETE("recv() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))");
    template <class B, class... L> requires(detail::fillable<B> && detail::wrong_limit<L...>) detail::refused peek(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_fillable<B...>) detail::refused peek(B&&...) const KEYWAY_DELETE("peek() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))");
    template <class B, class... L> requires(detail::fillable<B> && detail::wrong_limit<L...> && byte_oriented<T>) detail::refused recv_exact(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_fillable<B...> && byte_oriented<T>) detail::refused recv_exact(B&&...) const KEYWAY_DELETE("recv_exact() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))");
    template <class B, class... L> requires(detail::fillable<B> && detail::wrong_limit<L...> && byte_oriented<T>) detail::refused read(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_fillable<B...> && byte_oriented<T>) detail::refused read(B&&...) const KEYWAY_DELETE("read() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))");
    template <class B, class... L> requires(detail::sendable<B> && detail::wrong_limit<L...> && byte_oriented<T>) detail::refused write(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_sendable<B...> && byte_oriented<T>) detail::refused write(B&&...) const KEYWAY_DELETE("write() takes bytes: text, an array, a vector, std::span(pointer, size), several with gather(), an object with std::as_bytes(std::span(&object, 1))");
    detail::refused send_to(auto&&...) const KEYWAY_DELETE("a connected socket has one peer: call send()");
    detail::refused recv_from(auto&&...) const KEYWAY_DELETE("a connected socket has one peer: call recv()");
    detail::refused peek_from(auto&&...) const KEYWAY_DELETE("a connected socket has one peer: call peek()");
    detail::refused bind(auto&&...) const KEYWAY_DELETE("a connection has its local endpoint already: bind() a socket, then connect() or listen()");
    detail::refused listen(auto&&...) const KEYWAY_DELETE("a connection has a peer: listen() with a socket of its own, tcp::listen(endpoint)");
    detail::refused connect(auto&&...) const KEYWAY_DELETE("a connection has its peer already: connect() another socket");
    detail::refused accept(auto&&...) const KEYWAY_DELETE("a connection has been accepted already: accept() is the listener's");
    detail::refused read(auto&&...) const requires(T::is_message_oriented) KEYWAY_DELETE("messages are received one by one: call recv()");
    detail::refused write(auto&&...) const requires(T::is_message_oriented) KEYWAY_DELETE("messages are sent one by one: call send()");
    detail::refused send_all(auto&&...) const requires(T::is_message_oriented) KEYWAY_DELETE("a message is sent whole: call send()");
    detail::refused recv_exact(auto&&...) const requires(T::is_message_oriented) KEYWAY_DELETE("a message ends where it ends: call recv()");
    // clang-format on

protected:
    using detail::socket_base<F, T, P>::socket_base;
    constexpr connection_interface() noexcept = default;
    constexpr connection_interface(const connection_interface&) noexcept = default;
    constexpr connection_interface& operator=(const connection_interface&) noexcept = default;
    ~connection_interface() = default;

private:
    detail::os::native_handle native() const noexcept { return this->native_handle(); }

    template <detail::receive_mode Mode, class Limit>
    result<received_type> receive(std::span<std::byte> buffer, const Limit& limit) const noexcept {
        if constexpr (message_oriented<T>) return detail::recv_message<F, P, Mode>(native(), buffer, limit);
        else return detail::recv_some<Mode>(native(), buffer, limit);
    }

    template <detail::receive_mode Mode, class Limit>
    result<scattered_type> receive(std::span<const mutable_buffer> buffers, const Limit& limit) const noexcept {
        if constexpr (message_oriented<T>) {
            constexpr typename F::endpoint* no_sender = nullptr;
            return detail::recv_message_scattered(native(), buffers, no_sender, Mode, operation::recv, limit);
        } else {
            if (detail::total_size(buffers) == 0) return std::size_t{0};
            return detail::counted(
                detail::os::recv_scattered(native(), detail::native(buffers), buffers.size(), Mode, limit),
                operation::recv);
        }
    }

    result<void> shutdown(int direction) const noexcept {
        return detail::checked(detail::os::shutdown(native(), direction), operation::shutdown);
    }
};

/// A connection that something else owns.
template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
using connection_view = view<connection_interface<F, T, P>>;

/// Owns a connection; its operations are those of connection_interface.
///
///     auto connection = kw::tcp::connect({kw::ipv4_address::loopback(), 8080});
///     if (!connection) return report(connection.error());
///     auto sent = connection->send_all("hello\n");
template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P>
class connection : public owner<connection_interface<F, T, P>, typename detail::connection_cleanup<F, T>::type> {
    using cleanup_type = typename detail::connection_cleanup<F, T>::type;
    using base = owner<connection_interface<F, T, P>, cleanup_type>;

public:
    constexpr connection() noexcept = default;
    // clang-format off
    connection(const connection&) = delete;  // KEYWAY_DELETE("a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied")
    connection& operator=(const connection&) = delete;  // KEYWAY_DELETE("a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied")
    template <class A> requires(!std::derived_from<std::remove_cvref_t<A>, connection_interface<F, T, P>>) explicit connection(A&&, auto&&...) KEYWAY_DELETE("connect(endpoint) of the transport, as kw::tcp::connect({address, port}), makes a connection; adopt(descriptor) takes one over");
    // clang-format on
    connection(connection&&) noexcept = default;
    connection& operator=(connection&&) noexcept = default;
    ~connection() = default;

    /// Takes over a descriptor that is known to be such a connection; nothing is checked. `cleanup` is what the library
    /// hands on from one state to the next.
    [[nodiscard]] static connection adopt_unchecked(handle::native_type native,
                                                    const cleanup_type& cleanup = {}) noexcept {
        return connection(connection_view<F, T, P>::borrow(native), cleanup);
    }

    /// Takes over a descriptor from elsewhere after asking the kernel what it is. If refused, it stays the caller's.
    /// Errors: wrong_kind, not_connected, bad_file_descriptor, not_a_socket.
    [[nodiscard]] static result<connection> adopt(handle::native_type native) noexcept {
        if (auto kind = detail::check_kind<F, T, P>(native, detail::state::not_listening); !kind) return failure(kind);
        if (auto peer = view<connection_interface<F, T, P>>::borrow(native).peer_endpoint(); !peer)
            return unexpected<error>(error(peer.error().code(), operation::adopt));
        return adopt_unchecked(native);
    }

    /// Ends the connection at once: the peer gets a reset (RST) instead of an end, and data in transit is lost.
    /// Source: socket(7), SO_LINGER with time 0.
    [[nodiscard]] result<void> reset() && noexcept
        requires connection_oriented<T> && (!local_family<F>)
    {
        detail::os::linger_value abort{};
        abort.l_onoff = 1;
        auto set = detail::checked(
            detail::os::set_option(this->native_handle(), SOL_SOCKET, detail::os::linger_option, &abort, sizeof(abort)),
            operation::close);
        auto closed = this->close();
        return set ? closed : set;
    }

    /// Ends a stream so that nothing is lost: ends the sending direction, receives and discards the peer's remaining data,
    /// and closes after the peer has closed. close() alone may reset the connection before the peer has read everything, if
    /// data from the peer is left unread (RFC 2525 section 2.17). The connection is closed in any case.
    ///
    /// Errors: limit_reached and operation_canceled (the peer did not close in time), connection_reset, not_connected.
    /// Blocks: until the peer closes or the limit is reached. Keep the limit short: otherwise the peer decides.
    /// Source: shutdown(2), SHUT_WR; RFC 9112 section 9.6.
    template <limit_like L>
    [[nodiscard("the peer may not have read everything")]] result<void> close_gracefully(const L& limit) && noexcept
        requires byte_oriented<T>
    {
        auto drained = detail::finish_stream(this->native_handle(), keyway::limit(limit).native());
        auto closed = this->close();
        return drained ? closed : drained;
    }

    /// Removes the peer. The socket keeps the address and port that bind() named; Linux takes back a port that the system
    /// chose. On failure the connection stays as it was.
    /// Source: connect(2), "dissolve the association".
    [[nodiscard]] result<socket<F, T, P>> disconnect() && noexcept
        requires connectionless<T>
    {
        if (detail::os::disconnect(this->native_handle()) < 0) return detail::last_error(operation::disconnect);
        const auto cleanup = this->cleanup();
        return socket<F, T, P>::adopt_unchecked(this->release(), cleanup);
    }

    // clang-format off
    detail::refused reset() && requires(connectionless<T> || local_family<F>) KEYWAY_DELETE("only a connection over a network can be reset: call close()");
    detail::refused reset() & KEYWAY_DELETE("reset() ends the connection: write std::move(connection).reset()");
    template <limit_like L> detail::refused close_gracefully(const L&) && requires message_oriented<T> KEYWAY_DELETE("only a stream is read to its end: call close()");
    template <class... L> requires(byte_oriented<T> && (sizeof...(L) == 0 || detail::wrong_limit<L...>)) detail::refused close_gracefully(const L&...) && KEYWAY_DELETE("one limit, a duration, a deadline or a canceller, says how long the peer may take: std::move(connection).close_gracefully(5s)");
    detail::refused close_gracefully(auto&&...) & KEYWAY_DELETE("close_gracefully() ends the connection: write std::move(connection).close_gracefully(limit)");
    detail::refused disconnect() && requires connection_oriented<T> KEYWAY_DELETE("a stream cannot change its peer: close() it and connect() another");
    detail::refused disconnect() & KEYWAY_DELETE("disconnect() consumes the connection: write std::move(connection).disconnect()");
    // clang-format on

private:
    using base::base;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
