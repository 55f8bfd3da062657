// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_SEGMENT_HPP
#define KEYWAY_MESSAGE_SEGMENT_HPP

// Segmentation offload: datagrams of one size that are sent from one buffer, which the kernel or the network card splits
// (GSO), and received joined in one buffer (GRO). Without system support they are sent and received one by one. Opt-in.

#include <array>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/batch.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>
#include <keyway/message/batch.hpp>
#include <keyway/message/control/buffer.hpp>
#include <keyway/message/control/segment_size.hpp>
#include <keyway/message/message.hpp>
#include <keyway/message/segments.hpp>  // IWYU pragma: export
#include <keyway/message_result.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

namespace detail {

template <class S>
concept udp_socket = sends_batches<S> && S::protocol::number == IPPROTO_UDP;

/// The value of recv_segments(), by the kind of socket.
template <class S>
struct segments_for {
    using type = message<segments<std::byte>>;
};
template <can_recv_from S>
struct segments_for<S> {
    using type = message_from<segments<std::byte>, typename S::endpoint>;
};

}  // namespace detail

/// Sends buffers as datagrams of one size. It asks the kernel once whether it splits buffers, and notices when the network
/// card cannot (EIO, EINVAL): from then on it sends the datagrams in batches.
///
///     segment_sender sender(socket);
///     sender.send(data, 1200, peer);                       // datagrams of 1200 bytes, the last one shorter
///
///     segment_sender to_peer(connection);                  // of a connected socket
///     to_peer.send(data, 1200);
///
/// Requires: the socket, of which this keeps a view, outlives it. Thread safety: as the socket.
template <class S>
class segment_sender {
public:
    using endpoint = typename S::endpoint;

    explicit segment_sender(const S& socket) noexcept
        requires detail::udp_socket<S>
        : socket_(socket), most_segments_(asks_kernel(socket) ? newer_most : 0) {}

    /// Whether the kernel has split every buffer so far.
    [[nodiscard]] bool offloads() const noexcept { return most_segments_ != 0; }

    /// Sends `data` as datagrams of `size` bytes. Empty data is one empty datagram.
    ///
    /// Returns: the number of bytes, which is all of them.
    /// Errors: as socket::send_to(), with the number of bytes in the datagrams sent before in `transferred`;
    /// invalid_argument (`size` is 0 or above 65535).
    /// Blocks: while the send buffer is full. System calls: one for up to 128 datagrams and 64 KiB, with older kernels for
    /// up to 64.
    template <limit_like L = no_limit>
    [[nodiscard]] transfer_result<std::size_t> send(const_bytes data, std::size_t size, const endpoint& to,
                                                    const L& limit = {}) noexcept
        requires can_send_to<S>
    {
        return send_all(data, size, detail::started(limit), to);
    }

    /// Sends them to the peer of a connected socket. Errors: as connection::send(), and the same.
    template <limit_like L = no_limit>
    [[nodiscard]] transfer_result<std::size_t> send(const_bytes data, std::size_t size, const L& limit = {}) noexcept
        requires can_send<S>
    {
        return send_all(data, size, detail::started(limit));
    }

    // clang-format off
    explicit segment_sender(const S&) requires(!detail::udp_socket<S>) KEYWAY_DELETE("segments are datagrams of a UDP socket: udp::bind(), udp::socket::open(), udp::connect()");
    template <class Owner = S> requires detail::owning<Owner>
    explicit segment_sender(const Owner&&) KEYWAY_DELETE("a temporary socket is closed at the end of this line: keep it in a variable that outlives the sender");
    template <not_a_limit L> detail::refused send(auto&&, std::size_t, const endpoint&, const L&) requires can_send_to<S> KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: send(data, size, endpoint, 5s)");
    template <not_a_limit L> requires(!std::convertible_to<const L&, endpoint>) detail::refused send(auto&&, std::size_t, const L&) requires can_send<S> KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: send(data, size, 5s)");
    template <std::convertible_to<endpoint> To> detail::refused send(auto&&, std::size_t, const To&, auto&&...) requires can_send<S> KEYWAY_DELETE("the socket has a peer, and sends to no other endpoint: send(data, size)");
    template <limit_like... L> requires(sizeof...(L) <= 1) detail::refused send(auto&&, std::size_t, const L&...) requires can_send_to<S> KEYWAY_DELETE("a socket without a peer sends to an endpoint: send(data, size, endpoint)");
    // clang-format on

private:
    /// Linux splits a buffer into at most 64 datagrams, and it has to fit into one IP packet of either version.
    // The kernel's UDP_MAX_SEGMENTS.
    static constexpr std::size_t newer_most = 128;
    static constexpr std::size_t older_most = 64;
    static constexpr std::size_t max_bytes = 65535 - 40 - 8;

    /// The bytes of one piece: whole datagrams, of which the kernel splits off so many.
    static constexpr std::size_t piece_size(std::size_t size, std::size_t most_segments) noexcept {
        const std::size_t most = most_segments != 0 ? most_segments : detail::os::most_in_batch;
        if (size * most <= max_bytes) return size * most;
        const std::size_t fitting = max_bytes / size;
        return fitting == 0 ? size : size * fitting;
    }

    static bool asks_kernel([[maybe_unused]] const S& socket) noexcept {
#if KEYWAY_HAS_UDP_SEGMENTS
        int size = 0;
        detail::os::address_length length = sizeof(size);
        return detail::os::get_option(socket.native_handle(), detail::os::udp_level, detail::os::udp_segment, &size,
                                      &length) >= 0;
#else
        return false;
#endif
    }

