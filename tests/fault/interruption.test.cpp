// SPDX-License-Identifier: BSL-1.0
// Calls that a signal interrupts end as if there had been none.

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include "support/net.hpp"

namespace {

namespace kw = keyway;
using fault::call;

/// Runs a scenario, which returns its outcome as text, without faults, and then once for each of its calls of one kind,
/// with that call interrupted.
template <class Scenario>
void check_interrupted(std::string_view name, call which, const std::string& outcome, Scenario scenario) {
    INFO(name);
    unsigned calls = 0;
    {
        const fault::scope counting;
        CHECK(scenario() == outcome);
        calls = fault::count(which);
    }
    REQUIRE(calls > 0);
    for (unsigned k = 1; k <= calls; ++k) {
        INFO(fault::name_of(which), " number ", k, " of ", calls);
        const fault::scope faults(fault::plan().fail(which, k, EINTR));
        CHECK(scenario() == outcome);
        CHECK(fault::injected() == 1);
        CHECK(fault::count(which) == calls + 1);
    }
    INFO("twice in a row");
    const fault::scope faults(fault::plan().fail(which, 1, EINTR, fault::timing::instead, 2));
    CHECK(scenario() == outcome);
    CHECK(fault::count(which) == calls + 2);
}

/// The outcome of an operation as text.
template <class Result>
std::string outcome_of(const Result& result) {
    using value = typename Result::value_type;
    if (!result) return "error " + std::to_string(result.error().code());
    if constexpr (std::is_void_v<value>) return "done";
    else if constexpr (std::is_convertible_v<value, std::size_t>) return std::to_string(*result);
    else if constexpr (std::is_same_v<value, std::span<std::byte>>) return std::string(kw::as_text(*result));
    else if constexpr (std::is_same_v<decltype(result->data), std::size_t>)
        return std::to_string(result->data) + (result->truncated ? " cut of " : " of ") +
               std::to_string(result->length);
    else
        return std::string(kw::as_text(result->data)) + (result->truncated ? " cut of " : " of ") +
               std::to_string(result->length);
}

constexpr std::string_view hello = "hello";

std::string compared(const std::string& got) { return got == hello ? "hello" : "other bytes: " + got; }

}  // namespace

TEST_CASE("an interrupted send on a stream is repeated") {
    const net::watchdog watch;
    const auto ends = net::connected_pair<kw::unix_stream>();
    std::array<char, 5> got{};
    const auto then_received = [&](const std::string& outcome) {
        if (!ends[1].recv_exact(got)) return std::string("nothing received");
        return outcome + " " + compared(std::string(got.data(), got.size()));
    };
    check_interrupted("send", call::send, "5 hello", [&] { return then_received(outcome_of(ends[0].send(hello))); });
    check_interrupted("send of buffers", call::sendmsg, "5 hello",
                      [&] { return then_received(outcome_of(ends[0].send(kw::gather("he", "llo")))); });
    check_interrupted("send_all", call::send, "done hello",
                      [&] { return then_received(outcome_of(ends[0].send_all(hello))); });
    check_interrupted("send_all of buffers", call::sendmsg, "done hello",
                      [&] { return then_received(outcome_of(ends[0].send_all(kw::gather("h", "", "ello")))); });
}

TEST_CASE("an interrupted receive from a stream is repeated") {
    const net::watchdog watch;
    const auto ends = net::connected_pair<kw::tcp>();
    std::array<char, 2> head{};
    std::array<char, 3> tail{};
    std::array<char, 5> got{};
    const auto text = [&] {
        return compared(std::string(head.data(), head.size()) + std::string(tail.data(), tail.size()));
    };
    const auto after_sending = [&](auto receive) {
        return [&, receive] {
            if (!ends[0].send_all(hello)) return std::string("nothing sent");
            return receive();
        };
    };
    const auto emptied = [&](const std::string& outcome) {
        static_cast<void>(ends[1].recv_exact(got));
        return outcome;
    };
    check_interrupted("recv", call::recv, "hello", after_sending([&] { return outcome_of(ends[1].recv(got)); }));
    check_interrupted("recv into buffers", call::recvmsg, "5 hello", after_sending([&] {
                          const std::string count = outcome_of(ends[1].recv(kw::scatter(head, tail)));
                          return count + " " + text();
                      }));
    check_interrupted("peek", call::recv, "hello",
                      after_sending([&] { return emptied(outcome_of(ends[1].peek(got))); }));
    check_interrupted("peek into buffers", call::recvmsg, "5",
                      after_sending([&] { return emptied(outcome_of(ends[1].peek(kw::scatter(head, tail)))); }));
    check_interrupted("recv_exact", call::recv, "hello",
                      after_sending([&] { return outcome_of(ends[1].recv_exact(got)); }));
    check_interrupted("recv_exact into buffers", call::recvmsg, "5 hello", after_sending([&] {
                          const std::string count = outcome_of(ends[1].recv_exact(kw::scatter(head, tail)));
                          return count + " " + text();
                      }));
}

