// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINUX_OPTION_HPP
#define KEYWAY_DETAIL_OS_LINUX_OPTION_HPP

// The options of Linux. An option that is newer than the system's headers is a number here; a kernel that is older than the
// option refuses it with no_protocol_option.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

// ---- socket

inline constexpr int receive_low_water_option = SO_RCVLOWAT;
inline constexpr int send_buffer_force_option = SO_SNDBUFFORCE;
inline constexpr int receive_buffer_force_option = SO_RCVBUFFORCE;
inline constexpr int priority_option = SO_PRIORITY;
inline constexpr int zero_copy_option = SO_ZEROCOPY;
inline constexpr int pass_credentials_option = SO_PASSCRED;
inline constexpr int peek_offset_option = SO_PEEK_OFF;
inline constexpr int max_pacing_rate_option = SO_MAX_PACING_RATE;
inline constexpr int incoming_cpu_option = SO_INCOMING_CPU;
inline constexpr int busy_poll_option = SO_BUSY_POLL;
#if defined(SO_PREFER_BUSY_POLL)
inline constexpr int prefer_busy_poll_option = SO_PREFER_BUSY_POLL;
#else
inline constexpr int prefer_busy_poll_option = no_option;
#endif
#if defined(SO_BUSY_POLL_BUDGET)
inline constexpr int busy_poll_budget_option = SO_BUSY_POLL_BUDGET;
#else
inline constexpr int busy_poll_budget_option = no_option;
#endif
inline constexpr int mark_option = SO_MARK;
inline constexpr int bind_to_device_option = SO_BINDTODEVICE;
inline constexpr int bind_to_interface_option = SO_BINDTOIFINDEX;
inline constexpr int cookie_option = SO_COOKIE;
inline constexpr int packet_filter_option = SO_ATTACH_FILTER;
inline constexpr int detach_packet_filter_option = SO_DETACH_FILTER;
inline constexpr int packet_filter_lock_option = SO_LOCK_FILTER;
inline constexpr int reuse_port_filter_option = SO_ATTACH_REUSEPORT_CBPF;
inline constexpr int detach_reuse_port_filter_option = SO_DETACH_REUSEPORT_BPF;
#if defined(SO_PEERPIDFD)
inline constexpr int peer_pid_descriptor_option = SO_PEERPIDFD;
#elif defined(__sparc__) || defined(__hppa__)
inline constexpr int peer_pid_descriptor_option = no_option;  // their numbers differ
#else
inline constexpr int peer_pid_descriptor_option = 77;  // Linux 6.5
#endif

// ---- IPv4

inline constexpr int traffic_class_option = IP_TOS;
inline constexpr int header_included_option = IP_HDRINCL;
inline constexpr int free_bind_option = IP_FREEBIND;
inline constexpr int transparent_option = IP_TRANSPARENT;
inline constexpr int bind_address_no_port_option = IP_BIND_ADDRESS_NO_PORT;
inline constexpr int multicast_all_option = IP_MULTICAST_ALL;
inline constexpr int local_port_range_option = 51;      // IP_LOCAL_PORT_RANGE, Linux 6.3
inline constexpr int original_destination_option = 80;  // SO_ORIGINAL_DST of <linux/netfilter_ipv4.h>
inline constexpr int mtu_discovery_option = IP_MTU_DISCOVER;
inline constexpr int mtu_option = IP_MTU;
inline constexpr int dont_fragment_option = no_option;

// ---- IPv6

inline constexpr int traffic_class_v6_option = IPV6_TCLASS;
inline constexpr int header_included_v6_option = IPV6_HDRINCL;
inline constexpr int multicast_all_v6_option = 29;  // IPV6_MULTICAST_ALL of <linux/in6.h>
inline constexpr int checksum_offset_option = IPV6_CHECKSUM;
inline constexpr int free_bind_v6_option = IPV6_FREEBIND;
inline constexpr int transparent_v6_option = IPV6_TRANSPARENT;
inline constexpr int original_destination_v6_option = 80;  // IP6T_SO_ORIGINAL_DST
inline constexpr int mtu_discovery_v6_option = IPV6_MTU_DISCOVER;
inline constexpr int mtu_v6_option = IPV6_MTU;
inline constexpr int dont_fragment_v6_option = IPV6_DONTFRAG;

// ---- TCP

inline constexpr int keep_alive_time_option = TCP_KEEPIDLE;
inline constexpr int keep_alive_interval_option = TCP_KEEPINTVL;
inline constexpr int keep_alive_retries_option = TCP_KEEPCNT;
inline constexpr int max_segment_option = TCP_MAXSEG;
inline constexpr int cork_option = TCP_CORK;
inline constexpr int quick_ack_option = TCP_QUICKACK;
inline constexpr int not_sent_low_water_option = TCP_NOTSENT_LOWAT;
inline constexpr int congestion_option = TCP_CONGESTION;
inline constexpr int user_timeout_option = TCP_USER_TIMEOUT;
inline constexpr int thin_linear_timeouts_option = TCP_THIN_LINEAR_TIMEOUTS;
inline constexpr int defer_accept_option = TCP_DEFER_ACCEPT;
inline constexpr int fast_open_option = TCP_FASTOPEN;
inline constexpr int fast_open_connect_option = TCP_FASTOPEN_CONNECT;
inline constexpr int tcp_info_option = TCP_INFO;

// ---- UDP

inline constexpr int udp_cork_option = UDP_CORK;
inline constexpr int no_checksum_option = SO_NO_CHECK;
inline constexpr int no_checksum_v6_option = UDP_NO_CHECK6_TX;
inline constexpr int no_checksum_receive_option = UDP_NO_CHECK6_RX;

// ---- values

inline constexpr int discover_mtu_never = IP_PMTUDISC_DONT;
inline constexpr int discover_mtu_per_route = IP_PMTUDISC_WANT;
inline constexpr int discover_mtu_always = IP_PMTUDISC_DO;
inline constexpr int discover_mtu_probe = IP_PMTUDISC_PROBE;
inline constexpr int discover_mtu_of_interface = IP_PMTUDISC_INTERFACE;
inline constexpr int discover_mtu_omit = IP_PMTUDISC_OMIT;

// ---- AF_UNIX

inline constexpr int peer_credentials_option = SO_PEERCRED;

/// unix(7), SO_PEERCRED. ENOTCONN if nobody ever connected: the kernel then reports process 0 and no user.
inline int ask_peer_credentials(native_handle handle, std::int32_t& process, std::uint32_t& user,
                                std::uint32_t& group) noexcept {
    ::ucred peer{};
    address_length size = sizeof(peer);
    if (get_option(handle, SOL_SOCKET, peer_credentials_option, &peer, &size) < 0) return -1;
    constexpr auto nobody = static_cast<::uid_t>(-1);
    if (peer.pid == 0 && peer.uid == nobody) return fail_with(ENOTCONN);
    process = peer.pid;
    user = peer.uid;
    group = peer.gid;
    return 0;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
