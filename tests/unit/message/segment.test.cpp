// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/segment.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

template <class T>
struct split_and_joined : test::bounded {
    typename T::socket here = must(T::bind(net::any_loopback_port<T>()));
    typename T::socket there = must(T::bind(net::any_loopback_port<T>()));
    typename T::endpoint to = must(there.local_endpoint());
    kw::segment_sender<typename T::socket> sender{here};

    split_and_joined() { must(there.set(kw::option::receive_buffer{1 << 22})); }

    /// Receives `data` in datagrams of `size` bytes, one by one.
    void check_arrival(std::span<const std::byte> data, std::size_t size) const {
        std::vector<std::byte> buffer(65536);
        std::size_t done = 0;
        do {
            const auto got = must(there.recv_from(buffer, long_time));
            const auto expected = data.subspan(done, std::min(size, data.size() - done));
            REQUIRE(std::ranges::equal(got.data, expected));
            CHECK(got.sender == must(here.local_endpoint()));
            done += got.data.size();
        } while (done < data.size());
    }
};

TEST_CASE_TEMPLATE("the same datagrams arrive with and without the kernel splitting them", T, kw::udp4, kw::udp6,
                   kw::udp) {
    if (!test::has_family<T>() || test::skipped_under_emulator("datagrams that the kernel splits")) return;
    split_and_joined<T> c;
    const auto data = net::random_bytes(100'000, 5);
    const std::span<const std::byte> all(data);
    struct row {
        std::size_t length;
        std::uint16_t size;
    };
    for (const row& one : {row{0, 1200}, row{1, 1200}, row{1200, 1200}, row{1201, 1200}, row{3600, 1200}, row{100, 1},
                           row{70'000, 1400}, row{100'000, 32'000}, row{60'000, 60'000}}) {
        CAPTURE(one.length);
        CAPTURE(one.size);
        CHECK(must(c.sender.send(all.first(one.length), one.size, c.to)) == one.length);
        c.check_arrival(all.first(one.length), one.size);
    }
}

TEST_CASE("a datagram that is too long fails with message_size, a size of 0 with invalid_argument") {
    split_and_joined<kw::udp4> c;
    const std::vector<std::byte> data(70'000);
    const auto failed = c.sender.send(data, 65'535, c.to);
    REQUIRE_FALSE(failed);
    CHECK(failed.error() == errc::message_size);
    CHECK(failed.error().transferred == 0);
    CHECK(failure(c.sender.send(data, 0, c.to)) == errc::invalid_argument);
    CHECK(failure(c.there.recv_from(std::span<std::byte>(), 0s)).timed_out());
}

TEST_CASE_TEMPLATE("joined datagrams are received in one call, and are the ones that were sent", T, kw::udp4,
                   kw::udp6) {
    if (!test::has_family<T>() || test::skipped_under_emulator("datagrams that are joined")) return;
    split_and_joined<T> c;
    const auto asked = kw::join_segments(c.there);
    if (!asked) CHECK((asked.error() == errc::no_protocol_option || asked.error() == errc::invalid_argument));
    const auto data = net::random_bytes(50'500, 6);
    must(c.sender.send(data, 1000, c.to));
    std::vector<std::byte> buffer(65536);
    std::vector<std::byte> arrived;
    std::size_t datagrams = 0;
    std::size_t calls = 0;
    while (arrived.size() < data.size()) {
        const auto got = must(kw::recv_segments(c.there, buffer, long_time));
        CHECK(got.sender == must(c.here.local_endpoint()));
        CHECK_FALSE(got.truncated);
        for (const auto each : got.data) {
            CHECK(each.size() == (datagrams == 50 ? 500 : 1000));
            arrived.insert(arrived.end(), each.begin(), each.end());
            ++datagrams;
        }
        ++calls;
    }
    CHECK(arrived == data);
    CHECK(datagrams == 51);
    if (asked && c.sender.offloads()) CHECK(calls < datagrams);

    must(c.here.send_to("alone", c.to));
    const auto alone = must(kw::recv_segments(c.there, buffer, long_time));
    CHECK(alone.data.size() == 1);
    CHECK(test::text(alone.data.bytes()) == "alone");
    must(c.here.send_to("", c.to));
    CHECK(must(kw::recv_segments(c.there, buffer, long_time)).data[0].empty());
    must(c.here.send_to("longer", c.to));
    const auto cut = must(kw::recv_segments(c.there, std::span(buffer).first(4), long_time));
    CHECK(cut.truncated);
    CHECK(test::text(cut.data.bytes()) == "long");
    CHECK(failure(kw::recv_segments(c.there, buffer, 1ms)).timed_out());
}

TEST_CASE("a sender made from a view, and the fields of what it receives") {
    split_and_joined<kw::udp4> c;
    const kw::udp4::socket_view view = c.here;
    kw::segment_sender by_view(view);
    CHECK(must(by_view.send("segment", 100, c.to, long_time)) == 7);
    std::vector<std::byte> buffer(65536);
    const auto [data, sender, truncated, length] = must(kw::recv_segments(c.there, buffer, long_time));
    CHECK(data.size() == 1);
    CHECK(test::text(data.bytes()) == "segment");
    CHECK(sender == must(c.here.local_endpoint()));
    CHECK_FALSE(truncated);
    CHECK(length == 7);
}

using sender4 = kw::segment_sender<kw::udp4::socket>;
static_assert(std::is_constructible_v<sender4, const kw::udp4::socket&>);
static_assert(!std::is_constructible_v<sender4, kw::udp4::socket> &&
              !std::is_constructible_v<sender4, const kw::udp4::socket>);
static_assert(std::is_constructible_v<kw::segment_sender<kw::udp4::socket_view>, kw::udp4::socket_view>);

TEST_CASE_TEMPLATE("a connected socket sends to its peer, and receives what was joined", T, kw::udp4, kw::udp6,
                   kw::udp) {
    if (!test::has_family<T>() || test::skipped_under_emulator("datagrams that the kernel splits")) return;
    split_and_joined<T> c;
    const auto connected = must(T::connect(c.to));
    const auto answering = must(std::move(c.there).connect(must(connected.local_endpoint())));
    static_cast<void>(kw::join_segments(answering));  // where it is refused, they arrive one by one
    kw::segment_sender sender(connected);
    const auto data = net::random_bytes(50'500, 7);
    CHECK(must(sender.send(data, 1000)) == data.size());
    std::vector<std::byte> buffer(65536);
    std::vector<std::byte> arrived;
    while (arrived.size() < data.size()) {
        const auto got = must(kw::recv_segments(answering, buffer, long_time));
        CHECK_FALSE(got.truncated);
        for (const auto each : got.data) {
            CHECK(each.size() == (arrived.size() == 50'000 ? 500 : 1000));
            arrived.insert(arrived.end(), each.begin(), each.end());
        }
    }
    CHECK(arrived == data);
    CHECK(failure(sender.send(data, 0, 5s)) == errc::invalid_argument);
}

}  // namespace
