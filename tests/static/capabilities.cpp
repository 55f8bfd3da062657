// SPDX-License-Identifier: BSL-1.0
// What each combination can do and what it cannot. Compiling this file is the test.

#include <keyway/keyway.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace kw = keyway;

namespace {

// ---- vocabulary: what is one and what is not

static_assert(kw::address_family<kw::ipv4> && kw::address_family<kw::ipv6>);
static_assert(kw::address_family<kw::ip> && kw::address_family<kw::unix_domain>);
static_assert(!kw::address_family<kw::stream> && !kw::address_family<int> && !kw::address_family<kw::ipv4_address>);

static_assert(kw::fixed_domain<kw::ipv4> && kw::fixed_domain<kw::unix_domain> && !kw::fixed_domain<kw::ip>);
static_assert(kw::internet_family<kw::ip> && !kw::internet_family<kw::unix_domain>);
static_assert(kw::local_family<kw::unix_domain> && !kw::local_family<kw::ipv6>);

static_assert(kw::socket_type<kw::stream> && kw::socket_type<kw::raw>);
static_assert(!kw::socket_type<kw::ipv4> && !kw::socket_type<kw::ipproto::tcp> && !kw::socket_type<int>);

static_assert(kw::connection_oriented<kw::stream> && kw::connection_oriented<kw::seqpacket>);
static_assert(!kw::connection_oriented<kw::datagram> && !kw::connection_oriented<kw::raw>);
static_assert(!kw::connection_oriented<kw::ipv4> && !kw::connectionless<kw::ipv4>);
static_assert(kw::message_oriented<kw::datagram> && kw::message_oriented<kw::seqpacket>);
static_assert(kw::message_oriented<kw::raw> && !kw::message_oriented<kw::stream>);
static_assert(kw::byte_oriented<kw::stream> && !kw::byte_oriented<kw::seqpacket>);

static_assert(kw::protocol_type<kw::ipproto::tcp> && kw::protocol_type<kw::no_protocol>);
static_assert(!kw::protocol_type<kw::stream> && !kw::protocol_type<int>);

static_assert(kw::endpoint_type<kw::endpoint<kw::ipv4>> && kw::endpoint_type<kw::endpoint<kw::unix_domain>>);
static_assert(kw::endpoint_type<kw::endpoint<kw::ip>> && kw::endpoint_type<kw::any_endpoint>);
static_assert(!kw::endpoint_type<kw::ipv4_address> && !kw::endpoint_type<std::string> && !kw::endpoint_type<int>);

// ---- combinations: those that a system opens, and those that do not name a type

template <class F, class T, class P>
concept names_a_socket = requires { typename kw::socket<F, T, P>; };
template <class F, class T>
concept names_a_default_socket = requires { typename kw::socket<F, T>; };
template <class F, class T>
concept names_a_listener = requires { typename kw::listener<F, T>; };

static_assert(names_a_default_socket<kw::ipv4, kw::stream> && names_a_default_socket<kw::ip, kw::datagram>);
static_assert(names_a_default_socket<kw::unix_domain, kw::seqpacket>);
static_assert(names_a_socket<kw::ipv4, kw::raw, kw::ipproto::icmp>);
static_assert(names_a_socket<kw::ipv4, kw::datagram, kw::ipproto::icmp>);
static_assert(names_a_socket<kw::ipv6, kw::raw, kw::ipproto::icmpv6>);
static_assert(names_a_socket<kw::ipv6, kw::raw, kw::ipproto::numbered<89>>);
static_assert(names_a_socket<kw::ipv4, kw::seqpacket, kw::ipproto::sctp>);

static_assert(!names_a_default_socket<kw::unix_domain, kw::raw>);
static_assert(!names_a_socket<kw::unix_domain, kw::stream, kw::ipproto::tcp>);
static_assert(!names_a_default_socket<kw::ipv4, kw::seqpacket>);
static_assert(!names_a_default_socket<kw::ipv4, kw::raw>);
static_assert(!names_a_socket<kw::ipv4, kw::stream, kw::ipproto::udp>);
static_assert(!names_a_socket<kw::ipv4, kw::datagram, kw::ipproto::tcp>);
static_assert(!names_a_socket<kw::ipv4, kw::raw, kw::ipproto::icmpv6>);
static_assert(!names_a_socket<kw::ipv6, kw::raw, kw::ipproto::icmp>);
static_assert(!names_a_socket<kw::ip, kw::raw, kw::ipproto::icmp>);
static_assert(!names_a_socket<kw::stream, kw::ipv4, kw::ipproto::tcp>);
static_assert(names_a_listener<kw::ipv4, kw::stream> && !names_a_listener<kw::ipv4, kw::datagram>);

static_assert(std::is_same_v<kw::tcp::protocol, kw::ipproto::tcp> &&
              std::is_same_v<kw::udp6::protocol, kw::ipproto::udp>);
static_assert(std::is_same_v<kw::unix_stream::protocol, kw::no_protocol>);

// ---- states: every verb, yes and no

template <class S>
constexpr bool can_reset = requires(S s) { std::move(s).reset(); };
template <class S>
constexpr bool can_disconnect = requires(S s) { std::move(s).disconnect(); };
template <class T>
constexpr bool has_pair = requires { T::pair(); };
template <class T>
constexpr bool has_listen = requires(const typename T::endpoint& e) { T::listen(e); };

/// The verbs of an unconnected socket, its listener and its connection, for a combination whose peers connect.
template <class T, bool Bytes>
constexpr bool is_connection_oriented_throughout =
    kw::can_bind<typename T::socket> && kw::can_listen<typename T::socket> && kw::can_connect<typename T::socket> &&
    !kw::can_accept<typename T::socket> && !kw::can_send<typename T::socket> && !kw::can_recv<typename T::socket> &&
    !kw::can_send_to<typename T::socket> && !kw::can_recv_from<typename T::socket> &&
    kw::can_accept<typename T::listener> && !kw::can_send<typename T::listener> &&
    !kw::can_recv<typename T::listener> && !kw::can_listen<typename T::listener> &&
    !kw::can_connect<typename T::listener> && kw::can_send<typename T::connection> &&
    kw::can_recv<typename T::connection> && kw::can_shutdown<typename T::connection> &&
    !kw::can_accept<typename T::connection> && !kw::can_send_to<typename T::connection> &&
    !kw::can_recv_from<typename T::connection> && !kw::can_bind<typename T::connection> &&
    !can_disconnect<typename T::connection> && kw::can_send_all<typename T::connection> == Bytes &&
    kw::can_recv_exact<typename T::connection> == Bytes && has_listen<T>;

/// The same for one whose messages may each have another peer.
template <class T>
constexpr bool is_connectionless_throughout =
    kw::can_bind<typename T::socket> && kw::can_connect<typename T::socket> && kw::can_send_to<typename T::socket> &&
    kw::can_recv_from<typename T::socket> && !kw::can_listen<typename T::socket> &&
    !kw::can_accept<typename T::socket> && !kw::can_send<typename T::socket> && !kw::can_recv<typename T::socket> &&
    kw::can_send<typename T::connection> && kw::can_recv<typename T::connection> &&
    !kw::can_send_to<typename T::connection> && !kw::can_recv_from<typename T::connection> &&
    !kw::can_send_all<typename T::connection> && !kw::can_recv_exact<typename T::connection> &&
    can_disconnect<typename T::connection> && !can_reset<typename T::connection> && !has_listen<T>;

static_assert(is_connection_oriented_throughout<kw::tcp, true>);
static_assert(is_connection_oriented_throughout<kw::tcp4, true>);
static_assert(is_connection_oriented_throughout<kw::tcp6, true>);
static_assert(is_connection_oriented_throughout<kw::unix_stream, true>);
static_assert(is_connection_oriented_throughout<kw::unix_seqpacket, false>);
static_assert(is_connectionless_throughout<kw::udp>);
static_assert(is_connectionless_throughout<kw::udp4>);
static_assert(is_connectionless_throughout<kw::udp6>);
static_assert(is_connectionless_throughout<kw::icmp4>);
static_assert(is_connectionless_throughout<kw::icmp6>);
static_assert(is_connectionless_throughout<kw::unix_datagram>);

static_assert(can_reset<kw::tcp::connection> && !can_reset<kw::unix_stream::connection>);
static_assert(has_pair<kw::unix_stream> && has_pair<kw::unix_datagram> && has_pair<kw::tcp> && has_pair<kw::tcp6> && !has_pair<kw::udp>);

// ---- ownership

template <class S>
constexpr bool owns = std::is_nothrow_move_constructible_v<S> && std::is_nothrow_move_assignable_v<S> &&
                      !std::is_copy_constructible_v<S> && !std::is_copy_assignable_v<S>;
template <class S>
constexpr bool views = std::is_trivially_copyable_v<S> && std::is_trivially_destructible_v<S>;

static_assert(owns<kw::tcp::socket> && owns<kw::tcp::listener> && owns<kw::tcp::connection> && owns<kw::handle>);
static_assert(owns<kw::unix_stream::listener> && owns<kw::unix_datagram::socket>);
static_assert(views<kw::tcp::socket_view> && views<kw::tcp::listener_view> && views<kw::tcp::connection_view>);
static_assert(std::is_convertible_v<kw::tcp::connection&, kw::tcp::connection_view>);
static_assert(!std::is_convertible_v<kw::tcp::connection&, kw::udp::connection_view>);
static_assert(!std::is_convertible_v<int, kw::tcp::connection_view> && !std::is_convertible_v<int, kw::handle>);

// ---- sizes: the budgets

static_assert(sizeof(kw::error) == 8 && std::is_trivially_copyable_v<kw::error>);
static_assert(sizeof(kw::result<std::size_t>) == 16);
static_assert(std::is_trivially_copy_constructible_v<kw::result<std::size_t>>, "else it is not returned in registers");
static_assert(std::is_trivially_destructible_v<kw::result<std::size_t>>);
static_assert(sizeof(kw::ipv4_address) == 4 && sizeof(kw::ipv6_address) == 20);
static_assert(sizeof(kw::endpoint<kw::ipv4>) == 16 && sizeof(kw::endpoint<kw::ipv6>) == 28);
static_assert(sizeof(kw::tcp::socket) == 4 && sizeof(kw::tcp::listener) == 4 && sizeof(kw::tcp::connection) == 4);
static_assert(sizeof(kw::tcp::socket_view) == 4 && sizeof(kw::tcp::connection_view) == 4);
static_assert(sizeof(kw::udp::socket) == 4 && sizeof(kw::udp::connection) == 4 && sizeof(kw::handle) == 4);
static_assert(sizeof(kw::unix_stream::connection) == 4 && sizeof(kw::unix_stream::listener_view) == 4);

// ---- buffers

static_assert(kw::byte_range<std::vector<std::byte>> && kw::byte_range<const std::string> && kw::byte_range<char[4]>);
static_assert(!kw::byte_range<std::vector<int>> && !kw::byte_range<int>);
static_assert(kw::writable_byte_range<std::string> && !kw::writable_byte_range<const std::string>);
static_assert(!std::is_constructible_v<kw::mutable_bytes, const std::string&>);
static_assert(!std::is_constructible_v<kw::mutable_bytes, std::string&&>, "nobody could read what was received");
static_assert(std::is_convertible_v<std::string_view, kw::const_bytes>);
static_assert(std::is_convertible_v<std::span<char>, kw::mutable_bytes>);
static_assert(!std::is_convertible_v<std::vector<int>&, kw::const_bytes>);

// ---- options: where each one fits

template <class O, class T>
constexpr bool fits = kw::option_for<O, typename T::family, typename T::type, typename T::protocol>;

namespace option = kw::option;
static_assert(fits<option::no_delay, kw::tcp> && !fits<option::no_delay, kw::udp> &&
              !fits<option::no_delay, kw::unix_stream>);
static_assert(fits<option::keep_alive_time, kw::tcp4> && !fits<option::keep_alive_time, kw::udp4>);
static_assert(fits<option::v6_only, kw::tcp> && fits<option::v6_only, kw::udp6>);
static_assert(!fits<option::v6_only, kw::tcp4> && !fits<option::v6_only, kw::unix_stream>);
static_assert(fits<option::time_to_live, kw::udp4> && !fits<option::time_to_live, kw::udp6>);
static_assert(fits<option::hop_limit, kw::udp6> && !fits<option::hop_limit, kw::udp4>);
static_assert(fits<option::broadcast, kw::udp4> && !fits<option::broadcast, kw::tcp4> &&
              !fits<option::broadcast, kw::udp6>);
static_assert(fits<option::linger, kw::tcp> && !fits<option::linger, kw::unix_stream> &&
              !fits<option::linger, kw::udp>);
static_assert(fits<option::keep_alive, kw::tcp> && !fits<option::keep_alive, kw::udp>);
static_assert(fits<option::reuse_port, kw::udp> && !fits<option::reuse_port, kw::unix_datagram>);
static_assert(fits<option::reuse_address, kw::tcp> && !fits<option::reuse_address, kw::unix_stream>);
static_assert(fits<option::send_buffer, kw::unix_stream> && fits<option::non_blocking, kw::icmp4>);
static_assert(kw::read_only_option<option::accepting> && !kw::read_only_option<option::no_delay>);
static_assert(!kw::socket_option<int> && !kw::socket_option<kw::stream>);

template <class S, class O>
constexpr bool can_set = requires(S s, O o) { s.set(o); };
static_assert(can_set<kw::tcp::connection, option::no_delay> && !can_set<kw::udp::socket, option::no_delay>);
static_assert(!can_set<kw::tcp::connection, option::accepting>);

}  // namespace
