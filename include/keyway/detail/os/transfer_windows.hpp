// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_TRANSFER_WINDOWS_HPP
#define KEYWAY_DETAIL_OS_TRANSFER_WINDOWS_HPP

// How bytes move on Windows: Winsock counts them in 32 bits and has calls of its own for several buffers.

#include <array>
#include <climits>
#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/vocabulary.hpp>
#include <keyway/detail/os/waiting_windows.hpp>
#include <keyway/detail/os/windows_error.hpp>
#include <keyway/detail/os/winsock.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

using address_length = int;

/// One piece of a gathered or scattered transfer. Not a WSABUF, whose length has 32 bits.
struct io_buffer {
    void* first;
    std::size_t bytes;
};

/// Winsock only reads a buffer that is sent, but has one type for both directions.
inline io_buffer make_buffer(const void* data, std::size_t size) noexcept { return {const_cast<void*>(data), size}; }
inline void* data(const io_buffer& buffer) noexcept { return buffer.first; }
inline std::size_t size(const io_buffer& buffer) noexcept { return buffer.bytes; }

/// How much of a transfer one call is asked for. Windows tells nothing of what went out before a send failed, so a
/// sender loses count of no more than this. No message is longer, and one that is cut by it is too long still.
inline constexpr std::size_t most_in_one_send = 65536;
inline constexpr std::size_t most_in_one_receive = INT_MAX;

constexpr int at_most(std::size_t most, std::size_t size) noexcept {
    return static_cast<int>(size < most ? size : most);
}

/// The pieces in Winsock's form, as many as a call takes on POSIX and `most` bytes of them.
class wsa_buffers {
public:
    wsa_buffers(const io_buffer* buffers, std::size_t count, std::size_t most) noexcept
        : fits_(count <= native_.size()) {
        native_[0] = {0, nullptr};  // one at least: a message may have no pieces
        for (std::size_t i = 0; fits_ && i < count && (most > 0 || i == 0); ++i) {
            const int taken = at_most(most, buffers[i].bytes);
            native_[i] = {static_cast<::ULONG>(taken), static_cast<::CHAR*>(buffers[i].first)};
            count_ = static_cast<::DWORD>(i + 1);
            most -= static_cast<std::size_t>(taken);
        }
    }

