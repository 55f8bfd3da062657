// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DEADLINE_HPP
#define KEYWAY_DEADLINE_HPP

// A point in time at which waiting ends, on the monotonic clock. Durations and time points are recognized by their shape,
// so that only programs that include <chrono> pay for it.

#include <compare>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

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

/// In nanoseconds, rounded up. Saturates at INT64_MAX; 0 for zero, -1 for negative values and NaN.
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

/// The point in time so many nanoseconds from now.
inline std::int64_t time_after(std::int64_t nanoseconds) noexcept {
    return os::time_after(nanoseconds, nanoseconds > 0 ? os::now() : 0);
}

/// The earlier of two times. A single attempt is not even made where the other time has passed.
inline std::int64_t earlier(std::int64_t a, std::int64_t b) noexcept {
    if (a == os::at_once || b == os::at_once) {
        const std::int64_t other = a == os::at_once ? b : a;
        return other != os::at_once && other != os::never && os::now() >= other ? os::long_ago : os::at_once;
    }
    return a < b ? a : b;
}

}  // namespace detail

/// When an operation has to be over. It is a point in time: several calls that get the same deadline share the time.
///
///     conn.recv_exact(header, 5s);                                   // a duration starts here
///     const kw::deadline until = 5s;                                 // or here, for both calls
///     if (auto head = conn.recv_exact(header, until)) conn.recv_exact(body, until);
///
/// Source: clock_gettime(2), CLOCK_MONOTONIC; QueryPerformanceCounter on Windows.
class deadline {
public:
    /// Never.
    constexpr deadline() noexcept = default;

    /// This long from now. Zero makes each call try once without waiting; a negative duration has passed. A duration too
    /// long to represent means no deadline.
    template <duration_shape D>
    deadline(const D& from_now) noexcept : until_(detail::time_after(detail::nanoseconds_in(from_now))) {}

    /// At this time of a steady clock. A time that is not in the future has passed.
    template <steady_time_point T>
    deadline(const T& at) noexcept
        : until_(at > T::clock::now() ? detail::time_after(detail::nanoseconds_in(at - T::clock::now()))
                                      : detail::os::long_ago) {}

    /// No deadline.
    [[nodiscard]] static constexpr deadline never() noexcept { return {}; }
    /// One attempt without waiting, as a duration of zero.
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
    deadline(N) KEYWAY_DELETE("a limit has a unit: write 5s or 500ms (std::chrono_literals)");
    template <time_point_shape T> requires(!steady_time_point<T>)
    deadline(const T&) KEYWAY_DELETE("this clock can be set: use a time point of std::chrono::steady_clock, or a duration");
    // clang-format on

private:
    struct raw {
        std::int64_t until;
    };
    constexpr explicit deadline(raw native) noexcept : until_(native.until) {}

    std::int64_t until_ = detail::os::never;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
