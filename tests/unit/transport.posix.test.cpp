// SPDX-License-Identifier: BSL-1.0
// Local transports, TIME_WAIT, and what another program inherits.
#include <keyway/transport.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <array>
#include <atomic>
#include <concepts>
#include <cstdio>
#include <string>
#include <thread>

#include <keyway/option/socket.hpp>

#include "support/posix.hpp"

namespace kw = keyway;
using kw::errc;
using kw::operation;
using test::failure;
using test::must;
using namespace kw::literals;

static_assert(std::same_as<kw::unix_seqpacket, kw::transport<kw::unix_domain, kw::seqpacket, kw::no_protocol>>);

namespace {

template <class T>
concept has_listener = requires { typename T::listener; };
template <class T>
concept makes_pairs = requires { T::pair(); };

static_assert(has_listener<kw::unix_seqpacket> && !has_listener<kw::unix_datagram>);
static_assert(makes_pairs<kw::unix_stream> && makes_pairs<kw::unix_datagram> && makes_pairs<kw::unix_seqpacket>);

/// What a listener says to a visitor at this address.
kw::error visit(const kw::tcp::endpoint& at) { return failure(kw::tcp::connect(at)); }

}  // namespace

TEST_CASE("the error of a one-call form names the step that failed, for datagrams and AF_UNIX too") {
    const auto nowhere = kw::udp4::bind({kw::ipv4_address(192, 0, 2, 1), 0});
    CHECK(failure(nowhere) == errc::address_not_available);
    CHECK(failure(nowhere).operation() == operation::bind);
    CHECK(failure(kw::unix_stream::listen("/nonexistent/directory/socket"_unix_path)) ==
          errc::no_such_file_or_directory);
}

TEST_CASE_TEMPLATE("a local pair is two ends that talk to each other", T, kw::unix_stream, kw::unix_datagram,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    const auto ends = must(T::pair());
    CHECK(must(ends[0].local_endpoint()).is_unnamed());
    CHECK(must(ends[0].peer_endpoint()).is_unnamed());
    std::array<std::byte, 16> buffer;
    const auto heard = [&](const auto& got) {
        if constexpr (kw::byte_oriented<typename T::type>) return test::text(must(got));
        else return test::text(must(got).data);
    };
    must(ends[0].send("there"));
    CHECK(heard(ends[1].recv(buffer)) == "there");
    must(ends[1].send("and back"));
    CHECK(heard(ends[0].recv(buffer)) == "and back");
}

namespace {

/// Connects to whatever listener it finds among the first descriptors of this process, until it is told to stop, and
/// counts how often it came to somebody.
void disturb(const std::atomic<bool>& over, std::atomic<int>& visits) {
    while (!over) {
        for (int number = 3; number < 64 && !over; ++number) {
            const auto found = kw::tcp4::listener_view::borrow(number);
            if (!found.get<kw::option::accepting>().value_or(false)) continue;
            const auto at = found.local_endpoint();
            if (at && kw::tcp4::connect(*at)) ++visits;
        }
    }
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "a pair rejects another client that connects in between") {
    std::atomic<bool> over{false};
    std::atomic<int> visits{0};
    std::thread stranger([&] { disturb(over, visits); });
    int mixed_up = 0;
    for (int round = 0; round < 500 || visits == 0; ++round) {
        const auto ends = kw::tcp4::pair();
        if (!ends || (*ends)[0].peer_endpoint() != (*ends)[1].local_endpoint() ||
            (*ends)[1].peer_endpoint() != (*ends)[0].local_endpoint())
            ++mixed_up;
    }
    over = true;
    stranger.join();
    CHECK(mixed_up == 0);
}

TEST_CASE_FIXTURE(test::bounded, "a listener restarts at once, with its old connections in TIME_WAIT") {
    auto listener = must(kw::tcp::listen({test::own_loopback(), 0}));
    const auto at = must(listener.local_endpoint());
    {
        auto client = must(kw::tcp::connect(at));
        auto server = must(listener.accept()).connection;
        must(server.close());  // who closes first keeps the TIME_WAIT
        CHECK(test::read_to_end(client).empty());
        must(client.close());
    }
    must(listener.close());
    CHECK(failure(kw::tcp::listen(at, {.reuse_address = false})) == errc::address_in_use);
    const auto restarted = must(kw::tcp::listen(at));
    CHECK(must(restarted.local_endpoint()) == at);
    CHECK(visit(at) == kw::error{});
    // And yet two never listen at the same place.
    CHECK(failure(kw::tcp::listen(at)) == errc::address_in_use);
}

// ---- 29: nothing leaks into another program

namespace {

std::string link_of(int native) {
    std::array<char, 128> target{};
    const std::string path = "/proc/self/fd/" + std::to_string(native);
    const auto length = ::readlink(path.c_str(), target.data(), target.size());
    REQUIRE(length > 0);
    return {target.data(), static_cast<std::size_t>(length)};
}

/// What another program finds open that this one started.
std::string open_in_another_program() {
    std::FILE* pipe = ::popen("ls -l /proc/self/fd", "r");
    REQUIRE(pipe != nullptr);
    std::string listing;
    std::array<char, 1024> buffer;
    while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) listing.append(buffer.data(), n);
    ::pclose(pipe);
    REQUIRE(listing.find("->") != std::string::npos);
    return listing;
}

}  // namespace
TEST_CASE_FIXTURE(test::bounded, "every descriptor is close-on-exec, wherever it comes from") {
    const test::temporary_directory directory;
    const auto stream = must(kw::tcp4::socket::open());
    const auto either = must(kw::udp::socket::open_for(net::any_loopback_port<kw::udp>()));
    const auto bound = must(kw::udp::bind(net::any_loopback_port<kw::udp>()));
    const auto associated = must(kw::udp::connect(must(bound.local_endpoint())));
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto client = must(kw::tcp::connect(must(listener.local_endpoint())));
    const auto accepted = must(listener.accept()).connection;
    const auto pair = must(kw::unix_stream::pair());
    const auto packets = must(kw::unix_seqpacket::pair());
    const auto messages = must(kw::unix_datagram::pair());
    const auto local_listener = must(kw::unix_stream::listen(directory.endpoint()));
    const auto local_client = must(kw::unix_stream::connect(directory.endpoint()));
    const auto local_accepted = must(local_listener.accept()).connection;
    const auto socket_copy = must(stream.duplicate());
    const auto listener_copy = must(listener.duplicate());
    const auto connection_copy = must(accepted.duplicate());
    const auto handle_copy = must(kw::handle::adopt_unchecked(::dup(client.native_handle())).duplicate());

    const kw::handle_view all[] = {stream,       either,         bound,           associated,  listener,
                                   client,       accepted,       pair[0],         pair[1],     packets[0],
                                   packets[1],   messages[0],    messages[1],     socket_copy, local_listener,
                                   local_client, local_accepted, connection_copy, handle_copy, listener_copy};
    const std::string inherited = open_in_another_program();
    for (const kw::handle_view& one : all) {
        CAPTURE(one.native_handle());
        CHECK(test::closes_on_exec(one));
        CHECK(inherited.find(link_of(one.native_handle())) == std::string::npos);
    }
    // The listing would show it: a copy that is not close-on-exec.
    const auto exposed = kw::handle::adopt_unchecked(::dup(stream.native_handle()));
    CHECK(open_in_another_program().find(link_of(exposed.native_handle())) != std::string::npos);
}
