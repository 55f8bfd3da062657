// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_WAIT_HPP
#define KEYWAY_DETAIL_OS_POSIX_WAIT_HPP

// Waiting on POSIX. A call with a limit makes a non-blocking attempt and sleeps in poll(2) between attempts; no
// socket's mode is changed.

#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/types.hpp>
#if defined(__linux__)
#include <keyway/detail/os/linux/socket.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/bsd/socket.hpp>  // IWYU pragma: export
#endif

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using native_handle = int;
inline constexpr native_handle invalid_handle = -1;

using wait_limit = basic_limit<native_handle, invalid_handle>;

template <class Call>
[[gnu::always_inline]] inline auto retry_interrupted(Call call) noexcept {
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

/// Nanoseconds until then; negative if there is no end.
inline std::int64_t time_left(std::int64_t until) noexcept {
    if (until == never) return -1;
    if (until == at_once) return 0;
    const std::int64_t time = now();
    return until > time ? until - time : 0;
}

/// Sleeps until one of the first `count` descriptors is ready, or the limit is reached. The set has space for
/// most_cancellers more. Returns the number of descriptors that are ready.
inline int wait_any(::pollfd* set, std::size_t count, const wait_limit& limit) noexcept {
    if (limit.canceller_count > most_cancellers) return fail_with(EINVAL);
    for (std::size_t i = 0; i < limit.canceller_count; ++i) set[count + i] = {limit.cancellers[i], POLLIN, 0};
    const std::size_t entries = count + limit.canceller_count;
    for (;;) {
        const int ready = poll_for(set, static_cast<::nfds_t>(entries), time_left(limit.until));
        if (ready < 0 && errno != EINTR) return -1;
        if (ready > 0) {
            for (std::size_t i = count; i < entries; ++i)
                if (set[i].revents != 0) return fail_with((set[i].revents & POLLNVAL) != 0 ? EBADF : ECANCELED);
            return ready;
        }
        if (ready == 0 && time_left(limit.until) == 0) return fail_with(limit_reached);
    }
}

/// Sleeps until the handle is ready and returns its events (poll(2), revents). With an invalid handle, sleeps until the
/// limit is reached.
inline int wait_ready(native_handle handle, readiness wanted, const wait_limit& limit) noexcept {
    const int events = wanted == readiness::readable ? POLLIN : wanted == readiness::writable ? POLLOUT : 0;
    ::pollfd set[1 + most_cancellers];
    set[0] = {handle, static_cast<short>(events), 0};  // poll(2) ignores negative ones
    return wait_any(set, 1, limit) < 0 ? -1 : set[0].revents;
}

/// A limit of one call.
constexpr time_limit limit_of(std::int64_t nanoseconds) noexcept { return {nanoseconds}; }

/// Fails after the deadline of a limit, and if a canceller is not one. Makes no system call.
inline int check_terms(const wait_limit& limit) noexcept {
    if (limit.is_timed() && !limit.lies_ahead && time_left(limit.until) == 0) return fail_with(limit_reached);
    if (limit.canceller_count > most_cancellers) return fail_with(EINVAL);
    for (std::size_t i = 0; i < limit.canceller_count; ++i)
        if (limit.cancellers[i] < 0) return fail_with(EBADF);  // poll(2) would ignore it
    return 0;
}

/// Fails if a call must not even begin: after its deadline, or when it has been cancelled.
inline int check_limit(const wait_limit& limit) noexcept {
    if (check_terms(limit) < 0) return -1;
    if (!limit.has_cancellers()) return 0;
    const int cancelled = wait_ready(invalid_handle, readiness::readable, limit.with_time(at_once));
    return cancelled < 0 && errno == limit_reached ? 0 : cancelled;
}

/// Sleeps for a millisecond, but not past the limit.
inline int sleep_briefly(const wait_limit& limit) noexcept {
    constexpr std::int64_t millisecond = 1'000'000;
    const std::int64_t soon = now() + millisecond;
    const bool ends_before = limit.until <= soon;
    const int ended = wait_ready(invalid_handle, readiness::readable, ends_before ? limit : limit.with_time(soon));
    return errno == limit_reached && !ends_before ? 0 : ended;
}

/// Repeats an attempt that would block until the spin budget is used up, the limit is reached or a canceller ends it.
template <class Attempt>
inline auto spin(Attempt attempt, const wait_limit& limit) noexcept {
    auto done = attempt();
    if (limit.spin == 0 || limit.until == at_once) return done;
    const std::int64_t begin = now();
    const auto goes_on = [&](std::int64_t time) {
        if (time - begin >= limit.spin || time >= limit.until) return false;
        return !limit.has_cancellers() || check_limit(limit) == 0;
    };
    while (done < 0 && is_would_block(errno) && goes_on(now())) done = attempt();
    return done;
}

/// Makes a call that waits as the socket's mode says.
template <readiness, class Call>
inline auto with_limit(native_handle, Call call, no_limit) noexcept {
    return retry_interrupted([=] { return call(0); });
}

/// Repeats a call that would block whenever the handle is ready, until the limit is reached.
template <readiness Wanted, class Attempt>
[[gnu::noinline]] auto wait_and_repeat(native_handle handle, Attempt attempt, const wait_limit& limit) noexcept
    -> decltype(attempt()) {
    // An AF_UNIX datagram socket without a peer counts as writable while the receiver's queue is full.
    constexpr int many = 8;
    for (int failed_attempts = 0;; ++failed_attempts) {
        if (wait_ready(handle, Wanted, limit) < 0) return -1;
        if (failed_attempts >= many && sleep_briefly(limit) < 0) return -1;
        const auto done = attempt();
        if (done >= 0 || !is_would_block(errno)) return done;
    }
}

/// Makes a call that waits as the limit says: at least one attempt, then one whenever the handle is ready. The call's
/// argument is the flag that makes it non-blocking.
template <readiness Wanted, class Call>
inline auto with_limit(native_handle handle, Call call, const wait_limit& limit) noexcept -> decltype(call(0)) {
    if (check_limit(limit) < 0) return -1;
    const auto attempt = [&] { return retry_interrupted([&] { return call(MSG_DONTWAIT); }); };
    const auto done = Wanted == readiness::writable ? attempt() : spin(attempt, limit);
    if (done >= 0 || !is_would_block(errno)) return done;
    if (limit.until == at_once) return fail_with(limit_reached);
    return wait_and_repeat<Wanted>(handle, attempt, limit);
}
template <readiness Wanted, class Call>
[[gnu::always_inline]] inline auto with_limit(native_handle handle, Call call, time_limit limit) noexcept
    -> decltype(call(0)) {
    if (limit.nanoseconds < 0) return fail_with(limit_reached);
    const auto attempt = [&] { return retry_interrupted([&] { return call(MSG_DONTWAIT); }); };
    const auto done = attempt();
    if (done >= 0 || !is_would_block(errno)) [[likely]]
        return done;
    if (limit.nanoseconds == 0) return fail_with(limit_reached);
    wait_limit bounds;
    bounds.until = time_after(limit.nanoseconds, now());
    return wait_and_repeat<Wanted>(handle, attempt, bounds);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
