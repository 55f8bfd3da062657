// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_BATCH_HPP
#define KEYWAY_MESSAGE_BATCH_HPP

// Many messages in one call. The caller owns the messages, their buffers and their control messages; nothing is allocated
// or copied. Opt-in.

#include <concepts>
#include <cstddef>
#include <span>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/batch.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/limit.hpp>
#include <keyway/message/control/buffer.hpp>
#include <keyway/message/message.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// A message to send to the peer of a connection.
struct outgoing_message {
    const_bytes data;
    std::span<const std::byte> items = {};  ///< control messages: `list.bytes()` of a list that outlives the call
};

/// A message to send, and its destination.
template <class Endpoint>
struct outgoing_message_to {
    const_bytes data;
    Endpoint to;
    std::span<const std::byte> items = {};  ///< control messages: `list.bytes()` of a list that outlives the call
};

/// Space for one message of a batch, which recv_batch() then describes in the fields of a `message<Data, true>`.
struct message_slot {
    mutable_bytes buffer = {};
    control::any_buffer* items = nullptr;  ///< space for control messages, or null

    std::span<std::byte> data = {};  ///< the filled part of the buffer
    bool truncated = false;          ///< the message was longer than the buffer; the rest of it is lost
    std::size_t length = 0;          ///< bytes of the message as sent (Linux), elsewhere the bytes stored
    bool control_truncated = false;  ///< control messages were lost: no space for them, or no descriptor left
};

/// The same with the sender.
template <class Endpoint>
struct message_slot_from {
    mutable_bytes buffer = {};
    control::any_buffer* items = nullptr;  ///< space for control messages, or null

    std::span<std::byte> data = {};  ///< the filled part of the buffer
    Endpoint sender = {};
    bool truncated = false;          ///< the message was longer than the buffer; the rest of it is lost
    std::size_t length = 0;          ///< bytes of the message as sent (Linux), elsewhere the bytes stored
    bool control_truncated = false;  ///< control messages were lost: no space for them, or no descriptor left
};

namespace detail {

template <class S>
struct batch_of {
    using outgoing = outgoing_message;
    using slot = message_slot;
};
template <can_send_to S>
struct batch_of<S> {
    using outgoing = outgoing_message_to<typename S::endpoint>;
    using slot = message_slot_from<typename S::endpoint>;
};

/// Connectionless sockets, whose messages go in batches.
template <class S>
concept sends_batches = sends_messages<S> && connectionless<typename S::type>;

inline os::control_bytes items_of(std::span<const std::byte> items) noexcept {
    return {const_cast<std::byte*>(items.data()), items.size()};
}
inline void put(os::batch& calls, std::size_t i, const outgoing_message& one) noexcept {
    calls.put(i, one.data.data(), one.data.size(), nullptr, 0, items_of(one.items));
}
template <class Endpoint>
void put(os::batch& calls, std::size_t i, const outgoing_message_to<Endpoint>& one) noexcept {
    calls.put(i, one.data.data(), one.data.size(), one.to.data(), one.to.size(), items_of(one.items));
}

inline os::control_bytes space_for_items(control::any_buffer* items) noexcept {
    return items != nullptr ? control_access::prepare(*items) : os::control_bytes{nullptr, 0};
}
inline void put(os::batch& calls, std::size_t i, const message_slot& slot) noexcept {
    calls.put(i, slot.buffer.data(), slot.buffer.size(), nullptr, 0, space_for_items(slot.items));
}
template <class Endpoint>
inline void put(os::batch& calls, std::size_t i, message_slot_from<Endpoint>& slot) noexcept {
    if (slot.items == nullptr) [[likely]]
        calls.put(i, slot.buffer.data(), slot.buffer.size(), slot.sender.data(), Endpoint::capacity(), {nullptr, 0});
    else
        calls.put(i, slot.buffer.data(), slot.buffer.size(), slot.sender.data(), Endpoint::capacity(),
                  control_access::prepare(*slot.items));
}

template <class Family, class Slot>
inline void describe(const os::batch& calls, std::size_t i, Slot& slot) noexcept {
    const auto got = calls.received(i);
    slot.data = filled(slot.buffer, got.length);
    if constexpr (requires { slot.sender; }) slot.sender.resize(got.address_size);
    slot.length = got.length;
    slot.truncated = slot.control_truncated = false;
    if (calls.is_incomplete(i)) [[unlikely]]
        calls.describe_loss(i, slot.truncated, slot.control_truncated);
    if (slot.items != nullptr) control_access::fill(*slot.items, calls.control_size(i), passes_descriptors<Family>);
}

}  // namespace detail

