// SPDX-License-Identifier: BSL-1.0
// The fault injection that the other tests in this folder use: which calls it counts, makes fail and leaves alone.

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "support/child.hpp"
#include "support/net.hpp"

namespace {

using fault::call;

std::array<int, 2> native_pair(int type = SOCK_STREAM) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) == 0);
    return ends;
}

void close_both(const std::array<int, 2>& ends) {
    ::close(ends[0]);
    ::close(ends[1]);
}

std::string read_all(int descriptor) {
    std::string text(100, '\0');
    const ::ssize_t count = ::recv(descriptor, text.data(), text.size(), MSG_DONTWAIT);
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
}

}  // namespace

TEST_CASE("the shim counts every call under its name") {
    const net::watchdog watch;
    const fault::scope counting;
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const ::sockaddr_storage nameless{.ss_family = AF_UNIX, .__ss_padding = {}, .__ss_align = 0};
    const auto* const autobind = reinterpret_cast<const ::sockaddr*>(&nameless);
    ::sockaddr_storage name{};
    auto* const address = reinterpret_cast<::sockaddr*>(&name);
    ::socklen_t size = sizeof(name);
    REQUIRE(::bind(listener, autobind, sizeof(::sa_family_t)) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    REQUIRE(::getsockname(listener, address, &size) == 0);
    const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(client, address, size) == 0);
    ::socklen_t peer_size = sizeof(name);
    REQUIRE(::getpeername(client, address, &peer_size) == 0);
    const int server = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    const auto ends = native_pair();

    std::array<char, 6> text{'a', 'b', 'c', 'd', 'e', 'f'};
    ::iovec part{text.data(), text.size()};
    ::msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    CHECK(::send(client, text.data(), 6, MSG_NOSIGNAL) == 6);
    CHECK(::recv(server, text.data(), 6, 0) == 6);
    CHECK(::sendto(client, text.data(), 6, MSG_NOSIGNAL, nullptr, 0) == 6);
    CHECK(::recvfrom(server, text.data(), 6, 0, nullptr, nullptr) == 6);
    CHECK(::sendmsg(client, &message, MSG_NOSIGNAL) == 6);
    CHECK(::recvmsg(server, &message, 0) == 6);
    int value = 0;
    ::socklen_t value_size = sizeof(value);
    CHECK(::getsockopt(client, SOL_SOCKET, SO_TYPE, &value, &value_size) == 0);
    CHECK(::setsockopt(client, SOL_SOCKET, SO_PASSCRED, &value, value_size) == 0);
    CHECK(::fcntl(client, F_GETFD) == FD_CLOEXEC);
    ::pollfd wait{.fd = client, .events = POLLOUT, .revents = 0};
    CHECK(::poll(&wait, 1, 0) == 1);
    CHECK(::shutdown(client, SHUT_WR) == 0);
    CHECK(::close(client) == 0);
    CHECK(::close(server) == 0);
    CHECK(::close(listener) == 0);
    close_both(ends);

    for (const call which :
         {call::socketpair, call::bind, call::listen, call::accept4, call::connect, call::send, call::sendto,
          call::sendmsg, call::recv, call::recvfrom, call::recvmsg, call::shutdown, call::fcntl, call::getsockopt,
          call::setsockopt, call::getsockname, call::getpeername, call::poll}) {
        INFO(fault::name_of(which));
        CHECK(fault::count(which) == 1);
    }
    CHECK(fault::count(call::socket) == 2);
    CHECK(fault::count(call::close) == 5);
    CHECK(fault::count() == 25);
    CHECK(fault::injected() == 0);
}

TEST_CASE("the shim ignores descriptors that are not sockets, and counts closed ones") {
    const int file = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    REQUIRE(file >= 0);
    const fault::scope faults(fault::plan().fail_every(call::fcntl, 1, EIO).fail_every(call::close, 1, EIO));
    ::pollfd wait{.fd = file, .events = POLLOUT, .revents = 0};
    CHECK(::poll(&wait, 1, 0) == 1);
    CHECK(::fcntl(file, F_GETFD) == FD_CLOEXEC);
    CHECK(::close(file) == 0);
    CHECK(fault::count() == 0);

    CHECK(::close(file) == -1);
    CHECK(errno == EIO);
    CHECK(fault::count(call::close) == 1);
}

