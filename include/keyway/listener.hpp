// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_LISTENER_HPP
#define KEYWAY_LISTENER_HPP

// The state of a socket that waits for connections.

#include <cstddef>

#include <keyway/concepts.hpp>
#include <keyway/connection.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/for_overwrite.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/view.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>
#include <keyway/protocol.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// What accept() yields: `auto [connection, peer] = *listener.accept();`.
template <class F, class T, class P>
struct accepted {
    keyway::connection<F, T, P> connection;
    typename F::endpoint peer;
};

/// A listener that somebody else owns: everything a listener does but closing it.
///
/// Thread safety: any number of threads may accept; each connection goes to one of them. shutdown() wakes them all.
template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P> && connection_oriented<T>
class listener_view : public detail::view<F, T, P> {
public:
    using owner_type = listener<F, T, P>;

    using detail::view<F, T, P>::view;

    /// The next connection, and its peer as the kernel named it at that moment.
    ///
    /// Errors: too_many_files, too_many_files_in_system, no_buffer_space, not_enough_memory (is_resource_exhausted(); the
    /// connection stays queued, so free something or wait before the next call), would_block, invalid_argument (after
    /// shutdown()). A connection that died in the queue is not an error: the next one is taken.
    /// Blocks: until somebody connects. Source: accept(2), "Error handling".
    [[nodiscard]] result<accepted<F, T, P>> accept() const noexcept { return take(); }

    /// The same, as long as it may wait: `accept(5s)`, `accept(stop)`. Adds the errors timed_out and operation_canceled.
    ///
    /// Where several threads or processes accept from one blocking listener, another may take the connection between the
    /// look and the call, which then waits for the next one past its limit: accept(2) has no flag against it. Make such
    /// a listener option::non_blocking; this call waits then all the same.
    [[nodiscard]] result<accepted<F, T, P>> accept(const waiting& how) const noexcept { return take(how.limit()); }

    /// Stops listening: accept() fails with invalid_argument from now on, also in threads that wait in it. Linux only,
    /// KEYWAY_HAS_LISTENER_SHUTDOWN.
    /// Source: shutdown(2), SHUT_RD.
    result<void> shutdown() const noexcept
        requires(KEYWAY_HAS_LISTENER_SHUTDOWN != 0)
    {
        return detail::checked(detail::os::shutdown(this->native_handle(), detail::os::shut_receive),
                               operation::shutdown);
    }

    /// Another owner of the same listener, which leaves a bound path alone when it closes.
    /// Errors: too_many_files. Source: fcntl(2), F_DUPFD_CLOEXEC.
    [[nodiscard]] result<owner_type> duplicate() const noexcept {
        const auto copy = detail::os::duplicate(this->native_handle());
        if (copy == handle_view::invalid) return detail::last_error(operation::duplicate);
        return owner_type::adopt_unchecked(copy);
    }

    // clang-format off
    void shutdown() const requires(KEYWAY_HAS_LISTENER_SHUTDOWN == 0) = KEYWAY_DELETE("only Linux wakes accept() by shutdown: elsewhere set option::non_blocking, or connect to the listener once more");
    void send(auto&&...) const = KEYWAY_DELETE("a listener has no peer: send() on a connection that accept() yields");
    void recv(auto&&...) const = KEYWAY_DELETE("a listener has no peer: recv() on a connection that accept() yields");
    void connect(const typename F::endpoint&) const = KEYWAY_DELETE("a listener waits for others: connect() with a socket of its own");
    // clang-format on

private:
    template <class... Limit>
    result<accepted<F, T, P>> take(const Limit&... within) const noexcept {
        detail::room_for<typename F::endpoint> room;
        for (;;) {
            detail::os::address_length size = F::endpoint::capacity();
            const auto native = detail::os::accept(this->native_handle(), room.endpoint.data(), &size, within...);
            if (native != handle_view::invalid) {
                room.endpoint.resize(static_cast<std::size_t>(size));
                return accepted<F, T, P>{connection<F, T, P>::adopt_unchecked(native), room.endpoint};
            }
            const int code = detail::os::last_error();
            if (!detail::os::is_transient_accept_error(this->native_handle(), code))
                return unexpected<error>(error(code, operation::accept));
        }
    }
};

/// Owns a listener; what it can do is in listener_view. Closing an AF_UNIX listener removes the path that it created.
///
///     auto listener = kw::tcp::listen({kw::ipv4_address::any(), 8080});
///     if (!listener) return report(listener.error());
///     while (auto next = listener->accept()) serve(std::move(next->connection));
template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P> && connection_oriented<T>
class listener : public owner<listener_view<F, T, P>, typename detail::bind_cleanup<F>::type> {
    using base = owner<listener_view<F, T, P>, typename detail::bind_cleanup<F>::type>;

public:
    using view_type = listener_view<F, T, P>;

    constexpr listener() noexcept = default;

    /// Takes over a descriptor from elsewhere, after the kernel said what it is. Refused, it stays the caller's.
    /// Errors: wrong_kind, bad_descriptor, not_a_socket.
    [[nodiscard]] static result<listener> adopt(handle::native_type native) noexcept {
        if (auto kind = detail::check_kind<F, T, P>(native, detail::state::listening); !kind)
            return unexpected<error>(kind.error());
        return adopt_unchecked(native);
    }

    /// Takes over a descriptor that is known to be such a listener; nothing is checked. `cleanup` is what the library
    /// hands on from one state to the next.
    [[nodiscard]] static listener adopt_unchecked(handle::native_type native,
                                                  const typename detail::bind_cleanup<F>::type& cleanup = {}) noexcept {
        return listener(native, cleanup);
    }

private:
    using base::base;
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
