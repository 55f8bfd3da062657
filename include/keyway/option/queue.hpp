// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_QUEUE_HPP
#define KEYWAY_OPTION_QUEUE_HPP

// What a socket's queues hold and how they are emptied. Source: socket(7).

#include <climits>
#include <cstdint>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>

namespace keyway::inline KEYWAY_MODE {

/// Of option::max_pacing_rate.
inline constexpr std::uint64_t no_pacing_limit = UINT64_MAX;

namespace option {

/// Bytes that a receive waits for, and that have to be there for the socket to be readable; 1 unless set. Not on Windows.
struct receive_low_water {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::receive_low_water_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = byte_oriented<T>;
    static constexpr int least = 1;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 1;
};

/// option::send_buffer without the system's maximum. It is read as that. Errors: not_permitted (CAP_NET_ADMIN).
struct send_buffer_force {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::send_buffer_force_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_write_only = true;
    static constexpr int least = 0;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 0;
};

/// option::receive_buffer without the system's maximum. It is read as that. Errors: not_permitted (CAP_NET_ADMIN).
struct receive_buffer_force {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::receive_buffer_force_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_write_only = true;
    static constexpr int least = 0;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 0;
};

/// Which of the interface's queues packets go to, 0 to 6; a program with CAP_NET_ADMIN may set more.
/// Errors: not_permitted.
struct priority {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::priority_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    static constexpr int least = 0;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 0;
};

/// Bytes per second that leave at most; no_pacing_limit for as many as there are. TCP paces by itself, UDP where the
/// interface has the queue "fq". A machine of 32 bits takes 32 bits of it. Errors: invalid_argument (more than that).
struct max_pacing_rate {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::max_pacing_rate_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = (tcp_protocol<P> && !multipath_protocol<P>) || P::number == IPPROTO_UDP;
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

/// Lets a send with MSG_ZEROCOPY use the program's pages. Source: Linux's Documentation/networking/msg_zerocopy.
struct zero_copy {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::zero_copy_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = (tcp_protocol<P> && !multipath_protocol<P>) || P::number == IPPROTO_UDP;
    using value_type = bool;
    bool value = true;
};

/// Where in the queue a peek begins, in bytes, moving on with each peek and back with each receive; negative for off, at the
/// beginning. Linux has it of AF_UNIX and UDP, and of TCP from 6.9 on.
/// Errors: not_supported, invalid_argument (below -1).
struct peek_offset {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::peek_offset_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits =
        local_family<F> || P::number == IPPROTO_UDP || (tcp_protocol<P> && !multipath_protocol<P>);
    static constexpr int least = -1;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = -1;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
