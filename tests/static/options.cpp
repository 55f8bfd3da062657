// SPDX-License-Identifier: BSL-1.0
// Which sockets have which option, for every pair; that set() and get() exist for these and no others; and what scopes and
// bases declare. Compiling this file is the test.

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
#include <type_traits>

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

/// The members of the transport's states agree.
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
constexpr unsigned all_raw = raw_v4 | raw_v6 | icmp_v6;
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

/// The sockets of this system that have the option.
template <class O>
constexpr unsigned sockets_of() {
    static_assert(fits<O, kw::icmp4> == fits<O, raw4>);
    // The family `ip` has the options of both families.
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

/// No socket has an option that the system lacks.
template <class O>
constexpr bool is_for(unsigned wanted) {
    return sockets_of<O>() == (kw::absent_option<O> ? 0U : wanted);
}

/// A system may have an option for one family only.
constexpr unsigned half(bool has, unsigned sockets) { return has ? sockets : 0U; }
constexpr int no_option = kw::detail::os::no_option;
template <class O>
constexpr bool has_v4 = O::name_v4 != no_option;
template <class O>
constexpr bool has_v6 = O::name_v6 != no_option;

// ---- scopes

namespace scope = option::scope;
template <class Scope>
struct scoped : option::flag<SOL_SOCKET, SO_DEBUG, Scope> {};
template <class Scope>
constexpr unsigned in = sockets_of<scoped<Scope>>();

static_assert(in<scope::any> == (network | local) && in<scope::local> == local && in<scope::network> == network);
static_assert(in<scope::network_connections> == all_tcp && (in<scope::streams> | unix_messages) == (all_tcp | local));
static_assert(in<scope::single_path> == ((network & ~multipath) | local));
static_assert(in<scope::internet> == network && in<scope::internet_single_path> == (network & ~multipath));
static_assert(in<scope::internet_ports> == (all_tcp | all_udp));
static_assert(in<scope::internet_messages> == (all_udp | all_raw) && in<scope::multicast> == (all_udp | all_raw));
static_assert(in<scope::internet_raw> == all_raw);
static_assert(in<scope::tcp> == all_tcp && in<scope::plain_tcp> == plain_tcp && in<scope::udp> == all_udp);
static_assert(in<scope::plain_tcp_and_udp> == (plain_tcp | all_udp));

// A family of your own, neither local nor of the Internet.
struct packets {
    [[maybe_unused]] static constexpr int domain = 17;
    using endpoint = kw::endpoint<kw::ipv4>;
};
template <class Scope>
constexpr bool fits_packets = kw::option_fits<scoped<Scope>, packets, kw::raw, kw::no_protocol>;
static_assert(fits_packets<scope::any> && fits_packets<scope::network> && fits_packets<scope::single_path>);
static_assert(!fits_packets<scope::internet> && !fits_packets<scope::internet_raw> && !fits_packets<scope::multicast>);
static_assert(!fits_packets<scope::local> && !fits_packets<scope::streams> && !fits_packets<scope::udp>);

// ---- bases

struct switch_of_own : option::flag<SOL_SOCKET, SO_DEBUG> {
    using flag::flag;
};
struct number_of_own : option::number<SOL_SOCKET, SO_DEBUG, scope::any, 3, 5> {
    using number::number;
};
struct value_of_own : option::plain<unsigned, SOL_SOCKET, SO_DEBUG> {
    using plain::plain;
};
static_assert(switch_of_own{}.value && !switch_of_own{false}.value && !switch_of_own(false).value);
static_assert(number_of_own{}.value == 3 && number_of_own{4}.value == 4 && value_of_own{7U}.value == 7);
static_assert(switch_of_own::level == SOL_SOCKET && switch_of_own::name == SO_DEBUG);
static_assert(kw::bounded_option<number_of_own> && !kw::bounded_option<switch_of_own>);
static_assert(sizeof(switch_of_own) == sizeof(bool) && std::is_trivially_copyable_v<number_of_own>);
template <class O>
concept can_be_made_of_text = requires { O{"on"}; };
static_assert(!can_be_made_of_text<number_of_own> && !can_be_made_of_text<value_of_own>);

// An option that the system lacks, for both families or for one.
struct absent : option::flag<SOL_SOCKET, no_option> {};
struct absent_of_ip : option::ip_flag<no_option, no_option> {};
struct only_v4 : option::ip_flag<1, no_option> {};
struct only_v6 : option::ip_plain<int, no_option, 1> {};
static_assert(kw::absent_option<absent> && sockets_of<absent>() == 0);
static_assert(kw::absent_option<absent_of_ip> && sockets_of<absent_of_ip>() == 0);
static_assert(!kw::absent_option<only_v4> && sockets_of<only_v4>() == (v4 | mptcp_v4));
static_assert(!kw::absent_option<only_v6> && sockets_of<only_v6>() == (v6 | mptcp_v6));

// ---- the family decides level and name

template <class O>
constexpr bool is_named(int level_v4, int name_v4, int level_v6, int name_v6) {
    const auto of_v4 = kw::detail::name_of<O>(AF_INET);
    const auto of_v6 = kw::detail::name_of<O>(AF_INET6);
    return of_v4.level == level_v4 && of_v4.name == name_v4 && of_v6.level == level_v6 && of_v6.name == name_v6;
}
template <class O>
constexpr bool is_of_ip(int name_v4, int name_v6) {
    return kw::has_name_per_family<O> && !kw::has_level_and_name<O> &&
           is_named<O>(IPPROTO_IP, name_v4, IPPROTO_IPV6, name_v6);
}
static_assert(is_of_ip<option::hop_limit>(IP_TTL, IPV6_UNICAST_HOPS));
static_assert(is_named<option::no_delay>(IPPROTO_TCP, TCP_NODELAY, IPPROTO_TCP, TCP_NODELAY));
#if defined(__linux__)
static_assert(is_of_ip<option::traffic_class>(IP_TOS, IPV6_TCLASS) &&
              is_of_ip<option::free_bind>(IP_FREEBIND, IPV6_FREEBIND) &&
              is_of_ip<option::transparent>(IP_TRANSPARENT, IPV6_TRANSPARENT) &&
              is_of_ip<option::path_mtu_discovery>(IP_MTU_DISCOVER, IPV6_MTU_DISCOVER) &&
              is_of_ip<option::mtu>(IP_MTU, IPV6_MTU) && is_of_ip<option::dont_fragment>(no_option, IPV6_DONTFRAG) &&
              is_of_ip<option::header_included>(IP_HDRINCL, IPV6_HDRINCL));
static_assert(is_named<option::no_checksum>(SOL_SOCKET, SO_NO_CHECK, IPPROTO_UDP, UDP_NO_CHECK6_TX));
#endif
// An IPv6 socket sets both names where IPv4-mapped traffic obeys the one for IPv4.
static_assert(kw::covers_mapped_traffic<option::hop_limit> && kw::covers_mapped_traffic<option::traffic_class> &&
              kw::covers_mapped_traffic<option::path_mtu_discovery> && kw::covers_mapped_traffic<option::no_checksum>);
static_assert(!kw::covers_mapped_traffic<option::free_bind> && !kw::covers_mapped_traffic<option::mtu> &&
              !kw::covers_mapped_traffic<option::no_delay>);

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
static_assert(is_for<option::hop_limit>(v4 | mptcp_v4 | v6 | mptcp_v6));
static_assert(is_for<option::v6_only>(tcp_v6 | udp_v6 | mptcp_v6));
static_assert(is_for<option::traffic_class>(v4 | mptcp_v4 | v6));
static_assert(is_for<option::header_included>(raw_v4 | half(has_v6<option::header_included>, raw_v6 | icmp_v6)));
static_assert(is_for<option::checksum_offset>(raw_v6));
static_assert(is_for<option::mark>(network) && is_for<option::bind_to_device>(network));
static_assert(is_for<option::bind_to_interface>(network));
static_assert(is_for<option::free_bind>(v4 | mptcp_v4 | v6 | mptcp_v6));
static_assert(is_for<option::transparent>(v4 | mptcp_v4 | v6 | mptcp_v6));
static_assert(is_for<option::bind_address_no_port>(bound_later) && is_for<option::local_port_range>(bound_later));
static_assert(is_for<option::original_destination>(tcp_v4 | mptcp_v4 | tcp_v6 | mptcp_v6));
static_assert(is_for<option::path_mtu_discovery>(v4 | v6));
static_assert(is_for<option::mtu>(v4 | v6));
static_assert(is_for<option::dont_fragment>(half(has_v4<option::dont_fragment>, udp_v4 | raw_v4) |
                                            half(has_v6<option::dont_fragment>, udp_v6 | raw_v6 | icmp_v6)));

// ---- TCP and UDP
static_assert(is_for<option::no_delay>(all_tcp) && is_for<option::keep_alive_time>(all_tcp));
static_assert(is_for<option::keep_alive_interval>(all_tcp) && is_for<option::keep_alive_retries>(all_tcp));
static_assert(is_for<option::max_segment>(all_tcp) && is_for<option::cork>(all_tcp));
static_assert(is_for<option::quick_ack>(plain_tcp) && is_for<option::user_timeout>(plain_tcp));
static_assert(is_for<option::not_sent_low_water>(all_tcp) && is_for<option::congestion>(all_tcp));
static_assert(is_for<option::thin_linear_timeouts>(plain_tcp) && is_for<option::defer_accept>(all_tcp));
static_assert(is_for<option::fast_open>(all_tcp) && is_for<option::fast_open_connect>(all_tcp));
static_assert(is_for<option::tcp_info>(all_tcp));
static_assert(is_for<option::udp_cork>(all_udp) && is_for<option::no_checksum>(all_udp));
static_assert(is_for<option::no_checksum_receive>(udp_v6));

// ---- AF_UNIX
static_assert(is_for<option::peer_credentials>(local) && is_for<option::peer_pid_descriptor>(local));
static_assert(is_for<option::pass_credentials>(local));

// ---- read-only and write-only options
static_assert(kw::read_only_option<option::cookie> && kw::read_only_option<option::mtu> &&
              kw::read_only_option<option::tcp_info> && kw::read_only_option<option::peer_pid_descriptor>);
static_assert(kw::write_only_option<option::packet_filter> && kw::write_only_option<option::send_buffer_force>);
static_assert(!kw::readable_option<option::busy_poll_budget> && !kw::readable_option<option::reuse_port_filter>);
static_assert(kw::bounded_option<option::hop_limit> && !kw::bounded_option<option::mark> &&
              !kw::bounded_option<option::no_delay>);

}  // namespace
