// SPDX-License-Identifier: BSL-1.0
// connect() when a signal interrupts it, when an attempt is in progress, and when it cannot complete. The kernel is
// made to do this where possible; other cases are injected.

#include <keyway/option/socket.hpp>

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <keyway/transport.hpp>

#include "support/child.hpp"
#include "support/net.hpp"

namespace {

namespace kw = keyway;
namespace option = keyway::option;
using fault::call;
using fault::timing;

/// Whether the two ends can exchange bytes.
template <class Connection>
bool talks(const Connection& client, const Connection& server) {
    std::array<char, 5> got{};
    return client.send_all("hello") && server.recv_exact(got) && server.send_all("world") && client.recv_exact(got) &&
           std::string_view(got.data(), got.size()) == "world";
}

template <class Listener>
bool talks(const typename Listener::view_type& listener, const auto& client) {
    const auto next = listener.accept();
    return next && talks(client, next->connection);
}

/// A connection of a socket that the caller has opened, whose mode connect() does not know.
template <class Transport>
auto connect_opened(const typename Transport::endpoint& to) {
    return Transport::socket::open_for(to).value().connect(to);
}

}  // namespace

// Injected: the connection is made, but connect() fails. EINTR: a signal interrupted it. EINPROGRESS: the socket is
// non-blocking. EALREADY: another thread has begun.

TEST_CASE_TEMPLATE("connect waits for the attempt in progress after EINTR, EINPROGRESS and EALREADY", Transport,
                   kw::tcp, kw::tcp4, kw::tcp6) {
    const net::watchdog watch;
    const auto listener = Transport::listen(net::any_loopback_port<Transport>()).value();
    const auto to = listener.local_endpoint().value();
    for (const int code : {EINTR, EINPROGRESS, EALREADY}) {
        INFO(std::string(std::strerror(code)));
        const fault::scope faults(fault::plan().fail(call::connect, 1, code, timing::after));
        const auto client = connect_opened<Transport>(to);
        REQUIRE(client);
        CHECK(fault::injected() == 1);
        CHECK(fault::count(call::connect) == 1);
        CHECK(fault::count(call::ppoll) == 1);
        CHECK(fault::count(call::close) == 0);
        CHECK_FALSE(client->template get<option::non_blocking>().value());
        CHECK(client->peer_endpoint().value() == to);
        CHECK(talks<typename Transport::listener>(listener, *client));
    }
}

TEST_CASE_TEMPLATE("a new socket's connect is called again after EINTR and EALREADY", Transport, kw::tcp, kw::tcp4,
                   kw::tcp6) {
    const net::watchdog watch;
    const auto listener = Transport::listen(net::any_loopback_port<Transport>()).value();
    const auto to = listener.local_endpoint().value();
    for (const int code : {EINTR, EALREADY}) {
        INFO(std::string(std::strerror(code)));
        const fault::scope faults(fault::plan().fail(call::connect, 1, code, timing::after));
        const auto client = Transport::connect(to);
        REQUIRE(client);
        CHECK(fault::injected() == 1);
        CHECK(fault::count(call::connect) == 2);
        CHECK(fault::count(call::ppoll) == (code == EALREADY ? 1 : 0));
        CHECK(fault::count(call::getsockopt) == 0);
        CHECK(fault::count(call::close) == 0);
        CHECK(client->peer_endpoint().value() == to);
        CHECK(talks<typename Transport::listener>(listener, *client));
    }
    {
        INFO("a signal ends the wait");
        const fault::scope faults(
            fault::plan().fail(call::connect, 1, EALREADY, timing::after).fail(call::ppoll, 1, EINTR));
        CHECK(Transport::connect(to));
        CHECK(fault::count(call::ppoll) == 1);
        CHECK(fault::count(call::connect) == 2);
    }
    {
        INFO("the wait fails");
        const fault::scope faults(
            fault::plan().fail(call::connect, 1, EALREADY, timing::after).fail(call::ppoll, 1, ENOMEM));
        const auto client = Transport::connect(to);
        REQUIRE_FALSE(client);
        CHECK(client.error().code() == ENOMEM);
        CHECK(client.error().operation() == kw::operation::connect);
        CHECK(fault::count(call::close) == 1);
    }
}

TEST_CASE("connect reads SO_ERROR once if connect(2) left the result open, else not at all") {
    const net::watchdog watch;
    const auto listener = kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()).value();
    const auto to = listener.local_endpoint().value();
    {
        const fault::scope counting;
        REQUIRE(connect_opened<kw::tcp4>(to));
        CHECK(fault::count(call::ppoll) == 0);
        CHECK(fault::count(call::getsockopt) == 0);
    }
    for (const int code : {EINTR, EINPROGRESS, EALREADY}) {
        const fault::scope faults(fault::plan().fail(call::connect, 1, code, timing::after));
        REQUIRE(connect_opened<kw::tcp4>(to));
        CHECK(fault::count(call::getsockopt) == 1);
    }
    {
        INFO("with signals during the wait");
        const fault::scope faults(
            fault::plan().fail(call::connect, 1, EINTR, timing::after).fail(call::ppoll, 1, EINTR, timing::instead, 3));
        REQUIRE(connect_opened<kw::tcp4>(to));
        CHECK(fault::count(call::ppoll) == 4);
        CHECK(fault::count(call::getsockopt) == 1);
    }
}

