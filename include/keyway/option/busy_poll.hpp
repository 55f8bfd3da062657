// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_BUSY_POLL_HPP
#define KEYWAY_OPTION_BUSY_POLL_HPP

// Which processor handles a socket's packets, and whether a waiting receive polls the network card instead of sleeping.
// Source: socket(7); Linux's Documentation/networking/napi.

#include <climits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// The processor that handled the last packet, from 0; -1 before the first one. Setting it makes a reuse_port group prefer the
/// socket whose number matches the processor that a packet arrives on.
/// Platforms: Linux. Source: socket(7), SO_INCOMING_CPU.
struct incoming_cpu : number<SOL_SOCKET, detail::os::incoming_cpu_option, scope::network, 0, INT_MAX> {
    using number::number;
};

/// Microseconds that a waiting receive polls the card's queue before it sleeps, from 0.
/// Errors: operation_not_permitted (to raise it: CAP_NET_ADMIN, on older kernels).
/// Platforms: Linux. Source: socket(7), SO_BUSY_POLL.
struct busy_poll : number<SOL_SOCKET, detail::os::busy_poll_option, scope::network, 0, INT_MAX> {
    using number::number;
};

/// Keeps the card's interrupts off while the program goes on polling.
/// Errors: operation_not_permitted (to switch it on: CAP_NET_ADMIN).
/// Platforms: Linux 5.11. Source: socket(7), SO_PREFER_BUSY_POLL.
struct prefer_busy_poll : flag<SOL_SOCKET, detail::os::prefer_busy_poll_option, scope::network> {
    using flag::flag;
};

/// The largest number of packets that one busy poll handles, 1 to 65535.
/// Errors: operation_not_permitted (to raise it: CAP_NET_ADMIN).
/// Platforms: Linux 5.11. Source: socket(7), SO_BUSY_POLL_BUDGET.
struct busy_poll_budget : number<SOL_SOCKET, detail::os::busy_poll_budget_option, scope::network, 1, 65535, 8> {
    using number::number;
    static constexpr bool is_write_only = true;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
