// SPDX-License-Identifier: BSL-1.0
// Torture tests, as curl has: a scenario runs once to count its calls, and then once for each call, with that call
// failing. Every failure is reported, nothing leaks, nothing hangs.

#include <keyway/option/ip.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/option/tcp.hpp>

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <keyway/transport.hpp>

#include "support/net.hpp"

namespace {

namespace kw = keyway;
namespace option = keyway::option;
using fault::call;

constexpr std::string_view hello = "hello";

/// One run of a scenario; after each step the scenario asks it whether to go on.
class trial {
public:
    const net::temp_directory directory{};

    /// Whether a step succeeded; if not, the scenario returns.
    template <class Result>
    [[nodiscard]] bool ok(const Result& step) {
        if (!step) failure_ = step.error();
        return step.has_value();
    }
    [[nodiscard]] bool same(std::span<const std::byte> got, std::string_view expected) {
        wrong_data_ = wrong_data_ || kw::as_text(got) != expected;
        return !wrong_data_;
    }
    [[nodiscard]] bool is(bool fact) {
        wrong_data_ = wrong_data_ || !fact;
        return fact;
    }
    /// All steps are done. Only destructors follow, which report nothing.
    void finish() { calls_of_steps_ = fault::count(); }

    [[nodiscard]] const std::optional<kw::error>& failure() const { return failure_; }
    [[nodiscard]] bool wrong_data() const { return wrong_data_; }
    [[nodiscard]] std::optional<unsigned> calls_of_steps() const { return calls_of_steps_; }
    [[nodiscard]] bool left_a_file() const { return !std::filesystem::is_empty(directory.path("")); }

private:
    std::optional<kw::error> failure_;
    std::optional<unsigned> calls_of_steps_;
    bool wrong_data_ = false;
};

/// A request and its reply, over a stream.
template <class Connection>
bool echo(trial& t, const Connection& client, const Connection& server) {
    std::array<char, 5> got{};
    std::array<char, 2> head{};
    std::array<char, 3> tail{};
    if (!t.ok(client.send_all(hello))) return false;
    const auto peeked = server.peek(got);
    if (!t.ok(peeked) || !t.same(*peeked, hello)) return false;
    const auto asked = server.recv_exact(got);
    if (!t.ok(asked) || !t.same(*asked, hello)) return false;
    if (!t.ok(server.send_all(kw::gather("he", "llo")))) return false;
    if (!t.ok(client.recv_exact(kw::scatter(head, tail)))) return false;
    if (!t.same(std::as_bytes(std::span(head)), "he") || !t.same(std::as_bytes(std::span(tail)), "llo")) return false;
    if (!t.ok(client.send(hello)) || !t.ok(server.recv(kw::scatter(head, tail)))) return false;
    if (!t.ok(client.shutdown_send())) return false;
    const auto end = server.recv(got);
    return t.ok(end) && t.is(end->empty());
}

template <class Listener>
void serve_one(trial& t, const Listener& listener, auto connect) {
    const auto at = listener.local_endpoint();
    if (!t.ok(at)) return;
    auto client = connect(*at);
    if (!t.ok(client)) return;
    auto next = listener.accept();
    if (!t.ok(next)) return;
    if (!t.ok(client->peer_endpoint()) || !t.ok(next->connection.local_endpoint())) return;
    if (!echo(t, *client, next->connection)) return;
    if (!t.ok(next->connection.close()) || !t.ok(client->close())) return;
    t.finish();
}

void tcp_echo(trial& t) {
    const auto listener = kw::tcp4::listen(net::any_loopback_port<kw::tcp4>());
    if (t.ok(listener)) serve_one(t, *listener, [](const auto& at) { return kw::tcp4::connect(at); });
}

void tcp_echo_over_ipv6(trial& t) {
    const auto listener = kw::tcp::listen({kw::ipv6_address::loopback(), 0}, {.dual_stack = true});
    if (t.ok(listener)) serve_one(t, *listener, [](const auto& at) { return kw::tcp::connect(at); });
}

/// Non-blocking sockets; every descriptor is closed by a destructor.
void tcp_non_blocking(trial& t) {
    auto socket = kw::tcp4::socket::open();
    if (!t.ok(socket) || !t.ok(socket->set(option::non_blocking{}))) return;
    auto other = kw::tcp4::socket::open();
    if (!t.ok(other) || !t.ok(other->bind(net::any_loopback_port<kw::tcp4>()))) return;
    const auto listener = std::move(*other).listen();
    if (!t.ok(listener)) return;
    const auto at = listener->local_endpoint();
    if (!t.ok(at)) return;
    const auto client = std::move(*socket).connect(*at);
    if (!t.ok(client)) return;
    const auto next = listener->accept();
    if (!t.ok(next)) return;
    std::array<char, 9> got{};
    const auto nothing = client->recv(got);
    // Would block, unless this is the call that fails.
    if (!nothing && !nothing.error().would_block() && !t.ok(nothing)) return;
    if (!t.ok(listener->shutdown())) return;
    t.finish();
}

void udp_exchange(trial& t) {
    auto left = kw::udp4::bind(net::any_loopback_port<kw::udp4>(), {.reuse_address = true});
    if (!t.ok(left)) return;
    auto right = kw::udp4::bind(net::any_loopback_port<kw::udp4>());
    if (!t.ok(right)) return;
    const auto left_name = left->local_endpoint();
    const auto right_name = right->local_endpoint();
    if (!t.ok(left_name) || !t.ok(right_name)) return;

    std::array<char, 4> got{};
    if (!t.ok(left->send_to(hello, *right_name))) return;
    const auto peeked = right->peek_from(got);
    if (!t.ok(peeked) || !t.is(peeked->truncated)) return;
    const auto message = right->recv_from(got);
    if (!t.ok(message) || !t.same(message->data, "hell") || !t.is(message->sender == *left_name)) return;
    if (!t.ok(right->send_to(kw::gather("he", "llo"), message->sender))) return;
    const auto scattered = left->recv_from(kw::scatter(got));
    if (!t.ok(scattered) || !t.is(scattered->length == 5)) return;

    auto connected = std::move(*left).connect(*right_name);
    if (!t.ok(connected) || !t.ok(connected->send(hello)) || !t.ok(connected->send(kw::gather(hello)))) return;
    if (!t.ok(right->recv_from(got)) || !t.ok(right->recv_from(got))) return;
    if (!t.ok(right->send_to(hello, *left_name)) || !t.ok(connected->recv(got))) return;
    auto alone = std::move(*connected).disconnect();
    if (!t.ok(alone) || !t.ok(alone->close())) return;
    t.finish();
}

void unix_stream_echo(trial& t) {
    const auto listener = kw::unix_stream::listen(t.directory.endpoint("listener"));
    if (t.ok(listener)) serve_one(t, *listener, [](const auto& at) { return kw::unix_stream::connect(at); });
}

void unix_datagrams(trial& t) {
    const auto left = kw::unix_datagram::bind(t.directory.endpoint("left"));
    if (!t.ok(left)) return;
    auto right = kw::unix_datagram::bind(t.directory.endpoint("right"));
    if (!t.ok(right)) return;
    std::array<char, 9> got{};
    if (!t.ok(left->send_to(hello, t.directory.endpoint("right")))) return;
    const auto message = right->recv_from(got);
    if (!t.ok(message) || !t.same(message->data, hello)) return;
    const auto connected = std::move(*right).connect(message->sender);
    if (!t.ok(connected) || !t.ok(connected->send(hello)) || !t.ok(left->recv_from(got))) return;
    t.finish();
}

void pair(trial& t) {
    auto stream = kw::unix_stream::pair();
    if (!t.ok(stream) || !echo(t, (*stream)[0], (*stream)[1])) return;
    auto messages = kw::unix_seqpacket::pair();
    if (!t.ok(messages) || !t.ok((*messages)[0].send(hello)) || !t.ok((*messages)[0].send(kw::gather(hello)))) return;
    std::array<char, 9> got{};
    const auto message = (*messages)[1].recv(got);
    if (!t.ok(message) || !t.same(message->data, hello)) return;
    if (!t.ok((*messages)[1].recv(kw::scatter(got)))) return;
    if (!t.ok((*stream)[0].close()) || !t.ok((*messages)[1].close())) return;
    t.finish();
}

/// Releases a descriptor and adopts it again. If adopt() refuses, it is still the caller's.
template <class Owner>
bool adopt_again(trial& t, Owner& owner) {
    const int native = owner.release();
    auto adopted = Owner::adopt(native);
    if (!t.ok(adopted)) {
        owner = Owner::adopt_unchecked(native);
        return false;
    }
    owner = std::move(*adopted);
    return true;
}

void adopt(trial& t) {
    auto socket = kw::tcp4::socket::open();
    if (!t.ok(socket) || !adopt_again(t, *socket)) return;
    auto listener = kw::tcp4::listen(net::any_loopback_port<kw::tcp4>());
    if (!t.ok(listener) || !adopt_again(t, *listener)) return;
    auto ends = kw::unix_stream::pair();
    if (!t.ok(ends) || !adopt_again(t, (*ends)[0])) return;
    const auto copy = (*ends)[0].duplicate();
    if (!t.ok(copy)) return;
    const kw::handle untyped = kw::handle::adopt_unchecked((*ends)[1].release());
    const auto also = untyped.duplicate();
    if (!t.ok(also)) return;
    t.finish();
}

void options(trial& t) {
    auto socket = kw::tcp6::socket::open();
    if (!t.ok(socket)) return;
    if (!t.ok(socket->set(option::no_delay{})) || !t.ok(socket->set(option::linger{{.enabled = true, .seconds = 1}})))
        return;
    const auto linger = socket->get<option::linger>();
    if (!t.ok(linger) || !t.is(linger->enabled && linger->seconds == 1)) return;
    if (!t.ok(socket->set(option::linger{}))) return;
    const auto no_delay = socket->get<option::no_delay>();
    if (!t.ok(no_delay) || !t.is(*no_delay)) return;
    if (!t.ok(socket->set(option::non_blocking{})) || !t.ok(socket->set(option::non_blocking{}))) return;
    const auto non_blocking = socket->get<option::non_blocking>();
    if (!t.ok(non_blocking) || !t.is(*non_blocking)) return;
    const auto v6_only = socket->get<option::v6_only>();
    if (!t.ok(v6_only) || !t.is(*v6_only)) return;
    const auto accepting = socket->get<option::accepting>();
    if (!t.ok(accepting) || !t.is(!*accepting)) return;
    const auto pending = socket->get<option::error>();
    if (!t.ok(pending) || !t.is(pending->code() == 0)) return;
    if (!t.ok(socket->set(option::send_buffer{8192})) || !t.ok(socket->get<option::receive_buffer>())) return;
    t.finish();
}

void torture(void (*scenario)(trial&)) {
    const net::watchdog watch;
    const std::size_t open_before = net::open_descriptors();
    unsigned calls = 0;
    unsigned calls_of_steps = 0;
    {
        const fault::scope counting;
        trial undisturbed;
        scenario(undisturbed);
        REQUIRE_FALSE(undisturbed.failure());
        REQUIRE_FALSE(undisturbed.wrong_data());
        REQUIRE(undisturbed.calls_of_steps());
        REQUIRE_FALSE(undisturbed.left_a_file());
        calls = fault::count();
        calls_of_steps = *undisturbed.calls_of_steps();
    }
    REQUIRE(net::open_descriptors() == open_before);
    for (unsigned k = 1; k <= calls; ++k) {
        for (const int code : {EMFILE, ENOBUFS, ECONNRESET, EINVAL}) {
            trial t;
            {
                const fault::scope faults(fault::plan().fail_any(k, code));
                scenario(t);
            }
            INFO("call ", k, " of ", calls, ", ", fault::name_of(fault::last_injected()), ": ",
                 std::string(std::strerror(code)));
            CHECK(fault::injected() == 1);
            CHECK_FALSE(t.wrong_data());
            CHECK(net::open_descriptors() == open_before);
            if (k <= calls_of_steps) {
                CHECK_FALSE(t.calls_of_steps().has_value());
                CHECK(t.failure().has_value());
                const kw::error reported = t.failure().value_or(kw::error());
                CHECK(reported.code() == code);
                CHECK(reported.domain() == kw::error_domain::system);
                CHECK(reported.operation() != kw::operation::none);
                CHECK_FALSE(t.left_a_file());
            } else {
                // A destructor reports nothing. It can remove the path only if the kernel returns it.
                CHECK(t.calls_of_steps().has_value());
                CHECK((fault::last_injected() == call::getsockname || !t.left_a_file()));
            }
        }
    }
}

}  // namespace

TEST_CASE("each call of a TCP echo may fail") { torture(tcp_echo); }
TEST_CASE("each call of a TCP echo over IPv6 may fail") { torture(tcp_echo_over_ipv6); }
TEST_CASE("each call of non-blocking TCP may fail") { torture(tcp_non_blocking); }
TEST_CASE("each call of an exchange of UDP datagrams may fail") { torture(udp_exchange); }
TEST_CASE("each call of an AF_UNIX echo with a path may fail") { torture(unix_stream_echo); }
TEST_CASE("each call of an exchange of AF_UNIX datagrams with paths may fail") { torture(unix_datagrams); }
TEST_CASE("each call on pairs may fail") { torture(pair); }
TEST_CASE("each call of adopt() and duplicate() may fail") { torture(adopt); }
TEST_CASE("each call of getting and setting options may fail") { torture(options); }