TEST_CASE("the shim makes a call fail instead of making it, or after it was made") {
    const auto ends = native_pair();
    {
        const fault::scope faults(
            fault::plan().fail(call::send, 1, ENOBUFS).fail(call::send, 2, EIO, fault::timing::after));
        CHECK(::send(ends[0], "one", 3, 0) == -1);
        CHECK(errno == ENOBUFS);
        CHECK(read_all(ends[1]).empty());
        CHECK(::send(ends[0], "two", 3, 0) == -1);
        CHECK(errno == EIO);
        CHECK(read_all(ends[1]) == "two");
        CHECK(::send(ends[0], "three", 5, 0) == 5);
        CHECK(fault::count(call::send) == 3);
        CHECK(fault::injected() == 2);
        CHECK(fault::last_injected() == call::send);
    }
    CHECK(::send(ends[0], "four", 4, 0) == 4);
    CHECK(read_all(ends[1]) == "threefour");
    close_both(ends);
}

TEST_CASE("the shim has rules for consecutive calls, every n-th call and the k-th of any kind") {
    const auto ends = native_pair();
    const auto sent = [&] { return ::send(ends[0], "x", 1, 0) == 1; };
    const auto pattern = [&] {
        std::string text;
        for (int i = 0; i < 7; ++i) text += sent() ? '.' : 'x';
        return text;
    };
    {
        const fault::scope faults(fault::plan().fail(call::send, 2, EIO, fault::timing::instead, 3));
        CHECK(pattern() == ".xxx...");
    }
    {
        const fault::scope faults(fault::plan().fail_every(call::send, 3, EINTR));
        CHECK(pattern() == "..x..x.");
    }
    {
        const fault::scope faults(fault::plan().fail_any(3, EIO));
        CHECK(sent());
        CHECK(::shutdown(ends[1], SHUT_WR) == 0);
        CHECK(::shutdown(ends[1], SHUT_WR) == -1);
        CHECK(errno == EIO);
        CHECK(fault::last_injected() == call::shutdown);
        CHECK(sent());
    }
    close_both(ends);
}

TEST_CASE("the shim closes the descriptor even if close fails") {
    const auto ends = native_pair();
    const fault::scope faults(fault::plan().fail(call::close, 1, EINTR));
    CHECK(::close(ends[0]) == -1);
    CHECK(errno == EINTR);
    CHECK(::fcntl(ends[0], F_GETFD) == -1);
    CHECK(errno == EBADF);
    CHECK(::close(ends[1]) == 0);
}

TEST_CASE("the shim limits transfers of streams, also of several buffers, but no messages") {
    const fault::plan clamps = fault::plan().clamp_transfers(4);
    std::array<char, 3> first{'a', 'b', 'c'};
    std::array<char, 3> second{'d', 'e', 'f'};
    std::array<::iovec, 3> parts{{{first.data(), 3}, {nullptr, 0}, {second.data(), 3}}};
    ::msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    std::array<char, 16> buffer{};

    const auto stream = native_pair();
    {
        const fault::scope faults(clamps);
        CHECK(::send(stream[0], "abcdef", 6, 0) == 4);
        CHECK(::sendmsg(stream[0], &message, 0) == 4);
        CHECK(::recv(stream[1], buffer.data(), buffer.size(), 0) == 4);
        CHECK(std::string_view(buffer.data(), 4) == "abcd");
        CHECK(::recvmsg(stream[1], &message, 0) == 4);
        CHECK(std::string_view(first.data(), 3) == "abc");
        CHECK(second[0] == 'd');
    }
    close_both(stream);

    const auto datagram = native_pair(SOCK_DGRAM);
    {
        const fault::scope faults(clamps);
        CHECK(::send(datagram[0], "abcdef", 6, 0) == 6);
        CHECK(::sendmsg(datagram[0], &message, 0) == 6);
        CHECK(::recv(datagram[1], buffer.data(), buffer.size(), 0) == 6);
        CHECK(::recvmsg(datagram[1], &message, 0) == 6);
    }
    close_both(datagram);
}

