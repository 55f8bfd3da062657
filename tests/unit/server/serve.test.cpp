// SPDX-License-Identifier: BSL-1.0
#include <keyway/server/serve.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <latch>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

void echo(const auto& client) {
    std::array<std::byte, 256> buffer;
    while (const auto got = client.recv(buffer)) {
        if (got->empty()) return;
        if (!client.send_all(*got)) return;
    }
}

/// Says something and hears the same.
template <class Transport>
void check_echo(const typename Transport::endpoint& at, std::string_view words) {
    const auto client = must(Transport::connect(at, long_time));
    must(client.send_all(words));
    must(client.shutdown_send());
    CHECK(test::read_to_end(client) == words);
}

/// A server in a thread of its own, until it is stopped.
class serving {
public:
    template <class Listener, class Handler>
    serving(const Listener& listener, Handler handler, kw::serve_options options = {}) {
        options.until = stop_;
        thread_ = std::thread(
            [this, &listener, handler, options]() mutable { report_ = kw::serve(listener, handler, options); });
    }
    serving(const serving&) = delete;
    serving& operator=(const serving&) = delete;
    ~serving() {
        if (thread_.joinable()) stop();
    }

    kw::serve_report stop() {
        must(stop_.cancel());
        thread_.join();
        return report_;
    }

private:
    kw::canceller stop_ = must(kw::canceller::open());
    kw::serve_report report_;
    std::thread thread_;
};

struct listening : test::bounded {
    kw::tcp::listener listener = must(kw::tcp::listen({kw::ipv4_address::loopback(), 0}));
    kw::tcp::endpoint at = must(listener.local_endpoint());
};

TEST_CASE_FIXTURE(listening, "every connection is handled, many at once, until the stop") {
    serving server(listener, [](const kw::tcp::connection_view& client) { echo(client); });
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i)
        clients.emplace_back([&, i] {
            for (int k = 0; k < 25; ++k) check_echo<kw::tcp>(at, "client " + std::to_string(i));
        });
    for (std::thread& one : clients) one.join();
    const auto report = server.stop();
    CHECK(report.accepted == 200);
    CHECK(report.ended_by == kw::errc::operation_canceled);
    CHECK(report.ended_by.operation() == kw::operation::accept);
    CHECK(report.threw == 0);
    CHECK(report.aborted == 0);
    CHECK(report.shed == 0);
}

TEST_CASE_FIXTURE(listening, "no descriptor is left over") {
    const auto before = net::open_descriptors();
    {
        serving server(listener, [](const kw::tcp::connection_view& client) { echo(client); });
        check_echo<kw::tcp>(at, "hello");
    }
    CHECK(net::open_descriptors() == before);
}

TEST_CASE_FIXTURE(listening, "a handler on the calling thread can wait with its canceller, whatever ends the serving") {
    auto client = must(kw::tcp::connect(at));
    kw::error ended;
    const auto report =
        kw::serve(listener,
                  [&](const kw::tcp::connection_view& served, const kw::tcp::endpoint&, const kw::canceller_view& end) {
                      std::array<std::byte, 8> buffer;
                      ended = served.recv(buffer, kw::limit(20ms).cancelled_by(end)).error();
                  },
                  {.handlers = 1, .until = 300ms});
    CHECK(ended == kw::errc::limit_reached);
    CHECK(report.accepted == 1);
    CHECK(report.ended_by == kw::errc::limit_reached);
}

TEST_CASE_FIXTURE(listening, "a deadline ends the serving too, at once where it has passed") {
    CHECK(kw::serve(listener, [](const auto&) {}, {.until = 10ms}).ended_by == kw::errc::limit_reached);
    CHECK(kw::serve(listener, [](const auto&) {}, {.until = -1s}).ended_by == kw::errc::limit_reached);
    CHECK(kw::serve(listener, [](const auto&) {}, {.handlers = 1, .until = 10ms}).ended_by == kw::errc::limit_reached);
}

TEST_CASE_FIXTURE(listening, "no more handlers run at once than asked for, and every connection is handled") {
    constexpr std::size_t most = 3;
    std::atomic<std::size_t> running = 0;
    std::atomic<std::size_t> peak = 0;
    std::latch full(most);
    const auto handler = [&](const kw::tcp::connection_view& client) {
        const std::size_t now = ++running;
        for (std::size_t seen = peak; seen < now && !peak.compare_exchange_weak(seen, now);) {}
        if (now <= most) full.count_down();
        echo(client);
        --running;
    };
    serving server(listener, handler, {.handlers = most});
    std::vector<kw::tcp::connection> clients;
    for (std::size_t i = 0; i < 2 * most; ++i) clients.push_back(must(kw::tcp::connect(at, long_time)));
    full.wait();
    CHECK(peak == most);
    std::array<std::byte, 1> answer;
    for (const auto& one : clients) {
        must(one.send_all("x"));
        must(one.recv_exact(answer, long_time));
        must(one.shutdown_send());
    }
    CHECK(server.stop().accepted == 2 * most);
    CHECK(peak == most);
}

