// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POLL_HPP
#define KEYWAY_DETAIL_OS_POLL_HPP

// The door of the room of poll sets, by the rules of <keyway/detail/os.hpp>. Every room supplies the same names:
//
//   types      poller: what a set is made of. A fresh one is empty; nobody closes it but close_poller()
//   life       open_poller (what it has made before it fails is in the poller), close_poller, is_open
//   changes    add_to, modify_in, remove_from
//   waiting    wait_for_events: hands sink(token, told) what is ready, with a limit or none; nothing, where it was woken.
//              wake_poller: ends the wait, or the next one
//
// All but wake_poller need the poller to themselves.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/poll_vocabulary.hpp>  // IWYU pragma: export

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/poll_windows.hpp>  // IWYU pragma: export
#elif defined(__linux__)
#include <keyway/detail/os/poll_linux.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/poll_bsd.hpp>  // IWYU pragma: export
#endif

#endif
