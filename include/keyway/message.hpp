// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_HPP
#define KEYWAY_MESSAGE_HPP

// Messages with what goes beside their data, sendmsg(2) and recvmsg(2). Opt-in; the items are in <keyway/control/…>.

#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/control/buffer.hpp>  // IWYU pragma: export
#include <keyway/detail/config.hpp>
#include <keyway/detail/for_overwrite.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A message, or a piece of a stream, that came with control messages.
struct received_message {
    std::size_t size = 0;            ///< bytes stored; of a stream 0 is its end
    std::size_t length = 0;          ///< bytes of the message as it was sent (Linux), else those stored
    bool truncated = false;          ///< the message was longer than the buffers; the rest of it is gone
    bool control_truncated = false;  ///< control messages were lost: there was no room, or no descriptor was left
};

/// The same and its sender.
template <class Endpoint>
struct received_message_from : received_message {
    Endpoint sender;

    received_message_from(const received_message& message, const Endpoint& from) noexcept
        : received_message(message), sender(from) {}
};

namespace detail {

/// How long a call may wait: nothing, or one thing that a `waiting` is made of.
template <class... How>
concept at_most_one_limit = sizeof...(How) <= 1 && (std::convertible_to<const How&, waiting> && ...);

template <class S>
concept sends_messages = can_send<S> || can_send_to<S>;

/// What recv_message() yields on a socket of this kind.
template <class S>
struct message_of {
    using type = received_message;
};
template <can_recv_from S>
struct message_of<S> {
    using type = received_message_from<typename S::endpoint>;
};

template <class S, class List>
concept takes_control = List::template fits<typename S::family, typename S::type, typename S::protocol>;

template <class... Limit>
result<std::size_t> send_message(os::native_handle socket, std::span<const const_buffer> buffers, const void* address,
                                 std::size_t address_size, std::span<const std::byte> control,
                                 const Limit&... within) noexcept {
    const os::control_bytes bytes{const_cast<std::byte*>(control.data()), control.size()};
    return counted(
        os::send_with_control(socket, native(buffers), buffers.size(), address, address_size, bytes, within...),
        operation::send_message);
}

/// `kind` says what is taken: one message, a piece of a stream, an entry of the error queue.
template <os::readiness Wanted = os::readiness::readable, class... Limit>
inline os::message_outcome receive(os::native_handle socket, std::span<const mutable_buffer> buffers, void* address,
                                   os::address_length& address_size, control::any_buffer& control, int kind,
                                   const Limit&... within) noexcept {
    os::control_bytes bytes = control.prepare();
    const auto got = os::recv_with_control<Wanted>(socket, native(buffers), buffers.size(), address, &address_size,
                                                   bytes, kind, within...);
    if (got.length >= 0) control.fill(bytes.size);
    return got;
}

/// What came, of a call that did not fail.
inline received_message message_in(std::span<const mutable_buffer> buffers, const os::message_outcome& got) noexcept {
    const auto length = static_cast<std::size_t>(got.length);
    return {smaller(length, total_size(buffers)), length, got.truncated, got.control_truncated};
}

/// Both, of one message or its failure.
template <operation Op, os::readiness Wanted = os::readiness::readable, class... Limit>
result<received_message> recv_message(os::native_handle socket, std::span<const mutable_buffer> buffers, void* address,
                                      os::address_length& address_size, control::any_buffer& control, int kind,
                                      const Limit&... within) noexcept {
    const auto got = receive<Wanted>(socket, buffers, address, address_size, control, kind, within...);
    if (got.length < 0) [[unlikely]]
        return last_error(Op);
    return message_in(buffers, got);
}

}  // namespace detail

/// Sends one message, or a piece of a stream, with items beside it.
///
///     send_message(connection, "take this", control::list{control::pass(listener)});
///     send_message(connection, gather(header, body), control::list{control::credentials{own}}, 5s);
///
/// Returns: the bytes taken; on a stream perhaps not all, the items went with the first of them.
/// Errors: as connection::send(); invalid_argument (a value the kernel refuses; on a stream, no data for the items to go
/// with), bad_descriptor (one of those passed), ETOOMANYREFS (more descriptors are under way than RLIMIT_NOFILE).
/// Blocks: while the send buffer is full. Source: sendmsg(2).
template <can_send S, class List, class... How>
    requires detail::takes_control<S, List> && detail::at_most_one_limit<How...>
