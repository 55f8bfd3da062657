// SPDX-License-Identifier: BSL-1.0
// What a poll set costs in system calls, as <keyway/event/poll.hpp> says, and what happens when one of them fails.

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <keyway/event/poll.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using fault::call;
using test::failure;
using test::must;

struct waiting_for_one : test::bounded {
    const kw::udp4::socket socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    kw::poll_set<> set = must(kw::poll_set<>::open());

    explicit waiting_for_one() { must(set.add(socket, kw::readable, 1)); }

    /// Returns when a datagram has arrived.
    void arrive() const {
        must(socket.send_to("x", must(socket.local_endpoint())));
        REQUIRE(test::readable(socket));
    }
};

TEST_CASE("a set costs three calls, and each change one") {
    const auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const fault::scope counts{fault::plan()};
    auto set = must(kw::poll_set<>::open());
    CHECK(fault::count(call::epoll_create1) == 1);
    CHECK(fault::count(call::eventfd) == 1);
    CHECK(fault::count(call::epoll_ctl) == 1);
    CHECK(fault::count() == 3);
    must(set.add(socket, kw::readable, 1));
    must(set.modify(socket, kw::writable, 1));
    must(set.remove(socket));
    CHECK(fault::count(call::epoll_ctl) == 4);
    CHECK(fault::count() == 6);
}

TEST_CASE_FIXTURE(waiting_for_one, "a wait is one call where something is ready, with a limit too") {
    arrive();
    const fault::scope counts{fault::plan()};
    must(set.wait());
    must(set.wait(5s));
    must(set.wait(0s));
    must(set.wait(kw::limit(5s).spin(1ms)));
    CHECK(fault::count(call::epoll_wait) == 4);
    CHECK(fault::count() == 4);
}

TEST_CASE_FIXTURE(waiting_for_one, "a canceller costs one look more") {
    const auto stop = must(kw::canceller::open());
    arrive();
    const fault::scope counts{fault::plan()};
    must(set.wait(stop));
    CHECK(fault::count(call::ppoll) == 1);
    CHECK(fault::count(call::epoll_wait) == 1);
    CHECK(fault::count() == 2);
}

TEST_CASE_FIXTURE(waiting_for_one, "a wait that sleeps is one call, with a limit too") {
    const fault::scope counts{fault::plan()};
    CHECK(failure(set.wait(50ms)).timed_out());
    CHECK(failure(set.wait(kw::deadline(50ms))).timed_out());
    CHECK(failure(set.wait(0s)).timed_out());
    CHECK(fault::count(call::epoll_wait) == 3);
    CHECK(fault::count() == 3);
    CHECK(failure(set.wait(-1s)).timed_out());
    CHECK(fault::count() == 3);
}

TEST_CASE_FIXTURE(waiting_for_one, "a wait with a canceller sleeps in one call, and collects in another") {
    const auto stop = must(kw::canceller::open());
    const fault::scope counts{fault::plan()};
    CHECK(failure(set.wait(kw::limit(20ms).cancelled_by(stop))).limit_reached());
    CHECK(fault::count(call::ppoll) == 1);
    CHECK(fault::count() == 1);
    must(stop.cancel());
    CHECK(failure(set.wait(stop)) == kw::errc::operation_canceled);
    CHECK(fault::count(call::epoll_wait) == 0);
}

TEST_CASE_FIXTURE(waiting_for_one, "an interrupted collection is repeated, and one that fails is reported") {
    const auto stop = must(kw::canceller::open());
    arrive();
    {
        const fault::scope faults(fault::plan().fail(call::epoll_wait, 1, EINTR));
        CHECK(must(set.wait(stop)).size() == 1);
        CHECK(fault::count(call::epoll_wait) == 2);
    }
    const fault::scope faults(fault::plan().fail(call::epoll_wait, 1, EBADF));
    CHECK(failure(set.wait(stop)) == kw::errc::bad_file_descriptor);
}

