// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_HPP
#define KEYWAY_OPTION_HPP

// Setting and reading socket options. The options are in <keyway/option/…>; an option of your own derives from one of the
// bases in <keyway/option/base.hpp>, or is a struct of `level`, `name`, `value_type` and `value`:
//
//     struct neighbours_only {
//         static constexpr int level = SOL_SOCKET;
//         static constexpr int name = SO_DONTROUTE;
//         using value_type = bool;
//         bool value = true;
//     };
//
// Optional: `fits<Family, Type, Protocol>`; `is_read_only` or `is_write_only`; `is_absent`; `least` and `most` of a number
// (`least_v4` if it differs for IPv4); `name_v4` and `name_v6` instead of level and name, where the socket's family decides
// (on a socket of the family `ip` the kernel is asked first), with `covers_mapped`; and if the kernel's type is not the
// user's, `native_type` with `encode(value)`, which can refuse the value, and `decode(native)`.
//
// An option that not every system has is declared everywhere. Where `is_absent` no socket has it and a use does not
// compile; a program asks with absent_option<option::mark>.

#include <concepts>
#include <type_traits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

template <class O>
concept has_own_encoding = requires(const typename O::value_type& value, const typename O::native_type& native) {
    { O::encode(value) } -> std::same_as<result<typename O::native_type>>;
    { O::decode(native) } -> std::same_as<typename O::value_type>;
};

/// The kernel's form of the value: an int for a bool, otherwise the bytes of the value.
template <class O>
struct option_encoding {
    using native_type = std::conditional_t<std::same_as<typename O::value_type, bool>, int, typename O::value_type>;
    static_assert(std::is_trivially_copyable_v<native_type>,
                  "keyway: an option's value_type goes to the kernel byte by byte, so it must be trivially copyable; "
                  "else give the option native_type, encode() and decode()");

    static constexpr result<native_type> encode(const typename O::value_type& value) noexcept {
        return static_cast<native_type>(value);
    }
    static constexpr typename O::value_type decode(const native_type& native) noexcept {
        return static_cast<typename O::value_type>(native);
    }
};

template <has_own_encoding O>
struct option_encoding<O> {
    using native_type = typename O::native_type;
    static constexpr result<native_type> encode(const typename O::value_type& value) noexcept {
        return O::encode(value);
    }
    static constexpr typename O::value_type decode(const native_type& native) noexcept { return O::decode(native); }
};

template <class O>
concept reads_by_family = requires(handle_view socket) { O::read(socket, AF_INET); };
template <class O>
concept writes_by_family =
    requires(handle_view socket, const typename O::value_type& value) { O::write(socket, AF_INET, value); };

struct option_id {
    int level;
    int name;
};

/// The option's level and name on a socket of the domain, which counts only for an option with a name for each family.
template <class O>
constexpr option_id name_of(int domain) noexcept {
    if constexpr (!has_name_per_family<O>) {
        return {O::level, O::name};
    } else if constexpr (requires { O::level_v4; }) {
        if (domain == AF_INET6) return {O::level_v6, O::name_v6};
        return {O::level_v4, O::name_v4};
    } else {
        if (domain == AF_INET6) return {IPPROTO_IPV6, O::name_v6};
        return {IPPROTO_IP, O::name_v4};
    }
}

template <class O>
constexpr auto least_of(int domain) noexcept {
    if constexpr (requires { O::least_v4; }) return domain == AF_INET6 ? O::least : O::least_v4;
    else return O::least;
}

/// Turns a switch on or off for the core's own calls, which need no header of options.
inline result<void> set_switch(handle_view socket, int level, int name, bool on) noexcept {
    const int native = on ? 1 : 0;
    return checked(os::set_option(socket.native_handle(), level, name, &native, sizeof(native)), operation::set_option);
}

template <class O>
result<void> write_option(handle_view socket, int domain, const O& option) noexcept {
    // Some kernels wrap a value that is out of range.
    if constexpr (bounded_option<O>) {
        if (option.value < least_of<O>(domain) || option.value > O::most)
            return failure(errc::invalid_argument, operation::set_option);
    }
    const auto native = option_encoding<O>::encode(option.value);
    if (!native) return keyway::failure(native);
    const auto set = [&](const option_id& id) {
        if (id.level == SOL_SOCKET && id.name == os::linger_option) os::expect_linger();
        return os::set_option(socket.native_handle(), id.level, id.name, &*native, sizeof(*native));
    };
    // A system without dual-stack sockets refuses this one.
    if constexpr (covers_mapped_traffic<O>)
        if (domain == AF_INET6) static_cast<void>(set(name_of<O>(AF_INET)));
    return checked(set(name_of<O>(domain)), operation::set_option);
}

template <class O>
result<typename O::value_type> read_option(handle_view socket, int domain) noexcept {
    typename option_encoding<O>::native_type native{};
    os::address_length size = sizeof(native);
    const option_id id = name_of<O>(domain);
    if (os::get_option(socket.native_handle(), id.level, id.name, &native, &size) < 0)
        return last_error(operation::get_option);
    if (size != sizeof(native)) return failure(errc::malformed_value, operation::get_option);
    return option_encoding<O>::decode(native);
}

/// Calls `action` with the domain of the socket: the family's, or the one that the kernel reports if it is decided at run
/// time or not known here.
template <class F, class Action>
auto with_domain(handle_view socket, operation op, Action action) noexcept -> decltype(action(AF_INET)) {
    if constexpr (fixed_domain<F>) {
        return action(F::domain);
    } else {
        os::socket_kind kind;
        if (os::inspect(socket.native_handle(), kind) < 0) return last_error(op);
        return action(kind.domain);
    }
}

/// Sets an option of a socket of the family F, which may be void: any.
template <class F = void, socket_option O>
result<void> set_option(handle_view socket, const O& option) noexcept {
    if constexpr (writes_by_family<O>)
        return with_domain<F>(socket, operation::set_option,
                              [&](int domain) { return O::write(socket, domain, option.value); });
    else if constexpr (writes_itself<O>) return O::write(socket, option.value);
    else if constexpr (has_name_per_family<O>)
        return with_domain<F>(socket, operation::set_option,
                              [&](int domain) { return write_option(socket, domain, option); });
    else return write_option(socket, AF_UNSPEC, option);
}

/// Reads an option of a socket of the family F, which may be void: any.
template <socket_option O, class F = void>
result<typename O::value_type> get_option(handle_view socket) noexcept {
    if constexpr (reads_by_family<O>)
        return with_domain<F>(socket, operation::get_option, [&](int domain) { return O::read(socket, domain); });
    else if constexpr (reads_itself<O>) return O::read(socket);
    else if constexpr (has_name_per_family<O>)
        return with_domain<F>(socket, operation::get_option,
                              [&](int domain) { return read_option<O>(socket, domain); });
    else return read_option<O>(socket, AF_UNSPEC);
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
