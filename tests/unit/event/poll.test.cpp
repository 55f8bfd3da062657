// SPDX-License-Identifier: BSL-1.0
#include <keyway/event/poll.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <keyway/client/connecting.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

/// The one event that is there.
template <class Token>
kw::poll_event<Token> only_event(kw::poll_set<Token>& set, const kw::limit& limit = 10s) {
    const auto ready = must(set.wait(limit));
    REQUIRE(ready.size() == 1);
    return ready.front();
}

/// Whether there is nothing to tell now.
template <class Token>
bool is_quiet(kw::poll_set<Token>& set) {
    const auto ready = set.wait(0s);
    return !ready && ready.error().timed_out();
}

kw::udp4::socket receiver() { return must(kw::udp4::bind({test::own_datagram_loopback(), 0})); }

// ---- what is ready

TEST_CASE_FIXTURE(test::bounded,
                  "a connection is readable when bytes come, and each wait says so until they are taken") {
    const auto ends = test::connect_ends();
    auto set = must(kw::poll_set<>::open());
    must(set.add(ends.server, kw::readable, 7));
    CHECK(is_quiet(set));
    must(ends.client.send_all("hello"));
    for (int i = 0; i < 3; ++i) {
        const auto event = only_event(set);
        CHECK(event.token == 7);
        CHECK(event.readable);
        CHECK_FALSE(event.writable);
        CHECK_FALSE(event.hung_up);
        CHECK_FALSE(event.failed);
    }
    std::array<std::byte, 3> some;
    must(ends.server.recv_exact(some));
    CHECK(only_event(set).readable);
    must(ends.server.recv(some));
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "a connection is writable while there is space") {
    const auto ends = test::connect_ends();
    auto set = must(kw::poll_set<>::open());
    must(set.add(ends.client, kw::writable, 1));
    const auto event = only_event(set);
    CHECK(event.writable);
    CHECK_FALSE(event.readable);
    CHECK(only_event(set).writable);

    std::size_t full = test::fill_up(ends.client);
    CHECK(is_quiet(set));
    std::vector<std::byte> buffer(1 << 20);
    while (full > 0) full -= must(ends.server.recv(buffer)).size();
    CHECK(only_event(set).writable);
}

TEST_CASE_FIXTURE(test::bounded, "both directions are reported in one event") {
    const auto ends = test::connect_ends();
    must(ends.client.send_all("x"));
    REQUIRE(test::readable(ends.server));
    auto set = must(kw::poll_set<>::open());
    must(set.add(ends.server, kw::readable | kw::writable, 1));
    const auto event = only_event(set);
    CHECK(event.readable);
    CHECK(event.writable);
    CHECK_FALSE(event.hung_up);
}

TEST_CASE_FIXTURE(test::bounded, "a listener is readable when somebody connects") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    auto set = must(kw::poll_set<>::open());
    must(set.add(listener, kw::readable, 1));
    CHECK(is_quiet(set));
    const auto client = must(kw::tcp4::connect(must(listener.local_endpoint())));
    CHECK(only_event(set).readable);
    must(listener.accept(5s));
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "a datagram socket is readable when a datagram comes, an empty one too") {
    const auto socket = receiver();
    const auto sender = receiver();
    auto set = must(kw::poll_set<>::open());
    must(set.add(socket, kw::readable, 1));
    CHECK(is_quiet(set));
    must(sender.send_to("", must(socket.local_endpoint())));
    CHECK(only_event(set).readable);
    std::array<std::byte, 1> room;
    must(socket.recv_from(room));
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "a connection under way is writable once it is made") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    auto attempt = must(kw::start_connect<kw::tcp4>(must(listener.local_endpoint())));
    auto set = must(kw::poll_set<>::open());
    must(set.add(attempt, kw::writable, 1));
    const auto event = only_event(set);
    CHECK(event.writable);
    CHECK_FALSE(event.failed);
    must(set.remove(attempt));
    must(std::move(attempt).finish());
}

TEST_CASE_FIXTURE(test::bounded, "an attempt that is refused is told, and finish() says why") {
    auto listener = must(kw::tcp4::listen({test::own_loopback(), 0}));
    const auto nobody = must(listener.local_endpoint());
    must(listener.close());
    auto attempt = kw::start_connect<kw::tcp4>(nobody);
    if (!attempt) {
        CHECK(failure(attempt) == kw::errc::connection_refused);
        return;
    }
    auto set = must(kw::poll_set<>::open());
    must(set.add(*attempt, kw::writable, 1));
    const auto event = only_event(set);
    CHECK(event.writable);
    CHECK(event.failed);
    must(set.remove(*attempt));
    CHECK(failure(std::move(*attempt).finish()) == kw::errc::connection_refused);
}

