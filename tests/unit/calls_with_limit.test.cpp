// SPDX-License-Identifier: BSL-1.0
// What limits are worth where it is tight: several threads at one socket, full buffers, listeners that do not answer.
#include <keyway/limit.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

constexpr auto moment = 30ms;
constexpr auto long_time = 30s;

/// Runs it in several threads at once and waits for all of them.
template <class Action>
void in_threads(int count, Action action) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(action);
    for (std::thread& one : threads) one.join();
}

TEST_CASE_FIXTURE(test::bounded, "threads that take messages from one socket keep their time, and lose none") {
    const auto socket = must(kw::udp4::bind({test::own_datagram_loopback(), 0}));
    const auto sender = must(kw::udp4::connect(must(socket.local_endpoint())));
    constexpr int messages = 2000;
    constexpr int at_once = 8;  // as many as every receive buffer holds
    std::atomic<int> received = 0;
    std::atomic<int> faults = 0;
    std::thread sending([&] {
        for (int i = 0; i < messages; ++i) {
            while (i - received >= at_once) std::this_thread::yield();
            must(sender.send("12345678"));
        }
    });
    in_threads(4, [&] {
        std::array<std::byte, 8> buffer;
        while (received < messages) {
            const auto got = socket.recv_from(buffer, moment);
            if (got) faults += test::text(got->data) != "12345678";
            else faults += got.error() != kw::errc::limit_reached;
            received += got.has_value();
        }
    });
    sending.join();
    CHECK(faults == 0);
    CHECK(received == messages);
}

TEST_CASE_FIXTURE(test::bounded, "threads that take bytes from one stream keep their time, and lose none") {
    const auto ends = test::connect_ends();
    constexpr std::size_t bytes = 400'000;
    std::atomic<std::size_t> received = 0;
    std::atomic<int> faults = 0;
    std::thread sending([&] {
        const std::vector<std::byte> block(100);
        for (std::size_t i = 0; i < bytes; i += block.size()) must(ends.server.send_all(block));
    });
    in_threads(3, [&] {
        std::array<std::byte, 700> buffer;
        while (received < bytes) {
            const auto got = ends.client.recv(buffer, moment);
            if (got) received += got->size();
            else faults += got.error() != kw::errc::limit_reached;
        }
    });
    sending.join();
    CHECK(faults == 0);
    CHECK(received == bytes);
}

TEST_CASE_FIXTURE(test::bounded, "a call does not miss its limit when another thread consumes what was ready") {
    const auto ends = test::connect_ends();
    std::atomic<bool> over = false;
    std::atomic<int> faults = 0;
    std::thread taking([&] {
        std::array<std::byte, 8> buffer;
        while (!over) {
            const auto got = ends.client.recv(buffer, 1ms);
            if (!got && got.error() != kw::errc::limit_reached) ++faults;
        }
    });
    std::thread looking([&] {
        std::array<std::byte, 8> buffer;
        while (!over) {
            const auto got = ends.client.peek(buffer, 0s);
            if (!got && got.error() != kw::errc::limit_reached) ++faults;
        }
    });
    for (int i = 0; i < 2000; ++i) must(ends.server.send_all("x"));
    over = true;
    taking.join();
    looking.join();
    CHECK(faults == 0);
}

TEST_CASE_FIXTURE(test::bounded, "threads that send on one stream lose nothing and double nothing") {
    const auto ends = test::connect_ends();
    const std::vector<std::byte> much(2 << 20);
    std::atomic<std::size_t> sent = 0;
    std::size_t received = 0;
    std::thread reading([&] {
        std::vector<std::byte> buffer(65536);
        for (;;) {
            const auto got = must(ends.server.recv(buffer));
            if (got.empty()) return;
            received += got.size();
        }
    });
    in_threads(2, [&] {
        for (int i = 0; i < 4; ++i) {
            const auto done = ends.client.send_all(much, long_time);
            sent += done ? much.size() : done.error().transferred;
        }
    });
    must(ends.client.shutdown_send());
    reading.join();
    CHECK(sent == 8 * much.size());
    CHECK(received == sent);
}

TEST_CASE_FIXTURE(test::bounded, "a send into a full buffer can be cancelled, and reports the bytes sent") {
    const auto ends = test::connect_ends();
    const auto stop = must(kw::canceller::open());
    const std::vector<std::byte> much(32 << 20);
    std::atomic<test::thread_number> sender = 0;
    kw::transfer_error why;
    std::thread sending([&] {
        sender = test::this_thread_number();
        const auto done = ends.client.send_all(much, kw::limit(long_time).cancelled_by(stop));
        if (!done) why = done.error();
    });
    while (sender == 0) std::this_thread::yield();
    test::wait_until_asleep(sender);
    must(stop.cancel());
    sending.join();
    CHECK(why == kw::errc::operation_canceled);
    CHECK(why.transferred > 0);
    must(ends.client.shutdown_send());
    CHECK(test::read_to_end(ends.server).size() == why.transferred);
}

#if KEYWAY_HAS_WINDOWS
TEST_CASE_FIXTURE(test::bounded, "a send that is half done at the end of its time counts by half") {
    if (!test::under_wine()) return;  // Windows takes as a whole what the verbs send at once, wine perhaps the half
    namespace os = kw::detail::os;
    const auto ends = test::connect_ends();
    std::vector<char> much(64 << 20);
    ::WSABUF whole{static_cast<::ULONG>(much.size()), much.data()};
    const kw::limit in_time = moment;
    const auto sent = os::send_buffers(ends.client.native_handle(), &whole, 1, nullptr, 0, in_time.native());
    CHECK(sent > 0);
    must(ends.client.shutdown_send());
    CHECK(test::read_to_end(ends.server).size() == static_cast<std::size_t>(sent));
}
#endif