TEST_CASE("an interruption in the middle of send_all and recv_exact loses nothing") {
    const net::watchdog watch;
    const auto ends = net::connected_pair<kw::unix_stream>();
    std::array<char, 5> got{};
    // Two bytes in each call, so three calls in each direction.
    const auto clamped = [&](call sending, call receiving, call interrupted, unsigned k, auto exchange) {
        const fault::scope faults(fault::plan().clamp(sending, 2).clamp(receiving, 2).fail(interrupted, k, EINTR));
        got = {};
        CHECK(exchange());
        CHECK(fault::count(sending) == (interrupted == sending ? 4 : 3));
        CHECK(fault::count(receiving) == (interrupted == receiving ? 4 : 3));
        CHECK(std::string_view(got.data(), got.size()) == hello);
    };
    for (unsigned k = 1; k <= 3; ++k) {
        INFO("call number ", k);
        const auto plain = [&] { return ends[0].send_all(hello) && ends[1].recv_exact(got); };
        clamped(call::send, call::recv, call::send, k, plain);
        clamped(call::send, call::recv, call::recv, k, plain);
        const auto in_pieces = [&] {
            return ends[0].send_all(kw::gather("hel", "lo")) &&
                   ends[1].recv_exact(kw::scatter(std::span(got).first<1>(), std::span(got).last<4>()));
        };
        clamped(call::sendmsg, call::recvmsg, call::sendmsg, k, in_pieces);
        clamped(call::sendmsg, call::recvmsg, call::recvmsg, k, in_pieces);
    }
}

TEST_CASE("an interrupted send or receive of messages with an address is repeated") {
    const net::watchdog watch;
    const auto receiver = kw::udp::bind(net::any_loopback_port<kw::udp>()).value();
    const auto sender = kw::udp::bind(net::any_loopback_port<kw::udp>()).value();
    const auto to = receiver.local_endpoint().value();
    const auto from = sender.local_endpoint().value();
    std::array<char, 4> got{};
    std::array<char, 2> head{};
    std::array<char, 9> tail{};

    const auto then_received = [&](const std::string& outcome) {
        return outcome + ", " + outcome_of(receiver.recv_from(got));
    };
    check_interrupted("send_to", call::sendto, "5, hell cut of 5",
                      [&] { return then_received(outcome_of(sender.send_to(hello, to))); });
    check_interrupted("send_to of buffers", call::sendmsg, "5, hell cut of 5",
                      [&] { return then_received(outcome_of(sender.send_to(kw::gather("he", "llo"), to))); });

    const auto with_sender = [&](const auto& message) {
        return outcome_of(message) + (message && message->sender == from ? " from the sender" : " from nobody");
    };
    const auto after_sending = [&](auto receive) {
        return [&, receive] {
            if (!sender.send_to(hello, to)) return std::string("nothing sent");
            return receive();
        };
    };
    const auto emptied = [&](const std::string& outcome) {
        static_cast<void>(receiver.recv_from(got));
        return outcome;
    };
    check_interrupted("recv_from", call::recvfrom, "hell cut of 5 from the sender",
                      after_sending([&] { return with_sender(receiver.recv_from(got)); }));
    check_interrupted("recv_from into buffers", call::recvmsg, "5 of 5 from the sender",
                      after_sending([&] { return with_sender(receiver.recv_from(kw::scatter(head, tail))); }));
    check_interrupted("peek_from", call::recvfrom, "hell cut of 5 from the sender",
                      after_sending([&] { return emptied(with_sender(receiver.peek_from(got))); }));
    check_interrupted("peek_from into buffers", call::recvmsg, "5 of 5 from the sender",
                      after_sending([&] { return emptied(with_sender(receiver.peek_from(kw::scatter(head, tail)))); }));
}

