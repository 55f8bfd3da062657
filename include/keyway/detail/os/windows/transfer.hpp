// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_TRANSFER_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_TRANSFER_HPP

// Transfers on Windows. Winsock counts bytes in 32 bits, and has separate calls for several buffers.

#include <array>
#include <climits>
#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/types.hpp>
#include <keyway/detail/os/windows/error.hpp>
#include <keyway/detail/os/windows/wait.hpp>
#include <keyway/detail/os/windows/winsock.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using address_length = int;

/// One buffer of a gathered or scattered transfer. Not a WSABUF, whose length has 32 bits.
struct io_buffer {
    void* first;
    std::size_t bytes;
};

/// Winsock only reads a buffer that is sent, but has one type for both directions.
inline io_buffer make_buffer(const void* data, std::size_t size) noexcept { return {const_cast<void*>(data), size}; }
inline void* data(const io_buffer& buffer) noexcept { return buffer.first; }
inline std::size_t size(const io_buffer& buffer) noexcept { return buffer.bytes; }

/// The most bytes that one call may transfer. Windows does not report how much was sent before a send failed, so the
/// count of a failed send_all() is wrong by no more than this. No message is longer; one cut to this size is still too
/// long.
inline constexpr std::size_t most_in_one_send = 65536;
inline constexpr std::size_t most_in_one_receive = INT_MAX;

constexpr int at_most(std::size_t most, std::size_t size) noexcept {
    return static_cast<int>(size < most ? size : most);
}

/// The buffers in Winsock's form: as many as a call accepts on POSIX, and the first `most` bytes.
class wsa_buffers {
public:
    wsa_buffers(const io_buffer* buffers, std::size_t count, std::size_t most) noexcept
        : fits_(count <= native_.size()) {
        native_[0] = {0, nullptr};  // at least one: a message may have no buffers
        for (std::size_t i = 0; fits_ && i < count && (most > 0 || i == 0); ++i) {
            const int length = at_most(most, buffers[i].bytes);
            native_[i] = {static_cast<::ULONG>(length), static_cast<::CHAR*>(buffers[i].first)};
            count_ = static_cast<::DWORD>(i + 1);
            most -= static_cast<std::size_t>(length);
        }
    }

    /// Whether there are not too many buffers; otherwise sets the last error.
    [[nodiscard]] bool fit() const noexcept {
        if (!fits_) set_last_error(WSAEMSGSIZE);
        return fits_;
    }
    [[nodiscard]] ::WSABUF* data() noexcept { return native_.data(); }
    [[nodiscard]] ::DWORD count() const noexcept { return count_; }
    /// The number of bytes in all buffers.
    [[nodiscard]] std::ptrdiff_t total() const noexcept {
        std::ptrdiff_t sum = 0;
        for (::DWORD i = 0; i < count_; ++i) sum += static_cast<std::ptrdiff_t>(native_[i].len);
        return sum;
    }

private:
    std::array<::WSABUF, 1024> native_;  // 16 KiB of the stack
    ::DWORD count_ = 1;
    bool fits_;
};

inline ::WSABUF wsa_buffer(const void* data, std::size_t size, std::size_t most) noexcept {
    return {static_cast<::ULONG>(at_most(most, size)), static_cast<::CHAR*>(const_cast<void*>(data))};
}

// Without a limit, transfers wait as the socket's mode says.

/// `address` is null if the socket has a peer.
template <class Limit>
inline std::ptrdiff_t send_buffers(native_handle handle, ::WSABUF* buffers, ::DWORD count, const void* address,
                                   std::size_t address_size, const Limit& limit) noexcept {
    const auto call = [=](::DWORD& sent, ::WSAOVERLAPPED* state) {
        if (address == nullptr) return ::WSASend(handle, buffers, count, &sent, 0, state, nullptr);
        return ::WSASendTo(handle, buffers, count, &sent, 0, static_cast<const ::sockaddr*>(address),
                           static_cast<address_length>(address_size), state, nullptr);
    };
    return with_limit<readiness::writable>(handle, call, limit);
}

template <class Limit>
inline std::ptrdiff_t send(native_handle handle, const void* data, std::size_t size, const Limit& limit) noexcept {
    ::WSABUF whole = wsa_buffer(data, size, most_in_one_send);
    return send_buffers(handle, &whole, 1, nullptr, 0, limit);
}

template <class Limit>
inline std::ptrdiff_t send_to(native_handle handle, const void* data, std::size_t size, const void* address,
                              std::size_t address_size, const Limit& limit) noexcept {
    ::WSABUF whole = wsa_buffer(data, size, most_in_one_send);
    return send_buffers(handle, &whole, 1, address, address_size, limit);
}

