// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_POSIX_HPP
#define KEYWAY_TESTS_SUPPORT_POSIX_HPP

// Helpers of the tests for POSIX only: child processes, with separate networks and users.

#include <doctest/doctest.h>

#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace test {

// ---- child processes

/// In the body of a child process: returns the expression if it is false.
#define KEYWAY_CHILD_CHECK(...) \
    if (!(__VA_ARGS__)) return std::string("false in the child: " #__VA_ARGS__)

/// Runs `body` in a child process, for at most thirty seconds. It returns an empty text on success, a text that begins
/// with "skipped: " if the test is not possible, and otherwise the reason of the failure.
template <class Body>
std::string answer_of_child(Body body) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    std::cout.flush();
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(30);
        constexpr int above_used_numbers = 100;  // the body may use the low descriptor numbers
        const int to_parent = ::fcntl(ends[1], F_DUPFD_CLOEXEC, above_used_numbers);
        std::string answer;
        try {
            answer = body();
        } catch (...) {
            answer = "an exception";
            std::cout.flush();
        }
        const bool written = ::write(to_parent, answer.data(), answer.size()) == static_cast<::ssize_t>(answer.size());
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

/// Runs a check in a child process; the body uses KEYWAY_CHILD_CHECK, and returns an empty string at the end.
template <class Body>
void check_in_child(Body body) {
    const std::string answer = answer_of_child(body);
    if (answer.starts_with("skipped: ")) MESSAGE(answer);
    else CHECK(answer == "");
}

/// In a child process: gives up root's rights. Returns false if it has none.
inline bool become_nobody() {
    constexpr unsigned nobody = 65534;
    return ::geteuid() == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0;
}

/// In a child process: enters a new network with only the loopback interface. Returns false if that is not permitted.
inline bool enter_own_network() {
    if (::unshare(CLONE_NEWNET) != 0) return false;
    const auto probe = kw::udp4::socket::open();
    ::ifreq request{};
    request.ifr_name[0] = 'l';
    request.ifr_name[1] = 'o';
    request.ifr_flags = IFF_UP;
    return probe && ::ioctl(probe->native_handle(), SIOCSIFFLAGS, &request) == 0;
}

// ---- peers that do not answer

/// A listener that does not answer: its queue is full, so Linux silently drops connection requests.
template <class Transport = kw::tcp4>
class blackhole {
public:
    explicit blackhole(const typename Transport::endpoint& at = net::any_loopback_port<Transport>()) {
        auto socket = must(Transport::socket::open_for(at));
        must(socket.bind(at));
        listener_ = must(std::move(socket).listen(0));
        while (auto one = Transport::connect(endpoint(), 50ms)) waiting_.push_back(std::move(*one));
    }
    typename Transport::endpoint endpoint() const { return must(listener_.local_endpoint()); }

private:
    typename Transport::listener listener_;
    std::vector<typename Transport::connection> waiting_;
};

}  // namespace test

#endif
