// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_HANDLES_HPP
#define KEYWAY_HANDLES_HPP

// Descriptors from one process to another, over AF_UNIX: the simple front of <keyway/message.hpp>. Opt-in; POSIX.

#include <cstddef>
#include <utility>

#include <keyway/buffer.hpp>
#include <keyway/concepts.hpp>
#include <keyway/control/buffer.hpp>
#include <keyway/control/unix.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/message.hpp>

#if KEYWAY_HAS_POSIX

namespace keyway::inline KEYWAY_MODE {

/// Data with the descriptors that came beside it.
template <std::size_t N>
struct received_handles {
    received_message message;
    control::rights<N> rights;
};

/// Sends descriptors, of sockets, files or whatever else, beside data; without data a stream takes none. The receiver
/// gets its own; these stay open here.
///
///     send_handles(worker, "listener", listener);
///
/// Returns, Errors, Blocks: as send_message(), which also takes a limit.
template <can_send S, class... Handles>
    requires local_family<typename S::family>
result<std::size_t> send_handles(const S& connection, const_bytes data, const Handles&... handles) noexcept {
    return send_message(connection, data, control::list{control::pass(handles...)});
}

/// Receives data with up to N descriptors, each owned from the moment it is here and close-on-exec.
///
///     if (auto got = recv_handles<1>(broker, name); got && got->rights.size == 1)
///         auto listener = got->rights.adopt<kw::tcp::listener>(0);     // after the kernel said that it is one
///
/// More than N are closed and counted in `rights.surplus`; `message.control_truncated` tells of those that the kernel
/// did not hand out, for want of room or of free descriptor numbers.
/// Errors, Blocks: as recv_message().
template <std::size_t N, class S, class... How>
    requires can_recv<S> && local_family<typename S::family>
result<received_handles<N>> recv_handles(const S& connection, mutable_bytes buffer, const How&... how) noexcept {
    control::buffer<control::rights<N>> items;
    const auto got = recv_message(connection, buffer, items, how...);
    if (!got) return unexpected<error>(got.error());
    auto rights = items.template take<control::rights<N>>();
    return received_handles<N>{*got, rights ? std::move(*rights) : control::rights<N>{}};
}

}  // namespace keyway::inline KEYWAY_MODE

#endif

#endif
