// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_SOCKET_BASE_HPP
#define KEYWAY_DETAIL_SOCKET_BASE_HPP

// The members that sockets, listeners and connections have in common.

#include <cstddef>
#include <type_traits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/uninitialized.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/option.hpp>
#include <keyway/protocol.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
class socket;

template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P> && connection_oriented<T>
class listener;

template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
class connection;

template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
class socket_interface;

template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P> && connection_oriented<T>
class listener_interface;

template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
class connection_interface;

template <address_family F, socket_type T, protocol_type P>
    requires combination<F, T, P>
struct transport;

namespace detail {

/// A combination of IPv4 or IPv6, for which `ip`, the family of both, can stand.
template <class F, class T, class P>
concept has_widened = internet_family<F> && fixed_domain<F> && combination<ip, T, P>;

template <class F, class T, class P>
struct widened {
    using socket = void;
    using listener = void;
    using connection = void;
};
template <class F, class T, class P>
    requires has_widened<F, T, P>
struct widened<F, T, P> {
    using socket = socket_interface<ip, T, P>;
    using listener = void;
    using connection = connection_interface<ip, T, P>;
};
template <class F, connection_oriented T, class P>
    requires has_widened<F, T, P>
struct widened<F, T, P> {
    using socket = socket_interface<ip, T, P>;
    using listener = listener_interface<ip, T, P>;
    using connection = connection_interface<ip, T, P>;
};

/// The listener of a combination, or void if it has none.
template <class F, class T, class P>
struct listener_of {
    using type = void;
};
template <class F, connection_oriented T, class P>
struct listener_of<F, T, P> {
    using type = listener<F, T, P>;
};

/// What an owner does before it closes: it removes the path that its bind() created, or keeps close() from blocking.
template <class F>
struct bind_cleanup {
    using type = close_only;
};
template <class F>
    requires requires { typename F::bound_name; }
struct bind_cleanup<F> {
    using type = typename F::bound_name;
};

template <class F, class T>
struct connection_cleanup : bind_cleanup<F> {};
template <class F, connection_oriented T>
struct connection_cleanup<F, T> {
    using type = std::conditional_t<local_family<F>, close_only, do_not_linger>;
};

/// The endpoint that `ask` (getsockname or getpeername) reports.
template <class Endpoint>
result<Endpoint> read_endpoint(int (*ask)(os::native_handle, void*, os::address_length*), os::native_handle native,
                               operation op) noexcept {
    uninitialized<Endpoint> storage;
    os::address_length size = Endpoint::capacity();
    if (ask(native, storage.endpoint.data(), &size) < 0) return last_error(op);
    storage.endpoint.resize(static_cast<std::size_t>(size));
    return storage.endpoint;
}

enum class state : bool { not_listening, listening };

/// Finds out whether the descriptor comes with SO_LINGER set. Accepted connections inherit it.
inline result<void> expect_linger_of(os::native_handle native) noexcept {
    os::linger_value linger{};
    os::address_length size = sizeof(linger);
    if (os::get_option(native, SOL_SOCKET, os::linger_option, &linger, &size) < 0) return last_error(operation::adopt);
    if (linger.l_onoff != 0) os::expect_linger();
    return {};
}

/// Asks the kernel and refuses a descriptor that is not a socket of this family, type, protocol and state.
template <class F, class T, class P>
result<void> check_kind(os::native_handle native, state wanted) noexcept {
    os::socket_kind kind;
    if (os::inspect(native, kind) < 0) return last_error(operation::adopt);
    const bool family_fits = fixed_domain<F>
                                 ? kind.domain == F::domain
                                 : internet_family<F> && (kind.domain == AF_INET || kind.domain == AF_INET6);
    const bool protocol_fits = P::number == 0 || kind.protocol == P::number || kind.protocol == os::unknown_protocol;
    const bool state_fits = (kind.listening != 0) == (wanted == state::listening);
    if (!family_fits || kind.type != T::native || !protocol_fits || !state_fits)
        return failure(errc::wrong_kind, operation::adopt);
    if constexpr (connection_oriented<T> && !local_family<F>) return expect_linger_of(native);
    else return {};
}

/// All members are const: they change the socket, not the handle.
template <class F, class T, class P>
class socket_base : public handle_interface {
public:
    using family = F;
    using type = T;
    using protocol = P;
    using endpoint = typename F::endpoint;

