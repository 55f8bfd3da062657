// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BSD_CONTROL_HPP
#define KEYWAY_DETAIL_OS_BSD_CONTROL_HPP

// The numbers and structures of the control messages of the BSDs and macOS; written from their manual pages. The
// counterparts are <keyway/detail/os/linux/control.hpp> and <keyway/detail/os/windows/control.hpp>.

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

inline constexpr int rights_type = SCM_RIGHTS;
constexpr bool carries_descriptors(int level, int type) noexcept { return level == SOL_SOCKET && type == rights_type; }

#if KEYWAY_HAS_PACKET_INFO
using packet_info_v4 = ::in_pktinfo;
using packet_info_v6 = ::in6_pktinfo;
inline constexpr int request_packet_info_v4 = IP_RECVPKTINFO;
inline constexpr int request_packet_info_v6 = IPV6_RECVPKTINFO;

inline void set_source(packet_info_v4& info, const ::in_addr& address, std::uint32_t interface_index) noexcept {
    info.ipi_spec_dst = address;
    info.ipi_ifindex = interface_index;
}
inline ::in_addr local_of(const packet_info_v4& info) noexcept { return info.ipi_spec_dst; }
#endif

inline constexpr int request_hop_limit_v4 = IP_RECVTTL;
inline constexpr int request_hop_limit_v6 = IPV6_RECVHOPLIMIT;
constexpr bool is_hop_limit_v4(int type) noexcept { return type == IP_RECVTTL; }
inline constexpr int sent_hop_limit_v4 = IP_TTL;
inline constexpr int request_traffic_class_v4 = IP_RECVTOS;
inline constexpr int received_traffic_class_v4 = IP_RECVTOS;
inline constexpr int sent_traffic_class_v4 = IP_TOS;

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
