// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_MESSAGE_HPP
#define KEYWAY_MESSAGE_MESSAGE_HPP

// Messages with control messages: sendmsg(2) and recvmsg(2). The items are in <keyway/message/control/…>. Opt-in.

#include <cstddef>
#include <span>
#include <utility>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/detail/uninitialized.hpp>
#include <keyway/error.hpp>
#include <keyway/limit.hpp>
#include <keyway/message/control/buffer.hpp>  // IWYU pragma: export
#include <keyway/message_result.hpp>          // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

template <class S>
concept sends_messages = can_send<S> || can_send_to<S>;

template <class S, class List>
concept accepts_items = requires(const List& items) { items.bytes(); } &&
                        List::template fits<typename S::family, typename S::type, typename S::protocol>;

/// The view that an object may keep of a socket: of an owner its view, of a view itself.
template <class S>
struct view_of {
    using type = S;
};
template <class S>
    requires requires { typename S::view_type; }
struct view_of<S> {
    using type = typename S::view_type;
};

/// The value of recv_message(), by the kind of socket.
template <class S, class Data>
struct message_for {
    using type = message<Data, true>;
};
template <can_recv_from S, class Data>
struct message_for<S, Data> {
    using type = message_from<Data, typename S::endpoint, true>;
};

/// The part of a buffer that a message of this length fills; of several buffers, its size.
inline std::span<std::byte> filled(std::span<std::byte> buffer, std::size_t length) noexcept {
    return buffer.first(smaller(length, buffer.size()));
}
inline std::size_t filled(std::span<const mutable_buffer> buffers, std::size_t length) noexcept {
    return smaller(length, total_size(buffers));
}

template <class Limit>
result<std::size_t> send_message(os::native_handle socket, std::span<const const_buffer> buffers, const void* address,
                                 std::size_t address_size, std::span<const std::byte> items,
                                 const Limit& limit) noexcept {
    const os::control_bytes bytes{const_cast<std::byte*>(items.data()), items.size()};
    return counted(os::send_with_control(socket, native(buffers), buffers.size(), address, address_size, bytes, limit),
                   operation::send_message);
}

/// `kind` selects a message, part of a stream, or an entry of the error queue.
template <class Family, os::readiness Wanted = os::readiness::readable, class Limit>
inline os::message_outcome receive(os::native_handle socket, std::span<const mutable_buffer> buffers, void* address,
                                   os::address_length& address_size, control::any_buffer& items, int kind,
                                   const Limit& limit) noexcept {
    os::control_bytes bytes = control_access::prepare(items);
    const auto got = os::recv_with_control<Wanted>(socket, native(buffers), buffers.size(), address, &address_size,
                                                   bytes, kind, limit);
    if (got.length >= 0) control_access::fill(items, bytes.size, passes_descriptors<Family>);
    return got;
}

/// `into` is the one buffer or the several buffers to which `buffers` refers.
template <class Data, class S, class Into, class Limit>
inline result<typename message_for<S, Data>::type> recv_message(const S& socket, Into into,
                                                                std::span<const mutable_buffer> buffers,
                                                                control::any_buffer& items,
                                                                const Limit& limit) noexcept {
    constexpr int kind = message_oriented<typename S::type> ? os::report_full_length : 0;
    if constexpr (can_recv_from<S>) {
        using endpoint = typename S::endpoint;
        uninitialized<endpoint> storage;
        os::address_length size = endpoint::capacity();
        const auto got = receive<typename S::family>(socket.native_handle(), buffers, storage.endpoint.data(), size,
                                                     items, kind, limit);
        if (got.length < 0) [[unlikely]]
            return last_error(operation::recv_message);
        storage.endpoint.resize(static_cast<std::size_t>(size));
        const auto length = static_cast<std::size_t>(got.length);
        return result<message_from<Data, endpoint, true>>(std::in_place, filled(into, length), storage.endpoint,
                                                          got.truncated, length, got.control_truncated);
    } else {
        os::address_length no_address = 0;
        const auto got =
            receive<typename S::family>(socket.native_handle(), buffers, nullptr, no_address, items, kind, limit);
        if (got.length < 0) [[unlikely]]
            return last_error(operation::recv_message);
        const auto length = static_cast<std::size_t>(got.length);
        return message<Data, true>{filled(into, length), got.truncated, length, got.control_truncated};
    }
}

}  // namespace detail

/// Sends one message, or part of a stream, together with control messages.
///
///     send_message(connection, "a listener", control::list{control::pass(listener)});
///     send_message(connection, gather(header, body), control::list{control::credentials{own}}, 5s);
///
/// Returns: the number of bytes sent; on a stream perhaps not all. The items went with the first of them.
/// Errors: as connection::send(); invalid_argument (a value that the kernel refuses; on a stream, items without data),
/// bad_file_descriptor (a passed descriptor is not open), ETOOMANYREFS (more descriptors in transit than RLIMIT_NOFILE).
/// Blocks: while the send buffer is full. Source: sendmsg(2).
template <can_send S, class List, limit_like L = no_limit>
    requires detail::accepts_items<S, List>
