// SPDX-License-Identifier: BSL-1.0
#include <keyway/event/signal.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <thread>
#include <type_traits>
#include <utility>

#include <keyway/event/poll.hpp>
#include <keyway/event/stop_token.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

// The set of these tests is SIGINT alone: what ends a test that hangs is SIGTERM.

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

static_assert(std::is_convertible_v<const kw::signal_stop&, kw::limit>);
static_assert(std::is_nothrow_move_constructible_v<kw::signal_stop> && !std::is_copy_constructible_v<kw::signal_stop>);
static_assert(kw::stoppable<kw::signal_stop> == false);

/// What can be stopped, without <stop_token>.
struct worker {
    int requests = 0;
    void request_stop() { ++requests; }
};

TEST_CASE_FIXTURE(test::bounded, "an interrupt ends the wait and is reported") {
    const auto stop = must(kw::signal_stop::open({SIGINT}));
    CHECK_FALSE(stop.is_cancelled());
    CHECK(stop.caught() == 0);
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    if (!test::interrupt_self()) return;
    CHECK(failure(listener.accept(kw::limit(30s).cancelled_by(stop))) == kw::errc::operation_canceled);
    CHECK(stop.caught() == SIGINT);
    CHECK(stop.is_cancelled());
    CHECK(must(stop.wait()) == SIGINT);
    CHECK(test::readable(stop));

    const auto two = test::connect_ends<kw::tcp4>();
    std::array<std::byte, 8> buffer{};
    CHECK(failure(two.client.recv(buffer, stop)) == kw::errc::operation_canceled);
    CHECK(failure(two.client.send_all("hello", stop)) == kw::errc::operation_canceled);
}

TEST_CASE_FIXTURE(test::bounded, "an interrupt is an event of a poll set") {
    const auto stop = must(kw::signal_stop::open({SIGINT}));
    auto set = must(kw::poll_set<int>::open());
    must(set.add(stop, kw::readable, 7));
    CHECK(failure(set.wait(0s)) == kw::errc::limit_reached);
    if (!test::interrupt_self()) return;
    const auto ready = must(set.wait(30s));
    REQUIRE(ready.size() == 1);
    CHECK(ready.front().token == 7);
    CHECK(ready.front().readable);
    must(set.remove(stop));
}

TEST_CASE_FIXTURE(test::bounded, "a program continues after a reset") {
    const auto stop = must(kw::signal_stop::open({SIGINT}));
    for (int i = 0; i < 3; ++i) {
        if (!test::interrupt_self()) return;
        CHECK(must(stop.wait(30s)) == SIGINT);
        must(stop.reset());
        CHECK_FALSE(stop.is_cancelled());
        CHECK(stop.caught() == 0);
    }
}

TEST_CASE_FIXTURE(test::bounded, "a stop is passed on to others") {
    const auto stop = must(kw::signal_stop::open({SIGINT}));
    worker one;
    CHECK(failure(stop.wait_and_stop(one, 0s)) == kw::errc::limit_reached);
    CHECK(one.requests == 0);
    if (!test::interrupt_self()) return;
    CHECK(must(stop.wait_and_stop(one)) == SIGINT);
    CHECK(one.requests == 1);
#if KEYWAY_HAS_STOP_TOKEN
    bool stopped = false;
    {
        std::jthread served([&](const std::stop_token& token) {
            const auto canceller = kw::stop_canceller::open(token);
            const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
            stopped = failure(listener.accept(canceller.value())) == kw::errc::operation_canceled;
        });
        CHECK(must(stop.wait_and_stop(served)) == SIGINT);
    }
    CHECK(stopped);
#endif
}

TEST_CASE_FIXTURE(test::bounded, "a program may cancel it too, and no signal is told then") {
    const auto stop = must(kw::signal_stop::open({SIGINT}));
    must(stop.cancel());
    const auto waited = stop.wait();
    CHECK(failure(waited) == kw::errc::operation_canceled);
    CHECK(waited.error().operation() == kw::operation::signal_wait);
    CHECK(stop.caught() == 0);
    if (!test::interrupt_self()) return;
    while (stop.caught() == 0) {}
    CHECK(must(stop.wait()) == SIGINT);
}

TEST_CASE_FIXTURE(test::bounded, "waiting for a signal has limits like any other") {
    const auto stop = must(kw::signal_stop::open({SIGINT}));
    const auto other = must(kw::canceller::open());
    CHECK(failure(stop.wait(0s)) == kw::errc::limit_reached);
    CHECK(failure(stop.wait(1ms)) == kw::errc::limit_reached);
    CHECK(failure(stop.wait(-1s)) == kw::errc::limit_reached);
    must(other.cancel());
    CHECK(failure(stop.wait(other)) == kw::errc::operation_canceled);
    CHECK(failure(kw::signal_stop().wait()) == kw::errc::bad_file_descriptor);
    CHECK(kw::signal_stop().caught() == 0);
    CHECK(failure(kw::signal_stop().reset()) != kw::error{});
}

