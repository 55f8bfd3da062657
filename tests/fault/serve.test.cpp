// SPDX-License-Identifier: BSL-1.0
// A server goes on whatever accept() says, and does not go round in circles.

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/server/serve.hpp>
#include <keyway/transport.hpp>

#include "support/child.hpp"
#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using fault::call;
using test::must;

constexpr auto long_time = 30s;

struct listening : test::bounded {
    kw::tcp4::listener listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    kw::tcp4::endpoint at = must(listener.local_endpoint());
    kw::canceller stop = must(kw::canceller::open());

    /// Serves until `clients` have been greeted, by one handler at a time.
    kw::serve_report greet(int clients) {
        std::thread visitors([&] {
            for (int i = 0; i < clients; ++i) {
                const auto client = must(kw::tcp4::connect(at, long_time));
                std::array<std::byte, 5> got;
                CHECK(test::text(must(client.recv_exact(got, long_time))) == "hello");
            }
            must(stop.cancel());
        });
        const auto report = kw::serve(listener, [](const auto& client) { must(client.send_all("hello")); },
                                      {.handlers = 1, .until = stop});
        visitors.join();
        return report;
    }
};

TEST_CASE_FIXTURE(listening, "errors of one connection are passed over") {
    for (const int code : {ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH,
                           EPERM, EOPNOTSUPP, EINTR, EAGAIN}) {
        CAPTURE(code);
        must(stop.reset());
        const fault::scope faults(fault::plan().fail(call::accept4, 2, code, fault::timing::instead, 3));
        const auto report = greet(3);
        CHECK(report.accepted == 3);
        CHECK(report.exhausted == 0);
        CHECK(report.ended_by == kw::errc::operation_canceled);
        CHECK(fault::injected() == 3);
    }
}

TEST_CASE_FIXTURE(listening, "want of resources is waited out, with few calls") {
    for (const int code : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
        CAPTURE(code);
        must(stop.reset());
        const fault::scope faults(fault::plan().fail(call::accept4, 2, code, fault::timing::instead, 4));
        const auto report = greet(3);
        CHECK(report.accepted == 3);
        CHECK(report.exhausted == 4);
        CHECK(report.shed == 0);
        CHECK(fault::count(call::accept4) <= 8);
    }
}

TEST_CASE_FIXTURE(listening, "a stop ends a pause") {
    const auto client = must(kw::tcp4::connect(at, long_time));
    const fault::scope faults(fault::plan().fail(call::accept4, 1, EMFILE, fault::timing::instead, 1'000'000));
    const auto report = kw::serve(listener, [](const auto&) {}, {.until = 60ms});
    CHECK(report.ended_by == kw::errc::limit_reached);
    CHECK(report.exhausted >= 2);
    CHECK(report.exhausted <= 5);  // 5 + 10 + 20 + 40 ms
    CHECK(report.accepted == 0);
}

TEST_CASE_FIXTURE(listening, "a listener that fails for good ends the serving") {
    const auto client = must(kw::tcp4::connect(at, long_time));
    const fault::scope faults(fault::plan().fail(call::accept4, 1, EINVAL));
    CHECK(kw::serve(listener, [](const auto&) {}, {.until = long_time}).ended_by == kw::errc::invalid_argument);
}

TEST_CASE_FIXTURE(listening, "each call of a server may fail, and it ends without a leak") {
    const auto serve_one = [&] {
        const auto client = must(kw::tcp4::connect(at, long_time));
        must(client.shutdown_send());
        return kw::serve(listener, [](const auto& served) { (void)served.send_all("hello", long_time); },
                         {.handlers = 1, .until = 20ms});
    };
    // What the client does comes first, so the numbers of the server's calls are those behind it.
    unsigned before = 0;
    unsigned calls = 0;
    {
        const fault::scope counts{fault::plan()};
        const auto client = must(kw::tcp4::connect(at, long_time));
        must(client.shutdown_send());
        before = fault::count();
    }
    must(listener.accept(long_time));
    {
        const fault::scope counts{fault::plan()};
        CHECK(serve_one().accepted == 1);
        calls = fault::count();
    }
    REQUIRE(calls > before + 4);
    const auto descriptors = net::open_descriptors();
    for (unsigned k = before + 1; k <= calls; ++k) {
        CAPTURE(k);
        {
            const fault::scope faults(fault::plan().fail_any(k, EIO));
            const auto report = serve_one();
            CHECK(report.ended_by != kw::error{});
        }
        CHECK(net::open_descriptors() == descriptors);
        while (listener.accept(0s)) {  // what it did not take
        }
    }
}

int shed_and_serve(const kw::tcp4::listener& listener) {
    const auto at = *listener.local_endpoint();
    auto spare = *kw::tcp4::socket::open();
    std::array<std::byte, 8> buffer;
    {
        const auto first = kw::tcp4::connect(at, long_time);
        if (!first || !first->recv(buffer, long_time)) return 1;  // it serves
        const auto end = first->recv(buffer, long_time);
        if (!end || !end->empty()) return 2;  // and has closed the descriptor
    }
    std::vector<kw::handle> used;
    while (auto next = listener.duplicate()) used.push_back(kw::handle::adopt_unchecked(next->release()));
    const auto unlucky = std::move(spare).connect(at, long_time);
    if (!unlucky) return 3;
    const auto end = unlucky->recv(buffer, long_time);
    if (end ? !end->empty() : !end.error().connection_lost()) return 4;

    used.clear();
    for (int i = 0; i < 100; ++i) {  // until it has seen that the queue is empty, it sheds
        const auto next = kw::tcp4::connect(at, long_time);
        if (!next) return 5;
        const auto greeted = next->recv(buffer, long_time);
        if (greeted && greeted->size() == 5) return 0;
    }
    return 6;
}

TEST_CASE("without descriptors the queue is shed after a while, and clients are served again") {
    const int status = child::run([] {
        const auto listener = kw::tcp4::listen(net::any_loopback_port<kw::tcp4>());
        const auto stop = kw::canceller::open();
        kw::serve_report report;
        std::thread server([&] {
            report = kw::serve(*listener, [](const auto& client) { static_cast<void>(client.send_all("hello")); },
                               {.handlers = 1, .until = *stop});
        });
        const int failed_at = shed_and_serve(*listener);
        (void)stop->cancel();
        server.join();
        if (failed_at != 0) return failed_at;
        ::rusage used_time{};
        ::getrusage(RUSAGE_SELF, &used_time);
        if (used_time.ru_utime.tv_sec + used_time.ru_stime.tv_sec > 1) return 7;
        return report.shed >= 1 && report.exhausted >= 8 ? 0 : 8;
    });
    CHECK(child::fate(status) == "exit 0");
}

}  // namespace
