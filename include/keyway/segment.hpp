// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SEGMENT_HPP
#define KEYWAY_SEGMENT_HPP

// Datagrams of one size in one piece: sent from one buffer and cut by the kernel or the network card (GSO), received
// joined in one buffer (GRO). Where the system has neither, what is sent and what is received are the same. Opt-in.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <keyway/batch.hpp>
#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/control/buffer.hpp>
#include <keyway/control/segment_size.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/batch.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/message.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// The datagrams in some bytes: each of `size` bytes, but the last, which may be shorter. No bytes are one empty datagram.
template <class Byte>
class segments {
public:
    segments() noexcept = default;
    segments(std::span<Byte> bytes, std::size_t size) noexcept
        : bytes_(bytes), size_(size == 0 || size > bytes.size() ? bytes.size() : size) {}

    /// How many there are.
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.empty() ? 1 : (bytes_.size() + size_ - 1) / size_; }
    [[nodiscard]] std::span<Byte> operator[](std::size_t i) const noexcept {
        const std::size_t begin = i * size_;
        return bytes_.subspan(begin, detail::smaller(size_, bytes_.size() - begin));
    }
    /// All of them in one piece.
    [[nodiscard]] std::span<Byte> bytes() const noexcept { return bytes_; }

    class iterator {
    public:
        using value_type = std::span<Byte>;
        using difference_type = std::ptrdiff_t;

        iterator() noexcept = default;
        explicit iterator(const segments& all) noexcept : rest_(all.bytes_), size_(all.size_), at_end_(false) {}
        value_type operator*() const noexcept { return rest_.first(detail::smaller(size_, rest_.size())); }
        iterator& operator++() noexcept {
            at_end_ = rest_.size() <= size_;
            rest_ = at_end_ ? std::span<Byte>() : rest_.subspan(size_);
            return *this;
        }
        iterator operator++(int) noexcept {
            const iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.at_end_ == b.at_end_ && a.rest_.size() == b.rest_.size();  // in this order one test a step
        }

    private:
        std::span<Byte> rest_;
        std::size_t size_ = 0;
        bool at_end_ = true;  // without bytes there is one datagram before it
    };
    [[nodiscard]] iterator begin() const noexcept { return iterator(*this); }
    [[nodiscard]] iterator end() const noexcept { return {}; }

private:
    std::span<Byte> bytes_;
    std::size_t size_ = 0;
};

/// Datagrams that came together, of one sender.
template <class Endpoint>
struct received_segments {
    segments<std::byte> datagrams;
    Endpoint sender;
    bool truncated = false;  ///< they were longer than the buffer; the rest of them is gone

    received_segments(const segments<std::byte>& all, const Endpoint& from, bool was_cut) noexcept
        : datagrams(all), sender(from), truncated(was_cut) {}
};

/// Sends buffers as datagrams of one size. It asks the kernel once whether it cuts them, and learns where the network card
/// does not (EIO, EINVAL): from then on, each datagram is sent by itself.
///
///     segment_sender sender(socket);
///     sender.send(data, 1200, peer);                       // data's bytes in datagrams of 1200, the last one shorter
///
/// Thread safety: as the socket, which has to outlive it.
template <class S>
    requires can_send_to<S> && (S::protocol::number == IPPROTO_UDP)
class segment_sender {
public:
    using endpoint = typename S::endpoint;

    explicit segment_sender(const S& socket) noexcept : socket_(&socket), offloads_(asks_kernel(socket)) {}

    /// Whether the kernel has cut all that was sent so far.
    [[nodiscard]] bool offloads() const noexcept { return offloads_; }

    /// Sends `data` as datagrams of `size` bytes. Empty data is one empty datagram.
    ///
    /// Returns: the bytes, which are all of them.
    /// Errors: as socket::send_to(), with the bytes that went before in `transferred`: whole datagrams.
    /// invalid_argument where `size` is 0.
    /// Blocks: while the send buffer is full. System calls: one for up to 64 datagrams and 64 KiB.
    template <class... How>
        requires detail::at_most_one_limit<How...>
    transfer_result<std::size_t> send(const_bytes data, std::uint16_t size, const endpoint& to,
                                      const How&... how) noexcept {
        if (size == 0)
            return unexpected<transfer_error>(
                transfer_error(error(errc::invalid_argument, operation::send_message), 0));
        return send_pieces(data, size, to, waiting(how)...);  // one limit for all of them
    }

private:
    /// Linux cuts 64 at most, and what it cuts has to fit into one IP packet, of either version.
    static constexpr std::size_t most_segments = detail::os::most_in_batch;
    static constexpr std::size_t most_bytes = 65535 - 40 - 8;

