// SPDX-License-Identifier: BSL-1.0
// Happy Eyeballs with peers that do not answer, which take Linux to be made on one machine.
#include <keyway/client/connect.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <keyway/transport.hpp>

#include "support/dns.hpp"
#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

using endpoints = std::vector<kw::tcp::endpoint>;

constexpr auto long_time = 30s;

/// The peers of a family: one that answers, one that refuses, one that is silent.
class peers {
public:
    explicit peers(const kw::tcp::endpoint& any)
        : listener_(must(kw::tcp::listen(any))), bound_(must(kw::tcp::bind(any))), silent_(any) {}

    kw::tcp::endpoint endpoint(char kind) const {
        if (kind == 'o') return must(listener_.local_endpoint());
        return kind == 'r' ? must(bound_.local_endpoint()) : silent_.endpoint();
    }

private:
    kw::tcp::listener listener_;
    kw::tcp::socket bound_;
    test::blackhole<kw::tcp> silent_;
};

struct both_families : test::bounded {
    peers v4{{kw::ipv4_address::loopback(), 0}};
    peers v6{{kw::ipv6_address::loopback(), 0}};

    /// From a description: 4o 6r 4s, a family and whether it answers (o), refuses (r) or is silent (s).
    endpoints list(std::string_view text) const {
        endpoints all;
        for (; text.size() >= 2; text.remove_prefix(text.size() > 2 ? 3 : 2))
            all.push_back((text[0] == '4' ? v4 : v6).endpoint(text[1]));
        return all;
    }
};

std::size_t threads() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}));
}

/// What Go's TestDialParallel asks: which lists lead to a connection, to which of the endpoints, and whether one that is
/// silent had to be waited for.
struct row {
    std::string_view to;
    int connected_to;  // the place in the list; -1 for none
    int delays;        // at least
};

constexpr row table[] = {
    {"4o", 0, 0},                                                                          // one family
    {"6o", 0, 0},          {"4o 6o", 0, 0},                                                // the first one answers
    {"6o 4o", 0, 0},       {"4o 6s", 0, 0},          {"6o 4s", 0, 0},    {"4s 6o", 1, 1},  // a slow first one
    {"6s 4o", 1, 1},       {"4r 6o", 1, 0},                                                // a refused first one
    {"6r 4o", 1, 0},       {"4r 6r", -1, 0},                                               // all refused
    {"6r 4r", -1, 0},      {"4r 4r 6r 6r 4o", 4, 0}, {"4s 6s 4o", 2, 2},                   // two slow ones
    {"4s 4s 4s 6o", 3, 1},  // the other family is second in line
    {"6s 6r 4o", 2, 1},    {"6s 4r 6o", 2, 1},
};

TEST_CASE_FIXTURE(both_families, "Go's table of parallel dials") {
    if (!test::has_family<kw::tcp6>()) return;
    constexpr auto delay = 20ms;
    const auto threads_before = threads();
    for (const row& one : table) {
        CAPTURE(one.to);
        const auto to = list(one.to);
        const auto before = net::open_descriptors();
        {
            kw::connect_result<kw::tcp> made = kw::unexpected(kw::connect_error<kw::tcp::endpoint>(kw::error{}));
            const auto time = test::time_of([&] { made = kw::tcp::connect(to, long_time, {.delay = delay}); });
            CHECK(made.has_value() == (one.connected_to >= 0));
            CHECK(time >= one.delays * delay);
            if (made) CHECK(must(made->peer_endpoint()) == to[static_cast<std::size_t>(one.connected_to)]);
            else CHECK(made.error() == kw::errc::connection_refused);
            // Those that lost are closed.
            CHECK(net::open_descriptors() == before + (made ? 1 : 0));
        }
        CHECK(net::open_descriptors() == before);
        CHECK(threads() == threads_before);
    }
}

TEST_CASE_FIXTURE(both_families, "the deadline ends all of the attempts, and each is told") {
    if (!test::has_family<kw::tcp6>()) return;
    const auto before = net::open_descriptors();
    const auto to = list("4s 6r 6s");
    const auto time = test::time_of([&] {
        const auto none = kw::tcp::connect(to, 60ms, {.delay = 10ms});
        REQUIRE_FALSE(none);
        CHECK(none.error() == kw::errc::limit_reached);
        const auto attempts = none.error().attempts();
        REQUIRE(attempts.size() == 3);
        CHECK(attempts[0].to == to[1]);
        CHECK(attempts[0].why == kw::errc::connection_refused);
        CHECK(attempts[1].to == to[0]);
        CHECK(attempts[1].why == kw::errc::limit_reached);
        CHECK(attempts[2].to == to[2]);
        CHECK(attempts[2].why == kw::errc::limit_reached);
    });
    CHECK(time >= 60ms);
    CHECK(net::open_descriptors() == before);
}