template <class Limit>
inline std::ptrdiff_t send_gathered(native_handle handle, const io_buffer* buffers, std::size_t count,
                                    const void* address, std::size_t address_size, const Limit& limit) noexcept {
    wsa_buffers native(buffers, count, most_in_one_send);
    if (!native.fit()) return -1;
    return send_buffers(handle, native.data(), native.count(), address, address_size, limit);
}

/// Overlapped calls accept it too, although WSARecv's page says "valid only for nonoverlapped sockets".
constexpr ::DWORD peek_flag(receive_mode mode) noexcept { return mode == receive_mode::peek ? MSG_PEEK : 0; }

/// After shutdown of the receiving direction Windows fails, where other systems report the end of the stream.
inline std::ptrdiff_t or_end_of_stream(std::ptrdiff_t count) noexcept {
    return count < 0 && last_error() == WSAESHUTDOWN ? 0 : count;
}

template <class Limit>
inline std::ptrdiff_t recv_buffers(native_handle handle, ::WSABUF* buffers, ::DWORD count, receive_mode mode,
                                   const Limit& limit) noexcept {
    ::DWORD flags = 0;  // Windows writes to it until the call completes
    const auto call = [=, &flags](::DWORD& got, ::WSAOVERLAPPED* state) {
        flags = peek_flag(mode);
        return ::WSARecv(handle, buffers, count, &got, &flags, state, nullptr);
    };
    return or_end_of_stream(with_limit<readiness::readable>(handle, call, limit));
}

template <class Limit>
inline std::ptrdiff_t recv(native_handle handle, void* buffer, std::size_t size, receive_mode mode,
                           const Limit& limit) noexcept {
    ::WSABUF whole = wsa_buffer(buffer, size, most_in_one_receive);
    return recv_buffers(handle, &whole, 1, mode, limit);
}

template <class Limit>
inline std::ptrdiff_t recv_scattered(native_handle handle, const io_buffer* buffers, std::size_t count,
                                     receive_mode mode, const Limit& limit) noexcept {
    wsa_buffers native(buffers, count, most_in_one_receive);
    if (!native.fit()) return -1;
    return recv_buffers(handle, native.data(), native.count(), mode, limit);
}

constexpr bool reports_true_length(int, bool) noexcept { return false; }

struct message_length {
    std::ptrdiff_t length;  // of the stored part; negative on failure
    bool truncated;         // unspecified on failure
};

/// `address` is null if the sender is not wanted. A message longer than the buffers fills them and fails with
/// WSAEMSGSIZE; here that is a success.
template <class Limit>
inline message_length recv_message(native_handle handle, ::WSABUF* buffers, ::DWORD count, void* address,
                                   address_length* address_size, receive_mode mode, const Limit& limit) noexcept {
    ::DWORD flags = 0;  // Windows writes to it until the call completes
    const auto call = [=, &flags](::DWORD& got, ::WSAOVERLAPPED* state) {
        flags = peek_flag(mode);
        return ::WSARecvFrom(handle, buffers, count, &got, &flags, static_cast<::sockaddr*>(address),
                             address != nullptr ? address_size : nullptr, state, nullptr);
    };
    const std::ptrdiff_t got = with_limit<readiness::readable>(handle, call, limit);
    if (got >= 0) return {got, false};
    if (last_error() != WSAEMSGSIZE) return {-1, false};
    std::ptrdiff_t stored = 0;
    for (::DWORD i = 0; i < count; ++i) stored += static_cast<std::ptrdiff_t>(buffers[i].len);
    return {stored, true};
}

template <class Limit>
inline message_length recv_message(native_handle handle, const io_buffer* buffers, std::size_t count, void* address,
                                   address_length* address_size, receive_mode mode, const Limit& limit) noexcept {
    wsa_buffers native(buffers, count, most_in_one_receive);
    if (!native.fit()) return {-1, false};
    return recv_message(handle, native.data(), native.count(), address, address_size, mode, limit);
}

/// One buffer of one message.
template <bool ReportsTrueLength, class Limit>
inline message_length recv_message(native_handle handle, void* buffer, std::size_t size, void* address,
                                   address_length* address_size, receive_mode mode, const Limit& limit) noexcept {
    ::WSABUF whole = wsa_buffer(buffer, size, most_in_one_receive);
    return recv_message(handle, &whole, ::DWORD{1}, address, address_size, mode, limit);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