TEST_CASE_FIXTURE(test::bounded, "a send that found the buffer full continues when there is space") {
    const auto ends = test::connect_ends();
    const std::vector<std::byte> much(8 << 20);
    std::thread sending([&] {
        must(ends.client.send_all(much, long_time));
        must(ends.client.shutdown_send());
    });
    std::array<std::byte, 1> nothing;
    CHECK(failure(ends.client.recv(nothing, moment)) == kw::errc::limit_reached);
    CHECK(test::read_to_end(ends.server).size() == much.size());
    sending.join();
}

/// A listener whose queue is full: whoever else connects gets no answer.
struct deaf_listener : test::bounded {
    kw::tcp4::listener listener = [] {
        auto socket = must(kw::tcp4::socket::open());
        must(socket.bind(net::any_loopback_port<kw::tcp4>()));
        return must(std::move(socket).listen(1));
    }();
    kw::tcp4::endpoint address = must(listener.local_endpoint());
    std::vector<kw::tcp4::connection> waiting;

    deaf_listener() {
        for (int i = 0; i < 100; ++i) {
            auto one = kw::tcp4::connect(address, moment);
            if (!one) return;
            waiting.push_back(std::move(*one));
        }
    }
};

TEST_CASE_FIXTURE(deaf_listener, "a connection that gets no answer in time fails") {
    for (const auto limit : {1ms, 30ms}) {
        kw::error why;
        CHECK(test::time_of([&] { why = failure(kw::tcp4::connect(address, limit)); }) >= limit);
        CHECK(why == kw::errc::limit_reached);
        CHECK(why.operation() == kw::operation::connect);
    }
    CHECK(failure(kw::tcp4::connect(address, 0s)) == kw::errc::limit_reached);
    CHECK(failure(kw::tcp4::connect(address, -1s)) == kw::errc::limit_reached);
}

TEST_CASE_FIXTURE(deaf_listener, "a connection under way can be cancelled") {
    const auto stop = must(kw::canceller::open());
    std::atomic<test::thread_number> connector = 0;
    kw::error why;
    std::thread connecting([&] {
        connector = test::this_thread_number();
        why = failure(kw::tcp4::connect(address, kw::limit(long_time).cancelled_by(stop)));
    });
    while (connector == 0) std::this_thread::yield();
    test::wait_until_asleep(connector);
    must(stop.cancel());
    connecting.join();
    CHECK(why == kw::errc::operation_canceled);
}

TEST_CASE_FIXTURE(test::bounded, "messages that are cut, or empty, are the same with a limit") {
    const auto socket = must(kw::udp4::bind({test::own_datagram_loopback(), 0}));
    const auto sender = must(kw::udp4::connect(must(socket.local_endpoint())));
    std::array<std::byte, 4> buffer;
    std::array<std::byte, 2> more;
    for (int i = 0; i < 4; ++i) must(sender.send("12345678"));
    must(sender.send(""));
    const auto looked = must(socket.peek_from(buffer, long_time));
    CHECK(looked.truncated);
    CHECK(test::text(looked.data) == "1234");
    const auto cut = must(socket.recv_from(buffer, long_time));
    CHECK(cut.truncated);
    CHECK(test::text(cut.data) == "1234");
    CHECK(cut.length == test::told_length(8, 4));
    CHECK(cut.sender == must(sender.local_endpoint()));
    const auto spread = must(socket.recv_from(kw::scatter(buffer, more), long_time));
    CHECK(spread.data == 6);
    CHECK(spread.truncated);
    CHECK(test::text(must(socket.recv_from(buffer, 0s)).data) == "1234");
    CHECK(test::text(must(socket.recv_from(buffer, kw::limit(long_time).spin(1ms))).data) == "1234");
    const auto empty = must(socket.recv_from(buffer, long_time));
    CHECK(empty.data.empty());
    CHECK_FALSE(empty.truncated);
    CHECK(empty.sender == must(sender.local_endpoint()));
    CHECK(failure(socket.recv_from(buffer, 0s)) == kw::errc::limit_reached);
}

TEST_CASE_FIXTURE(test::bounded, "the end of a stream and a lost connection are the same with a limit") {
    std::array<std::byte, 8> buffer;
    {
        auto ends = test::connect_ends();
        must(ends.server.send("last"));
        must(ends.server.close());
        CHECK(test::text(must(ends.client.recv(buffer, long_time))) == "last");
        CHECK(must(ends.client.recv(buffer, long_time)).empty());
        CHECK(must(ends.client.recv(buffer, 0s)).empty());
        CHECK(must(ends.client.peek(buffer, 0s)).empty());
    }
    {
        const auto ends = test::connect_ends();
        must(ends.client.shutdown_receive());
        CHECK(must(ends.client.recv(buffer, long_time)).empty());
        must(ends.client.shutdown_send());
        CHECK(failure(ends.client.send("x", long_time)) == kw::errc::broken_pipe);
    }
    if (!test::skipped_under_wine("a reset while nobody waits", "tells it as the end of the stream")) {
        auto ends = test::connect_ends();
        must(std::move(ends.server).reset());
        CHECK(failure(ends.client.recv(buffer, long_time)).connection_lost());
    }
}

TEST_CASE_FIXTURE(test::bounded, "a handle that is closed is an error with a limit, too") {
    auto ends = test::connect_ends();
    const kw::tcp::connection_view view = ends.client;
    must(ends.client.close());
    std::array<std::byte, 8> buffer;
    CHECK(failure(view.recv(buffer, long_time)) == test::bad_handle_error);
    CHECK(failure(view.send("x", long_time)) == test::bad_handle_error);
}

}  // namespace
