// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_OPTION_HPP
#define KEYWAY_DETAIL_OS_OPTION_HPP

// The door of the options' rooms: the numbers of the options that not every system has. Every room supplies the same
// names, and no_option for what the system lacks, or has under the same name with another meaning.
//
//   …_option                  the third argument of setsockopt(2)
//   discover_mtu_…            the values of the options that say how to find a path's MTU
//   ask_peer_credentials()    who is at the other end of an AF_UNIX socket; negative for failure

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/option_windows.hpp>  // IWYU pragma: export
#elif defined(__linux__)
#include <keyway/detail/os/option_linux.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/option_bsd.hpp>  // IWYU pragma: export
#endif

#endif
