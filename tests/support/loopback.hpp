// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_LOOPBACK_HPP
#define KEYWAY_TESTS_SUPPORT_LOOPBACK_HPP

// What the unit tests of sockets share: ends that talk to each other on this machine, children, and an end to waiting.

#include <doctest/doctest.h>

#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include "support/net.hpp"

/// A failed check says what the error was.
template <>
struct doctest::StringMaker<keyway::error> {
    static String convert(const keyway::error& e) { return e == keyway::error{} ? "success" : e.message().c_str(); }
};
template <>
struct doctest::StringMaker<keyway::transfer_error> {
    static String convert(const keyway::transfer_error& e) {
        return StringMaker<keyway::error>::convert(e) + " after " + toString(e.transferred) + " bytes";
    }
};

namespace test {

namespace kw = keyway;
using namespace std::chrono_literals;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

/// The fixture of every test that might wait: it ends the program when the test takes a minute.
using bounded = net::watchdog;

// ---- results

/// The error of a failed result; the default error, which prints as "success", of another.
template <class Result>
kw::error failure(const Result& result) {
    if (result) return {};
    return result.error();
}

inline std::string message_of(const kw::error& e) { return std::string(e.message().view()); }

/// The value of a result. One that failed ends the test case, and is named by the line that asked.
template <class Result>
auto must(Result&& result, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (!result) {
        ADD_FAIL_AT(file, line, "unexpected failure: " << message_of(result.error()));
        throw doctest::detail::TestFailureException();
    }
    if constexpr (!std::is_void_v<typename std::remove_cvref_t<Result>::value_type>)
        return std::forward<Result>(result).value();
}

inline std::string text(std::span<const std::byte> bytes) { return std::string(kw::as_text(bytes)); }

// ---- waiting

/// Whether the descriptor shows one of the events within ten seconds.
inline bool ready(kw::handle_view socket, short events) {
    ::pollfd wait{.fd = socket.native_handle(), .events = events, .revents = 0};
    return ::poll(&wait, 1, 10'000) == 1;
}
inline bool readable(kw::handle_view socket) { return ready(socket, POLLIN); }

/// Waits until the thread of this process sleeps in the kernel, or for two seconds.
inline void wait_until_asleep(::pid_t thread) {
    const std::string path = "/proc/self/task/" + std::to_string(thread) + "/stat";
    const auto end = std::chrono::steady_clock::now() + 2s;
    for (; std::chrono::steady_clock::now() < end; ::sched_yield()) {
        std::string line;
        std::getline(std::ifstream(path), line);
        const auto state = line.rfind(") ");
        if (state != std::string::npos && line[state + 2] == 'S') return;
    }
}

template <class Action>
std::chrono::steady_clock::duration time_of(Action action) {
    const auto begin = std::chrono::steady_clock::now();
    action();
    return std::chrono::steady_clock::now() - begin;
}

// ---- descriptors

inline bool is_open(int native) { return ::fcntl(native, F_GETFD) >= 0; }
inline bool closes_on_exec(kw::handle_view h) {
    const int flags = ::fcntl(h.native_handle(), F_GETFD);
    return flags >= 0 && (flags & FD_CLOEXEC) != 0;
}

// ---- addresses

/// A loopback address of this process alone, for tests that need a port to stay free or to be bound again.
inline kw::ipv4_address own_loopback() {
    const auto id = static_cast<std::uint32_t>(::getpid());
    return kw::ipv4_address::from_number(0x7f400000U + (id & 0x3fffffU));
}

inline bool has_ipv6() { return kw::udp6::bind({kw::ipv6_address::loopback(), 0}).has_value(); }

/// Whether the test can run; if not, says why.
template <class Transport>
bool has_family() {
    if (Transport::family::domain != AF_INET6 || has_ipv6()) return true;
    MESSAGE("skipped: this machine has no IPv6 loopback address");
    return false;
}

// ---- ends that are connected

template <class Transport>
struct ends {
    typename Transport::connection client;
    typename Transport::connection server;
};

/// The two ends of a connection that was accepted.
template <class Transport = kw::tcp>
ends<Transport> connect_ends(const typename Transport::endpoint& at = net::any_loopback_port<Transport>()) {
    auto listener = must(Transport::listen(at));
    auto client = must(Transport::connect(must(listener.local_endpoint())));
    auto server = must(listener.accept()).connection;
    return {std::move(client), std::move(server)};
}

/// Sends until the kernel takes no more, and returns how much it took.
template <class Connection>
std::size_t fill_up(const Connection& connection) {
    must(connection.set(kw::option::non_blocking{true}));
    const std::vector<std::byte> block(65536);
    std::size_t total = 0;
    while (auto sent = connection.send(block)) total += *sent;
    must(connection.set(kw::option::non_blocking{false}));
    return total;
}

/// Reads to the end of the stream; the bytes before it.
template <class Connection>
std::string read_to_end(const Connection& connection) {
    std::string all;
    std::array<std::byte, 65536> buffer;
    for (;;) {
        const auto got = must(connection.recv(buffer));
        if (got.empty()) return all;
        all += kw::as_text(got);
    }
}

// ---- files

/// A directory that vanishes with everything in it.
struct temporary_directory : net::temp_directory {
    kw::unix_stream::endpoint endpoint(std::string_view name = "socket") const {
        return net::temp_directory::endpoint(name);
    }
};

inline bool exists(const std::string& path) {
    struct ::stat status{};
    return ::lstat(path.c_str(), &status) == 0;
}

inline void make_file(const std::string& path) { std::ofstream(path) << "a file\n"; }

// ---- children

/// In the body of a child: answers with the expression where it is false.
#define KEYWAY_CHILD_CHECK(...) \
    if (!(__VA_ARGS__)) return std::string("false in the child: " #__VA_ARGS__)

/// Runs `body` in a forked child, for at most thirty seconds. Its answer is empty where all is well, begins with
/// "skipped: " where the test could not be made, and else says what went wrong.
template <class Body>
std::string answer_of_child(Body body) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    std::cout.flush();
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(30);
        std::string answer;
        try {
            answer = body();
        } catch (...) {
            answer = "an exception";
            std::cout.flush();
        }
        const bool written = ::write(ends[1], answer.data(), answer.size()) == static_cast<::ssize_t>(answer.size());
        ::_exit(written ? 0 : 1);
    }
    ::close(ends[1]);
    std::string answer;
    std::array<char, 512> buffer;
    for (::ssize_t n; (n = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
        answer.append(buffer.data(), static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) answer += " (wait status " + std::to_string(status) + ")";
    return answer;
}

/// Checks in a forked child, with KEYWAY_CHILD_CHECK and return of an empty string at the end.
template <class Body>
void check_in_child(Body body) {
    const std::string answer = answer_of_child(body);
    if (answer.starts_with("skipped: ")) MESSAGE(answer);
    else CHECK(answer == "");
}

/// In a child: makes it a user without rights. False where it had none to begin with.
inline bool become_nobody() {
    constexpr unsigned nobody = 65534;
    return ::geteuid() == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0;
}

/// In a child: a network of its own, with the loopback interface and no other. False where that is not permitted.
inline bool enter_own_network() {
    if (::unshare(CLONE_NEWNET) != 0) return false;
    const auto probe = kw::udp4::socket::open();
    ::ifreq request{};
    request.ifr_name[0] = 'l';
    request.ifr_name[1] = 'o';
    request.ifr_flags = IFF_UP;
    return probe && ::ioctl(probe->native_handle(), SIOCSIFFLAGS, &request) == 0;
}

}  // namespace test

#endif
