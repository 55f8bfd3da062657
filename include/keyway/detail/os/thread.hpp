// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_THREAD_HPP
#define KEYWAY_DETAIL_OS_THREAD_HPP

// The interface header for starting a thread without exceptions. Every backend supplies one name:
// start_thread<run>(argument) starts a detached thread that runs `run(argument)` with all signals blocked; it is negative on
// failure.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/thread.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/posix/thread.hpp>  // IWYU pragma: export
#endif

#endif
