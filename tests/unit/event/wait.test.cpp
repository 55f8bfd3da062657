// SPDX-License-Identifier: BSL-1.0
#include <keyway/event/wait.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <thread>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

TEST_CASE_FIXTURE(test::bounded, "a handle is waited for without a set, as long as the limit says") {
    const auto ends = must(kw::tcp4::pair());
    CHECK(failure(kw::wait_for(ends[0], kw::readable, 20ms)) == kw::errc::limit_reached);
    CHECK(failure(kw::wait_for(ends[0], kw::readable, 0s)).operation() == kw::operation::poll);
    must(ends[1].send_all("x"));
    const auto ready = must(kw::wait_for(ends[0], kw::readable, 30s));
    CHECK(ready.readable);
    CHECK_FALSE(ready.writable);
    CHECK_FALSE(ready.hung_up);
    CHECK(must(kw::wait_for(ends[0], kw::readable)).readable);
    std::array<std::byte, 4> buffer{};
    CHECK(must(ends[0].recv(buffer)).size() == 1);  // nothing was consumed
}

TEST_CASE_FIXTURE(test::bounded, "both directions are waited for at once, and each is reported") {
    const auto ends = must(kw::tcp4::pair());
    auto ready = must(kw::wait_for(ends[0], kw::readable | kw::writable, 30s));
    CHECK_FALSE(ready.readable);
    CHECK(ready.writable);
    must(ends[1].send_all("x"));
    must(kw::wait_for(ends[0], kw::readable, 30s));
    ready = must(kw::wait_for(ends[0], kw::readable | kw::writable, 30s));
    CHECK(ready.readable);
    CHECK(ready.writable);
}

TEST_CASE_FIXTURE(test::bounded, "a listener becomes readable when a client connects") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    CHECK(failure(kw::wait_for(listener, kw::readable, 1ms)).limit_reached());
    const auto client = must(kw::tcp4::connect(must(listener.local_endpoint())));
    CHECK(must(kw::wait_for(listener, kw::readable, 30s)).readable);
}

TEST_CASE_FIXTURE(test::bounded, "a canceller ends the wait, and can be waited for") {
    const auto ends = must(kw::tcp4::pair());
    const auto stop = must(kw::canceller::open());
    std::thread canceller([&] {
        std::this_thread::sleep_for(20ms);
        must(stop.cancel());
    });
    CHECK(failure(kw::wait_for(ends[0], kw::readable, stop)) == kw::errc::operation_canceled);
    canceller.join();
    CHECK(must(kw::wait_for(stop, kw::readable, 30s)).readable);
}

TEST_CASE_FIXTURE(test::bounded,
                  "a reset is reported as failed or hung up, and under the interest that was asked for") {
    auto ends = must(kw::tcp4::pair());
    must(std::move(ends[1]).reset());
    const auto ready = must(kw::wait_for(ends[0], kw::readable, 30s));
    CHECK(ready.readable);
    CHECK_FALSE(ready.writable);
}

TEST_CASE("a handle that is not open is an error") {
    const kw::tcp4::connection none;
    CHECK(failure(kw::wait_for(none, kw::readable, 1s)) == kw::errc::bad_file_descriptor);
}
