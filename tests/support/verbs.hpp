// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_VERBS_HPP
#define KEYWAY_TESTS_SUPPORT_VERBS_HPP

// Concepts for all operations of a transport's socket, listener and connection.

#include <utility>

#include <keyway/transport.hpp>

namespace support {

namespace kw = keyway;

template <class S>
constexpr bool can_reset = requires(S s) { std::move(s).reset(); };
template <class S>
constexpr bool can_disconnect = requires(S s) { std::move(s).disconnect(); };
template <class T>
constexpr bool has_pair = requires { T::pair(); };
template <class T>
constexpr bool has_listen = requires(const typename T::endpoint& e) { T::listen(e); };

/// Whether socket, listener and connection have exactly the operations of a connection-oriented transport.
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

/// Whether socket and connection have exactly the operations of a connectionless transport.
template <class T>
constexpr bool is_connectionless_throughout =
    kw::can_bind<typename T::socket> && kw::can_connect<typename T::socket> && kw::can_send_to<typename T::socket> &&
    kw::can_recv_from<typename T::socket> && !kw::can_listen<typename T::socket> &&
    !kw::can_accept<typename T::socket> && !kw::can_send<typename T::socket> && !kw::can_recv<typename T::socket> &&
    kw::can_send<typename T::connection> && kw::can_recv<typename T::connection> &&
    !kw::can_send_to<typename T::connection> && !kw::can_recv_from<typename T::connection> &&
    !kw::can_send_all<typename T::connection> && !kw::can_recv_exact<typename T::connection> &&
    can_disconnect<typename T::connection> && !can_reset<typename T::connection> && !has_listen<T>;

}  // namespace support

#endif