    /// Else there are too many.
    [[nodiscard]] bool fit() const noexcept {
        if (!fits_) set_last_error(WSAEMSGSIZE);
        return fits_;
    }
    [[nodiscard]] ::WSABUF* data() noexcept { return native_.data(); }
    [[nodiscard]] ::DWORD count() const noexcept { return count_; }
    /// Bytes of all of them.
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

// Transfers may end with a limit; without one the socket's mode says whether they wait.

/// `address` is null where the socket has a peer.
template <class... Limit>
inline std::ptrdiff_t send_buffers(native_handle handle, ::WSABUF* buffers, ::DWORD count, const void* address,
                                   std::size_t address_size, const Limit&... within) noexcept {
    const auto call = [=](::DWORD& sent, ::WSAOVERLAPPED* state) {
        if (address == nullptr) return ::WSASend(handle, buffers, count, &sent, 0, state, nullptr);
        return ::WSASendTo(handle, buffers, count, &sent, 0, static_cast<const ::sockaddr*>(address),
                           static_cast<address_length>(address_size), state, nullptr);
    };
    return patiently<readiness::writable>(handle, call, within...);
}

template <class... Limit>
inline std::ptrdiff_t send(native_handle handle, const void* data, std::size_t size, const Limit&... within) noexcept {
    ::WSABUF whole = wsa_buffer(data, size, most_in_one_send);
    return send_buffers(handle, &whole, 1, nullptr, 0, within...);
}

template <class... Limit>
inline std::ptrdiff_t send_to(native_handle handle, const void* data, std::size_t size, const void* address,
                              std::size_t address_size, const Limit&... within) noexcept {
    ::WSABUF whole = wsa_buffer(data, size, most_in_one_send);
    return send_buffers(handle, &whole, 1, address, address_size, within...);
}

template <class... Limit>
inline std::ptrdiff_t send_gathered(native_handle handle, const io_buffer* buffers, std::size_t count,
                                    const void* address, std::size_t address_size, const Limit&... within) noexcept {
    wsa_buffers native(buffers, count, most_in_one_send);
    if (!native.fit()) return -1;
    return send_buffers(handle, native.data(), native.count(), address, address_size, within...);
}

/// An overlapped call takes it too, whatever WSARecv's page says ("valid only for nonoverlapped sockets").
constexpr ::DWORD peek_flag(take how) noexcept { return how == take::peek ? MSG_PEEK : 0; }

/// After shutdown of the receiving side Windows fails, where the others tell the end of the stream.
inline std::ptrdiff_t or_end_of_stream(std::ptrdiff_t count) noexcept {
    return count < 0 && last_error() == WSAESHUTDOWN ? 0 : count;
}

template <class... Limit>
inline std::ptrdiff_t recv_buffers(native_handle handle, ::WSABUF* buffers, ::DWORD count, take how,
                                   const Limit&... within) noexcept {
    ::DWORD flags = 0;  // the system writes to it until the call is over
    const auto call = [=, &flags](::DWORD& got, ::WSAOVERLAPPED* state) {
        flags = peek_flag(how);
        return ::WSARecv(handle, buffers, count, &got, &flags, state, nullptr);
    };
    return or_end_of_stream(patiently<readiness::readable>(handle, call, within...));
}

template <class... Limit>
inline std::ptrdiff_t recv(native_handle handle, void* buffer, std::size_t size, take how,
                           const Limit&... within) noexcept {
    ::WSABUF whole = wsa_buffer(buffer, size, most_in_one_receive);
    return recv_buffers(handle, &whole, 1, how, within...);
}

template <class... Limit>
inline std::ptrdiff_t recv_scattered(native_handle handle, const io_buffer* buffers, std::size_t count, take how,
                                     const Limit&... within) noexcept {
    wsa_buffers native(buffers, count, most_in_one_receive);
    if (!native.fit()) return -1;
    return recv_buffers(handle, native.data(), native.count(), how, within...);
}

constexpr bool tells_true_length(int, bool) noexcept { return false; }

struct message_length {
    std::ptrdiff_t length;  // of what was stored; negative: failed
    bool truncated;         // means nothing where length is negative
};

/// `address` is null where nobody asks for the sender. A message longer than the buffers fails here with WSAEMSGSIZE,
/// after it filled them: that is a success.
template <class... Limit>
inline message_length recv_message(native_handle handle, ::WSABUF* buffers, ::DWORD count, void* address,
                                   address_length* address_size, take how, const Limit&... within) noexcept {
    ::DWORD flags = 0;  // the system writes to it until the call is over
    const auto call = [=, &flags](::DWORD& got, ::WSAOVERLAPPED* state) {
        flags = peek_flag(how);
        return ::WSARecvFrom(handle, buffers, count, &got, &flags, static_cast<::sockaddr*>(address),
                             address != nullptr ? address_size : nullptr, state, nullptr);
    };
    const std::ptrdiff_t got = patiently<readiness::readable>(handle, call, within...);
    if (got >= 0) return {got, false};
    if (last_error() != WSAEMSGSIZE) return {-1, false};
    std::ptrdiff_t stored = 0;
    for (::DWORD i = 0; i < count; ++i) stored += static_cast<std::ptrdiff_t>(buffers[i].len);
    return {stored, true};
}

template <class... Limit>
inline message_length recv_message(native_handle handle, const io_buffer* buffers, std::size_t count, void* address,
                                   address_length* address_size, take how, const Limit&... within) noexcept {
    wsa_buffers native(buffers, count, most_in_one_receive);
    if (!native.fit()) return {-1, false};
    return recv_message(handle, native.data(), native.count(), address, address_size, how, within...);
}

/// One buffer of one message.
template <bool TellsTrueLength, class... Limit>
inline message_length recv_message(native_handle handle, void* buffer, std::size_t size, void* address,
                                   address_length* address_size, take how, const Limit&... within) noexcept {
    ::WSABUF whole = wsa_buffer(buffer, size, most_in_one_receive);
    return recv_message(handle, &whole, ::DWORD{1}, address, address_size, how, within...);
}

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
