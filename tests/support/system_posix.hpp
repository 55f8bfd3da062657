// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_SYSTEM_POSIX_HPP
#define KEYWAY_TESTS_SUPPORT_SYSTEM_POSIX_HPP

// The POSIX backend of "support/system.hpp".

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <fstream>
#include <string>
#include <system_error>

#include <keyway/transport.hpp>

#include <keyway/option/socket.hpp>

namespace test {

namespace kw = keyway;

// ---- waiting

/// Ends a test that hangs, by SIGTERM; doctest reports the test.
class watchdog {
public:
    explicit watchdog(unsigned seconds = 60) {
        ::sigevent event{};
        event.sigev_notify = SIGEV_SIGNAL;
        event.sigev_signo = SIGTERM;
        if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0)
            throw std::system_error(errno, std::generic_category(), "timer_create");
        ::itimerspec when{};
        when.it_value.tv_sec = static_cast<::time_t>(seconds);
        ::timer_settime(timer_, 0, &when, nullptr);
    }
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;
    ~watchdog() { ::timer_delete(timer_); }

private:
    ::timer_t timer_{};
};

/// Whether one of the events occurs within ten seconds.
inline bool ready(kw::handle_view socket, short events) {
    ::pollfd wait{.fd = socket.native_handle(), .events = events, .revents = 0};
    return ::poll(&wait, 1, 10'000) == 1;
}
inline bool readable(kw::handle_view socket) { return ready(socket, POLLIN); }

using thread_number = ::pid_t;
inline thread_number this_thread_number() { return ::gettid(); }

/// Waits until the thread of this process sleeps in the kernel, at most two seconds.
inline void wait_until_asleep(thread_number thread) {
    const std::string path = "/proc/self/task/" + std::to_string(thread) + "/stat";
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    for (; std::chrono::steady_clock::now() < end; ::sched_yield()) {
        std::string line;
        std::getline(std::ifstream(path), line);
        const auto state = line.rfind(") ");
        if (state != std::string::npos && line[state + 2] == 'S') return;
    }
}

/// Whether a receive without data would wait.
template <class Connection>
bool blocks(const Connection& connection) {
    return !connection.template get<kw::option::non_blocking>().value();
}

// ---- signals

inline bool interrupt_self() { return ::kill(::getpid(), SIGINT) == 0; }

// ---- descriptors

inline bool is_open(int native) { return ::fcntl(native, F_GETFD) >= 0; }
inline bool is_open(kw::handle_view h) { return is_open(h.native_handle()); }
inline bool closes_on_exec(kw::handle_view h) {
    const int flags = ::fcntl(h.native_handle(), F_GETFD);
    return flags >= 0 && (flags & FD_CLOEXEC) != 0;
}

/// Closes without the owner's knowledge.
inline void close_behind(kw::handle_view h) { ::close(h.native_handle()); }

/// Any open descriptor; kw::handle can own it.
inline int any_handle() { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }

/// An open descriptor that is not a socket.
class no_socket : public kw::handle {
public:
    no_socket() : handle(view_type::borrow(any_handle())) {}
};

// ---- files

inline int process_number() { return ::getpid(); }

/// A new directory; its path is short enough for AF_UNIX addresses in it.
inline std::string make_directory() {
    std::string path = "/tmp/keyway-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
    return path;
}

/// Whether there is a file at the path. Does not follow links.
inline bool exists(const std::string& path) {
    struct ::stat status{};
    return ::lstat(path.c_str(), &status) == 0;
}

// ---- differences between systems

inline constexpr kw::errc bad_handle_error = kw::errc::bad_file_descriptor;
inline constexpr kw::errc other_family_option_error = kw::errc::no_protocol_option;
#if defined(__APPLE__)
inline constexpr int max_linger_seconds = 327;  // in hundredths, in 16 bits
#else
inline constexpr int max_linger_seconds = INT_MAX;
#endif
inline constexpr bool tells_unbound_endpoint = true;
inline constexpr bool reports_true_length = true;
inline constexpr bool tells_partial_sends = true;
inline constexpr bool listeners_reuse_addresses = true;

/// Whether the error means that this machine does not allow such a raw socket.
inline bool is_unavailable(const kw::error& e) { return e == kw::errc::operation_not_permitted; }

struct code_and_meaning {
    int code;
    kw::errc meaning;
};
inline constexpr code_and_meaning codes[] = {
    {EAGAIN, kw::errc::operation_would_block},
    {EWOULDBLOCK, kw::errc::operation_would_block},
    {EACCES, kw::errc::permission_denied},
    {EADDRINUSE, kw::errc::address_in_use},
    {EADDRNOTAVAIL, kw::errc::address_not_available},
    {EAFNOSUPPORT, kw::errc::address_family_not_supported},
    {ECONNABORTED, kw::errc::connection_aborted},
    {ECONNREFUSED, kw::errc::connection_refused},
    {ECONNRESET, kw::errc::connection_reset},
    {EINTR, kw::errc::interrupted},
    {EINVAL, kw::errc::invalid_argument},
    {EISCONN, kw::errc::already_connected},
    {EMFILE, kw::errc::too_many_files_open},
    {EMSGSIZE, kw::errc::message_size},
    {ENETUNREACH, kw::errc::network_unreachable},
    {EHOSTUNREACH, kw::errc::host_unreachable},
    {ENOBUFS, kw::errc::no_buffer_space},
    {ENOENT, kw::errc::no_such_file_or_directory},
    {ENOPROTOOPT, kw::errc::no_protocol_option},
    {ENOTCONN, kw::errc::not_connected},
    {ENOTSOCK, kw::errc::not_a_socket},
    {EOPNOTSUPP, kw::errc::operation_not_supported},
    {EPIPE, kw::errc::broken_pipe},
    {EPROTONOSUPPORT, kw::errc::protocol_not_supported},
    {ETIMEDOUT, kw::errc::timed_out},
};

inline constexpr bool under_wine() { return false; }

/// Whether system calls without buffers work; an emulator of another machine may not make them.
inline bool transfers_no_buffers() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    const auto one = kw::handle::adopt_unchecked(ends[0]);
    const auto other = kw::handle::adopt_unchecked(ends[1]);
    ::msghdr empty{};
    if (::sendmsg(ends[0], &empty, 0) != 0 || ::recv(ends[1], nullptr, 0, MSG_DONTWAIT) != 0) return false;
    return ::send(ends[0], "x", 1, 0) == 1 && ::recvmsg(ends[1], &empty, MSG_DONTWAIT) == 0 &&
           (empty.msg_flags & MSG_TRUNC) != 0;
}

/// Whether all options work; an emulator of another machine may only support some options of four bytes.
inline bool passes_every_option() {
#if defined(__linux__)
    const auto probe = kw::handle::adopt_unchecked(::socket(AF_INET, SOCK_STREAM, 0));
    std::array<unsigned char, 64> info;
    ::socklen_t size = sizeof(info);
    return ::getsockopt(probe.native_handle(), IPPROTO_TCP, TCP_INFO, info.data(), &size) != 0 || size == sizeof(info);
#else
    return true;
#endif
}

}  // namespace test

#endif
