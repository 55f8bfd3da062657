// SPDX-License-Identifier: BSL-1.0
#include <keyway/expected.hpp>

#include <keyway/detail/expected/expected.hpp>
#include <keyway/detail/expected/expected_void.hpp>
#include <keyway/detail/expected/unexpected.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

namespace own = keyway::detail::own;

// A channel is one implementation of expected; every behaviour is tested with both.
struct own_channel {
    template <class T, class E>
    using expected = own::expected<T, E>;
    template <class E>
    using unexpected = own::unexpected<E>;
    template <class E>
    using bad_access = own::bad_expected_access<E>;
    using unexpect_t = own::unexpect_t;
    static constexpr unexpect_t unexpect{};
    static constexpr bool compares_unexpected_of_other_types = true;
};

#if KEYWAY_HAS_STD_EXPECTED
struct std_channel {
    template <class T, class E>
    using expected = std::expected<T, E>;
    template <class E>
    using unexpected = std::unexpected<E>;
    template <class E>
    using bad_access = std::bad_expected_access<E>;
    using unexpect_t = std::unexpect_t;
    static constexpr unexpect_t unexpect{};
#if defined(_LIBCPP_VERSION) && _LIBCPP_VERSION < 200000  // does not compile: a bug of that library
    static constexpr bool compares_unexpected_of_other_types = false;
#else
    static constexpr bool compares_unexpected_of_other_types = true;
#endif
};
#define CHANNELS own_channel, std_channel
#else
#define CHANNELS own_channel
#endif

// std::expected got error_or and the monadic operations later than the rest.
#if KEYWAY_HAS_STD_EXPECTED && __cpp_lib_expected >= 202211L
#define MONADIC_CHANNELS own_channel, std_channel
#else
#define MONADIC_CHANNELS own_channel
#endif

// The error of keyway has this shape.
struct error {
    int domain;
    int code;

    constexpr error(int d, int c) noexcept : domain(d), code(c) {}
    friend constexpr bool operator==(const error&, const error&) = default;
};

// Usable in constant expressions, but not trivial; a moved-from object has the value -1.
struct literal {
    int id;

    constexpr literal() noexcept : id(0) {}
    constexpr literal(int i) noexcept : id(i) {}
    constexpr literal(std::initializer_list<int> list, int more = 0) noexcept : id(more) {
        for (int i : list) id += i;
    }
    constexpr literal(const literal& other) noexcept : id(other.id) {}
    constexpr literal(literal&& other) noexcept : id(std::exchange(other.id, -1)) {}
    constexpr literal& operator=(const literal& other) noexcept {
        id = other.id;
        return *this;
    }
    constexpr literal& operator=(literal&& other) noexcept {
        id = std::exchange(other.id, -1);
        return *this;
    }
    constexpr ~literal() { id = -2; }

    friend constexpr bool operator==(const literal& x, const literal& y) { return x.id == y.id; }
};

struct move_only {
    int id;

    constexpr explicit move_only(int i) noexcept : id(i) {}
    constexpr move_only(move_only&& other) noexcept : id(std::exchange(other.id, -1)) {}
    constexpr move_only& operator=(move_only&& other) noexcept {
        id = std::exchange(other.id, -1);
        return *this;
    }
    constexpr ~move_only() {}
};

struct immovable {
    int id;

    constexpr explicit immovable(int i) noexcept : id(i) {}
    immovable(const immovable&) = delete;
    immovable& operator=(const immovable&) = delete;
};

struct no_default {
    explicit no_default(int) {}
};

struct throwing_copy_and_move {
    throwing_copy_and_move() noexcept(false) {}
    throwing_copy_and_move(const throwing_copy_and_move&) noexcept(false) {}
    throwing_copy_and_move& operator=(const throwing_copy_and_move&) = default;
};

struct trivial_move_only {
    int id;

    trivial_move_only(trivial_move_only&&) = default;
    trivial_move_only& operator=(trivial_move_only&&) = default;
};

struct nontrivial_copy_trivial_move {
    nontrivial_copy_trivial_move(const nontrivial_copy_trivial_move&) noexcept {}
    nontrivial_copy_trivial_move(nontrivial_copy_trivial_move&&) = default;
};

template <class Tag>
struct counted {
    static inline int constructions = 0;
    static inline int destructions = 0;
    static inline int assignments = 0;
    int id;

    static void reset() { constructions = destructions = assignments = 0; }

    counted(int i) noexcept : id(i) { ++constructions; }
    counted(const counted& other) noexcept : id(other.id) { ++constructions; }
    counted(counted&& other) noexcept : id(std::exchange(other.id, -1)) { ++constructions; }
    counted& operator=(const counted& other) noexcept {
        id = other.id;
        ++assignments;
        return *this;
    }
    counted& operator=(counted&& other) noexcept {
        id = std::exchange(other.id, -1);
        ++assignments;
        return *this;
    }
    ~counted() { ++destructions; }
};

using counted_value = counted<struct value_tag>;
using counted_error = counted<struct error_tag>;

void reset_counts() {
    counted_value::reset();
    counted_error::reset();
}

template <class T>
constexpr int category_of() {
    using object = std::remove_reference_t<T>;
    return (std::is_lvalue_reference_v<T> ? 0 : 2) + (std::is_const_v<object> ? 1 : 0);
}

constexpr int lvalue = 0, const_lvalue = 1, rvalue = 2, const_rvalue = 3;

}  // namespace

TYPE_TO_STRING(own_channel);
#if KEYWAY_HAS_STD_EXPECTED
TYPE_TO_STRING(std_channel);
#endif

