// SPDX-License-Identifier: BSL-1.0
// A peer that is gone is an error, never SIGPIPE, by which a program dies that has not asked for it.

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

enum outcome : int { told_of_it = 0, sent_to_nobody = 3, other_error = 4 };

/// Runs `body` in a child in which SIGPIPE does what it does by itself: end the process.
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

/// Sends until the error comes that would have been the signal. The first send after a TCP peer closed may succeed, and
/// is answered by a reset, which is told first.
template <class Connection, class Send>
outcome send_until_broken(const Connection& connection, Send send, kw::errc expected = kw::errc::broken_pipe) {
    for (int i = 0; i < 5; ++i) {
        const auto sent = send(connection);
        if (!sent && sent.error() == expected) return told_of_it;
        if (!sent && sent.error() != kw::errc::connection_reset) return other_error;
        ::pollfd wait{.fd = connection.native_handle(), .events = 0, .revents = 0};
        ::poll(&wait, 1, 5'000);  // the reset is POLLHUP
    }
    return sent_to_nobody;
}

template <class Transport, class Send>
void check_path(std::string_view path, Send send) {
    using connection = typename Transport::connection;
    INFO(path);
    // The peer is gone.
    CHECK(fate_without_protection([&] {
              auto ends = net::connected_pair<Transport>();
              static_cast<void>(ends[1].close());
              return send_until_broken(ends[0], send);
          }) == "exit 0");
    // The peer is gone and has not read everything.
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

TEST_CASE("11 sigpipe: a plain write() dies of it, so these tests would see it") {
    CHECK(fate_without_protection([] {
              auto ends = net::connected_pair<kw::unix_stream>();
              static_cast<void>(ends[1].close());
              return ::write(ends[0].native_handle(), "x", 1) < 0 ? told_of_it : sent_to_nobody;
          }) == "signal " + std::to_string(SIGPIPE));
}

TEST_CASE_TEMPLATE("11 sigpipe: every way to send on a stream", Transport, kw::tcp, kw::tcp4, kw::tcp6,
                   kw::unix_stream) {
    const net::watchdog watch;
    check_path<Transport>("send", [](const auto& to) { return to.send("hello"); });
    check_path<Transport>("send of buffers", [](const auto& to) { return to.send(kw::gather("he", "llo")); });
    check_path<Transport>("send_all", [](const auto& to) { return to.send_all("hello"); });
    check_path<Transport>("send_all of buffers", [](const auto& to) { return to.send_all(kw::gather("he", "llo")); });
}

TEST_CASE("11 sigpipe: every way to send on a seqpacket connection") {
    const net::watchdog watch;
    check_path<kw::unix_seqpacket>("send", [](const auto& to) { return to.send("hello"); });
    check_path<kw::unix_seqpacket>("send of buffers", [](const auto& to) { return to.send(kw::gather("he", "llo")); });
}

TEST_CASE("11 sigpipe: every way to send datagrams to a peer") {
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

TEST_CASE("11 sigpipe: every way to send datagrams to an address") {
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
    check_both([](auto& to) { static_cast<void>(to.close()); }, kw::errc::no_such_file);
    // The file stays, with nobody behind it.
    check_both([](auto& to) { ::close(to.release()); }, kw::errc::connection_refused);
}
