// SPDX-License-Identifier: BSL-1.0
#include <keyway/event/poll.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using test::failure;
using test::must;

template <class Token>
kw::poll_event<Token> only_event(kw::poll_set<Token>& set) {
    const auto ready = must(set.wait(10s));
    REQUIRE(ready.size() == 1);
    return ready.front();
}

template <class Token>
bool is_quiet(kw::poll_set<Token>& set) {
    const auto ready = set.wait(0s);
    return !ready && ready.error().timed_out();
}

struct pipe_ends {
    kw::handle reader, writer;
};
pipe_ends make_pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    return {kw::handle::adopt_unchecked(ends[0]), kw::handle::adopt_unchecked(ends[1])};
}

TEST_CASE_FIXTURE(test::bounded, "the ends of a pipe are ready as poll(2) says") {
    auto pipe = make_pipe();
    auto set = must(kw::poll_set<>::open());
    must(set.add(pipe.reader, kw::readable, 1));
    CHECK(is_quiet(set));
    REQUIRE(::write(pipe.writer.native_handle(), "x", 1) == 1);
    CHECK(only_event(set).readable);
    must(pipe.writer.close());
    CHECK(only_event(set).hung_up);
    must(set.remove(pipe.reader));

    auto other = make_pipe();
    must(set.add(other.writer, kw::writable, 2));
    CHECK(only_event(set).writable);
    must(other.reader.close());
    CHECK(only_event(set).failed);
}

TEST_CASE_FIXTURE(test::bounded, "AF_UNIX sockets of every type") {
    const auto check = [](const auto& ends) {
        auto set = must(kw::poll_set<>::open());
        must(set.add(ends[1], kw::readable, 1));
        CHECK(is_quiet(set));
        must(ends[0].send("x"));
        CHECK(only_event(set).readable);
    };
    check(must(kw::unix_stream::pair()));
    check(must(kw::unix_datagram::pair()));
    check(must(kw::unix_seqpacket::pair()));
}

TEST_CASE_FIXTURE(test::bounded, "a datagram that nobody received fails the sender, until the error is reported") {
    auto nobody = must(kw::udp4::bind({test::own_loopback(), 0}));
    const auto at = must(nobody.local_endpoint());
    must(nobody.close());
    const auto sender = must(kw::udp4::connect(at));
    auto set = must(kw::poll_set<>::open());
    must(set.add(sender, kw::readable, 1));
    must(sender.send("x"));
    const auto event = only_event(set);
    CHECK(event.failed);
    CHECK(event.readable);
    std::array<std::byte, 1> room;
    CHECK(failure(sender.recv(room)) == kw::errc::connection_refused);
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "a listener that was shut down has hung up") {
    const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    auto set = must(kw::poll_set<>::open());
    must(set.add(listener, kw::readable, 1));
    must(listener.shutdown());
    const auto event = only_event(set);
    CHECK(event.hung_up);
    CHECK(event.readable);
    CHECK(failure(listener.accept()) == kw::errc::invalid_argument);
}

