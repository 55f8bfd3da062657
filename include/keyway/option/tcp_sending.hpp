// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_TCP_SENDING_HPP
#define KEYWAY_OPTION_TCP_SENDING_HPP

// When TCP sends, and how much at once. Source: tcp(7), "Socket options".

#include <climits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/detail/name.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// The largest segment in bytes of data, 88 to 32767; 0 for the system's choice. Set before connecting, it binds both sides.
/// On a connection get() returns the size in use.
/// Errors: invalid_argument (out of range). Platforms: Linux, BSD. Source: tcp(7), TCP_MAXSEG.
struct max_segment : number<IPPROTO_TCP, detail::os::max_segment_option, scope::tcp, 0, 32767> {
    using number::number;

    using native_type = int;
    static result<int> encode(const int& value) noexcept {
        constexpr int shortest = 88;  // Linux's own bound, which its MPTCP does not check
        if (value != 0 && value < shortest) return detail::failure(errc::invalid_argument, operation::set_option);
        return value;
    }
    static constexpr int decode(const int& native) noexcept { return native; }
};

/// Holds back partial segments, for at most 200 milliseconds, until the option is switched off.
/// Platforms: Linux. Source: tcp(7), TCP_CORK.
struct cork : flag<IPPROTO_TCP, detail::os::cork_option, scope::tcp> {
    using flag::flag;
};

/// Acknowledges data at once. The kernel switches it off again as it sees fit.
/// Platforms: Linux. Source: tcp(7), TCP_QUICKACK.
struct quick_ack : flag<IPPROTO_TCP, detail::os::quick_ack_option, scope::plain_tcp> {
    using flag::flag;
};

/// The socket is writable while it has fewer unsent bytes than this in its queue; 0 for the system's choice, no bound.
/// Platforms: Linux, macOS. Source: tcp(7), TCP_NOTSENT_LOWAT.
struct not_sent_low_water : plain<unsigned, IPPROTO_TCP, detail::os::not_sent_low_water_option, scope::tcp> {
    using plain::plain;
};

/// The congestion control algorithm: `set(option::congestion{"bbr"})`.
/// Errors: no_such_file_or_directory (the kernel has no such algorithm), operation_not_permitted (reserved for CAP_NET_ADMIN),
/// invalid_argument (empty, more than 15 characters, or a NUL). Platforms: Linux, FreeBSD. Source: tcp(7), TCP_CONGESTION.
struct congestion : text<IPPROTO_TCP, detail::os::congestion_option, scope::tcp, 15> {
    using text::text;
};

/// Milliseconds that sent data may stay unacknowledged before the connection fails with timed_out; 0 for the system's choice.
/// Platforms: Linux. Source: tcp(7), TCP_USER_TIMEOUT; RFC 5482.
struct user_timeout : number<IPPROTO_TCP, detail::os::user_timeout_option, scope::plain_tcp, 0, INT_MAX> {
    using number::number;
};

/// On a connection with little data in flight: retransmits at a constant interval instead of exponential back-off.
/// Platforms: Linux. Source: tcp(7), TCP_THIN_LINEAR_TIMEOUTS.
struct thin_linear_timeouts : flag<IPPROTO_TCP, detail::os::thin_linear_timeouts_option, scope::plain_tcp> {
    using flag::flag;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
