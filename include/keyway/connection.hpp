// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CONNECTION_HPP
#define KEYWAY_CONNECTION_HPP

// The state of a socket that has a peer: an accepted or connected stream or seqpacket socket, or a connected datagram
// socket.

#include <cstddef>
#include <span>
#include <type_traits>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/detail/view.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>
#include <keyway/protocol.hpp>
#include <keyway/received.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A connection that somebody else owns: everything a connection does but closing it.
///
/// Thread safety: one thread may send while another receives. Two that send at once get their bytes mixed on a stream,
/// and never inside a message. On POSIX shutdown_both() wakes a thread that is blocked in recv(); close()
/// does not, and on Windows neither.
template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
class connection_view : public detail::view<F, T, P> {
public:
    using owner_type = connection<F, T, P>;
    /// What recv() yields: the filled part of the buffer, or a message.
    using received_type = std::conditional_t<byte_oriented<T>, std::span<std::byte>, received>;
    /// What a scattered recv() yields: the number of bytes, or a message spread over the buffers.
    using scattered_type = std::conditional_t<byte_oriented<T>, std::size_t, scattered>;

    using detail::view<F, T, P>::view;

    /// The address of the peer. Errors: not_connected (the peer may be gone already), bad_descriptor.
    /// Source: getpeername(2).
    [[nodiscard]] result<typename F::endpoint> peer_endpoint() const noexcept {
        return detail::read_endpoint<typename F::endpoint>(detail::os::peer_name, native(), operation::peer_endpoint);
    }

    // Every call that may block has a second form with how it waits, for instance how long, as its last argument. It adds
    // the errors timed_out and operation_canceled, which leave what was not transferred where it was.

    /// Sends what the kernel takes now, on a stream perhaps not all of it; a message goes whole or not at all.
    ///
    /// Returns: the bytes taken.
    /// Errors: connection_reset, broken_pipe (the peer or this end shut the direction down), would_block, no_buffer_space,
    /// message_too_long, connection_refused (a datagram before this one found nobody). Never a signal.
    /// Blocks: while the send buffer is full. Source: send(2), MSG_NOSIGNAL.
    result<std::size_t> send(const_bytes data) const noexcept {
        return detail::counted(detail::os::send(native(), data.data(), data.size()), operation::send);
    }
    result<std::size_t> send(const_bytes data, const waiting& how) const noexcept {
        return detail::counted(detail::os::send(native(), data.data(), data.size(), how.limit()), operation::send);
    }

    /// The same from several buffers in one call, `send(gather(header, body))`; at most 1024. Source: sendmsg(2).
    result<std::size_t> send(std::span<const const_buffer> buffers) const noexcept { return gathered(buffers); }
    result<std::size_t> send(std::span<const const_buffer> buffers, const waiting& how) const noexcept {
        return gathered(buffers, how.limit());
    }

    /// Sends everything, in as many calls as it takes.
    /// Errors: as send(), with the bytes that went out before in `transferred`; on Windows up to 64 KiB more may have.
    transfer_result<void> send_all(const_bytes data) const noexcept
        requires byte_oriented<T>
    {
        return detail::send_all(native(), data);
    }
    transfer_result<void> send_all(const_bytes data, const waiting& how) const noexcept
        requires byte_oriented<T>
    {
        return detail::send_all(native(), data, how.limit());
    }

    /// The same from any number of buffers, sixteen a call.
    transfer_result<void> send_all(std::span<const const_buffer> buffers) const noexcept
        requires byte_oriented<T>
    {
        return detail::send_all(native(), buffers);
    }
    transfer_result<void> send_all(std::span<const const_buffer> buffers, const waiting& how) const noexcept
        requires byte_oriented<T>
    {
        return detail::send_all(native(), buffers, how.limit());
    }

    /// Receives what is there, at least one byte of a stream or one message.
    ///
    /// Returns: on a stream the filled part of the buffer, empty at the end of the stream; an empty buffer comes back at
    /// once without a call. Else a message, which may be empty; on a seqpacket socket an empty message and the end look
    /// the same (recv(2), "RETURN VALUE").
    /// Errors: connection_reset, would_block, connection_refused (a datagram sent before found nobody).
    /// Blocks: until something arrives. Source: recv(2).
    result<received_type> recv(mutable_bytes buffer) const noexcept { return take<detail::take::remove>(buffer); }
    result<received_type> recv(mutable_bytes buffer, const waiting& how) const noexcept {
        return take<detail::take::remove>(buffer, how.limit());
    }

    /// The same into several buffers, filled one after the other: `recv(scatter(header, body))`.
    /// Returns: on a stream the number of bytes, 0 at its end; else a message. Source: recvmsg(2).
    result<scattered_type> recv(std::span<const mutable_buffer> buffers) const noexcept {
        return take(buffers, detail::take::remove);
    }
    result<scattered_type> recv(std::span<const mutable_buffer> buffers, const waiting& how) const noexcept {
        return take(buffers, detail::take::remove, how.limit());
    }

