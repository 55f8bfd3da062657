// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_VIEW_HPP
#define KEYWAY_DETAIL_VIEW_HPP

// What a socket, a listener and a connection have in common.

#include <cstddef>
#include <type_traits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/for_overwrite.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>
#include <keyway/option.hpp>
#include <keyway/protocol.hpp>

namespace keyway::inline KEYWAY_MODE {

template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
class socket;

template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P> && connection_oriented<T>
class listener;

template <address_family F, socket_type T, protocol_type P = default_protocol_t<F, T>>
    requires combination<F, T, P>
class connection;

namespace detail {

/// The listener of a combination; where it has none, the members that would yield one are constrained away.
template <class F, class T, class P>
struct listener_of {
    using type = void;
};
template <class F, connection_oriented T, class P>
struct listener_of<F, T, P> {
    using type = listener<F, T, P>;
};

/// What an owner has to do before it closes: remove the path that its bind() made, or see to it that close() does not
/// block.
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

/// An endpoint that `ask` (getsockname or getpeername) fills in.
template <class Endpoint>
result<Endpoint> read_endpoint(int (*ask)(os::native_handle, void*, os::address_length*), os::native_handle native,
                               operation op) noexcept {
    room_for<Endpoint> room;
    os::address_length size = Endpoint::capacity();
    if (ask(native, room.endpoint.data(), &size) < 0) return last_error(op);
    room.endpoint.resize(static_cast<std::size_t>(size));
    return room.endpoint;
}

enum class state : bool { not_listening, listening };

/// Refuses a descriptor that is not a socket of this family, type, protocol and state: the kernel is asked.
template <class F, class T, class P>
result<void> check_kind(os::native_handle native, state wanted) noexcept {
    const auto kind = kind_of(native, operation::adopt);
    if (!kind) return unexpected<error>(kind.error());
    const bool family_fits = fixed_domain<F>
                                 ? kind->domain == F::domain
                                 : internet_family<F> && (kind->domain == AF_INET || kind->domain == AF_INET6);
    const bool protocol_fits = P::number == 0 || kind->protocol == P::number || kind->protocol == os::unknown_protocol;
    const bool state_fits = (kind->listening != 0) == (wanted == state::listening);
    if (!family_fits || kind->type != T::native || !protocol_fits || !state_fits)
        return failure(errc::wrong_kind, operation::adopt);
    return {};
}

/// The members of all three views. Every one is const: the view is not changed, the socket is.
template <class F, class T, class P>
class view : public handle_view {
public:
    using family = F;
    using type = T;
    using protocol = P;
    using endpoint = typename F::endpoint;

    static_assert(endpoint_type<endpoint>,
                  "keyway: a family's endpoint must be default constructible and copyable and have data(), size(), "
                  "resize(n) and a static capacity(); see <keyway/concepts.hpp>");

    using handle_view::handle_view;

    /// The address this end is bound to; after bind() to port 0 it has the port that the system chose.
    /// Errors: bad_descriptor. Source: getsockname(2).
    [[nodiscard]] result<endpoint> local_endpoint() const noexcept {
        return read_endpoint<endpoint>(os::local_name, native_handle(), operation::local_endpoint);
    }

    /// Sets an option that fits this family, type and protocol: `set(option::no_delay{true})`.
    /// Errors: invalid_argument (out of range), no_such_option, not_permitted, bad_descriptor. Source: setsockopt(2).
    template <option_for<F, T, P> O>
    result<void> set(const O& option) const noexcept
        requires(!read_only_option<O>)
    {
        return set_option(*this, option);
    }

    /// The value of an option: `get<option::receive_buffer>()`.
    /// Errors: no_such_option, malformed_value, bad_descriptor. Source: getsockopt(2).
    template <option_for<F, T, P> O>
    [[nodiscard]] result<typename O::value_type> get() const noexcept
        requires readable_option<O>
    {
        return get_option<O>(*this);
    }

    // clang-format off
    template <read_only_option O> requires(!absent_option<O>)
    void set(const O&) const = KEYWAY_DELETE("this option can only be read: call get<Option>()");
    template <socket_option O> requires(!option_for<O, F, T, P> && !absent_option<O>)
    void set(const O&) const = KEYWAY_DELETE("a socket of this family, type and protocol does not have this option");
    template <socket_option O> requires(!option_for<O, F, T, P> && !absent_option<O>)
    void get() const = KEYWAY_DELETE("a socket of this family, type and protocol does not have this option");
    template <option_for<F, T, P> O> requires(!readable_option<O>)
    void get() const = KEYWAY_DELETE("this option can only be set here: its documentation says where it can be read");
    template <absent_option O>
    void set(const O&) const = KEYWAY_DELETE("this system does not have this option: its documentation says which do");
    template <absent_option O>
    void get() const = KEYWAY_DELETE("this system does not have this option: its documentation says which do");
    // clang-format on
};

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
