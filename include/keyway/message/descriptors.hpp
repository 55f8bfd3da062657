// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_DESCRIPTORS_HPP
#define KEYWAY_MESSAGE_DESCRIPTORS_HPP

// Descriptors sent from one process to another, over AF_UNIX. Opt-in; POSIX.

#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>
#include <keyway/message/control/buffer.hpp>
#include <keyway/message/control/unix.hpp>
#include <keyway/message/message.hpp>

#if KEYWAY_HAS_POSIX

namespace keyway {
inline namespace KEYWAY_MODE {

/// A message, or part of a stream, and the descriptors that it carried.
template <std::size_t N>
struct message_with_descriptors {
    std::span<std::byte> data;       ///< the filled part of the buffer; empty at the end of a stream
    bool truncated = false;          ///< the message was longer than the buffer; the rest of it is lost
    std::size_t length = 0;          ///< bytes of the message as sent (Linux), elsewhere the bytes stored
    bool control_truncated = false;  ///< the kernel dropped descriptors: no space for them, or no free number
    control::rights<N> rights;
};

namespace detail {

template <class S>
concept sends_descriptors = can_send<S> && local_family<typename S::family>;

}  // namespace detail

/// Sends a descriptor of any kind together with data, at least one byte on a stream. The receiver gets its own descriptor
/// for the same object; this one stays open.
///
///     send_descriptors(worker, "listener", listener);
///     send_descriptors(worker, "two listeners", {network, local}, 5s);
///
/// Returns, Errors, Blocks: as send_message().
template <detail::sends_descriptors S, limit_like L = no_limit>
[[nodiscard]] result<std::size_t> send_descriptors(const S& connection, const_bytes data, const handle_view& descriptor,
                                                   const L& limit = {}) noexcept {
    return send_message(connection, data, control::list{control::pass(descriptor)}, limit);
}

/// Sends several descriptors, at most 253.
template <detail::sends_descriptors S, std::size_t N, limit_like L = no_limit>
[[nodiscard]] result<std::size_t> send_descriptors(const S& connection, const_bytes data,
                                                   const handle_view (&descriptors)[N], const L& limit = {}) noexcept {
    return send_message(connection, data, control::list{control::pass(descriptors)}, limit);
}

/// Receives data and up to N descriptors, each owned as soon as it arrives and close-on-exec.
///
///     if (auto got = recv_descriptors<1>(broker, buffer); got && got->rights.size == 1)
///         auto listener = got->rights.adopt<kw::tcp::listener>(0);     // asks the kernel what it is
///
/// Surplus descriptors are closed and counted in `rights.surplus`; `control_truncated` reports those that the kernel
/// dropped.
/// Errors, Blocks: as recv_message().
template <std::size_t N, class S, limit_like L = no_limit>
    requires can_recv<S> && local_family<typename S::family>
[[nodiscard]] result<message_with_descriptors<N>> recv_descriptors(const S& connection, mutable_bytes buffer,
                                                                   const L& limit = {}) noexcept {
    control::buffer<control::rights<N>> items;
    const auto got = recv_message(connection, buffer, items, limit);
    if (!got) return failure(got);
    auto rights = items.template take<control::rights<N>>();
    return message_with_descriptors<N>{got->data, got->truncated, got->length, got->control_truncated,
                                       rights ? std::move(*rights) : control::rights<N>{}};
}

// clang-format off
template <class S> requires(!detail::sends_descriptors<S>)
detail::refused send_descriptors(const S&, auto&&...) KEYWAY_DELETE("descriptors are passed over connections of AF_UNIX: unix_stream::connect(endpoint), unix_stream::pair()");
template <class S, class B> requires detail::sends_descriptors<S>
detail::refused send_descriptors(const S&, const B&) KEYWAY_DELETE("send_descriptors() takes a connection, data, and a socket, listener, file or kw::handle_view::borrow(descriptor), several in braces");
template <detail::sends_descriptors S, class D> requires(!std::convertible_to<const D&, handle_view>)
detail::refused send_descriptors(const S&, auto&&, const D&, auto&&...) KEYWAY_DELETE("send_descriptors() takes a connection, data, and a socket, listener, file or kw::handle_view::borrow(descriptor), several in braces");
template <class S>
detail::refused recv_descriptors(const S&, auto&&...) KEYWAY_DELETE("recv_descriptors() takes the largest number of descriptors in angle brackets: recv_descriptors<1>(connection, buffer)");
template <std::size_t N, class S> requires(!(can_recv<S> && local_family<typename S::family>))
detail::refused recv_descriptors(const S&, auto&&...) KEYWAY_DELETE("descriptors are passed over connections of AF_UNIX: unix_stream::connect(endpoint), unix_stream::pair()");
template <detail::sends_descriptors S, not_a_limit L>
detail::refused send_descriptors(const S&, auto&&, const handle_view&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s; and several descriptors go in braces: {first, second}");
template <detail::sends_descriptors S, std::size_t N, not_a_limit L>
detail::refused send_descriptors(const S&, auto&&, const handle_view (&)[N], const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s; and several descriptors go in braces: {first, second}");
template <std::size_t N, class S, not_a_limit L> requires can_recv<S> && local_family<typename S::family>
detail::refused recv_descriptors(const S&, auto&&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif

#endif