TEST_CASE("connect of a datagram socket waits after EINTR") {
    const net::watchdog watch;
    const auto receiver = kw::udp4::bind(net::any_loopback_port<kw::udp4>()).value();
    const fault::scope faults(fault::plan().fail(call::connect, 1, EINTR, timing::after));
    const auto client = kw::udp4::connect(receiver.local_endpoint().value());
    REQUIRE(client);
    CHECK(client->send("hello").value() == 5);
    std::array<char, 9> got{};
    CHECK(kw::as_text(receiver.recv_from(got).value().data) == "hello");
}

TEST_CASE("connect returns any other error unchanged and closes the socket once") {
    const net::watchdog watch;
    const auto listener = kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()).value();
    const auto to = listener.local_endpoint().value();
    for (const int code : {EISCONN, ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EADDRNOTAVAIL, EACCES, EPERM, ENOBUFS}) {
        INFO(std::string(std::strerror(code)));
        const fault::scope faults(fault::plan().fail(call::connect, 1, code));
        auto socket = kw::tcp4::socket::open().value();
        const auto client = std::move(socket).connect(to);
        REQUIRE_FALSE(client);
        CHECK(client.error().code() == code);
        CHECK(client.error().operation() == kw::operation::connect);
        CHECK_FALSE(socket.is_open());
        CHECK(fault::count(call::connect) == 1);
        CHECK(fault::count(call::ppoll) == 0);
        CHECK(fault::count(call::getsockopt) == 0);
        CHECK(fault::count(call::close) == 1);
    }
}

TEST_CASE("connect keeps the socket on would_block, and a datagram socket on any error") {
    const net::watchdog watch;
    const net::temp_directory directory;
    const auto listener = kw::unix_stream::listen(directory.endpoint("listener")).value();
    auto stream = kw::unix_stream::socket::open().value();
    {
        const fault::scope faults(fault::plan().fail(call::connect, 1, EAGAIN));
        const auto refused = std::move(stream).connect(directory.endpoint("listener"));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().would_block());
        CHECK(fault::count(call::close) == 0);
    }
    const auto client = std::move(stream).connect(directory.endpoint("listener"));
    REQUIRE(client);
    CHECK(talks<kw::unix_stream::listener>(listener, *client));

    const auto receiver = kw::udp4::bind(net::any_loopback_port<kw::udp4>()).value();
    auto datagrams = kw::udp4::socket::open().value();
    const fault::scope faults(fault::plan().fail(call::connect, 1, ENETUNREACH));
    CHECK(std::move(datagrams).connect(receiver.local_endpoint().value()).error() == kw::errc::network_unreachable);
    CHECK(std::move(datagrams).connect(receiver.local_endpoint().value()));
}

TEST_CASE("connect returns an error of poll(2) and of getsockopt(2)") {
    const net::watchdog watch;
    const auto listener = kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()).value();
    const auto to = listener.local_endpoint().value();
    const auto check_fails = [&](call second, int code) {
        INFO(fault::name_of(second));
        const fault::scope faults(
            fault::plan().fail(call::connect, 1, EINPROGRESS, timing::after).fail(second, 1, code));
        const auto client = connect_opened<kw::tcp4>(to);
        REQUIRE_FALSE(client);
        CHECK(client.error().code() == code);
        CHECK(client.error().operation() == kw::operation::connect);
        CHECK(fault::count(call::close) == 1);
    };
    check_fails(call::ppoll, ENOMEM);
    check_fails(call::getsockopt, ENOBUFS);
}

TEST_CASE("connect does not succeed after EINTR from a call that did nothing") {
    const net::watchdog watch;
    const auto listener = kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()).value();
    const fault::scope faults(fault::plan().fail(call::connect, 1, EINTR));
    const auto client = kw::tcp4::connect(listener.local_endpoint().value());
    // The call is repeated or fails: both are correct.
    CHECK((!client || client->peer_endpoint()));
}

// Not injected: the listener's queue holds one connection and is full. A connect then waits: on TCP until the dropped
// SYN is sent again, one second later (tcp(7), RFC 6298), on AF_UNIX until a connection is accepted.

