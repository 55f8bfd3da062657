// SPDX-License-Identifier: BSL-1.0
// Limits where POSIX is needed to see them: signals, blackholes, queues of AF_UNIX.
#include <keyway/limit.hpp>

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/time.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

constexpr auto moment = 30ms;
constexpr auto long_time = 30s;

TEST_CASE_FIXTURE(test::bounded, "a limit leaves a socket's mode alone") {
    const auto ends = test::connect_ends();
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto knocking = must(kw::tcp4::connect(must(listener.local_endpoint()), long_time));
    const auto served = must(listener.accept(long_time));
    std::array<std::byte, 8> buffer;
    CHECK(failure(ends.client.recv(buffer, 1ms)) == kw::errc::limit_reached);
    CHECK(failure(listener.accept(1ms)) == kw::errc::limit_reached);
    CHECK_FALSE(must(ends.client.get<kw::option::non_blocking>()));
    CHECK_FALSE(must(listener.get<kw::option::non_blocking>()));
    CHECK_FALSE(must(knocking.get<kw::option::non_blocking>()));
    CHECK_FALSE(must(served.connection.get<kw::option::non_blocking>()));
    auto socket = must(kw::tcp4::socket::open());
    must(socket.set(kw::option::non_blocking{true}));
    const auto other = must(std::move(socket).connect(must(listener.local_endpoint()), long_time));
    CHECK(must(other.get<kw::option::non_blocking>()));
}

TEST_CASE("signals do not make a deadline later") {
    test::check_in_child([] {
        struct ::sigaction action{};
        action.sa_handler = [](int) {};
        ::sigaction(SIGALRM, &action, nullptr);
        const ::itimerval often{{0, 1000}, {0, 1000}};
        ::setitimer(ITIMER_REAL, &often, nullptr);
        const auto ends = kw::tcp::pair();
        const auto listener = kw::tcp4::listen(net::any_loopback_port<kw::tcp4>());
        KEYWAY_CHILD_CHECK(ends && listener);
        std::array<std::byte, 8> buffer;
        const kw::deadline until = 60ms;
        KEYWAY_CHILD_CHECK(failure((*ends)[0].recv_exact(buffer, until)) == kw::errc::limit_reached);
        KEYWAY_CHILD_CHECK(until.has_passed());
        KEYWAY_CHILD_CHECK(failure(listener->accept(60ms)) == kw::errc::limit_reached);
        const std::vector<std::byte> much(16 << 20);
        KEYWAY_CHILD_CHECK(failure((*ends)[0].send_all(much, 60ms)) == kw::errc::limit_reached);
        return std::string();
    });
}

TEST_CASE_FIXTURE(test::bounded, "a connect that nobody answers ends in time, and its descriptor is closed") {
    const test::blackhole<> hole;
    const auto before = net::open_descriptors();
    CHECK(test::time_of([&] {
              CHECK(failure(kw::tcp4::connect(hole.endpoint(), moment)) == kw::errc::limit_reached);
          }) >= moment);
    CHECK(failure(kw::tcp4::connect(hole.endpoint(), 0s)) == kw::errc::limit_reached);
    auto socket = must(kw::tcp4::socket::open());
    CHECK(failure(std::move(socket).connect(hole.endpoint(), moment)) == kw::errc::limit_reached);
    CHECK_FALSE(socket.is_open());
    CHECK(net::open_descriptors() == before);
}

TEST_CASE_FIXTURE(test::bounded, "a connect that nobody answers is cancelled") {
    const test::blackhole<> hole;
    const auto stop = must(kw::canceller::open());
    kw::error why;
    std::thread waits([&] { why = failure(kw::tcp4::connect(hole.endpoint(), stop)); });
    must(stop.cancel());
    waits.join();
    CHECK(why == kw::errc::operation_canceled);
}

TEST_CASE("a network that swallows every packet ends a connect in time") {
    test::check_in_child([] {
        if (!test::enter_own_network()) return std::string("skipped: a network of one's own is not permitted here");
        if (std::system("nft 'add table ip t; add chain ip t in { type filter hook input priority 0; }; "
                        "add rule ip t in tcp dport 4321 drop'") != 0)
            return std::string("nft failed");
        const kw::tcp4::endpoint hole(kw::ipv4_address::loopback(), 4321);
        std::optional<kw::error> why;
        const auto time = test::time_of([&] { why = failure(kw::tcp4::connect(hole, 100ms)); });
        KEYWAY_CHILD_CHECK(*why == kw::errc::limit_reached);
        KEYWAY_CHILD_CHECK(why->operation() == kw::operation::connect);
        KEYWAY_CHILD_CHECK(time >= 100ms);
        return std::string();
    });
}

