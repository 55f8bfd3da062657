// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_SIGNAL_HPP
#define KEYWAY_DETAIL_OS_SIGNAL_HPP

// The door of the room of signals: catch_signals() makes some of them wake a waker, release_signals() ends that,
// caught_signal() tells which one came first, forget_signal() makes the next one the first.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/signal_windows.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/signal_posix.hpp>  // IWYU pragma: export
#endif

#endif
