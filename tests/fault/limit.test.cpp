// SPDX-License-Identifier: BSL-1.0
// The system calls that a limit adds, as <keyway/limit.hpp> documents them, and their failures.

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/client/connect.hpp>
#include <keyway/client/connecting.hpp>
#include <keyway/option/socket.hpp>
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

TEST_CASE_FIXTURE(connected, "a limit adds no system call if nothing has to be waited for") {
    arrive();
    const fault::scope counts{fault::plan()};
    must(client.recv(buffer, 5s));
    must(client.send("x", 5s));
    must(client.send_all("x", kw::limit(5s).spin(1ms)));
    must(client.send_all(kw::gather("x", "y"), 0s));
    CHECK(fault::count(call::recv) == 1);
    CHECK(fault::count(call::send) == 2);
    CHECK(fault::count(call::sendmsg) == 1);
    CHECK(fault::count() == 4);
}

TEST_CASE_FIXTURE(connected, "cancellers add one poll") {
    const auto stop = must(kw::canceller::open());
    const auto quit = must(kw::canceller::open());
    for (const auto& limit : {kw::limit(stop), kw::limit(stop).cancelled_by(quit), kw::limit(5s).cancelled_by(stop)}) {
        arrive();
        const fault::scope counts{fault::plan()};
        must(client.recv(buffer, limit));
        CHECK(fault::count(call::ppoll) == 1);
        CHECK(fault::count(call::recv) == 1);
        CHECK(fault::count() == 2);
    }
}

TEST_CASE_FIXTURE(connected, "either of two cancellers ends a wait") {
    const auto stop = must(kw::canceller::open());
    const auto quit = must(kw::canceller::open());
    const auto limit = kw::limit(20s).cancelled_by(stop).cancelled_by(quit);
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    for (const auto* canceller : {&stop, &quit}) {
        std::thread other([&] {
            std::this_thread::sleep_for(10ms);
            must(canceller->cancel());
        });
        CHECK(failure(client.recv(buffer, limit)) == kw::errc::operation_canceled);
        other.join();
        CHECK(failure(listener.accept(limit)) == kw::errc::operation_canceled);
        CHECK(failure(kw::tcp4::connect(must(listener.local_endpoint()), limit)) == kw::errc::operation_canceled);
        must(canceller->reset());
    }
    CHECK(failure(client.recv(buffer, kw::limit(1ms).cancelled_by(stop).cancelled_by(quit))) ==
          kw::errc::limit_reached);
}

TEST_CASE_FIXTURE(connected, "an empty canceller makes a call fail before it begins") {
    arrive();
    const kw::canceller empty;
    const auto stop = must(kw::canceller::open());
    for (const auto& limit : {kw::limit(empty), kw::limit(5s).cancelled_by(empty), kw::limit(stop).cancelled_by(empty),
                              kw::limit(0s).cancelled_by(empty)}) {
        const fault::scope counts{fault::plan()};
        CHECK(failure(client.recv(buffer, limit)) == kw::errc::bad_file_descriptor);
        CHECK(failure(client.send_all("x", limit)) == kw::errc::bad_file_descriptor);
        CHECK(fault::count() == 0);
    }
    CHECK(must(client.recv(buffer)).size() == 7);
}

TEST_CASE_FIXTURE(connected, "more cancellers than a limit may have make a call fail before it begins") {
    arrive();
    const auto stop = must(kw::canceller::open());
    kw::limit limit(5s);
    for (std::size_t i = 0; i < kw::limit::max_cancellers; ++i) limit = limit.cancelled_by(stop);
    CHECK(must(client.peek(buffer, limit)).size() == 7);
    for (int i = 0; i < 3; ++i) {
        limit = limit.cancelled_by(stop);
        const fault::scope counts{fault::plan()};
        CHECK(failure(client.recv(buffer, limit)) == kw::errc::invalid_argument);
        CHECK(failure(client.send("x", limit)) == kw::errc::invalid_argument);
        CHECK(fault::count() == 0);
    }
    CHECK(must(client.recv(buffer)).size() == 7);
}

