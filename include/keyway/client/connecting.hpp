// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CLIENT_CONNECTING_HPP
#define KEYWAY_CLIENT_CONNECTING_HPP

// Connection attempts, for programs that wait for several at once; connect() with a limit waits for one.

#include <utility>

#include <keyway/concepts.hpp>
#include <keyway/connection.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/protocol.hpp>
#include <keyway/socket.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Owns a socket whose connect() has begun. It is non-blocking, and becomes writable when it can be finish()ed:
///
///     auto attempt = kw::start_connect<kw::tcp>(endpoint);
///     poll_set.add(*attempt, kw::writable, token);              // and others; wait() reports them
///     poll_set.remove(*attempt);
///     auto connection = std::move(*attempt).finish();
///
/// Closing it gives up the attempt. Remove it from a poll_set before finish(), which closes it if the attempt has failed.
template <address_family F, connection_oriented T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
class connecting : public owner<handle_interface> {
public:
    constexpr connecting() noexcept = default;

    /// Takes over a descriptor that is known to be such a socket; nothing is checked.
    [[nodiscard]] static connecting adopt_unchecked(handle::native_type native) noexcept {
        return connecting(view_type::borrow(native));
    }

    /// The connection, which is blocking again, once the peer has answered.
    ///
    /// Errors: operation_would_block (it has not yet; everything stays as it was), and those of connect(), after which the
    /// socket is closed: connection_refused, timed_out (by the network), network_unreachable, host_unreachable.
    /// Source: connect(2), EINPROGRESS.
    [[nodiscard]] result<connection<F, T, P>> finish() && noexcept {
        const int events = detail::os::wait_connect(native_handle(), {.until = detail::os::at_once});
        if (events < 0) {
            const auto failed = detail::last_error(operation::connect);
            return failed.error().timed_out() ? detail::failure(errc::operation_would_block, operation::connect)
                                              : failed;
        }
        if (detail::os::connect_outcome(native_handle(), events) < 0 ||
            detail::os::set_non_blocking(native_handle(), false) < 0) {
            const auto failed = detail::last_error(operation::connect);
            *this = connecting();
            return failed;
        }
        return connection<F, T, P>::adopt_unchecked(release());
    }

    // clang-format off
    detail::refused finish() & KEYWAY_DELETE("finish() consumes the attempt: write std::move(attempt).finish()");
    // clang-format on

private:
    using owner::owner;
};

/// Begins to connect a socket, which becomes non-blocking. On any failure but would_block() it is closed.
///
/// Errors: as socket::connect(), where they are known at once.
/// Source: connect(2).
template <address_family F, connection_oriented T, protocol_type P>
// NOLINTNEXTLINE(cppcoreguidelines-rvalue-reference-param-not-moved): what it owns is released
[[nodiscard]] result<connecting<F, T, P>> start_connect(socket<F, T, P>&& from,
                                                        const typename F::endpoint& to) noexcept {
    if (detail::os::start_connect(from.native_handle(), to.data(), to.size()) < 0) {
        const auto failed = detail::last_error(operation::connect);
        if (!failed.error().would_block()) from = socket<F, T, P>();
        return failed;
    }
    return connecting<F, T, P>::adopt_unchecked(from.release());
}

/// The same with a new socket: `start_connect<tcp>(endpoint)`. Errors: also those of socket::open().
template <class Transport>
[[nodiscard]] result<connecting<typename Transport::family, typename Transport::type, typename Transport::protocol>>
start_connect(const typename Transport::endpoint& to) noexcept {
    auto opened = Transport::socket::open_for(to);
    if (!opened) return failure(opened);
    return start_connect(std::move(*opened), to);
}

// clang-format off
template <int = 0>
detail::refused start_connect(const auto&) KEYWAY_DELETE("start_connect() takes a transport in angle brackets: start_connect<kw::tcp>(endpoint)");
template <class F, class T, class P>
detail::refused start_connect(socket<F, T, P>&, auto&&) KEYWAY_DELETE("start_connect() consumes the socket: start_connect(std::move(socket), endpoint)");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
