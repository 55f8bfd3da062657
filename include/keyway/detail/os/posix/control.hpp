// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_CONTROL_HPP
#define KEYWAY_DETAIL_OS_POSIX_CONTROL_HPP

// The layout of control messages in a buffer (cmsg(3)), which of them carry descriptors, and the calls that transfer
// them beside the data (sendmsg(2), recvmsg(2)). The counterpart is <keyway/detail/os/windows/control.hpp>.

#include <sys/socket.h>
#if defined(__APPLE__)
#include <fcntl.h>
#endif

#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control_types.hpp>  // IWYU pragma: export
#if defined(__linux__)
#include <keyway/detail/os/linux/control.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/bsd/control.hpp>  // IWYU pragma: export
#endif

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using control_header = ::cmsghdr;
inline constexpr std::size_t control_data_offset = CMSG_LEN(0);
inline constexpr std::size_t control_alignment = CMSG_SPACE(1) - CMSG_SPACE(0);

#if defined(MSG_CMSG_CLOEXEC)
inline constexpr int close_arrivals_on_exec = MSG_CMSG_CLOEXEC;
inline void close_on_exec(native_handle) noexcept {}
#else
inline constexpr int close_arrivals_on_exec = 0;
/// macOS has no flag for it: a fork() in another thread can inherit the descriptor before this call.
inline void close_on_exec(native_handle handle) noexcept { ::fcntl(handle, F_SETFD, FD_CLOEXEC); }
#endif

/// `kind` is for recvmsg(2): report_full_length for messages, 0 for streams, queued_errors for the error queue.
template <readiness Wanted = readiness::readable, class Limit>
inline message_outcome recv_with_control(native_handle handle, const io_buffer* buffers, std::size_t count,
                                         void* address, address_length* address_size, control_bytes& control, int kind,
                                         const Limit& limit) noexcept {
    ::msghdr message = make_message(buffers, count, address, *address_size);
    message.msg_control = control.data;
    const auto call = [&](int flags) {
        message.msg_controllen = static_cast<decltype(message.msg_controllen)>(control.size);
        return ::recvmsg(handle, &message, kind | close_arrivals_on_exec | flags);
    };
    const std::ptrdiff_t length = with_limit<Wanted>(handle, call, limit);
    *address_size = message.msg_namelen;
    control.size = length < 0 ? 0 : static_cast<std::size_t>(message.msg_controllen);
    return {length, (message.msg_flags & MSG_TRUNC) != 0, (message.msg_flags & MSG_CTRUNC) != 0};
}

template <class Limit>
inline std::ptrdiff_t send_with_control(native_handle handle, const io_buffer* buffers, std::size_t count,
                                        const void* address, std::size_t address_size, const control_bytes& control,
                                        const Limit& limit) noexcept {
    ::msghdr message = make_message(buffers, count, address, address_size);
    message.msg_control = control.size > 0 ? control.data : nullptr;
    message.msg_controllen = static_cast<decltype(message.msg_controllen)>(control.size);
    const auto call = [&](int flags) { return ::sendmsg(handle, &message, no_signal | flags); };
    return with_limit<readiness::writable>(handle, call, limit);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
