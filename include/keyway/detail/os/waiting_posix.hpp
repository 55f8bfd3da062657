// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WAITING_POSIX_HPP
#define KEYWAY_DETAIL_OS_WAITING_POSIX_HPP

// How a call waits on POSIX: until it is done, or until a limit is reached. A call with a limit asks the kernel for no
// more than it has now, and sleeps in poll(2); no socket's mode is changed.

#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/vocabulary.hpp>
#if defined(__linux__)
#include <keyway/detail/os/linux.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/bsd.hpp>  // IWYU pragma: export
#endif

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

using native_handle = int;
inline constexpr native_handle invalid_handle = -1;

using limit = basic_limit<native_handle, invalid_handle>;

template <class Call>
inline auto retry_interrupted(Call call) noexcept {
    for (;;) {
        const auto done = call();
        if (done >= 0 || errno != EINTR) [[likely]]
            return done;
    }
}

inline int fail_with(int code) noexcept {
    errno = code;
    return -1;
}

constexpr bool is_would_block(int code) noexcept { return code == EAGAIN || code == EWOULDBLOCK; }

/// The time of the monotonic clock in nanoseconds.
inline std::int64_t now() noexcept {
    ::timespec time;
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Negative where there is no end to it.
inline std::int64_t time_left(std::int64_t until) noexcept {
    if (until == never) return -1;
    if (until == at_once) return 0;
    const std::int64_t time = now();
    return until > time ? until - time : 0;
}

/// Sleeps until one of the descriptors is ready, or the limit is reached. The first place in the set is for what cancels.
inline int await_any(std::span<::pollfd> set, const limit& within) noexcept {
    ::pollfd& cancel = set[0] = {within.cancel, POLLIN, 0};  // poll(2) passes over negative ones
    for (;;) {
        const int ready = poll_for(set.data(), static_cast<::nfds_t>(set.size()), time_left(within.until));
        if (ready < 0 && errno != EINTR) return -1;
        if (ready > 0 && cancel.revents != 0) return fail_with((cancel.revents & POLLNVAL) != 0 ? EBADF : ECANCELED);
        if (ready > 0) return ready;
        if (ready == 0 && time_left(within.until) == 0) return fail_with(ETIMEDOUT);
    }
}

/// Sleeps until the handle is ready, and tells how (poll(2), revents). With an invalid handle, until the limit is reached.
inline int await(native_handle handle, readiness wanted, const limit& within) noexcept {
    const int events = wanted == readiness::readable ? POLLIN : wanted == readiness::writable ? POLLOUT : 0;
    std::array<::pollfd, 2> set{{{}, {handle, static_cast<short>(events), 0}}};
    return await_any(set, within) < 0 ? -1 : set[1].revents;
}

/// Whether a call may begin at all: not after its time, and not when it is canceled already.
inline int may_begin(const limit& within) noexcept {
    const bool timed = within.until != never && within.until != at_once;
    if (timed && time_left(within.until) == 0) return fail_with(ETIMEDOUT);
    if (within.cancel == invalid_handle) return 0;
    const int canceled = await(invalid_handle, readiness::readable, {.until = at_once, .cancel = within.cancel});
    return canceled < 0 && errno == ETIMEDOUT ? 0 : canceled;
}

/// Sleeps for a moment, but not past the limit.
inline int nap(const limit& within) noexcept {
    constexpr std::int64_t millisecond = 1'000'000;
    const std::int64_t soon = now() + millisecond;
    limit moment = within;
    if (soon < within.until) moment.until = soon;
    const int ended = await(invalid_handle, readiness::readable, moment);
    return errno == ETIMEDOUT && moment.until != within.until ? 0 : ended;
}

/// Makes attempts, as long as it may and they would block.
template <class Attempt>
inline auto spin(Attempt attempt, const limit& within) noexcept {
    auto done = attempt();
    if (within.spin == 0 || within.until == at_once) return done;
    const std::int64_t begin = now();
    const auto goes_on = [&](std::int64_t time) { return time - begin < within.spin && time < within.until; };
    while (done < 0 && is_would_block(errno) && goes_on(now())) done = attempt();
    return done;
}

/// Makes a call that waits as the socket's mode says.
template <readiness, class Call>
inline auto patiently(native_handle, Call call) noexcept {
    return retry_interrupted([=] { return call(0); });
}

/// Makes a call that waits as the limit says: once at least, and then whenever the handle is ready. The call gets the
/// flag that keeps it from waiting by itself.
template <readiness Wanted, class Call>
inline auto patiently(native_handle handle, Call call, const limit& within) noexcept -> decltype(call(0)) {
    if (may_begin(within) < 0) return -1;
    const auto attempt = [&] { return retry_interrupted([&] { return call(MSG_DONTWAIT); }); };
    auto done = spin(attempt, within);
    // An AF_UNIX datagram socket without a peer counts as writable while the receiver's queue is full.
    constexpr int many = 8;
    for (int in_vain = 0; done < 0 && is_would_block(errno); ++in_vain) {
        if (await(handle, Wanted, within) < 0) return -1;
        if (in_vain >= many && nap(within) < 0) return -1;
        done = attempt();
    }
    return done;
}

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
