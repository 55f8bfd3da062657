// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_TRANSFER_HPP
#define KEYWAY_DETAIL_TRANSFER_HPP

// Makes results of the numbers that transfers return: the common part of the operations of sockets and connections.

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include <keyway/buffer.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/uninitialized.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/message_result.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

using os::receive_mode;

/// std::min without the 13,000 lines of <algorithm>.
constexpr std::size_t smaller(std::size_t a, std::size_t b) noexcept { return b < a ? b : a; }

/// A count that is negative on failure.
inline result<std::size_t> counted(std::ptrdiff_t count, operation op) noexcept {
    if (count < 0) [[unlikely]]
        return last_error(op);
    return static_cast<std::size_t>(count);
}

/// The failure of the last call, with the `done` bytes transferred before it.
inline unexpected<transfer_error> failed_after(std::size_t done, operation op) noexcept {
    return unexpected<transfer_error>(transfer_error(last_error(op).error(), done));
}

/// The stream ended after `done` bytes.
inline unexpected<transfer_error> ended_after(std::size_t done, operation op) noexcept {
    return unexpected<transfer_error>(transfer_error(error(errc::end_of_stream, op), done));
}

/// A position in a list of buffers, which advances by bytes and shows up to `Most` buffers at a time.
template <class Buffer, std::size_t Most = 16>
class buffer_cursor {
public:
    /// After the first `done` bytes.
    buffer_cursor(std::span<const Buffer> buffers, std::size_t done) noexcept : rest_(buffers) { advance(done); }

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

    /// The next buffers; the first one without the part that is done.
    [[nodiscard]] std::span<const os::io_buffer> window() noexcept {
        const std::size_t count = smaller(rest_.size(), Most);
        for (std::size_t i = 0; i < count; ++i) window_[i] = os::make_buffer(rest_[i].data(), rest_[i].size());
        window_[0] = os::make_buffer(rest_[0].data() + done_, rest_[0].size() - done_);
        return {window_.data(), count};
    }

    void advance(std::size_t bytes) noexcept {
        done_ += bytes;
        while (!rest_.empty() && done_ >= rest_[0].size()) {
            done_ -= rest_[0].size();
            rest_ = rest_.subspan(1);
        }
    }

private:
    std::span<const Buffer> rest_;
    std::size_t done_ = 0;  // of rest_[0]
    std::array<os::io_buffer, Most> window_;
};

/// What every system takes in one call: IOV_MAX, MSG_MAXIOVLEN.
inline constexpr std::size_t most_buffers = 1024;

/// A T, known only where the template that returns it is used: its definition alone instantiates no result.
template <class T, class Limit>
using returns = std::conditional_t<sizeof(Limit) != 0, T, void>;

// The operations. The limit is an os::no_limit or an os::wait_limit. `inline` makes g++ inline them, so that no call is
// added.

/// Sends all the data, in as many calls as necessary.
template <class Limit>
returns<transfer_result<void>, Limit> send_all(os::native_handle native, std::span<const std::byte> data,
                                               const Limit& limit) noexcept {
    for (std::size_t done = 0; done < data.size();) {
        const auto count = os::send(native, data.data() + done, data.size() - done, limit);
        if (count < 0) return failed_after(done, operation::send);
        done += static_cast<std::size_t>(count);
    }
    return {};
}

/// Sends the buffers after the first `done` bytes.
template <class Limit>
returns<transfer_result<void>, Limit> send_rest(os::native_handle native, std::span<const const_buffer> buffers,
                                                std::size_t done, const Limit& limit) noexcept {
    for (buffer_cursor cursor(buffers, done); !cursor.at_end();) {
        const auto window = cursor.window();
        const auto count = os::send_gathered(native, window.data(), window.size(), nullptr, 0, limit);
        if (count < 0) return failed_after(done, operation::send);
        cursor.advance(static_cast<std::size_t>(count));
        done += static_cast<std::size_t>(count);
    }
    return {};
}

/// Most often one call with the caller's own list is enough.
template <class Limit>
inline returns<transfer_result<void>, Limit> send_all(os::native_handle native, std::span<const const_buffer> buffers,
                                                      const Limit& limit) noexcept {
    const std::size_t total = total_size(buffers);
    if (total == 0 || buffers.size() > most_buffers) return send_rest(native, buffers, 0, limit);
    const auto count = os::send_gathered(native, detail::native(buffers), buffers.size(), nullptr, 0, limit);
    if (count < 0) return failed_after(0, operation::send);
    if (static_cast<std::size_t>(count) == total) return {};
    return send_rest(native, buffers, static_cast<std::size_t>(count), limit);
}

template <class Limit>
returns<transfer_result<std::span<std::byte>>, Limit> recv_exact(os::native_handle native, std::span<std::byte> buffer,
                                                                 const Limit& limit) noexcept {
    for (std::size_t done = 0; done < buffer.size();) {
        const auto count = os::recv(native, buffer.data() + done, buffer.size() - done, receive_mode::consume, limit);
        if (count < 0) return failed_after(done, operation::recv);
        if (count == 0) return ended_after(done, operation::recv);
        done += static_cast<std::size_t>(count);
    }
    return buffer;
}

