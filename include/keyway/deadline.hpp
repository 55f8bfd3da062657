// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DEADLINE_HPP
#define KEYWAY_DEADLINE_HPP

// A point in time at which waiting ends, on the clock that nobody sets. Durations and time points are taken by their
// shape, so that only programs that have <chrono> pay for it.

#include <compare>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A number of ticks whose length in seconds is a ratio: std::chrono::duration.
template <class D>
concept duration_shape = requires(const D& d) {
    d.count();
    requires std::is_arithmetic_v<decltype(d.count())>;
    requires D::period::num > 0 && D::period::den > 0;
};

/// A point in the time of a clock that can be asked for its own: std::chrono::time_point.
template <class T>
concept time_point_shape = requires(const T& t) {
    { t - T::clock::now() } -> duration_shape;
    { t > T::clock::now() } -> std::convertible_to<bool>;
    T::clock::is_steady;
};

/// The same, of a clock that never jumps: std::chrono::steady_clock.
template <class T>
concept steady_time_point = time_point_shape<T> && T::clock::is_steady;

namespace detail {

constexpr std::int64_t greatest_common_divisor(std::int64_t a, std::int64_t b) noexcept {
    return b == 0 ? a : greatest_common_divisor(b, a % b);
}

/// In nanoseconds, rounded up; what is too long is the longest, and what is not above 0, a NaN too, is as it is told.
template <duration_shape D>
constexpr std::int64_t nanoseconds_in(const D& duration) noexcept {
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t divisor = greatest_common_divisor(second, D::period::den);
    constexpr std::int64_t seconds = D::period::num;
    constexpr std::int64_t den = D::period::den / divisor;
    static_assert(seconds <= INT64_MAX / (second / divisor),
                  "keyway: a tick of this duration is longer than 292 years");
    constexpr std::int64_t num = seconds * (second / divisor);  // a tick is num / den nanoseconds
    const auto ticks = duration.count();
    if constexpr (std::is_floating_point_v<decltype(duration.count())>) {
        const long double exact = static_cast<long double>(ticks) * num / den;
        if (!(exact < static_cast<long double>(INT64_MAX))) return exact > 0 ? INT64_MAX : -1;
        if (exact <= 0) return exact < 0 ? -1 : 0;
        const auto whole = static_cast<std::int64_t>(exact);
        return whole < INT64_MAX && static_cast<long double>(whole) < exact ? whole + 1 : whole;
    } else {
        static_assert(num <= INT64_MAX / den, "keyway: the ratio of this duration is too fine");
        if (ticks <= 0) return ticks < 0 ? -1 : 0;
        constexpr std::uint64_t most = INT64_MAX;
        const auto count = static_cast<std::uint64_t>(ticks);
        const std::uint64_t whole = count / den;
        const std::uint64_t rest = (count % den * num + (den - 1)) / den;
        return whole > (most - rest) / num ? INT64_MAX : static_cast<std::int64_t>(whole * num + rest);
    }
}

}  // namespace detail

/// When an operation has to be over. It is absolute: the same deadline may be handed to several calls, which share the
/// time, and counts for the whole of each.
///
///     conn.recv_exact(header, 5s);                                   // a duration begins here
///     const kw::deadline until = 5s;                                 // or there, for both
///     if (auto head = conn.recv_exact(header, until)) conn.recv_exact(body, until);
///
/// Source: clock_gettime(2), CLOCK_MONOTONIC; QueryPerformanceCounter on Windows.
class deadline {
public:
    /// For ever.
    constexpr deadline() noexcept = default;

    /// After this duration, from now on. Zero makes each call try once and not wait; less than zero has passed. What
    /// overflows is for ever.
    template <duration_shape D>
    deadline(const D& from_now) noexcept : until_(after(detail::nanoseconds_in(from_now))) {}

    /// At this time of a steady clock. A time that is not in the future has passed.
    template <steady_time_point T>
    deadline(const T& at) noexcept
        : until_(at > T::clock::now() ? after(detail::nanoseconds_in(at - T::clock::now())) : detail::os::long_ago) {}

    /// For ever.
    [[nodiscard]] static constexpr deadline never() noexcept { return {}; }
    /// One attempt without waiting: what a duration of zero is.
    [[nodiscard]] static constexpr deadline at_once() noexcept { return deadline(raw{detail::os::at_once}); }

    [[nodiscard]] constexpr bool is_never() const noexcept { return until_ == detail::os::never; }
    [[nodiscard]] constexpr bool is_at_once() const noexcept { return until_ == detail::os::at_once; }
    [[nodiscard]] bool has_passed() const noexcept {
        return !is_never() && !is_at_once() && detail::os::now() >= until_;
    }

    /// In nanoseconds of the monotonic clock.
    [[nodiscard]] constexpr std::int64_t native() const noexcept { return until_; }

    /// Whether it is the same point in time.
    friend constexpr bool operator==(const deadline&, const deadline&) noexcept = default;
    /// Whether it ends the waiting first.
    friend constexpr std::strong_ordering operator<=>(const deadline&, const deadline&) noexcept = default;

    // clang-format off
    template <class N> requires std::is_arithmetic_v<N>
    deadline(N) = KEYWAY_DELETE("a time limit has a unit: write 5s or 500ms (std::chrono_literals)");
    template <time_point_shape T> requires(!steady_time_point<T>)
    deadline(const T&) = KEYWAY_DELETE("this clock can be set: take a time point of std::chrono::steady_clock, or a duration");
    // clang-format on

private:
    struct raw {
        std::int64_t until;
    };
    constexpr explicit deadline(raw native) noexcept : until_(native.until) {}

    static std::int64_t after(std::int64_t nanoseconds) noexcept {
        if (nanoseconds == 0) return detail::os::at_once;
        if (nanoseconds < 0) return detail::os::long_ago;
        const std::int64_t now = detail::os::now();
        return nanoseconds < detail::os::never - now ? now + nanoseconds : detail::os::never;
    }

    std::int64_t until_ = detail::os::never;
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