TEST_CASE("the shim does not change errno on success") {
    const auto ends = native_pair();
    const fault::scope faults(fault::plan().clamp(call::recv, 100));
    char buffer[1];
    errno = EDOM;
    CHECK(::send(ends[0], "x", 1, 0) == 1);
    CHECK(::recv(ends[1], buffer, 1, 0) == 1);
    CHECK(errno == EDOM);
    CHECK(::recv(ends[1], buffer, 1, MSG_DONTWAIT) == -1);
    CHECK(errno == EAGAIN);
    close_both(ends);
}

TEST_CASE("the text form of a plan means the same as the member functions") {
    CHECK(fault::plan::parse(""));
    const auto plan = fault::plan::parse("send:eintr=3,recv:clamp=7,accept4:fail=2:EMFILE,connect:after=1:EINTR,"
                                         "recvfrom:every=5:105,any:fail=90:EINVAL");
    REQUIRE(plan);
    CHECK(plan->rule_for(call::send, 2, 1) == nullptr);
    for (const unsigned nth : {3U, 6U}) {
        REQUIRE(plan->rule_for(call::send, nth, 1) != nullptr);
        CHECK(plan->rule_for(call::send, nth, 1)->error == EINTR);
    }
    CHECK(plan->limit(call::recv) == 7);
    CHECK(plan->limit(call::recvmsg) == SIZE_MAX);
    REQUIRE(plan->rule_for(call::accept4, 2, 1) != nullptr);
    CHECK(plan->rule_for(call::accept4, 2, 1)->error == EMFILE);
    CHECK(plan->rule_for(call::accept4, 3, 1) == nullptr);
    REQUIRE(plan->rule_for(call::connect, 1, 1) != nullptr);
    CHECK(plan->rule_for(call::connect, 1, 1)->when == fault::timing::after);
    REQUIRE(plan->rule_for(call::recvfrom, 10, 1) != nullptr);
    CHECK(plan->rule_for(call::recvfrom, 10, 1)->error == 105);
    REQUIRE(plan->rule_for(call::poll, 1, 90) != nullptr);
    CHECK(plan->rule_for(call::poll, 1, 90)->error == EINVAL);

    for (const std::string_view malformed : {"send",
                                             "send:",
                                             "send:eintr",
                                             "send:eintr=",
                                             "send:eintr=0",
                                             "send:eintr=1",
                                             "send:eintr=3:EIO",
                                             ",",
                                             "snd:eintr=3",
                                             "send:fail=2",
                                             "send:fail=2:",
                                             "send:fail=2:EWHAT",
                                             "send:fail=x:EIO",
                                             "send:fail=-1:EIO",
                                             "send:loses=2:EIO",
                                             "close:clamp=3",
                                             "any:eintr=3",
                                             "any:clamp=3",
                                             "any:fail=1",
                                             "send:clamp=3,,"}) {
        INFO(malformed);
        CHECK_FALSE(fault::plan::parse(malformed));
    }
}

TEST_CASE("a program obeys KEYWAY_FAULT from its start, and a malformed value ends it") {
    constexpr int cannot_run_again = 124;
    const auto run_again = [](const char* plan) {
        return child::run([=] {
            ::setenv("KEYWAY_FAULT", plan, 1);
            ::setenv("KEYWAY_FAULT_TEST_CHILD", "1", 1);
            const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
            ::dup2(null, STDOUT_FILENO);
            ::dup2(null, STDERR_FILENO);
            ::execl("/proc/self/exe", "child", "--test-case=*obeys KEYWAY_FAULT from its start*", nullptr);
            return errno == ENOEXEC ? cannot_run_again : 126;
        });
    };
    if (std::getenv("KEYWAY_FAULT_TEST_CHILD") == nullptr) {
        if (child::fate(run_again("")) == "exit 124") {
            MESSAGE("skipped: the system cannot execute this program, which is for another machine");
            return;
        }
        CHECK(child::fate(run_again("socketpair:fail=1:ENFILE,send:clamp=2")) == "exit 0");
        CHECK(child::fate(run_again("socketpair:fail")) == "signal " + std::to_string(SIGABRT));
        return;
    }
    std::array<int, 2> ends{};
    CHECK(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == -1);
    CHECK(errno == ENFILE);
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    CHECK(::send(ends[0], "abc", 3, MSG_NOSIGNAL) == 2);
    close_both(ends);
}
