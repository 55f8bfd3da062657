// SPDX-License-Identifier: BSL-1.0
#include <keyway/listener.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>
#include <type_traits>
#include <vector>

#include <keyway/option/socket.hpp>

#include "support/loopback.hpp"
#include "support/refusals.hpp"

namespace kw = keyway;
using kw::errc;
using namespace std::chrono_literals;
using test::failure;
using test::must;

static_assert(sizeof(kw::tcp::listener) == sizeof(kw::handle::native_type) &&
              sizeof(kw::unix_stream::listener_view) == sizeof(kw::handle::native_type));
static_assert(!std::is_copy_constructible_v<kw::tcp::listener>);
static_assert(std::is_nothrow_move_constructible_v<kw::unix_stream::listener>);
static_assert(std::is_convertible_v<kw::tcp::listener&, kw::tcp::listener_view>);

// What a listener has not got.
static_assert(kw::can_accept<kw::tcp::listener> && kw::can_accept<kw::unix_stream::listener_view>);
static_assert(!kw::can_send<kw::tcp::listener> && !kw::can_recv<kw::tcp::listener>);
static_assert(!kw::can_connect<kw::tcp::listener> && !kw::can_listen<kw::tcp::listener>);

TEST_CASE_TEMPLATE("accept yields the connection and its peer", T, kw::tcp, kw::tcp4, kw::tcp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto listener = must(T::listen(net::any_loopback_port<T>()));
    const auto at = must(listener.local_endpoint());
    CHECK(at.port() != 0);
    const auto client = must(T::connect(at));
    auto [connection, peer] = must(listener.accept());
    CHECK(peer == must(client.local_endpoint()));
    CHECK(must(connection.peer_endpoint()) == peer);
    CHECK(must(connection.local_endpoint()) == at);
}

TEST_CASE_FIXTURE(test::bounded, "a non-blocking listener reports would_block, and its connections block") {
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    must(listener.set(kw::option::non_blocking{true}));
    const auto nobody = listener.accept();
    CHECK(failure(nobody) == errc::operation_would_block);
    CHECK(failure(nobody).operation() == kw::operation::accept);

    const auto client = must(kw::tcp::connect(must(listener.local_endpoint())));
    REQUIRE(test::readable(listener));
    const auto accepted = must(listener.accept());
    CHECK(test::blocks(accepted.connection));
    CHECK(failure(listener.accept()) == errc::operation_would_block);  // the listener stays as it was told to be
}

TEST_CASE_FIXTURE(test::bounded, "accept_non_blocking() makes connections that do not wait") {
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto first = must(kw::tcp::connect(must(listener.local_endpoint())));
    const auto second = must(kw::tcp::connect(must(listener.local_endpoint())));
    const auto at_once = must(listener.accept_non_blocking());
    const auto in_time = must(listener.accept_non_blocking(5s));
    CHECK(at_once.peer == must(first.local_endpoint()));
    CHECK(in_time.peer == must(second.local_endpoint()));
    std::array<std::byte, 8> buffer{};
    CHECK(failure(at_once.connection.recv(buffer)) == errc::operation_would_block);
    CHECK(failure(in_time.connection.recv(buffer)) == errc::operation_would_block);
    CHECK(failure(listener.accept_non_blocking(0s)) == errc::limit_reached);
}

TEST_CASE_FIXTURE(test::bounded, "eight threads accept, each connection goes to one, and more connections end them") {
    constexpr std::uint32_t total = 2'000;
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto at = must(listener.local_endpoint());
    std::vector<std::atomic<int>> seen(total);
    std::atomic<std::uint32_t> next{0};
    std::atomic<int> failures{0};
    std::atomic<bool> over{false};
    using number = std::array<std::byte, sizeof(std::uint32_t)>;

    // Who accepts resets, so that thousands of connections leave no TIME_WAIT behind.
    const auto serve = [&] {
        for (;;) {
            auto accepted = listener.accept();
            if (over) break;
            if (!accepted) {
                // wine wakes more threads than there are connections.
                if (test::under_wine() && accepted.error().would_block()) continue;
                ++failures;
                break;
            }
            number bytes{};
            std::uint32_t n = total;
            if (accepted->connection.recv_exact(bytes)) std::memcpy(&n, bytes.data(), bytes.size());
            if (n < total) ++seen[n];
            else ++failures;
            if (!std::move(accepted->connection).reset()) ++failures;
        }
    };
    const auto ask = [&] {
        for (std::uint32_t n; (n = next++) < total;) {
            number bytes{};
            std::memcpy(bytes.data(), &n, bytes.size());
            const auto connection = kw::tcp::connect(at);
            if (!connection || !connection->send_all(bytes)) {
                ++failures;
                continue;
            }
            const auto end = connection->recv(bytes);  // a reset, which wine may tell as an end
            if (end && !end->empty()) ++failures;
        }
    };
    std::vector<std::thread> servers, clients;
    for (int i = 0; i < 8; ++i) servers.emplace_back(serve);
    for (int i = 0; i < 4; ++i) clients.emplace_back(ask);
    for (auto& thread : clients) thread.join();
    over = true;
    for (int i = 0; i < 8; ++i)
        if (!kw::tcp::connect(at)) ++failures;
    for (auto& thread : servers) thread.join();

    CHECK(failures == 0);
    std::size_t once = 0;
    for (const auto& count : seen) once += count == 1 ? 1U : 0U;
    CHECK(once == total);
}