TEST_CASE_FIXTURE(both_families, "zero tries the first endpoint, once") {
    CHECK(failure(kw::tcp::connect(list("4s 4o"), 0s)) == kw::errc::limit_reached);
}

TEST_CASE_FIXTURE(both_families, "a cancel from another thread ends the attempts") {
    const auto before = net::open_descriptors();
    {
        const auto stop = must(kw::canceller::open());
        kw::error why;
        std::thread dials([&] { why = failure(kw::tcp::connect(list("4s 4s"), stop)); });
        must(stop.cancel());
        dials.join();
        CHECK(why == kw::errc::operation_canceled);
    }
    CHECK(net::open_descriptors() == before);
}

TEST_CASE_FIXTURE(both_families, "of more attempts than sixteen the oldest is given up") {
    endpoints to(40, v4.endpoint('s'));
    to.push_back(v4.endpoint('o'));
    const auto before = net::open_descriptors();
    const auto made = kw::tcp::connect(to, long_time, {.delay = 10ms});
    REQUIRE(made);
    CHECK(must(made->peer_endpoint()) == to.back());
    CHECK(net::open_descriptors() == before + 1);
}

TEST_CASE_FIXTURE(both_families, "no descriptor left is an error of each attempt") {
    test::check_in_child([&] {
        const ::rlimit none{static_cast<::rlim_t>(net::open_descriptors()), 1024};
        ::setrlimit(RLIMIT_NOFILE, &none);
        while (::dup(0) >= 0) {}
        const auto failed = kw::tcp::connect(list("4o 4o"), long_time);
        KEYWAY_CHILD_CHECK(!failed);
        KEYWAY_CHILD_CHECK(failed.error() == kw::errc::too_many_files_open);
        KEYWAY_CHILD_CHECK(failed.error().attempts().size() == 2);
        return std::string();
    });
}

/// In a network whose only ephemeral port is this one, so that a socket that connects to it gets it itself.
TEST_CASE("a socket that would talk to itself is refused") {
    test::check_in_child([] {
        if (!test::enter_own_network()) return std::string("skipped: a network of one's own is not permitted here");
        std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "40001 40001";
        const kw::tcp4::endpoint own(kw::ipv4_address::loopback(), 40001);
        // The plain call leaves it to the caller to look (tcp(7)).
        auto plain = kw::tcp4::connect(own);
        KEYWAY_CHILD_CHECK(plain && *plain->local_endpoint() == own && *plain->peer_endpoint() == own);
        KEYWAY_CHILD_CHECK(std::move(*plain).reset());
        const auto looked = kw::tcp4::connect(std::array{own}, 5s);
        KEYWAY_CHILD_CHECK(!looked && looked.error() == kw::errc::connection_refused);
        return std::string();
    });
}

TEST_CASE("connect reports that no local port is left, and succeeds when there is one") {
    test::check_in_child([] {
        if (!test::enter_own_network()) return std::string("skipped: a network of one's own is not permitted here");
        const auto listener = kw::tcp4::listen({kw::ipv4_address::loopback(), 7000});
        std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "40001 40004";
        std::vector<kw::tcp4::connection> all;
        for (;;) {
            auto next = kw::tcp4::connect(*listener->local_endpoint(), 5s);
            if (!next) {
                KEYWAY_CHILD_CHECK(next.error() == kw::errc::address_not_available);
                KEYWAY_CHILD_CHECK(next.error().operation() == kw::operation::connect);
                break;
            }
            all.push_back(std::move(*next));
        }
        KEYWAY_CHILD_CHECK(all.size() == 4);
        KEYWAY_CHILD_CHECK(std::move(all.back()).reset());
        KEYWAY_CHILD_CHECK(kw::tcp4::connect(*listener->local_endpoint(), 5s));
        return std::string();
    });
}

/// Under the tests' own server of names, each of which says how it is answered.
constexpr std::uint16_t port = 7000;
constexpr const char* patient = "timeout:20 attempts:1";