/// Fills the buffers after the first `done` bytes.
template <class Limit>
returns<transfer_result<std::size_t>, Limit> recv_rest(os::native_handle native,
                                                       std::span<const mutable_buffer> buffers, std::size_t done,
                                                       const Limit& limit) noexcept {
    for (buffer_cursor cursor(buffers, done); !cursor.at_end();) {
        const auto window = cursor.window();
        const auto count = os::recv_scattered(native, window.data(), window.size(), receive_mode::consume, limit);
        if (count < 0) return failed_after(done, operation::recv);
        if (count == 0) return ended_after(done, operation::recv);
        cursor.advance(static_cast<std::size_t>(count));
        done += static_cast<std::size_t>(count);
    }
    return done;
}

template <class Limit>
inline returns<transfer_result<std::size_t>, Limit> recv_exact(os::native_handle native,
                                                               std::span<const mutable_buffer> buffers,
                                                               const Limit& limit) noexcept {
    const std::size_t total = total_size(buffers);
    if (total == 0 || buffers.size() > most_buffers) return recv_rest(native, buffers, 0, limit);
    const auto count =
        os::recv_scattered(native, detail::native(buffers), buffers.size(), receive_mode::consume, limit);
    if (count < 0) return failed_after(0, operation::recv);
    if (count == 0) return ended_after(0, operation::recv);
    if (static_cast<std::size_t>(count) == total) return total;
    return recv_rest(native, buffers, static_cast<std::size_t>(count), limit);
}

/// Receives what is available of a stream.
template <receive_mode Mode, class Limit>
inline returns<result<std::span<std::byte>>, Limit> recv_some(os::native_handle native, std::span<std::byte> buffer,
                                                              const Limit& limit) noexcept {
    // recv(2) with a length of 0 would wait for data on TCP.
    if (buffer.empty()) return buffer;
    const auto count = os::recv(native, buffer.data(), buffer.size(), Mode, limit);
    if (count < 0) [[unlikely]]
        return last_error(operation::recv);
    return buffer.first(static_cast<std::size_t>(count));
}

/// Sends the end of the stream, then receives and discards what the peer sends until it ends too.
template <class Limit>
returns<result<void>, Limit> finish_stream(os::native_handle native, const Limit& limit) noexcept {
    if (os::shutdown(native, os::shut_send) < 0) return last_error(operation::shutdown);
    for (;;) {
        std::array<std::byte, 4096> dropped;
        const auto count = os::recv(native, dropped.data(), dropped.size(), receive_mode::consume, limit);
        if (count < 0) return last_error(operation::recv);
        if (count == 0) return {};
    }
}

/// Whether the datagram sockets of the protocol do not report a message's true length.
template <class P>
constexpr bool is_icmp = requires { requires P::is_icmp; };

template <class F, class P>
constexpr bool reports_true_length = os::reports_true_length(F::domain, is_icmp<P>);

/// One message from the peer.
template <class F, class P, receive_mode Mode, class Limit>
inline returns<result<message<std::span<std::byte>>>, Limit> recv_message(os::native_handle native,
                                                                          std::span<std::byte> buffer,
                                                                          const Limit& limit) noexcept {
    os::address_length no_address = 0;
    const auto got = os::recv_message<reports_true_length<F, P>>(native, buffer.data(), buffer.size(), nullptr,
                                                                 &no_address, Mode, limit);
    if (got.length < 0) [[unlikely]]
        return last_error(operation::recv);
    const auto length = static_cast<std::size_t>(got.length);
    return message<std::span<std::byte>>{buffer.first(smaller(length, buffer.size())),
                                         got.truncated || length > buffer.size(), length};
}

/// One message and its sender.
template <class F, class P, receive_mode Mode, class Limit>
inline result<message_from<std::span<std::byte>, typename F::endpoint>> recv_message_from(os::native_handle native,
                                                                                          std::span<std::byte> buffer,
                                                                                          const Limit& limit) noexcept {
    uninitialized<typename F::endpoint> storage;
    os::address_length address_size = F::endpoint::capacity();
    const auto got = os::recv_message<reports_true_length<F, P>>(native, buffer.data(), buffer.size(),
                                                                 storage.endpoint.data(), &address_size, Mode, limit);
    if (got.length < 0) [[unlikely]]
        return last_error(operation::recv_from);
    storage.endpoint.resize(static_cast<std::size_t>(address_size));
    const auto length = static_cast<std::size_t>(got.length);
    return result<message_from<std::span<std::byte>, typename F::endpoint>>(
        std::in_place, buffer.first(smaller(length, buffer.size())), storage.endpoint,
        got.truncated || length > buffer.size(), length);
}

/// One message into several buffers; `sender` is null if the socket has a peer.
template <class Endpoint, class Limit>
inline returns<result<message<std::size_t>>, Limit> recv_message_scattered(os::native_handle native,
                                                                           std::span<const mutable_buffer> buffers,
                                                                           Endpoint* sender, receive_mode mode,
                                                                           operation op, const Limit& limit) noexcept {
    os::address_length address_size = sender ? static_cast<os::address_length>(Endpoint::capacity()) : 0;
    const auto got =
        os::recv_message(native, detail::native(buffers), buffers.size(),
                         sender ? static_cast<void*>(sender->data()) : nullptr, &address_size, mode, limit);
    if (got.length < 0) return last_error(op);
    if (sender) sender->resize(static_cast<std::size_t>(address_size));
    const auto length = static_cast<std::size_t>(got.length);
    return message<std::size_t>{smaller(length, total_size(buffers)), got.truncated, length};
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
