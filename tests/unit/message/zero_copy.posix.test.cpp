// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/zero_copy.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

/// Whether the kernel supports it; if not, reports why.
template <class S>
bool has_zero_copy(const S& socket) {
    const auto sender = kw::zero_copy_sender<S>::open(socket);
    if (!sender) test::skipped("zero-copy sends", test::message_of(sender.error()));
    return sender.has_value();
}

TEST_CASE_TEMPLATE("a stream arrives unchanged, and each send becomes free", T, kw::tcp4, kw::tcp6, kw::tcp) {
    if (!test::has_family<T>()) return;
    const test::bounded watch;
    const auto ends = test::connect_ends<T>();
    if (!has_zero_copy(ends.client)) return;
    auto sender = must(kw::zero_copy_sender<typename T::connection>::open(ends.client));
    const auto data = net::random_bytes(3'000'000, 7);
    std::vector<std::byte> arrived(data.size());
    std::thread reader([&] { must(ends.server.recv_exact(arrived, long_time)); });
    std::vector<kw::zero_copy_ticket> tickets;
    std::size_t freed = 0;
    for (std::size_t done = 0; done < data.size();) {
        const auto piece = std::span(data).subspan(done, std::min<std::size_t>(50'000, data.size() - done));
        tickets.push_back(must(sender.send(piece, long_time)));
        CHECK(tickets.back().number == tickets.size() - 1);
        done += tickets.back().size;
        freed += must(sender.collect()).freed;
    }
    reader.join();
    while (sender.pending() > 0) freed += must(sender.collect(long_time)).freed;
    CHECK(freed == tickets.size());
    for (const auto& each : tickets) CHECK(sender.is_free(each));
    CHECK(arrived == data);
    CHECK(must(sender.collect(long_time)).freed == 0);  // nothing is pending, so it does not wait
}

TEST_CASE_FIXTURE(test::bounded, "data that stays on this machine is copied after all, and freed once it is read") {
    const auto ends = test::connect_ends<kw::tcp4>();
    if (!has_zero_copy(ends.client)) return;
    auto sender = must(kw::zero_copy_sender<kw::tcp4::connection>::open(ends.client));
    CHECK(must(sender.collect()).freed == 0);
    std::vector<std::byte> data(100'000);
    const auto ticket = must(sender.send(data, long_time));
    CHECK(sender.pending() == 1);
    std::vector<std::byte> buffer(ticket.size);
    must(ends.server.recv_exact(buffer, long_time));
    const auto report = must(sender.collect(long_time));
    CHECK(report.freed == 1);
    CHECK(report.copied == 1);
    CHECK(sender.is_free(ticket));
    CHECK(sender.pending() == 0);
    CHECK(failure(sender.send({})) == errc::invalid_argument);
    CHECK(sender.pending() == 0);
}

TEST_CASE_TEMPLATE("datagrams with and without a peer", T, kw::udp4, kw::udp6) {
    if (!test::has_family<T>()) return;
    const test::bounded watch;
    const auto there = must(T::bind(net::any_loopback_port<T>()));
    const auto to = must(there.local_endpoint());
    const auto here = must(T::bind(net::any_loopback_port<T>()));
    if (!has_zero_copy(here)) return;
    auto sender = must(kw::zero_copy_sender<typename T::socket>::open(here));
    const auto data = net::random_bytes(20'000, 8);
    std::vector<std::byte> buffer(data.size());
    for (int i = 0; i < 10; ++i) {
        const auto ticket = must(sender.send_to(data, to));
        CHECK(ticket.size == data.size());
        CHECK(std::ranges::equal(must(there.recv_from(buffer, long_time)).data, data));
        while (!sender.is_free(ticket)) must(sender.collect(long_time));
    }
    const auto connection = must(T::connect(to));
    auto connected = must(kw::zero_copy_sender<typename T::connection>::open(connection));
    const auto ticket = must(connected.send(data));
    must(there.recv_from(buffer, long_time));
    while (!connected.is_free(ticket)) must(connected.collect(long_time));
    CHECK(connected.pending() == 0);
}

TEST_CASE_FIXTURE(test::bounded, "pending sends are limited, and numbered on from there") {
    const auto there = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto to = must(there.local_endpoint());
    const auto here = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    if (!has_zero_copy(here)) return;
    using sender_type = kw::zero_copy_sender<kw::udp4::socket>;
    auto sender = must(sender_type::open(here));
    const std::array<std::byte, 1> byte{};
    std::size_t sent = 0;
    auto ticket = sender.send_to(byte, to);
    for (; ticket; ticket = sender.send_to(byte, to)) ++sent;
    // The kernel's limit on option memory, or ours.
    CHECK(ticket.error() == errc::no_buffer_space);
    CHECK(ticket.error().operation() == kw::operation::send_to);
    CHECK(sent <= sender_type::max_pending);
    CHECK(sender.pending() == sent);
    std::size_t freed = 0;
    while (sender.pending() > 0) {
        while (there.recv_from(kw::mutable_bytes(), 0s)) {}
        freed += must(sender.collect(long_time)).freed;
    }
    CHECK(freed == sent);
    CHECK(must(sender.send_to(byte, to)).number == sent);
}

TEST_CASE_FIXTURE(test::bounded, "a sender made from a view") {
    const auto ends = test::connect_ends<kw::tcp4>();
    if (!has_zero_copy(ends.client)) return;
    using view = kw::tcp4::connection_view;
    auto sender = must(kw::zero_copy_sender<view>::open(ends.client));
    const auto ticket = must(sender.send("data", long_time));
    std::array<std::byte, 4> buffer{};
    must(ends.server.recv_exact(buffer, long_time));
    while (!sender.is_free(ticket)) must(sender.collect(long_time));
}

template <class Sender, class Socket>
concept can_open = requires { Sender::open(std::declval<Socket>()); };

static_assert(can_open<kw::zero_copy_sender<kw::tcp4::connection>, kw::tcp4::connection&>);
static_assert(!can_open<kw::zero_copy_sender<kw::tcp4::connection>, kw::tcp4::connection>);
static_assert(can_open<kw::zero_copy_sender<kw::tcp4::connection_view>, kw::tcp4::connection_view>);
static_assert(!can_open<kw::zero_copy_sender<kw::tcp4::connection_view>, kw::tcp4::connection>);

}  // namespace
