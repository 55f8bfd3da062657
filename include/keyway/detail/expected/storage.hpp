// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_EXPECTED_STORAGE_HPP
#define KEYWAY_DETAIL_EXPECTED_STORAGE_HPP

#include <keyway/detail/config.hpp>
#include <keyway/detail/expected/unexpected.hpp>

#include <optional>  // IWYU pragma: keep (construct_at; all three libraries have it here, at a third of <memory>)
#include <type_traits>
#include <utility>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::own {

/// The value of an expected<void, E>, which therefore can use everything in this file.
struct nothing {};

struct value_from_t {};
struct error_from_t {};
struct same_as_t {};

template <class T, class E>
concept either_nothrow_movable = nothrow_constructible<T, T> || nothrow_constructible<E, E>;

template <class T, class E>
concept copy_constructible_pair = constructible<T, const T&> && constructible<E, const E&>;

template <class T, class E>
concept move_constructible_pair = constructible<T, T> && constructible<E, E>;

template <class T, class E>
concept nothrow_move_constructible_pair = nothrow_constructible<T, T> && nothrow_constructible<E, E>;

template <class T, class E>
concept copy_assignable_pair = copy_constructible_pair<T, E> && either_nothrow_movable<T, E> &&
                               assignable<T&, const T&> && assignable<E&, const E&>;

template <class T, class E>
concept move_assignable_pair =
    move_constructible_pair<T, E> && either_nothrow_movable<T, E> && assignable<T&, T> && assignable<E&, E>;

template <class T, class E>
concept nothrow_move_assignable_pair = nothrow_move_constructible_pair<T, E> && std::is_nothrow_move_assignable_v<T> &&
                                       std::is_nothrow_move_assignable_v<E>;

template <class T, class E>
concept trivially_copy_constructible_pair =
    trivially_constructible<T, const T&> && trivially_constructible<E, const E&>;

template <class T, class E>
concept trivially_move_constructible_pair = trivially_constructible<T, T> && trivially_constructible<E, E>;

template <class T, class E>
concept trivially_copy_assignable_pair = copy_assignable_pair<T, E> && trivially_copy_constructible_pair<T, E> &&
                                         trivially_assignable<T&, const T&> && trivially_assignable<E&, const E&>;

template <class T, class E>
concept trivially_move_assignable_pair = move_assignable_pair<T, E> && trivially_move_constructible_pair<T, E> &&
                                         trivially_assignable<T&, T> && trivially_assignable<E&, E>;

/// Every special member exists and is trivial.
template <class T>
concept trivial_copies = __is_trivially_copyable(T) && constructible<T, const T&> && constructible<T, T> &&
                         assignable<T&, const T&> && assignable<T&, T>;
template <class T, class E>
concept wholly_trivial = trivial_copies<T> && trivial_copies<E>;

// A concept, so that the trait is asked only where the first answer is no.
template <class T, class E>
concept trivially_destroyed =
    wholly_trivial<T, E> || (std::is_trivially_destructible_v<T> && std::is_trivially_destructible_v<E>);

template <class T, class E>
concept swappable_pair =
    move_constructible_pair<T, E> && either_nothrow_movable<T, E> && std::is_swappable_v<T> && std::is_swappable_v<E>;

template <class T, class E>
concept nothrow_swappable_pair =
    nothrow_move_constructible_pair<T, E> && std::is_nothrow_swappable_v<T> && std::is_nothrow_swappable_v<E>;

template <class T, class... Args>
constexpr void construct(T& place, Args&&... args) {
    // const_cast: the T of an expected may be const, and newer libraries reject construct_at of a const object
    // (LWG 3870)
    std::construct_at(const_cast<std::remove_cv_t<T>*>(std::addressof(place)), std::forward<Args>(args)...);
}

/// An object moved out of its storage. It is moved back if the scope ends, by an exception, before release().
template <class T>
class displaced {
public:
    constexpr explicit displaced(T& home) noexcept : home_(std::addressof(home)), object_(std::move(home)) {
        std::destroy_at(home_);
    }

    displaced(const displaced&) = delete;
    displaced& operator=(const displaced&) = delete;

    constexpr ~displaced() {
        if (home_ != nullptr) own::construct(*home_, std::move(object_));
    }

    constexpr T&& release() noexcept {
        home_ = nullptr;
        return std::move(object_);
    }

private:
    T* home_;
    T object_;
};

/// Replaces an Old by a New. If the construction throws, the Old is kept or restored.
template <class New, class Old, class... Args>
constexpr void replace(New& place, Old& old, Args&&... args) {
    if constexpr (nothrow_constructible<New, Args...>) {
        std::destroy_at(std::addressof(old));
        own::construct(place, std::forward<Args>(args)...);
    } else if constexpr (nothrow_constructible<New, New>) {
        New made(std::forward<Args>(args)...);
        std::destroy_at(std::addressof(old));
        own::construct(place, std::move(made));
    } else {
        displaced<Old> saved(old);
        own::construct(place, std::forward<Args>(args)...);
        saved.release();
    }
}

