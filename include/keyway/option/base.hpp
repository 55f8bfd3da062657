// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_BASE_HPP
#define KEYWAY_OPTION_BASE_HPP

// The bases that declare an option in one line:
//
//     struct neighbours_only : option::flag<SOL_SOCKET, SO_DONTROUTE, option::scope::internet> { using flag::flag; };
//
// An option whose name is detail::os::no_option is absent: no socket of this system has it. ip_flag and ip_plain have one
// name for IPv4 and one for IPv6, and the socket's family decides; a family whose name is no_option lacks the option.

#include <climits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// Whether the system has the option for the family; the family `ip` is IPv4 or IPv6.
template <int NameV4, int NameV6, class F>
inline constexpr bool has_option_name =
    (F::domain != AF_INET6 && NameV4 != os::no_option) || (F::domain != AF_INET && NameV6 != os::no_option);

}  // namespace detail

namespace option {

/// A switch, on by default: an int in the kernel.
template <int Level, int Name, class Scope = scope::any>
struct flag {
    static constexpr int level = Level;
    static constexpr int name = Name;
    static constexpr bool is_absent = Name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = Scope::template fits<F, T, P>;
    using value_type = bool;
    bool value = true;

    constexpr flag() noexcept = default;
    constexpr flag(bool on) noexcept : value(on) {}
};

/// An int. Setting a value outside `Least` to `Most` fails with invalid_argument before the kernel could wrap it.
template <int Level, int Name, class Scope = scope::any, int Least = INT_MIN, int Most = INT_MAX,
          int Default = (Least > 0 ? Least : 0)>
struct number {
    static constexpr int level = Level;
    static constexpr int name = Name;
    static constexpr bool is_absent = Name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = Scope::template fits<F, T, P>;
    static constexpr int least = Least;
    static constexpr int most = Most;
    using value_type = int;
    int value = Default;

    constexpr number() noexcept = default;
    constexpr number(int wanted) noexcept : value(wanted) {}
};

/// A value that goes to the kernel byte by byte, or that the option itself reads and writes.
template <class Value, int Level, int Name, class Scope = scope::any>
struct plain {
    static constexpr int level = Level;
    static constexpr int name = Name;
    static constexpr bool is_absent = Name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = Scope::template fits<F, T, P>;
    using value_type = Value;
    Value value{};

    constexpr plain() noexcept = default;
    constexpr plain(Value wanted) noexcept : value(wanted) {}
};

/// A switch of IPv4 and IPv6, on by default.
template <int NameV4, int NameV6, class Scope = scope::internet>
struct ip_flag {
    static constexpr int name_v4 = NameV4;
    static constexpr int name_v6 = NameV6;
    static constexpr bool is_absent = NameV4 == detail::os::no_option && NameV6 == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = Scope::template fits<F, T, P> && detail::has_option_name<NameV4, NameV6, F>;
    using value_type = bool;
    bool value = true;

    constexpr ip_flag() noexcept = default;
    constexpr ip_flag(bool on) noexcept : value(on) {}
};

/// A value of IPv4 and IPv6 that goes to the kernel byte by byte, or that the option itself reads and writes.
template <class Value, int NameV4, int NameV6, class Scope = scope::internet>
struct ip_plain {
    static constexpr int name_v4 = NameV4;
    static constexpr int name_v6 = NameV6;
    static constexpr bool is_absent = NameV4 == detail::os::no_option && NameV6 == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = Scope::template fits<F, T, P> && detail::has_option_name<NameV4, NameV6, F>;
    using value_type = Value;
    Value value{};

    constexpr ip_plain() noexcept = default;
    constexpr ip_plain(Value wanted) noexcept : value(wanted) {}
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
