// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_EVENT_WAIT_HPP
#define KEYWAY_EVENT_WAIT_HPP

// Waiting for a single handle, without a poll_set.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/poll.hpp>
#include <keyway/error.hpp>
#include <keyway/event/poll.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// What a handle is ready for.
struct ready_state {
    bool readable = false;  ///< recv() has bytes, the end or an error; accept() a connection
    bool writable = false;  ///< send() has buffer space, or an error; a connection attempt can be finish()ed
    bool hung_up = false;   ///< the connection has ended both ways
    bool failed = false;    ///< there is an error to report
};

/// Waits until one handle is ready: a socket, listener, connection, connection attempt or canceller, on POSIX anything that
/// poll(2) accepts. Nothing is consumed; readiness is only a hint, as with poll_set.
///
///     auto ready = kw::wait_for(connection, kw::readable, 5s);
///     if (ready && ready->readable) handle(connection.recv(buffer));
///
/// Returns: the directions in which it is ready. A hang-up and a failure are reported as readable and writable too, as far
/// as these were asked for.
/// Errors: bad_file_descriptor (POSIX), not_a_socket (Windows); with a limit limit_reached and operation_canceled.
/// Blocks: until the handle is ready. System calls on POSIX: one, and one more with a canceller. Source: poll(2); WSAPoll.
template <limit_like L = no_limit>
[[nodiscard]] result<ready_state> wait_for(const handle_view& handle, interest wanted, const L& limit = {}) noexcept {
    namespace os = detail::os;
    if (!handle.is_open()) return detail::failure(errc::bad_file_descriptor, operation::poll);
    const os::wait_limit bounds = detail::native_limit_or_forever(limit);
    if (os::check_limit(bounds) < 0) return detail::last_error(operation::poll);
    const int events = os::wait_interest(handle.native_handle(), static_cast<unsigned>(wanted), bounds);
    if (events < 0) return detail::last_error(operation::poll);
    const auto reported = static_cast<unsigned>(events);
    const bool ended = (reported & (os::poll_hung_up | os::poll_failed)) != 0;
    const auto is = [&](interest one, unsigned bit) {
        const bool asked = (static_cast<unsigned>(wanted) & static_cast<unsigned>(one)) != 0;
        return asked && (ended || (reported & bit) != 0);
    };
    return ready_state{.readable = is(readable, os::poll_readable),
                       .writable = is(writable, os::poll_writable),
                       .hung_up = (reported & os::poll_hung_up) != 0,
                       .failed = (reported & os::poll_failed) != 0};
}

// clang-format off
template <not_a_limit L> detail::refused wait_for(const handle_view&, interest, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: wait_for(handle, kw::readable, 5s)");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