// The layers below exist for clang before 16, which computes triviality wrongly where requires-clauses choose among
// special members. Each one defines a single special member, and expected derives from the last alias.

/// A bool that leaves no padding behind it for a derived class to use. Without it g++ returns even an
/// expected<std::size_t, error> in memory.
template <class T, class E>
struct alignas(T) alignas(E) presence {
    constexpr presence(bool value) noexcept : value_(value) {}
    constexpr operator bool() const noexcept { return value_; }

private:
    bool value_;
};

template <class T, class E, bool = trivially_destroyed<T, E>>
struct expected_storage {
    template <class... Args>
    constexpr explicit expected_storage(std::in_place_t, Args&&... args)
        : value_(std::forward<Args>(args)...), has_value_(true) {}

    template <class... Args>
    constexpr explicit expected_storage(unexpect_t, Args&&... args)
        : error_(std::forward<Args>(args)...), has_value_(false) {}

    template <class Make>
    constexpr expected_storage(value_from_t, Make& make) : value_(make()), has_value_(true) {}

    template <class Make>
    constexpr expected_storage(error_from_t, Make& make) : error_(make()), has_value_(false) {}

    template <class Other>
    constexpr expected_storage(same_as_t, Other&& other) : has_value_(other.has_value_) {
        if (has_value_) own::construct(value_, std::forward<Other>(other).value_);
        else own::construct(error_, std::forward<Other>(other).error_);
    }

    union {
        T value_;
        E error_;
    };
    presence<T, E> has_value_;
};

template <class T, class E>
struct expected_storage<T, E, false> {
    template <class... Args>
    constexpr explicit expected_storage(std::in_place_t, Args&&... args)
        : value_(std::forward<Args>(args)...), has_value_(true) {}

    template <class... Args>
    constexpr explicit expected_storage(unexpect_t, Args&&... args)
        : error_(std::forward<Args>(args)...), has_value_(false) {}

    template <class Make>
    constexpr expected_storage(value_from_t, Make& make) : value_(make()), has_value_(true) {}

    template <class Make>
    constexpr expected_storage(error_from_t, Make& make) : error_(make()), has_value_(false) {}

    template <class Other>
    constexpr expected_storage(same_as_t, Other&& other) : has_value_(other.has_value_) {
        if (has_value_) own::construct(value_, std::forward<Other>(other).value_);
        else own::construct(error_, std::forward<Other>(other).error_);
    }

    expected_storage(const expected_storage&) = delete;
    expected_storage& operator=(const expected_storage&) = delete;

    constexpr ~expected_storage() {
        if (has_value_) std::destroy_at(std::addressof(value_));
        else std::destroy_at(std::addressof(error_));
    }

    union {
        T value_;
        E error_;
    };
    presence<T, E> has_value_;
};

// The operations on a storage. Functions, so that only those that are called are instantiated.

template <class Storage, class U>
constexpr void set_value(Storage& to, U&& value) {
    if (to.has_value_) {
        to.value_ = std::forward<U>(value);
    } else {
        own::replace(to.value_, to.error_, std::forward<U>(value));
        to.has_value_ = true;
    }
}

template <class Storage, class G>
constexpr void set_error(Storage& to, G&& error) {
    if (to.has_value_) {
        own::replace(to.error_, to.value_, std::forward<G>(error));
        to.has_value_ = false;
    } else {
        to.error_ = std::forward<G>(error);
    }
}

template <class Storage, class Other>
constexpr void assign(Storage& to, Other&& other) {
    if (other.has_value_) own::set_value(to, std::forward<Other>(other).value_);
    else own::set_error(to, std::forward<Other>(other).error_);
}

template <class Storage, class... Args>
constexpr void emplace_value(Storage& to, Args&&... args) noexcept {
    if (to.has_value_) {
        std::destroy_at(std::addressof(to.value_));
    } else {
        std::destroy_at(std::addressof(to.error_));
        to.has_value_ = true;
    }
    own::construct(to.value_, std::forward<Args>(args)...);
}

template <class T, class E>
constexpr void exchange_with_error(expected_storage<T, E>& valued, expected_storage<T, E>& other) {
    if constexpr (nothrow_constructible<E, E>) {
        displaced<E> error(other.error_);
        own::construct(other.value_, std::move(valued.value_));
        std::destroy_at(std::addressof(valued.value_));
        own::construct(valued.error_, error.release());
    } else {
        displaced<T> value(valued.value_);
        own::construct(valued.error_, std::move(other.error_));
        std::destroy_at(std::addressof(other.error_));
        own::construct(other.value_, value.release());
    }
    valued.has_value_ = false;
    other.has_value_ = true;
}

