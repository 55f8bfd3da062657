// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/control/timestamp.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <keyway/message/message.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
namespace control = kw::control;
using namespace std::chrono_literals;
using test::must;

constexpr auto long_time = 30s;

std::int64_t now() {
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

TEST_CASE_FIXTURE(test::bounded, "the kernel reports the arrival time of a message") {
    if (test::skipped_under_emulator("times and counts")) return;
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    control::buffer<control::timestamp> extra;
    must(extra.request(socket));
    const auto self = must(socket.local_endpoint());
    std::array<char, 4> buffer{};
    for (int i = 0; i < 3; ++i) {
        const auto before = now();
        must(socket.send_to("x", self));
        const auto after = now();
        must(kw::recv_message(socket, buffer, extra, long_time));
        const auto time = extra.get<control::timestamp>();
        REQUIRE(time);
        CHECK(time->nanoseconds >= before);
        CHECK(time->nanoseconds <= after + 1'000'000'000);
    }
}

TEST_CASE_FIXTURE(test::bounded, "the loopback interface has no hardware clock") {
    if (test::skipped_under_emulator("times and counts")) return;
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    control::buffer<control::timestamps> extra;
    must(extra.request(socket));
    std::array<char, 4> buffer{};
    const auto before = now();
    std::optional<control::timestamps> times;
    while (!times) {  // the kernel starts its clock with a short delay
        must(socket.send_to("x", must(socket.local_endpoint())));
        must(kw::recv_message(socket, buffer, extra, long_time));
        times = extra.get<control::timestamps>();
    }
    CHECK(times->software >= before);
    CHECK(times->hardware == 0);
}

TEST_CASE_FIXTURE(test::bounded, "messages dropped from a full queue are counted") {
    if (test::skipped_under_emulator("times and counts")) return;
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    must(socket.set(kw::option::receive_buffer{4096}));
    control::buffer<control::drop_count> extra;
    must(extra.request(socket));
    const auto self = must(socket.local_endpoint());
    const std::array<char, 512> data{};
    constexpr std::uint32_t sent = 100;
    for (std::uint32_t i = 0; i < sent; ++i) must(socket.send_to(data, self));
    std::array<char, 512> buffer{};
    std::uint32_t got = 0;
    std::uint32_t dropped = 0;
    const auto receive_all = [&] {
        while (kw::recv_message(socket, buffer, extra, 0s)) {
            ++got;
            if (const auto count = extra.get<control::drop_count>()) dropped = count->value;
        }
    };
    receive_all();
    must(socket.send_to(data, self));  // reports those dropped before
    receive_all();
    CHECK(got < sent);
    CHECK(got + dropped == sent + 1);
}

TEST_CASE("times of both widths are decoded, and no others") {
    const auto read = []<class Field>(std::vector<Field> fields) {
        const std::span<const Field> all(fields);
        return control::timestamp::decode({SOL_SOCKET, SO_TIMESTAMPNS, std::as_bytes(all)});
    };
    CHECK(read(std::vector<std::int64_t>{5'000'000'000, 7})->nanoseconds == 5'000'000'000'000'000'007);
    CHECK(read(std::vector<std::int32_t>{2, 3})->nanoseconds == 2'000'000'003);
    CHECK_FALSE(read(std::vector<std::int32_t>{2, 3, 4}));
    CHECK_FALSE(read(std::vector<std::int64_t>{}));
}

}  // namespace
