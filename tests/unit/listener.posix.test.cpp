// SPDX-License-Identifier: BSL-1.0
// Local listeners, and what Linux alone does: shutdown() that wakes accept(), and what it tells of a queue.
#include <keyway/listener.hpp>

#include <doctest/doctest.h>

#include <netinet/tcp.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "support/posix.hpp"
#include "support/refusals.hpp"

namespace kw = keyway;
using kw::errc;
using test::failure;
using test::must;

static_assert(sizeof(kw::tcp::listener) == sizeof(int) && sizeof(kw::unix_stream::listener_view) == sizeof(int));
static_assert(kw::can_accept<kw::unix_seqpacket::listener_view>);

TEST_CASE_TEMPLATE("an AF_UNIX peer is named when it bound a name", T, kw::unix_stream, kw::unix_seqpacket) {
    const test::bounded watch;
    const test::temporary_directory directory;
    const auto listener = must(T::listen(directory.endpoint("server")));
    const auto nameless = must(T::connect(directory.endpoint("server")));
    CHECK(must(listener.accept()).peer.is_unnamed());

    auto socket = must(T::bind(directory.endpoint("client")));
    const auto named = must(std::move(socket).connect(directory.endpoint("server")));
    const auto accepted = must(listener.accept());
    CHECK(accepted.peer == directory.endpoint("client"));
    CHECK(must(accepted.connection.local_endpoint()) == directory.endpoint("server"));
}

TEST_CASE_TEMPLATE("listening or connecting without a name gets one by autobind", T, kw::unix_stream,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    auto listener = must(T::listen(T::endpoint::autobind()));
    const auto other = must(T::listen(T::endpoint::autobind()));
    const auto at = must(listener.local_endpoint());
    CHECK(at.is_abstract());
    CHECK(at != must(other.local_endpoint()));

    auto socket = must(T::bind(T::endpoint::unnamed()));
    const auto name = must(socket.local_endpoint());
    CHECK(name.is_abstract());
    const auto client = must(std::move(socket).connect(at));
    CHECK(must(client.peer_endpoint()) == at);
    CHECK(must(listener.accept()).peer == name);
    must(listener.close());
    CHECK(failure(T::connect(at)) == errc::connection_refused);
}

TEST_CASE_FIXTURE(test::bounded, "a connection reset in the queue is accepted, and its first recv reports it") {
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    auto client = must(kw::tcp::connect(must(listener.local_endpoint())));
    const auto from = must(client.local_endpoint());
    must(std::move(client).reset());
    REQUIRE(test::readable(listener));
    const auto [connection, peer] = must(listener.accept());
    CHECK(peer == from);  // though the kernel could not tell it any more
    CHECK(failure(connection.peer_endpoint()) == errc::not_connected);
    std::array<std::byte, 4> buffer;
    CHECK(failure(connection.recv(buffer)) == errc::connection_reset);
    CHECK(must(connection.recv(buffer)).empty());
}