result<std::size_t> send_message(const S& connection, std::span<const const_buffer> buffers, const List& items,
                                 const How&... how) noexcept {
    if constexpr (byte_oriented<typename S::type>) {
        if (detail::total_size(buffers) == 0) return detail::failure(errc::invalid_argument, operation::send_message);
    }
    return detail::send_message(connection.native_handle(), buffers, nullptr, 0, items.bytes(),
                                waiting(how).limit()...);
}
template <can_send S, class List, class... How>
    requires detail::takes_control<S, List> && detail::at_most_one_limit<How...>
result<std::size_t> send_message(const S& connection, const_bytes data, const List& items, const How&... how) noexcept {
    const const_buffer whole(data);
    return send_message(connection, std::span(&whole, 1), items, how...);
}

/// The same to `to`.
/// Errors: as socket::send_to(), and these.
template <can_send_to S, class List, class... How>
    requires detail::takes_control<S, List> && detail::at_most_one_limit<How...>
result<std::size_t> send_message(const S& socket, std::span<const const_buffer> buffers, const typename S::endpoint& to,
                                 const List& items, const How&... how) noexcept {
    return detail::send_message(socket.native_handle(), buffers, to.data(), to.size(), items.bytes(),
                                waiting(how).limit()...);
}
template <can_send_to S, class List, class... How>
    requires detail::takes_control<S, List> && detail::at_most_one_limit<How...>
result<std::size_t> send_message(const S& socket, const_bytes data, const typename S::endpoint& to, const List& items,
                                 const How&... how) noexcept {
    const const_buffer whole(data);
    return send_message(socket, std::span(&whole, 1), to, items, how...);
}

/// Receives one message, or what there is of a stream, with what came beside it.
///
///     control::buffer<control::packet_info> extra;
///     auto got = recv_message(socket, data, extra, 5s);
///     // data's first got->size bytes from got->sender; extra.get<control::packet_info>()
///
/// Returns: a received_message, of sockets without a peer a received_message_from<endpoint>.
/// Errors: as recv() and recv_from().
/// Blocks: until something arrives. Source: recvmsg(2).
template <class S, class... How>
    requires detail::sends_messages<S> && detail::at_most_one_limit<How...>
result<typename detail::message_of<S>::type> recv_message(const S& socket, std::span<const mutable_buffer> buffers,
                                                          control::any_buffer& items, const How&... how) noexcept {
    constexpr int kind = message_oriented<typename S::type> ? detail::os::tell_true_length : 0;
    if constexpr (can_recv_from<S>) {
        detail::room_for<typename S::endpoint> room;
        detail::os::address_length size = S::endpoint::capacity();
        const auto got = detail::receive(socket.native_handle(), buffers, room.endpoint.data(), size, items, kind,
                                         waiting(how).limit()...);
        if (got.length < 0) [[unlikely]]
            return detail::last_error(operation::recv_message);
        room.endpoint.resize(static_cast<std::size_t>(size));
        return result<received_message_from<typename S::endpoint>>(std::in_place, detail::message_in(buffers, got),
                                                                   room.endpoint);
    } else {
        detail::os::address_length no_address = 0;
        return detail::recv_message<operation::recv_message>(socket.native_handle(), buffers, nullptr, no_address,
                                                             items, kind, waiting(how).limit()...);
    }
}
template <class S, class... How>
    requires detail::sends_messages<S> && detail::at_most_one_limit<How...>
result<typename detail::message_of<S>::type> recv_message(const S& socket, mutable_bytes buffer,
                                                          control::any_buffer& items, const How&... how) noexcept {
    const mutable_buffer whole(buffer);
    return recv_message(socket, std::span(&whole, 1), items, how...);
}

}  // namespace keyway::inline KEYWAY_MODE

#endif
