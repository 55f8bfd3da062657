// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_THREAD_HPP
#define KEYWAY_DETAIL_OS_THREAD_HPP

// The door of the room that starts a thread without exceptions. Every system supplies one name: start_thread<run>(argument)
// starts a thread that runs `run(argument)`, takes no signals and is nobody's to join; negative for failure.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/thread_windows.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/thread_posix.hpp>  // IWYU pragma: export
#endif

#endif