namespace {

TEST_SUITE_BEGIN("expected");

TEST_CASE("the error channel is std::expected exactly if the library has it") {
#if KEYWAY_HAS_STD_EXPECTED
    CHECK(std::is_same_v<keyway::expected<int, error>, std::expected<int, error>>);
    CHECK(std::is_same_v<keyway::unexpected<error>, std::unexpected<error>>);
    CHECK(std::is_same_v<keyway::unexpect_t, std::unexpect_t>);
    CHECK(std::is_same_v<keyway::bad_expected_access<error>, std::bad_expected_access<error>>);
#else
    CHECK(std::is_same_v<keyway::expected<int, error>, own::expected<int, error>>);
    CHECK(std::is_same_v<keyway::unexpected<error>, own::unexpected<error>>);
    CHECK(std::is_same_v<keyway::unexpect_t, own::unexpect_t>);
    CHECK(std::is_same_v<keyway::bad_expected_access<error>, own::bad_expected_access<error>>);
#endif
    CHECK(keyway::expected<int, error>(keyway::unexpect, 1, 2).error() == error{1, 2});
    CHECK(keyway::unexpected(7).error() == 7);
    CHECK(own::unexpected(7).error() == 7);
    CHECK(std::is_same_v<decltype(own::unexpected("text")), own::unexpected<const char*>>);
    CHECK_FALSE(std::is_swappable_v<own::unexpected<immovable>>);
}

// unexpected

template <class C>
constexpr bool unexpected_works() {
    using U = typename C::template unexpected<literal>;

    U one(1), five(std::in_place, 5), six(std::in_place, {1, 2, 3}), ten(std::in_place, {1, 2, 3}, 4);
    bool ok = one.error().id == 1 && five.error().id == 5 && six.error().id == 6 && ten.error().id == 10;

    U copy = one;
    ok = ok && copy == one && !(copy == five) && copy != five;
    if constexpr (C::compares_unexpected_of_other_types) ok = ok && one == typename C::template unexpected<int>(1);

    U moved = std::move(copy);
    ok = ok && moved == one && copy.error().id == -1;

    swap(five, six);
    ok = ok && five.error().id == 6 && six.error().id == 5;
    five.swap(six);
    ok = ok && five.error().id == 5 && six.error().id == 6;

    five = six;
    ok = ok && five == six;
    literal taken = std::move(five).error();
    return ok && taken.id == 6 && five.error().id == -1;
}

TEST_CASE_TEMPLATE("unexpected holds, compares and swaps an error", C, CHANNELS) {
    static_assert(unexpected_works<C>());
    CHECK(unexpected_works<C>());
}

TEST_CASE_TEMPLATE("unexpected converts only explicitly and keeps constness and value category", C, CHANNELS) {
    using U = typename C::template unexpected<int>;
    CHECK(std::is_constructible_v<U, short>);
    CHECK_FALSE(std::is_convertible_v<int, U>);
    CHECK_FALSE(std::is_constructible_v<U, std::string>);
    CHECK_FALSE(std::is_default_constructible_v<U>);
    CHECK(std::is_trivially_copyable_v<U>);
    CHECK(sizeof(U) == sizeof(int));
    CHECK(std::is_nothrow_swappable_v<U>);

    CHECK(std::is_same_v<decltype(std::declval<U&>().error()), int&>);
    CHECK(std::is_same_v<decltype(std::declval<const U&>().error()), const int&>);
    CHECK(std::is_same_v<decltype(std::declval<U>().error()), int&&>);
    CHECK(std::is_same_v<decltype(std::declval<const U>().error()), const int&&>);
}

// Triviality and layout

TEST_CASE_TEMPLATE("an expected of a size and an eight-byte error has sixteen bytes and is returned in registers", C,
                   CHANNELS) {
    using R = typename C::template expected<std::size_t, error>;
    using V = typename C::template expected<void, error>;
    CHECK(sizeof(R) == sizeof(error) + alignof(std::size_t));
    CHECK(sizeof(V) == sizeof(error) + alignof(error));
    CHECK(std::is_trivially_copy_constructible_v<R>);
    CHECK(std::is_trivially_move_constructible_v<R>);
    CHECK(std::is_trivially_destructible_v<R>);
    CHECK(std::is_trivially_destructible_v<V>);
    CHECK(std::is_trivially_copy_constructible_v<V>);
    CHECK(std::is_trivially_move_constructible_v<V>);
}

TEST_CASE("our own expected of trivially copyable types is trivially copyable") {
    CHECK(std::is_trivially_copyable_v<own::expected<std::size_t, error>>);
    CHECK(std::is_trivially_copyable_v<own::expected<void, error>>);
    CHECK_FALSE(std::is_trivially_copyable_v<own::expected<std::string, error>>);
    CHECK_FALSE(std::is_trivially_copyable_v<own::expected<void, std::string>>);
    // Assigning a pair is not trivial, constructing one is.
    CHECK_FALSE(std::is_trivially_copy_assignable_v<own::expected<std::pair<int, int>, error>>);
}

TEST_CASE_TEMPLATE("each special member is trivial, noexcept or absent according to the value and the error", C,
                   CHANNELS) {
    using text = typename C::template expected<std::string, error>;
    CHECK(std::is_copy_constructible_v<text>);
    CHECK_FALSE(std::is_trivially_copy_constructible_v<text>);
    CHECK_FALSE(std::is_trivially_destructible_v<text>);
    CHECK(std::is_nothrow_move_constructible_v<text>);
    CHECK(std::is_nothrow_move_assignable_v<text>);
    CHECK(std::is_copy_assignable_v<text>);
    CHECK(std::is_nothrow_swappable_v<text>);

    using pair = typename C::template expected<std::pair<int, int>, error>;
    CHECK(std::is_trivially_copy_constructible_v<pair>);
    CHECK(std::is_trivially_move_constructible_v<pair>);
    CHECK(std::is_copy_assignable_v<pair>);

    using mixed = typename C::template expected<nontrivial_copy_trivial_move, error>;
    CHECK(std::is_copy_constructible_v<mixed>);
    CHECK_FALSE(std::is_trivially_copy_constructible_v<mixed>);
    CHECK(std::is_trivially_move_constructible_v<mixed>);
    CHECK_FALSE(std::is_move_assignable_v<mixed>);

    using pointer = typename C::template expected<std::unique_ptr<int>, error>;
    CHECK_FALSE(std::is_copy_constructible_v<pointer>);
    CHECK_FALSE(std::is_copy_assignable_v<pointer>);
    CHECK(std::is_nothrow_move_constructible_v<pointer>);
    CHECK(std::is_nothrow_move_assignable_v<pointer>);

    using pointer_error = typename C::template expected<void, std::unique_ptr<int>>;
    CHECK_FALSE(std::is_copy_constructible_v<pointer_error>);
    CHECK_FALSE(std::is_copy_assignable_v<pointer_error>);
    CHECK(std::is_nothrow_move_constructible_v<pointer_error>);
    CHECK(std::is_nothrow_move_assignable_v<pointer_error>);

    using moved = typename C::template expected<trivial_move_only, error>;
    CHECK_FALSE(std::is_copy_constructible_v<moved>);
    CHECK_FALSE(std::is_copy_assignable_v<moved>);
    CHECK(std::is_trivially_move_constructible_v<moved>);
    CHECK(std::is_nothrow_move_assignable_v<moved>);

    using fixed = typename C::template expected<immovable, error>;
    CHECK_FALSE(std::is_copy_constructible_v<fixed>);
    CHECK_FALSE(std::is_move_constructible_v<fixed>);
    CHECK_FALSE(std::is_copy_assignable_v<fixed>);
    CHECK_FALSE(std::is_move_assignable_v<fixed>);
    CHECK_FALSE(std::is_swappable_v<fixed>);

    CHECK_FALSE(std::is_default_constructible_v<typename C::template expected<no_default, error>>);
    CHECK(std::is_default_constructible_v<typename C::template expected<int, no_default>>);
    CHECK(std::is_nothrow_default_constructible_v<typename C::template expected<void, no_default>>);
}

TEST_CASE_TEMPLATE("an expected that could lose both value and error cannot be assigned or swapped", C, CHANNELS) {
    using risky = throwing_copy_and_move;
    using both = typename C::template expected<risky, risky>;
    CHECK(std::is_copy_constructible_v<both>);
    CHECK_FALSE(std::is_nothrow_move_constructible_v<both>);
    CHECK_FALSE(std::is_copy_assignable_v<both>);
    CHECK_FALSE(std::is_move_assignable_v<both>);
    CHECK_FALSE(std::is_assignable_v<both&, const risky&>);
    CHECK_FALSE(std::is_assignable_v<both&, typename C::template unexpected<risky>>);
    CHECK_FALSE(std::is_swappable_v<both>);

    using one = typename C::template expected<risky, error>;
    CHECK(std::is_copy_assignable_v<one>);
    CHECK(std::is_move_assignable_v<one>);
    CHECK_FALSE(std::is_nothrow_move_assignable_v<one>);
    CHECK(std::is_assignable_v<one&, const risky&>);
    CHECK(std::is_swappable_v<one>);
    CHECK_FALSE(std::is_nothrow_swappable_v<one>);

    using none = typename C::template expected<void, risky>;
    CHECK(std::is_copy_assignable_v<none>);
    CHECK(std::is_assignable_v<none&, typename C::template unexpected<risky>>);
    CHECK(std::is_swappable_v<none>);
    CHECK_FALSE(std::is_nothrow_swappable_v<none>);
}

// Construction

template <class C>
constexpr bool construction_works() {
    using X = typename C::template expected<literal, literal>;
    using N = typename C::template expected<int, int>;
    using unexpected = typename C::template unexpected<literal>;
    using unexpected_int = typename C::template unexpected<int>;

    X by_default;
    bool ok = by_default.has_value() && by_default->id == 0;

    X value = 3;
    X same_value = value;
    ok = ok && value->id == 3 && same_value->id == 3;
    X moved_value = std::move(same_value);
    ok = ok && moved_value->id == 3 && same_value.has_value() && same_value->id == -1;

    const unexpected carrier(4);
    X failed = carrier;
    X same_error = failed;
    ok = ok && !failed.has_value() && failed.error().id == 4 && same_error.error().id == 4;
    X moved_error = std::move(same_error);
    ok = ok && moved_error.error().id == 4 && !same_error.has_value() && same_error.error().id == -1;

    X from_temporary = unexpected(5);
    X from_other_unexpected = unexpected_int(6);
    const unexpected_int carrier_int(7);
    X from_other_const_unexpected = carrier_int;
    ok = ok && from_temporary.error().id == 5 && from_other_unexpected.error().id == 6 &&
         from_other_const_unexpected.error().id == 7;

    X in_place(std::in_place, 8), in_place_default(std::in_place);
    X in_place_list(std::in_place, {1, 2}), in_place_list_more(std::in_place, {1, 2}, 10);
    ok = ok && in_place->id == 8 && in_place_default->id == 0 && in_place_list->id == 3 && in_place_list_more->id == 13;

    X as_error(C::unexpect, 9), as_error_default(C::unexpect);
    X as_error_list(C::unexpect, {1, 2}), as_error_list_more(C::unexpect, {1, 2}, 10);
    ok = ok && as_error.error().id == 9 && as_error_default.error().id == 0 && as_error_list.error().id == 3 &&
         as_error_list_more.error().id == 13 && !as_error_default;

    const N number(11), number_error(C::unexpect, 12);
    X converted = number, converted_error = number_error;
    X converted_rvalue = N(13), converted_error_rvalue = N(C::unexpect, 14);
    return ok && converted->id == 11 && converted_error.error().id == 12 && converted_rvalue->id == 13 &&
           converted_error_rvalue.error().id == 14;
}

TEST_CASE_TEMPLATE("every constructor makes the value or the error of its arguments", C, CHANNELS) {
    static_assert(construction_works<C>());
    CHECK(construction_works<C>());
}

template <class C>
constexpr bool void_construction_works() {
    using X = typename C::template expected<void, literal>;
    using N = typename C::template expected<const void, int>;
    using unexpected_int = typename C::template unexpected<int>;

    X by_default, in_place(std::in_place);
    bool ok = by_default.has_value() && in_place.has_value();
    X copied = by_default;
    ok = ok && copied.has_value();

    X failed(C::unexpect, 1), failed_by_default(C::unexpect), failed_list(C::unexpect, {1, 2}),
        failed_list_more(C::unexpect, {1, 2}, 3);
    ok = ok && failed.error().id == 1 && failed_by_default.error().id == 0 && failed_list.error().id == 3 &&
         failed_list_more.error().id == 6;

    const unexpected_int carrier(7);
    X from_unexpected = carrier, from_temporary = unexpected_int(8);
    ok = ok && from_unexpected.error().id == 7 && from_temporary.error().id == 8;

    X copied_error = failed, moved_error = std::move(failed);
    ok = ok && copied_error.error().id == 1 && moved_error.error().id == 1 && failed.error().id == -1;

    const N success, failure(C::unexpect, 9);
    X converted = success, converted_error = failure, converted_rvalue = N(), converted_temporary = N(C::unexpect, 10);
    return ok && converted.has_value() && converted_rvalue.has_value() && converted_error.error().id == 9 &&
           converted_temporary.error().id == 10;
}

TEST_CASE_TEMPLATE("every constructor of an expected without value makes success or the error", C, CHANNELS) {
    static_assert(void_construction_works<C>());
    CHECK(void_construction_works<C>());
}

TEST_CASE_TEMPLATE("a constructor is explicit exactly if its conversion is", C, CHANNELS) {
    using pointer = std::unique_ptr<int>;
    using P = typename C::template expected<pointer, error>;
    using V = typename C::template expected<int, pointer>;
    using W = typename C::template expected<void, pointer>;

    CHECK(std::is_constructible_v<P, int*>);
    CHECK_FALSE(std::is_convertible_v<int*, P>);
    CHECK(std::is_convertible_v<pointer, P>);
    CHECK_FALSE(std::is_constructible_v<P, const pointer&>);

    using raw_value = typename C::template expected<int*, error>;
    using raw_error = typename C::template expected<int, int*>;
    using raw_void_error = typename C::template expected<void, int*>;
    CHECK(std::is_constructible_v<P, const raw_value&>);
    CHECK(std::is_constructible_v<P, raw_value>);
    CHECK_FALSE(std::is_convertible_v<const raw_value&, P>);
    CHECK_FALSE(std::is_convertible_v<raw_value, P>);
    CHECK(std::is_constructible_v<V, const raw_error&>);
    CHECK_FALSE(std::is_convertible_v<const raw_error&, V>);
    CHECK_FALSE(std::is_convertible_v<raw_error, V>);
    CHECK(std::is_constructible_v<W, const raw_void_error&>);
    CHECK_FALSE(std::is_convertible_v<const raw_void_error&, W>);
    CHECK_FALSE(std::is_convertible_v<raw_void_error, W>);

    using raw_unexpected = typename C::template unexpected<int*>;
    CHECK(std::is_constructible_v<V, raw_unexpected>);
    CHECK(std::is_constructible_v<W, const raw_unexpected&>);
    CHECK_FALSE(std::is_convertible_v<raw_unexpected, V>);
    CHECK_FALSE(std::is_convertible_v<const raw_unexpected&, V>);
    CHECK_FALSE(std::is_convertible_v<raw_unexpected, W>);
    CHECK_FALSE(std::is_convertible_v<const raw_unexpected&, W>);

    CHECK(std::is_constructible_v<W, std::in_place_t>);
    CHECK_FALSE(std::is_convertible_v<std::in_place_t, W>);
    CHECK_FALSE(std::is_convertible_v<typename C::unexpect_t, W>);
}

TEST_CASE_TEMPLATE("a constructor is only available if value or error can be made of its arguments", C, CHANNELS) {
    using X = typename C::template expected<int, std::string>;
    using V = typename C::template expected<void, std::string>;
    CHECK_FALSE(std::is_constructible_v<X, std::vector<int>>);
    CHECK_FALSE(std::is_constructible_v<X, typename C::template unexpected<std::vector<int>>>);
    CHECK_FALSE(std::is_constructible_v<X, const typename C::template unexpected<std::vector<int>>&>);
    CHECK_FALSE(std::is_constructible_v<X, std::in_place_t, std::string>);
    CHECK_FALSE(std::is_constructible_v<X, typename C::unexpect_t, std::vector<int>>);
    CHECK_FALSE(std::is_constructible_v<X, typename C::template expected<std::string, std::string>>);
    CHECK_FALSE(std::is_constructible_v<X, typename C::template expected<int, std::vector<int>>>);
    CHECK_FALSE(std::is_constructible_v<X, V>);
    CHECK_FALSE(std::is_constructible_v<V, X>);
    CHECK_FALSE(std::is_constructible_v<V, int>);
    CHECK_FALSE(std::is_constructible_v<V, std::in_place_t, int>);
    CHECK_FALSE(std::is_constructible_v<V, typename C::template unexpected<std::vector<int>>>);
    CHECK(std::is_constructible_v<X, std::in_place_t, short>);
    CHECK(std::is_constructible_v<X, typename C::unexpect_t, const char*, int>);
}

TEST_CASE_TEMPLATE("an expected from which the value can be made is not converted by its members", C, CHANNELS) {
    using inner = typename C::template expected<int, error>;
    using outer = typename C::template expected<inner, error>;
    outer nested = inner(C::unexpect, 1, 2);
    REQUIRE(nested.has_value());
    CHECK(nested->error() == error{1, 2});
}

TEST_CASE("an expected bool is converted by value, not by whether it has one") {
    own::expected<bool, long> made = own::expected<bool, int>(false);
    CHECK_FALSE(made.value());
    own::expected<bool, long> failed = own::expected<bool, int>(own::unexpect, 3);
    CHECK_FALSE(failed.has_value());
    CHECK(failed.error() == 3);
    CHECK_FALSE(std::is_constructible_v<own::expected<bool, long>, own::expected<std::string, int>>);
}

// Assignment

template <class C>
constexpr bool assignment_works() {
    using X = typename C::template expected<literal, literal>;
    using unexpected = typename C::template unexpected<literal>;
    using unexpected_int = typename C::template unexpected<int>;
    const X value(1), failure(C::unexpect, 2);
    bool ok = true;

    for (bool starts_with_value : {true, false}) {
        const X start = starts_with_value ? X(10) : X(C::unexpect, 20);

        X x = start;
        x = value;
        ok = ok && x.has_value() && x->id == 1;
        x = start;
        x = failure;
        ok = ok && !x.has_value() && x.error().id == 2;

        x = start;
        X source = value;
        x = std::move(source);
        ok = ok && x->id == 1 && source.has_value() && source->id == -1;
        x = start;
        X failed_source = failure;
        x = std::move(failed_source);
        ok = ok && x.error().id == 2 && !failed_source.has_value() && failed_source.error().id == -1;

        x = start;
        x = literal(3);
        ok = ok && x->id == 3;
        x = start;
        x = 4;
        ok = ok && x->id == 4;
        x = start;
        x = {1, 2, 3};
        ok = ok && x->id == 6;

        x = start;
        x = unexpected(5);
        ok = ok && x.error().id == 5;
        x = start;
        x = unexpected_int(6);
        ok = ok && x.error().id == 6;
        x = start;
        const unexpected carrier(7);
        x = carrier;
        ok = ok && x.error().id == 7;

        x = start;
        ok = ok && &x.emplace(8) == &*x && x->id == 8;
        x = start;
        ok = ok && x.emplace({1, 2}, 3).id == 6 && x.has_value();
        x = start;
        ok = ok && x.emplace().id == 0;
    }
    return ok;
}

TEST_CASE_TEMPLATE("assigning and emplacing replace value or error", C, CHANNELS) {
    static_assert(assignment_works<C>());
    CHECK(assignment_works<C>());
}

template <class C>
constexpr bool void_assignment_works() {
    using X = typename C::template expected<void, literal>;
    using unexpected_int = typename C::template unexpected<int>;
    const X success, failure(C::unexpect, 2);
    bool ok = true;

    for (bool starts_with_value : {true, false}) {
        const X start = starts_with_value ? X() : X(C::unexpect, 20);

        X x = start;
        x = success;
        ok = ok && x.has_value();
        x = start;
        x = failure;
        ok = ok && !x.has_value() && x.error().id == 2;
        x = start;
        X source = failure;
        x = std::move(source);
        ok = ok && x.error().id == 2 && source.error().id == -1;
        x = start;
        x = unexpected_int(3);
        ok = ok && x.error().id == 3;
        x = start;
        const unexpected_int carrier(4);
        x = carrier;
        ok = ok && x.error().id == 4;
        x = start;
        x.emplace();
        ok = ok && x.has_value();
    }
    return ok;
}

TEST_CASE_TEMPLATE("assigning to an expected without value replaces success or error", C, CHANNELS) {
    static_assert(void_assignment_works<C>());
    CHECK(void_assignment_works<C>());
}

template <class X, class... Args>
concept emplaces = requires(X x, Args... args) { x.emplace(std::forward<Args>(args)...); };

TEST_CASE_TEMPLATE("an assignment is only available if value or error can be assigned", C, CHANNELS) {
    using X = typename C::template expected<int, std::string>;
    CHECK(std::is_assignable_v<X&, short>);
    CHECK_FALSE(std::is_assignable_v<X&, std::vector<int>>);
    CHECK_FALSE(std::is_assignable_v<X&, typename C::template unexpected<std::vector<int>>>);
    CHECK_FALSE(std::is_assignable_v<typename C::template expected<const int, error>&, int>);
    CHECK_FALSE(std::is_copy_assignable_v<typename C::template expected<const int, error>>);

    using text = typename C::template expected<std::string, error>;
    CHECK(emplaces<X&, int>);
    CHECK_FALSE(emplaces<X&, std::string>);
    CHECK_FALSE(emplaces<text&, const char*>);  // could throw
    CHECK(emplaces<text&, std::string>);
}

TEST_CASE_TEMPLATE("assigning a value to a value assigns and neither makes nor destroys one", C, CHANNELS) {
    typename C::template expected<counted_value, counted_error> x(1);
    const auto y = x;
    reset_counts();
    x = y;
    CHECK(counted_value::assignments == 1);
    CHECK(counted_value::constructions == 0);
    CHECK(counted_value::destructions == 0);
    CHECK(counted_error::constructions == 0);
}

TEST_CASE_TEMPLATE("assigning an error to an error assigns and neither makes nor destroys one", C, CHANNELS) {
    typename C::template expected<counted_value, counted_error> x(C::unexpect, 1);
    const auto y = x;
    reset_counts();
    x = y;
    CHECK(counted_error::assignments == 1);
    CHECK(counted_error::constructions == 0);
    CHECK(counted_error::destructions == 0);
    CHECK(counted_value::constructions == 0);
}

TEST_CASE_TEMPLATE("assigning an error to a value destroys the value once", C, CHANNELS) {
    typename C::template expected<counted_value, counted_error> x(1);
    const decltype(x) y(C::unexpect, 2);
    reset_counts();
    x = y;
    CHECK(counted_value::destructions == 1);
    CHECK(counted_value::constructions == 0);
    CHECK(counted_error::constructions == 1);
    CHECK(counted_error::destructions == 0);
    CHECK(x.error().id == 2);
}

TEST_CASE_TEMPLATE("assigning a value to an error destroys the error once", C, CHANNELS) {
    typename C::template expected<counted_value, counted_error> x(C::unexpect, 1);
    const decltype(x) y(2);
    reset_counts();
    x = y;
    CHECK(counted_error::destructions == 1);
    CHECK(counted_error::constructions == 0);
    CHECK(counted_value::constructions == 1);
    CHECK(counted_value::destructions == 0);
    CHECK(x->id == 2);
}

TEST_CASE_TEMPLATE("assigning an expected to itself keeps it", C, CHANNELS) {
    typename C::template expected<std::string, int> value("kept"), failed(C::unexpect, 3);
    auto& same_value = value;
    auto& same_error = failed;
    value = same_value;
    failed = same_error;
    CHECK(value.value() == "kept");
    CHECK(failed.error() == 3);
}

TEST_CASE_TEMPLATE("every constructed object is destroyed", C, CHANNELS) {
    reset_counts();
    {
        using X = typename C::template expected<counted_value, counted_error>;
        X a(1), b(C::unexpect, 2), c = a, d = std::move(b);
        a = d;
        d = c;
        c = typename C::template unexpected<counted_error>(3);
        a.emplace(4);
        a.emplace(5);
        a.swap(c);
        swap(a, d);
        CHECK(counted_value::constructions > counted_value::destructions);
        CHECK(counted_error::constructions > counted_error::destructions);
    }
    CHECK(counted_value::constructions == counted_value::destructions);
    CHECK(counted_error::constructions == counted_error::destructions);
    reset_counts();
    {
        using X = typename C::template expected<void, counted_error>;
        X a, b(C::unexpect, 2), c = b;
        a = b;
        b.emplace();
        swap(b, c);
        a = typename C::template unexpected<counted_error>(3);
        a = X();
        CHECK(counted_error::constructions > counted_error::destructions);
    }
    CHECK(counted_error::constructions == counted_error::destructions);
}

// Swap

template <class C>
constexpr bool swap_works() {
    using X = typename C::template expected<literal, literal>;
    X a(1), b(2), c(C::unexpect, 3), d(C::unexpect, 4);
    a.swap(b);
    bool ok = a->id == 2 && b->id == 1;
    c.swap(d);
    ok = ok && c.error().id == 4 && d.error().id == 3;
    a.swap(c);
    ok = ok && !a.has_value() && a.error().id == 4 && c.has_value() && c->id == 2;
    a.swap(c);
    ok = ok && a.has_value() && a->id == 2 && !c.has_value() && c.error().id == 4;
    swap(b, d);
    ok = ok && b.error().id == 3 && d->id == 1;

    using V = typename C::template expected<void, literal>;
    V v, w, e(C::unexpect, 5), f(C::unexpect, 6);
    v.swap(w);
    ok = ok && v.has_value() && w.has_value();
    e.swap(f);
    ok = ok && e.error().id == 6 && f.error().id == 5;
    v.swap(e);
    ok = ok && v.error().id == 6 && e.has_value();
    v.swap(e);
    ok = ok && v.has_value() && e.error().id == 6;
    swap(w, f);
    return ok && w.error().id == 5 && f.has_value();
}

TEST_CASE_TEMPLATE("swapping exchanges value and error in all four combinations", C, CHANNELS) {
    static_assert(swap_works<C>());
    CHECK(swap_works<C>());
}

// Observers

template <class C>
constexpr bool observers_work() {
    using X = typename C::template expected<literal, literal>;
    X value(1), failed(C::unexpect, 2);
    bool ok = value && !failed && value.has_value() && !failed.has_value();

    value->id = 3;
    ok = ok && (*value).id == 3 && value.value().id == 3 && std::as_const(value)->id == 3 &&
         std::as_const(value).value().id == 3 && (*std::as_const(value)).id == 3;
    failed.error().id = 4;
    ok = ok && std::as_const(failed).error().id == 4;

    ok = ok && value.value_or(9).id == 3 && failed.value_or(9).id == 9;
    literal out = std::move(value).value_or(9);
    ok = ok && out.id == 3 && value->id == -1 && std::move(failed).value_or(9).id == 9 && failed.error().id == 4;

    literal taken = std::move(failed).error();
    ok = ok && taken.id == 4 && failed.error().id == -1;

    X other(5);
    literal by_star = *std::move(other);
    ok = ok && by_star.id == 5 && other->id == -1;
    other = 6;
    literal by_value = std::move(other).value();
    ok = ok && by_value.id == 6 && other->id == -1;

    typename C::template expected<void, literal> success;
    success.value();
    std::move(success).value();
    *success;
    return ok && success;
}

TEST_CASE_TEMPLATE("observers return value and error", C, CHANNELS) {
    static_assert(observers_work<C>());
    CHECK(observers_work<C>());
}

TEST_CASE_TEMPLATE("observers keep constness and value category", C, CHANNELS) {
    using X = typename C::template expected<int, long>;
    CHECK(std::is_same_v<decltype(*std::declval<X&>()), int&>);
    CHECK(std::is_same_v<decltype(*std::declval<const X&>()), const int&>);
    CHECK(std::is_same_v<decltype(*std::declval<X>()), int&&>);
    CHECK(std::is_same_v<decltype(*std::declval<const X>()), const int&&>);
    CHECK(std::is_same_v<decltype(std::declval<X&>().value()), int&>);
    CHECK(std::is_same_v<decltype(std::declval<const X&>().value()), const int&>);
    CHECK(std::is_same_v<decltype(std::declval<X>().value()), int&&>);
    CHECK(std::is_same_v<decltype(std::declval<const X>().value()), const int&&>);
    CHECK(std::is_same_v<decltype(std::declval<X&>().error()), long&>);
    CHECK(std::is_same_v<decltype(std::declval<const X&>().error()), const long&>);
    CHECK(std::is_same_v<decltype(std::declval<X>().error()), long&&>);
    CHECK(std::is_same_v<decltype(std::declval<const X>().error()), const long&&>);
    CHECK(std::is_same_v<decltype(std::declval<X&>().operator->()), int*>);
    CHECK(std::is_same_v<decltype(std::declval<const X&>().operator->()), const int*>);
    CHECK(noexcept(*std::declval<X&>()));
    CHECK(noexcept(std::declval<X&>().error()));
    CHECK(noexcept(std::declval<X&>().has_value()));
    CHECK_FALSE(std::is_convertible_v<X, bool>);

    using V = typename C::template expected<void, long>;
    CHECK(std::is_void_v<decltype(*std::declval<V&>())>);
    CHECK(std::is_void_v<decltype(std::declval<V&>().value())>);
    CHECK(std::is_same_v<decltype(std::declval<V&>().error()), long&>);
    CHECK(std::is_same_v<decltype(std::declval<const V&>().error()), const long&>);
    CHECK(std::is_same_v<decltype(std::declval<V>().error()), long&&>);
    CHECK(std::is_same_v<decltype(std::declval<const V>().error()), const long&&>);

    CHECK(std::is_same_v<typename X::value_type, int>);
    CHECK(std::is_same_v<typename X::error_type, long>);
    CHECK(std::is_same_v<typename X::unexpected_type, typename C::template unexpected<long>>);
    CHECK(std::is_same_v<typename X::template rebind<char>, typename C::template expected<char, long>>);
    CHECK(std::is_same_v<typename V::template rebind<char>, typename C::template expected<char, long>>);
}

TEST_CASE_TEMPLATE("a const value can be read and replaced by emplace", C, CHANNELS) {
    typename C::template expected<const int, error> x(C::unexpect, 1, 2);
    x.emplace(3);
    CHECK(*x == 3);
    x.emplace(4);
    const auto copy = x;
    CHECK(*copy == 4);
}

template <class C>
constexpr bool error_or_works() {
    using X = typename C::template expected<int, literal>;
    using V = typename C::template expected<void, literal>;
    X value(1), failed(C::unexpect, 2);
    V success, failure(C::unexpect, 3);
    bool ok = value.error_or(9).id == 9 && failed.error_or(9).id == 2 && success.error_or(9).id == 9 &&
              failure.error_or(9).id == 3;
    literal out = std::move(failed).error_or(9), void_out = std::move(failure).error_or(9);
    ok = ok && out.id == 2 && failed.error().id == -1 && void_out.id == 3 && failure.error().id == -1;
    return ok && std::move(value).error_or(8).id == 8 && std::move(success).error_or(8).id == 8;
}

TEST_CASE_TEMPLATE("error_or returns the error or the fallback", C, MONADIC_CHANNELS) {
    static_assert(error_or_works<C>());
    CHECK(error_or_works<C>());
}

// Comparison

template <class C>
constexpr bool comparison_works() {
    using X = typename C::template expected<int, literal>;
    using Y = typename C::template expected<long, int>;
    using unexpected = typename C::template unexpected<int>;
    const X one(1), two(2), failed_one(C::unexpect, 1), failed_two(C::unexpect, 2);

    bool ok = one == X(1) && one != two && one != failed_one && failed_one != one && failed_one != failed_two &&
              failed_one == X(C::unexpect, 1);
    ok = ok && one == Y(1) && two != Y(1) && failed_one == Y(C::unexpect, 1) && failed_one != Y(1);
    ok = ok && one == 1 && 1 == one && one != 2 && 2L != one && failed_one != 1;
    ok = ok && failed_one == unexpected(1) && unexpected(1) == failed_one && failed_one != unexpected(2) &&
         one != unexpected(1);

    using V = typename C::template expected<void, literal>;
    using W = typename C::template expected<const void, int>;
    const V success, failure(C::unexpect, 1);
    ok = ok && success == V() && success != failure && failure == V(C::unexpect, 1) && failure != V(C::unexpect, 2);
    ok = ok && success == W() && failure == W(C::unexpect, 1) && failure != W();
    return ok && failure == unexpected(1) && failure != unexpected(2) && success != unexpected(1) &&
           unexpected(1) == failure;
}

TEST_CASE_TEMPLATE("two expected are equal if their states, and values or errors, are equal", C, CHANNELS) {
    static_assert(comparison_works<C>());
    CHECK(comparison_works<C>());
}

// Monadic operations

template <class C>
constexpr bool monadic_works() {
    using X = typename C::template expected<int, literal>;
    using V = typename C::template expected<void, literal>;
    using T = typename C::template expected<long, literal>;
    using G = typename C::template expected<int, long>;
    using VG = typename C::template expected<void, long>;

    const X value(1), failed(C::unexpect, 2);
    const V success, failure(C::unexpect, 3);
    bool ok = true;

    auto halve = [](int i) { return i % 2 == 0 ? T(i / 2) : T(C::unexpect, i); };
    ok = ok && value.and_then(halve) == T(C::unexpect, 1) && X(8).and_then(halve) == 4L &&
         failed.and_then(halve) == T(C::unexpect, 2);
    auto seven = [] { return T(7); };
    ok = ok && success.and_then(seven) == 7L && failure.and_then(seven) == T(C::unexpect, 3);
    auto drop = [](int) { return V(); };
    ok = ok && value.and_then(drop) == V() && failed.and_then(drop) == V(C::unexpect, 2);

    auto recover = [](const literal& e) { return e.id == 2 ? G(20) : G(C::unexpect, e.id); };
    ok = ok && value.or_else(recover) == 1 && failed.or_else(recover) == 20 &&
         X(C::unexpect, 5).or_else(recover) == G(C::unexpect, 5);
    auto forgive = [](const literal& e) { return e.id == 3 ? VG() : VG(C::unexpect, e.id); };
    ok = ok && success.or_else(forgive) == VG() && failure.or_else(forgive) == VG() &&
         V(C::unexpect, 4).or_else(forgive) == VG(C::unexpect, 4);

    ok = ok && value.transform([](int i) { return i + 1L; }) == T(2) &&
         failed.transform([](int i) { return i + 1L; }) == T(C::unexpect, 2);
    auto five = [] { return 5L; };
    ok = ok && success.transform(five) == T(5) && failure.transform(five) == T(C::unexpect, 3);

    auto widen = [](const literal& e) { return e.id * 10L; };
    ok = ok && value.transform_error(widen) == G(1) && failed.transform_error(widen) == G(C::unexpect, 20);
    ok = ok && success.transform_error(widen) == VG() && failure.transform_error(widen) == VG(C::unexpect, 30);

    int calls = 0;
    auto count = [&](auto&&...) { ++calls; };
    ok = ok && value.transform(count) == V() && failed.transform(count) == V(C::unexpect, 2) && calls == 1;
    return ok && success.transform(count) == V() && failure.transform(count) == V(C::unexpect, 3) && calls == 2;
}

TEST_CASE_TEMPLATE("monadic operations call the function in one state and pass on the other", C, MONADIC_CHANNELS) {
    static_assert(monadic_works<C>());
    CHECK(monadic_works<C>());
}

template <class C, class T>
constexpr bool value_categories_survive() {
    using X = typename C::template expected<T, int>;
    X x(std::in_place, 1);
    const X& c = x;
    auto seen = []<class A>(A&&) { return category_of<A&&>(); };
    auto chained = [&](auto&& a) {
        return typename C::template expected<int, int>(seen(std::forward<decltype(a)>(a)));
    };

    bool ok = x.transform(seen) == lvalue && c.transform(seen) == const_lvalue &&
              std::move(x).transform(seen) == rvalue && std::move(c).transform(seen) == const_rvalue;
    return ok && x.and_then(chained) == lvalue && c.and_then(chained) == const_lvalue &&
           std::move(x).and_then(chained) == rvalue && std::move(c).and_then(chained) == const_rvalue;
}

template <class C, class T>
constexpr bool error_categories_survive() {
    using X = typename C::template expected<T, int>;
    X x(C::unexpect, 1);
    const X& c = x;
    auto seen = []<class A>(A&&) { return category_of<A&&>(); };
    auto chained = [&](auto&& a) {
        return typename C::template expected<T, int>(C::unexpect, seen(std::forward<decltype(a)>(a)));
    };

    bool ok = x.transform_error(seen).error() == lvalue && c.transform_error(seen).error() == const_lvalue &&
              std::move(x).transform_error(seen).error() == rvalue &&
              std::move(c).transform_error(seen).error() == const_rvalue;
    return ok && x.or_else(chained).error() == lvalue && c.or_else(chained).error() == const_lvalue &&
           std::move(x).or_else(chained).error() == rvalue && std::move(c).or_else(chained).error() == const_rvalue;
}

TEST_CASE_TEMPLATE("monadic operations pass value and error with the qualifiers of the expected", C, MONADIC_CHANNELS) {
    static_assert(value_categories_survive<C, int>());
    static_assert(error_categories_survive<C, int>());
    static_assert(error_categories_survive<C, void>());
    CHECK(value_categories_survive<C, int>());
    CHECK(error_categories_survive<C, int>());
    CHECK(error_categories_survive<C, void>());
}

template <class C>
constexpr bool passing_on_keeps_the_category() {
    using X = typename C::template expected<literal, literal>;
    using V = typename C::template expected<void, literal>;
    auto succeed = [](auto&&...) { return V(); };
    auto fail = [](auto&&...) { return X(C::unexpect, 0); };
    auto nought = [](auto&&...) { return 0; };

    X error(C::unexpect, 1);
    V void_error(C::unexpect, 2);
    bool ok = error.and_then(succeed).error().id == 1 && error.transform(nought).error().id == 1 &&
              void_error.and_then(succeed).error().id == 2 && void_error.transform(nought).error().id == 2 &&
              std::move(std::as_const(error)).and_then(succeed).error().id == 1 &&
              std::move(std::as_const(void_error)).transform(nought).error().id == 2;
    ok = ok && error.error().id == 1 && void_error.error().id == 2;
    ok = ok && std::move(error).and_then(succeed).error().id == 1 && error.error().id == -1;
    ok = ok && std::move(void_error).transform(nought).error().id == 2 && void_error.error().id == -1;

    X value(3);
    ok = ok && value.or_else(fail)->id == 3 && value.transform_error(nought)->id == 3 && value->id == 3;
    ok = ok && std::move(std::as_const(value)).or_else(fail)->id == 3 && value->id == 3;
    ok = ok && std::move(value).or_else(fail)->id == 3 && value->id == -1;
    value = 4;
    return ok && std::move(value).transform_error(nought)->id == 4 && value->id == -1;
}

TEST_CASE_TEMPLATE("a monadic operation moves only out of an rvalue", C, MONADIC_CHANNELS) {
    static_assert(passing_on_keeps_the_category<C>());
    CHECK(passing_on_keeps_the_category<C>());
}

template <class C>
constexpr bool move_only_works() {
    using X = typename C::template expected<move_only, move_only>;
    using V = typename C::template expected<void, move_only>;
    auto pass = [](move_only m) { return m; };
    auto again = [](move_only m) { return X(std::in_place, std::move(m)); };
    auto fail = [](move_only m) { return X(C::unexpect, std::move(m)); };

    bool ok = X(std::in_place, 1).transform(pass)->id == 1 && X(std::in_place, 1).and_then(again)->id == 1 &&
              X(std::in_place, 1).or_else(fail)->id == 1 && X(std::in_place, 1).transform_error(pass)->id == 1;
    ok = ok && X(C::unexpect, 2).transform(pass).error().id == 2 && X(C::unexpect, 2).and_then(again).error().id == 2 &&
         X(C::unexpect, 2).or_else(fail).error().id == 2 && X(C::unexpect, 2).transform_error(pass).error().id == 2;
    ok = ok && X(std::in_place, 1).transform([](move_only) {}).has_value();
    return ok && V(C::unexpect, 3).transform([] { return 1; }).error().id == 3 && V().transform([] {}).has_value() &&
           V().and_then([] { return X(std::in_place, 4); })->id == 4;
}

TEST_CASE_TEMPLATE("monadic operations work with move-only types", C, MONADIC_CHANNELS) {
    static_assert(move_only_works<C>());
    CHECK(move_only_works<C>());
}

struct to_zero {
    int operator()(const move_only&) const { return 0; }
};

template <class X>
concept transforms = requires(X x) { std::forward<X>(x).transform(to_zero()); };

template <class X>
concept recovers = requires(X x) { std::forward<X>(x).transform_error(to_zero()); };

TEST_CASE_TEMPLATE("monadic operations on an lvalue need a copyable state to pass on", C, MONADIC_CHANNELS) {
    using X = typename C::template expected<move_only, move_only>;
    CHECK(transforms<X>);
    CHECK_FALSE(transforms<X&>);
    CHECK(recovers<X>);
    CHECK_FALSE(recovers<X&>);
}

TEST_CASE_TEMPLATE("transform can return a type that cannot be moved", C, MONADIC_CHANNELS) {
    using X = typename C::template expected<int, int>;
    CHECK(X(1).transform([](int i) { return immovable(i); })->id == 1);
    CHECK(X(C::unexpect, 2).transform_error([](int i) { return immovable(i); }).error().id == 2);
    using V = typename C::template expected<void, int>;
    CHECK(V().transform([] { return immovable(3); })->id == 3);
    CHECK(V(C::unexpect, 4).transform_error([](int i) { return immovable(i); }).error().id == 4);
}

template <class C>
struct with_members {
    using result = typename C::template expected<int, int>;
    result field = 5;
    constexpr result chained() const { return *field + 1; }
    constexpr int plain() const { return *field + 2; }
};

template <class C>
constexpr bool member_pointers_work() {
    using object = with_members<C>;
    using X = typename C::template expected<object, int>;
    X x;
    bool ok = x.and_then(&object::field) == 5 && X().and_then(&object::field) == 5 &&
              x.and_then(&object::chained) == 6 && x.transform(&object::plain) == 7;

    using E = typename C::template expected<int, object>;
    const E e(C::unexpect);
    ok = ok && e.or_else(&object::field) == 5 && e.or_else(&object::chained) == 6 &&
         e.transform_error(&object::plain).error() == 7;

    object pointee;
    const typename C::template expected<object*, int> pointer(&pointee);
    const typename C::template expected<std::reference_wrapper<object>, int> reference(pointee);
    return ok && pointer.and_then(&object::field) == 5 && pointer.transform(&object::plain) == 7 &&
           reference.and_then(&object::field) == 5 && reference.transform(&object::plain) == 7;
}

TEST_CASE_TEMPLATE("monadic operations accept pointers to members", C, MONADIC_CHANNELS) {
    static_assert(member_pointers_work<C>());
    CHECK(member_pointers_work<C>());

    using object = with_members<C>;
    const typename C::template expected<std::unique_ptr<object>, int> smart(std::make_unique<object>());
    CHECK(smart.transform(&object::plain) == 7);
}

// Exceptions

#if KEYWAY_HAS_EXCEPTIONS

TEST_CASE_TEMPLATE("value() of an error throws that error", C, CHANNELS) {
    using bad = typename C::template bad_access<int>;
    typename C::template expected<std::string, int> x(C::unexpect, 2);
    CHECK_THROWS_AS(static_cast<void>(x.value()), bad);
    CHECK_THROWS_AS(static_cast<void>(std::as_const(x).value()), bad);
    CHECK_THROWS_AS(static_cast<void>(std::move(x).value()), bad);
    CHECK_THROWS_AS(static_cast<void>(std::move(std::as_const(x)).value()), bad);

    typename C::template expected<void, int> v(C::unexpect, 2);
    CHECK_THROWS_AS(v.value(), bad);
    CHECK_THROWS_AS(std::move(v).value(), bad);

    bool caught = false;
    try {
        static_cast<void>(x.value());
    } catch (const bad& e) {
        caught = e.error() == 2;
    }
    CHECK(caught);
}

TEST_CASE_TEMPLATE("value() moves the error out of an rvalue only", C, CHANNELS) {
    using bad = typename C::template bad_access<literal>;
    typename C::template expected<int, literal> x(C::unexpect, 2);
    typename C::template expected<void, literal> v(C::unexpect, 3);
    CHECK_THROWS_AS(static_cast<void>(x.value()), bad);
    CHECK_THROWS_AS(v.value(), bad);
    CHECK(x.error().id == 2);
    CHECK(v.error().id == 3);
    CHECK_THROWS_AS(static_cast<void>(std::move(x).value()), bad);
    CHECK_THROWS_AS(std::move(v).value(), bad);
    CHECK(x.error().id == -1);
    CHECK(v.error().id == -1);
}

TEST_CASE_TEMPLATE("every bad_expected_access has a common base", C, CHANNELS) {
    using bad = typename C::template bad_access<int>;
    CHECK(std::is_base_of_v<std::exception, typename C::template bad_access<void>>);
    CHECK(std::is_base_of_v<typename C::template bad_access<void>, bad>);
    CHECK_FALSE(std::is_convertible_v<int, bad>);
    CHECK_FALSE(std::is_default_constructible_v<typename C::template bad_access<void>>);
    CHECK(std::is_same_v<decltype(std::declval<bad&>().error()), int&>);
    CHECK(std::is_same_v<decltype(std::declval<const bad&>().error()), const int&>);
    CHECK(std::is_same_v<decltype(std::declval<bad>().error()), int&&>);
    CHECK(std::is_same_v<decltype(std::declval<const bad>().error()), const int&&>);

    typename C::template expected<int, int> x(C::unexpect, 2);
    bool caught = false;
    try {
        static_cast<void>(x.value());
    } catch (const typename C::template bad_access<void>& e) {
        caught = std::string(e.what()).size() > 0;
    }
    CHECK(caught);
}

struct blown {};

// Copying throws while the fuse is lit, and so does moving unless it is noexcept.
template <class Tag, bool NothrowMove>
struct fragile {
    static inline bool fuse = false;
    static inline int alive = 0;
    int id;