TEST_CASE_FIXTURE(connected, "the network's own time-out is timed_out and not limit_reached") {
    const auto check = [](const kw::error& why) {
        CHECK(why == kw::errc::timed_out);
        CHECK(why != kw::errc::limit_reached);
        CHECK(why.timed_out());
        CHECK_FALSE(why.limit_reached());
        CHECK(why.domain() == kw::error_domain::system);
        CHECK(why.code() == ETIMEDOUT);
    };
    const auto check_each = [&](auto... limit) {
        const fault::scope faults(
            fault::plan().fail(call::recv, 1, ETIMEDOUT, fault::timing::instead, 2).fail(call::send, 1, ETIMEDOUT));
        check(failure(client.recv(buffer, limit...)));
        check(failure(client.recv_exact(buffer, limit...)));
        check(failure(client.send_all("x", limit...)));
        CHECK(fault::injected() == 3);
    };
    check_each();
    check_each(5s);
}

TEST_CASE_FIXTURE(connected, "a reached limit is limit_reached, with the bytes transferred before it") {
    const auto check = [](const kw::error& why) {
        CHECK(why == kw::errc::limit_reached);
        CHECK(why != kw::errc::timed_out);
        CHECK(why.limit_reached());
        CHECK(why.timed_out());
        CHECK(why.domain() == kw::error_domain::keyway);
    };
    check(failure(client.recv(buffer, 1ms)));
    arrive();
    const auto missing = client.recv_exact(buffer, 1ms).error();
    check(missing);
    CHECK(missing.transferred == 7);
    std::array<std::byte, 4> first{};
    std::array<std::byte, 4> second{};
    arrive();
    const auto scattered = client.recv_exact(kw::scatter(first, second), 1ms).error();
    check(scattered);
    CHECK(scattered.transferred == 7);
    const std::vector<std::byte> much(64 << 20);
    const auto stuck = client.send_all(much, 1ms).error();
    check(stuck);
    CHECK(stuck.transferred > 0);
    check(failure(client.send_all(kw::gather(much), 1ms)));
}