TEST_CASE_FIXTURE(test::bounded, "a canceller is readable from cancel() to reset()") {
    const auto canceller = must(kw::canceller::open());
    auto set = must(kw::poll_set<>::open());
    must(set.add(canceller, kw::readable, 1));
    CHECK(is_quiet(set));
    must(canceller.cancel());
    CHECK(only_event(set).readable);
    must(canceller.reset());
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "the peer's end of stream is readable, and the rest can still be sent") {
    const auto ends = test::connect_ends();
    auto set = must(kw::poll_set<>::open());
    must(set.add(ends.server, kw::readable, 1));
    must(ends.client.shutdown_send());
    const auto event = only_event(set);
    CHECK(event.readable);
    CHECK_FALSE(event.failed);
    std::array<std::byte, 1> room;
    CHECK(must(ends.server.recv(room)).empty());
    must(ends.server.send_all("bye"));
    CHECK(only_event(set).readable);  // as long as the end is an end
}

TEST_CASE_FIXTURE(test::bounded, "a connection that ended both ways has hung up, and counts as ready for both") {
    const auto ends = test::connect_ends();
    auto set = must(kw::poll_set<>::open());
    must(set.add(ends.server, kw::readable | kw::writable, 1));
    must(ends.client.send_all("last"));
    must(ends.client.shutdown_send());
    must(ends.server.shutdown_send());
    CHECK(test::read_to_end(ends.client).empty());
    REQUIRE(test::readable(ends.server));
    const auto event = only_event(set);
    CHECK(event.hung_up);
    CHECK(event.readable);
    CHECK(event.writable);
    CHECK_FALSE(event.failed);
    CHECK(test::read_to_end(ends.server) == "last");
}

TEST_CASE_FIXTURE(test::bounded, "a reset is told, whatever the program waits for") {
    for (const auto wanted : {kw::readable, kw::writable, kw::interest::nothing}) {
        auto ends = test::connect_ends();
        if (wanted == kw::writable) test::fill_up(ends.server);
        auto set = must(kw::poll_set<>::open());
        must(set.add(ends.server, wanted, 1));
        must(std::move(ends.client).reset());
        const auto event = only_event(set);
        CHECK((event.hung_up || event.failed));
        CHECK(event.readable);
        CHECK(event.writable);
        if (test::skipped_under_wine("what recv() says of a reset after a wait", "keeps the error to itself")) continue;
        std::array<std::byte, 1> room;
        CHECK(failure(ends.server.recv(room)) == kw::errc::connection_reset);
    }
}

TEST_CASE_FIXTURE(test::bounded, "an interest in nothing reports neither bytes nor space") {
    const auto ends = test::connect_ends();
    must(ends.client.send_all("x"));
    REQUIRE(test::readable(ends.server));
    auto set = must(kw::poll_set<>::open());
    must(set.add(ends.server, kw::interest::nothing, 1));
    CHECK(is_quiet(set));
    must(set.modify(ends.server, kw::readable, 1));
    CHECK(only_event(set).readable);
}

// ---- what is in the set

TEST_CASE_FIXTURE(test::bounded, "modify changes the interest and the token") {
    const auto ends = test::connect_ends();
    auto set = must(kw::poll_set<>::open());
    must(set.add(ends.server, kw::readable, 1));
    CHECK(is_quiet(set));
    must(set.modify(ends.server, kw::writable, 2));
    CHECK(only_event(set).token == 2);
    CHECK(only_event(set).writable);
    must(ends.client.send_all("x"));
    REQUIRE(test::readable(ends.server));
    CHECK_FALSE(only_event(set).readable);
    must(set.modify(ends.server, kw::readable, 3));
    CHECK(only_event(set).token == 3);
    CHECK_FALSE(only_event(set).writable);
}