/// An AF_UNIX listener whose queue is full.
struct full_queue {
    test::temporary_directory directory;
    kw::unix_stream::listener listener = [this] {
        auto socket = must(kw::unix_stream::socket::open());
        must(socket.bind(directory.endpoint()));
        return must(std::move(socket).listen(0));
    }();
    kw::unix_stream::connection first = must(kw::unix_stream::connect(directory.endpoint()));
};

TEST_CASE_FIXTURE(test::bounded, "an AF_UNIX connect waits for space in the queue until its deadline") {
    const full_queue queue;
    CHECK(test::time_of([&] {
              CHECK(failure(kw::unix_stream::connect(queue.directory.endpoint(), moment)) == kw::errc::limit_reached);
          }) >= moment);
    CHECK(failure(kw::unix_stream::connect(queue.directory.endpoint(), 0s)) == kw::errc::limit_reached);
    const auto stop = must(kw::canceller::open());
    must(stop.cancel());
    CHECK(failure(kw::unix_stream::connect(queue.directory.endpoint(), stop)) == kw::errc::operation_canceled);
}

TEST_CASE_FIXTURE(test::bounded, "an AF_UNIX connect is made when there is space again") {
    const full_queue queue;
    std::thread later([&] { must(queue.listener.accept()); });
    must(kw::unix_stream::connect(queue.directory.endpoint(), long_time));
    later.join();
}

TEST_CASE_FIXTURE(test::bounded, "messages take limits: AF_UNIX datagrams and seqpacket") {
    const auto check = [](const auto& left, const auto& right) {
        std::array<std::byte, 8> buffer;
        CHECK(failure(left.recv(buffer, 1ms)) == kw::errc::limit_reached);
        must(right.send("abc", long_time));
        CHECK(test::text(must(left.recv(buffer, long_time)).data) == "abc");
        while (right.send("full", 0s)) {}
        CHECK(failure(right.send("full", moment)) == kw::errc::limit_reached);
        must(left.recv(buffer));
        must(right.send("more", long_time));
    };
    const auto datagrams = must(kw::unix_datagram::pair());
    check(datagrams[0], datagrams[1]);
    const auto packets = must(kw::unix_seqpacket::pair());
    check(packets[0], packets[1]);
}

TEST_CASE_FIXTURE(test::bounded, "a datagram to a full AF_UNIX queue waits until its deadline") {
    const test::temporary_directory directory;
    const auto slow = must(kw::unix_datagram::bind(directory.endpoint()));
    const auto fast = must(kw::unix_datagram::socket::open());
    while (fast.send_to("full", directory.endpoint(), 0s)) {}
    CHECK(test::time_of([&] {
              CHECK(failure(fast.send_to("full", directory.endpoint(), moment)) == kw::errc::limit_reached);
          }) >= moment);
    std::thread later([&] {
        std::array<std::byte, 8> buffer;
        must(slow.recv_from(buffer));
    });
    must(fast.send_to("more", directory.endpoint(), long_time));
    later.join();
}

TEST_CASE("a canceller needs one descriptor, and none that exec would pass on") {
    const auto before = net::open_descriptors();
    {
        const auto stop = must(kw::canceller::open());
        CHECK(net::open_descriptors() == before + 1);
        CHECK((::fcntl(stop.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
    }
    CHECK(net::open_descriptors() == before);
}

TEST_CASE_FIXTURE(test::bounded, "a signal handler may cancel") {
    static kw::canceller_view wanted;
    const auto stop = must(kw::canceller::open());
    wanted = stop;
    struct ::sigaction action{};
    struct ::sigaction before{};
    action.sa_handler = [](int) { (void)wanted.cancel(); };
    ::sigaction(SIGUSR1, &action, &before);
    const auto ends = test::connect_ends();
    std::array<std::byte, 8> buffer;
    kw::error why;
    std::atomic<test::thread_number> number{};  // ThreadSanitizer runs a handler late that comes before the call waits
    std::thread reader([&] {
        number = test::this_thread_number();
        why = failure(ends.client.recv(buffer, stop));
    });
    while (number == 0) std::this_thread::yield();
    test::wait_until_asleep(number);
    ::pthread_kill(reader.native_handle(), SIGUSR1);
    reader.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    CHECK(why == kw::errc::operation_canceled);
}

}  // namespace
