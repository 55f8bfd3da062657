// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BSD_OPTION_HPP
#define KEYWAY_DETAIL_OS_BSD_OPTION_HPP

// The options of the BSDs and macOS, where the system's headers have them. Written from their manual pages.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

// ---- socket

inline constexpr int receive_low_water_option = SO_RCVLOWAT;
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

inline constexpr int traffic_class_option = IP_TOS;
inline constexpr int header_included_option = IP_HDRINCL;
inline constexpr int free_bind_option = no_option;
inline constexpr int transparent_option = no_option;
inline constexpr int bind_address_no_port_option = no_option;
inline constexpr int multicast_all_option = no_option;
inline constexpr int local_port_range_option = no_option;
inline constexpr int original_destination_option = no_option;
inline constexpr int mtu_discovery_option = no_option;
inline constexpr int mtu_option = no_option;
#if defined(IP_DONTFRAG)
inline constexpr int dont_fragment_option = IP_DONTFRAG;
#else
inline constexpr int dont_fragment_option = no_option;
#endif

// ---- IPv6

inline constexpr int traffic_class_v6_option = IPV6_TCLASS;
inline constexpr int header_included_v6_option = no_option;
inline constexpr int multicast_all_v6_option = no_option;
inline constexpr int checksum_offset_option = IPV6_CHECKSUM;
inline constexpr int free_bind_v6_option = no_option;
inline constexpr int transparent_v6_option = no_option;
inline constexpr int original_destination_v6_option = no_option;
inline constexpr int mtu_discovery_v6_option = no_option;
inline constexpr int mtu_v6_option = no_option;
inline constexpr int dont_fragment_v6_option = IPV6_DONTFRAG;

// ---- TCP

#if defined(TCP_KEEPIDLE)
inline constexpr int keep_alive_time_option = TCP_KEEPIDLE;
#elif defined(TCP_KEEPALIVE)
inline constexpr int keep_alive_time_option = TCP_KEEPALIVE;  // macOS
#else
inline constexpr int keep_alive_time_option = -1;  // OpenBSD: the kernel refuses it (ENOPROTOOPT)
#endif
#if defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
inline constexpr int keep_alive_interval_option = TCP_KEEPINTVL;
inline constexpr int keep_alive_retries_option = TCP_KEEPCNT;
#else
inline constexpr int keep_alive_interval_option = -1;
inline constexpr int keep_alive_retries_option = -1;
#endif

inline constexpr int max_segment_option = TCP_MAXSEG;
inline constexpr int cork_option = no_option;
inline constexpr int quick_ack_option = no_option;
#if defined(TCP_NOTSENT_LOWAT)
inline constexpr int not_sent_low_water_option = TCP_NOTSENT_LOWAT;
#else
inline constexpr int not_sent_low_water_option = no_option;
#endif
#if defined(TCP_CONGESTION)
inline constexpr int congestion_option = TCP_CONGESTION;
#else
inline constexpr int congestion_option = no_option;
#endif
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

inline constexpr int discover_mtu_never = -1;
inline constexpr int discover_mtu_per_route = -2;
inline constexpr int discover_mtu_always = -3;
inline constexpr int discover_mtu_probe = -4;
inline constexpr int discover_mtu_of_interface = -5;
inline constexpr int discover_mtu_omit = -6;

// ---- AF_UNIX

inline constexpr int peer_credentials_option = 0;  // getpeereid(3)

/// The process is 0 if the system does not report it.
inline int ask_peer_credentials(native_handle handle, std::int32_t& process, std::uint32_t& user,
                                std::uint32_t& group) noexcept {
    ::uid_t peer_user = 0;
    ::gid_t peer_group = 0;
    if (::getpeereid(handle, &peer_user, &peer_group) < 0) return -1;
    user = peer_user;
    group = peer_group;
    process = 0;
#if defined(LOCAL_PEERPID) && defined(SOL_LOCAL)
    ::pid_t id = 0;  // macOS
    address_length size = sizeof(id);
    if (get_option(handle, SOL_LOCAL, LOCAL_PEERPID, &id, &size) == 0) process = id;
#elif defined(SO_PEERCRED)
    ::sockpeercred peer{};  // OpenBSD
    address_length size = sizeof(peer);
    if (get_option(handle, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) process = peer.pid;
#endif
    return 0;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