TEST_CASE_FIXTURE(test::bounded, "running out of descriptors is an error, and the connection stays queued") {
    test::check_in_child([] {
        const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
        const auto client = must(kw::tcp::connect(must(listener.local_endpoint())));
        std::vector<kw::handle> taken;
        ::rlimit limit{64, 64};
        KEYWAY_CHILD_CHECK(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
        while (auto copy = client.duplicate()) taken.push_back(kw::handle::adopt_unchecked(copy->release()));
        const auto full = listener.accept();
        KEYWAY_CHILD_CHECK(failure(full) == errc::too_many_files_open);
        KEYWAY_CHILD_CHECK(failure(full).is_resource_exhausted());
        taken.pop_back();
        KEYWAY_CHILD_CHECK(listener.accept().has_value());
        return std::string();
    });
}

namespace {

template <class Listener>
void check_shutdown_wakes(const Listener& listener) {
    std::atomic<test::thread_number> waiting{0};
    kw::error said;
    std::thread thread([&] {
        waiting = test::this_thread_number();
        said = failure(listener.accept());
    });
    while (waiting == 0) std::this_thread::yield();
    test::wait_until_asleep(waiting);
    const auto outcome = listener.shutdown();
    thread.join();
    CHECK(outcome);
    CHECK(said == errc::invalid_argument);
    CHECK(said.operation() == kw::operation::accept);
    CHECK(failure(listener.accept()) == errc::invalid_argument);
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "shutdown() wakes a thread that waits in accept") {
    check_shutdown_wakes(must(kw::tcp::listen(net::any_loopback_port<kw::tcp>())));
    const test::temporary_directory directory;
    check_shutdown_wakes(must(kw::unix_stream::listen(directory.endpoint("stream"))));
    check_shutdown_wakes(must(kw::unix_seqpacket::listen(directory.endpoint("seqpacket"))));
}

TEST_CASE_FIXTURE(test::bounded, "eight threads accept, and each connection goes to one of them") {
    constexpr std::uint32_t total = test::sanitized ? 2'000 : 10'000;
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto at = must(listener.local_endpoint());
    std::vector<std::atomic<int>> seen(total);
    std::atomic<std::uint32_t> next{0};
    std::atomic<int> failures{0};
    using number = std::array<std::byte, sizeof(std::uint32_t)>;

    // Who accepts resets, so that thousands of connections leave no TIME_WAIT behind.
    const auto serve = [&] {
        while (auto accepted = listener.accept()) {
            number bytes{};
            std::uint32_t n = total;
            if (accepted->connection.recv_exact(bytes)) std::memcpy(&n, bytes.data(), bytes.size());
            if (n < total) ++seen[n];
            else ++failures;
            if (!std::move(accepted->connection).reset()) ++failures;
        }
    };
    const auto ask = [&] {
        for (std::uint32_t n; (n = next++) < total;) {
            number bytes{};
            std::memcpy(bytes.data(), &n, bytes.size());
            const auto connection = kw::tcp::connect(at);
            if (!connection || !connection->send_all(bytes)) {
                ++failures;
                continue;
            }
            if (failure(connection->recv(bytes)) != errc::connection_reset) ++failures;
        }
    };
    std::vector<std::thread> servers, clients;
    for (int i = 0; i < 8; ++i) servers.emplace_back(serve);
    for (int i = 0; i < 4; ++i) clients.emplace_back(ask);
    for (auto& thread : clients) thread.join();
    const auto stopped = listener.shutdown();  // all eight
    for (auto& thread : servers) thread.join();

    CHECK(stopped);
    CHECK(failures == 0);
    std::size_t once = 0;
    for (const auto& count : seen) once += count == 1 ? 1U : 0U;
    CHECK(once == total);
}

TEST_CASE_FIXTURE(test::bounded, "the backlog is what was asked for, and by default the system's maximum") {
    const auto backlog_of = [](const kw::tcp4::listener& listener) {
        ::tcp_info info{};
        ::socklen_t size = sizeof(info);
        REQUIRE(::getsockopt(listener.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
        if (size <= offsetof(::tcp_info, tcpi_sacked)) return -1L;
        return static_cast<long>(info.tcpi_sacked);  // tcp_get_info(): the maximum where the socket listens
    };
    if (backlog_of(must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()))) < 0) {
        MESSAGE("skipped: this system gives no whole TCP_INFO");
        return;
    }
    CHECK(backlog_of(must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>(), {.backlog = 7}))) == 7);
    long maximum = 0;
    std::ifstream("/proc/sys/net/core/somaxconn") >> maximum;
    CHECK(backlog_of(must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()))) == maximum);
}

TEST_CASE_FIXTURE(test::bounded,
                  "adopt refuses a descriptor of another kind of local listener, and leaves it open with the caller") {
    const auto listening = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto local = must(kw::unix_seqpacket::listen(kw::unix_seqpacket::endpoint::autobind()));

    const auto refused = [](auto adopt, const kw::handle_view& what) {
        const auto outcome = adopt(what.native_handle());
        CHECK(test::is_open(what.native_handle()));
        CHECK((outcome || failure(outcome).operation() == kw::operation::adopt));
        return failure(outcome);
    };
    const auto tcp = [](int native) { return kw::tcp::listener::adopt(native); };
    const auto unix_stream = [](int native) { return kw::unix_stream::listener::adopt(native); };
    CHECK(refused(tcp, local) == errc::wrong_kind);
    CHECK(refused(unix_stream, local) == errc::wrong_kind);
    CHECK(refused(unix_stream, listening) == errc::wrong_kind);
    CHECK(failure(kw::tcp::listener::adopt(-1)) == errc::bad_file_descriptor);
}

TEST_CASE_FIXTURE(test::bounded, "every operation on a local listener without a descriptor is bad_file_descriptor") {
    auto source = must(kw::unix_stream::listen(kw::unix_stream::endpoint::autobind()));
    const kw::unix_stream::listener owner = std::move(source);
    CHECK(failure(source.shutdown()) == errc::bad_file_descriptor);
    test::check_listener_refused(source);
    CHECK(owner.is_open());
}
