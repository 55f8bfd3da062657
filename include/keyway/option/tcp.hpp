// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_TCP_HPP
#define KEYWAY_OPTION_TCP_HPP

// The options of TCP. Source: tcp(7), "Socket options".

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// Sends small pieces at once instead of gathering them (Nagle's algorithm, RFC 9293 section 3.7.4).
struct no_delay {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = TCP_NODELAY;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    using value_type = bool;
    bool value = true;
};

/// Seconds without traffic before the first probe, 1 to 32767 on Linux; keep_alive turns probing on.
struct keep_alive_time {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::keep_alive_time_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    using value_type = int;
    int value = 7200;
};

/// Seconds between probes, 1 to 32767 on Linux.
struct keep_alive_interval {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::keep_alive_interval_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    using value_type = int;
    int value = 75;
};

/// Probes without an answer before the connection is given up, 1 to 127 on Linux.
struct keep_alive_retries {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::keep_alive_retries_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    using value_type = int;
    int value = 9;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
