// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_EXPECTED_EXPECTED_HPP
#define KEYWAY_DETAIL_EXPECTED_EXPECTED_HPP

#include <keyway/detail/config.hpp>
#include <keyway/detail/expected/monadic.hpp>
#include <keyway/detail/expected/storage.hpp>
#include <keyway/detail/expected/unexpected.hpp>

#include <initializer_list>
#include <type_traits>
#include <utility>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::own {

template <class T, class W>
concept constructible_from_any_cvref =
    constructible<T, W&> || constructible<T, W> || constructible<T, const W&> || constructible<T, const W>;

template <class T, class W>
concept converts_from_any_cvref = constructible_from_any_cvref<T, W> || converts_to<W&, T> || converts_to<W, T> ||
                                  converts_to<const W&, T> || converts_to<const W, T>;

/// Whether an Other, an expected whose value is a U and whose error is a G, converts to expected<T, E> member by
/// member. Not if T or the error can be made of the Other itself; bool, which can be made of any, is an exception.
template <class T, class E, class U, class G, class Other>
concept expected_convertible = constructible<T, U> && constructible<E, G> &&
                               (std::is_same_v<std::remove_cv_t<T>, bool> || !converts_from_any_cvref<T, Other>) &&
                               !constructible_from_any_cvref<unexpected<E>, Other>;

/// Either a value or the error that prevented it.
template <class T, class E>
class expected : private expected_members<T, E> {
    static_assert(valid_value<T>, "an expected cannot hold a reference, a function, an array, a tag or an unexpected");
    static_assert(valid_error<E>, "an error is a plain object type, neither cv-qualified nor unexpected");

    using members = expected_members<T, E>;

public:
    using value_type = T;
    using error_type = E;
    using unexpected_type = unexpected<E>;

    template <class U>
    using rebind = expected<U, error_type>;

    constexpr expected() noexcept(nothrow_constructible<T>)
        requires constructible<T>
        : members(std::in_place) {}

    template <class U, class G>
        requires expected_convertible<T, E, std::add_lvalue_reference_t<const U>, const G&, expected<U, G>>
    constexpr explicit(!converts_to<std::add_lvalue_reference_t<const U>, T> || !converts_to<const G&, E>)
        expected(const expected<U, G>& other)
        : members(same_as_t{}, static_cast<const expected_members<U, G>&>(other)) {}

    template <class U, class G>
        requires expected_convertible<T, E, U, G, expected<U, G>>
    constexpr explicit(!converts_to<U, T> || !converts_to<G, E>) expected(expected<U, G>&& other)
        : members(same_as_t{}, static_cast<expected_members<U, G>&&>(std::move(other))) {}

    template <class U = std::remove_cv_t<T>>
        requires(!std::is_same_v<std::remove_cvref_t<U>, std::in_place_t>) &&
                (!std::is_same_v<std::remove_cvref_t<U>, expected>) &&
                (!is_unexpected<std::remove_cvref_t<U>>) && constructible<T, U> &&
                (!std::is_same_v<std::remove_cv_t<T>, bool> || !is_expected<std::remove_cvref_t<U>>)
    constexpr explicit(!converts_to<U, T>) expected(U&& value) : members(std::in_place, std::forward<U>(value)) {}

    template <class G>
        requires constructible<E, const G&>
    constexpr explicit(!converts_to<const G&, E>) expected(const unexpected<G>& error)
        : members(unexpect, error.error()) {}

    template <class G>
        requires constructible<E, G>
    constexpr explicit(!converts_to<G, E>) expected(unexpected<G>&& error)
        : members(unexpect, std::move(error).error()) {}

    template <class... Args>
        requires constructible<T, Args...>
    constexpr explicit expected(std::in_place_t, Args&&... args)
        : members(std::in_place, std::forward<Args>(args)...) {}

    template <class U, class... Args>
        requires constructible<T, std::initializer_list<U>&, Args...>
    constexpr explicit expected(std::in_place_t, std::initializer_list<U> list, Args&&... args)
        : members(std::in_place, list, std::forward<Args>(args)...) {}

    template <class... Args>
        requires constructible<E, Args...>
    constexpr explicit expected(unexpect_t, Args&&... args) : members(unexpect, std::forward<Args>(args)...) {}

    template <class U, class... Args>
        requires constructible<E, std::initializer_list<U>&, Args...>
    constexpr explicit expected(unexpect_t, std::initializer_list<U> list, Args&&... args)
        : members(unexpect, list, std::forward<Args>(args)...) {}