TEST_CASE_FIXTURE(connected, "a call that waits makes three system calls") {
    SUBCASE("two if the limit is reached first") {
        const fault::scope counts{fault::plan()};
        CHECK(failure(client.recv(buffer, 50ms)) == kw::errc::limit_reached);
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

TEST_CASE_FIXTURE(connected, "a limit of zero or in the past does not sleep") {
    const fault::scope counts{fault::plan()};
    CHECK(failure(client.recv(buffer, -1s)) == kw::errc::limit_reached);
    CHECK(fault::count() == 0);
    CHECK(failure(client.recv(buffer, 0s)) == kw::errc::limit_reached);
    CHECK(failure(client.recv(buffer, kw::deadline::at_once())) == kw::errc::limit_reached);
    CHECK(failure(client.recv(buffer, kw::limit(0s))) == kw::errc::limit_reached);
    CHECK(fault::count(call::recv) == 3);
    CHECK(fault::count() == 3);
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

TEST_CASE_FIXTURE(test::bounded, "connect with a limit makes six calls") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto at = must(listener.local_endpoint());
    const fault::scope counts{fault::plan()};
    const auto client = must(kw::tcp4::connect(at, 5s));
    CHECK(fault::count(call::socket) == 1);
    CHECK(fault::count(call::fcntl) == 1);
    CHECK(fault::count(call::connect) == 1);
    CHECK(fault::count(call::ppoll) == 1);
    CHECK(fault::count(call::getsockopt) == 1);
    CHECK(fault::count(call::getpeername) == 1);
    CHECK(fault::count() == 6);
}

TEST_CASE_FIXTURE(test::bounded, "connect with a limit of a socket that has a mode already makes seven calls") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto at = must(listener.local_endpoint());
    auto socket = must(kw::tcp4::socket::open());
    const fault::scope counts{fault::plan()};
    const auto client = must(std::move(socket).connect(at, 5s));
    CHECK(fault::count(call::fcntl) == 3);
    CHECK(fault::count() == 7);
}

TEST_CASE_FIXTURE(connected, "a spinning receive repeats its attempt and does not sleep") {
    arrive();
    const fault::scope counts(fault::plan().fail(call::recv, 1, EAGAIN, fault::timing::instead, 20));
    must(client.recv(buffer, kw::limit(50s).spin(50s)));
    CHECK(fault::count(call::recv) == 21);
    CHECK(fault::count(call::ppoll) == 0);
}

TEST_CASE_FIXTURE(connected, "a send does not spin") {
    const fault::scope counts(fault::plan().fail(call::send, 1, EAGAIN));
    must(client.send("x", kw::limit(50s).spin(50s)));
    CHECK(fault::count(call::send) == 2);
    CHECK(fault::count(call::ppoll) == 1);
}

TEST_CASE_FIXTURE(connected, "a canceller ends a spin") {
    const auto stop = must(kw::canceller::open());
    const auto quit = must(kw::canceller::open());
    const auto limit = kw::limit().spin(1h).cancelled_by(stop).cancelled_by(quit);
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto check = [&](const auto& canceller, auto spinning) {
        std::thread other([&] {
            std::this_thread::sleep_for(10ms);
            must(canceller.cancel());
        });
        CHECK(failure(spinning()) == kw::errc::operation_canceled);
        other.join();
        must(canceller.reset());
    };
    check(stop, [&] { return client.recv(buffer, limit); });
    check(quit, [&] { return client.recv(buffer, limit); });
    check(stop, [&] { return listener.accept(limit); });
    check(quit, [&] { return listener.accept(limit); });
}

TEST_CASE_FIXTURE(connected, "an interrupted wait continues") {
    arrive();
    const fault::scope counts(fault::plan()
                                  .fail(call::recv, 1, EINTR, fault::timing::instead, 2)
                                  .fail(call::recv, 3, EAGAIN)
                                  .fail(call::ppoll, 1, EINTR, fault::timing::instead, 3));
    CHECK(must(client.recv(buffer, 5s)).size() == 7);
    CHECK(fault::count(call::ppoll) == 4);
    CHECK(fault::injected() == 6);
}

TEST_CASE_FIXTURE(connected, "a failed poll makes the call fail, and consumes nothing") {
    arrive();
    {
        const fault::scope faults(fault::plan().fail(call::recv, 1, EAGAIN).fail(call::ppoll, 1, ENOMEM));
        const auto why = failure(client.recv(buffer, 5s));
        CHECK(why == kw::errc::not_enough_memory);
        CHECK(why.operation() == kw::operation::recv);
    }
    CHECK(must(client.recv(buffer)).size() == 7);
}

TEST_CASE_FIXTURE(connected, "repeated readiness without data does not keep the processor busy") {
    arrive();
    const fault::scope counts(fault::plan().fail(call::recv, 1, EAGAIN, fault::timing::instead, 1'000'000));
    CHECK(failure(client.recv(buffer, 50ms)) == kw::errc::limit_reached);
    CHECK(fault::count(call::recv) < 100);
}

TEST_CASE_FIXTURE(test::bounded, "accept waits again if another thread has accepted the connection") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    must(listener.set(kw::option::non_blocking{true}));
    const auto client = must(kw::tcp4::connect(must(listener.local_endpoint())));
    const fault::scope counts(fault::plan().fail(call::accept4, 1, EAGAIN));
    CHECK(must(listener.accept(5s)).peer == must(client.local_endpoint()));
    CHECK(fault::count(call::accept4) == 2);
}

TEST_CASE_FIXTURE(test::bounded, "accept with a limit skips connections that failed in the queue") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto client = must(kw::tcp4::connect(must(listener.local_endpoint())));
    for (const int code : {ECONNABORTED, EPROTO, ENETDOWN, EHOSTUNREACH, EPERM}) {
        const fault::scope counts(fault::plan().fail(call::accept4, 1, code));
        must(kw::tcp4::connect(must(listener.local_endpoint()), 5s));
        must(listener.accept(5s));
        CHECK(fault::injected() == 1);
    }
    const fault::scope counts(fault::plan().fail(call::accept4, 1, EMFILE));
    CHECK(failure(listener.accept(5s)) == kw::errc::too_many_files_open);
}

/// Makes each call of a connect fail in turn: every failure is reported, and the descriptor is closed.
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

TEST_CASE_FIXTURE(connected, "close_gracefully closes the descriptor even if one of its calls fails") {
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
        if (!attempt) return kw::failure(attempt);
        for (;;) {
            auto done = std::move(*attempt).finish();
            if (done || !done.error().would_block()) return done;
        }
    });
}

}  // namespace