TEST_CASE_FIXTURE(test::bounded, "a removed handle is not reported, and can be added again") {
    const auto ends = test::connect_ends();
    const auto others = test::connect_ends();
    auto set = must(kw::poll_set<>::open());
    must(set.add(ends.server, kw::writable, 1));
    must(set.add(others.server, kw::writable, 2));
    must(set.add(others.client, kw::writable, 3));
    CHECK(must(set.wait()).size() == 3);
    must(set.remove(ends.server));
    std::set<std::uintptr_t> left;
    for (const auto& event : must(set.wait())) left.insert(event.token);
    CHECK(left == std::set<std::uintptr_t>{2, 3});
    must(set.remove(others.client));
    must(set.remove(others.server));
    CHECK(is_quiet(set));
    must(set.add(ends.server, kw::writable, 4));
    CHECK(only_event(set).token == 4);
}

TEST_CASE_FIXTURE(test::bounded, "a handle is in the set once, and one that is not in it cannot be modified") {
    const auto socket = receiver();
    auto set = must(kw::poll_set<>::open());
    CHECK(failure(set.remove(socket)) == kw::errc::not_added);
    CHECK(failure(set.modify(socket, kw::readable, 1)) == kw::errc::not_added);
    must(set.add(socket, kw::writable, 1));
    const auto twice = failure(set.add(socket, kw::readable, 2));
    CHECK(twice == kw::errc::already_added);
    CHECK(twice.message().view() == "add to poll set: the handle is in the poll set already");
    CHECK(only_event(set).token == 1);
    must(set.remove(socket));
    CHECK(failure(set.remove(socket)).message().view() == "remove from poll set: the handle is not in the poll set");
}

TEST_CASE_FIXTURE(test::bounded, "no handle, a closed one, and no socket are refused") {
    auto set = must(kw::poll_set<>::open());
    auto socket = receiver();
    const kw::handle_view closed = socket;
    must(socket.close());
    for (const auto& handle : {kw::handle_view(), closed}) {
        CHECK(failure(set.add(handle, kw::readable, 1)) == test::bad_handle_error);
        CHECK(failure(set.modify(handle, kw::readable, 1)) == test::bad_handle_error);
        CHECK(failure(set.remove(handle)) == test::bad_handle_error);
    }
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "one token is taken") {
    if constexpr (sizeof(std::uintptr_t) == sizeof(std::uint64_t)) {
        const auto socket = receiver();
        auto set = must(kw::poll_set<>::open());
        CHECK(failure(set.add(socket, kw::readable, UINTPTR_MAX)) == kw::errc::invalid_argument);
        must(set.add(socket, kw::writable, UINTPTR_MAX - 1));
        CHECK(failure(set.modify(socket, kw::readable, UINTPTR_MAX)) == kw::errc::invalid_argument);
        CHECK(only_event(set).token == UINTPTR_MAX - 1);
    }
}

TEST_CASE_FIXTURE(test::bounded, "a token is a pointer, a number, an enumerator or a small struct of the program's") {
    const auto socket = receiver();
    int something = 0;
    auto pointers = must(kw::poll_set<int*>::open());
    must(pointers.add(socket, kw::writable, &something));
    CHECK(only_event(pointers).token == &something);

    auto numbers = must(kw::poll_set<int>::open());
    must(numbers.add(socket, kw::writable, -1));
    CHECK(only_event(numbers).token == -1);

    enum class who : std::uint8_t { listener, client };
    auto enumerators = must(kw::poll_set<who>::open());
    must(enumerators.add(socket, kw::writable, who::client));
    CHECK(only_event(enumerators).token == who::client);

    struct place {
        std::uint16_t row, column;
        bool operator==(const place&) const = default;
    };
    auto places = must(kw::poll_set<place>::open());
    must(places.add(socket, kw::writable, place{.row = 3, .column = 4}));
    CHECK(only_event(places).token == place{.row = 3, .column = 4});
}

static_assert(!kw::poll_token<std::string> && !kw::poll_token<std::array<void*, 2>>);
static_assert(!std::is_copy_constructible_v<kw::poll_set<>> && std::is_nothrow_move_constructible_v<kw::poll_set<>>);
static_assert(std::is_trivially_copyable_v<kw::poll_event<int*>>);

TEST_CASE_FIXTURE(test::bounded, "when more handles are ready than one wait reports each gets its turn") {
    constexpr std::size_t many = 3 * kw::poll_set<>::max_events + 5;
    std::vector<kw::udp4::socket> sockets;
    auto set = must(kw::poll_set<std::size_t>::open());
    for (std::size_t i = 0; i < many; ++i) {
        sockets.push_back(receiver());
        must(set.add(sockets.back(), kw::writable, i));
    }
    std::set<std::size_t> told;
    for (int i = 0; i < 4; ++i) {
        const auto ready = must(set.wait());
        CHECK(ready.size() == set.max_events);
        for (const auto& event : ready) told.insert(event.token);
    }
    CHECK(told.size() == many);
    for (std::size_t i = 1; i < many; ++i) must(set.remove(sockets[i]));
    CHECK(only_event(set).token == 0);
}