    template <class U = std::remove_cv_t<T>>
        requires(!std::is_same_v<std::remove_cvref_t<U>, expected>) &&
                (!is_unexpected<std::remove_cvref_t<U>>) && constructible<T, U> && assignable<T&, U> &&
                (nothrow_constructible<T, U> || either_nothrow_movable<T, E>)
    constexpr expected& operator=(U&& value) {
        own::set_value(stored(), std::forward<U>(value));
        return *this;
    }

    template <class G>
        requires constructible<E, const G&> && assignable<E&, const G&> &&
                 (nothrow_constructible<E, const G&> || either_nothrow_movable<T, E>)
    constexpr expected& operator=(const unexpected<G>& error) {
        own::set_error(stored(), error.error());
        return *this;
    }

    template <class G>
        requires constructible<E, G> && assignable<E&, G> &&
                 (nothrow_constructible<E, G> || either_nothrow_movable<T, E>)
    constexpr expected& operator=(unexpected<G>&& error) {
        own::set_error(stored(), std::move(error).error());
        return *this;
    }

    /// Replaces the value or error. Only for constructions that cannot throw, since the old content is destroyed first.
    template <class... Args>
        requires nothrow_constructible<T, Args...>
    constexpr T& emplace(Args&&... args) noexcept {
        own::emplace_value(stored(), std::forward<Args>(args)...);
        return value_;
    }

    template <class U, class... Args>
        requires nothrow_constructible<T, std::initializer_list<U>&, Args...>
    constexpr T& emplace(std::initializer_list<U> list, Args&&... args) noexcept {
        own::emplace_value(stored(), list, std::forward<Args>(args)...);
        return value_;
    }

    constexpr void swap(expected& other) noexcept(nothrow_swappable_pair<T, E>)
        requires swappable_pair<T, E>
    {
        own::exchange(stored(), other.stored());
    }

    friend constexpr void swap(expected& x, expected& y) noexcept(nothrow_swappable_pair<T, E>)
        requires swappable_pair<T, E>
    {
        x.swap(y);
    }

    constexpr const T* operator->() const noexcept { return std::addressof(value_); }
    constexpr T* operator->() noexcept { return std::addressof(value_); }

    constexpr const T& operator*() const& noexcept { return value_; }
    constexpr T& operator*() & noexcept { return value_; }
    constexpr const T&& operator*() const&& noexcept { return std::move(value_); }
    constexpr T&& operator*() && noexcept { return std::move(value_); }

    constexpr explicit operator bool() const noexcept { return has_value_; }
    constexpr bool has_value() const noexcept { return has_value_; }

    /// The value; throws bad_expected_access<E> if there is none, and terminates if exceptions are disabled.
    constexpr const T& value() const& {
        static_assert(std::is_copy_constructible_v<E>, "value() copies the error into the exception");
        if (!has_value_) own::throw_bad_expected_access(error_);
        return value_;
    }

    constexpr T& value() & {
        static_assert(std::is_copy_constructible_v<E>, "value() copies the error into the exception");
        if (!has_value_) own::throw_bad_expected_access(std::as_const(error_));
        return value_;
    }

    constexpr const T&& value() const&& {
        static_assert(std::is_copy_constructible_v<E>, "value() throws a copyable exception");
        if (!has_value_) own::throw_bad_expected_access(std::move(error_));
        return std::move(value_);
    }

    constexpr T&& value() && {
        static_assert(std::is_copy_constructible_v<E>, "value() throws a copyable exception");
        if (!has_value_) own::throw_bad_expected_access(std::move(error_));
        return std::move(value_);
    }

    constexpr const E& error() const& noexcept { return error_; }
    constexpr E& error() & noexcept { return error_; }
    constexpr const E&& error() const&& noexcept { return std::move(error_); }
    constexpr E&& error() && noexcept { return std::move(error_); }

    template <class U>
    constexpr T value_or(U&& fallback) const& {
        static_assert(std::is_copy_constructible_v<T> && converts_to<U, T>);
        return has_value_ ? value_ : static_cast<T>(std::forward<U>(fallback));
    }

    template <class U>
    constexpr T value_or(U&& fallback) && {
        static_assert(std::is_move_constructible_v<T> && converts_to<U, T>);
        return has_value_ ? std::move(value_) : static_cast<T>(std::forward<U>(fallback));
    }

    template <class G = E>
    constexpr E error_or(G&& fallback) const& {
        static_assert(std::is_copy_constructible_v<E> && converts_to<G, E>);
        return has_value_ ? static_cast<E>(std::forward<G>(fallback)) : error_;
    }

