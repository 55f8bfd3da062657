// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_SIGNAL_HPP
#define KEYWAY_DETAIL_OS_SIGNAL_HPP

// The interface header of signals: catch_signals() makes signals wake a waker, release_signals() ends that,
// caught_signal() returns the first one that arrived, forget_signal() makes the next one the first.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/signal.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/posix/signal.hpp>  // IWYU pragma: export
#endif

#endif
