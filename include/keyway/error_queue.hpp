// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ERROR_QUEUE_HPP
#define KEYWAY_ERROR_QUEUE_HPP

// The queue in which a socket keeps what the network answered to its messages. Opt-in; Linux.

#include <cstddef>
#include <span>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/control/buffer.hpp>
#include <keyway/control/item.hpp>
#include <keyway/control/queued_error.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/for_overwrite.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/message.hpp>
#include <keyway/waiting.hpp>

#if KEYWAY_HAS_ERROR_QUEUE

namespace keyway::inline KEYWAY_MODE {

/// An entry of the error queue, and the message that it is about.
template <class Endpoint>
struct received_error {
    control::queued_error cause;
    std::size_t size = 0;    ///< bytes stored of that message, or of what the ICMP message quotes of it
    bool truncated = false;  ///< it was longer than the buffer
    Endpoint to;  ///< where that message had gone to; where this machine found the error, perhaps without port
};

/// Takes one entry off the error queue, which the socket has after control::queued_error::request(): then an error that
/// the network answers with is also told to a socket without a peer, once by the next call and here with its cause.
///
///     control::buffer<control::queued_error>::request(socket);
///     if (auto failed = recv_error(socket, quoted, 1s)) report(failed->to, failed->cause.why, failed->cause.offender);
///
/// Errors: would_block where there is none, also on a blocking socket; with a limit timed_out and operation_canceled.
/// malformed_value: the entry is of a kind that is read by other means, and is gone.
/// Blocks: only with a limit. Source: recvmsg(2), MSG_ERRQUEUE.
template <class S, class... How>
    requires option_fits<control::queued_error, typename S::family, typename S::type, typename S::protocol> &&
             detail::at_most_one_limit<How...>
result<received_error<typename S::endpoint>> recv_error(const S& socket, mutable_bytes buffer,
                                                        const How&... how) noexcept {
    constexpr std::size_t other_items = 256;  // what else was asked for comes here too
    control::buffer<control::queued_error, control::unknown<other_items>> items;
    const mutable_buffer whole(buffer);
    detail::room_for<typename S::endpoint> room;
    detail::os::address_length size = S::endpoint::capacity();
    const auto got = detail::recv_message<operation::recv_error, detail::os::readiness::failed>(
        socket.native_handle(), std::span(&whole, 1), room.endpoint.data(), size, items, detail::os::queued_errors,
        waiting(how).limit()...);
    if (!got) return unexpected<error>(got.error());
    room.endpoint.resize(static_cast<std::size_t>(size));
    const auto cause = items.template get<control::queued_error>();
    if (!cause) return detail::failure(errc::malformed_value, operation::recv_error);
    return received_error<typename S::endpoint>{*cause, got->size, got->truncated, room.endpoint};
}

}  // namespace keyway::inline KEYWAY_MODE

#endif

#endif
