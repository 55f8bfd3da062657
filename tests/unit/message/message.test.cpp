// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/message.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <span>
#include <thread>
#include <utility>

#include <keyway/canceller.hpp>
#include <keyway/message/control/ip.hpp>
#include <keyway/message/control/packet_info.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
namespace control = kw::control;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

TEST_CASE_TEMPLATE("without control messages the calls do what send_to() and recv_from() do", T, kw::udp4, kw::udp6,
                   kw::udp) {
    if (!test::has_family<T>()) return;
    const test::bounded watch;
    const auto a = must(T::bind(net::any_loopback_port<T>()));
    const auto b = must(T::bind(net::any_loopback_port<T>()));
    control::buffer<> nothing;
    std::array<std::byte, 4> buffer{};
    CHECK(must(kw::send_message(a, "four", control::list<>(), must(b.local_endpoint()))) == 4);
    auto got = must(kw::recv_message(b, buffer, nothing));
    CHECK(got.data.size() == 4);
    CHECK(got.length == 4);
    CHECK_FALSE(got.truncated);
    CHECK_FALSE(got.control_truncated);
    CHECK(got.sender == must(a.local_endpoint()));
    CHECK(test::text(buffer) == "four");

    must(kw::send_message(a, kw::gather("in ", "pieces"), control::list<>(), must(b.local_endpoint()), long_time));
    std::array<std::byte, 2> front{};
    const auto spread = must(kw::recv_message(b, kw::scatter(front, buffer), nothing, long_time));
    CHECK(spread.data == 6);
    CHECK(spread.length == test::told_length(9, 6));
    CHECK(spread.truncated);
    CHECK(test::text(front) + test::text(buffer) == "in pie");

    must(kw::send_message(a, "", control::list<>(), must(b.local_endpoint())));
    got = must(kw::recv_message(b, buffer, nothing, long_time));
    CHECK(got.data.size() == 0);
    CHECK(got.sender == must(a.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "limits: a duration, a canceller, and a non-blocking socket") {
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    control::buffer<> nothing;
    std::array<std::byte, 4> buffer{};
    CHECK(failure(kw::recv_message(socket, buffer, nothing, 1ms)).timed_out());
    CHECK(failure(kw::recv_message(socket, buffer, nothing, 1ms)).operation() == kw::operation::recv_message);
    const auto stop = must(kw::canceller::open());
    std::thread other([&, self = test::this_thread_number()] {
        test::wait_until_asleep(self);
        must(stop.cancel());
    });
    CHECK(failure(kw::recv_message(socket, buffer, nothing, stop)) == errc::operation_canceled);
    other.join();
    must(socket.set(kw::option::non_blocking{true}));
    CHECK(failure(kw::recv_message(socket, buffer, nothing)).would_block());
}

TEST_CASE_FIXTURE(test::bounded, "control messages for which there is no space are lost and reported; data is not") {
    if (test::skipped_under_emulator("control messages for which there is no space")) return;
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    control::buffer<control::packet_info, control::hop_limit> all;
    must(all.request(socket));
    control::buffer<control::hop_limit> little;
    control::buffer<> none;
    std::array<std::byte, 4> buffer{};
    const auto self = must(socket.local_endpoint());
    for (int i = 0; i < 3; ++i) must(socket.send_to("data", self));

    auto got = must(kw::recv_message(socket, buffer, none));
    CHECK(got.control_truncated);
    CHECK(got.data.size() == 4);
    got = must(kw::recv_message(socket, buffer, little));
    CHECK(got.control_truncated);
    got = must(kw::recv_message(socket, buffer, all));
    CHECK_FALSE(got.control_truncated);
    CHECK(all.get<control::packet_info>());
    CHECK(all.get<control::hop_limit>());
}

TEST_CASE_FIXTURE(test::bounded, "the result has the fields of a message, and the filled part of the buffer") {
    const auto a = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto b = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    control::buffer<> items;
    std::array<std::byte, 8> buffer{};
    must(a.send_to("four", must(b.local_endpoint())));
    {
        const auto [data, sender, truncated, length, control_truncated] =
            must(kw::recv_message(kw::udp4::socket_view(b), buffer, items, long_time));
        CHECK(data.data() == buffer.data());
        CHECK(test::text(data) == "four");
        CHECK(sender == must(a.local_endpoint()));
        CHECK_FALSE(truncated);
        CHECK(length == 4);
        CHECK_FALSE(control_truncated);
    }
    const auto connection = must(kw::udp4::connect(must(b.local_endpoint())));
    must(b.send_to("again", must(connection.local_endpoint())));
    const auto [data, truncated, length, control_truncated] =
        must(kw::recv_message(connection, kw::scatter(buffer), items, long_time));
    CHECK(data == 5);
    CHECK_FALSE(truncated);
    CHECK(length == 5);
    CHECK_FALSE(control_truncated);
}

using socket = kw::udp4::socket;
using connection = kw::udp4::connection;
using span = std::span<std::byte>;
template <class S, class Buffer, class... Limit>
using received =
    typename decltype(kw::recv_message(std::declval<const S&>(), std::declval<Buffer>(),
                                       std::declval<control::any_buffer&>(), std::declval<Limit>()...))::value_type;
static_assert(std::same_as<received<socket, span>, kw::message_from<span, kw::udp4::endpoint, true>>);
static_assert(std::same_as<received<connection, span, kw::limit>, kw::message<span, true>>);
static_assert(std::same_as<received<kw::tcp4::connection, span>, kw::message<span, true>>);
static_assert(std::same_as<received<socket, std::span<const kw::mutable_buffer>, kw::deadline>,
                           kw::message_from<std::size_t, kw::udp4::endpoint, true>>);

}  // namespace
