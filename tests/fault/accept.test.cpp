// SPDX-License-Identifier: BSL-1.0
// accept() when one connection has failed, and when the process is out of descriptors, buffers or memory.

#include <keyway/option/socket.hpp>

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <keyway/transport.hpp>

#include "support/net.hpp"

namespace {

namespace kw = keyway;
namespace option = keyway::option;
using fault::call;

// accept(2), "Error handling", and EPERM, which a firewall causes.
constexpr std::array lost_connections{ECONNABORTED, EPROTO,       ENETDOWN,   ENOPROTOOPT, EHOSTDOWN,
                                      ENONET,       EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH, EPERM};
constexpr std::array exhausted{EMFILE, ENFILE, ENOBUFS, ENOMEM};

/// A listener with a client in its queue.
template <class Transport>
struct queued {
    std::optional<net::temp_directory> directory;
    typename Transport::listener listener;
    typename Transport::connection client;

    queued() {
        if constexpr (Transport::family::domain == AF_UNIX) {
            directory.emplace();
            listener = Transport::listen(directory->endpoint("listener")).value();
        } else {
            listener = Transport::listen(net::any_loopback_port<Transport>()).value();
        }
        connect();
    }

    void connect() { client = Transport::connect(listener.local_endpoint().value()).value(); }
};

/// Whether the accepted connection is the other end of the client's.
template <class Transport>
bool is_peer_of(const typename Transport::connection& client, const auto& accepted) {
    if (Transport::family::domain != AF_UNIX && accepted.peer != client.local_endpoint().value()) return false;
    std::array<char, 5> got{};
    return client.send("hello").has_value() && accepted.connection.recv(got).has_value() &&
           std::string_view(got.data(), got.size()) == "hello";
}

}  // namespace

TEST_CASE_TEMPLATE("accept skips a connection that failed in the queue", Transport, kw::tcp, kw::tcp4, kw::tcp6,
                   kw::unix_stream, kw::unix_seqpacket) {
    const net::watchdog watch;
    queued<Transport> server;
    for (const int code : lost_connections) {
        INFO(std::string(std::strerror(code)));
        for (const unsigned times : {1U, 3U}) {
            {
                const fault::scope faults(fault::plan().fail(call::accept4, 1, code, fault::timing::instead, times));
                const auto next = server.listener.accept();
                REQUIRE(next);
                CHECK(is_peer_of<Transport>(server.client, *next));
                CHECK(fault::injected() == times);
                CHECK(fault::count(call::accept4) == times + 1);
            }
            server.connect();
        }
    }
}

TEST_CASE("accept skips one failed connection after another in a single call") {
    const net::watchdog watch;
    const queued<kw::tcp> server;
    fault::plan plan;
    unsigned k = 1;
    for (const int code : lost_connections) plan.fail(call::accept4, k++, code);
    const fault::scope faults(plan.fail(call::accept4, k, EINTR));
    const auto next = server.listener.accept();
    REQUIRE(next);
    CHECK(is_peer_of<kw::tcp>(server.client, *next));
    CHECK(fault::injected() == lost_connections.size() + 1);
}

TEST_CASE("accept on a non-blocking listener whose only connection failed would block") {
    const net::watchdog watch;
    const auto listener = kw::tcp::listen(net::any_loopback_port<kw::tcp>()).value();
    REQUIRE(listener.set(option::non_blocking{}));
    for (const int code : lost_connections) {
        INFO(std::string(std::strerror(code)));
        const fault::scope faults(fault::plan().fail(call::accept4, 1, code));
        const auto next = listener.accept();
        REQUIRE_FALSE(next);
        CHECK(next.error().would_block());
        CHECK(fault::count(call::accept4) == 2);
    }
}

TEST_CASE("accept returns an error that does not concern a single connection at once") {
    const net::watchdog watch;
    queued<kw::tcp> server;
    for (const int code : {EAGAIN, EBADF, EFAULT, EINVAL, EIO, ENOTSOCK, ECONNRESET, ETIMEDOUT, ENOSR, EACCES}) {
        INFO(std::string(std::strerror(code)));
        const fault::scope faults(fault::plan().fail(call::accept4, 1, code));
        const auto next = server.listener.accept();
        REQUIRE_FALSE(next);
        CHECK(next.error().code() == code);
        CHECK(next.error().operation() == kw::operation::accept);
        CHECK(fault::count(call::accept4) == 1);
    }
    CHECK(server.listener.accept());
}

TEST_CASE("accept returns EOPNOTSUPP from a socket that does not listen") {
    const net::watchdog watch;
    const auto datagrams = kw::udp4::bind(net::any_loopback_port<kw::udp4>()).value();
    const auto mistaken = kw::tcp4::listener_view::borrow(datagrams.native_handle());
    const fault::scope counting;
    const auto next = mistaken.accept();
    REQUIRE_FALSE(next);
    CHECK(next.error() == kw::errc::operation_not_supported);
    CHECK(fault::count(call::accept4) == 1);
}

TEST_CASE_TEMPLATE("accept returns exhaustion of descriptors, buffers or memory once, and the connection stays queued",
                   Transport, kw::tcp, kw::unix_stream) {
    const net::watchdog watch;
    queued<Transport> server;
    for (const int code : exhausted) {
        INFO(std::string(std::strerror(code)));
        {
            const fault::scope faults(fault::plan().fail(call::accept4, 1, code));
            const auto refused = server.listener.accept();
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code() == code);
            CHECK(refused.error().operation() == kw::operation::accept);
            CHECK(refused.error().is_resource_exhausted());
            CHECK(fault::count(call::accept4) == 1);
            CHECK(fault::count() == 1);

            const auto next = server.listener.accept();
            REQUIRE(next);
            CHECK(is_peer_of<Transport>(server.client, *next));
        }
        server.connect();
    }
}

TEST_CASE("accept returns exhaustion of descriptors after a failed connection") {
    const net::watchdog watch;
    const queued<kw::tcp> server;
    const fault::scope faults(fault::plan().fail(call::accept4, 1, ECONNABORTED).fail(call::accept4, 2, EMFILE));
    CHECK(server.listener.accept().error() == kw::errc::too_many_files_open);
    CHECK(server.listener.accept());
}