    template <class G = E>
    constexpr E error_or(G&& fallback) && {
        static_assert(std::is_move_constructible_v<E> && converts_to<G, E>);
        return has_value_ ? static_cast<E>(std::forward<G>(fallback)) : std::move(error_);
    }

    /// Calls f, which returns an expected, with the value; an error is passed on.
    template <class F>
        requires constructible<E, E&>
    constexpr auto and_then(F&& f) & {
        return monadic::and_then(*this, std::forward<F>(f));
    }

    template <class F>
        requires constructible<E, const E&>
    constexpr auto and_then(F&& f) const& {
        return monadic::and_then(*this, std::forward<F>(f));
    }

    template <class F>
        requires constructible<E, E>
    constexpr auto and_then(F&& f) && {
        return monadic::and_then(std::move(*this), std::forward<F>(f));
    }

    template <class F>
        requires constructible<E, const E>
    constexpr auto and_then(F&& f) const&& {
        return monadic::and_then(std::move(*this), std::forward<F>(f));
    }

    /// Calls f, which returns an expected, with the error; a value is passed on.
    template <class F>
        requires constructible<T, T&>
    constexpr auto or_else(F&& f) & {
        return monadic::or_else(*this, std::forward<F>(f));
    }

    template <class F>
        requires constructible<T, const T&>
    constexpr auto or_else(F&& f) const& {
        return monadic::or_else(*this, std::forward<F>(f));
    }

    template <class F>
        requires constructible<T, T>
    constexpr auto or_else(F&& f) && {
        return monadic::or_else(std::move(*this), std::forward<F>(f));
    }

    template <class F>
        requires constructible<T, const T>
    constexpr auto or_else(F&& f) const&& {
        return monadic::or_else(std::move(*this), std::forward<F>(f));
    }

    /// Replaces the value by what f makes of it.
    template <class F>
        requires constructible<E, E&>
    constexpr auto transform(F&& f) & {
        return monadic::transform(*this, std::forward<F>(f));
    }

    template <class F>
        requires constructible<E, const E&>
    constexpr auto transform(F&& f) const& {
        return monadic::transform(*this, std::forward<F>(f));
    }

    template <class F>
        requires constructible<E, E>
    constexpr auto transform(F&& f) && {
        return monadic::transform(std::move(*this), std::forward<F>(f));
    }

    template <class F>
        requires constructible<E, const E>
    constexpr auto transform(F&& f) const&& {
        return monadic::transform(std::move(*this), std::forward<F>(f));
    }

    /// Replaces the error by what f makes of it.
    template <class F>
        requires constructible<T, T&>
    constexpr auto transform_error(F&& f) & {
        return monadic::transform_error(*this, std::forward<F>(f));
    }

    template <class F>
        requires constructible<T, const T&>
    constexpr auto transform_error(F&& f) const& {
        return monadic::transform_error(*this, std::forward<F>(f));
    }

    template <class F>
        requires constructible<T, T>
    constexpr auto transform_error(F&& f) && {
        return monadic::transform_error(std::move(*this), std::forward<F>(f));
    }

    template <class F>
        requires constructible<T, const T>
    constexpr auto transform_error(F&& f) const&& {
        return monadic::transform_error(std::move(*this), std::forward<F>(f));
    }

    template <class T2, class E2>
        requires(!std::is_void_v<T2>)
    friend constexpr bool operator==(const expected& x, const expected<T2, E2>& y) {
        if (x.has_value() != y.has_value()) return false;
        return x.has_value() ? static_cast<bool>(*x == *y) : static_cast<bool>(x.error() == y.error());
    }

    template <class T2>
    friend constexpr bool operator==(const expected& x, const T2& value) {
        return x.has_value() && static_cast<bool>(*x == value);
    }

    template <class E2>
    friend constexpr bool operator==(const expected& x, const unexpected<E2>& error) {
        return !x.has_value() && static_cast<bool>(x.error() == error.error());
    }

private:
    template <class, class>
    friend class expected;
    friend monadic;

    constexpr members& stored() noexcept { return *this; }

    using members::error_;
    using members::has_value_;
    using members::value_;

    // Initialized directly by the call, so that transform can return a type that cannot be moved.
    template <class Make>
    constexpr expected(value_from_t tag, Make& make) : members(tag, make) {}

    template <class Make>
    constexpr expected(error_from_t tag, Make& make) : members(tag, make) {}
};

}  // namespace detail::own
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
