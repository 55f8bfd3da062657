// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CONCEPTS_HPP
#define KEYWAY_CONCEPTS_HPP

// The requirements that the library's templates make. To add a family, type, protocol or option of your own you need this
// header and no other: a tag is a plain struct, and nothing is registered or specialised.

#include <concepts>
#include <cstddef>
#include <type_traits>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

// ---- endpoints

/// `data()` points at a native socket address, for reading and for the kernel to write into.
template <class E>
concept has_address_data = requires(E e, const E& constant) {
    { constant.data() } -> std::convertible_to<const void*>;
    { e.data() } -> std::convertible_to<void*>;
};

/// `size()` is the length in use, in bytes; `capacity()` the largest length; `resize(n)` sets the length
/// that the kernel reported, and has to check it: it may be larger than the capacity.
template <class E>
concept has_address_size = requires(E e, const E& constant, std::size_t n) {
    { constant.size() } -> std::convertible_to<std::size_t>;
    { E::capacity() } -> std::convertible_to<std::size_t>;
    e.resize(n);
};

/// A socket address. Satisfied by: endpoint<ipv4>, any_endpoint. Not by: ipv4_address, std::string.
template <class E>
concept endpoint_type = std::is_default_constructible_v<E> && std::is_copy_constructible_v<E> &&
                        std::is_copy_assignable_v<E> && has_address_data<E> && has_address_size<E>;

// ---- address families

/// A constant `domain`, the first argument of socket(2); AF_UNSPEC if each endpoint has its own (`ip`).
template <class F>
concept has_domain = requires { int{F::domain}; };  // keyway: the first is an address family, such as kw::ipv4

template <class F>
concept has_endpoint_type = requires { typename F::endpoint; };

/// Satisfied by: ipv4, ipv6, ip, unix_domain. Not by: stream, int.
template <class F>
concept address_family = has_domain<F> && has_endpoint_type<F>;

/// The domain is known at compile time. AF_UNSPEC is 0 everywhere.
template <class F>
concept fixed_domain = has_domain<F> && F::domain != 0;

/// An optional constant of a family: its addresses are local to this machine.
template <class F>
concept local_family = requires { requires F::is_local; };

/// An optional constant of a family: IPv4, IPv6 or either.
template <class F>
concept internet_family = requires { requires F::is_internet; };

/// An optional constant of a family: socketpair(2) makes pairs of connected sockets.
template <class F>
concept pairable_family = requires { requires F::has_pairs; };

// ---- socket types

/// A constant `native`, the second argument of socket(2).
template <class T>
concept has_native_type = requires { int{T::native}; };  // keyway: the second is a socket type, such as kw::stream

template <class T>
concept declares_orientation = requires {
    bool{T::is_connection_oriented};  // keyway: a socket_type has a bool is_connection_oriented
    bool{T::is_message_oriented};     // keyway: and a bool is_message_oriented
};

/// Satisfied by: stream, datagram, seqpacket, raw. Not by: ipv4, int.
template <class T>
concept socket_type = has_native_type<T> && declares_orientation<T>;

/// Peers connect and are accepted: stream, seqpacket.
template <class T>
concept connection_oriented = socket_type<T> && T::is_connection_oriented;  // keyway: datagrams come by recv_from()
/// Each message may go to or come from another peer: datagram, raw.
template <class T>
concept connectionless = socket_type<T> && !T::is_connection_oriented;
/// The kernel preserves message boundaries: datagram, seqpacket, raw.
template <class T>
concept message_oriented = socket_type<T> && T::is_message_oriented;
/// Bytes without boundaries: stream.
template <class T>
concept byte_oriented = socket_type<T> && !T::is_message_oriented;

// ---- protocols

/// A constant `number`, the third argument of socket(2). Satisfied by: ipproto::tcp, no_protocol.
template <class P>
concept protocol_type = requires { int{P::number}; };  // keyway: a protocol has a number, as kw::ipproto::tcp has

/// An optional constant of a protocol: it has the options of TCP. Satisfied by: ipproto::tcp, ipproto::mptcp.
template <class P>
concept tcp_protocol = protocol_type<P> && requires { requires P::is_tcp; };

/// An optional constant of a protocol: it uses several paths at once, and the kernel offers fewer options for it.
template <class P>
concept multipath_protocol = protocol_type<P> && requires { requires P::is_multipath; };

/// A family that has a constant template `supports<Type, Protocol>` decides by it; the others accept all.
template <class F, class T, class P>
concept family_supports = !requires { F::template supports<T, P>; } || F::template supports<T, P>;

/// A protocol that has a constant template `fits<Family, Type>` decides by it; the others fit all.
template <class P, class F, class T>
concept protocol_fits =
    !requires { P::template fits<F, T>; } || P::template fits<F, T>;  // keyway: the protocol is of another type

/// A family, type and protocol that socket(2) can open together.
template <class F, class T, class P>
concept combination =
    address_family<F> && socket_type<T> && protocol_type<P> && family_supports<F, T, P> && protocol_fits<P, F, T>;

