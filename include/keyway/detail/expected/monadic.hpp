// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_EXPECTED_MONADIC_HPP
#define KEYWAY_DETAIL_EXPECTED_MONADIC_HPP

#include <keyway/detail/config.hpp>
#include <keyway/detail/expected/storage.hpp>
#include <keyway/detail/expected/unexpected.hpp>

#include <type_traits>
#include <utility>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::own {

template <class T, class E>
class expected;

template <class T>
inline constexpr bool is_expected = false;

template <class T, class E>
inline constexpr bool is_expected<expected<T, E>> = true;

template <class M, class Class, class Object>
constexpr decltype(auto) invoke_member(M Class::* member, Object&& object) {
    if constexpr (!std::is_base_of_v<Class, std::remove_cvref_t<Object>>) {
        if constexpr (requires { *std::forward<Object>(object); })
            return own::invoke_member(member, *std::forward<Object>(object));
        else return own::invoke_member(member, object.get());  // std::reference_wrapper
    } else if constexpr (std::is_function_v<M>) {
        return (std::forward<Object>(object).*member)();
    } else {
        return (std::forward<Object>(object).*member);
    }
}

/// std::invoke for at most one argument, without the cost of <functional>.
template <class F, class... Args>
constexpr std::invoke_result_t<F, Args...> invoke(F&& f, Args&&... args) {
    if constexpr (std::is_member_pointer_v<std::remove_cvref_t<F>>)
        return own::invoke_member(f, std::forward<Args>(args)...);
    else return std::forward<F>(f)(std::forward<Args>(args)...);
}

/// The monadic operations of expected, for both its templates; Self carries the ref-qualification.
struct monadic {
    template <class Self, class F>
    static constexpr auto and_then(Self&& self, F&& f) {
        using result = std::remove_cvref_t<decltype(call_with_value(std::forward<Self>(self), std::forward<F>(f)))>;
        static_assert(is_expected<result>, "the function given to and_then returns an expected");
        static_assert(std::is_same_v<typename result::error_type, error_of<Self>>, "and_then keeps the error type");

        if (self.has_value()) return call_with_value(std::forward<Self>(self), std::forward<F>(f));
        return result(unexpect, std::forward<Self>(self).error());
    }

    template <class Self, class F>
    static constexpr auto or_else(Self&& self, F&& f) {
        using result = std::remove_cvref_t<std::invoke_result_t<F, decltype(std::forward<Self>(self).error())>>;
        static_assert(is_expected<result>, "the function given to or_else returns an expected");
        static_assert(std::is_same_v<typename result::value_type, value_of<Self>>, "or_else keeps the value type");

        if (!self.has_value()) return own::invoke(std::forward<F>(f), std::forward<Self>(self).error());
        return with_value_of<result>(std::forward<Self>(self));
    }

    template <class Self, class F>
    static constexpr auto transform(Self&& self, F&& f) {
        auto call = [&]() -> decltype(auto) { return call_with_value(std::forward<Self>(self), std::forward<F>(f)); };
        using made = std::remove_cv_t<decltype(call())>;
        static_assert(std::is_void_v<made> || valid_value<made>, "the function given to transform returns an object");
        using result = expected<made, error_of<Self>>;

        if (!self.has_value()) return result(unexpect, std::forward<Self>(self).error());
        if constexpr (std::is_void_v<made>) {
            call();
            return result();
        } else {
            return result(value_from_t{}, call);
        }
    }

    template <class Self, class F>
    static constexpr auto transform_error(Self&& self, F&& f) {
        auto call = [&]() -> decltype(auto) {
            return own::invoke(std::forward<F>(f), std::forward<Self>(self).error());
        };
        using made = std::remove_cv_t<decltype(call())>;
        static_assert(valid_error<made>, "the function given to transform_error returns an object");
        using result = expected<value_of<Self>, made>;

        if (self.has_value()) return with_value_of<result>(std::forward<Self>(self));
        return result(error_from_t{}, call);
    }

private:
    template <class Self>
    using value_of = typename std::remove_cvref_t<Self>::value_type;

    template <class Self>
    using error_of = typename std::remove_cvref_t<Self>::error_type;

    template <class Self, class F>
    static constexpr decltype(auto) call_with_value(Self&& self, F&& f) {
        if constexpr (std::is_void_v<value_of<Self>>) return own::invoke(std::forward<F>(f));
        else return own::invoke(std::forward<F>(f), *std::forward<Self>(self));
    }

    template <class Result, class Self>
    static constexpr Result with_value_of(Self&& self) {
        if constexpr (std::is_void_v<value_of<Self>>) return Result();
        else return Result(std::in_place, *std::forward<Self>(self));
    }
};

}  // namespace detail::own
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