    fragile(int i) : id(i) {
        if (fuse) throw blown{};
        ++alive;
    }
    fragile(const fragile& other) : fragile(other.id) {}
    fragile(fragile&& other) noexcept(NothrowMove) : id(other.id) {
        if constexpr (!NothrowMove) {
            if (fuse) throw blown{};
        }
        other.id = -1;
        ++alive;
    }
    fragile& operator=(const fragile&) = default;
    ~fragile() { --alive; }
};

using steady_value = fragile<value_tag, true>;
using shaky_value = fragile<value_tag, false>;
using steady_error = fragile<error_tag, true>;
using shaky_error = fragile<error_tag, false>;

template <class T>
struct lit_fuse {
    lit_fuse() { T::fuse = true; }
    lit_fuse(const lit_fuse&) = delete;
    lit_fuse& operator=(const lit_fuse&) = delete;
    ~lit_fuse() { T::fuse = false; }
};

template <class C, class T, class E>
void check_failed_error_keeps_value() {
    {
        using X = typename C::template expected<T, E>;
        X x(1);
        X y(C::unexpect, 2);
        const typename C::template unexpected<E> carrier(3);
        const lit_fuse<E> lit;
        CHECK_THROWS_AS(x = y, blown);
        REQUIRE(x.has_value());
        CHECK(x->id == 1);
        CHECK_THROWS_AS(x = carrier, blown);
        REQUIRE(x.has_value());
        CHECK(x->id == 1);
        if constexpr (!std::is_nothrow_move_constructible_v<E>) {
            CHECK_THROWS_AS(x = std::move(y), blown);
            REQUIRE(x.has_value());
            CHECK(x->id == 1);
        }
        REQUIRE_FALSE(y.has_value());
        CHECK(y.error().id == 2);
    }
    CHECK(T::alive == 0);
    CHECK(E::alive == 0);
}

TEST_CASE_TEMPLATE("the value is kept if the error cannot be constructed", C, CHANNELS) {
    check_failed_error_keeps_value<C, steady_value, steady_error>();
    check_failed_error_keeps_value<C, shaky_value, steady_error>();
    check_failed_error_keeps_value<C, steady_value, shaky_error>();
}

template <class C, class T, class E>
void check_failed_value_keeps_error() {
    {
        using X = typename C::template expected<T, E>;
        X x(C::unexpect, 1);
        X y(2);
        const T plain(3);
        const lit_fuse<T> lit;
        CHECK_THROWS_AS(x = y, blown);
        REQUIRE_FALSE(x.has_value());
        CHECK(x.error().id == 1);
        CHECK_THROWS_AS(x = plain, blown);
        CHECK_THROWS_AS(x = 4, blown);
        REQUIRE_FALSE(x.has_value());
        CHECK(x.error().id == 1);
        if constexpr (!std::is_nothrow_move_constructible_v<T>) {
            CHECK_THROWS_AS(x = std::move(y), blown);
            REQUIRE_FALSE(x.has_value());
            CHECK(x.error().id == 1);
        }
        REQUIRE(y.has_value());
        CHECK(y->id == 2);
    }
    CHECK(T::alive == 0);
    CHECK(E::alive == 0);
}

TEST_CASE_TEMPLATE("the error is kept if the value cannot be constructed", C, CHANNELS) {
    check_failed_value_keeps_error<C, steady_value, steady_error>();
    check_failed_value_keeps_error<C, steady_value, shaky_error>();
    check_failed_value_keeps_error<C, shaky_value, steady_error>();
}

template <class C, class T, class E>
void check_assignment_between_states() {
    {
        using X = typename C::template expected<T, E>;
        const X value(1);
        const X failed(C::unexpect, 2);
        X x = value;
        x = failed;
        REQUIRE_FALSE(x.has_value());
        CHECK(x.error().id == 2);
        CHECK(T::alive == 1);
        CHECK(E::alive == 2);
        x = value;
        REQUIRE(x.has_value());
        CHECK(x->id == 1);
        CHECK(T::alive == 2);
        CHECK(E::alive == 1);
    }
    CHECK(T::alive == 0);
    CHECK(E::alive == 0);
}

TEST_CASE_TEMPLATE("a construction that could throw but does not replaces value and error", C, CHANNELS) {
    check_assignment_between_states<C, steady_value, steady_error>();
    check_assignment_between_states<C, shaky_value, steady_error>();
    check_assignment_between_states<C, steady_value, shaky_error>();
}

template <class C, class T, class E, class Shaky>
void check_failed_swap_keeps_both() {
    {
        using X = typename C::template expected<T, E>;
        X x(1);
        X y(C::unexpect, 2);
        const lit_fuse<Shaky> lit;
        CHECK_THROWS_AS(x.swap(y), blown);
        CHECK_THROWS_AS(y.swap(x), blown);
        REQUIRE(x.has_value());
        CHECK(x->id == 1);
        REQUIRE_FALSE(y.has_value());
        CHECK(y.error().id == 2);
    }
    CHECK(T::alive == 0);
    CHECK(E::alive == 0);
}

TEST_CASE_TEMPLATE("a swap whose value cannot be moved keeps both sides", C, CHANNELS) {
    check_failed_swap_keeps_both<C, shaky_value, steady_error, shaky_value>();
}

TEST_CASE("a swap whose error cannot be moved keeps both sides") {
    // Our own only: libstdc++ 12 saves the wrong side's value here.
    check_failed_swap_keeps_both<own_channel, steady_value, shaky_error, shaky_error>();
}

TEST_CASE_TEMPLATE("success is kept if the error cannot be constructed", C, CHANNELS) {
    {
        using X = typename C::template expected<void, shaky_error>;
        X x;
        X y(C::unexpect, 1);
        const typename C::template unexpected<shaky_error> carrier(2);
        const lit_fuse<shaky_error> lit;
        CHECK_THROWS_AS(x = y, blown);
        CHECK_THROWS_AS(x = std::move(y), blown);
        CHECK_THROWS_AS(x = carrier, blown);
        CHECK(x.has_value());
        REQUIRE_FALSE(y.has_value());
        CHECK(y.error().id == 1);
    }
    CHECK(shaky_error::alive == 0);
}

TEST_CASE_TEMPLATE("success is kept if the error cannot be moved in a swap", C, CHANNELS) {
    {
        using X = typename C::template expected<void, shaky_error>;
        X sides[] = {X(), X(C::unexpect, 1)};
        const lit_fuse<shaky_error> lit;
        CHECK_THROWS_AS(sides[0].swap(sides[1]), blown);
        CHECK_THROWS_AS(sides[1].swap(sides[0]), blown);
        CHECK(sides[0].has_value());
        REQUIRE_FALSE(sides[1].has_value());
        CHECK(sides[1].error().id == 1);
    }
    CHECK(shaky_error::alive == 0);
}

TEST_CASE_TEMPLATE("a copy that throws destroys everything it made", C, CHANNELS) {
    {
        using X = typename C::template expected<shaky_value, steady_error>;
        const X x(1);
        const X y(C::unexpect, 2);
        const lit_fuse<shaky_value> lit_value;
        const lit_fuse<steady_error> lit_error;
        CHECK_THROWS_AS(X{x}, blown);
        CHECK_THROWS_AS(X{y}, blown);
        CHECK_THROWS_AS(X(std::in_place, 3), blown);
        CHECK_THROWS_AS(X(C::unexpect, 4), blown);
        CHECK(shaky_value::alive == 1);
        CHECK(steady_error::alive == 1);
    }
    CHECK(shaky_value::alive == 0);
    CHECK(steady_error::alive == 0);
}

#endif

TEST_SUITE_END();

}  // namespace