    /// Bytes of one piece: whole datagrams.
    static constexpr std::size_t most_of(std::size_t size) noexcept {
        if (size * most_segments <= most_bytes) return size * most_segments;
        const std::size_t fitting = most_bytes / size;
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

    template <class... How>
    transfer_result<std::size_t> send_pieces(std::span<const std::byte> data, std::uint16_t size, const endpoint& to,
                                             const How&... how) noexcept {
        std::size_t done = 0;
        do {
            const std::span<const std::byte> rest = data.subspan(done);
            const std::span<const std::byte> piece = rest.first(detail::smaller(rest.size(), most_of(size)));
            auto sent = send_piece(piece, size, to, how...);
            if (!sent) {
                sent.error().transferred += done;
                return sent;
            }
            done += piece.size();
        } while (done < data.size());
        return done;
    }

    template <class... How>
    transfer_result<std::size_t> send_piece(std::span<const std::byte> piece, std::uint16_t size, const endpoint& to,
                                            const How&... how) noexcept {
#if KEYWAY_HAS_UDP_SEGMENTS
        if (piece.size() > size && offloads_) {
            auto sent = send_message(*socket_, piece, to, control::list{control::segment_size{size}}, how...);
            if (sent) return *sent;
            // A datagram longer than the path takes is not cut, but sent in fragments.
            const bool only_this = sent.error() == errc::message_too_long;
            if (!only_this && sent.error() != errc::io_error && sent.error() != errc::invalid_argument)
                return unexpected<transfer_error>(transfer_error(sent.error(), 0));
            if (!only_this) offloads_ = false;
        }
#endif
        return send_each(segments(piece, size), to, how...);
    }

    template <class... How>
    transfer_result<std::size_t> send_each(const segments<const std::byte>& all, const endpoint& to,
                                           const How&... how) noexcept {
        std::array<outgoing_message_to<endpoint>, most_segments> messages;
        for (std::size_t i = 0; i < all.size(); ++i) messages[i] = {all[i], to};
        auto sent = send_batch(*socket_, std::span(messages).first(all.size()), how...);
        if (!sent) {
            sent.error().transferred *= all[0].size();
            return sent;
        }
        return all.bytes().size();
    }

    const S* socket_;
    std::atomic<bool> offloads_;
};

/// Asks the kernel to join what comes, for recv_segments(). Without it, or where the system does not, it yields them one by
/// one.
/// Errors: no_such_option, invalid_argument (Windows) or not_supported: this system does not join datagrams.
template <class S>
    requires can_recv_from<S> && (S::protocol::number == IPPROTO_UDP)
result<void> join_segments(const S& socket) noexcept {
#if KEYWAY_HAS_UDP_SEGMENTS
    return control::buffer<control::segment_size>::request(socket);
#else
    static_cast<void>(socket);
    return detail::failure(errc::not_supported, operation::set_option);
#endif
}

/// Receives datagrams that came together: of one sender, and of one size but the last.
///
///     std::array<std::byte, 65536> buffer;
///     const auto got = recv_segments(socket, buffer, 5s);
///     for (const auto datagram : got->datagrams) handle(datagram, got->sender);
///
/// The buffer is to have 64 KiB: what is joined and does not fit is lost.
/// Errors, Blocks: as recv_message().
template <class S, class... How>
    requires can_recv_from<S> && (S::protocol::number == IPPROTO_UDP)
result<received_segments<typename S::endpoint>> recv_segments(const S& socket, mutable_bytes buffer,
                                                              const How&... how) noexcept {
#if KEYWAY_HAS_UDP_SEGMENTS
    control::buffer<control::segment_size> items;
#else
    control::buffer<> items;
#endif
    const auto got = recv_message(socket, buffer, items, how...);
    if (!got) return unexpected<error>(got.error());
    std::size_t size = got->size;
#if KEYWAY_HAS_UDP_SEGMENTS
    if (const auto joined = items.template get<control::segment_size>()) size = joined->value;
#endif
    return result<received_segments<typename S::endpoint>>(
        std::in_place, segments<std::byte>(buffer.first(got->size), size), got->sender, got->truncated);
}

}  // namespace keyway::inline KEYWAY_MODE

#endif