    /// What recv() would yield, and leaves it there for the next call. Source: recv(2), MSG_PEEK.
    result<received_type> peek(mutable_bytes buffer) const noexcept { return take<detail::take::peek>(buffer); }
    result<received_type> peek(mutable_bytes buffer, const waiting& how) const noexcept {
        return take<detail::take::peek>(buffer, how.limit());
    }
    result<scattered_type> peek(std::span<const mutable_buffer> buffers) const noexcept {
        return take(buffers, detail::take::peek);
    }
    result<scattered_type> peek(std::span<const mutable_buffer> buffers, const waiting& how) const noexcept {
        return take(buffers, detail::take::peek, how.limit());
    }

    /// Fills the whole buffer, in as many calls as it takes, and returns it.
    /// Errors: end_of_stream (the peer closed first), else as recv(); `transferred` bytes of the buffer are good.
    transfer_result<std::span<std::byte>> recv_exact(mutable_bytes buffer) const noexcept
        requires byte_oriented<T>
    {
        return detail::recv_exact(native(), buffer);
    }
    transfer_result<std::span<std::byte>> recv_exact(mutable_bytes buffer, const waiting& how) const noexcept
        requires byte_oriented<T>
    {
        return detail::recv_exact(native(), buffer, how.limit());
    }

    /// Fills all of the buffers, any number of them. Returns: the number of bytes.
    transfer_result<std::size_t> recv_exact(std::span<const mutable_buffer> buffers) const noexcept
        requires byte_oriented<T>
    {
        return detail::recv_exact(native(), buffers);
    }
    transfer_result<std::size_t> recv_exact(std::span<const mutable_buffer> buffers, const waiting& how) const noexcept
        requires byte_oriented<T>
    {
        return detail::recv_exact(native(), buffers, how.limit());
    }

    /// recv() and send() by the names that files have: a stream connection is a byte_source and a byte_sink.
    result<std::span<std::byte>> read(mutable_bytes buffer) const noexcept
        requires byte_oriented<T>
    {
        return recv(buffer);
    }
    result<std::span<std::byte>> read(mutable_bytes buffer, const waiting& how) const noexcept
        requires byte_oriented<T>
    {
        return recv(buffer, how);
    }
    result<std::size_t> write(const_bytes data) const noexcept
        requires byte_oriented<T>
    {
        return send(data);
    }
    result<std::size_t> write(const_bytes data, const waiting& how) const noexcept
        requires byte_oriented<T>
    {
        return send(data, how);
    }

    /// No more will be sent: the peer reads to the end of the stream, and can still answer.
    /// Errors: not_connected. Source: shutdown(2), SHUT_WR.
    result<void> shutdown_send() const noexcept { return shutdown(detail::os::shut_send); }
    /// No more will be received: recv() yields the end of the stream. Linux still takes what arrives. SHUT_RD.
    result<void> shutdown_receive() const noexcept { return shutdown(detail::os::shut_receive); }
    /// Both; wakes a thread that is blocked in recv(), but not on Windows. SHUT_RDWR.
    result<void> shutdown_both() const noexcept { return shutdown(detail::os::shut_both); }

    /// Another owner of the same connection. Errors: too_many_files. Source: fcntl(2), F_DUPFD_CLOEXEC.
    [[nodiscard]] result<owner_type> duplicate() const noexcept {
        const auto copy = detail::os::duplicate(native());
        if (copy == handle_view::invalid) return detail::last_error(operation::duplicate);
        return owner_type::adopt_unchecked(copy);
    }

    // clang-format off
    void send_to(const_bytes, const typename F::endpoint&) const = KEYWAY_DELETE("a connected socket has one peer: call send()");
    void recv_from(auto&&...) const = KEYWAY_DELETE("a connected socket has one peer: call recv()");
    void accept(auto&&...) const = KEYWAY_DELETE("a connection has been accepted already: accept() is the listener's");
    void send_all(auto&&...) const requires message_oriented<T> = KEYWAY_DELETE("a message is sent whole: call send()");
    void recv_exact(auto&&...) const requires message_oriented<T> = KEYWAY_DELETE("a message ends where it ends: call recv()");
    // clang-format on

private:
    detail::os::native_handle native() const noexcept { return this->native_handle(); }

    template <class... Limit>
    result<std::size_t> gathered(std::span<const const_buffer> buffers, const Limit&... within) const noexcept {
        return detail::counted(
            detail::os::send_gathered(native(), detail::native(buffers), buffers.size(), nullptr, 0, within...),
            operation::send);
    }

    template <detail::take How, class... Limit>
    result<received_type> take(std::span<std::byte> buffer, const Limit&... within) const noexcept {
        if constexpr (message_oriented<T>) return detail::recv_message<F, P, How>(native(), buffer, within...);
        else return detail::recv_some<How>(native(), buffer, within...);
    }

