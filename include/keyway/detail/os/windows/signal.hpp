// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_SIGNAL_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_SIGNAL_HPP

// Signals on Windows: the events of the console (HandlerRoutine callback function), under the names of POSIX. The
// system creates a thread to call the handler.

#include <atomic>
#include <csignal>
#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/signal_slot.hpp>  // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// The system ends the process as soon as the handler returns, or after some seconds.
inline constinit std::atomic<bool> process_is_ending = false;

/// FALSE passes the event on to the handler installed before; the first one of all ends the process.
inline ::BOOL WINAPI on_console_event(::DWORD event) noexcept {
    const bool interrupts = event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
    if (!interrupts) process_is_ending = true;
    if (take_signal(interrupts ? SIGINT : SIGTERM) != signal_fate::taken) return FALSE;
    // The window is closed, the user logs off, or the system shuts down: the program finishes while this handler
    // sleeps.
    if (!interrupts) ::Sleep(INFINITE);
    return TRUE;
}

/// No handler uses the claim's waker afterwards.
inline void give_up(signal_claim claim) noexcept {
    for (const int number : {SIGTERM, SIGINT}) {  // the first signal last: the other's handler uses its slot
        signal_slot& slot = slot_of(number);
        if (slot.owner != claim) continue;
        slot.owner = no_claim;
        wait_for_handlers(slot, ::SwitchToThread);
    }
}

inline void release_signals(signal_claim claim) noexcept {
    give_up(claim);
    // The system may lock its list of handlers while one runs, and a sleeping one would never release it.
    if (!process_is_ending) ::SetConsoleCtrlHandler(on_console_event, FALSE);
}

/// From now on each of the signals makes the waker readable. Returns no_claim on failure.
inline signal_claim catch_signals(const int* numbers, std::size_t count, native_handle waker) noexcept {
    int first = NSIG;
    bool known = count > 0;
    for (std::size_t i = 0; i < count; ++i) {
        known = known && (numbers[i] == SIGINT || numbers[i] == SIGTERM);
        if (numbers[i] < first) first = numbers[i];
    }
    const signal_claim claim = claim_of(first);
    int cause = WSAEINVAL;
    if (known) {
        cause = claim_signal(first, claim, waker) ? 0 : ERROR_BUSY;
        const bool had_first = cause == 0;
        for (std::size_t i = 0; cause == 0 && i < count; ++i)
            if (slot_of(numbers[i]).owner != claim && !claim_signal(numbers[i], claim, waker)) cause = ERROR_BUSY;
        if (cause == 0 && ::SetConsoleCtrlHandler(on_console_event, TRUE) == 0) cause = last_error();
        if (cause == 0) return claim;
        if (had_first) give_up(claim);  // otherwise no signal is claimed, or the claim is another's
    }
    set_last_error(cause);
    return no_claim;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