TEST_CASE_FIXTURE(test::bounded, "a signal has one stop at a time") {
    const auto first = must(kw::signal_stop::open({SIGINT}));
    CHECK(failure(kw::signal_stop::open({SIGINT})) == kw::errc::device_or_resource_busy);
    CHECK(failure(kw::signal_stop::open({SIGTERM, SIGINT})) == kw::errc::device_or_resource_busy);
    CHECK(failure(kw::signal_stop::open()) == kw::errc::device_or_resource_busy);
    {
        const auto another = must(kw::signal_stop::open({SIGTERM}));
        CHECK(failure(kw::signal_stop::open({SIGTERM})) == kw::errc::device_or_resource_busy);
        if (!test::interrupt_self()) return;
        CHECK(must(first.wait()) == SIGINT);
        CHECK_FALSE(another.is_cancelled());
    }
    must(kw::signal_stop::open({SIGTERM}));
}

TEST_CASE_FIXTURE(test::bounded, "a set that failed has taken nothing") {
    {
        const auto last = must(kw::signal_stop::open({SIGTERM}));
        CHECK(failure(kw::signal_stop::open({SIGINT, SIGTERM})) == kw::errc::device_or_resource_busy);
        must(kw::signal_stop::open({SIGINT}));
        CHECK(failure(kw::signal_stop::open({SIGTERM})) == kw::errc::device_or_resource_busy);
    }
    must(kw::signal_stop::open({SIGINT, SIGTERM}));
}

TEST_CASE("a number that is no signal is refused") {
    CHECK(failure(kw::signal_stop::open({})) == kw::errc::invalid_argument);
    CHECK(failure(kw::signal_stop::open({0})) == kw::errc::invalid_argument);
    CHECK(failure(kw::signal_stop::open({-1})) == kw::errc::invalid_argument);
    CHECK(failure(kw::signal_stop::open({SIGINT, 12345})) == kw::errc::invalid_argument);
    CHECK(failure(kw::signal_stop::open({12345})) == kw::errc::invalid_argument);
    must(kw::signal_stop::open({SIGINT, SIGINT}));
}

TEST_CASE_FIXTURE(test::bounded, "the signals move with their owner") {
    kw::signal_stop owner;
    CHECK_FALSE(owner.is_open());
    {
        auto first = must(kw::signal_stop::open({SIGINT}));
        owner = std::move(first);
        CHECK_FALSE(first.is_open());
        CHECK(first.caught() == 0);
    }
    CHECK(failure(kw::signal_stop::open({SIGINT})) == kw::errc::device_or_resource_busy);
    if (!test::interrupt_self()) return;
    CHECK(must(owner.wait()) == SIGINT);
    must(owner.close());
    CHECK(owner.caught() == 0);
    must(kw::signal_stop::open({SIGINT}));
}

TEST_CASE_FIXTURE(test::bounded, "it can be had again and again") {
    for (int i = 0; i < 200; ++i) must(kw::signal_stop::open({SIGINT}));
}

#if KEYWAY_HAS_WINDOWS

/// What the system calls.
using kw::detail::os::on_console_event;

TEST_CASE_FIXTURE(test::bounded, "a console's events are two signals, and the second is left to the system") {
    for (const auto& [event, signal] : {std::pair{CTRL_C_EVENT, SIGINT}, {CTRL_BREAK_EVENT, SIGINT}}) {
        const auto stop = must(kw::signal_stop::open());
        CHECK(on_console_event(event) != FALSE);
        CHECK(stop.caught() == signal);
        CHECK(stop.is_cancelled());
        while (on_console_event(event) != FALSE) {}  // until the tenth of a second is over
    }
    CHECK(on_console_event(CTRL_C_EVENT) == FALSE);
    CHECK(::SetConsoleCtrlHandler(on_console_event, FALSE) == FALSE);  // it is in the system's list no more
    const auto other = must(kw::signal_stop::open({SIGTERM}));
    CHECK(on_console_event(CTRL_C_EVENT) == FALSE);
    CHECK(other.caught() == 0);
}

TEST_CASE_FIXTURE(test::bounded, "a window that closes waits for the program") {
    static std::atomic<bool> returned = false;
    {
        const auto stop = must(kw::signal_stop::open());
        std::thread([] {
            on_console_event(CTRL_CLOSE_EVENT);
            returned = true;
        }).detach();
        CHECK(must(stop.wait(30s)) == SIGTERM);
    }
    CHECK_FALSE(returned);
    CHECK(::SetConsoleCtrlHandler(on_console_event, FALSE) != FALSE);  // which is not to be touched until that returns
    kw::detail::os::process_is_ending = false;
}

#endif

}  // namespace
