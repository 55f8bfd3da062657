// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_HPP
#define KEYWAY_OPTION_HPP

// How an option gets to the kernel and back. The options themselves are in <keyway/option/…>; one of your own is a
// struct of `level`, `name`, `value_type` and `value`:
//
//     struct neighbours_only {
//         static constexpr int level = SOL_SOCKET;
//         static constexpr int name = SO_DONTROUTE;
//         using value_type = bool;
//         bool value = true;
//     };
//
// Optional: `fits<Family, Type, Protocol>`, `is_read_only` or `is_write_only`, `is_absent`; `least` and `most` of a
// number; and where the kernel's type is not the user's, `native_type` with `encode(value)`, which may refuse the value,
// and `decode(native)`.
//
// The options that not every system has are declared everywhere, and fit no socket where `is_absent`: a use does not
// compile there, and a program asks with absent_option<option::mark>.

#include <concepts>
#include <type_traits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail {

template <class O>
concept has_own_encoding = requires(const typename O::value_type& value, const typename O::native_type& native) {
    { O::encode(value) } -> std::same_as<result<typename O::native_type>>;
    { O::decode(native) } -> std::same_as<typename O::value_type>;
};

/// The value as the kernel has it: an int for a bool, else the value's own bytes.
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

template <socket_option O>
result<void> set_option(handle_view socket, const O& option) noexcept {
    if constexpr (writes_itself<O>) {
        return O::write(socket, option.value);
    } else {
        // Some kernels wrap what does not fit.
        if constexpr (bounded_option<O>) {
            if (option.value < O::least || option.value > O::most)
                return failure(errc::invalid_argument, operation::set_option);
        }
        const auto native = option_encoding<O>::encode(option.value);
        if (!native) return unexpected<error>(native.error());
        return checked(os::set_option(socket.native_handle(), O::level, O::name, &*native, sizeof(*native)),
                       operation::set_option);
    }
}

template <socket_option O>
result<typename O::value_type> get_option(handle_view socket) noexcept {
    if constexpr (reads_itself<O>) {
        return O::read(socket);
    } else {
        typename option_encoding<O>::native_type native{};
        os::address_length size = sizeof(native);
        if (os::get_option(socket.native_handle(), O::level, O::name, &native, &size) < 0)
            return last_error(operation::get_option);
        if (size != sizeof(native)) return failure(errc::malformed_value, operation::get_option);
        return option_encoding<O>::decode(native);
    }
}

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