/// Sends the messages, in order, each whole or not at all.
///
///     std::array<outgoing_message_to<kw::udp4::endpoint>, 2> messages{{{first, peer}, {second, peer}}};
///     if (auto sent = send_batch(socket, messages); !sent)
///         report(sent.error(), messages[sent.error().transferred]);
///
/// Returns: the number of messages sent, which is all of them.
/// Errors: those of one message, as from socket::send_to() or connection::send(), with the number of messages sent before it
/// in `transferred`; the ones after it were not tried.
/// Blocks: while the send buffer is full. System calls: on Linux one for up to 64 messages if all fit, elsewhere one each.
/// Source: sendmmsg(2).
template <detail::sends_batches S, limit_like L = no_limit>
[[nodiscard]] transfer_result<std::size_t> send_batch(const S& socket,
                                                      std::span<const typename detail::batch_of<S>::outgoing> messages,
                                                      const L& limit = {}) noexcept {
    const auto native_limit = detail::native_limit(limit);  // one for all the calls
    detail::os::batch calls;
    for (std::size_t done = 0; done < messages.size();) {
        const std::size_t count = detail::smaller(messages.size() - done, detail::os::most_in_batch);
        for (std::size_t i = 0; i < count; ++i) detail::put(calls, i, messages[done + i]);
        for (std::size_t sent = 0; sent < count;) {
            const auto some = calls.send(socket.native_handle(), sent, count - sent, native_limit);
            if (some < 0) return detail::failed_after(done + sent, operation::send_batch);
            sent += static_cast<std::size_t>(some);
        }
        done += count;
    }
    return messages.size();
}

/// Receives messages into the first slots: waits for one, then receives the others that are available, in order.
///
///     std::array<message_slot_from<kw::udp4::endpoint>, 32> slots;      // each with a buffer
///     const auto count = recv_batch(socket, slots, 5s);
///     for (const auto& one : std::span(slots).first(*count)) handle(one.data, one.sender);
///
/// Returns: the number of messages received, at least one; 0 only if there are no slots.
/// Errors: as from socket::recv_from() or connection::recv(), with the number of messages received before in `transferred`.
/// Blocks: until a message arrives. System calls: on Linux one for up to 64 messages, elsewhere one each.
/// Source: recvmmsg(2), MSG_WAITFORONE.
template <detail::sends_batches S, limit_like L = no_limit>
[[nodiscard]] transfer_result<std::size_t> recv_batch(const S& socket,
                                                      std::span<typename detail::batch_of<S>::slot> slots,
                                                      const L& limit = {}) noexcept {
    detail::os::batch calls;
    std::size_t done = 0;
    while (done < slots.size()) {
        const auto next = slots.subspan(done, detail::smaller(slots.size() - done, detail::os::most_in_batch));
        const std::size_t count = next.size();
        for (std::size_t i = 0; i < count; ++i) detail::put(calls, i, next[i]);
        constexpr detail::os::wait_limit no_wait{.until = detail::os::at_once};
        const auto some = done == 0 ? calls.recv(socket.native_handle(), count, detail::native_limit(limit))
                                    : calls.recv(socket.native_handle(), count, no_wait);
        if (some < 0) {
            const auto failed = detail::failed_after(done, operation::recv_batch);
            if (done > 0 && (failed.error().limit_reached() || failed.error().would_block())) break;
            return failed;
        }
        for (std::size_t i = 0; i < static_cast<std::size_t>(some); ++i)
            detail::describe<typename S::family>(calls, i, next[i]);
        done += static_cast<std::size_t>(some);
        if (static_cast<std::size_t>(some) < count) break;
    }
    return done;
}

// clang-format off
template <class S> requires(!detail::sends_batches<S>)
detail::refused send_batch(const S&, auto&&...) KEYWAY_DELETE("datagrams are sent in batches, of a stream several buffers at once: send_all(kw::gather(first, second))");
template <detail::sends_batches S, class B> requires(!std::convertible_to<B, std::span<const typename detail::batch_of<S>::outgoing>>)
detail::refused send_batch(const S&, B&&, auto&&...) KEYWAY_DELETE("a batch is an array of outgoing_message on a connection, of outgoing_message_to<endpoint> on a socket: kw::outgoing_message{kw::const_bytes(text)}");
template <class S> requires(!detail::sends_batches<S>)
detail::refused recv_batch(const S&, auto&&...) KEYWAY_DELETE("datagrams are received in batches, of a stream several buffers at once: recv(kw::scatter(first, second))");
template <detail::sends_batches S, class B> requires(!std::convertible_to<B, std::span<typename detail::batch_of<S>::slot>>)
detail::refused recv_batch(const S&, B&&, auto&&...) KEYWAY_DELETE("a batch is received into an array of message_slot on a connection, of message_slot_from<endpoint> on a socket, each with a buffer");
template <detail::sends_batches S, not_a_limit L>
detail::refused send_batch(const S&, auto&&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: send_batch(socket, messages, 5s)");
template <detail::sends_batches S, not_a_limit L>
detail::refused recv_batch(const S&, auto&&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: recv_batch(socket, slots, 5s)");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