    template <class... Limit>
    result<scattered_type> take(std::span<const mutable_buffer> buffers, detail::take how,
                                const Limit&... within) const noexcept {
        if constexpr (message_oriented<T>) {
            constexpr typename F::endpoint* no_sender = nullptr;
            return detail::recv_message_scattered(native(), buffers, no_sender, how, operation::recv, within...);
        } else {
            if (detail::total_size(buffers) == 0) return std::size_t{0};
            return detail::counted(
                detail::os::recv_scattered(native(), detail::native(buffers), buffers.size(), how, within...),
                operation::recv);
        }
    }

    result<void> shutdown(int how) const noexcept {
        return detail::checked(detail::os::shutdown(native(), how), operation::shutdown);
    }
};

/// Owns a connection; what it can do is in connection_view.
///
///     auto connection = kw::tcp::connect({kw::ipv4_address::loopback(), 8080});
///     if (!connection) return report(connection.error());
///     auto sent = connection->send_all("hello\n");
template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P>
class connection : public owner<connection_view<F, T, P>, typename detail::connection_cleanup<F, T>::type> {
    using base = owner<connection_view<F, T, P>, typename detail::connection_cleanup<F, T>::type>;

public:
    using view_type = connection_view<F, T, P>;

    constexpr connection() noexcept = default;

    /// Takes over a descriptor that is known to be such a connection; nothing is checked. `cleanup` is what the library
    /// hands on from one state to the next.
    [[nodiscard]] static connection adopt_unchecked(
        handle::native_type native, const typename detail::connection_cleanup<F, T>::type& cleanup = {}) noexcept {
        return connection(native, cleanup);
    }

    /// Takes over a descriptor from elsewhere, after the kernel said what it is. Refused, it stays the caller's.
    /// Errors: wrong_kind, not_connected, bad_descriptor, not_a_socket.
    [[nodiscard]] static result<connection> adopt(handle::native_type native) noexcept {
        if (auto kind = detail::check_kind<F, T, P>(native, detail::state::not_listening); !kind)
            return unexpected<error>(kind.error());
        if (auto peer = view_type(native).peer_endpoint(); !peer)
            return unexpected<error>(error(peer.error().code(), operation::adopt));
        return adopt_unchecked(native);
    }

    /// Ends the connection at once: the peer gets a reset (RST) instead of an end, and data on the way is lost.
    /// Source: socket(7), SO_LINGER with time 0.
    result<void> reset() && noexcept
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

    /// Ends a stream so that nothing is lost: tells the peer that no more comes, takes in and drops what it still sends,
    /// and closes when it has closed too. close() alone may reset the connection under what the peer has not read yet,
    /// where something of the peer's is left unread (RFC 2525 section 2.17). Closed it is in any case.
    ///
    /// Errors: timed_out and operation_canceled (the peer did not close in time), connection_reset, not_connected.
    /// Blocks: until the peer closes, or the limit is reached, which is to be short: the peer decides otherwise.
    /// Source: shutdown(2), SHUT_WR; RFC 9112 section 9.6.
    result<void> close_gracefully(const waiting& how) && noexcept
        requires byte_oriented<T>
    {
        auto drained = detail::finish_stream(this->native_handle(), how.limit());
        auto closed = this->close();
        return drained ? closed : drained;
    }

    /// Gives up the peer. The socket keeps the address and port that bind() named; what the system chose, Linux takes
    /// back. On failure the connection stays as it was.
    /// Source: connect(2), "dissolve the association".
    [[nodiscard]] result<socket<F, T, P>> disconnect() && noexcept
        requires connectionless<T>
    {
        if (detail::os::disconnect(this->native_handle()) < 0) return detail::last_error(operation::disconnect);
        const auto cleanup = this->cleanup();
        return socket<F, T, P>::adopt_unchecked(this->release(), cleanup);
    }

    // clang-format off
    void reset() && requires(connectionless<T> || local_family<F>) = KEYWAY_DELETE("only a connection over a network can be reset: call close()");
    void reset() & = KEYWAY_DELETE("reset() ends the connection: write std::move(connection).reset()");
    void close_gracefully(const waiting&) && requires message_oriented<T> = KEYWAY_DELETE("only a stream is read to its end: call close()");
    void close_gracefully(auto&&...) & = KEYWAY_DELETE("close_gracefully() ends the connection: write std::move(connection).close_gracefully(limit)");
    void disconnect() && requires connection_oriented<T> = KEYWAY_DELETE("a stream cannot change its peer: close() it and connect() another");
    void disconnect() & = KEYWAY_DELETE("disconnect() consumes the connection: write std::move(connection).disconnect()");
    // clang-format on

private:
    using base::base;
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
