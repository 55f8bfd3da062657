// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/error_queue.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include <keyway/canceller.hpp>
#include <keyway/option/socket.hpp>
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
using asks_for_errors = kw::control::buffer<kw::control::queued_error>;

/// An endpoint that was bound a moment ago and is free again.
template <class T>
typename T::endpoint nobody_at(const typename T::endpoint::address_type& address) {
    auto gone = must(T::bind({address, 0}));
    return must(gone.local_endpoint());
}

TEST_CASE_TEMPLATE("an entry has the refused datagram, its destination and who reported it", T, kw::udp4, kw::udp6) {
    if (!test::has_family<T>()) return;
    const test::bounded watch;
    const auto loopback = T::endpoint::address_type::loopback();
    const auto nobody = nobody_at<T>(loopback);
    const auto socket = must(T::bind({loopback, 0}));
    must(asks_for_errors::request(socket));
    CHECK(must(socket.send_to("lost", nobody)) == 4);

    std::array<char, 64> buffer{};
    const auto failed = must(kw::recv_error(socket, buffer, long_time));
    CHECK(failed.cause.error == errc::connection_refused);
    CHECK(failed.cause.origin ==
          (T::family::domain == AF_INET6 ? kw::control::error_origin::icmpv6 : kw::control::error_origin::icmp));
    const bool is_v6 = T::family::domain == AF_INET6;
    CHECK(failed.cause.type == (is_v6 ? 1 : 3));  // destination unreachable,
    CHECK(failed.cause.code == (is_v6 ? 4 : 3));  // the port
    REQUIRE(failed.cause.offender);
    CHECK(*failed.cause.offender == kw::ip_address(loopback));
    CHECK(test::text(failed.data) == "lost");
    CHECK_FALSE(failed.truncated);
    CHECK(failed.to == nobody);
    const auto& [data, to, truncated, cause] = failed;
    CHECK(data.data() == static_cast<void*>(buffer.data()));
    CHECK(to == nobody);
    CHECK_FALSE(truncated);
    CHECK(cause.origin == failed.cause.origin);
    // Removing the entry clears the error.
    CHECK(must(socket.template get<kw::option::error>()).code() == 0);
    CHECK(failure(kw::recv_error(socket, buffer)).would_block());
}

TEST_CASE_FIXTURE(test::bounded, "the error is reported by the next call, and its cause stays in the queue") {
    const auto nobody = nobody_at<kw::udp4>(kw::ipv4_address::loopback());
    const auto socket = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}));
    must(asks_for_errors::request(socket));
    must(socket.send_to("lost", nobody));
    std::array<char, 64> buffer{};
    CHECK(failure(socket.recv_from(buffer, long_time)) == errc::connection_refused);
    CHECK(must(kw::recv_error(socket, buffer)).cause.error == errc::connection_refused);
}

TEST_CASE_FIXTURE(test::bounded, "entries are in order, and a short buffer truncates the quoted message") {
    const auto socket = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}));
    must(asks_for_errors::request(socket));
    std::vector<kw::udp4::endpoint> all;
    for (int i = 0; i < 3; ++i) {
        all.push_back(nobody_at<kw::udp4>(kw::ipv4_address::loopback()));
        // The pending error of the previous datagram is reported here, once.
        while (!socket.send_to("quoted", all.back())) {}
    }
    for (const auto& nobody : all) {
        std::array<char, 3> three{};
        const auto failed = must(kw::recv_error(socket, three, long_time));
        CHECK(failed.to == nobody);
        CHECK(failed.data.size() == 3);
        CHECK(failed.truncated);
        CHECK(std::string(three.data(), 3) == "quo");
    }
}

TEST_CASE_FIXTURE(test::bounded, "an error found on this machine has no offender, and reports the path MTU") {
    const auto socket = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}));
    must(asks_for_errors::request(socket));
    const kw::udp4::endpoint to(kw::ipv4_address::loopback(), 9);
    const std::vector<std::byte> too_much(65535);
    CHECK(failure(socket.send_to(too_much, to)) == errc::message_size);
    std::array<char, 64> buffer{};
    const auto failed = must(kw::recv_error(socket, buffer));
    CHECK(failed.cause.error == errc::message_size);
    CHECK(failed.cause.origin == kw::control::error_origin::local);
    CHECK(failed.cause.info >= 1280);
    CHECK_FALSE(failed.cause.offender);
    CHECK(failed.to.address() == to.address());
}

TEST_CASE_FIXTURE(test::bounded, "limits: a duration, a canceller, and data does not end the wait") {
    const auto socket = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}));
    must(asks_for_errors::request(socket));
    must(socket.send_to("data", must(socket.local_endpoint())));
    std::array<char, 64> buffer{};
    const auto time = test::time_of([&] {
        const auto late = failure(kw::recv_error(socket, buffer, 30ms));
        CHECK(late.timed_out());
        CHECK(late.operation() == kw::operation::recv_error);
    });
    CHECK(time >= 30ms);
    const auto stop = must(kw::canceller::open());
    must(stop.cancel());
    CHECK(failure(kw::recv_error(socket, buffer, stop)) == errc::operation_canceled);

    const auto self = test::this_thread_number();
    std::thread other([&] {
        test::wait_until_asleep(self);
        must(socket.send_to("lost", nobody_at<kw::udp4>(kw::ipv4_address::loopback())));
    });
    CHECK(must(kw::recv_error(socket, buffer, long_time)).cause.error == errc::connection_refused);
    other.join();
    CHECK(must(socket.recv_from(buffer)).data.size() == 4);
}

}  // namespace
