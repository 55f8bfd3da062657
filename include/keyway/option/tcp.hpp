// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_TCP_HPP
#define KEYWAY_OPTION_TCP_HPP

// The options of TCP that the core needs. Source: tcp(7), "Socket options".

#include <climits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// Sends small segments at once instead of collecting data first (Nagle's algorithm).
/// Platforms: all. Source: tcp(7), TCP_NODELAY; RFC 9293 section 3.7.4.
struct no_delay : flag<IPPROTO_TCP, TCP_NODELAY, scope::tcp> {
    using flag::flag;
};

/// Seconds of silence before the first keep-alive probe, 1 to 32767 on Linux; option::keep_alive switches probing on.
/// Errors: invalid_argument. Platforms: all but OpenBSD. Source: tcp(7), TCP_KEEPIDLE.
struct keep_alive_time : number<IPPROTO_TCP, detail::os::keep_alive_time_option, scope::tcp, INT_MIN, INT_MAX, 7200> {
    using number::number;
};

/// Seconds between keep-alive probes, 1 to 32767 on Linux.
/// Errors: invalid_argument. Platforms: all but OpenBSD. Source: tcp(7), TCP_KEEPINTVL.
struct keep_alive_interval
    : number<IPPROTO_TCP, detail::os::keep_alive_interval_option, scope::tcp, INT_MIN, INT_MAX, 75> {
    using number::number;
};

/// Unanswered keep-alive probes before the connection fails with timed_out, 1 to 127 on Linux.
/// Errors: invalid_argument. Platforms: all but OpenBSD. Source: tcp(7), TCP_KEEPCNT.
struct keep_alive_retries
    : number<IPPROTO_TCP, detail::os::keep_alive_retries_option, scope::tcp, INT_MIN, INT_MAX, 9> {
    using number::number;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