TEST_CASE_FIXTURE(test::bounded, "a file is not waited for") {
    const auto file = kw::handle::adopt_unchecked(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    auto set = must(kw::poll_set<>::open());
    CHECK(failure(set.add(file, kw::readable, 1)) == kw::errc::operation_not_permitted);
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "a closed handle leaves the set, unless a duplicate keeps it open") {
    auto socket = must(kw::udp4::bind({test::own_loopback(), 0}));
    auto set = must(kw::poll_set<>::open());
    must(set.add(socket, kw::writable, 1));
    const auto number = kw::handle_view::borrow(socket.native_handle());
    {
        const auto copy = must(socket.duplicate());
        must(socket.close());
        CHECK(only_event(set).token == 1);
        CHECK(failure(set.remove(number)) == kw::errc::bad_file_descriptor);
        CHECK(only_event(set).token == 1);
    }
    CHECK(is_quiet(set));
}

TEST_CASE_FIXTURE(test::bounded, "a set has two descriptors, which no program that is run inherits, and closes them") {
    const auto before = net::open_descriptors();
    {
        auto set = must(kw::poll_set<>::open());
        CHECK(net::open_descriptors() == before + 2);
        for (const auto& [number, what] : test::open_handles())
            if (what.find("event") != std::string::npos)
                CHECK(test::closes_on_exec(kw::handle_view::borrow(static_cast<int>(number))));
        const auto moved = std::move(set);
        CHECK(net::open_descriptors() == before + 2);
    }
    CHECK(net::open_descriptors() == before);
}

TEST_CASE("a set that cannot be opened leaves nothing behind") {
    test::check_in_child([]() -> std::string {
        const int free_number = ::dup(0);
        ::close(free_number);
        ::rlimit few{};
        ::getrlimit(RLIMIT_NOFILE, &few);
        for (const ::rlim_t more : {0U, 1U}) {
            few.rlim_cur = static_cast<::rlim_t>(free_number) + more;
            KEYWAY_CHILD_CHECK(::setrlimit(RLIMIT_NOFILE, &few) == 0);
            KEYWAY_CHILD_CHECK(kw::poll_set<>::open().error() == kw::errc::too_many_files_open);
            KEYWAY_CHILD_CHECK(kw::poll_set<>::open().error().operation() == kw::operation::open);
            KEYWAY_CHILD_CHECK(::fcntl(free_number, F_GETFD) == -1);
        }
        return "";
    });
}

// ---- signals

std::atomic<const kw::poll_set<>*> to_wake = nullptr;
std::atomic<int> signals = 0;

/// While it lives, SIGUSR1 counts, and wakes a set where there is one.
struct caught_signals {
    explicit caught_signals(const kw::poll_set<>* set) {
        to_wake = set;
        signals = 0;
        struct ::sigaction action{};
        action.sa_handler = [](int) {
            if (const auto* const set_to_wake = to_wake.load()) (void)set_to_wake->wake();
            ++signals;
        };
        ::sigaction(SIGUSR1, &action, &before_);
    }
    caught_signals(const caught_signals&) = delete;
    caught_signals& operator=(const caught_signals&) = delete;
    ~caught_signals() { ::sigaction(SIGUSR1, &before_, nullptr); }

private:
    struct ::sigaction before_{};
};

TEST_CASE_FIXTURE(test::bounded, "a signal handler may wake a set") {
    auto set = must(kw::poll_set<>::open());
    const caught_signals caught(&set);
    const auto waiter = ::pthread_self();
    std::atomic<test::thread_number> number{};
    std::thread other([&] {
        while (number == 0) std::this_thread::yield();
        test::wait_until_asleep(number);
        ::pthread_kill(waiter, SIGUSR1);
    });
    number = test::this_thread_number();
    CHECK(must(set.wait()).empty());
    CHECK(signals == 1);
    other.join();
}

TEST_CASE_FIXTURE(test::bounded, "signals during a wait neither end nor prolong it") {
    auto set = must(kw::poll_set<>::open());
    const auto sender = must(kw::udp4::bind({test::own_loopback(), 0}));
    must(set.add(sender, kw::readable, 1));
    const caught_signals caught(nullptr);
    const auto waiter = ::pthread_self();
    for (const bool limited : {true, false}) {
        std::atomic<bool> over = false;
        signals = 0;
        std::thread other([&] {
            for (int sent = 0; !over; ++sent) {
                ::pthread_kill(waiter, SIGUSR1);
                while (signals <= sent && !over) std::this_thread::yield();
                if (!limited && sent == 50) must(sender.send_to("x", must(sender.local_endpoint())));
            }
        });
        if (limited) {
            const auto begin = std::chrono::steady_clock::now();
            CHECK(failure(set.wait(50ms)).timed_out());
            CHECK(std::chrono::steady_clock::now() - begin >= 50ms);
        } else {
            CHECK(only_event(set).readable);
            CHECK(signals >= 50);
        }
        over = true;
        other.join();
        CHECK(signals > 0);
    }
}

// ---- many

TEST_CASE("ten thousand idle sockets: whoever is ready is told, and nobody else") {
    test::check_in_child([]() -> std::string {
        constexpr std::size_t many = 10'000;
        const ::rlimit enough{many + 100, many + 100};
        if (::setrlimit(RLIMIT_NOFILE, &enough) != 0) return "skipped: so many descriptors are not permitted";
        auto set = kw::poll_set<std::size_t>::open();
        KEYWAY_CHILD_CHECK(set.has_value());
        std::vector<kw::udp4::socket> sockets;
        for (std::size_t i = 0; i < many; ++i) {
            auto socket = kw::udp4::bind({kw::ipv4_address::loopback(), 0});
            if (!socket) return "skipped: " + test::message_of(socket.error());
            KEYWAY_CHILD_CHECK(set->add(*socket, kw::readable, i).has_value());
            sockets.push_back(std::move(*socket));
        }
        KEYWAY_CHILD_CHECK(set->wait(0s).error().timed_out());
        for (const std::size_t i : {std::size_t{0}, many / 2, many - 1}) {
            KEYWAY_CHILD_CHECK(sockets[0].send_to("x", sockets[i].local_endpoint().value()).has_value());
            const auto ready = set->wait();
            KEYWAY_CHILD_CHECK(ready && ready->size() == 1 && ready->front().token == i);
            std::array<std::byte, 1> room;
            KEYWAY_CHILD_CHECK(sockets[i].recv_from(room).has_value());
        }
        KEYWAY_CHILD_CHECK(set->wake().has_value());
        KEYWAY_CHILD_CHECK(set->wait()->empty());
        for (const auto& socket : sockets) KEYWAY_CHILD_CHECK(set->remove(socket).has_value());
        return "";
    });
}

}  // namespace