[[nodiscard]] result<std::size_t> send_message(const S& connection, std::span<const const_buffer> buffers,
                                               const List& items, const L& limit = {}) noexcept {
    if constexpr (byte_oriented<typename S::type>) {
        if (detail::total_size(buffers) == 0) return detail::failure(errc::invalid_argument, operation::send_message);
    }
    return detail::send_message(connection.native_handle(), buffers, nullptr, 0, items.bytes(),
                                detail::limit_of_one_call(limit));
}
template <can_send S, class List, limit_like L = no_limit>
    requires detail::accepts_items<S, List>
[[nodiscard]] result<std::size_t> send_message(const S& connection, const_bytes data, const List& items,
                                               const L& limit = {}) noexcept {
    const const_buffer whole(data);
    return send_message(connection, std::span(&whole, 1), items, limit);
}

/// Sends one message to `to`, together with control messages.
///
///     send_message(socket, "answer", control::list{info->reply()}, question->sender);
///
/// Errors: as for a connection, and as socket::send_to().
template <can_send_to S, class List, limit_like L = no_limit>
    requires detail::accepts_items<S, List>
[[nodiscard]] result<std::size_t> send_message(const S& socket, std::span<const const_buffer> buffers,
                                               const List& items, const typename S::endpoint& to,
                                               const L& limit = {}) noexcept {
    return detail::send_message(socket.native_handle(), buffers, to.data(), to.size(), items.bytes(),
                                detail::limit_of_one_call(limit));
}
template <can_send_to S, class List, limit_like L = no_limit>
    requires detail::accepts_items<S, List>
[[nodiscard]] result<std::size_t> send_message(const S& socket, const_bytes data, const List& items,
                                               const typename S::endpoint& to, const L& limit = {}) noexcept {
    const const_buffer whole(data);
    return send_message(socket, std::span(&whole, 1), items, to, limit);
}

/// Receives one message, or the available bytes of a stream, together with its control messages.
///
///     control::buffer<control::packet_info> items;
///     const auto got = recv_message(socket, buffer, items, 5s);
///     // got->data came from got->sender; items.get<control::packet_info>()
///
/// Returns: a `message<Data, true>`, on a socket without a peer a `message_from<Data, Endpoint, true>`. `data` is the filled
/// part of the buffer, or of several buffers the number of bytes. Empty data on a stream is its end.
/// Errors: as connection::recv() and socket::recv_from().
/// Blocks: until something arrives. Source: recvmsg(2).
template <class S, limit_like L = no_limit>
    requires detail::sends_messages<S>
[[nodiscard]] result<typename detail::message_for<S, std::size_t>::type> recv_message(
    const S& socket, std::span<const mutable_buffer> buffers, control::any_buffer& items,
    const L& limit = {}) noexcept {
    return detail::recv_message<std::size_t>(socket, buffers, buffers, items, detail::limit_of_one_call(limit));
}
template <class S, limit_like L = no_limit>
    requires detail::sends_messages<S>
[[nodiscard]] result<typename detail::message_for<S, std::span<std::byte>>::type> recv_message(
    const S& socket, mutable_bytes buffer, control::any_buffer& items, const L& limit = {}) noexcept {
    const mutable_buffer whole(buffer);
    return detail::recv_message<std::span<std::byte>>(socket, std::span<std::byte>(buffer), std::span(&whole, 1), items,
                                                      detail::limit_of_one_call(limit));
}

// clang-format off
template <detail::sends_messages S, class List> requires(!detail::accepts_items<S, List>)
detail::refused send_message(const S&, auto&&, const List&, auto&&...) KEYWAY_DELETE("after the data comes a control::list of items that a socket of this family, type and protocol sends, then the destination: send_message(socket, data, items, endpoint)");
template <can_send_to S, class List> requires detail::accepts_items<S, List>
detail::refused send_message(const S&, auto&&, const List&) KEYWAY_DELETE("a socket without a peer sends each message to an endpoint: send_message(socket, data, items, endpoint)");
template <detail::sends_messages S>
detail::refused send_message(const S&, auto&&) KEYWAY_DELETE("after the data comes a control::list of items; without items call send() or send_to()");
template <detail::sends_messages S, class... Items> requires(!detail::receives_items<S, Items...>)
detail::refused recv_message(const S&, auto&&, control::buffer<Items...>&, auto&&...) KEYWAY_DELETE("a socket of this family, type and protocol does not get one of the items that this buffer names: packet_info and hop_limit are those of datagrams, rights and credentials those of AF_UNIX");
template <can_send S, not_a_limit L>
detail::refused send_message(const S&, auto&&, const auto&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
template <can_send_to S, not_a_limit L>
detail::refused send_message(const S&, auto&&, const auto&, const typename S::endpoint&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
template <class S, not_a_limit L> requires detail::sends_messages<S>
detail::refused recv_message(const S&, auto&&, control::any_buffer&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