TEST_CASE_FIXTURE(test::bounded, "a wait reports as many events as the set has space for") {
    std::vector<kw::udp4::socket> sockets;
    auto two = must(kw::poll_set<std::size_t, 2>::open());
    auto many = must(kw::poll_set<std::size_t, 500>::open());
    for (std::size_t i = 0; i < 100; ++i) {
        sockets.push_back(receiver());
        must(two.add(sockets.back(), kw::writable, i));
        must(many.add(sockets.back(), kw::writable, i));
    }
    CHECK(must(two.wait()).size() == 2);
    CHECK(must(many.wait()).size() == 100);
}

TEST_CASE_FIXTURE(test::bounded, "a wake among events is none of them") {
    const auto first = receiver();
    const auto second = receiver();
    auto set = must(kw::poll_set<int>::open());
    must(set.wake());  // reported before the handles, between them or after them
    must(set.add(first, kw::writable, 1));
    must(set.wake());
    must(set.add(second, kw::writable, 2));
    must(set.wake());
    for (int i = 0; i < 4; ++i) {
        const auto events = must(set.wait());
        int sum = 0;
        for (const auto& event : events) sum += event.token;
        CHECK(sum == 3);
        CHECK(events.size() == 2);
        CHECK_FALSE(events.empty());
        must(set.wake());
    }
    must(set.remove(first));
    must(set.remove(second));
    CHECK(must(set.wait()).empty());
    CHECK(failure(set.wait(0s)).limit_reached());
}

static_assert(std::forward_iterator<kw::poll_events<int>::iterator>);

// ---- an end to waiting

TEST_CASE_FIXTURE(test::bounded, "a wait ends with limit_reached, and not before its time") {
    const auto socket = receiver();
    auto set = must(kw::poll_set<>::open());
    must(set.add(socket, kw::readable, 1));
    for (const auto limit : {1ms, 30ms}) {
        const auto begin = std::chrono::steady_clock::now();
        const auto e = failure(set.wait(limit));
        CHECK(e.timed_out());
        CHECK(e.operation() == kw::operation::poll);
        CHECK(std::chrono::steady_clock::now() - begin >= limit);
    }
    CHECK(failure(set.wait(0s)).timed_out());
    CHECK(failure(set.wait(kw::limit(5ms).spin(1ms))).timed_out());
    CHECK(failure(set.wait(kw::limit(2ms).spin(1min))).timed_out());
}

TEST_CASE_FIXTURE(test::bounded, "a wait whose deadline has passed reports nothing, and no event is lost") {
    const auto socket = receiver();
    auto set = must(kw::poll_set<>::open());
    must(set.add(socket, kw::writable, 1));
    CHECK(failure(set.wait(-1s)).timed_out());
    must(set.wake());
    CHECK(failure(set.wait(-1s)).timed_out());
    CHECK(only_event(set, 0s).writable);
}

TEST_CASE_FIXTURE(test::bounded, "a canceller ends a wait, before it begins and while it sleeps") {
    const auto socket = receiver();
    const auto stop = must(kw::canceller::open());
    auto set = must(kw::poll_set<>::open());
    must(set.add(socket, kw::readable, 1));
    CHECK(failure(set.wait(kw::limit(1ms).cancelled_by(stop))).timed_out());

    std::atomic<test::thread_number> waiter{};
    std::thread other([&] {
        while (waiter == test::thread_number{}) std::this_thread::yield();
        test::wait_until_asleep(waiter);
        must(stop.cancel());
    });
    waiter = test::this_thread_number();
    CHECK(failure(set.wait(stop)) == kw::errc::operation_canceled);
    other.join();

    must(set.modify(socket, kw::writable, 1));
    CHECK(failure(set.wait(stop)) == kw::errc::operation_canceled);
    must(stop.reset());
    CHECK(must(set.wait(stop)).size() == 1);
}

