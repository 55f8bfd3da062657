// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_ERROR_QUEUE_HPP
#define KEYWAY_MESSAGE_ERROR_QUEUE_HPP

// The error queue of a socket: the network's reports about the messages that the socket sent. Opt-in; Linux.

#include <cstddef>
#include <span>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/detail/uninitialized.hpp>
#include <keyway/error.hpp>
#include <keyway/limit.hpp>
#include <keyway/message/control/buffer.hpp>
#include <keyway/message/control/item.hpp>
#include <keyway/message/control/queued_error.hpp>
#include <keyway/message/message.hpp>

#if KEYWAY_HAS_ERROR_QUEUE

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

template <class S>
concept has_error_queue =
    option_fits<control::queued_error, typename S::family, typename S::type, typename S::protocol>;

}  // namespace detail

/// An entry of the error queue: a message that the socket sent, and the report about it.
template <class Endpoint>
struct error_queue_entry {
    std::span<std::byte> data;  ///< the filled part of the buffer: that message, or the ICMP message's quotation
    Endpoint to;                ///< its destination; for an error found on this machine perhaps without the port
    bool truncated = false;     ///< it was longer than the buffer
    control::queued_error cause;
};

/// Removes one entry from the error queue, which the socket has after control::queued_error::request(). From then on an
/// error from the network is also reported to a socket without a peer: once by the next call, and here with its cause.
///
///     control::buffer<control::queued_error>::request(socket);
///     if (auto entry = recv_error(socket, quoted, 1s)) report(entry->to, entry->cause.error, entry->cause.offender);
///
/// Errors: operation_would_block (the queue is empty, also on a blocking socket); with a limit limit_reached and
/// operation_canceled. malformed_value: the entry is of a kind that this call does not decode; it is removed.
/// Blocks: only with a limit. Source: recvmsg(2), MSG_ERRQUEUE.
template <detail::has_error_queue S, limit_like L = no_limit>
[[nodiscard]] result<error_queue_entry<typename S::endpoint>> recv_error(const S& socket, mutable_bytes buffer,
                                                                         const L& limit = {}) noexcept {
    constexpr std::size_t other_items = 256;  // everything else that was requested on the socket arrives here too
    control::buffer<control::queued_error, control::unknown<other_items>> items;
    const mutable_buffer whole(buffer);
    detail::uninitialized<typename S::endpoint> storage;
    detail::os::address_length size = S::endpoint::capacity();
    const auto got = detail::receive<typename S::family, detail::os::readiness::failed>(
        socket.native_handle(), std::span(&whole, 1), storage.endpoint.data(), size, items, detail::os::queued_errors,
        detail::limit_of_one_call(limit));
    if (got.length < 0) return detail::last_error(operation::recv_error);
    storage.endpoint.resize(static_cast<std::size_t>(size));
    const auto cause = items.template get<control::queued_error>();
    if (!cause) return detail::failure(errc::malformed_value, operation::recv_error);
    return error_queue_entry<typename S::endpoint>{detail::filled(buffer, static_cast<std::size_t>(got.length)),
                                                   storage.endpoint, got.truncated, *cause};
}

// clang-format off
template <detail::has_error_queue S, not_a_limit L>
detail::refused recv_error(const S&, auto&&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif

#endif
