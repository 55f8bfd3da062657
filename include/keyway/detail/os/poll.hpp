// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POLL_HPP
#define KEYWAY_DETAIL_OS_POLL_HPP

// The interface header of poll sets, by the rules of <keyway/detail/os.hpp>. Every backend supplies the same names:
//
//   types      poller: the state of a set. A default-constructed one is empty; only close_poller() closes it
//   life       open_poller (on failure, what it has opened so far is in the poller), close_poller, is_open
//   changes    add_to, modify_in, remove_from
//   waiting    wait_for_events: stores a ready_event, of which token_of() and bits_of() ask, for each handle that is ready;
//              for none if it was woken, or for the waker one with the reserved token. wake_poller: ends the wait, or the next one. wait_interest: waits for a single handle
//
// All but wake_poller and wait_interest need exclusive access to the poller.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/poll_types.hpp>  // IWYU pragma: export

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/poll.hpp>  // IWYU pragma: export
#elif defined(__linux__)
#include <keyway/detail/os/linux/poll.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/bsd/poll.hpp>  // IWYU pragma: export
#endif
#if !KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/posix/poll.hpp>  // IWYU pragma: export
#endif

#endif
