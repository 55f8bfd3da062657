// SPDX-License-Identifier: BSL-1.0
// What a limit costs in system calls, as <keyway/waiting.hpp> says, and what happens when one of them fails.

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>
#include <vector>

#include <keyway/connect.hpp>
#include <keyway/connecting.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using fault::call;
using test::failure;
using test::must;

struct connected : test::bounded {
    const test::ends<kw::tcp4> ends = test::connect_ends<kw::tcp4>();
    const kw::tcp4::connection& client = ends.client;
    const kw::tcp4::connection& server = ends.server;
    std::array<std::byte, 8> buffer{};

    /// Returns when the bytes have arrived.
    void arrive() {
        must(server.send_all("arrived"));
        must(client.peek(buffer));
    }
};

TEST_CASE_FIXTURE(connected, "a limit costs no call where nothing has to be waited for") {
    arrive();
    const fault::scope counts{fault::plan()};
    must(client.recv(buffer, 5s));
    must(client.send("x", 5s));
    must(client.send_all("x", kw::waiting(5s).spin(1ms)));
    must(client.send_all(kw::gather("x", "y"), 0s));
    CHECK(fault::count(call::recv) == 1);
    CHECK(fault::count(call::send) == 2);
    CHECK(fault::count(call::sendmsg) == 1);
    CHECK(fault::count() == 4);
}

TEST_CASE_FIXTURE(connected, "a canceller costs one look more") {
    const auto stop = must(kw::canceller::open());
    arrive();
    const fault::scope counts{fault::plan()};
    must(client.recv(buffer, stop));
    CHECK(fault::count(call::ppoll) == 1);
    CHECK(fault::count(call::recv) == 1);
    CHECK(fault::count() == 2);
}

TEST_CASE_FIXTURE(connected, "a call that has to wait makes three calls") {
    SUBCASE("and two where the time passes") {
        const fault::scope counts{fault::plan()};
        CHECK(failure(client.recv(buffer, 1ms)) == kw::errc::timed_out);
        CHECK(fault::count(call::recv) == 1);
        CHECK(fault::count(call::ppoll) == 1);
        CHECK(fault::count() == 2);
    }
    SUBCASE("an attempt, a sleep, an attempt") {
        arrive();
        const fault::scope counts(fault::plan().fail(call::recv, 1, EAGAIN));
        must(client.recv(buffer, 5s));
        CHECK(fault::count(call::recv) == 2);
        CHECK(fault::count(call::ppoll) == 1);
        CHECK(fault::count() == 3);
    }
}

TEST_CASE_FIXTURE(connected, "a time that has passed, and zero, sleep nowhere") {
    const fault::scope counts{fault::plan()};
    CHECK(failure(client.recv(buffer, -1s)) == kw::errc::timed_out);
    CHECK(fault::count() == 0);
    CHECK(failure(client.recv(buffer, 0s)) == kw::errc::timed_out);
    CHECK(fault::count(call::recv) == 1);
    CHECK(fault::count(call::ppoll) == 1);
}

TEST_CASE_FIXTURE(test::bounded, "accept with a limit makes two calls") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto client = must(kw::tcp4::connect(must(listener.local_endpoint())));
    const fault::scope counts{fault::plan()};
    const auto served = must(listener.accept(5s));
    CHECK(fault::count(call::ppoll) == 1);
    CHECK(fault::count(call::accept4) == 1);
    CHECK(fault::count() == 2);
}

TEST_CASE_FIXTURE(test::bounded, "connect with a limit makes eight calls") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto at = must(listener.local_endpoint());
    const fault::scope counts{fault::plan()};
    const auto client = must(kw::tcp4::connect(at, 5s));
    CHECK(fault::count(call::socket) == 1);
    CHECK(fault::count(call::fcntl) == 3);
    CHECK(fault::count(call::connect) == 1);
    CHECK(fault::count(call::ppoll) == 1);
    CHECK(fault::count(call::getsockopt) == 1);
    CHECK(fault::count(call::getpeername) == 1);
    CHECK(fault::count() == 8);
}

TEST_CASE_FIXTURE(connected, "a spin tries until the bytes are there, and does not sleep") {
    arrive();
    const fault::scope counts(fault::plan().fail(call::recv, 1, EAGAIN, fault::timing::instead, 20));
    must(client.recv(buffer, kw::waiting(50s).spin(50s)));
    CHECK(fault::count(call::recv) == 21);
    CHECK(fault::count(call::ppoll) == 0);
}

TEST_CASE_FIXTURE(connected, "interruptions change nothing") {
    arrive();
    const fault::scope counts(fault::plan()
                                  .fail(call::recv, 1, EINTR, fault::timing::instead, 2)
                                  .fail(call::recv, 3, EAGAIN)
                                  .fail(call::ppoll, 1, EINTR, fault::timing::instead, 3));
    CHECK(must(client.recv(buffer, 5s)).size() == 7);
    CHECK(fault::count(call::ppoll) == 4);
    CHECK(fault::injected() == 6);
}