namespace {

/// The data of the signal handler.
struct {
    int listener = -1;
    int accepted = -1;
} in_handler;

/// Calls `handler` by SIGALRM after this many milliseconds, then every `again` milliseconds if that is not 0, until
/// destroyed. The system does not restart the calls that it interrupts.
class alarm_in {
public:
    alarm_in(unsigned milliseconds, void (*handler)(int), unsigned again = 0) {
        struct ::sigaction action{};
        action.sa_handler = handler;
        ::sigaction(SIGALRM, &action, &before_);
        const auto in = [](unsigned time) {
            return ::timeval{static_cast<::time_t>(time / 1000), static_cast<::suseconds_t>(time % 1000) * 1000};
        };
        const ::itimerval when{.it_interval = in(again), .it_value = in(milliseconds)};
        ::setitimer(ITIMER_REAL, &when, nullptr);
    }
    alarm_in(const alarm_in&) = delete;
    alarm_in& operator=(const alarm_in&) = delete;
    ~alarm_in() {
        const ::itimerval never{};
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::sigaction(SIGALRM, &before_, nullptr);
    }

private:
    struct ::sigaction before_{};
};

void accept_one(int) {
    const int kept = errno;
    if (in_handler.accepted < 0) in_handler.accepted = ::accept4(in_handler.listener, nullptr, nullptr, SOCK_CLOEXEC);
    errno = kept;
}

void close_listener(int) {
    const int kept = errno;
    ::close(std::exchange(in_handler.listener, -1));
    errno = kept;
}

/// A listener whose queue is full.
template <class Transport>
struct full_listener {
    typename Transport::listener listener;
    typename Transport::connection waiting;

    explicit full_listener(const typename Transport::endpoint& at) {
        if constexpr (Transport::family::domain == AF_UNIX) listener = Transport::listen(at, {.backlog = 0}).value();
        else listener = Transport::listen(at, {.reuse_address = true, .dual_stack = false, .backlog = 0}).value();
        waiting = Transport::connect(listener.local_endpoint().value()).value();
    }
};

/// Connects while a signal arrives whose handler uses the listener. Tries again if the machine was so slow that the
/// signal arrived before the call. Returns false if it never arrived in time.
template <class Transport, class Check>
bool connect_interrupted(const typename Transport::endpoint& at, void (*handler)(int), unsigned again, Check check) {
    for (const unsigned milliseconds : {50U, 200U, 1000U}) {
        full_listener<Transport> full(at);
        const auto to = full.listener.local_endpoint().value();
        in_handler = {.listener = full.listener.native_handle(), .accepted = -1};
        const fault::scope counting;
        auto socket = Transport::socket::open_for(to).value();
        auto client = [&] {
            const alarm_in signal(milliseconds, handler, again);
            return std::move(socket).connect(to);
        }();
        if (in_handler.listener < 0) static_cast<void>(full.listener.release());  // the handler closed it
        const int accepted = std::exchange(in_handler.accepted, -1);
        const auto first = Transport::connection::adopt_unchecked(accepted);
        // A wait or a second call shows that the first was interrupted.
        if (fault::count(call::ppoll) + fault::count(call::connect) < 2) continue;
        check(full, client);
        return true;
    }
    return false;
}

}  // namespace

TEST_CASE("a blocking TCP connect completes after a signal") {
    const net::watchdog watch;
    CHECK(
        connect_interrupted<kw::tcp4>(net::any_loopback_port<kw::tcp4>(), accept_one, 0, [](auto& full, auto& client) {
            REQUIRE(client);
            CHECK(fault::count(call::connect) == 1);
            CHECK(fault::count(call::ppoll) >= 1);
            CHECK(fault::count(call::getsockopt) == 1);
            CHECK_FALSE(client->template get<option::non_blocking>().value());
            CHECK(talks<kw::tcp4::listener>(full.listener, *client));
        }));
}

TEST_CASE("a blocking TCP connect completes under repeated signals") {
    const net::watchdog watch;
    CHECK(
        connect_interrupted<kw::tcp4>(net::any_loopback_port<kw::tcp4>(), accept_one, 7, [](auto& full, auto& client) {
            REQUIRE(client);
            CHECK(fault::count(call::connect) == 1);
            CHECK(fault::count(call::ppoll) > 10);
            CHECK(fault::count(call::getsockopt) == 1);
            CHECK(talks<kw::tcp4::listener>(full.listener, *client));
        }));
}

TEST_CASE("a TCP connect that is refused after a signal reports connection_refused") {
    const net::watchdog watch;
    CHECK(connect_interrupted<kw::tcp4>(net::any_loopback_port<kw::tcp4>(), close_listener, 0, [](auto&, auto& client) {
        REQUIRE_FALSE(client);
        CHECK(client.error() == kw::errc::connection_refused);
        CHECK(client.error().operation() == kw::operation::connect);
        CHECK(fault::count(call::getsockopt) == 1);
    }));
}