template <class T, class E>
constexpr void exchange(expected_storage<T, E>& a, expected_storage<T, E>& b) {
    using std::swap;
    if (a.has_value_ && b.has_value_) swap(a.value_, b.value_);
    else if (a.has_value_) own::exchange_with_error(a, b);
    else if (b.has_value_) own::exchange_with_error(b, a);
    else swap(a.error_, b.error_);
}

template <class T, class E, bool = trivially_copy_constructible_pair<T, E> || !copy_constructible_pair<T, E>>
struct expected_copy : expected_storage<T, E> {
    using expected_storage<T, E>::expected_storage;
};

template <class T, class E>
struct expected_copy<T, E, false> : expected_storage<T, E> {
    using expected_storage<T, E>::expected_storage;

    constexpr expected_copy(const expected_copy& other) : expected_storage<T, E>(same_as_t{}, other) {}
    expected_copy(expected_copy&&) = default;
    expected_copy& operator=(const expected_copy&) = default;
    expected_copy& operator=(expected_copy&&) = default;
    ~expected_copy() = default;
};

template <class T, class E, bool = trivially_move_constructible_pair<T, E> || !move_constructible_pair<T, E>>
struct expected_move : expected_copy<T, E> {
    using expected_copy<T, E>::expected_copy;
};

template <class T, class E>
struct expected_move<T, E, false> : expected_copy<T, E> {
    using expected_copy<T, E>::expected_copy;

    expected_move(const expected_move&) = default;
    constexpr expected_move(expected_move&& other) noexcept(nothrow_move_constructible_pair<T, E>)
        : expected_copy<T, E>(same_as_t{}, std::move(other)) {}
    expected_move& operator=(const expected_move&) = default;
    expected_move& operator=(expected_move&&) = default;
    ~expected_move() = default;
};

template <class T, class E, bool = trivially_copy_assignable_pair<T, E>>
struct expected_copy_assign : expected_move<T, E> {
    using expected_move<T, E>::expected_move;
};

template <class T, class E>
struct expected_copy_assign<T, E, false> : expected_move<T, E> {
    using expected_move<T, E>::expected_move;

    expected_copy_assign(const expected_copy_assign&) = default;
    expected_copy_assign(expected_copy_assign&&) = default;
    constexpr expected_copy_assign& operator=(const expected_copy_assign& other)
        requires copy_assignable_pair<T, E>
    {
        own::assign(*this, other);
        return *this;
    }
    expected_copy_assign& operator=(expected_copy_assign&&) = default;
    ~expected_copy_assign() = default;
};

template <class T, class E, bool = trivially_move_assignable_pair<T, E>>
struct expected_move_assign : expected_copy_assign<T, E> {
    using expected_copy_assign<T, E>::expected_copy_assign;
};

template <class T, class E>
struct expected_move_assign<T, E, false> : expected_copy_assign<T, E> {
    using expected_copy_assign<T, E>::expected_copy_assign;

    expected_move_assign(const expected_move_assign&) = default;
    expected_move_assign(expected_move_assign&&) = default;
    expected_move_assign& operator=(const expected_move_assign&) = default;
    constexpr expected_move_assign& operator=(expected_move_assign&& other) noexcept(nothrow_move_assignable_pair<T, E>)
        requires move_assignable_pair<T, E>
    {
        own::assign(*this, std::move(other));
        return *this;
    }
    ~expected_move_assign() = default;
};

/// The one layer of what moves and is never copied, such as the owner of a descriptor.
template <class T, class E>
struct expected_moved : expected_storage<T, E> {
    using expected_storage<T, E>::expected_storage;

    expected_moved(const expected_moved&) = delete;
    expected_moved& operator=(const expected_moved&) = delete;
    constexpr expected_moved(expected_moved&& other) noexcept(nothrow_move_constructible_pair<T, E>)
        : expected_storage<T, E>(same_as_t{}, std::move(other)) {}
    constexpr expected_moved& operator=(expected_moved&& other) noexcept(nothrow_move_assignable_pair<T, E>) {
        own::assign(*this, std::move(other));
        return *this;
    }
    ~expected_moved() = default;
};

template <class T, class E>
concept only_moved = !copy_constructible_pair<T, E> && move_assignable_pair<T, E> &&
                     !trivially_move_constructible_pair<T, E> && !trivially_move_assignable_pair<T, E>;

// Layers that would add nothing are not instantiated.
template <class T, class E, bool = wholly_trivial<T, E>, bool = only_moved<T, E>>
struct expected_layers {
    using type = expected_move_assign<T, E>;
};
template <class T, class E, bool OnlyMoved>
struct expected_layers<T, E, true, OnlyMoved> {
    using type = expected_storage<T, E>;
};
template <class T, class E>
struct expected_layers<T, E, false, true> {
    using type = expected_moved<T, E>;
};
template <class T, class E>
using expected_members = typename expected_layers<T, E>::type;

}  // namespace detail::own
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
