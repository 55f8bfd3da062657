// SPDX-License-Identifier: BSL-1.0
// 64: which sockets have which option, every pair of them; and that set() and get() are there where they are had, and
// not elsewhere. Compiling this file is the test.

#include <keyway/keyway.hpp>
#include <keyway/option/busy_poll.hpp>
#include <keyway/option/packet_filter.hpp>
#include <keyway/option/path_mtu.hpp>
#include <keyway/option/queue.hpp>
#include <keyway/option/raw.hpp>
#include <keyway/option/route.hpp>
#include <keyway/option/tcp_info.hpp>
#include <keyway/option/tcp_opening.hpp>
#include <keyway/option/tcp_sending.hpp>
#include <keyway/option/traffic_class.hpp>
#include <keyway/option/udp.hpp>
#include <keyway/option/unix.hpp>

#include <concepts>

namespace kw = keyway;
namespace option = kw::option;

namespace {

using mptcp4 = kw::transport<kw::ipv4, kw::stream, kw::ipproto::mptcp>;
using mptcp6 = kw::transport<kw::ipv6, kw::stream, kw::ipproto::mptcp>;
using mptcp = kw::transport<kw::ip, kw::stream, kw::ipproto::mptcp>;
using raw4 = kw::transport<kw::ipv4, kw::raw, kw::ipproto::numbered<253>>;
using raw6 = kw::transport<kw::ipv6, kw::raw, kw::ipproto::numbered<253>>;

template <class S, class O>
concept can_set = requires(const S& socket, const O& value) { socket.set(value); };
template <class S, class O>
concept can_get = requires(const S& socket) { socket.template get<O>(); };

template <class O, class T>
constexpr bool fits = kw::option_for<O, typename T::family, typename T::type, typename T::protocol>;

/// What the three states of the transport have says the same.
template <class O, class S>
constexpr bool is_honest_of =
    can_set<S, O> ==
        (kw::option_for<O, typename S::family, typename S::type, typename S::protocol> && !kw::read_only_option<O>) &&
    can_get<S, O> ==
        (kw::option_for<O, typename S::family, typename S::type, typename S::protocol> && kw::readable_option<O>);
template <class O, class T>
constexpr bool is_honest = is_honest_of<O, typename T::socket> && is_honest_of<O, typename T::socket_view> &&
                           is_honest_of<O, typename T::connection> && is_honest_of<O, typename T::connection_view>;

enum kind : unsigned {
    none = 0,
    tcp_v4 = 1,
    tcp_v6 = 2,
    udp_v4 = 4,
    udp_v6 = 8,
    raw_v4 = 16,
    raw_v6 = 32,  // not ICMPv6
    mptcp_v4 = 64,
    mptcp_v6 = 128,
    unix_streams = 256,
    unix_messages = 512,
    icmp_v6 = 1024,
};
constexpr unsigned plain_tcp = tcp_v4 | tcp_v6;
constexpr unsigned multipath = mptcp_v4 | mptcp_v6;
constexpr unsigned all_tcp = plain_tcp | multipath;
constexpr unsigned all_udp = udp_v4 | udp_v6;
constexpr unsigned v4 = tcp_v4 | udp_v4 | raw_v4;
constexpr unsigned v6 = tcp_v6 | udp_v6 | raw_v6 | icmp_v6;
constexpr unsigned network = v4 | v6 | multipath;
constexpr unsigned local = unix_streams | unix_messages;
constexpr unsigned bound_later = all_tcp | all_udp;

template <class O, class T>
constexpr unsigned bit(kind one) {
    static_assert(is_honest<O, T>);
    return fits<O, T> ? one : none;
}

/// All the sockets of the system that have the option.
template <class O>
constexpr unsigned sockets_of() {
    static_assert(fits<O, kw::icmp4> == fits<O, raw4>);
    // A family that is decided at run time has the options of both.
    static_assert(fits<O, kw::tcp> == (fits<O, kw::tcp4> || fits<O, kw::tcp6>));
    static_assert(fits<O, kw::udp> == (fits<O, kw::udp4> || fits<O, kw::udp6>));
    static_assert(fits<O, mptcp> == (fits<O, mptcp4> || fits<O, mptcp6>));
    static_assert(is_honest<O, kw::tcp> && is_honest<O, kw::udp> && is_honest<O, raw4>);
    static_assert(is_honest_of<O, kw::tcp::listener> && is_honest_of<O, kw::unix_stream::listener>);
    unsigned all = bit<O, kw::tcp4>(tcp_v4) | bit<O, kw::tcp6>(tcp_v6) | bit<O, kw::udp4>(udp_v4) |
                   bit<O, kw::udp6>(udp_v6) | bit<O, kw::icmp4>(raw_v4) | bit<O, raw6>(raw_v6) |
                   bit<O, kw::icmp6>(icmp_v6) | bit<O, mptcp4>(mptcp_v4) | bit<O, mptcp6>(mptcp_v6) |
                   bit<O, kw::unix_stream>(unix_streams);
#if KEYWAY_HAS_UNIX_DATAGRAM
    all |= bit<O, kw::unix_datagram>(unix_messages);
#else
    all |= (all & unix_streams) != 0 ? unix_messages : 0U;
#endif
    return all;
}

/// An option that the system lacks fits none.
template <class O>
constexpr bool is_for(unsigned wanted) {
    return sockets_of<O>() == (kw::absent_option<O> ? 0U : wanted);
}

// ---- the socket layer
static_assert(is_for<option::reuse_address>(network) && is_for<option::broadcast>(udp_v4 | raw_v4));
static_assert(is_for<option::reuse_port>(network) && is_for<option::exclusive_address>(network));
static_assert(is_for<option::keep_alive>(all_tcp) && is_for<option::linger>(all_tcp));
static_assert(is_for<option::send_buffer>(network | local) && is_for<option::receive_buffer>(network | local));
static_assert(is_for<option::out_of_band_inline>(plain_tcp));

// ---- queues and processors
static_assert(is_for<option::send_buffer_force>(network | local) &&
              is_for<option::receive_buffer_force>(network | local));
static_assert(is_for<option::receive_low_water>(all_tcp | unix_streams));
static_assert(is_for<option::priority>(network) && is_for<option::max_pacing_rate>(plain_tcp | all_udp));
static_assert(is_for<option::zero_copy>(plain_tcp | all_udp));
static_assert(is_for<option::peek_offset>(plain_tcp | all_udp | local));
static_assert(is_for<option::incoming_cpu>(network) && is_for<option::busy_poll>(network));
static_assert(is_for<option::prefer_busy_poll>(network) && is_for<option::busy_poll_budget>(network));

// ---- filters
static_assert(is_for<option::packet_filter>((network & ~multipath) | local));
static_assert(is_for<option::packet_filter_lock>((network & ~multipath) | local));
static_assert(is_for<option::reuse_port_filter>(plain_tcp | all_udp) && is_for<option::cookie>(network | local));

// ---- IP
static_assert(is_for<option::time_to_live>(v4 | mptcp_v4) && is_for<option::hop_limit>(v6 | mptcp_v6));
static_assert(is_for<option::v6_only>(tcp_v6 | udp_v6 | mptcp_v6));
static_assert(is_for<option::type_of_service>(v4 | mptcp_v4) && is_for<option::traffic_class>(v6));
static_assert(is_for<option::header_included>(raw_v4) && is_for<option::header_included_v6>(raw_v6 | icmp_v6));
static_assert(is_for<option::checksum_offset>(raw_v6));
static_assert(is_for<option::mark>(network) && is_for<option::bind_to_device>(network));
static_assert(is_for<option::bind_to_interface>(network));
static_assert(is_for<option::free_bind>(v4 | mptcp_v4) && is_for<option::free_bind_v6>(v6 | mptcp_v6));
static_assert(is_for<option::transparent>(v4 | mptcp_v4) && is_for<option::transparent_v6>(v6 | mptcp_v6));
static_assert(is_for<option::bind_address_no_port>(bound_later) && is_for<option::local_port_range>(bound_later));
static_assert(is_for<option::original_destination>(tcp_v4 | mptcp_v4) &&
              is_for<option::original_destination_v6>(tcp_v6 | mptcp_v6));
static_assert(is_for<option::path_mtu_discovery>(v4) && is_for<option::path_mtu_discovery_v6>(v6));
static_assert(is_for<option::mtu>(v4) && is_for<option::mtu_v6>(v6));
static_assert(is_for<option::dont_fragment>(udp_v4 | raw_v4) &&
              is_for<option::dont_fragment_v6>(udp_v6 | raw_v6 | icmp_v6));

// ---- TCP and UDP
static_assert(is_for<option::no_delay>(all_tcp) && is_for<option::keep_alive_time>(all_tcp));
static_assert(is_for<option::keep_alive_interval>(all_tcp) && is_for<option::keep_alive_retries>(all_tcp));
static_assert(is_for<option::max_segment>(all_tcp) && is_for<option::cork>(all_tcp));
static_assert(is_for<option::quick_ack>(plain_tcp) && is_for<option::user_timeout>(plain_tcp));
static_assert(is_for<option::not_sent_low_water>(all_tcp) && is_for<option::congestion>(all_tcp));
static_assert(is_for<option::thin_linear_timeouts>(plain_tcp) && is_for<option::defer_accept>(all_tcp));
static_assert(is_for<option::fast_open>(all_tcp) && is_for<option::fast_open_connect>(all_tcp));
static_assert(is_for<option::tcp_info>(all_tcp));
static_assert(is_for<option::udp_cork>(all_udp) && is_for<option::no_checksum>(udp_v4));
static_assert(is_for<option::no_checksum_send_v6>(udp_v6) && is_for<option::no_checksum_receive_v6>(udp_v6));

// ---- AF_UNIX
static_assert(is_for<option::peer_credentials>(local) && is_for<option::peer_pid_descriptor>(local));
static_assert(is_for<option::pass_credentials>(local));

// ---- what can only be read, and only be set
static_assert(kw::read_only_option<option::cookie> && kw::read_only_option<option::mtu> &&
              kw::read_only_option<option::tcp_info> && kw::read_only_option<option::peer_pid_descriptor>);
static_assert(kw::write_only_option<option::packet_filter> && kw::write_only_option<option::send_buffer_force>);
static_assert(!kw::readable_option<option::busy_poll_budget> && !kw::readable_option<option::reuse_port_filter>);
static_assert(kw::bounded_option<option::time_to_live> && !kw::bounded_option<option::mark> &&
              !kw::bounded_option<option::no_delay>);

}  // namespace