TEST_CASE("a blocking AF_UNIX connect is repeated after a signal") {
    const net::watchdog watch;
    const net::temp_directory directory;
    const auto connect = [&](unsigned again) {
        return connect_interrupted<kw::unix_stream>(directory.endpoint("listener"), accept_one, again,
                                                    [](auto& full, auto& client) {
                                                        REQUIRE(client);
                                                        CHECK(client->peer_endpoint());
                                                        // Do not wait for a connection that never arrives.
                                                        REQUIRE(full.listener.set(option::non_blocking{}));
                                                        CHECK(talks<kw::unix_stream::listener>(full.listener, *client));
                                                    });
    };
    CHECK(connect(0));
    CHECK(connect(7));
}

// With a firewall that drops the SYN, in a separate network namespace.

namespace {

enum verdict : int {
    passed = 0,
    no_namespace = 10,
    no_loopback = 11,
    no_firewall = 12,
    did_not_listen = 13,
    did_not_connect = 14,
    not_interrupted = 15,
    no_exchange = 16,
    left_non_blocking = 17,
};

bool write_file(const char* path, const std::string& text) {
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    const bool written = ::write(file, text.data(), text.size()) == static_cast<::ssize_t>(text.size());
    ::close(file);
    return written;
}

/// Enters a new network namespace; without root privileges, as root of a new user namespace.
bool enter_own_network() {
    if (::unshare(CLONE_NEWNET) == 0) return true;
    const std::string user = std::to_string(::getuid());
    const std::string group = std::to_string(::getgid());
    return ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 && write_file("/proc/self/setgroups", "deny") &&
           write_file("/proc/self/uid_map", "0 " + user + " 1") &&
           write_file("/proc/self/gid_map", "0 " + group + " 1");
}

bool raise_loopback() {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ::ifreq request{};
    std::memcpy(request.ifr_name, "lo", 3);
    bool up = ::ioctl(socket, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    up = up && ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
    ::close(socket);
    return up;
}

/// Runs nft(8) with these rules.
bool filter(const char* rules) {
    return child::fate(child::run([=] {
               const int null = ::open("/dev/null", O_RDWR);
               ::dup2(null, STDERR_FILENO);
               ::execlp("nft", "nft", rules, nullptr);
               ::execl("/usr/sbin/nft", "nft", rules, nullptr);
               return 127;
           })) == "exit 0";
}

std::array<int, 2> interrupted_pipe{};

verdict connect_through_firewall() {
    if (!enter_own_network()) return no_namespace;
    if (!raise_loopback()) return no_loopback;
    if (!filter("add table inet keyway; add chain inet keyway in { type filter hook input priority 0; };"
                "add rule inet keyway in tcp flags & (syn | ack) == syn drop"))
        return no_firewall;
    const auto listener = kw::tcp4::listen(net::any_loopback_port<kw::tcp4>());
    if (!listener) return did_not_listen;

    // A child process opens the firewall as soon as the signal has arrived.
    if (::pipe2(interrupted_pipe.data(), O_CLOEXEC) != 0) return no_firewall;
    const ::pid_t opener = ::fork();
    if (opener == 0) {
        ::alarm(20);
        char byte = 0;
        const bool interrupted = ::read(interrupted_pipe[0], &byte, 1) == 1;
        ::_exit(interrupted && filter("flush ruleset") ? 0 : 1);
    }
    const fault::scope counting;
    const auto client = [&] {
        const alarm_in signal(300, [](int) {
            const int kept = errno;
            if (::write(interrupted_pipe[1], "x", 1) < 0) ::_exit(99);
            errno = kept;
        });
        return kw::tcp4::connect(listener->local_endpoint().value());
    }();
    ::waitpid(opener, nullptr, 0);
    if (!client) return did_not_connect;
    if (fault::count(call::connect) != 2) return not_interrupted;
    if (client->get<option::non_blocking>().value_or(true)) return left_non_blocking;
    return talks<kw::tcp4::listener>(*listener, *client) ? passed : no_exchange;
}

}  // namespace

#define FIREWALL_TEST "a TCP connect completes after a signal while a firewall drops the SYN"

TEST_CASE(FIREWALL_TEST) {
    const net::watchdog watch;
    const std::string fate = child::fate(child::run([] { return static_cast<int>(connect_through_firewall()); }));
    const auto ended_as = [&](verdict why) { return fate == "exit " + std::to_string(why); };
    if (ended_as(no_namespace) || ended_as(no_loopback)) {
        MESSAGE("skipped \"" FIREWALL_TEST "\": a network namespace is not permitted");
    } else if (ended_as(no_firewall)) {
        MESSAGE("skipped \"" FIREWALL_TEST "\": nft(8) or nftables is missing");
    } else {
        CHECK(fate == "exit 0");
    }
}
