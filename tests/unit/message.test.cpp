// SPDX-License-Identifier: BSL-1.0
#include <keyway/message.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <thread>

#include <keyway/canceller.hpp>
#include <keyway/control/ip.hpp>
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

TEST_CASE_TEMPLATE("a message with nothing beside it is as by send_to and recv_from", T, kw::udp4, kw::udp6, kw::udp) {
    if (!test::has_family<T>()) return;
    const test::bounded watch;
    const auto a = must(T::bind(net::any_loopback_port<T>()));
    const auto b = must(T::bind(net::any_loopback_port<T>()));
    control::buffer<> nothing;
    std::array<std::byte, 4> buffer{};
    CHECK(must(kw::send_message(a, "four", must(b.local_endpoint()), control::list<>())) == 4);
    auto got = must(kw::recv_message(b, buffer, nothing));
    CHECK(got.size == 4);
    CHECK(got.length == 4);
    CHECK_FALSE(got.truncated);
    CHECK_FALSE(got.control_truncated);
    CHECK(got.sender == must(a.local_endpoint()));
    CHECK(test::text(buffer) == "four");

    must(kw::send_message(a, kw::gather("in ", "pieces"), must(b.local_endpoint()), control::list<>(), long_time));
    std::array<std::byte, 2> front{};
    got = must(kw::recv_message(b, kw::scatter(front, buffer), nothing, long_time));
    CHECK(got.size == 6);
    CHECK(got.length == test::told_length(9, 6));
    CHECK(got.truncated);
    CHECK(test::text(front) + test::text(buffer) == "in pie");

    must(kw::send_message(a, "", must(b.local_endpoint()), control::list<>()));
    got = must(kw::recv_message(b, buffer, nothing, long_time));
    CHECK(got.size == 0);
    CHECK(got.sender == must(a.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "limits: time, a cancel, and a socket that does not block") {
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

TEST_CASE_FIXTURE(test::bounded, "control messages for which there is no room are lost, and it is said; no data is") {
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
    CHECK(got.size == 4);
    got = must(kw::recv_message(socket, buffer, little));
    CHECK(got.control_truncated);
    got = must(kw::recv_message(socket, buffer, all));
    CHECK_FALSE(got.control_truncated);
    CHECK(all.get<control::packet_info>());
    CHECK(all.get<control::hop_limit>());
}

}  // namespace