TEST_CASE("an interrupted send or receive of messages of a connection is repeated") {
    const net::watchdog watch;
    const auto ends = net::connected_pair<kw::unix_seqpacket>();
    std::array<char, 4> got{};
    std::array<char, 2> head{};
    std::array<char, 9> tail{};
    const auto then_received = [&](const std::string& outcome) {
        return outcome + ", " + outcome_of(ends[1].recv(got));
    };
    check_interrupted("send", call::send, "5, hell cut of 5",
                      [&] { return then_received(outcome_of(ends[0].send(hello))); });
    check_interrupted("send of buffers", call::sendmsg, "5, hell cut of 5",
                      [&] { return then_received(outcome_of(ends[0].send(kw::gather("he", "llo")))); });
    const auto after_sending = [&](auto receive) {
        return [&, receive] {
            if (!ends[0].send(hello)) return std::string("nothing sent");
            return receive();
        };
    };
    check_interrupted("recv", call::recvfrom, "hell cut of 5",
                      after_sending([&] { return outcome_of(ends[1].recv(got)); }));
    check_interrupted("recv into buffers", call::recvmsg, "5 of 5",
                      after_sending([&] { return outcome_of(ends[1].recv(kw::scatter(head, tail))); }));
    check_interrupted("peek", call::recvfrom, "hell cut of 5", after_sending([&] {
                          const std::string outcome = outcome_of(ends[1].peek(got));
                          static_cast<void>(ends[1].recv(got));
                          return outcome;
                      }));
}

TEST_CASE("an interrupted accept is repeated and returns the peer's address") {
    const net::watchdog watch;
    const auto accepting = [](auto transport) {
        using names = decltype(transport);
        const auto listener = names::listen(net::any_loopback_port<names>()).value();
        check_interrupted("accept", call::accept4, "the one that connected", [&] {
            const auto client = names::connect(listener.local_endpoint().value());
            const auto next = listener.accept();
            if (!client || !next) return std::string("failed");
            return std::string(next->peer == client->local_endpoint().value() ? "the one that connected" : "another");
        });
    };
    accepting(kw::tcp());
    accepting(kw::tcp4());
    accepting(kw::tcp6());
}

TEST_CASE("an interrupted connect to an AF_UNIX listener is repeated") {
    const net::watchdog watch;
    const net::temp_directory directory;
    const auto listener = kw::unix_stream::listen(directory.endpoint("listener")).value();
    // Unlike on TCP, an interrupted connect on AF_UNIX has done nothing, so it has to be repeated.
    check_interrupted("connect", call::connect, "hello", [&] {
        const auto client = kw::unix_stream::connect(directory.endpoint("listener"));
        if (!client) return "connect failed: " + std::to_string(client.error().code());
        if (const auto sent = client->send_all(hello); !sent)
            return "send failed: " + std::to_string(sent.error().code());
        const auto next = listener.accept();
        std::array<char, 9> got{};
        return next ? outcome_of(next->connection.recv(got)) : std::string("no connection");
    });
}

namespace {

std::atomic<unsigned> signals_handled = 0;

/// Handles SIGALRM, without SA_RESTART, until destroyed.
class interrupting_handler {
public:
    interrupting_handler() {
        struct ::sigaction action{};
        action.sa_handler = [](int) { signals_handled.fetch_add(1, std::memory_order_relaxed); };
        ::sigaction(SIGALRM, &action, &before_);
    }
    interrupting_handler(const interrupting_handler&) = delete;
    interrupting_handler& operator=(const interrupting_handler&) = delete;
    ~interrupting_handler() { ::sigaction(SIGALRM, &before_, nullptr); }

private:
    struct ::sigaction before_{};
};

/// Sends the calling thread SIGALRM every millisecond; setitimer(2) would send it to any thread of the process.
class storm {
public:
    storm() {
        ::sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = SIGALRM;
#if defined(sigev_notify_thread_id)
        event.sigev_notify_thread_id = ::gettid();
#else
        event._sigev_un._tid = ::gettid();
#endif
        if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0)
            throw std::system_error(errno, std::generic_category(), "timer_create");
        constexpr long millisecond = 1'000'000;
        const ::itimerspec every{.it_interval = {0, millisecond}, .it_value = {0, millisecond}};
        ::timer_settime(timer_, 0, &every, nullptr);
    }
    storm(const storm&) = delete;
    storm& operator=(const storm&) = delete;
    ~storm() { ::timer_delete(timer_); }

private:
    ::timer_t timer_{};
};

