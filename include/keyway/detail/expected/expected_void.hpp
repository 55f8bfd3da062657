// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_EXPECTED_EXPECTED_VOID_HPP
#define KEYWAY_DETAIL_EXPECTED_EXPECTED_VOID_HPP

#include <keyway/detail/config.hpp>
#include <keyway/detail/expected/expected.hpp>
#include <keyway/detail/expected/monadic.hpp>
#include <keyway/detail/expected/storage.hpp>
#include <keyway/detail/expected/unexpected.hpp>

#include <initializer_list>
#include <type_traits>
#include <utility>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::own {

/// Either success without a value or the error that prevented it.
template <class T, class E>
    requires std::is_void_v<T>
class expected<T, E> : private expected_members<nothing, E> {
    static_assert(valid_error<E>, "an error is a plain object type, neither cv-qualified nor unexpected");

    using members = expected_members<nothing, E>;

public:
    using value_type = T;
    using error_type = E;
    using unexpected_type = unexpected<E>;

    template <class U>
    using rebind = expected<U, error_type>;

    constexpr expected() noexcept : members(std::in_place) {}

    template <class U, class G>
        requires std::is_void_v<U> && constructible<E, const G&> &&
                 (!constructible_from_any_cvref<unexpected<E>, expected<U, G>>)
    constexpr explicit(!converts_to<const G&, E>) expected(const expected<U, G>& other)
        : members(same_as_t{}, static_cast<const expected_members<nothing, G>&>(other)) {}

    template <class U, class G>
        requires std::is_void_v<U> && constructible<E, G> &&
                 (!constructible_from_any_cvref<unexpected<E>, expected<U, G>>)
    constexpr explicit(!converts_to<G, E>) expected(expected<U, G>&& other)
        : members(same_as_t{}, static_cast<expected_members<nothing, G>&&>(std::move(other))) {}

    template <class G>
        requires constructible<E, const G&>
    constexpr explicit(!converts_to<const G&, E>) expected(const unexpected<G>& error)
        : members(unexpect, error.error()) {}

    template <class G>
        requires constructible<E, G>
    constexpr explicit(!converts_to<G, E>) expected(unexpected<G>&& error)
        : members(unexpect, std::move(error).error()) {}

    constexpr explicit expected(std::in_place_t) noexcept : members(std::in_place) {}

    template <class... Args>
        requires constructible<E, Args...>
    constexpr explicit expected(unexpect_t, Args&&... args) : members(unexpect, std::forward<Args>(args)...) {}

    template <class U, class... Args>
        requires constructible<E, std::initializer_list<U>&, Args...>
    constexpr explicit expected(unexpect_t, std::initializer_list<U> list, Args&&... args)
        : members(unexpect, list, std::forward<Args>(args)...) {}

    template <class G>
        requires constructible<E, const G&> && assignable<E&, const G&>
    constexpr expected& operator=(const unexpected<G>& error) {
        own::set_error(stored(), error.error());
        return *this;
    }

    template <class G>
        requires constructible<E, G> && assignable<E&, G>
    constexpr expected& operator=(unexpected<G>&& error) {
        own::set_error(stored(), std::move(error).error());
        return *this;
    }

    /// Becomes a success; destroys the error, if there is one.
    constexpr void emplace() noexcept { own::emplace_value(stored()); }

    constexpr void swap(expected& other) noexcept(nothrow_swappable_pair<nothing, E>)
        requires swappable_pair<nothing, E>
    {
        own::exchange(stored(), other.stored());
    }

    friend constexpr void swap(expected& x, expected& y) noexcept(nothrow_swappable_pair<nothing, E>)
        requires swappable_pair<nothing, E>
    {
        x.swap(y);
    }

    constexpr explicit operator bool() const noexcept { return has_value_; }
    constexpr bool has_value() const noexcept { return has_value_; }

    constexpr void operator*() const noexcept {}

    /// Throws bad_expected_access<E> if there is an error, and terminates if exceptions are disabled.
    constexpr void value() const& {
        static_assert(std::is_copy_constructible_v<E>, "value() copies the error into the exception");
        if (!has_value_) own::throw_bad_expected_access(error_);
    }

    constexpr void value() && {
        static_assert(std::is_copy_constructible_v<E> && std::is_move_constructible_v<E>,
                      "value() throws a copyable exception");
        if (!has_value_) own::throw_bad_expected_access(std::move(error_));
    }

    constexpr const E& error() const& noexcept { return error_; }
    constexpr E& error() & noexcept { return error_; }
    constexpr const E&& error() const&& noexcept { return std::move(error_); }
    constexpr E&& error() && noexcept { return std::move(error_); }

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

    /// Calls f, which has no parameters and returns an expected, on success; an error is passed on.
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

    /// Calls f, which returns an expected, with the error; success is passed on.
    template <class F>
    constexpr auto or_else(F&& f) & {
        return monadic::or_else(*this, std::forward<F>(f));
    }

    template <class F>
    constexpr auto or_else(F&& f) const& {
        return monadic::or_else(*this, std::forward<F>(f));
    }

    template <class F>
    constexpr auto or_else(F&& f) && {
        return monadic::or_else(std::move(*this), std::forward<F>(f));
    }

    template <class F>
    constexpr auto or_else(F&& f) const&& {
        return monadic::or_else(std::move(*this), std::forward<F>(f));
    }

    /// Calls f, which has no parameters, on success and returns its value.
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
    constexpr auto transform_error(F&& f) & {
        return monadic::transform_error(*this, std::forward<F>(f));
    }

    template <class F>
    constexpr auto transform_error(F&& f) const& {
        return monadic::transform_error(*this, std::forward<F>(f));
    }

    template <class F>
    constexpr auto transform_error(F&& f) && {
        return monadic::transform_error(std::move(*this), std::forward<F>(f));
    }

    template <class F>
    constexpr auto transform_error(F&& f) const&& {
        return monadic::transform_error(std::move(*this), std::forward<F>(f));
    }

    template <class T2, class E2>
        requires std::is_void_v<T2>
    friend constexpr bool operator==(const expected& x, const expected<T2, E2>& y) {
        if (x.has_value() != y.has_value()) return false;
        return x.has_value() || static_cast<bool>(x.error() == y.error());
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

    template <class Make>
    constexpr expected(error_from_t tag, Make& make) : members(tag, make) {}
};

}  // namespace detail::own
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
