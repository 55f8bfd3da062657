// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINUX_CONTROL_HPP
#define KEYWAY_DETAIL_OS_LINUX_CONTROL_HPP

// The numbers and structures of Linux's control messages. Numbers that older C libraries lack are defined here. The
// counterparts are <keyway/detail/os/bsd/control.hpp> and <keyway/detail/os/windows/control.hpp>.

#include <time.h>  // IWYU pragma: keep
// linux/errqueue.h needs time.h and does not include it
#include <linux/errqueue.h>  // IWYU pragma: export
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

inline constexpr int rights_type = SCM_RIGHTS;
inline constexpr int pid_descriptor_type = 0x04;   // SCM_PIDFD
inline constexpr int request_pid_descriptor = 76;  // SO_PASSPIDFD
constexpr bool carries_descriptors(int level, int type) noexcept {
    return level == SOL_SOCKET && (type == rights_type || type == pid_descriptor_type);
}

inline constexpr int queued_errors = MSG_ERRQUEUE;
inline constexpr int zero_copied = SO_EE_CODE_ZEROCOPY_COPIED;

// The address that a message was sent to, and the address to send one from.
using packet_info_v4 = ::in_pktinfo;
using packet_info_v6 = ::in6_pktinfo;
inline constexpr int request_packet_info_v4 = IP_PKTINFO;
inline constexpr int request_packet_info_v6 = IPV6_RECVPKTINFO;

inline void set_source(packet_info_v4& info, const ::in_addr& address, std::uint32_t interface_index) noexcept {
    info.ipi_spec_dst = address;
    info.ipi_ifindex = static_cast<int>(interface_index);
}
inline ::in_addr local_of(const packet_info_v4& info) noexcept { return info.ipi_spec_dst; }

inline constexpr int request_hop_limit_v4 = IP_RECVTTL;
inline constexpr int request_hop_limit_v6 = IPV6_RECVHOPLIMIT;
constexpr bool is_hop_limit_v4(int type) noexcept { return type == IP_TTL; }
inline constexpr int sent_hop_limit_v4 = IP_TTL;
inline constexpr int request_traffic_class_v4 = IP_RECVTOS;
inline constexpr int received_traffic_class_v4 = IP_TOS;
inline constexpr int sent_traffic_class_v4 = IP_TOS;

inline constexpr int original_destination_v4 = IP_ORIGDSTADDR;
inline constexpr int original_destination_v6 = 74;  // IPV6_ORIGDSTADDR

// UDP's offload: the level, the item to send, the item received, and the value that requests it.
inline constexpr int udp_level = IPPROTO_UDP;
inline constexpr int udp_segment = 103;   // UDP_SEGMENT
inline constexpr int udp_coalesce = 104;  // UDP_GRO
inline constexpr int udp_coalesce_request = 1;
using udp_segment_value = std::uint16_t;

inline constexpr int drop_count = SO_RXQ_OVFL;

inline constexpr int software_timestamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
inline constexpr int hardware_timestamps = SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
