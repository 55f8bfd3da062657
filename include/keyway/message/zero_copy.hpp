// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_ZERO_COPY_HPP
#define KEYWAY_MESSAGE_ZERO_COPY_HPP

// Zero-copy sends: the network reads the program's own memory, which must not change until the kernel reports that it is
// free. Opt-in; Linux. Source: Linux, Documentation/networking/msg_zerocopy.rst.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/detail/os/zero_copy.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>
#include <keyway/message/control/queued_error.hpp>
#include <keyway/message/error_queue.hpp>
#include <keyway/message/message.hpp>
#include <keyway/option/queue.hpp>

#if KEYWAY_HAS_ERROR_QUEUE

namespace keyway {
inline namespace KEYWAY_MODE {

/// A pending send: its bytes must not change until zero_copy_sender::is_free() returns true.
struct zero_copy_ticket {
    std::size_t size = 0;  ///< bytes sent; on a stream perhaps not all
    std::uint32_t number = 0;
};

/// What the kernel reported since the last call of collect().
struct zero_copy_report {
    std::size_t freed = 0;   ///< sends whose bytes may change again
    std::size_t copied = 0;  ///< those among them that the kernel copied after all
};

/// Sends without copying, and records which buffers are free again.
///
/// This is worth while from about 10 KiB per call on, through a network card. What stays on this machine is copied after
/// all, which the report shows: then plain sends are cheaper.
///
///     auto sender = zero_copy_sender<kw::tcp::connection>::open(connection);
///     const auto ticket = sender->send(block);
///     while (!sender->is_free(*ticket)) sender->collect(5s);       // block may change now
///
/// Requires: the socket, of which this keeps a view, outlives it, and nothing else reads its error queue.
/// Thread safety: one thread.
template <class S>
    requires internet_family<typename S::family> &&
             (S::protocol::number == IPPROTO_TCP || S::protocol::number == IPPROTO_UDP) && detail::sends_messages<S>
class zero_copy_sender {
public:
    /// The most sends that can be pending.
    static constexpr std::size_t max_pending = 1024;

    /// Errors: no_protocol_option, operation_not_supported.
    [[nodiscard]] static result<zero_copy_sender> open(const S& socket) noexcept {
        if (const auto set = socket.set(option::zero_copy{true}); !set) return failure(set);
        return zero_copy_sender(socket);
    }

    /// Errors: as connection::send(); no_buffer_space (too many sends are pending: call collect() first); invalid_argument
    /// (no data).
    template <limit_like L = no_limit>
        requires can_send<S>
    [[nodiscard]] result<zero_copy_ticket> send(const_bytes data, const L& limit = {}) noexcept {
        return send_one(data, nullptr, 0, operation::send, detail::limit_of_one_call(limit));
    }
    /// Sends one message to `to`. Errors: as send() and socket::send_to().
    template <limit_like L = no_limit>
        requires can_send_to<S>
    [[nodiscard]] result<zero_copy_ticket> send_to(const_bytes data, const typename S::endpoint& to,
                                                   const L& limit = {}) noexcept {
        return send_one(data, to.data(), to.size(), operation::send_to, detail::limit_of_one_call(limit));
    }

    /// Reads the kernel's reports. Blocks: only with a limit, until there is a first report.
    /// Errors: with a limit limit_reached and operation_canceled; any other error in the error queue.
    template <limit_like L = no_limit>
    result<zero_copy_report> collect(const L& limit = {}) noexcept {
        zero_copy_report report;
        if (pending() == 0) return report;
        auto next = recv_error(socket_, mutable_bytes(), limit);
        for (; next; next = recv_error(socket_, mutable_bytes())) {
            const control::queued_error& cause = next->cause;
            if (cause.origin != control::error_origin::zero_copy) return unexpected<error>(cause.error);
            const std::size_t freed = free(cause.info, cause.data);
            report.freed += freed;
            if (cause.code == detail::os::zero_copied) report.copied += freed;
        }
        if (!next.error().would_block()) return failure(next);
        return report;
    }

    /// Whether the bytes of that send may change again, as far as collect() has read.
    [[nodiscard]] bool is_free(const zero_copy_ticket& ticket) const noexcept {
        const std::uint32_t ahead = ticket.number - oldest_;
        return ahead >= pending() || freed_[ticket.number % max_pending];
    }

    /// The number of sends from the oldest one that is not free to the latest.
    [[nodiscard]] std::size_t pending() const noexcept { return next_ - oldest_; }

    // clang-format off
    template <class Owner = S> requires detail::owning<Owner>
    static detail::refused open(const Owner&&) KEYWAY_DELETE("a temporary socket is closed at the end of this line: keep it in a variable that outlives the sender");
    template <not_a_limit L> detail::refused send(auto&&, const L&) requires can_send<S> KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <not_a_limit L> detail::refused send_to(auto&&, const typename S::endpoint&, const L&) requires can_send_to<S> KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <not_a_limit L> detail::refused collect(const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: collect(5s)");
    // clang-format on

private:
    using view_type = typename detail::view_of<S>::type;

    explicit zero_copy_sender(const view_type& socket) noexcept : socket_(socket) {}

    template <class Limit>
    result<zero_copy_ticket> send_one(std::span<const std::byte> data, const void* address, std::size_t address_size,
                                      operation op, const Limit& limit) noexcept {
        if (data.empty()) return detail::failure(errc::invalid_argument, op);  // the kernel would not count it
        if (pending() == max_pending) return detail::failure(errc::no_buffer_space, op);
        const auto buffer = detail::os::make_buffer(data.data(), data.size());
        const auto sent = detail::counted(
            detail::os::send_zero_copy(socket_.native_handle(), buffer, address, address_size, limit), op);
        if (!sent) return failure(sent);
        freed_[next_ % max_pending] = false;
        return zero_copy_ticket{*sent, next_++};
    }

    /// Marks the sends from `first` to `last`, in the kernel's numbers: from 0, wrapping around after 2^32 - 1. Returns the
    /// number of those that were not marked yet.
    std::size_t free(std::uint32_t first, std::uint32_t last) noexcept {
        std::size_t count = 0;
        for (std::uint32_t number = first; number - oldest_ < pending(); ++number) {
            count += !freed_[number % max_pending];
            freed_[number % max_pending] = true;
            if (number == last) break;
        }
        while (pending() > 0 && freed_[oldest_ % max_pending]) ++oldest_;
        return count;
    }

    view_type socket_;
    std::uint32_t oldest_ = 0;
    std::uint32_t next_ = 0;
    std::array<bool, max_pending> freed_{};
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif

#endif
