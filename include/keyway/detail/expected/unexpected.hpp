// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_EXPECTED_UNEXPECTED_HPP
#define KEYWAY_DETAIL_EXPECTED_UNEXPECTED_HPP

#include <keyway/detail/config.hpp>

#include <exception>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::own {

// The compiler's own answers, and conversion as an expression: the traits of <type_traits> instantiate a handful of classes
// for each question, and these are asked often.

template <class T, class... Args>
concept constructible = __is_constructible(T, Args...);

template <class T, class... Args>
concept nothrow_constructible = __is_nothrow_constructible(T, Args...);

template <class T, class U>
concept assignable = __is_assignable(T, U);

template <class T, class... Args>
concept trivially_constructible = __is_trivially_constructible(T, Args...);

template <class T, class U>
concept trivially_assignable = __is_trivially_assignable(T, U);

template <class From, class To>
concept converts_to = requires(void (&take)(To), From&& from) { take(static_cast<From&&>(from)); };

template <class E>
class unexpected;

template <class T>
inline constexpr bool is_unexpected = false;

template <class E>
inline constexpr bool is_unexpected<unexpected<E>> = true;

template <class T>
concept plain_object = __is_class(T) || (std::is_object_v<T> && !std::is_array_v<T>);

template <class E>
concept valid_error = plain_object<E> && !is_unexpected<E> && !std::is_const_v<E> && !std::is_volatile_v<E>;

/// Tag: selects the constructor of expected that holds an error.
struct unexpect_t {
    explicit unexpect_t() = default;
};

/// The value of unexpect_t to pass.
inline constexpr unexpect_t unexpect{};

template <class T>
concept valid_value = plain_object<T> && !std::is_same_v<std::remove_cv_t<T>, std::in_place_t> &&
                      !std::is_same_v<std::remove_cv_t<T>, unexpect_t> && !is_unexpected<std::remove_cv_t<T>>;

/// An error from which an expected is made.
template <class E>
class unexpected {
    static_assert(valid_error<E>, "an error is a plain object type, neither cv-qualified nor unexpected");

public:
    template <class Err = E>
        requires(!std::is_same_v<std::remove_cvref_t<Err>, unexpected>) &&
                (!std::is_same_v<std::remove_cvref_t<Err>, std::in_place_t>) && constructible<E, Err>
    constexpr explicit unexpected(Err&& error) : error_(std::forward<Err>(error)) {}

    template <class... Args>
        requires constructible<E, Args...>
    constexpr explicit unexpected(std::in_place_t, Args&&... args) : error_(std::forward<Args>(args)...) {}

    template <class U, class... Args>
        requires constructible<E, std::initializer_list<U>&, Args...>
    constexpr explicit unexpected(std::in_place_t, std::initializer_list<U> list, Args&&... args)
        : error_(list, std::forward<Args>(args)...) {}

    constexpr const E& error() const& noexcept { return error_; }
    constexpr E& error() & noexcept { return error_; }
    constexpr const E&& error() const&& noexcept { return std::move(error_); }
    constexpr E&& error() && noexcept { return std::move(error_); }

    constexpr void swap(unexpected& other) noexcept(std::is_nothrow_swappable_v<E>) {
        static_assert(std::is_swappable_v<E>, "swap needs an error that can be swapped");
        using std::swap;
        swap(error_, other.error_);
    }

    friend constexpr void swap(unexpected& x, unexpected& y) noexcept(std::is_nothrow_swappable_v<E>)
        requires std::is_swappable_v<E>
    {
        x.swap(y);
    }

    template <class E2>
    friend constexpr bool operator==(const unexpected& x, const unexpected<E2>& y) {
        return x.error() == y.error();
    }

private:
    E error_;
};

template <class E>
unexpected(E) -> unexpected<E>;

/// The exception of value() if there is no value; it holds the error.
template <class E>
class bad_expected_access;

/// Base of every bad_expected_access, to catch them whatever their error type.
template <>  // NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): as the standard has it
class bad_expected_access<void> : public std::exception {
public:
    const char* what() const noexcept override { return "value() of an expected that holds an error"; }

protected:
    bad_expected_access() noexcept = default;
    bad_expected_access(const bad_expected_access&) = default;
    bad_expected_access(bad_expected_access&&) = default;
    bad_expected_access& operator=(const bad_expected_access&) = default;
    bad_expected_access& operator=(bad_expected_access&&) = default;
    ~bad_expected_access() override = default;
};

template <class E>
class bad_expected_access : public bad_expected_access<void> {
public:
    explicit bad_expected_access(E error) : error_(std::move(error)) {}

    const E& error() const& noexcept { return error_; }
    E& error() & noexcept { return error_; }
    const E&& error() const&& noexcept { return std::move(error_); }
    E&& error() && noexcept { return std::move(error_); }

private:
    E error_;
};

template <class E>
[[noreturn]] void throw_bad_expected_access([[maybe_unused]] E&& error) {
#if KEYWAY_HAS_EXCEPTIONS
    throw bad_expected_access<std::remove_cvref_t<E>>(std::forward<E>(error));
#else
    std::terminate();
#endif
}

}  // namespace detail::own
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
