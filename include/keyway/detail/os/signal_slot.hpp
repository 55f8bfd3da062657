// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_SIGNAL_SLOT_HPP
#define KEYWAY_DETAIL_OS_SIGNAL_SLOT_HPP

// The process's table of which claim has which signal: a signal handler receives a number only. Both backends use it.

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// Identifies a set of signals that are caught together, by the process and the first signal of the set. A child after
/// fork() has a copy of the table, but none of the signals in it.
using signal_claim = std::uint64_t;
inline constexpr signal_claim no_claim = 0;
inline constexpr int nobody_yet = 0;  // first signal of a claim that is being made
inline constexpr int process_shift = 32;

inline signal_claim claim_of(int first) noexcept {
    return static_cast<signal_claim>(process_id()) << process_shift | static_cast<unsigned>(first);
}
constexpr std::size_t first_of(signal_claim claim) noexcept { return static_cast<std::uint32_t>(claim); }
inline bool is_of_this_process(signal_claim claim) noexcept {
    return claim >> process_shift == static_cast<signal_claim>(process_id());
}

struct signal_slot {
    std::atomic<signal_claim> owner = no_claim;
    // The number of handlers that are running, and above it, shifted by `process_shift`, the process that they run in:
    // the parent's handlers at the time of a fork() do not run in the child.
    std::atomic<std::uint64_t> handlers = 0;
    // Of a whole claim, in the slot of its first signal:
    std::atomic<native_handle> waker = invalid_handle;
    std::atomic<std::int64_t> since = 0;  // when the first signal arrived; 0 before
    std::atomic<int> caught = 0;          // that signal
    static_assert(std::atomic<signal_claim>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free,
                  "keyway: a handler of signals needs atomic numbers of 64 bits without locks");
};

// NOLINTNEXTLINE(misc-include-cleaner): NSIG is in <signal.h>, which <csignal> includes
inline constinit std::array<signal_slot, NSIG> signal_slots;

inline signal_slot& slot_of(int number) noexcept { return signal_slots[static_cast<std::size_t>(number)]; }

constexpr std::uint64_t process_of(std::uint64_t handlers) noexcept { return handlers >> process_shift; }

/// Waits until no handler uses the waker of a released claim.
template <class Yield>
void wait_for_handlers(const signal_slot& slot, Yield yield) noexcept {
    while (static_cast<std::uint32_t>(slot.handlers) > 0) yield();
}

/// Assigns a signal to the claim. False if another claim of this process has it.
inline bool claim_signal(int number, signal_claim claim, native_handle waker) noexcept {
    signal_slot& slot = slot_of(number);
    signal_claim owner = slot.owner;
    if (is_of_this_process(owner) || !slot.owner.compare_exchange_strong(owner, claim_of(nobody_yet))) return false;
    const std::uint64_t none_here = static_cast<std::uint64_t>(process_id()) << process_shift;
    if (process_of(slot.handlers) != process_of(none_here)) slot.handlers = none_here;
    if (static_cast<std::size_t>(number) == first_of(claim)) {
        slot.waker = waker;
        slot.caught = 0;
        slot.since = 0;
    }
    slot.owner = claim;
    return true;
}

inline int caught_signal(signal_claim claim) noexcept { return signal_slots[first_of(claim)].caught; }

/// The next signal counts as the first again.
inline void forget_signal(signal_claim claim) noexcept {
    signal_slot& shared = signal_slots[first_of(claim)];
    shared.caught = 0;
    shared.since = 0;
}

/// Signals within this time, in nanoseconds, are one request: a program that forwards Ctrl-C, or signals both a process
/// and its group, sends two.
inline constexpr std::int64_t one_request = 100'000'000;

enum class signal_fate : std::uint8_t {
    taken,     // the claim that has the signal handles it
    ends,      // it is the second signal, or the parent's: it has the effect that it has when it is not caught
    not_ours,  // no claim has it, as it is being made or was released since the signal arrived
};

inline signal_fate fate_in_claim(int number, signal_claim owner) noexcept {
    signal_slot& shared = signal_slots[first_of(owner)];
    const std::int64_t time = now();
    std::int64_t since = 0;
    if (shared.since.compare_exchange_strong(since, time)) {
        shared.caught = number;
        wake(shared.waker);
        return signal_fate::taken;
    }
    return time - since < one_request ? signal_fate::taken : signal_fate::ends;
}

/// The work of a handler. It is async-signal-safe: the thread may have been interrupted anywhere.
inline signal_fate take_signal(int number) noexcept {
    signal_slot& slot = slot_of(number);
    // The owner waits for this count to reach zero before it closes the waker, so the waker of the owner read here
    // stays open, unless the count was restarted in between, as it is in a child process.
    const std::uint64_t process = process_of(++slot.handlers);
    const signal_claim owner = slot.owner;
    signal_fate fate = signal_fate::not_ours;
    if (owner != no_claim && !is_of_this_process(owner)) fate = signal_fate::ends;
    else if (owner != no_claim && first_of(owner) != nobody_yet && process == process_of(slot.handlers))
        fate = fate_in_claim(number, owner);
    std::uint64_t handlers = slot.handlers;
    while (process_of(handlers) == process && !slot.handlers.compare_exchange_weak(handlers, handlers - 1)) {}
    return fate;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