    // `to` is the endpoint, or nothing if the socket has a peer.

    template <class L, class... To>
    transfer_result<std::size_t> send_all(std::span<const std::byte> data, std::size_t size, const L& limit,
                                          const To&... to) noexcept {
        if (size == 0 || size > std::numeric_limits<std::uint16_t>::max())
            return detail::failure(errc::invalid_argument, operation::send_message);
        return send_pieces(data, static_cast<std::uint16_t>(size), limit, to...);
    }

    template <class L, class... To>
    transfer_result<std::size_t> send_pieces(std::span<const std::byte> data, std::uint16_t size, const L& limit,
                                             const To&... to) noexcept {
        std::size_t done = 0;
        do {
            const std::span<const std::byte> rest = data.subspan(done);
            const std::span<const std::byte> piece =
                rest.first(detail::smaller(rest.size(), piece_size(size, most_segments_)));
            auto sent = send_piece(piece, size, limit, to...);
            if (!sent) {
                sent.error().transferred += done;
                return sent;
            }
            done += piece.size();
        } while (done < data.size());
        return done;
    }

    template <class L, class... To>
    transfer_result<std::size_t> send_piece(std::span<const std::byte> piece, std::uint16_t size, const L& limit,
                                            const To&... to) noexcept {
#if KEYWAY_HAS_UDP_SEGMENTS
        if (piece.size() > size && offloads()) {
            auto sent = send_message(socket_, piece, control::list{control::segment_size{size}}, to..., limit);
            if (sent) return *sent;
            if (sent.error() == errc::invalid_argument && piece.size() > older_most * size) {
                most_segments_ = older_most;
                return send_pieces(piece, size, limit, to...);
            }
            // The kernel does not split datagrams that exceed the path MTU; a batch sends them in fragments.
            const bool exceeds_mtu = sent.error() == errc::message_size;
            if (!exceeds_mtu && sent.error() != errc::io_error && sent.error() != errc::invalid_argument)
                return failure(sent);
            if (!exceeds_mtu) most_segments_ = 0;
        }
#endif
        return send_each(segments(piece, size), limit, to...);
    }

    template <class L, class... To>
    transfer_result<std::size_t> send_each(const segments<const std::byte>& all, const L& limit,
                                           const To&... to) noexcept {
        std::array<typename detail::batch_of<S>::outgoing, newer_most> messages;
        for (std::size_t i = 0; i < all.size(); ++i) messages[i] = {all[i], to...};
        auto sent = send_batch(socket_, std::span(messages).first(all.size()), limit);
        if (!sent) {
            sent.error().transferred *= all[0].size();
            return sent;
        }
        return all.bytes().size();
    }

    typename detail::view_of<S>::type socket_;
    std::atomic<std::size_t> most_segments_;  // of one call; 0 if the kernel does not split
};

template <class S>
segment_sender(const S&) -> segment_sender<S>;

/// Asks the kernel to join received datagrams for recv_segments(), which otherwise receives them one by one.
/// Errors: no_protocol_option, invalid_argument (Windows) or operation_not_supported (this system does not join datagrams).
template <detail::udp_socket S>
[[nodiscard]] result<void> join_segments(const S& socket) noexcept {
#if KEYWAY_HAS_UDP_SEGMENTS
    return control::buffer<control::segment_size>::request(socket);
#else
    static_cast<void>(socket);
    return detail::failure(errc::operation_not_supported, operation::set_option);
#endif
}

/// Receives datagrams that were joined: all from one sender and of one size; the last may be shorter. Of a socket with a peer
/// it returns a message without a sender.
///
///     std::array<std::byte, 65536> buffer;
///     const auto got = recv_segments(socket, buffer, 5s);
///     for (const auto datagram : got->data) handle(datagram, got->sender);
///
/// Requires: a buffer of 64 KiB; joined datagrams that do not fit are lost.
/// Errors, Blocks: as recv_message().
template <detail::udp_socket S, limit_like L = no_limit>
[[nodiscard]] result<typename detail::segments_for<S>::type> recv_segments(const S& socket, mutable_bytes buffer,
                                                                           const L& limit = {}) noexcept {
#if KEYWAY_HAS_UDP_SEGMENTS
    control::buffer<control::segment_size> items;
#else
    control::buffer<> items;
#endif
    const auto got = recv_message(socket, buffer, items, limit);
    if (!got) return failure(got);
    std::size_t size = got->data.size();
#if KEYWAY_HAS_UDP_SEGMENTS
    if (const auto joined = items.template get<control::segment_size>()) size = joined->value;
#endif
    const segments<std::byte> data(got->data, size);
    if constexpr (can_recv_from<S>)
        return result<typename detail::segments_for<S>::type>(std::in_place, data, got->sender, got->truncated,
                                                              got->length);
    else return message<segments<std::byte>>{data, got->truncated, got->length};
}

// clang-format off
template <class S> requires(!detail::udp_socket<S>)
detail::refused join_segments(const S&) KEYWAY_DELETE("segments are datagrams of a UDP socket: udp::bind(), udp::socket::open(), udp::connect()");
template <class S> requires(!detail::udp_socket<S>)
detail::refused recv_segments(const S&, auto&&...) KEYWAY_DELETE("segments are datagrams of a UDP socket: udp::bind(), udp::socket::open(), udp::connect()");
template <detail::udp_socket S, not_a_limit L>
detail::refused recv_segments(const S&, auto&&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
