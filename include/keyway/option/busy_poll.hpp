// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_BUSY_POLL_HPP
#define KEYWAY_OPTION_BUSY_POLL_HPP

// Which processor handles a socket's packets, and whether a waiting call asks the network card itself instead of sleeping.
// Source: socket(7); Linux's Documentation/networking/napi.

#include <climits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// The processor that handled the last packet, -1 where none did yet. Set, it makes a group of reuse_port sockets prefer
/// the one whose number is that of the processor a packet comes in on.
struct incoming_cpu {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::incoming_cpu_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    static constexpr int least = 0;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 0;
};

/// Microseconds that a waiting receive spins on the card's queue.
/// Errors: not_permitted (more than was set; older kernels, without CAP_NET_ADMIN).
struct busy_poll {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::busy_poll_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    static constexpr int least = 0;
    static constexpr int most = INT_MAX;
    using value_type = int;
    int value = 0;
};

/// The card's interrupts stay off as long as the program keeps polling. Linux 5.11.
/// Errors: not_permitted (CAP_NET_ADMIN, to switch it on).
struct prefer_busy_poll {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::prefer_busy_poll_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    using value_type = bool;
    bool value = true;
};

/// Packets that one busy poll takes at most, 1 to 65535. Linux 5.11.
/// Errors: not_permitted (more than was set; CAP_NET_ADMIN).
struct busy_poll_budget {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::busy_poll_budget_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_write_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = !local_family<F>;
    static constexpr int least = 1;
    static constexpr int most = 65535;
    using value_type = int;
    int value = 8;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
