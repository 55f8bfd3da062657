// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_QUEUE_HPP
#define KEYWAY_OPTION_QUEUE_HPP

// The sizes of a socket's queues, and the order and rate in which they empty. Source: socket(7).

#include <climits>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// No limit, for option::max_pacing_rate.
inline constexpr std::uint64_t no_pacing_limit = UINT64_MAX;

namespace option {

/// The number of bytes that make a socket readable, and that a receive waits for; at least 1, the default.
/// Platforms: Linux, BSD. Source: socket(7), SO_RCVLOWAT.
struct receive_low_water : number<SOL_SOCKET, detail::os::receive_low_water_option, scope::streams, 1, INT_MAX> {
    using number::number;
};

/// Sets option::send_buffer beyond the system's maximum, in bytes, from 0; read it as send_buffer.
/// Errors: operation_not_permitted (CAP_NET_ADMIN). Platforms: Linux. Source: socket(7), SO_SNDBUFFORCE.
struct send_buffer_force : number<SOL_SOCKET, detail::os::send_buffer_force_option, scope::any, 0, INT_MAX> {
    using number::number;
    static constexpr bool is_write_only = true;
};

/// Sets option::receive_buffer beyond the system's maximum, in bytes, from 0; read it as receive_buffer.
/// Errors: operation_not_permitted (CAP_NET_ADMIN). Platforms: Linux. Source: socket(7), SO_RCVBUFFORCE.
struct receive_buffer_force : number<SOL_SOCKET, detail::os::receive_buffer_force_option, scope::any, 0, INT_MAX> {
    using number::number;
    static constexpr bool is_write_only = true;
};

/// The priority of the socket's packets in the queues of the interface: 0 to 6, or more with CAP_NET_ADMIN.
/// Errors: operation_not_permitted. Platforms: Linux. Source: socket(7), SO_PRIORITY.
struct priority : number<SOL_SOCKET, detail::os::priority_option, scope::network, 0, INT_MAX> {
    using number::number;
};

/// The highest rate at which the socket sends, in bytes per second; no_pacing_limit for none. TCP paces unaided, UDP needs an
/// interface whose queue is "fq".
/// Errors: invalid_argument (more than 32 bits, where `long` has 32).
/// Platforms: Linux. Source: socket(7), SO_MAX_PACING_RATE.
struct max_pacing_rate {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::max_pacing_rate_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = scope::plain_tcp_and_udp::fits<F, T, P>;
    using value_type = std::uint64_t;
    std::uint64_t value = no_pacing_limit;

    using native_type = unsigned long;
    static result<native_type> encode(const value_type& value) noexcept {
        if (value == no_pacing_limit) return ULONG_MAX;
        if (value >= ULONG_MAX) return detail::failure(errc::invalid_argument, operation::set_option);
        return static_cast<native_type>(value);
    }
    static constexpr value_type decode(const native_type& native) noexcept {
        return native == ULONG_MAX ? no_pacing_limit : native;
    }
};

/// Allows sends that pass the program's pages to the network card instead of copying them (MSG_ZEROCOPY).
/// Platforms: Linux. Source: Linux's Documentation/networking/msg_zerocopy, SO_ZEROCOPY.
struct zero_copy : flag<SOL_SOCKET, detail::os::zero_copy_option, scope::plain_tcp_and_udp> {
    using flag::flag;
};

/// The offset in the queue, in bytes, at which the next peek begins; each peek moves it forwards, each receive backwards.
/// -1, the default, switches it off: a peek begins at the front.
/// Errors: operation_not_supported, invalid_argument (below -1).
/// Platforms: Linux; for TCP from 6.9. Source: socket(7), SO_PEEK_OFF.
struct peek_offset {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::peek_offset_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = scope::local::fits<F, T, P> || scope::plain_tcp_and_udp::fits<F, T, P>;
    static constexpr int least = -1;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = -1;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
