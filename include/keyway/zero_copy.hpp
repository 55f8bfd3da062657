// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ZERO_COPY_HPP
#define KEYWAY_ZERO_COPY_HPP

// Sends that do not copy: the network reads the program's own pages, which have to stay as they are until the kernel says
// that they are free. Opt-in; Linux. Source: Linux, Documentation/networking/msg_zerocopy.rst.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/control/queued_error.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/detail/os/zero_copy.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/error_queue.hpp>
#include <keyway/expected.hpp>
#include <keyway/message.hpp>
#include <keyway/option/queue.hpp>
#include <keyway/waiting.hpp>

#if KEYWAY_HAS_ERROR_QUEUE

namespace keyway::inline KEYWAY_MODE {

/// A send under way: its bytes stay untouched until zero_copy_sender::is_free() says so.
struct zero_copy_ticket {
    std::size_t size = 0;  ///< bytes taken; on a stream perhaps not all
    std::uint32_t number = 0;
};

/// What the kernel said since the last time.
struct zero_copy_report {
    std::size_t freed = 0;   ///< sends whose bytes are the program's again
    std::size_t copied = 0;  ///< those among them that the kernel has copied after all
};

/// Sends without copying, and knows which buffers are free again.
///
/// It pays from about 10 KiB a call on, over a network card; what stays on this machine is copied after all, and the report
/// says so: then plain sends are cheaper.
///
///     auto sender = zero_copy_sender<kw::tcp::connection>::open(connection);
///     const auto ticket = sender->send(block);
///     while (!sender->is_free(*ticket)) sender->collect(5s);       // block may change now
///
/// Thread safety: one thread. The socket has to outlive it, and nobody else is to read its error queue.
template <class S>
    requires internet_family<typename S::family> &&
             (S::protocol::number == IPPROTO_TCP || S::protocol::number == IPPROTO_UDP) && detail::sends_messages<S>
class zero_copy_sender {
public:
    /// Sends under way at most.
    static constexpr std::size_t most_pending = 1024;

    /// Errors: no_such_option, not_supported.
    [[nodiscard]] static result<zero_copy_sender> open(const S& socket) noexcept {
        const auto set = socket.set(option::zero_copy{true});
        if (!set) return unexpected<error>(set.error());
        return zero_copy_sender(socket);
    }

    /// Errors: as connection::send(); no_buffer_space: too much is under way, collect() first. invalid_argument: no data.
    template <class... How>
        requires can_send<S> && detail::at_most_one_limit<How...>
    [[nodiscard]] result<zero_copy_ticket> send(const_bytes data, const How&... how) noexcept {
        return send_from(data, nullptr, 0, how...);
    }
    /// The same to `to`. Errors: as socket::send_to(), and these.
    template <class... How>
        requires can_send_to<S> && detail::at_most_one_limit<How...>
    [[nodiscard]] result<zero_copy_ticket> send_to(const_bytes data, const typename S::endpoint& to,
                                                   const How&... how) noexcept {
        return send_from(data, to.data(), to.size(), how...);
    }

    /// Takes what the kernel has said; waits for the first word of it where a limit is given, else not at all.
    /// Errors: with a limit timed_out and operation_canceled; what else comes by the error queue.
    template <class... How>
        requires detail::at_most_one_limit<How...>
    result<zero_copy_report> collect(const How&... how) noexcept {
        zero_copy_report report;
        if (pending() == 0) return report;
        auto next = recv_error(*socket_, mutable_bytes(), how...);
        for (; next; next = recv_error(*socket_, mutable_bytes())) {
            const control::queued_error& cause = next->cause;
            if (cause.origin != control::error_origin::zero_copy) return unexpected<error>(cause.why);
            const std::size_t freed = free(cause.info, cause.data);
            report.freed += freed;
            if (cause.code == detail::os::zero_copied) report.copied += freed;
        }
        if (!next.error().would_block()) return unexpected<error>(next.error());
        return report;
    }

    /// Whether the bytes of that send are the program's again, as far as collect() has heard.
    [[nodiscard]] bool is_free(const zero_copy_ticket& ticket) const noexcept {
        const std::uint32_t ahead = ticket.number - oldest_;
        return ahead >= pending() || freed_[ticket.number % most_pending];
    }

    /// Sends between the oldest one whose bytes are not free and the last.
    [[nodiscard]] std::size_t pending() const noexcept { return next_ - oldest_; }

private:
    explicit zero_copy_sender(const S& socket) noexcept : socket_(&socket) {}

    template <class... How>
    result<zero_copy_ticket> send_from(std::span<const std::byte> data, const void* address, std::size_t address_size,
                                       const How&... how) noexcept {
        constexpr operation op = can_send<S> ? operation::send : operation::send_to;
        if (data.empty()) return detail::failure(errc::invalid_argument, op);  // the kernel would not count it
        if (pending() == most_pending) return detail::failure(errc::no_buffer_space, op);
        const auto buffer = detail::os::make_buffer(data.data(), data.size());
        const auto sent = detail::counted(detail::os::send_zero_copy(socket_->native_handle(), buffer, address,
                                                                     address_size, waiting(how).limit()...),
                                          op);
        if (!sent) return unexpected<error>(sent.error());
        freed_[next_ % most_pending] = false;
        return zero_copy_ticket{*sent, next_++};
    }

    /// From `first` to `last`, as the kernel numbers them: from 0, and after 2^32 - 1 again. Returns how many were new.
    std::size_t free(std::uint32_t first, std::uint32_t last) noexcept {
        std::size_t count = 0;
        for (std::uint32_t number = first; number - oldest_ < pending(); ++number) {
            count += !freed_[number % most_pending];
            freed_[number % most_pending] = true;
            if (number == last) break;
        }
        while (pending() > 0 && freed_[oldest_ % most_pending]) ++oldest_;
        return count;
    }

    const S* socket_;
    std::uint32_t oldest_ = 0;
    std::uint32_t next_ = 0;
    std::array<bool, most_pending> freed_{};
};

}  // namespace keyway::inline KEYWAY_MODE

#endif

#endif
