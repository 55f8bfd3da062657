// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_LISTENER_HPP
#define KEYWAY_LISTENER_HPP

// Sockets that accept connections.

#include <concepts>
#include <cstddef>
#include <type_traits>

#include <keyway/concepts.hpp>
#include <keyway/connection.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/socket_base.hpp>
#include <keyway/detail/uninitialized.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>
#include <keyway/protocol.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The value of accept(): `auto [connection, peer] = *listener.accept();`.
template <class F, class T, class P>
struct accepted {
    keyway::connection<F, T, P> connection;
    typename F::endpoint peer;
};

/// The operations of a listener, of owner and view.
///
/// Thread safety: any number of threads may accept; each connection goes to one of them. shutdown() wakes them all.
template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P> && connection_oriented<T>
class listener_interface : public detail::socket_base<F, T, P> {
public:
    using owner_type = listener<F, T, P>;
    using widened = typename detail::widened<F, T, P>::listener;

    /// The next connection, and its peer as the kernel reported it at that moment.
    ///
    /// Where several threads or processes accept from one blocking listener, another may accept the connection between the
    /// poll and the call, which then waits for the next one past its limit: accept(2) has no flag against it. Make such a
    /// listener option::non_blocking; a call with a limit waits on it all the same.
    ///
    /// Errors: too_many_files_open, too_many_files_open_in_system, no_buffer_space, not_enough_memory
    /// (is_resource_exhausted(); the connection stays queued, so free something or wait before the next call),
    /// operation_would_block, invalid_argument (after shutdown()), with a limit limit_reached and operation_canceled. A
    /// connection that died in the queue is not an error: the next one is accepted.
    /// Blocks: until a client connects. Source: accept(2), "Error handling".
    template <limit_like L = no_limit>
    [[nodiscard]] result<accepted<F, T, P>> accept(const L& limit = {}) const noexcept {
        return accept_in(detail::os::io_mode::blocking, detail::native_limit(limit));
    }

    /// The same, with a connection that is non-blocking from the start, as option::non_blocking would make it by calls of
    /// its own. Source: accept4(2), SOCK_NONBLOCK.
    template <limit_like L = no_limit>
    [[nodiscard]] result<accepted<F, T, P>> accept_non_blocking(const L& limit = {}) const noexcept {
        return accept_in(detail::os::io_mode::non_blocking, detail::native_limit(limit));
    }

    /// Stops listening: from now on accept() fails with invalid_argument, also in threads that are blocked in it.
    /// Platforms: Linux (KEYWAY_HAS_LISTENER_SHUTDOWN). Source: shutdown(2), SHUT_RD.
    [[nodiscard]] result<void> shutdown() const noexcept
        requires(KEYWAY_HAS_LISTENER_SHUTDOWN != 0)
    {
        return detail::checked(detail::os::shutdown(this->native_handle(), detail::os::shut_receive),
                               operation::shutdown);
    }

    /// Another owner of the same listener. It leaves a bound path alone when it closes.
    /// Errors: too_many_files_open. Source: fcntl(2), F_DUPFD_CLOEXEC.
    [[nodiscard]] result<owner_type> duplicate() const noexcept {
        return detail::duplicate<owner_type>(this->native_handle());
    }

