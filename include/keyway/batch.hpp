// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_BATCH_HPP
#define KEYWAY_BATCH_HPP

// Many messages in one call. The messages, their bytes and their control messages are the caller's; nothing is allocated
// and nothing is copied. Opt-in.

#include <cstddef>
#include <span>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/control/buffer.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/batch.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/message.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A message to send to the peer of a connection.
struct outgoing_message {
    const_bytes data;
    std::span<const std::byte> items = {};  ///< control messages, `list.bytes()`, of a list that outlives the call
};

/// A message to send, and to whom.
template <class Endpoint>
struct outgoing_message_to {
    const_bytes data;
    Endpoint to;
    std::span<const std::byte> items = {};  ///< control messages, `list.bytes()`, of a list that outlives the call
};

/// A message that is to be received: where to, and then what came.
struct incoming_message {
    mutable_bytes buffer;
    control::any_buffer* items = nullptr;  ///< room for control messages, or none

    std::size_t size = 0;            ///< bytes stored
    std::size_t length = 0;          ///< bytes of the message as it was sent (Linux), else those stored
    bool truncated = false;          ///< the message was longer than the buffer; the rest of it is gone
    bool control_truncated = false;  ///< control messages were lost

    [[nodiscard]] std::span<std::byte> data() const noexcept { return buffer.first(size); }
};

/// The same and its sender.
template <class Endpoint>
struct incoming_message_from : incoming_message {
    Endpoint sender;
};

namespace detail {

template <class S>
struct batch_of {
    using outgoing = outgoing_message;
    using incoming = incoming_message;
};
template <can_send_to S>
struct batch_of<S> {
    using outgoing = outgoing_message_to<typename S::endpoint>;
    using incoming = incoming_message_from<typename S::endpoint>;
};

inline void put(os::batch& calls, std::size_t i, const outgoing_message& one) noexcept {
    calls.put(i, one.data.data(), one.data.size(), nullptr, 0,
              {const_cast<std::byte*>(one.items.data()), one.items.size()});
}
template <class Endpoint>
void put(os::batch& calls, std::size_t i, const outgoing_message_to<Endpoint>& one) noexcept {
    calls.put(i, one.data.data(), one.data.size(), one.to.data(), one.to.size(),
              {const_cast<std::byte*>(one.items.data()), one.items.size()});
}

inline os::control_bytes room_of(const incoming_message& one) noexcept {
    return one.items != nullptr ? one.items->prepare() : os::control_bytes{nullptr, 0};
}
inline void put(os::batch& calls, std::size_t i, const incoming_message& one) noexcept {
    calls.put(i, one.buffer.data(), one.buffer.size(), nullptr, 0, room_of(one));
}
template <class Endpoint>
void put(os::batch& calls, std::size_t i, incoming_message_from<Endpoint>& one) noexcept {
    calls.put(i, one.buffer.data(), one.buffer.size(), one.sender.data(), Endpoint::capacity(), room_of(one));
}

inline void store(const os::batch_outcome& came, incoming_message& one) noexcept {
    one.size = smaller(came.length, one.buffer.size());
    one.length = came.length;
    one.truncated = came.truncated;
    one.control_truncated = came.control_truncated;
    if (one.items != nullptr) one.items->fill(came.control_size);
}
template <class Endpoint>
void store(const os::batch_outcome& came, incoming_message_from<Endpoint>& one) noexcept {
    store(came, static_cast<incoming_message&>(one));
    one.sender.resize(came.address_size);
}

/// The limit is one for all of the calls.
template <class Outgoing, class... Limit>
transfer_result<std::size_t> send_batch(os::native_handle native, std::span<const Outgoing> messages,
                                        const Limit&... within) noexcept {
    os::batch calls;
    for (std::size_t done = 0; done < messages.size();) {
        const std::size_t count = smaller(messages.size() - done, os::most_in_batch);
        for (std::size_t i = 0; i < count; ++i) put(calls, i, messages[done + i]);
        for (std::size_t sent = 0; sent < count;) {
            const auto some = calls.send(native, sent, count - sent, within...);
            if (some < 0) return failed_after(done + sent, operation::send_batch);
            sent += static_cast<std::size_t>(some);
        }
        done += count;
    }
    return messages.size();
}

}  // namespace detail

/// Sends the messages, in order, each whole or not at all.
///
///     std::array<outgoing_message_to<kw::udp4::endpoint>, 2> messages{{{first, peer}, {second, peer}}};
///     if (auto sent = send_batch(socket, messages); !sent)
///         report(sent.error(), messages[sent.error().transferred]);
///
/// Returns: how many, which is all of them.
/// Errors: of one message, as those of socket::send_to() or connection::send(), with the messages that went before it in
/// `transferred`; nothing after it was tried.
/// Blocks: while the send buffer is full. System calls: one for up to 64 messages where all fit (Linux), elsewhere one each.
/// Source: sendmmsg(2).
template <class S, class... How>
    requires detail::sends_messages<S> && connectionless<typename S::type> && detail::at_most_one_limit<How...>
transfer_result<std::size_t> send_batch(const S& socket,
                                        std::span<const typename detail::batch_of<S>::outgoing> messages,
                                        const How&... how) noexcept {
    return detail::send_batch(socket.native_handle(), messages, waiting(how).limit()...);
}

/// Receives messages into the first places: waits for one, and takes what else there is, in order.
///
///     std::array<incoming_message_from<kw::udp4::endpoint>, 32> messages;      // each with a buffer
///     const auto count = recv_batch(socket, messages, 5s);
///     for (const auto& one : std::span(messages).first(*count)) handle(one.data(), one.sender);
///
/// Returns: how many came, one at least; 0 only without messages.
/// Errors: as socket::recv_from() or connection::recv(), with the messages that came before it in `transferred`.
/// Blocks: until one arrives. System calls: one for up to 64 messages (Linux), elsewhere one each.
/// Source: recvmmsg(2), MSG_WAITFORONE.
template <class S, class... How>
    requires detail::sends_messages<S> && connectionless<typename S::type> && detail::at_most_one_limit<How...>
transfer_result<std::size_t> recv_batch(const S& socket, std::span<typename detail::batch_of<S>::incoming> messages,
                                        const How&... how) noexcept {
    detail::os::batch calls;
    std::size_t done = 0;
    while (done < messages.size()) {
        const std::size_t count = detail::smaller(messages.size() - done, detail::os::most_in_batch);
        for (std::size_t i = 0; i < count; ++i) detail::put(calls, i, messages[done + i]);
        constexpr detail::os::limit what_there_is{.until = detail::os::at_once};
        const auto some = done == 0 ? calls.recv(socket.native_handle(), count, waiting(how).limit()...)
                                    : calls.recv(socket.native_handle(), count, what_there_is);
        if (some < 0) {
            const auto failed = detail::failed_after(done, operation::recv_batch);
            if (done > 0 && (failed.error().timed_out() || failed.error().would_block())) break;
            return failed;
        }
        for (std::size_t i = 0; i < static_cast<std::size_t>(some); ++i)
            detail::store(calls.received(i), messages[done + i]);
        done += static_cast<std::size_t>(some);
        if (static_cast<std::size_t>(some) < count) break;
    }
    return done;
}

}  // namespace keyway::inline KEYWAY_MODE

#endif