constexpr std::size_t block_size = 64 * 1024;
constexpr std::size_t block_count = 1024;  // 64 MiB

/// The result of a thread: the hash of its bytes, or the error that stopped it.
struct passed {
    net::hash bytes;
    std::size_t count = 0;
    int error = 0;
};

/// Sends every block, no two of them the same.
template <class Send>
void send_blocks(passed& done, std::uint64_t seed, Send send) {
    const storm interruptions;
    std::vector<std::byte> block = net::random_bytes(block_size, seed);
    for (std::size_t i = 0; i < block_count; ++i) {
        std::memcpy(block.data(), &i, sizeof(i));
        if (const auto sent = send(std::span<const std::byte>(block)); !sent) {
            done.error = sent.error().code();
            return;
        }
        done.bytes.add(block);
        done.count += block.size();
    }
}

/// Receives as many bytes, in the portions that `receive` returns.
template <class Receive>
void receive_blocks(passed& done, Receive receive) {
    const storm interruptions;
    std::vector<std::byte> block(block_size);
    while (done.count < block_size * block_count) {
        const auto got = receive(std::span<std::byte>(block));
        if (!got || *got == 0) {
            done.error = got ? -1 : got.error().code();
            return;
        }
        done.bytes.add(std::span(block).first(*got));
        done.count += *got;
    }
}

template <class Connection>
void check_in_storm(const std::array<Connection, 2>& ends) {
    const interrupting_handler handler;
    signals_handled = 0;
    const Connection& left = ends[0];
    const Connection& right = ends[1];
    passed left_out, left_in, right_out, right_in;
    // If one direction fails, the others must not wait forever.
    const auto ended = [&](const passed& done) {
        if (done.error != 0) static_cast<void>(left.shutdown_both());
    };
    {
        std::thread a([&] {
            send_blocks(left_out, 1, [&](const auto& block) { return left.send_all(block); });
            ended(left_out);
        });
        std::thread b([&] {
            send_blocks(right_out, 2, [&](const auto& block) {
                return right.send_all(kw::gather(block.first(1000), block.subspan(1000, 0), block.subspan(1000)));
            });
            ended(right_out);
        });
        std::thread c([&] {
            receive_blocks(right_in, [&](const auto& buffer) -> kw::result<std::size_t> {
                const auto got = right.recv(buffer);
                if (!got) return kw::failure(got);
                return got->size();
            });
            ended(right_in);
        });
        std::thread d([&] {
            receive_blocks(left_in, [&](const auto& buffer) {
                return left.recv_exact(kw::scatter(buffer.first(30000), buffer.subspan(30000)));
            });
            ended(left_in);
        });
        for (std::thread* one : {&a, &b, &c, &d}) one->join();
    }
    CHECK(signals_handled > 10);
    CHECK(left_out.error == 0);
    CHECK(right_out.error == 0);
    CHECK(left_in.error == 0);
    CHECK(right_in.error == 0);
    CHECK(left_in.count == block_size * block_count);
    CHECK(right_in.count == block_size * block_count);
    CHECK(left_in.bytes.value() == right_out.bytes.value());
    CHECK(right_in.bytes.value() == left_out.bytes.value());
}

}  // namespace

TEST_CASE("constant signals change none of 64 MiB in both directions over TCP") {
    const net::watchdog watch(240);
    check_in_storm(net::connected_pair<kw::tcp>());
}

TEST_CASE("constant signals change none of 64 MiB in both directions over AF_UNIX") {
    const net::watchdog watch(240);
    check_in_storm(net::connected_pair<kw::unix_stream>());
}
