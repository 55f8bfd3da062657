// SPDX-License-Identifier: BSL-1.0
#include <keyway/limit.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

/// Two ends of a TCP connection.
struct connected : test::bounded {
    const test::ends<kw::tcp> ends = test::connect_ends();
    const kw::tcp::connection& client = ends.client;
    const kw::tcp::connection& server = ends.server;
};

constexpr auto moment = 30ms;  // long enough to be measured
constexpr auto long_time = 30s;

/// How long the action took, and that it failed with this.
template <class Action>
auto time_until(kw::errc expected, Action action) {
    kw::error why;
    const auto time = test::time_of([&] { why = failure(action()); });
    CHECK(why == expected);
    return time;
}

TEST_CASE_FIXTURE(connected, "a call with a time limit fails when it is over, and not before") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto socket = must(kw::udp4::bind({test::own_datagram_loopback(), 0}));
    auto peer = must(kw::udp4::connect(must(socket.local_endpoint())));
    std::array<std::byte, 8> buffer;
    std::array<std::byte, 8> more;
    const auto scattered = kw::scatter(buffer, more);

    CHECK(time_until(kw::errc::limit_reached, [&] { return client.recv(buffer, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return client.recv(scattered, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return client.peek(buffer, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return client.peek(scattered, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return client.recv_exact(buffer, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return client.recv_exact(scattered, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return listener.accept(moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return socket.recv_from(buffer, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return socket.recv_from(scattered, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return socket.peek_from(buffer, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return socket.peek_from(scattered, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return peer.recv(buffer, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return peer.recv(scattered, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return peer.peek(buffer, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return peer.peek(scattered, moment); }) >= moment);
}

TEST_CASE_FIXTURE(connected, "the error names the call that had no more time") {
    std::array<std::byte, 8> buffer;
    CHECK(failure(client.recv(buffer, 1ms)).operation() == kw::operation::recv);
    CHECK(failure(client.recv_exact(buffer, 1ms)).operation() == kw::operation::recv);
    CHECK(failure(must(kw::udp4::bind(net::any_loopback_port<kw::udp4>())).recv_from(buffer, 1ms)).operation() ==
          kw::operation::recv_from);
    CHECK(failure(must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>())).accept(1ms)).operation() ==
          kw::operation::accept);
}

TEST_CASE_FIXTURE(connected, "data that is ready is received with every kind of limit") {
    const auto stop = must(kw::canceller::open());
    const kw::deadline until = long_time;
    std::array<std::byte, 1> one;
    std::array<std::byte, 1> two;
    must(server.send_all("abcdefghijkl", long_time));
    CHECK(test::text(must(client.recv(one, long_time))) == "a");
    CHECK(test::text(must(client.recv(one, until))) == "b");
    CHECK(test::text(must(client.recv(one, std::chrono::steady_clock::now() + long_time))) == "c");
    CHECK(test::text(must(client.recv(one, stop))) == "d");
    CHECK(test::text(must(client.recv(one, kw::limit(long_time).cancelled_by(stop).spin(20us)))) == "e");
    CHECK(test::text(must(client.recv(one, kw::limit().spin(1s).until(until)))) == "f");
    CHECK(test::text(must(client.recv(one, 1.5h))) == "g");
    CHECK(test::text(must(client.recv(one, 0s))) == "h");
    CHECK(test::text(must(client.recv(one, kw::limit()))) == "i");
    CHECK(must(client.recv(kw::scatter(one, two), until)) == 2);
    CHECK(test::text(one) + test::text(two) == "jk");
    CHECK(test::text(must(client.peek(one, until))) == "l");
    CHECK(test::text(must(client.recv_exact(one, until))) == "l");
}

TEST_CASE_FIXTURE(connected, "every way of sending accepts a limit") {
    const auto socket = must(kw::udp4::bind({test::own_datagram_loopback(), 0}));
    const auto other = must(kw::udp4::bind({test::own_datagram_loopback(), 0}));
    const auto peer = must(kw::udp4::connect(must(socket.local_endpoint())));
    std::array<std::byte, 64> buffer;
    CHECK(must(client.send("ab", long_time)) == 2);
    CHECK(must(client.send(kw::gather("c", "d"), long_time)) == 2);
    must(client.send_all("ef", long_time));
    must(client.send_all(kw::gather("g", "h"), long_time));
    CHECK(test::text(must(server.recv_exact(std::span(buffer).first(8), long_time))) == "abcdefgh");
    CHECK(must(other.send_to("ij", must(socket.local_endpoint()), long_time)) == 2);
    CHECK(test::text(must(socket.recv_from(buffer, long_time)).data) == "ij");
    CHECK(must(other.send_to(kw::gather("k", "l"), must(socket.local_endpoint()), long_time)) == 2);
    CHECK(test::text(must(socket.recv_from(buffer, long_time)).data) == "kl");
    CHECK(must(peer.send("mn", long_time)) == 2);
    CHECK(test::text(must(socket.recv_from(buffer, long_time)).data) == "mn");
    CHECK(must(peer.send(kw::gather("o", "p"), long_time)) == 2);
    CHECK(test::text(must(socket.recv_from(buffer, long_time)).data) == "op");
}

TEST_CASE_FIXTURE(connected, "zero tries once") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    std::array<std::byte, 8> buffer;
    CHECK(failure(client.recv(buffer, 0s)) == kw::errc::limit_reached);
    CHECK(failure(listener.accept(0s)) == kw::errc::limit_reached);
    must(server.send("now"));
    must(client.peek(buffer, long_time));
    CHECK(test::text(must(client.recv(buffer, 0s))) == "now");
    const auto knocking = must(kw::tcp4::connect(must(listener.local_endpoint()), long_time));
    CHECK(must(listener.accept(0s)).peer == must(knocking.local_endpoint()));
    CHECK(must(client.send("x", 0s)) == 1);
}

TEST_CASE_FIXTURE(connected, "a time that has passed fails before anything is done") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto knocking = must(kw::tcp4::connect(must(listener.local_endpoint())));
    std::array<std::byte, 8> buffer;
    must(server.send("here"));
    must(client.peek(buffer));
    for (const kw::deadline passed : {kw::deadline(-1ns), kw::deadline(std::chrono::steady_clock::now()),
                                      kw::deadline(std::chrono::hours::min())}) {
        CHECK(failure(client.recv(buffer, passed)) == kw::errc::limit_reached);
        CHECK(failure(client.recv_exact(buffer, passed)) == kw::errc::limit_reached);
        CHECK(failure(client.send("x", passed)) == kw::errc::limit_reached);
        CHECK(failure(client.send_all("x", passed)) == kw::errc::limit_reached);
        CHECK(failure(listener.accept(passed)) == kw::errc::limit_reached);
        CHECK(failure(kw::tcp4::connect(must(listener.local_endpoint()), passed)) == kw::errc::limit_reached);
    }
    CHECK(test::text(must(client.recv(buffer))) == "here");
    must(client.shutdown_send());
    CHECK(must(server.recv(buffer)).empty());
    CHECK(must(listener.accept(long_time)).peer == must(knocking.local_endpoint()));
    CHECK(failure(listener.accept(0s)) == kw::errc::limit_reached);
}

TEST_CASE_FIXTURE(connected, "the longest times do not overflow") {
    std::array<std::byte, 1> buffer;
    const auto check = [&](const kw::limit& limit) {
        std::thread later([&] { must(server.send_all("x")); });
        CHECK(test::text(must(client.recv(buffer, limit))) == "x");
        later.join();
    };
    check(std::chrono::hours::max());
    check(std::chrono::nanoseconds::max());
    check(std::chrono::steady_clock::time_point::max());
    check(std::chrono::duration<double>(1e300));
    check(kw::deadline::never());
    check(kw::limit(std::chrono::hours::max()).spin(std::chrono::nanoseconds(1)));
    check(std::chrono::hours(24 * 365 * 200));
}

TEST_CASE_FIXTURE(connected, "a spin is no longer than its budget, nor than the deadline") {
    std::array<std::byte, 1> buffer;
    CHECK(time_until(kw::errc::limit_reached, [&] { return client.recv(buffer, kw::limit(moment).spin(1us)); }) >=
          moment);
    CHECK(time_until(kw::errc::limit_reached,
                     [&] { return client.recv(buffer, kw::limit(moment).spin(std::chrono::hours::max())); }) >= moment);
    CHECK(failure(client.recv(buffer, kw::limit(0s).spin(long_time))) == kw::errc::limit_reached);
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    CHECK(time_until(kw::errc::limit_reached, [&] { return listener.accept(kw::limit(moment).spin(moment / 2)); }) >=
          moment);
    const auto knocking = must(kw::tcp4::connect(must(listener.local_endpoint())));
    CHECK(must(listener.accept(kw::limit(long_time).spin(long_time))).peer == must(knocking.local_endpoint()));
}

TEST_CASE_FIXTURE(connected, "a limit works on a non-blocking socket too") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    must(client.set(kw::option::non_blocking{true}));
    must(listener.set(kw::option::non_blocking{true}));
    std::array<std::byte, 8> buffer;
    CHECK(failure(client.recv(buffer)).would_block());
    CHECK(time_until(kw::errc::limit_reached, [&] { return client.recv(buffer, moment); }) >= moment);
    CHECK(time_until(kw::errc::limit_reached, [&] { return listener.accept(moment); }) >= moment);
    std::thread later([&] { must(server.send_all("x")); });
    CHECK(must(client.recv(buffer, long_time)).size() == 1);
    later.join();
    CHECK(failure(client.recv(buffer)).would_block());
}

TEST_CASE_FIXTURE(connected, "a deadline counts for all of the bytes, and the error for those that came") {
    std::array<std::byte, 8> buffer;
    std::thread trickle([&] {
        for (int i = 0; i < 3; ++i) {
            must(server.send_all("t"));
            std::array<std::byte, 1> turn;
            must(server.recv_exact(turn));
        }
    });
    // Each byte is asked for by itself, so that three are there and no more come.
    for (int i = 0; i < 2; ++i) {
        must(client.peek(std::span(buffer).first(1), long_time));
        must(client.recv_exact(std::span(buffer).first(1), long_time));
        must(client.send_all("n"));
    }
    must(client.peek(std::span(buffer).first(1), long_time));
    const auto got = client.recv_exact(buffer, moment);
    REQUIRE_FALSE(got);
    CHECK(got.error() == kw::errc::limit_reached);
    CHECK(got.error().transferred == 1);
    must(client.send_all("n"));
    trickle.join();
    must(server.send_all("ab"));
    must(client.peek(std::span(buffer).first(2), long_time));
    std::array<std::byte, 2> two;
    const auto scattered = client.recv_exact(kw::scatter(two, buffer), moment);
    REQUIRE_FALSE(scattered);
    CHECK(scattered.error().transferred == 2);
    CHECK(test::text(two) == "ab");
}

TEST_CASE_FIXTURE(connected, "a byte now and then does not make a deadline later") {
    std::atomic<bool> over = false;
    std::thread trickle([&] {
        while (!over) {
            (void)server.send("t", 0s);
            std::this_thread::yield();
        }
    });
    std::vector<std::byte> much(16 << 20);
    const auto got = client.recv_exact(much, moment);
    over = true;
    trickle.join();
    REQUIRE_FALSE(got);
    CHECK(got.error() == kw::errc::limit_reached);
    CHECK(got.error().transferred > 0);
}

TEST_CASE_FIXTURE(connected, "a send that finds no space in time reports how much was sent") {
    const std::vector<std::byte> much(16 << 20);
    std::size_t sent = 0;
    SUBCASE("one buffer") {
        const auto done = client.send_all(much, moment);
        REQUIRE_FALSE(done);
        CHECK(done.error() == kw::errc::limit_reached);
        CHECK(done.error().operation() == kw::operation::send);
        sent = done.error().transferred;
    }
    SUBCASE("several") {
        const auto done = client.send_all(kw::gather(much, much), moment);
        REQUIRE_FALSE(done);
        CHECK(done.error() == kw::errc::limit_reached);
        sent = done.error().transferred;
    }
    SUBCASE("tried once") {
        const auto done = client.send_all(much, 0s);
        REQUIRE_FALSE(done);
        CHECK(done.error() == kw::errc::limit_reached);
        sent = done.error().transferred;
    }
    CHECK(sent > 0);
    const auto more = client.send(much, 0s);  // there may be space again
    if (more) sent += *more;
    else CHECK(more.error() == kw::errc::limit_reached);
    must(client.shutdown_send());
    CHECK(test::read_to_end(server).size() == sent);
}

TEST_CASE_FIXTURE(connected, "a cancelled call fails before it begins, and consumes nothing") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto knocking = must(kw::tcp4::connect(must(listener.local_endpoint())));
    const auto stop = must(kw::canceller::open());
    std::array<std::byte, 8> buffer;
    must(server.send("here"));
    must(client.peek(buffer));
    CHECK_FALSE(stop.is_cancelled());
    must(stop.cancel());
    CHECK(stop.is_cancelled());
    CHECK(failure(client.recv(buffer, stop)) == kw::errc::operation_canceled);
    CHECK(failure(client.recv(buffer, kw::limit(0s).cancelled_by(stop))) == kw::errc::operation_canceled);
    CHECK(failure(client.recv_exact(buffer, stop)) == kw::errc::operation_canceled);
    CHECK(failure(client.send_all("x", stop)) == kw::errc::operation_canceled);
    CHECK(failure(listener.accept(stop)) == kw::errc::operation_canceled);
    CHECK(failure(kw::tcp4::connect(must(listener.local_endpoint()), stop)) == kw::errc::operation_canceled);
    must(stop.reset());
    CHECK_FALSE(stop.is_cancelled());
    CHECK(test::text(must(client.recv(buffer, stop))) == "here");
    CHECK(must(listener.accept(stop)).peer == must(knocking.local_endpoint()));
    must(client.shutdown_send());
    CHECK(must(server.recv(buffer)).empty());
}

TEST_CASE_FIXTURE(test::bounded, "canceling again changes nothing, and one reset undoes it all") {
    const auto stop = must(kw::canceller::open());
    for (int i = 0; i < 100; ++i) must(stop.cancel());
    CHECK(stop.is_cancelled());
    must(stop.reset());
    CHECK_FALSE(stop.is_cancelled());
    must(stop.reset());
    CHECK_FALSE(stop.is_cancelled());
}

TEST_CASE_FIXTURE(connected, "one cancel wakes every call that waits") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto socket = must(kw::udp4::bind({test::own_datagram_loopback(), 0}));
    const auto stop = must(kw::canceller::open());
    std::array<kw::error, 4> why;
    std::array<std::byte, 8> one;
    std::array<std::byte, 8> two;
    std::array<std::byte, 8> three;
    std::thread first([&] { why[0] = failure(client.recv(one, stop)); });
    std::thread second([&] { why[1] = failure(listener.accept(stop)); });
    std::thread third([&] { why[2] = failure(socket.recv_from(two, kw::limit(long_time).cancelled_by(stop))); });
    std::thread fourth([&] { why[3] = failure(server.recv_exact(three, kw::limit(stop).spin(1us))); });
    must(stop.cancel());
    first.join();
    second.join();
    third.join();
    fourth.join();
    for (const kw::error& one_of_them : why) CHECK(one_of_them == kw::errc::operation_canceled);
}

TEST_CASE_FIXTURE(connected, "bytes that came before the cancel are counted") {
    const auto stop = must(kw::canceller::open());
    std::array<std::byte, 8> buffer;
    kw::transfer_error why;
    must(server.send_all("abc"));
    std::thread reader([&] { why = client.recv_exact(buffer, stop).error(); });
    // The bytes are gone from the queue when the reader has them.
    std::array<std::byte, 8> look;
    while (client.peek(look, 0s)) std::this_thread::yield();
    must(stop.cancel());
    reader.join();
    CHECK(why == kw::errc::operation_canceled);
    CHECK(why.transferred == 3);
}

TEST_CASE_FIXTURE(connected, "a canceller that is closed is an error, and not a wait without end") {
    auto stop = must(kw::canceller::open());
    const kw::canceller_view view = stop;
    must(stop.close());
    std::array<std::byte, 8> buffer;
    const auto why = failure(client.recv(buffer, kw::limit(view)));
    CHECK((why == kw::errc::bad_file_descriptor || why == kw::errc::not_a_socket));
    CHECK(failure(stop.cancel()) != kw::error{});
}

TEST_CASE_FIXTURE(test::bounded, "AF_UNIX streams accept limits") {
    if (!test::has_local_sockets()) return;
    const test::temporary_directory directory;
    const auto ends = test::connect_ends<kw::unix_stream>(directory.endpoint());
    std::array<std::byte, 8> buffer;
    CHECK(time_until(kw::errc::limit_reached, [&] { return ends.client.recv(buffer, moment); }) >= moment);
    must(ends.server.send("abc", long_time));
    CHECK(test::text(must(ends.client.recv(buffer, long_time))) == "abc");
}

TEST_CASE_FIXTURE(connected, "of a duration and a deadline the earlier one counts, in either order") {
    std::array<std::byte, 8> buffer;
    const auto soon = [&](auto limit) {  // whose deadline begins when it is made, so within the time that is measured
        const auto time = time_until(kw::errc::limit_reached, [&] { return client.recv(buffer, limit()); });
        CHECK(time >= moment);
        CHECK(time < long_time);
    };
    soon([] { return kw::limit(moment).until(long_time); });
    soon([] { return kw::limit(long_time).until(moment); });
    soon([] { return kw::limit(kw::deadline(long_time)).until(moment); });
    soon([] { return kw::limit().until(long_time).until(moment).until(long_time); });
}

TEST_CASE_FIXTURE(connected, "a single attempt is not made where another bound has passed") {
    std::array<std::byte, 8> buffer;
    must(server.send("here"));
    must(client.peek(buffer, long_time));
    const kw::deadline passed = std::chrono::steady_clock::now();
    CHECK(failure(client.recv(buffer, kw::limit(0s).until(passed))) == kw::errc::limit_reached);
    CHECK(failure(client.recv(buffer, kw::limit(passed).until(0s))) == kw::errc::limit_reached);
    CHECK(test::text(must(client.recv(buffer, kw::limit(0s).until(long_time)))) == "here");
}

TEST_CASE_FIXTURE(connected, "a duration that is kept in a limit starts anew in each call") {
    const auto stop = must(kw::canceller::open());
    const auto kept = kw::limit(5 * moment).cancelled_by(stop);
    std::this_thread::sleep_for(6 * moment);
    std::array<std::byte, 8> buffer;
    must(server.send("ab", kept));
    must(client.recv(buffer, kept));
    CHECK(time_until(kw::errc::limit_reached, [&] { return client.recv(buffer, kept); }) >= 5 * moment);
    must(stop.cancel());
    CHECK(failure(client.recv(buffer, kept)) == kw::errc::operation_canceled);
}

TEST_CASE_FIXTURE(connected, "start() begins the duration for all calls that follow") {
    const auto started = kw::limit(moment).start();
    std::array<std::byte, 8> buffer;
    CHECK(failure(client.recv(buffer, started)) == kw::errc::limit_reached);
    must(server.send("late"));
    must(client.peek(buffer, long_time));
    CHECK(failure(client.recv(buffer, started)) == kw::errc::limit_reached);
    CHECK(test::text(must(client.recv(buffer, long_time))) == "late");
}

TEST_CASE_FIXTURE(connected, "each of several cancellers ends the call") {
    std::array<std::byte, 8> buffer;
    for (int which = 0; which < 3; ++which) {
        const auto first = must(kw::canceller::open());
        const auto second = must(kw::canceller::open());
        const auto third = must(kw::canceller::open());
        const auto all = kw::limit(first).cancelled_by(second).until(long_time).cancelled_by(third);
        std::thread stopper([&] {
            std::this_thread::sleep_for(moment);
            must((which == 0 ? first : which == 1 ? second : third).cancel());
        });
        CHECK(failure(client.recv(buffer, all)) == kw::errc::operation_canceled);
        stopper.join();
        CHECK(failure(client.send("x", all)) == kw::errc::operation_canceled);
    }
}

TEST_CASE_FIXTURE(connected, "more cancellers than a limit can have are refused by the call") {
    std::vector<kw::canceller> many;
    kw::limit limit = long_time;
    for (std::size_t i = 0; i < kw::limit::max_cancellers; ++i) {
        many.push_back(must(kw::canceller::open()));
        limit = limit.cancelled_by(many.back());
    }
    must(server.send("ok"));
    std::array<std::byte, 8> buffer;
    CHECK(test::text(must(client.recv(buffer, limit))) == "ok");
    CHECK(failure(client.recv(buffer, limit.cancelled_by(many.front()))) == kw::errc::invalid_argument);
    must(many.back().cancel());
    CHECK(failure(client.recv(buffer, limit)) == kw::errc::operation_canceled);
}

TEST_CASE_FIXTURE(connected, "an empty canceller is an error, and not a wait without end") {
    std::array<std::byte, 8> buffer;
    const kw::canceller never;
    const auto why = failure(client.recv(buffer, never));
    CHECK((why == kw::errc::bad_file_descriptor || why == kw::errc::not_a_socket));
}

TEST_CASE_FIXTURE(connected, "a canceller ends a call that spins") {
    const auto stop = must(kw::canceller::open());
    std::array<std::byte, 8> buffer;
    std::thread stopper([&] {
        std::this_thread::sleep_for(moment);
        must(stop.cancel());
    });
    const auto time =
        time_until(kw::errc::operation_canceled, [&] { return client.recv(buffer, kw::limit(stop).spin(long_time)); });
    stopper.join();
    CHECK(time < long_time);
}

TEST_CASE_FIXTURE(connected, "a reached limit and the network's time-out are different errors") {
    std::array<std::byte, 8> buffer;
    const auto own = failure(client.recv(buffer, 1ms));
    CHECK(own == kw::errc::limit_reached);
    CHECK(own != kw::errc::timed_out);
    CHECK(own.limit_reached());
    CHECK(own.timed_out());
    CHECK(own.domain() == kw::error_domain::keyway);
    CHECK(own.message() == "recv: the limit was reached");
    const kw::error network(kw::errc::timed_out, kw::operation::recv);
    CHECK(network.timed_out());
    CHECK_FALSE(network.limit_reached());
}

static_assert(!std::is_convertible_v<int, kw::limit>);
static_assert(!std::is_convertible_v<std::chrono::system_clock::time_point, kw::limit>);
static_assert(std::is_convertible_v<const kw::canceller&, kw::limit>);
static_assert(!std::is_constructible_v<kw::limit, kw::canceller>);  // a temporary one
static_assert(std::is_convertible_v<kw::canceller_view, kw::limit>);
static_assert(kw::limit_like<std::chrono::seconds> && kw::limit_like<kw::deadline> && kw::limit_like<kw::canceller> &&
              kw::limit_like<kw::limit> && kw::limit_like<kw::no_limit>);
static_assert(kw::not_a_limit<int> && kw::not_a_limit<std::string> && kw::not_a_limit<std::nullptr_t>);
static_assert(sizeof(kw::canceller) == sizeof(kw::handle_view::native_type));

}  // namespace
