// SPDX-License-Identifier: BSL-1.0
#include <keyway/segment.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

static_assert(std::input_iterator<kw::segments<std::byte>::iterator>);

TEST_CASE("bytes are cut into datagrams of one size, the last of which may be shorter") {
    std::array<std::byte, 10> bytes{};
    const auto sizes = [&](std::size_t length, std::size_t size) {
        std::vector<std::size_t> all;
        const kw::segments<std::byte> cut{std::span(bytes).first(length), size};
        for (const auto each : cut) {
            CHECK(each.data() == bytes.data() + all.size() * size);
            all.push_back(each.size());
        }
        CHECK(all.size() == cut.size());
        CHECK(cut.bytes().size() == length);
        return all;
    };
    using list = std::vector<std::size_t>;
    CHECK(sizes(10, 3) == list{3, 3, 3, 1});
    CHECK(sizes(10, 5) == list{5, 5});
    CHECK(sizes(10, 10) == list{10});
    CHECK(sizes(10, 11) == list{10});
    CHECK(sizes(10, 0) == list{10});
    CHECK(sizes(1, 1) == list{1});
    CHECK(sizes(0, 3) == list{0});
    CHECK(sizes(0, 0) == list{0});
}

TEST_CASE("places among datagrams are equal where they are the same") {
    std::array<std::byte, 10> bytes{};
    const kw::segments<std::byte> cut{bytes, 3};
    auto place = cut.begin();
    CHECK(place++ == cut.begin());
    CHECK(place != cut.begin());
    CHECK(place != cut.end());
    CHECK(place == std::next(cut.begin()));
    CHECK(std::next(place, 3) == cut.end());
}

template <class T>
struct cut_and_joined : test::bounded {
    typename T::socket here = must(T::bind(net::any_loopback_port<T>()));
    typename T::socket there = must(T::bind(net::any_loopback_port<T>()));
    typename T::endpoint to = must(there.local_endpoint());
    kw::segment_sender<typename T::socket> sender{here};

    cut_and_joined() { must(there.set(kw::option::receive_buffer{1 << 22})); }

    /// The sizes of the next datagrams, one by one, whose bytes are `data`.
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

TEST_CASE_TEMPLATE("52: whoever cuts them, the same datagrams arrive", T, kw::udp4, kw::udp6, kw::udp) {
    if (!test::has_family<T>() || test::skipped_under_emulator("datagrams that the kernel cuts")) return;
    cut_and_joined<T> c;
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

TEST_CASE("a datagram that is too long is an error of its own, after whole ones") {
    cut_and_joined<kw::udp4> c;
    const std::vector<std::byte> data(70'000);
    const auto failed = c.sender.send(data, 65'535, c.to);
    REQUIRE_FALSE(failed);
    CHECK(failed.error() == errc::message_too_long);
    CHECK(failed.error().transferred == 0);
    CHECK(failure(c.sender.send(data, 0, c.to)) == errc::invalid_argument);
    CHECK(failure(c.there.recv_from(std::span<std::byte>(), 0s)).timed_out());
}

TEST_CASE_TEMPLATE("52: what comes together comes in one piece, and is the same", T, kw::udp4, kw::udp6) {
    if (!test::has_family<T>() || test::skipped_under_emulator("datagrams that are joined")) return;
    cut_and_joined<T> c;
    const auto asked = kw::join_segments(c.there);
    if (!asked) CHECK((asked.error() == errc::no_such_option || asked.error() == errc::invalid_argument));
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
        for (const auto each : got.datagrams) {
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
    CHECK(alone.datagrams.size() == 1);
    CHECK(test::text(alone.datagrams.bytes()) == "alone");
    must(c.here.send_to("", c.to));
    CHECK(must(kw::recv_segments(c.there, buffer, long_time)).datagrams[0].empty());
    must(c.here.send_to("longer", c.to));
    const auto cut = must(kw::recv_segments(c.there, std::span(buffer).first(4), long_time));
    CHECK(cut.truncated);
    CHECK(test::text(cut.datagrams.bytes()) == "long");
    CHECK(failure(kw::recv_segments(c.there, buffer, 1ms)).timed_out());
}

}  // namespace
