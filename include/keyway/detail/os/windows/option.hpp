// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_OPTION_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_OPTION_HPP

// The options of Windows. IP_TOS and IPV6_TCLASS are left out: Windows has the names, but obeys its quality of service
// policies instead. Source: "IPPROTO_IP Socket Options", "IPPROTO_IPV6 Socket Options".

#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/windows/winsock.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

// ---- socket

inline constexpr int receive_low_water_option = no_option;
inline constexpr int send_buffer_force_option = no_option;
inline constexpr int receive_buffer_force_option = no_option;
inline constexpr int priority_option = no_option;
inline constexpr int zero_copy_option = no_option;
inline constexpr int pass_credentials_option = no_option;
inline constexpr int peek_offset_option = no_option;
inline constexpr int max_pacing_rate_option = no_option;
inline constexpr int incoming_cpu_option = no_option;
inline constexpr int busy_poll_option = no_option;
inline constexpr int prefer_busy_poll_option = no_option;
inline constexpr int busy_poll_budget_option = no_option;
inline constexpr int mark_option = no_option;
inline constexpr int bind_to_device_option = no_option;
inline constexpr int bind_to_interface_option = no_option;
inline constexpr int cookie_option = no_option;
inline constexpr int packet_filter_option = no_option;
inline constexpr int detach_packet_filter_option = no_option;
inline constexpr int packet_filter_lock_option = no_option;
inline constexpr int reuse_port_filter_option = no_option;
inline constexpr int detach_reuse_port_filter_option = no_option;
inline constexpr int peer_pid_descriptor_option = no_option;

// ---- IPv4

inline constexpr int traffic_class_option = no_option;
inline constexpr int header_included_option = IP_HDRINCL;
inline constexpr int free_bind_option = no_option;
inline constexpr int transparent_option = no_option;
inline constexpr int bind_address_no_port_option = no_option;
inline constexpr int multicast_all_option = no_option;
inline constexpr int local_port_range_option = no_option;
inline constexpr int original_destination_option = no_option;
inline constexpr int mtu_discovery_option = IP_MTU_DISCOVER;
inline constexpr int mtu_option = IP_MTU;
inline constexpr int dont_fragment_option = IP_DONTFRAGMENT;

// ---- IPv6

inline constexpr int traffic_class_v6_option = no_option;
inline constexpr int header_included_v6_option = IPV6_HDRINCL;
inline constexpr int multicast_all_v6_option = no_option;
inline constexpr int checksum_offset_option = IPV6_CHECKSUM;
inline constexpr int free_bind_v6_option = no_option;
inline constexpr int transparent_v6_option = no_option;
inline constexpr int original_destination_v6_option = no_option;
inline constexpr int mtu_discovery_v6_option = IPV6_MTU_DISCOVER;
inline constexpr int mtu_v6_option = IPV6_MTU;
inline constexpr int dont_fragment_v6_option = IPV6_DONTFRAG;

// ---- TCP

// Since Windows 10 1709; older headers lack the names (ws2ipdef.h).
inline constexpr int keep_alive_time_option = 3;       // TCP_KEEPIDLE
inline constexpr int keep_alive_retries_option = 16;   // TCP_KEEPCNT
inline constexpr int keep_alive_interval_option = 17;  // TCP_KEEPINTVL

inline constexpr int max_segment_option = no_option;
inline constexpr int cork_option = no_option;
inline constexpr int quick_ack_option = no_option;
inline constexpr int not_sent_low_water_option = no_option;
inline constexpr int congestion_option = no_option;
inline constexpr int user_timeout_option = no_option;
inline constexpr int thin_linear_timeouts_option = no_option;
inline constexpr int defer_accept_option = no_option;
inline constexpr int fast_open_option = no_option;
inline constexpr int fast_open_connect_option = no_option;
inline constexpr int tcp_info_option = no_option;

// ---- UDP

inline constexpr int udp_cork_option = no_option;
inline constexpr int no_checksum_option = no_option;
inline constexpr int no_checksum_v6_option = no_option;
inline constexpr int no_checksum_receive_option = no_option;

// ---- values

inline constexpr int discover_mtu_never = IP_PMTUDISC_DONT;
inline constexpr int discover_mtu_per_route = IP_PMTUDISC_NOT_SET;
inline constexpr int discover_mtu_always = IP_PMTUDISC_DO;
inline constexpr int discover_mtu_probe = IP_PMTUDISC_PROBE;
inline constexpr int discover_mtu_of_interface = -1;
inline constexpr int discover_mtu_omit = -2;

// ---- AF_UNIX

inline constexpr int peer_credentials_option = no_option;

inline int ask_peer_credentials(native_handle, std::int32_t&, std::uint32_t&, std::uint32_t&) noexcept {
    return fail_with(WSAEOPNOTSUPP);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
