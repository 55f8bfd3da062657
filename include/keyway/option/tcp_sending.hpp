// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_TCP_SENDING_HPP
#define KEYWAY_OPTION_TCP_SENDING_HPP

// When TCP sends what, and how much of it at once. Source: tcp(7), "Socket options".

#include <climits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/option_name.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// Bytes of data in a segment, 88 to 32767, which both sides keep to if set before connecting; 0 for the system's choice.
/// Read of a connection it is what is in use. Errors: invalid_argument.
struct max_segment {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::max_segment_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    static constexpr int least = 0;
    static constexpr int most = 32767;
    using value_type = int;
    int value = 0;

    using native_type = int;
    static result<int> encode(const int& value) noexcept {
        constexpr int shortest = 88;  // Linux's own bound, which its MPTCP forgets
        if (value != 0 && value < shortest) return detail::failure(errc::invalid_argument, operation::set_option);
        return value;
    }
    static constexpr int decode(const int& native) noexcept { return native; }
};

/// Holds less than a full segment back, for 200 milliseconds at most, until it is switched off.
struct cork {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::cork_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    using value_type = bool;
    bool value = true;
};

/// Acknowledges at once. The kernel switches it off again by itself as the connection goes.
struct quick_ack {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::quick_ack_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P> && !multipath_protocol<P>;
    using value_type = bool;
    bool value = true;
};

/// Bytes queued and not sent below which the socket is writable; 0 for the system's choice, which is all.
/// Linux and macOS.
struct not_sent_low_water {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::not_sent_low_water_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    using value_type = unsigned;
    unsigned value = 0;
};

/// The algorithm of congestion control, such as "cubic": `set(option::congestion{"bbr"})`. Linux and FreeBSD.
/// Errors: no_such_file (the kernel has none of the name), not_permitted (not for everybody), invalid_argument (empty, or
/// more than 15 characters).
struct congestion {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::congestion_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P>;
    using value_type = detail::option_name<15>;
    value_type value;

    static result<value_type> read(handle_view socket) noexcept {
        return detail::read_name<value_type::capacity>(socket, level, name);
    }
    static result<void> write(handle_view socket, const value_type& value) noexcept {
        return detail::write_name(socket, level, name, value);
    }
};

/// Milliseconds that sent data may stay unacknowledged before the connection is given up with timed_out; 0 for the
/// system's choice (RFC 5482).
struct user_timeout {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::user_timeout_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P> && !multipath_protocol<P>;
    static constexpr int least = 0;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 0;
};

/// Sends lost data of a connection with little of it again after even times, not after doubled ones.
struct thin_linear_timeouts {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::thin_linear_timeouts_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = tcp_protocol<P> && !multipath_protocol<P>;
    using value_type = bool;
    bool value = true;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