    static_assert(endpoint_type<endpoint>,
                  "keyway: a family's endpoint must be default constructible and copyable and have data(), size(), "
                  "resize(n) and a static capacity(); see <keyway/concepts.hpp>");

    /// The endpoint that this socket is bound to; after bind() to port 0 it has the port that the system chose.
    /// Errors: bad_file_descriptor. Source: getsockname(2).
    [[nodiscard]] result<endpoint> local_endpoint() const noexcept {
        return read_endpoint<endpoint>(os::local_name, native_handle(), operation::local_endpoint);
    }

    /// Sets an option that fits this family, type and protocol: `set(option::no_delay{true})`.
    /// Errors: invalid_argument (out of range), no_protocol_option, operation_not_permitted, bad_file_descriptor. Source: setsockopt(2).
    template <option_for<F, T, P> O>
    [[nodiscard]] result<void> set(const O& option) const noexcept
        requires(!read_only_option<O>)
    {
        return set_option<F>(*this, option);
    }

    /// The value of an option: `get<option::receive_buffer>()`.
    /// Errors: no_protocol_option, malformed_value, bad_file_descriptor. Source: getsockopt(2).
    template <option_for<F, T, P> O>
    [[nodiscard]] result<typename O::value_type> get() const noexcept
        requires readable_option<O>
    {
        return get_option<O, F>(*this);
    }

    // clang-format off
    template <read_only_option O> requires(!absent_option<O>)
    detail::refused set(const O&) const KEYWAY_DELETE("this option can only be read: call get<Option>()");
    template <socket_option O> requires(!option_for<O, F, T, P> && !absent_option<O>)
    detail::refused set(const O&) const KEYWAY_DELETE("a socket of this family, type and protocol does not have this option");
    template <socket_option O> requires(!option_for<O, F, T, P> && !absent_option<O>)
    detail::refused get() const KEYWAY_DELETE("a socket of this family, type and protocol does not have this option");
    template <option_for<F, T, P> O> requires(!readable_option<O>)
    detail::refused get() const KEYWAY_DELETE("this option can only be set here: its documentation says where it can be read");
    template <absent_option O>
    detail::refused set(const O&) const KEYWAY_DELETE("this system does not have this option: its documentation says which do");
    template <absent_option O>
    detail::refused get() const KEYWAY_DELETE("this system does not have this option: its documentation says which do");
    template <class... O> requires(sizeof...(O) != 1 || !(socket_option<O> && ...))
    detail::refused set(const O&...) const KEYWAY_DELETE("set() takes one option: set(kw::option::no_delay{true}); an option of your own has a level, a name, a value_type and a value");
    template <class... O> requires(sizeof...(O) > 0)
    detail::refused get(const O&...) const KEYWAY_DELETE("get() takes no argument, the option stands in angle brackets: get<kw::option::no_delay>()");
    template <class O> requires(!socket_option<O>)
    detail::refused get() const KEYWAY_DELETE("get() takes an option in angle brackets: get<kw::option::no_delay>(); an option of your own has a level, a name, a value_type and a value");
    // clang-format on

protected:
    using handle_interface::handle_interface;
};

/// Duplicates the descriptor for an owner.
template <class Owner>
result<Owner> duplicate(os::native_handle native) noexcept {
    const auto copy = os::duplicate(native);
    if (copy == handle_interface::invalid) return last_error(operation::duplicate);
    return Owner::adopt_unchecked(copy);
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