    // clang-format off
    template <class... L> requires detail::wrong_limit<L...> detail::refused accept(const L&...) const KEYWAY_DELETE("accept() takes one limit, a duration, a deadline or a canceller: accept(5s), accept(stop), accept(kw::limit(5s).cancelled_by(stop)); it returns the connection and its peer");
    template <class... L> requires detail::wrong_limit<L...> detail::refused accept_non_blocking(const L&...) const KEYWAY_DELETE("accept() takes one limit, a duration, a deadline or a canceller: accept(5s), accept(stop), accept(kw::limit(5s).cancelled_by(stop)); it returns the connection and its peer");
    detail::refused shutdown() const requires(KEYWAY_HAS_LISTENER_SHUTDOWN == 0) KEYWAY_DELETE("only Linux wakes accept() by shutdown: elsewhere set option::non_blocking, or connect to the listener once more");
    detail::refused send(auto&&...) const KEYWAY_DELETE("a listener has no peer: send() on a connection that accept() returns");
    detail::refused send_all(auto&&...) const KEYWAY_DELETE("a listener has no peer: send() on a connection that accept() returns");
    detail::refused send_to(auto&&...) const KEYWAY_DELETE("a listener has no peer: send() on a connection that accept() returns");
    detail::refused write(auto&&...) const KEYWAY_DELETE("a listener has no peer: send() on a connection that accept() returns");
    detail::refused recv(auto&&...) const KEYWAY_DELETE("a listener has no peer: recv() on a connection that accept() returns");
    detail::refused recv_exact(auto&&...) const KEYWAY_DELETE("a listener has no peer: recv() on a connection that accept() returns");
    detail::refused recv_from(auto&&...) const KEYWAY_DELETE("a listener has no peer: recv() on a connection that accept() returns");
    detail::refused peek(auto&&...) const KEYWAY_DELETE("a listener has no peer: recv() on a connection that accept() returns");
    detail::refused peek_from(auto&&...) const KEYWAY_DELETE("a listener has no peer: recv() on a connection that accept() returns");
    detail::refused read(auto&&...) const KEYWAY_DELETE("a listener has no peer: recv() on a connection that accept() returns");
    detail::refused peer_endpoint(auto&&...) const KEYWAY_DELETE("a listener has no peer: accept() returns each connection with its peer");
    detail::refused shutdown_send(auto&&...) const KEYWAY_DELETE("a listener has no direction to shut down: close() it, or end accept() by a limit or a canceller");
    detail::refused shutdown_receive(auto&&...) const KEYWAY_DELETE("a listener has no direction to shut down: close() it, or end accept() by a limit or a canceller");
    detail::refused shutdown_both(auto&&...) const KEYWAY_DELETE("a listener has no direction to shut down: close() it, or end accept() by a limit or a canceller");
    detail::refused connect(auto&&...) const KEYWAY_DELETE("a listener waits for others: connect() with a socket of its own");
    detail::refused bind(auto&&...) const KEYWAY_DELETE("a listener is bound already: open another socket for another endpoint");
    detail::refused listen(auto&&...) const KEYWAY_DELETE("a listener listens already: call accept()");
    // clang-format on

protected:
    using detail::socket_base<F, T, P>::socket_base;
    constexpr listener_interface() noexcept = default;
    constexpr listener_interface(const listener_interface&) noexcept = default;
    constexpr listener_interface& operator=(const listener_interface&) noexcept = default;
    ~listener_interface() = default;

private:
    template <class Limit>
    result<accepted<F, T, P>> accept_in(detail::os::io_mode mode, const Limit& limit) const noexcept {
        detail::uninitialized<typename F::endpoint> storage;
        for (;;) {
            detail::os::address_length size = F::endpoint::capacity();
            const auto native = detail::os::accept(this->native_handle(), storage.endpoint.data(), &size, mode, limit);
            if (native != handle_interface::invalid) {
                storage.endpoint.resize(static_cast<std::size_t>(size));
                return accepted<F, T, P>{connection<F, T, P>::adopt_unchecked(native), storage.endpoint};
            }
            const auto failed = detail::last_error(operation::accept);
            if (!detail::os::is_transient_accept_error(this->native_handle(), failed.error().code())) return failed;
        }
    }
};

/// A listener that something else owns.
template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
using listener_view = view<listener_interface<F, T, P>>;

/// Owns a listener; its operations are those of listener_interface. Closing an AF_UNIX listener removes the path that it
/// created.
///
///     auto listener = kw::tcp::listen({kw::ipv4_address::any(), 8080});
///     if (!listener) return report(listener.error());
///     while (auto next = listener->accept()) serve(std::move(next->connection));
template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P> && connection_oriented<T>
class listener : public owner<listener_interface<F, T, P>, typename detail::bind_cleanup<F>::type> {
    using cleanup_type = typename detail::bind_cleanup<F>::type;
    using base = owner<listener_interface<F, T, P>, cleanup_type>;

public:
    constexpr listener() noexcept = default;
    // clang-format off
    listener(const listener&) = delete;  // KEYWAY_DELETE("a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied")
    listener& operator=(const listener&) = delete;  // KEYWAY_DELETE("a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied")
    template <class A> requires(!std::derived_from<std::remove_cvref_t<A>, listener_interface<F, T, P>>) explicit listener(A&&, auto&&...) KEYWAY_DELETE("listen(endpoint) of the transport, as kw::tcp::listen({address, port}), makes a listener; adopt(descriptor) takes one over");
    // clang-format on
    listener(listener&&) noexcept = default;
    listener& operator=(listener&&) noexcept = default;
    ~listener() = default;

    /// Takes over a descriptor from elsewhere after asking the kernel what it is. If refused, it stays the caller's.
    /// Errors: wrong_kind, bad_file_descriptor, not_a_socket.
    [[nodiscard]] static result<listener> adopt(handle::native_type native) noexcept {
        if (auto kind = detail::check_kind<F, T, P>(native, detail::state::listening); !kind) return failure(kind);
        return adopt_unchecked(native);
    }

    /// Takes over a descriptor that is known to be such a listener; nothing is checked. `cleanup` is what the library
    /// hands on from one state to the next.
    [[nodiscard]] static listener adopt_unchecked(handle::native_type native,
                                                  const cleanup_type& cleanup = {}) noexcept {
        return listener(listener_view<F, T, P>::borrow(native), cleanup);
    }

private:
    using base::base;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
