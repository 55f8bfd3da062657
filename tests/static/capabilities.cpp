// SPDX-License-Identifier: BSL-1.0
// The operations that each combination of family, type and protocol has and lacks. Compiling this file is the test.

#include <keyway/keyway.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/verbs.hpp"

namespace kw = keyway;

namespace {

// ---- concepts

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
static_assert(kw::endpoint_type<kw::endpoint<kw::ipv6>> && kw::endpoint_type<kw::endpoint<kw::ip>>);
static_assert(kw::endpoint_type<kw::any_endpoint>);
static_assert(!kw::endpoint_type<kw::ipv4_address> && !kw::endpoint_type<std::string> && !kw::endpoint_type<int>);

// ---- combinations: those that exist, and those that do not name a type

template <class F, class T, class P>
concept names_a_socket = requires { typename kw::socket<F, T, P>; };
template <class F, class T>
concept names_a_default_socket = requires { typename kw::socket<F, T>; };
template <class F, class T>
concept names_a_listener = requires { typename kw::listener<F, T>; };

static_assert(names_a_default_socket<kw::ipv4, kw::stream> && names_a_default_socket<kw::ip, kw::datagram>);
static_assert(names_a_default_socket<kw::unix_domain, kw::stream>);
static_assert(names_a_default_socket<kw::unix_domain, kw::datagram> == (KEYWAY_HAS_UNIX_DATAGRAM != 0));
static_assert(names_a_default_socket<kw::unix_domain, kw::seqpacket> == (KEYWAY_HAS_UNIX_SEQPACKET != 0));
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

// ---- states: the operations of each

using support::can_disconnect;
using support::can_reset;
using support::has_listen;
using support::has_pair;
using support::is_connection_oriented_throughout;
using support::is_connectionless_throughout;

static_assert(is_connection_oriented_throughout<kw::tcp, true>);
static_assert(is_connection_oriented_throughout<kw::tcp4, true>);
static_assert(is_connection_oriented_throughout<kw::tcp6, true>);
static_assert(is_connection_oriented_throughout<kw::unix_stream, true>);
static_assert(is_connectionless_throughout<kw::udp>);
static_assert(is_connectionless_throughout<kw::udp4>);
static_assert(is_connectionless_throughout<kw::udp6>);
static_assert(is_connectionless_throughout<kw::icmp4>);
static_assert(is_connectionless_throughout<kw::icmp6>);

static_assert(can_reset<kw::tcp::connection> && !can_reset<kw::unix_stream::connection>);
static_assert(has_pair<kw::unix_stream> == (KEYWAY_HAS_SOCKETPAIR != 0));
static_assert(has_pair<kw::unix_datagram> == (KEYWAY_HAS_SOCKETPAIR != 0 && KEYWAY_HAS_UNIX_DATAGRAM != 0));
static_assert(has_pair<kw::unix_seqpacket> == (KEYWAY_HAS_SOCKETPAIR != 0 && KEYWAY_HAS_UNIX_SEQPACKET != 0));
static_assert(has_pair<kw::tcp> && has_pair<kw::tcp4> && has_pair<kw::tcp6> && !has_pair<kw::udp>);

template <class S>
constexpr bool can_stop_listening = requires(S s) { s.shutdown(); };
static_assert(can_stop_listening<kw::tcp::listener> == (KEYWAY_HAS_LISTENER_SHUTDOWN != 0));
template <class E>
constexpr bool has_abstract_names = requires { E::abstract("name").value(); };
static_assert(has_abstract_names<kw::unix_stream::endpoint> == (KEYWAY_HAS_ABSTRACT_NAMES != 0));

// ---- ownership

template <class S>
constexpr bool owns = std::is_nothrow_move_constructible_v<S> && std::is_nothrow_move_assignable_v<S> &&
                      !std::is_copy_constructible_v<S> && !std::is_copy_assignable_v<S>;
template <class S>
constexpr bool views = std::is_trivially_copyable_v<S> && std::is_trivially_destructible_v<S>;

static_assert(owns<kw::tcp::socket> && owns<kw::tcp::listener> && owns<kw::tcp::connection> && owns<kw::handle>);
static_assert(owns<kw::unix_stream::listener> && owns<kw::unix_stream::socket>);
static_assert(views<kw::tcp::socket_view> && views<kw::tcp::listener_view> && views<kw::tcp::connection_view>);
static_assert(std::is_convertible_v<kw::tcp::connection&, kw::tcp::connection_view>);
static_assert(!std::is_convertible_v<kw::tcp::connection&, kw::udp::connection_view>);
static_assert(!std::is_convertible_v<int, kw::tcp::connection_view> && !std::is_convertible_v<int, kw::handle>);
static_assert(!std::is_constructible_v<kw::tcp::connection_view, kw::handle::native_type> &&
              !std::is_constructible_v<kw::tcp::connection, kw::handle::native_type> &&
              !std::is_constructible_v<kw::handle_view, kw::handle::native_type> &&
              !std::is_constructible_v<kw::handle, kw::handle::native_type>);

/// A named owner converts to its view; a temporary owner does not, nor one that is moved from.
template <class Owner, class View>
constexpr bool lends = std::is_convertible_v<Owner&, View> && std::is_convertible_v<const Owner&, View> &&
                       !std::is_constructible_v<View, Owner> && !std::is_constructible_v<View, const Owner>;
template <class Owner, class View>
constexpr bool never_lends = !std::is_constructible_v<View, Owner&> && !std::is_constructible_v<View, const Owner&> &&
                             !std::is_constructible_v<View, Owner>;

static_assert(lends<kw::tcp::socket, kw::tcp::socket_view> && lends<kw::tcp::listener, kw::tcp::listener_view> &&
              lends<kw::tcp::connection, kw::tcp::connection_view> && lends<kw::canceller, kw::canceller_view>);
static_assert(lends<kw::unix_stream::listener, kw::unix_stream::listener_view> &&
              lends<kw::udp4::socket, kw::udp4::socket_view>);
static_assert(lends<kw::handle, kw::handle_view> && lends<kw::tcp4::connection, kw::handle_view> &&
              lends<kw::udp6::socket, kw::handle_view> && lends<kw::unix_stream::listener, kw::handle_view>);

// A fixed family is one of the two that `ip` stands for; the other way round is not known before run time.
static_assert(lends<kw::tcp4::connection, kw::tcp::connection_view> &&
              lends<kw::tcp6::connection, kw::tcp::connection_view> &&
              lends<kw::udp4::connection, kw::udp::connection_view>);
static_assert(lends<kw::udp4::socket, kw::udp::socket_view> && lends<kw::udp6::socket, kw::udp::socket_view> &&
              lends<kw::tcp4::listener, kw::tcp::listener_view> && lends<kw::tcp6::listener, kw::tcp::listener_view>);
static_assert(std::is_convertible_v<kw::tcp4::connection_view, kw::tcp::connection_view>);
static_assert(never_lends<kw::tcp::connection, kw::tcp4::connection_view> &&
              never_lends<kw::tcp4::connection, kw::tcp6::connection_view> &&
              never_lends<kw::tcp4::connection, kw::udp::connection_view> &&
              never_lends<kw::tcp4::socket, kw::tcp::connection_view> &&
              never_lends<kw::unix_stream::connection, kw::tcp::connection_view>);

/// An interface can be neither made nor assigned, so that no owner is sliced or overwritten through it.
template <class Interface>
constexpr bool is_interface = !std::is_default_constructible_v<Interface> && !std::is_copy_constructible_v<Interface> &&
                              !std::is_move_constructible_v<Interface> && !std::is_copy_assignable_v<Interface> &&
                              !std::is_move_assignable_v<Interface> && !std::is_destructible_v<Interface>;

template <class T>
constexpr bool has_interfaces =
    is_interface<kw::socket_interface<typename T::family, typename T::type, typename T::protocol>> &&
    is_interface<kw::connection_interface<typename T::family, typename T::type, typename T::protocol>>;
static_assert(has_interfaces<kw::tcp> && has_interfaces<kw::udp4> && has_interfaces<kw::unix_stream>);
static_assert(is_interface<kw::listener_interface<kw::ip, kw::stream, kw::ipproto::tcp>>);
static_assert(is_interface<kw::handle_interface> && is_interface<kw::canceller_interface>);

template <class Target, class Source>
constexpr bool assignable_through_interface =
    std::is_assignable_v<Target&, const Source&> || std::is_assignable_v<Target&, Source>;
using tcp_connection_interface = kw::connection_interface<kw::ip, kw::stream, kw::ipproto::tcp>;
static_assert(!assignable_through_interface<tcp_connection_interface, kw::tcp::connection> &&
              !assignable_through_interface<tcp_connection_interface, kw::tcp::connection_view> &&
              !assignable_through_interface<kw::handle_interface, kw::handle>);
static_assert(!std::is_assignable_v<kw::tcp::connection&, kw::tcp::connection_view>, "an owner never becomes a copy");

// ---- sizes: the budgets

static_assert(sizeof(kw::error) == 8 && std::is_trivially_copyable_v<kw::error>);
static_assert(sizeof(kw::result<std::size_t>) == sizeof(kw::error) + alignof(std::size_t));
static_assert(std::is_trivially_copy_constructible_v<kw::result<std::size_t>>,
              "otherwise it is not returned in registers");
static_assert(std::is_trivially_destructible_v<kw::result<std::size_t>>);
static_assert(sizeof(kw::ipv4_address) == 4 && sizeof(kw::ipv6_address) == 20);
static_assert(sizeof(kw::endpoint<kw::ipv4>) == 16 && sizeof(kw::endpoint<kw::ipv6>) == 28);

// A socket consists of its handle.
constexpr std::size_t handle_size = sizeof(kw::handle::native_type);
static_assert(handle_size == (KEYWAY_HAS_WINDOWS ? sizeof(void*) : 4));
static_assert(sizeof(kw::tcp::socket) == handle_size && sizeof(kw::tcp::listener) == handle_size &&
              sizeof(kw::tcp::connection) == handle_size);
static_assert(sizeof(kw::tcp::socket_view) == handle_size && sizeof(kw::tcp::connection_view) == handle_size);
static_assert(sizeof(kw::udp::socket) == handle_size && sizeof(kw::udp::connection) == handle_size &&
              sizeof(kw::handle) == handle_size);
static_assert(sizeof(kw::unix_stream::connection) == handle_size &&
              sizeof(kw::unix_stream::listener_view) == handle_size);

// ---- buffers

static_assert(kw::byte_range<std::vector<std::byte>> && kw::byte_range<const std::string> && kw::byte_range<char[4]>);
static_assert(!kw::byte_range<std::vector<int>> && !kw::byte_range<int>);
static_assert(kw::writable_byte_range<std::string> && !kw::writable_byte_range<const std::string>);
static_assert(!std::is_constructible_v<kw::mutable_bytes, const std::string&>);
static_assert(!std::is_constructible_v<kw::mutable_bytes, std::string&&>, "the received bytes could not be read");
static_assert(std::is_convertible_v<std::string_view, kw::const_bytes>);
static_assert(std::is_convertible_v<std::span<char>, kw::mutable_bytes>);
static_assert(!std::is_convertible_v<std::vector<int>&, kw::const_bytes>);
template <class... Ranges>
constexpr bool can_gather = requires(Ranges&&... ranges) { kw::gather(static_cast<Ranges&&>(ranges)...); };
static_assert(can_gather<std::string&, const char (&)[3], std::string_view> && !can_gather<std::string>);

// ---- addresses and bytes

template <class Address, std::size_t Size>
constexpr bool is_made_of_bytes = std::is_constructible_v<Address, std::span<const std::byte, Size>> &&
                                  !std::is_convertible_v<std::span<const std::byte, Size>, Address>;
static_assert(is_made_of_bytes<kw::ipv4_address, 4> && !is_made_of_bytes<kw::ipv4_address, 16>);
static_assert(is_made_of_bytes<kw::ipv6_address, 16> && !is_made_of_bytes<kw::ipv6_address, 4>);
static_assert(!is_made_of_bytes<kw::ipv4_address, std::dynamic_extent>);

// ---- options: the sockets that have them

template <class O, class T>
constexpr bool fits = kw::option_for<O, typename T::family, typename T::type, typename T::protocol>;

namespace option = kw::option;
static_assert(fits<option::no_delay, kw::tcp> && !fits<option::no_delay, kw::udp> &&
              !fits<option::no_delay, kw::unix_stream>);
static_assert(fits<option::keep_alive_time, kw::tcp4> && !fits<option::keep_alive_time, kw::udp4>);
static_assert(fits<option::v6_only, kw::tcp> && fits<option::v6_only, kw::udp6>);
static_assert(!fits<option::v6_only, kw::tcp4> && !fits<option::v6_only, kw::unix_stream>);
static_assert(fits<option::hop_limit, kw::udp> && fits<option::hop_limit, kw::udp4> &&
              fits<option::hop_limit, kw::udp6> && !fits<option::hop_limit, kw::unix_stream>);
static_assert(fits<option::broadcast, kw::udp4> && !fits<option::broadcast, kw::tcp4> &&
              !fits<option::broadcast, kw::udp6>);
static_assert(fits<option::linger, kw::tcp> && !fits<option::linger, kw::unix_stream> &&
              !fits<option::linger, kw::udp>);
static_assert(fits<option::keep_alive, kw::tcp> && !fits<option::keep_alive, kw::udp>);
static_assert(fits<option::reuse_port, kw::udp> == (KEYWAY_HAS_REUSE_PORT != 0) &&
              !fits<option::reuse_port, kw::unix_stream>);
static_assert(fits<option::exclusive_address, kw::udp> == (KEYWAY_HAS_EXCLUSIVE_ADDRESS != 0) &&
              !fits<option::exclusive_address, kw::unix_stream>);
static_assert(fits<option::reuse_address, kw::tcp> && !fits<option::reuse_address, kw::unix_stream>);
static_assert(fits<option::send_buffer, kw::unix_stream> && fits<option::non_blocking, kw::icmp4>);
static_assert(kw::read_only_option<option::accepting> && !kw::read_only_option<option::no_delay>);
static_assert(!kw::socket_option<int> && !kw::socket_option<kw::stream>);

template <class S, class O>
constexpr bool can_set = requires(S s, O o) { s.set(o); };
static_assert(can_set<kw::tcp::connection, option::no_delay> && !can_set<kw::udp::socket, option::no_delay>);
static_assert(!can_set<kw::tcp::connection, option::accepting>);

template <class S, class O>
constexpr bool can_get = requires(S s) { s.template get<O>(); };
static_assert(can_set<kw::tcp::connection, option::non_blocking>);
static_assert(can_get<kw::tcp::connection, option::non_blocking> == (KEYWAY_HAS_NON_BLOCKING_QUERY != 0));
static_assert(can_get<kw::tcp::connection, option::domain> && can_get<kw::udp::socket, option::protocol>);

// ---- the platform and its features

static_assert(KEYWAY_HAS_WINDOWS + KEYWAY_HAS_POSIX == 1);
constexpr int has_macros[] = {
    KEYWAY_HAS_STD_EXPECTED,  KEYWAY_HAS_STD_FORMAT,        KEYWAY_HAS_EXCEPTIONS,         KEYWAY_HAS_WINDOWS,
    KEYWAY_HAS_POSIX,         KEYWAY_HAS_ABSTRACT_NAMES,    KEYWAY_HAS_LISTENER_SHUTDOWN,  KEYWAY_HAS_SOCKETPAIR,
    KEYWAY_HAS_REUSE_PORT,    KEYWAY_HAS_EXCLUSIVE_ADDRESS, KEYWAY_HAS_NON_BLOCKING_QUERY, KEYWAY_HAS_UNIX_DATAGRAM,
    KEYWAY_HAS_UNIX_SEQPACKET};
static_assert([] {
    for (const int one : has_macros)
        if (one != 0 && one != 1) return false;
    return true;
}());

}  // namespace
