// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_CONTROL_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_CONTROL_HPP

// Control messages on Windows: WSASendMsg and WSARecvMsg, which transfer datagrams only. The layout is that of POSIX
// under other names. The counterpart is <keyway/detail/os/posix/control.hpp>.

#include <keyway/detail/os/windows/winsock.hpp>
// winsock.hpp has to be included first
#include <mswsock.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control_types.hpp>  // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using control_header = ::WSACMSGHDR;
inline constexpr std::size_t control_alignment = MAX_NATURAL_ALIGNMENT;
inline constexpr std::size_t control_data_offset =
    (sizeof(control_header) + control_alignment - 1) / control_alignment * control_alignment;

// Control messages carry no descriptors here. WSADuplicateSocket passes sockets on, as bytes that the program sends
// itself.
constexpr bool carries_descriptors(int, int) noexcept { return false; }
inline void close_on_exec(native_handle) noexcept {}

using packet_info_v4 = ::IN_PKTINFO;
using packet_info_v6 = ::IN6_PKTINFO;
inline constexpr int request_packet_info_v4 = IP_PKTINFO;
inline constexpr int request_packet_info_v6 = IPV6_PKTINFO;

inline void set_source(packet_info_v4& info, const ::in_addr& address, std::uint32_t interface_index) noexcept {
    info.ipi_addr = address;
    info.ipi_ifindex = interface_index;
}
inline ::in_addr local_of(const packet_info_v4& info) noexcept { return info.ipi_addr; }

inline constexpr int request_hop_limit_v4 = IP_HOPLIMIT;
inline constexpr int request_hop_limit_v6 = IPV6_HOPLIMIT;
constexpr bool is_hop_limit_v4(int type) noexcept { return type == IP_TTL || type == IP_HOPLIMIT; }
inline constexpr int request_traffic_class_v4 = IP_RECVTOS;
inline constexpr int received_traffic_class_v4 = IP_TOS;

// UDP's offload: the level, the item to send, the item received, and the value that requests it. Older headers lack the
// numbers.
inline constexpr int udp_level = IPPROTO_UDP;
inline constexpr int udp_segment = 2;   // UDP_SEND_MSG_SIZE
inline constexpr int udp_coalesce = 3;  // UDP_RECV_MAX_COALESCED_SIZE, and UDP_COALESCED_INFO
inline constexpr int udp_coalesce_request = 65535;
using udp_segment_value = ::DWORD;

inline constexpr int report_full_length = 1;  // marks a message, as opposed to a stream; no flag of Windows

/// WSARecvMsg, an extension function, of which the system gives the address at run time.
inline ::LPFN_WSARECVMSG find_recv_message(native_handle handle) noexcept {
    ::GUID name = WSAID_WSARECVMSG;
    ::LPFN_WSARECVMSG function = nullptr;
    ::DWORD size = 0;
    const int found = ::WSAIoctl(handle, SIO_GET_EXTENSION_FUNCTION_POINTER, &name, sizeof(name),
                                 static_cast<void*>(&function), sizeof(function), &size, nullptr, nullptr);
    return found == 0 ? function : nullptr;
}

inline ::WSAMSG make_message(wsa_buffers& buffers, void* address, std::size_t address_size, void* control,
                             std::size_t control_size) noexcept {
    ::WSAMSG message{};
    message.name = static_cast<::sockaddr*>(address);
    message.namelen = static_cast<address_length>(address_size);
    message.lpBuffers = buffers.data();
    message.dwBufferCount = buffers.count();
    message.Control = {static_cast<::ULONG>(control_size), static_cast<::CHAR*>(control)};
    return message;
}

/// Copies the entries that fit into `buffer` whole. Returns: the bytes copied.
inline std::size_t copy_control(const std::byte* from, std::size_t size, const control_bytes& buffer) noexcept {
    std::size_t taken = 0;
    control_header header;
    while (taken + sizeof(header) <= size) {
        std::memcpy(&header, from + taken, sizeof(header));
        const std::size_t space = (header.cmsg_len + control_alignment - 1) / control_alignment * control_alignment;
        if (header.cmsg_len < control_data_offset || space > size - taken || space > buffer.size - taken) break;
        taken += space;
    }
    if (taken > 0) std::memcpy(buffer.data, from, taken);
    return taken;
}

/// `kind` is 0 for streams, which have no control messages. Others are received into a larger buffer than the caller's:
/// a message whose control messages were cut may not report its length.
template <readiness Wanted = readiness::readable, class Limit>
inline message_outcome recv_with_control(native_handle handle, const io_buffer* buffers, std::size_t count,
                                         void* address, address_length* address_size, control_bytes& control, int kind,
                                         const Limit& limit) noexcept {
    const control_bytes wanted = control;
    control.size = 0;
    if (kind == 0) return {recv_scattered(handle, buffers, count, receive_mode::consume, limit), false, false};
    wsa_buffers native(buffers, count, most_in_one_receive);
    if (!native.fit()) return {-1, false, false};
    const ::LPFN_WSARECVMSG recv_message = find_recv_message(handle);
    if (recv_message == nullptr) return {-1, false, false};
    // The system writes to these until the call is over.
    alignas(control_header) std::array<std::byte, 1024> whole;
    ::WSAMSG message = make_message(native, address, static_cast<std::size_t>(*address_size), whole.data(), 0);
    const auto call = [&](::DWORD& got, ::WSAOVERLAPPED* state) {
        message.dwFlags = 0;
        message.Control.len = static_cast<::ULONG>(whole.size());
        return recv_message(handle, &message, &got, state, nullptr);
    };
    std::ptrdiff_t length = with_limit<Wanted>(handle, call, limit);
    const bool truncated = length < 0 && last_error() == WSAEMSGSIZE;
    if (length < 0 && !truncated) return {-1, false, false};
    if (truncated) length = native.total();
    *address_size = message.namelen;
    const std::size_t used = message.Control.len < whole.size() ? message.Control.len : whole.size();
    control.size = copy_control(whole.data(), used, wanted);
    return {length, truncated, control.size < used || (message.dwFlags & MSG_CTRUNC) != 0};
}

template <class Limit>
inline std::ptrdiff_t send_with_control(native_handle handle, const io_buffer* buffers, std::size_t count,
                                        const void* address, std::size_t address_size, const control_bytes& control,
                                        const Limit& limit) noexcept {
    if (control.size == 0) return send_gathered(handle, buffers, count, address, address_size, limit);
    wsa_buffers native(buffers, count, most_in_one_send);
    if (!native.fit()) return -1;
    ::WSAMSG message = make_message(native, const_cast<void*>(address), address_size, control.data, control.size);
    const auto call = [&](::DWORD& sent, ::WSAOVERLAPPED* state) {
        return ::WSASendMsg(handle, &message, 0, &sent, state, nullptr);
    };
    return with_limit<readiness::writable>(handle, call, limit);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