TEST_CASE_FIXTURE(waiting_for_one, "an interrupted wait for events continues") {
    arrive();
    for (const unsigned times : {1U, 5U}) {
        const fault::scope faults(fault::plan().fail(call::epoll_wait, 1, EINTR, fault::timing::instead, times));
        CHECK(must(set.wait()).size() == 1);
        CHECK(fault::count(call::epoll_wait) == times + 1);
    }
    const fault::scope faults(fault::plan().fail(call::epoll_wait, 1, EINTR, fault::timing::instead, 3));
    CHECK(must(set.wait(5s)).size() == 1);
    CHECK(fault::count(call::epoll_wait) == 4);
    CHECK(fault::count() == 4);
}

/// A set's whole life. What fails is returned; the default error where nothing did.
kw::error live(const kw::udp4::socket& socket) {
    auto set = kw::poll_set<>::open();
    if (!set) return failure(set);
    if (auto added = set->add(socket, kw::readable, 1); !added) return added.error();
    if (auto ready = set->wait(); !ready) return ready.error();
    if (auto modified = set->modify(socket, kw::writable, 2); !modified) return modified.error();
    if (auto ready = set->wait(5s); !ready) return ready.error();
    if (auto woken = set->wake(); !woken) return woken.error();
    if (auto removed = set->remove(socket); !removed) return removed.error();
    if (auto ready = set->wait(); !ready) return ready.error();
    return {};
}

TEST_CASE_FIXTURE(waiting_for_one, "torture: a set, with each of its calls failing") {
    arrive();
    const std::size_t open_before = net::open_descriptors();
    unsigned calls = 0;
    {
        const fault::scope counting;
        REQUIRE(live(socket) == kw::error{});
        calls = fault::count();
    }
    constexpr unsigned closing = 2;
    REQUIRE(calls == 3 + 6 + closing);
    for (unsigned k = 1; k <= calls; ++k) {
        for (const int code : {EMFILE, ENOMEM, ENOSPC, EINVAL}) {
            kw::error told;
            {
                const fault::scope faults(fault::plan().fail_any(k, code));
                told = live(socket);
            }
            INFO("call ", k, " of ", calls, ", ", fault::name_of(fault::last_injected()), ": ",
                 std::string(std::strerror(code)));
            CHECK(fault::injected() == 1);
            CHECK(net::open_descriptors() == open_before);
            CHECK(told.code() == (k <= calls - closing ? code : 0));
            CHECK((told.operation() != kw::operation::none) == (k <= calls - closing));
        }
    }
}

TEST_CASE("ten thousand idle sockets: a wait is one system call, and yields one event") {
    test::check_in_child([]() -> std::string {
        constexpr std::size_t many = 10'000;
        const ::rlimit enough{many + 100, many + 100};
        if (::setrlimit(RLIMIT_NOFILE, &enough) != 0) return "skipped: so many descriptors are not permitted";
        auto set = kw::poll_set<std::size_t>::open().value();
        std::vector<kw::udp4::socket> sockets;
        for (std::size_t i = 0; i < many; ++i) {
            sockets.push_back(kw::udp4::bind(net::any_loopback_port<kw::udp4>()).value());
            KEYWAY_CHILD_CHECK(set.add(sockets.back(), kw::readable, i).has_value());
        }
        KEYWAY_CHILD_CHECK(sockets[0].send_to("x", sockets[1].local_endpoint().value()).has_value());
        const fault::scope counts{fault::plan()};
        const auto ready = set.wait();
        KEYWAY_CHILD_CHECK(ready && ready->size() == 1 && ready->front().token == 1);
        KEYWAY_CHILD_CHECK(set.wait(5s).has_value());
        KEYWAY_CHILD_CHECK(fault::count(call::epoll_wait) == 2);
        KEYWAY_CHILD_CHECK(fault::count() == 2);
        return "";
    });
}

}  // namespace
