// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_REFUSALS_HPP
#define KEYWAY_TESTS_SUPPORT_REFUSALS_HPP

// Checks that every operation of a socket, listener or connection without a descriptor fails with the right error.

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <utility>

#include <keyway/transport.hpp>

#include <keyway/option/socket.hpp>

#include "support/loopback.hpp"
#include "support/round_trip.hpp"

namespace test {

/// The common operations of all three.
template <class View>
void check_view_refused(View& none) {
    CHECK_FALSE(none.is_open());
    CHECK(failure(none.local_endpoint()) == bad_handle_error);
    CHECK(failure(none.duplicate()) == bad_handle_error);
    CHECK(failure(none.set(kw::option::receive_buffer{4096})) == bad_handle_error);
    CHECK(failure(none.template get<kw::option::receive_buffer>()) == bad_handle_error);
    CHECK(failure(none.template get<kw::option::accepting>()) == bad_handle_error);
    CHECK(failure(none.set(kw::option::non_blocking{true})) == bad_handle_error);
    if constexpr (can_get<View, kw::option::non_blocking>)
        CHECK(failure(none.template get<kw::option::non_blocking>()) == bad_handle_error);
}

/// Call this last: there is nothing to close, and no system call is made.
template <class Owner>
void check_owner_empty(Owner& none) {
    CHECK(failure(none.close()) == kw::errc::bad_file_descriptor);
    CHECK(none.release() == kw::handle::invalid);
}

template <class Socket>
void check_socket_refused(Socket& none, const typename Socket::endpoint& somewhere) {
    check_view_refused(none);
    std::array<std::byte, 4> buffer;
    CHECK(failure(none.bind(somewhere)) == bad_handle_error);
    if constexpr (kw::can_send_to<Socket>) {
        CHECK(failure(none.send_to("x", somewhere)) == bad_handle_error);
        CHECK(failure(none.send_to(kw::gather("x"), somewhere)) == bad_handle_error);
        CHECK(failure(none.recv_from(buffer)) == bad_handle_error);
        CHECK(failure(none.recv_from(kw::scatter(buffer))) == bad_handle_error);
        CHECK(failure(none.peek_from(buffer)) == bad_handle_error);
        CHECK(failure(none.peek_from(kw::scatter(buffer))) == bad_handle_error);
    } else {
        CHECK(failure(std::move(none).listen()) == bad_handle_error);
    }
    CHECK(failure(std::move(none).connect(somewhere)) == bad_handle_error);
    check_owner_empty(none);
}

template <class Listener>
void check_listener_refused(Listener& none) {
    check_view_refused(none);
    CHECK(failure(none.accept()) == bad_handle_error);
    if constexpr (requires { none.shutdown(); }) CHECK(failure(none.shutdown()) == bad_handle_error);
    check_owner_empty(none);
}

template <class Connection>
void check_connection_refused(Connection& none) {
    check_view_refused(none);
    std::array<std::byte, 4> buffer;
    const auto pieces = kw::gather("x");
    const auto scattered = kw::scatter(buffer);
    CHECK(failure(none.send("x")) == bad_handle_error);
    CHECK(failure(none.send(pieces)) == bad_handle_error);
    CHECK(failure(none.recv(buffer)) == bad_handle_error);
    CHECK(failure(none.recv(scattered)) == bad_handle_error);
    CHECK(failure(none.peek(buffer)) == bad_handle_error);
    CHECK(failure(none.peek(scattered)) == bad_handle_error);
    CHECK(failure(none.shutdown_send()) == bad_handle_error);
    CHECK(failure(none.shutdown_receive()) == bad_handle_error);
    CHECK(failure(none.shutdown_both()) == bad_handle_error);
    CHECK(failure(none.peer_endpoint()) == bad_handle_error);
    if constexpr (kw::can_send_all<Connection>) {
        CHECK(failure(none.send_all("x")) == bad_handle_error);
        CHECK(failure(none.send_all(pieces)) == bad_handle_error);
        CHECK(failure(none.recv_exact(buffer)) == bad_handle_error);
        CHECK(failure(none.recv_exact(scattered)) == bad_handle_error);
    }
    if constexpr (requires { std::move(none).reset(); }) CHECK(failure(std::move(none).reset()) == bad_handle_error);
    if constexpr (requires { std::move(none).disconnect(); })
        CHECK(failure(std::move(none).disconnect()) == bad_handle_error);
    check_owner_empty(none);
}

}  // namespace test

#endif
