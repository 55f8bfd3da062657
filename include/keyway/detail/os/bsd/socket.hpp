// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BSD_SOCKET_HPP
#define KEYWAY_DETAIL_OS_BSD_SOCKET_HPP

// The part of the POSIX backend for the BSDs and macOS, written from their manual pages.
// <keyway/detail/os/linux/socket.hpp> supplies the same names.

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// The common beginning of all socket addresses. The kernel uses the length argument of the call, and writes it here.
struct sockaddr_prefix {
    std::uint8_t length;
    ::sa_family_t family;
};
constexpr sockaddr_prefix make_prefix(int family, std::size_t length) noexcept {
    return {static_cast<std::uint8_t>(length), static_cast<::sa_family_t>(family)};
}

#if defined(MSG_NOSIGNAL)
inline constexpr int no_signal = MSG_NOSIGNAL;
#else
inline constexpr int no_signal = 0;  // macOS: SO_NOSIGPIPE instead, once for each socket
#endif

inline constexpr int report_full_length = 0;  // recvmsg flags a truncated message; its length is not reported

// macOS counts SO_LINGER in hundredths of a second, and silently truncates the number to 16 bits.
#if defined(SO_LINGER_SEC)
inline constexpr int linger_option = SO_LINGER_SEC;
inline constexpr int max_linger_seconds = SHRT_MAX / 100;
#else
inline constexpr int linger_option = SO_LINGER;
inline constexpr int max_linger_seconds = INT_MAX;
#endif

inline constexpr int reuse_port_option = SO_REUSEPORT;
inline constexpr int exclusive_address_option = no_option;

constexpr bool reports_true_length(int, bool) noexcept { return false; }

/// The number of bytes to ask one call for: macOS refuses more than INT_MAX (EINVAL).
constexpr std::size_t in_one_call(std::size_t size) noexcept {
    constexpr std::size_t most = INT_MAX;
    return size < most ? size : most;
}

/// Sets close-on-exec and the mode, and disables SIGPIPE, where the call that makes the descriptor has no flags for these;
/// a fork() in another thread may happen in between. Closes the descriptor on failure.
inline int set_up(int handle, [[maybe_unused]] io_mode mode) noexcept {
    if (handle < 0) return handle;
#if defined(SO_NOSIGPIPE)
    const int on = 1;
    bool done = ::setsockopt(handle, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on)) == 0;
#else
    bool done = true;
#endif
#if !defined(SOCK_CLOEXEC)
    done = done && ::fcntl(handle, F_SETFD, FD_CLOEXEC) == 0 &&
           ::fcntl(handle, F_SETFL, mode == io_mode::blocking ? 0 : O_NONBLOCK) == 0;
#endif
    if (done) return handle;
    const int cause = errno;
    ::close(handle);
    errno = cause;
    return -1;
}

/// The flags of a new socket.
constexpr int flags_of([[maybe_unused]] io_mode mode) noexcept {
#if defined(SOCK_CLOEXEC)
    return mode == io_mode::blocking ? SOCK_CLOEXEC : SOCK_CLOEXEC | SOCK_NONBLOCK;
#else
    return 0;
#endif
}

/// Whether connect(2), called again after a signal, returns the result of the attempt that goes on.
constexpr bool resumes_connect(int) noexcept { return false; }

inline int open(int domain, int type, int protocol, io_mode mode) noexcept {
    return set_up(::socket(domain, type | flags_of(mode), protocol), mode);
}

inline int pair(int domain, int type, int protocol, std::array<int, 2>& ends) noexcept {
    constexpr io_mode mode = io_mode::blocking;
    if (const int made = ::socketpair(domain, type | flags_of(mode), protocol, ends.data()); made < 0) return made;
    const bool done = set_up(ends[0], mode) >= 0;
    if (done && set_up(ends[1], mode) >= 0) return 0;
    const int cause = errno;
    ::close(done ? ends[0] : ends[1]);
    errno = cause;
    return -1;
}

/// With accept(2) the new socket would inherit the listener's mode.
inline int new_accepted(int listener, void* address, ::socklen_t* size, io_mode mode) noexcept {
#if defined(SOCK_CLOEXEC)
    return set_up(::accept4(listener, static_cast<::sockaddr*>(address), size, flags_of(mode)), mode);
#else
    return set_up(::accept(listener, static_cast<::sockaddr*>(address), size), mode);
#endif
}

/// The arguments of socket(2) that made the socket; negative on failure. If the kernel does not report the domain, the
/// local address has it; if it does not report the protocol, `protocol` is unchanged.
inline int ask_domain_and_protocol(int handle, int& domain, int& protocol) noexcept {
#if defined(SO_DOMAIN)
    ::socklen_t size = sizeof(domain);
    if (::getsockopt(handle, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0) return -1;
#else
    ::sockaddr_storage local;
    ::socklen_t size = sizeof(local);
    if (::getsockname(handle, reinterpret_cast<::sockaddr*>(&local), &size) < 0) return -1;
    domain = local.ss_family;
#endif
#if defined(SO_PROTOCOL)
    size = sizeof(protocol);
    return ::getsockopt(handle, SOL_SOCKET, SO_PROTOCOL, &protocol, &size);
#else
    static_cast<void>(protocol);
    return 0;
#endif
}

/// poll(2) for this many nanoseconds, rounded up to milliseconds, or less; negative is forever.
inline int poll_for(::pollfd* set, ::nfds_t count, std::int64_t nanoseconds) noexcept {
    if (nanoseconds < 0) return ::poll(set, count, -1);
    constexpr std::int64_t millisecond = 1'000'000;
    const std::int64_t whole = nanoseconds / millisecond + (nanoseconds % millisecond != 0);
    return ::poll(set, count, whole < INT_MAX ? static_cast<int>(whole) : INT_MAX);
}

/// A descriptor that is readable from wake() to reset_waker(): a queue of one user event (kqueue(2), EVFILT_USER).
inline int change_waker(int waker, int action, unsigned flags) noexcept {
    struct ::kevent change;
    EV_SET(&change, 1, EVFILT_USER, static_cast<decltype(change.flags)>(action),
           static_cast<decltype(change.fflags)>(flags), 0, nullptr);
    return ::kevent(waker, &change, 1, nullptr, 0, nullptr);
}

inline int open_waker() noexcept {
    const int waker = ::kqueue();
    if (waker < 0) return waker;
    if (::fcntl(waker, F_SETFD, FD_CLOEXEC) == 0 && change_waker(waker, EV_ADD, 0) == 0) return waker;
    const int cause = errno;
    ::close(waker);
    errno = cause;
    return -1;
}

inline int wake(int waker) noexcept { return change_waker(waker, 0, NOTE_TRIGGER); }

inline int reset_waker(int waker) noexcept {
    if (change_waker(waker, EV_DELETE, 0) < 0) return -1;
    return change_waker(waker, EV_ADD, 0);
}

/// Here accept(2) does not return errors of the network.
constexpr bool is_pending_network_error(int) noexcept { return false; }

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
