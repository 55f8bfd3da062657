// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINUX_BATCH_HPP
#define KEYWAY_DETAIL_OS_LINUX_BATCH_HPP

// Many messages in one call on Linux: sendmmsg(2) and recvmmsg(2). The timeout of recvmmsg(2) is not used: it is looked
// at only when a message has arrived. The counterpart is <keyway/detail/os/batch_loop.hpp>, with the same names.

#include <sys/socket.h>

#include <array>
#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/batch_types.hpp>  // IWYU pragma: export
#include <keyway/detail/os/control.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

class batch {
public:
    /// Sets message i: one buffer, an address or null, control messages or none.
    void put(std::size_t i, const void* data, std::size_t size, const void* address, std::size_t address_size,
             const control_bytes& control) noexcept {
        buffers_[i] = make_buffer(data, size);
        // Field by field: making a whole header and copying it, or clearing one first, costs more per message than
        // everything else here. The kernel does not read msg_flags.
        ::msghdr& header = messages_[i].msg_hdr;
        header.msg_name = const_cast<void*>(address);
        header.msg_namelen = static_cast<address_length>(address_size);
        header.msg_iov = &buffers_[i];
        header.msg_iovlen = 1;
        header.msg_control = control.data;
        header.msg_controllen = control.size;
    }

    /// Sends up to `count` messages, beginning with message `first`. Returns: how many were sent, at least one.
    template <class Limit>
    std::ptrdiff_t send(native_handle handle, std::size_t first, std::size_t count, const Limit& limit) noexcept {
        const auto call = [&](int flags) {
            return std::ptrdiff_t{
                ::sendmmsg(handle, messages_.data() + first, static_cast<unsigned>(count), no_signal | flags)};
        };
        return with_limit<readiness::writable>(handle, call, limit);
    }

    /// Receives up to `count` messages: waits for the first and adds those that have arrived. Returns: how many.
    template <class Limit>
    std::ptrdiff_t recv(native_handle handle, std::size_t count, const Limit& limit) noexcept {
        const auto call = [&](int flags) {
            return std::ptrdiff_t{::recvmmsg(handle, messages_.data(), static_cast<unsigned>(count),
                                             MSG_WAITFORONE | report_full_length | close_arrivals_on_exec | flags,
                                             nullptr)};
        };
        return with_limit<readiness::readable>(handle, call, limit);
    }

    /// The outcome of message i.
    [[nodiscard]] batch_outcome received(std::size_t i) const noexcept {
        const ::mmsghdr& message = messages_[i];
        return {message.msg_len, message.msg_hdr.msg_namelen};
    }
    /// Whether a part of message i or of its control messages was lost.
    [[nodiscard]] bool is_incomplete(std::size_t i) const noexcept {
        return (messages_[i].msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    }
    void describe_loss(std::size_t i, bool& truncated, bool& control_truncated) const noexcept {
        truncated = (messages_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
        control_truncated = (messages_[i].msg_hdr.msg_flags & MSG_CTRUNC) != 0;
    }
    [[nodiscard]] std::size_t control_size(std::size_t i) const noexcept { return messages_[i].msg_hdr.msg_controllen; }

private:
    std::array<::mmsghdr, most_in_batch> messages_;
    std::array<io_buffer, most_in_batch> buffers_;
};

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
