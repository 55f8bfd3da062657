// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_OPTION_HPP
#define KEYWAY_DETAIL_OS_OPTION_HPP

// The platform layer's interface for options that not every system has. Every backend supplies the same names; the value is
// no_option if the system lacks the option, or uses its name for something else.
//
//   …_option                  the third argument of setsockopt(2); …_v6_option where IPv6 has another than IPv4
//   discover_mtu_…            the values of the options that control path MTU discovery
//   ask_peer_credentials()    the credentials of the peer of an AF_UNIX socket; negative on failure

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/option.hpp>  // IWYU pragma: export
#elif defined(__linux__)
#include <keyway/detail/os/linux/option.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/bsd/option.hpp>  // IWYU pragma: export
#endif

#endif