// ---- options

/// Constants `level` and `name`, the second and third argument of setsockopt(2).
template <class O>
concept has_level_and_name = requires {
    int{O::level};
    int{O::name};
};

/// Constants `name_v4` and `name_v6`, the option's names for IPv4 and for IPv6; the socket's family decides. The levels
/// are IPPROTO_IP and IPPROTO_IPV6 unless constants `level_v4` and `level_v6` say otherwise.
template <class O>
concept has_name_per_family = requires {
    int{O::name_v4};
    int{O::name_v6};
};

/// A static function `read(handle)` or `read(handle, domain)`: getsockopt(2) alone does not return the value.
template <class O>
concept reads_itself = requires { &O::read; };
/// A static function `write(handle, value)` or `write(handle, domain, value)`: setsockopt(2) alone does not set the value.
template <class O>
concept writes_itself = requires { &O::write; };

/// A `value` of type `value_type`: bool (an int in the kernel) or a trivially copyable type that the kernel knows.
template <class O>
concept has_option_value = requires(O option) {
    typename O::value_type;
    { static_cast<O&&>(option).value } -> std::convertible_to<typename O::value_type>;
};

/// Satisfied by: option::no_delay. The least that an option of your own needs is level, name, value_type and value.
template <class O>
concept socket_option =
    has_option_value<O> && (has_level_and_name<O> || has_name_per_family<O> || reads_itself<O> || writes_itself<O>);

/// An optional constant of an option: the value can be read, but not set.
template <class O>
concept read_only_option = socket_option<O> && requires { requires O::is_read_only; };

/// An optional constant of an option: the value can be set, but not read.
template <class O>
concept write_only_option = socket_option<O> && requires { requires O::is_write_only; };

/// The value can be read.
template <class O>
concept readable_option =
    socket_option<O> && (has_level_and_name<O> || has_name_per_family<O> || reads_itself<O>) && !write_only_option<O>;

/// Optional constants of an option whose value is a number: the smallest and the largest value that can be set.
template <class O>
concept bounded_option = socket_option<O> && requires(const typename O::value_type& value) {
    { value < O::least } -> std::convertible_to<bool>;
    { value > O::most } -> std::convertible_to<bool>;
};

/// An optional constant of an option with a name for each family: on an IPv6 socket both names are set, since IPv4-mapped
/// traffic obeys the one for IPv4.
template <class O>
concept covers_mapped_traffic = has_name_per_family<O> && requires { requires O::covers_mapped; };

/// An optional constant of an option: this system does not have it.
template <class O>
concept absent_option = requires { requires O::is_absent; };

/// An option that has a constant template `fits<Family, Type, Protocol>` decides by it; the others fit all.
template <class O, class F, class T, class P>
concept option_fits = !requires { O::template fits<F, T, P>; } || O::template fits<F, T, P>;

/// A socket of this family, type and protocol has the option, on this system.
template <class O, class F, class T, class P>
concept option_for = socket_option<O> && !absent_option<O> && option_fits<O, F, T, P>;

// ---- what a state of a socket can do; S is a socket, listener or connection, or a view of one

namespace detail {
using some_bytes = const std::byte (&)[1];
using a_buffer = std::byte (&)[1];

// An unavailable function (see KEYWAY_DELETE) can be called where clang looks at another such function.
template <class Result>
concept available = !std::same_as<Result, refused>;
}  // namespace detail

template <class S>
concept can_bind = requires(S s, const typename S::endpoint& at) {
    { s.bind(at) } -> detail::available;
};
template <class S>
concept can_listen = requires(S s) {
    { static_cast<S&&>(s).listen() } -> detail::available;
};
template <class S>
concept can_accept = requires(S s) {
    { s.accept() } -> detail::available;
};
template <class S>
concept can_connect = requires(S s, const typename S::endpoint& to) {
    { static_cast<S&&>(s).connect(to) } -> detail::available;
};
template <class S>
concept can_send = requires(S s, detail::some_bytes data) {
    { s.send(data) } -> detail::available;
};
template <class S>
concept can_send_all = requires(S s, detail::some_bytes data) {
    { s.send_all(data) } -> detail::available;
};
template <class S>
concept can_send_to = requires(S s, detail::some_bytes data, const typename S::endpoint& to) {
    { s.send_to(data, to) } -> detail::available;
};
template <class S>
concept can_recv = requires(S s, detail::a_buffer buffer) {
    { s.recv(buffer) } -> detail::available;
};
template <class S>
concept can_recv_exact = requires(S s, detail::a_buffer buffer) {
    { s.recv_exact(buffer) } -> detail::available;
};
template <class S>
concept can_recv_from = requires(S s, detail::a_buffer buffer) {
    { s.recv_from(buffer) } -> detail::available;
};
template <class S>
concept can_shutdown = requires(S s) {
    { s.shutdown_send() } -> detail::available;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