TEST_CASE("by name: over the one family that a host has") {
    test::check_with_own_names(patient, []() -> std::string {
        const auto of_v6 = must(kw::tcp6::listen({kw::ipv6_address::any(), port}));
        const auto of_v4 = must(kw::tcp4::listen({kw::ipv4_address::any(), port}));
        const auto v6 = kw::tcp::connect("v6only.test", port, long_time);
        KEYWAY_CHILD_CHECK(v6 && must(v6->peer_endpoint()) == kw::tcp::endpoint(kw::ipv6_address::loopback(), port));
        const auto v4 = kw::tcp::connect("v4only.test", port, long_time);
        KEYWAY_CHILD_CHECK(v4 && must(v4->peer_endpoint()) == kw::tcp::endpoint(kw::ipv4_address(127, 0, 0, 5), port));
        KEYWAY_CHILD_CHECK(kw::tcp6::connect("v6only.test", port, long_time));
        KEYWAY_CHILD_CHECK(!kw::tcp4::connect("v6only.test", port, long_time));
        return {};
    });
}

TEST_CASE("by name: one family is silent, the other answers") {
    test::check_with_own_names(patient, []() -> std::string {
        const test::blackhole<kw::tcp> silent({kw::ipv6_address::loopback(), port});
        const auto listener = must(kw::tcp4::listen({kw::ipv4_address(127, 0, 0, 6), port}));
        const auto descriptors = net::open_descriptors();
        {
            // ::1 is silent, fd00::5 has no way to it, 127.0.0.5 refuses.
            const auto made = kw::tcp::connect("both.test", port, long_time, {.delay = 20ms});
            KEYWAY_CHILD_CHECK(made && must(made->peer_endpoint()) == must(listener.local_endpoint()));
        }
        {
            const auto all = kw::tcp::connect("both.test", port + 1, long_time);
            KEYWAY_CHILD_CHECK(!all && all.error() == kw::errc::connection_refused);
            KEYWAY_CHILD_CHECK(all.error().attempts().size() == 4);
        }
        KEYWAY_CHILD_CHECK(net::open_descriptors() == descriptors);
        return {};
    });
}

TEST_CASE("by name: one limit for the name and the connection") {
    test::check_with_own_names(patient, []() -> std::string {
        const auto listener = must(kw::tcp4::listen({kw::ipv4_address::any(), port}));
        static_cast<void>(
            kw::tcp::connect("127.0.0.1", port, long_time));  // what the resolver keeps open, it has opened
        KEYWAY_CHILD_CHECK(kw::tcp::connect("slow.test", port, long_time));
        KEYWAY_CHILD_CHECK(kw::tcp::connect("slow.test", port));
        const auto hasty = failure(kw::tcp::connect("slow.test", port, 50ms));
        KEYWAY_CHILD_CHECK(hasty.timed_out() && hasty.operation() == kw::operation::resolve);
        const auto unanswered = failure(kw::tcp::connect("silent.test", port, 50ms));
        KEYWAY_CHILD_CHECK(unanswered.timed_out() && unanswered.operation() == kw::operation::resolve);
        // The name takes 0.3 seconds of the time, the silent endpoint the rest of it.
        const test::blackhole<kw::tcp4> silent({kw::ipv4_address(127, 0, 0, 5), port + 1});
        auto late = kw::error{};
        const auto time = test::time_of([&] { late = failure(kw::tcp::connect("slow.test", port + 1, 600ms)); });
        KEYWAY_CHILD_CHECK(late.timed_out() && late.operation() == kw::operation::connect);
        KEYWAY_CHILD_CHECK(time >= 600ms && time < 5s);
        return {};
    });
}

TEST_CASE("by name: broken servers are the resolver's error, and thousands of addresses one connection") {
    test::check_with_own_names(patient, []() -> std::string {
        const auto listener = must(kw::tcp4::listen({kw::ipv4_address::any(), port}));
        for (const char* const name : {"servfail.test", "refused.test", "garbage.test", "absent.test"}) {
            const auto none = kw::tcp::connect(name, port, 500ms);
            KEYWAY_CHILD_CHECK(!none && none.error().operation() == kw::operation::resolve);
            KEYWAY_CHILD_CHECK(none.error().attempts().empty());
        }
        KEYWAY_CHILD_CHECK(failure(kw::tcp::connect("absent.test", port)) == kw::resolver_errc::host_not_found);
        KEYWAY_CHILD_CHECK(kw::tcp::connect("many.test", port, long_time));
        const auto refused = kw::tcp4::connect("many.test", port + 1, long_time);
        KEYWAY_CHILD_CHECK(!refused && refused.error() == kw::errc::connection_refused);
        KEYWAY_CHILD_CHECK(refused.error().attempts().size() == 4000);
        KEYWAY_CHILD_CHECK(kw::tcp::connect("far.test", port, long_time));
        return {};
    });
}

}  // namespace