TEST_CASE_TEMPLATE("a listener has its port to itself", T, kw::tcp, kw::tcp4, kw::tcp6) {
    const test::bounded watch;
    if (!test::has_family<T>()) return;
    const auto first = must(T::listen(net::any_loopback_port<T>()));
    const auto at = must(first.local_endpoint());
    CHECK(failure(T::listen(at)) == errc::address_in_use);
    // Not even one that wants to share: on Windows it would get the connections otherwise.
    const auto shared = failure(T::listen(at, {.reuse_address = true}));
    CHECK((shared == errc::address_in_use || shared == errc::permission_denied));
    const auto client = must(T::connect(at));
    CHECK(must(first.accept()).peer == must(client.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "no child process inherits a listener, what it accepts, or a copy of either") {
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto client = must(kw::tcp::connect(must(listener.local_endpoint())));
    const auto accepted = must(listener.accept()).connection;
    const auto listener_copy = must(listener.duplicate());
    const auto accepted_copy = must(accepted.duplicate());
    CHECK(test::closes_on_exec(listener));
    CHECK(test::closes_on_exec(client));
    CHECK(test::closes_on_exec(accepted));
    CHECK(test::closes_on_exec(listener_copy));
    CHECK(test::closes_on_exec(accepted_copy));
}

TEST_CASE_FIXTURE(test::bounded, "a duplicate accepts from the same queue, and outlives the first") {
    auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto at = must(listener.local_endpoint());
    const kw::tcp::listener copy = must(listener.duplicate());
    CHECK(test::closes_on_exec(copy));
    must(listener.close());
    const auto client = must(kw::tcp::connect(at));
    CHECK(must(copy.accept()).peer == must(client.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "a view accepts, and closes nothing") {
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto client = must(kw::tcp::connect(must(listener.local_endpoint())));
    {
        const kw::tcp::listener_view view = listener;
        CHECK(must(view.accept()).peer == must(client.local_endpoint()));
    }
    CHECK(must(listener.get<kw::option::accepting>()));
}

TEST_CASE_FIXTURE(test::bounded, "adopt() accepts what release() returned") {
    auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto at = must(listener.local_endpoint());
    auto adopted = must(kw::tcp::listener::adopt(listener.release()));
    CHECK_FALSE(listener.is_open());
    CHECK(must(adopted.local_endpoint()) == at);
    const auto unchecked = kw::tcp::listener::adopt_unchecked(adopted.release());
    CHECK(must(unchecked.local_endpoint()) == at);
}

TEST_CASE_FIXTURE(test::bounded,
                  "adopt refuses a descriptor of another kind of listener, and leaves it open with the caller") {
    const auto ends = test::connect_ends();
    const auto listening = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto bound = must(kw::tcp4::bind(net::any_loopback_port<kw::tcp4>()));
    const auto datagrams = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const test::no_socket file;

    const auto refused = [](auto adopt, const auto& what) {
        const auto outcome = adopt(what.native_handle());
        CHECK(test::is_open(what));
        CHECK((outcome || failure(outcome).operation() == kw::operation::adopt));
        return failure(outcome);
    };
    const auto tcp4 = [](auto native) { return kw::tcp4::listener::adopt(native); };
    const auto tcp6 = [](auto native) { return kw::tcp6::listener::adopt(native); };
    const auto tcp = [](auto native) { return kw::tcp::listener::adopt(native); };
    const auto unix_stream = [](auto native) { return kw::unix_stream::listener::adopt(native); };
    CHECK(refused(tcp4, bound) == errc::wrong_kind);
    CHECK(refused(tcp4, ends.client) == errc::wrong_kind);
    CHECK(refused(tcp6, listening) == errc::wrong_kind);
    CHECK(refused(tcp4, datagrams) == errc::wrong_kind);
    CHECK(refused(tcp, datagrams) == errc::wrong_kind);
    CHECK(refused(unix_stream, listening) == errc::wrong_kind);
    CHECK(refused(tcp4, file) == errc::not_a_socket);
    CHECK(failure(kw::tcp::listener::adopt(kw::handle::invalid)) == test::bad_handle_error);
}

TEST_CASE_FIXTURE(test::bounded, "accept on a socket that never listened fails and does not go on trying") {
    const auto bound = must(kw::tcp4::bind(net::any_loopback_port<kw::tcp4>()));
    CHECK(failure(kw::tcp4::listener_view::borrow(bound.native_handle()).accept()) == errc::invalid_argument);
    const auto datagrams = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    CHECK(failure(kw::tcp4::listener_view::borrow(datagrams.native_handle()).accept()) ==
          errc::operation_not_supported);
}

TEST_CASE_FIXTURE(test::bounded, "every operation on a listener without a descriptor is an error of the handle") {
    kw::tcp::listener never;
    test::check_listener_refused(never);
    auto closed = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    must(closed.close());
    test::check_listener_refused(closed);
    auto source = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const kw::tcp::listener owner = std::move(source);
    test::check_listener_refused(source);
    CHECK(owner.is_open());
}