TEST_CASE_FIXTURE(listening, "one handler at a time runs in the calling thread") {
    const auto stop = must(kw::canceller::open());
    std::thread client([&] {
        for (int i = 0; i < 5; ++i) check_echo<kw::tcp>(at, "one after the other");
        must(stop.cancel());
    });
    std::size_t here = 0;
    const auto caller = std::this_thread::get_id();
    const auto report = kw::serve(listener,
                                  [&](const auto& connection) {
                                      if (std::this_thread::get_id() == caller) ++here;
                                      echo(connection);
                                  },
                                  {.handlers = 1, .until = stop});
    client.join();
    CHECK(report.accepted == 5);
    CHECK(here == 5);
}

TEST_CASE_FIXTURE(listening, "a handler gets the peer and the canceller if it accepts them") {
    kw::tcp::endpoint told;
    kw::tcp::endpoint own;
    {
        serving server(listener, [&](const kw::tcp::connection_view&, const kw::tcp::endpoint& peer) { told = peer; });
        const auto client = must(kw::tcp::connect(at, long_time));
        own = must(client.local_endpoint());
        CHECK(test::read_to_end(client).empty());
    }
    CHECK(told == own);
    bool cancelled = true;
    {
        serving server(listener,
                       [&](const auto&, const auto&, kw::canceller_view abort) { cancelled = abort.is_cancelled(); });
        CHECK(test::read_to_end(must(kw::tcp::connect(at, long_time))).empty());
    }
    CHECK_FALSE(cancelled);
}

TEST_CASE_FIXTURE(listening, "a handler that throws ends its own connection alone") {
    std::atomic<int> calls = 0;
    serving server(listener, [&](const auto& client) {
        if (++calls == 2) throw std::runtime_error("the second");
        echo(client);
    });
    check_echo<kw::tcp>(at, "first");
    CHECK(test::read_to_end(must(kw::tcp::connect(at, long_time))).empty());
    check_echo<kw::tcp>(at, "third");
    const auto report = server.stop();
    CHECK(report.accepted == 3);
    CHECK(report.threw == 1);
}

TEST_CASE_FIXTURE(listening, "at the end handlers may finish what they do") {
    std::latch begun(1);
    serving server(listener,
                   [&](const auto& client) {
                       begun.count_down();
                       echo(client);
                   },
                   {.drain = long_time});
    const auto client = must(kw::tcp::connect(at, long_time));
    begun.wait();
    std::thread later([&] {
        must(client.send_all("still here"));
        must(client.shutdown_send());
    });
    const auto report = server.stop();
    later.join();
    CHECK(report.aborted == 0);
    CHECK(test::read_to_end(client) == "still here");
}

TEST_CASE_FIXTURE(listening, "handlers that have not returned when the drain is over are asked to return") {
    std::atomic<bool> told = false;
    std::latch begun(1);
    serving server(listener,
                   [&](const auto& client, const auto&, kw::canceller_view abort) {
                       std::array<std::byte, 8> buffer;
                       begun.count_down();
                       told = failure(client.recv(buffer, abort)) == kw::errc::operation_canceled;
                   },
                   {.drain = 20ms});
    const auto client = must(kw::tcp::connect(at, long_time));
    begun.wait();
    const auto report = server.stop();
    CHECK(report.aborted == 1);
    CHECK(told);
}

TEST_CASE_FIXTURE(listening, "several listeners are served at once, also of several families") {
    const auto other = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto both = kw::listeners(listener, other);
    serving server(both, [](const auto& client) { echo(client); });
    for (int i = 0; i < 10; ++i) {
        check_echo<kw::tcp>(at, "one");
        check_echo<kw::tcp4>(must(other.local_endpoint()), "other");
    }
    CHECK(server.stop().accepted == 20);
}

TEST_CASE_FIXTURE(listening, "TCP beside AF_UNIX") {
    if (!test::has_local_sockets()) return;
    const test::temporary_directory directory;
    const auto local = must(kw::unix_stream::listen(directory.endpoint()));
    const auto both = kw::listeners(listener, local);
    serving server(both, [](const auto& client) { echo(client); });
    check_echo<kw::tcp>(at, "network");
    check_echo<kw::unix_stream>(directory.endpoint(), "path");
    CHECK(server.stop().accepted == 2);
}

TEST_CASE_FIXTURE(listening, "serving can begin again on the same listener") {
    for (int i = 0; i < 5; ++i) {
        serving server(listener, [](const auto& client) { echo(client); });
        check_echo<kw::tcp>(at, "again");
        CHECK(server.stop().accepted == 1);
    }
}

TEST_CASE_FIXTURE(listening, "connections queued at the end stay with the listener") {
    const auto client = must(kw::tcp::connect(at, long_time));
    CHECK(kw::serve(listener, [](const auto&) {}, {.until = -1s}).accepted == 0);
    CHECK(must(listener.accept(long_time)).peer == must(client.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "a listener that is closed is the end") {
    const kw::tcp::listener closed;
    const auto report = kw::serve(closed, [](const auto&) {}, {.until = long_time});
    CHECK(report.ended_by != kw::error{});
    CHECK(report.ended_by != kw::errc::limit_reached);
}

}  // namespace
