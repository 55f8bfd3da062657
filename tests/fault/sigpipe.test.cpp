// SPDX-License-Identifier: BSL-1.0
// Sending to a peer that has closed is an error, and never raises SIGPIPE, which would end the program.

#include <doctest/doctest.h>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include <keyway/transport.hpp>

#include "support/child.hpp"
#include "support/net.hpp"

namespace {

namespace kw = keyway;

enum outcome : int { reported = 0, sent_without_error = 3, other_error = 4 };

/// Runs `body` in a child process in which SIGPIPE has its default action: it ends the process.
template <class Body>
std::string fate_without_protection(Body body) {
    return child::fate(child::run([&] {
        ::signal(SIGPIPE, SIG_DFL);
        ::sigset_t pipe{};
        ::sigemptyset(&pipe);
        ::sigaddset(&pipe, SIGPIPE);
        ::sigprocmask(SIG_UNBLOCK, &pipe, nullptr);
        return static_cast<int>(body());
    }));
}

/// Sends until the error that stands for the signal. The first send after a TCP peer has closed may succeed; the peer
/// answers with a reset, which is reported first.
template <class Connection, class Send>
outcome send_until_broken(const Connection& connection, Send send, kw::errc expected = kw::errc::broken_pipe) {
    for (int i = 0; i < 5; ++i) {
        const auto sent = send(connection);
        if (!sent && sent.error() == expected) return reported;
        if (!sent && sent.error() != kw::errc::connection_reset) return other_error;
        ::pollfd wait{.fd = connection.native_handle(), .events = 0, .revents = 0};
        ::poll(&wait, 1, 5'000);  // the reset is POLLHUP
    }
    return sent_without_error;
}

template <class Transport, class Send>
void check_path(std::string_view path, Send send) {
    using connection = typename Transport::connection;
    INFO(path);
    // The peer has closed.
    CHECK(fate_without_protection([&] {
              auto ends = net::connected_pair<Transport>();
              static_cast<void>(ends[1].close());
              return send_until_broken(ends[0], send);
          }) == "exit 0");
    // The peer has closed with unread data.
    CHECK(fate_without_protection([&] {
              auto ends = net::connected_pair<Transport>();
              static_cast<void>(ends[0].send("unread"));
              static_cast<void>(ends[1].close());
              return send_until_broken(ends[0], send);
          }) == "exit 0");
    // This end has been shut down.
    CHECK(fate_without_protection([&] {
              const auto ends = net::connected_pair<Transport>();
              static_cast<void>(ends[0].shutdown_send());
              return send_until_broken<connection>(ends[0], send);
          }) == "exit 0");
}

}  // namespace

TEST_CASE("SIGPIPE ends a process that calls write(), so the tests below would detect it") {
    CHECK(fate_without_protection([] {
              auto ends = net::connected_pair<kw::unix_stream>();
              static_cast<void>(ends[1].close());
              return ::write(ends[0].native_handle(), "x", 1) < 0 ? reported : sent_without_error;
          }) == "signal " + std::to_string(SIGPIPE));
}

TEST_CASE_TEMPLATE("no send on a stream raises SIGPIPE", Transport, kw::tcp, kw::tcp4, kw::tcp6, kw::unix_stream) {
    const net::watchdog watch;
    check_path<Transport>("send", [](const auto& to) { return to.send("hello"); });
    check_path<Transport>("send of buffers", [](const auto& to) { return to.send(kw::gather("he", "llo")); });
    check_path<Transport>("send_all", [](const auto& to) { return to.send_all("hello"); });
    check_path<Transport>("send_all of buffers", [](const auto& to) { return to.send_all(kw::gather("he", "llo")); });
}

TEST_CASE("no send on a seqpacket connection raises SIGPIPE") {
    const net::watchdog watch;
    check_path<kw::unix_seqpacket>("send", [](const auto& to) { return to.send("hello"); });
    check_path<kw::unix_seqpacket>("send of buffers", [](const auto& to) { return to.send(kw::gather("he", "llo")); });
}

TEST_CASE("no send of datagrams to a peer raises SIGPIPE") {
    const net::watchdog watch;
    const auto check_both = [](auto prepare, kw::errc expected) {
        CHECK(fate_without_protection([&] {
                  auto ends = net::connected_pair<kw::unix_datagram>();
                  prepare(ends);
                  return send_until_broken(ends[0], [](const auto& to) { return to.send("hello"); }, expected);
              }) == "exit 0");
        CHECK(fate_without_protection([&] {
                  auto ends = net::connected_pair<kw::unix_datagram>();
                  prepare(ends);
                  return send_until_broken(
                      ends[0], [](const auto& to) { return to.send(kw::gather("he", "llo")); }, expected);
              }) == "exit 0");
    };
    check_both([](auto& ends) { static_cast<void>(ends[0].shutdown_send()); }, kw::errc::broken_pipe);
    check_both([](auto& ends) { static_cast<void>(ends[1].shutdown_receive()); }, kw::errc::broken_pipe);
    check_both([](auto& ends) { static_cast<void>(ends[1].close()); }, kw::errc::connection_refused);
}

TEST_CASE("no send of datagrams to an address raises SIGPIPE") {
    const net::watchdog watch;
    const net::temp_directory directory;
    const auto check_both = [&](auto prepare, kw::errc expected) {
        CHECK(fate_without_protection([&] {
                  auto to = kw::unix_datagram::bind(directory.endpoint("one")).value();
                  prepare(to);
                  const auto from = kw::unix_datagram::socket::open().value();
                  return send_until_broken(
                      from, [&](const auto& socket) { return socket.send_to("hello", directory.endpoint("one")); },
                      expected);
              }) == "exit 0");
        CHECK(fate_without_protection([&] {
                  auto to = kw::unix_datagram::bind(directory.endpoint("two")).value();
                  prepare(to);
                  const auto from = kw::unix_datagram::socket::open().value();
                  return send_until_broken(
                      from,
                      [&](const auto& socket) {
                          return socket.send_to(kw::gather("he", "llo"), directory.endpoint("two"));
                      },
                      expected);
              }) == "exit 0");
    };
    check_both([](auto& to) { static_cast<void>(to.close()); }, kw::errc::no_such_file_or_directory);
    // The file stays, but no socket has this address any more.
    check_both([](auto& to) { ::close(to.release()); }, kw::errc::connection_refused);
}