TEST_CASE_FIXTURE(test::bounded, "a wait that spins first reports events during the spin and after it") {
    const auto socket = receiver();
    const auto sender = receiver();
    const auto to = must(socket.local_endpoint());
    auto set = must(kw::poll_set<>::open());
    must(set.add(socket, kw::readable, 1));
    for (const auto& limit : {kw::limit().spin(1min), kw::limit(20s).spin(1ns)}) {
        std::atomic<bool> begun = false;
        std::thread other([&] {
            while (!begun) std::this_thread::yield();
            must(sender.send_to("x", to));
        });
        begun = true;
        CHECK(only_event(set, limit).readable);
        other.join();
        std::array<std::byte, 1> room;
        must(socket.recv_from(room));
    }
}

// ---- waking

TEST_CASE_FIXTURE(test::bounded, "wake ends the next wait, once") {
    auto set = must(kw::poll_set<>::open());
    must(set.wake());
    CHECK(must(set.wait()).empty());
    CHECK(is_quiet(set));
    for (int i = 0; i < 1000; ++i) must(set.wake());
    CHECK(must(set.wait(10s)).empty());
    CHECK(is_quiet(set));
    must(set.wake());
    CHECK(must(set.wait(0s)).empty());
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "wake does not hide ready handles") {
    const auto socket = receiver();
    auto set = must(kw::poll_set<>::open());
    must(set.add(socket, kw::writable, 1));
    must(set.wake());
    CHECK(only_event(set).token == 1);
    must(set.remove(socket));
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "wake reaches a wait that sleeps, with and without a limit") {
    auto set = must(kw::poll_set<>::open());
    const auto stop = must(kw::canceller::open());
    for (const int form : {0, 1, 2}) {
        std::atomic<test::thread_number> waiter{};
        std::thread other([&] {
            while (waiter == test::thread_number{}) std::this_thread::yield();
            test::wait_until_asleep(waiter);
            must(set.wake());
        });
        waiter = test::this_thread_number();
        CHECK(must(form == 0 ? set.wait() : form == 1 ? set.wait(50s) : set.wait(stop)).empty());
        other.join();
        CHECK(is_quiet(set));
    }
}

TEST_CASE_FIXTURE(test::bounded, "no wake is lost, however many threads wake") {
    constexpr unsigned threads = 4;
    constexpr unsigned jobs = 500;
    auto set = must(kw::poll_set<>::open());
    std::atomic<unsigned> queued = 0;
    std::vector<std::thread> others;
    for (unsigned i = 0; i < threads; ++i)
        others.emplace_back([&] {
            for (unsigned j = 0; j < jobs; ++j) {
                ++queued;
                must(set.wake());
            }
        });
    unsigned waits = 0;
    for (unsigned done = 0; done < threads * jobs; ++waits) {
        CHECK(must(set.wait(20s)).empty());
        done += queued.exchange(0);
    }
    CHECK(waits <= threads * jobs);
    for (auto& one : others) one.join();
}

// ---- the set itself

TEST_CASE_FIXTURE(test::bounded, "a set moves with its handles, and one that was moved from is an error") {
    const auto socket = receiver();
    kw::poll_set<> empty;
    CHECK_FALSE(empty.is_open());
    auto set = must(kw::poll_set<>::open());
    must(set.add(socket, kw::writable, 5));
    kw::poll_set<> moved(std::move(set));
    CHECK(moved.is_open());
    CHECK(only_event(moved).token == 5);
    empty = std::move(moved);
    CHECK(only_event(empty).token == 5);
    empty = must(kw::poll_set<>::open());
    CHECK(is_quiet(empty));
    // NOLINTNEXTLINE(bugprone-use-after-move): that is what is tested
    for (auto* const gone : {&set, &moved}) {
        CHECK_FALSE(gone->is_open());
        CHECK(failure(gone->add(socket, kw::readable, 1)) == kw::errc::bad_file_descriptor);
        CHECK(failure(gone->wait()) == kw::errc::bad_file_descriptor);
        CHECK(failure(gone->wait(1s)) == kw::errc::bad_file_descriptor);
        CHECK(failure(gone->wake()) == kw::errc::bad_file_descriptor);
    }
}

TEST_CASE_FIXTURE(test::bounded, "a set reports nothing after its last handle was removed") {
    auto set = must(kw::poll_set<>::open());
    {
        const auto socket = receiver();
        must(set.add(socket, kw::writable, 1));
        CHECK(only_event(set).token == 1);
        must(set.remove(socket));
    }
    CHECK(is_quiet(set));
    const auto next = receiver();  // perhaps with the same number
    must(set.add(next, kw::writable, 2));
    CHECK(only_event(set).token == 2);
}

}  // namespace