TEST_CASE_FIXTURE(connected, "a failed sleep is the call's failure, and takes nothing") {
    arrive();
    {
        const fault::scope faults(fault::plan().fail(call::recv, 1, EAGAIN).fail(call::ppoll, 1, ENOMEM));
        const auto why = failure(client.recv(buffer, 5s));
        CHECK(why == kw::errc::not_enough_memory);
        CHECK(why.operation() == kw::operation::recv);
    }
    CHECK(must(client.recv(buffer)).size() == 7);
}

TEST_CASE_FIXTURE(connected, "readiness that is in vain again and again does not burn the processor") {
    arrive();
    const fault::scope counts(fault::plan().fail(call::recv, 1, EAGAIN, fault::timing::instead, 1'000'000));
    CHECK(failure(client.recv(buffer, 50ms)) == kw::errc::timed_out);
    CHECK(fault::count(call::recv) < 100);
}

TEST_CASE_FIXTURE(test::bounded, "a connection that another thread took is waited for again") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    must(listener.set(kw::option::non_blocking{true}));
    const auto client = must(kw::tcp4::connect(must(listener.local_endpoint())));
    const fault::scope counts(fault::plan().fail(call::accept4, 1, EAGAIN));
    CHECK(must(listener.accept(5s)).peer == must(client.local_endpoint()));
    CHECK(fault::count(call::accept4) == 2);
}

TEST_CASE_FIXTURE(test::bounded, "accept with a limit passes over connections that died in the queue") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto client = must(kw::tcp4::connect(must(listener.local_endpoint())));
    for (const int code : {ECONNABORTED, EPROTO, ENETDOWN, EHOSTUNREACH, EPERM}) {
        const fault::scope counts(fault::plan().fail(call::accept4, 1, code));
        must(kw::tcp4::connect(must(listener.local_endpoint()), 5s));
        must(listener.accept(5s));
        CHECK(fault::injected() == 1);
    }
    const fault::scope counts(fault::plan().fail(call::accept4, 1, EMFILE));
    CHECK(failure(listener.accept(5s)) == kw::errc::too_many_files);
}

/// Fails each call of a connect in turn: whatever fails is told, and the descriptor is closed.
template <class Connect>
void torture(Connect connect) {
    const auto before = net::open_descriptors();
    unsigned calls = 0;
    {
        const fault::scope counts{fault::plan()};
        must(connect());
        calls = fault::count() - fault::count(call::close) - fault::count(call::setsockopt) -
                fault::count(call::getsockname);
    }
    REQUIRE(calls >= 4);
    for (unsigned k = 1; k <= calls; ++k) {
        CAPTURE(k);
        const fault::scope faults(fault::plan().fail_any(k, EIO));
        CHECK(failure(connect()) != kw::error{});
        CHECK(fault::injected() == 1);
        CHECK(net::open_descriptors() == before);
    }
}

TEST_CASE_FIXTURE(test::bounded, "each call of a connect with a limit may fail") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto at = must(listener.local_endpoint());
    torture([&] { return kw::tcp4::connect(at, 5s); });
}

TEST_CASE_FIXTURE(test::bounded,
                  "each call of a connect to one of several endpoints may fail, and the next one is tried") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto at = must(listener.local_endpoint());
    torture([&] { return kw::tcp4::connect(std::array{at}, 5s); });
    for (unsigned k = 1; k <= 3; ++k) {
        const fault::scope faults(fault::plan().fail_any(k, EIO));
        CHECK(kw::tcp4::connect(std::array{at, at}, 5s));
    }
}

TEST_CASE_FIXTURE(connected, "each call of a graceful close may fail, and it closes all the same") {
    for (const call which : {call::shutdown, call::recv, call::close}) {
        auto ends_here = test::connect_ends<kw::tcp4>();
        must(ends_here.client.shutdown_send());
        const fault::scope faults(fault::plan().fail(which, 1, EIO));
        CHECK_FALSE(std::move(ends_here.server).close_gracefully(5s));
        CHECK_FALSE(ends_here.server.is_open());
        CHECK(fault::count(call::close) == 1);
    }
}

TEST_CASE_FIXTURE(test::bounded, "each call of a connect in steps may fail") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto at = must(listener.local_endpoint());
    torture([&]() -> kw::result<kw::tcp4::connection> {
        auto attempt = kw::start_connect<kw::tcp4>(at);
        if (!attempt) return kw::unexpected<kw::error>(attempt.error());
        for (;;) {
            auto done = std::move(*attempt).finish();
            if (done || !done.error().would_block()) return done;
        }
    });
}

}  // namespace
