// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_SIGNAL_HPP
#define KEYWAY_DETAIL_OS_POSIX_SIGNAL_HPP

// Signals on POSIX: a handler that wakes a waker. signalfd(2) would need the signals blocked in every thread, also in
// those that exist already or belong to libraries; started programs would inherit that, and a second signal would go
// unnoticed.

#include <sched.h>
#include <signal.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/signal_slot.hpp>  // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// The state of a signal before it was caught.
struct signal_past {
    struct ::sigaction action;
    bool blocked;
};
inline constinit std::array<signal_past, NSIG> signal_pasts{};

inline signal_past& past_of(int number) noexcept { return signal_pasts[static_cast<std::size_t>(number)]; }

inline void on_signal(int number) noexcept;

inline bool is_ours(const struct ::sigaction& action) noexcept {
    return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == on_signal;
}

/// Raises the signal again, for the handler that is installed when on_signal returns. That may serve a claim made since
/// the signal arrived. If on_signal is installed and no claim has the signal, a program has restored the handler that
/// it once found; the signal then gets its default action.
inline void pass_on(int number, signal_fate fate) noexcept {
    struct ::sigaction now;
    if (::sigaction(number, nullptr, &now) == 0 && is_ours(now) &&
        (fate == signal_fate::ends || slot_of(number).owner == no_claim))
        ::signal(number, SIG_DFL);
    ::raise(number);
}

inline void on_signal(int number) noexcept {
    const int kept = errno;
    if (const signal_fate fate = take_signal(number); fate != signal_fate::taken) pass_on(number, fate);
    errno = kept;
}

/// Interrupted calls of other libraries are restarted where POSIX allows it, and no other handler runs during this one.
inline int install_handler(int number) noexcept {
    struct ::sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    ::sigfillset(&action.sa_mask);
    return ::sigaction(number, &action, nullptr);
}

inline void block_one(int number) noexcept {
    ::sigset_t one;
    ::sigemptyset(&one);
    ::sigaddset(&one, number);
    ::pthread_sigmask(SIG_BLOCK, &one, nullptr);
}

/// Restores handlers and masks. No handler uses the claim's waker afterwards.
inline void release_signals(signal_claim claim) noexcept {
    const bool own = is_of_this_process(claim);
    // The first signal last: the others' handlers use its slot.
    for (int number = NSIG - 1; number > 0; --number) {
        signal_slot& slot = slot_of(number);
        if (slot.owner != claim) continue;
        const signal_past& past = past_of(number);
        if (past.blocked) block_one(number);
        ::sigaction(number, &past.action, nullptr);
        slot.owner = no_claim;
        if (own) wait_for_handlers(slot, ::sched_yield);
    }
}

/// Catches one signal of a claim. A child process that catches its parent's signal keeps the parent's record of its
/// past.
inline int catch_one(int number, signal_claim claim, native_handle waker, bool blocked) noexcept {
    struct ::sigaction before;
    if (::sigaction(number, nullptr, &before) != 0) return -1;
    if (!claim_signal(number, claim, waker)) return fail_with(EBUSY);
    if (!is_ours(before)) past_of(number) = {before, blocked};
    if (install_handler(number) == 0) return 0;
    slot_of(number).owner = no_claim;
    return -1;
}

/// From now on each of the signals makes the waker readable, whichever thread it interrupts; this thread no longer
/// blocks them. Returns no_claim on failure.
inline signal_claim catch_signals(const int* numbers, std::size_t count, native_handle waker) noexcept {
    ::sigset_t wanted;
    ::sigset_t blocked;
    ::sigemptyset(&wanted);
    int first = NSIG;
    for (std::size_t i = 0; i < count; ++i) {
        if (::sigaddset(&wanted, numbers[i]) != 0) return no_claim;
        if (numbers[i] < first) first = numbers[i];
    }
    const signal_claim claim = first < NSIG ? claim_of(first) : no_claim;
    if (claim == no_claim) errno = EINVAL;
    ::pthread_sigmask(SIG_BLOCK, &wanted, &blocked);  // a handler in this thread would wait for the claim without end
    for (int number = first; number < NSIG; ++number) {
        if (::sigismember(&wanted, number) != 1) continue;
        if (catch_one(number, claim, waker, ::sigismember(&blocked, number) == 1) == 0) continue;
        const int cause = errno;
        if (number != first) release_signals(claim);  // otherwise no signal is claimed, or the claim is another's
        ::pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
        errno = cause;
        return no_claim;
    }
    ::pthread_sigmask(SIG_UNBLOCK, &wanted, nullptr);
    return claim;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
