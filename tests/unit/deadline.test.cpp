// SPDX-License-Identifier: BSL-1.0
#include <keyway/deadline.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>
#include <type_traits>

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using std::chrono::duration;
using std::chrono::steady_clock;

constexpr std::int64_t longest = INT64_MAX;

template <class Rep, class Period = std::ratio<1>>
constexpr std::int64_t nanoseconds(Rep ticks) {
    return kw::detail::nanoseconds_in(duration<Rep, Period>(ticks));
}

TEST_CASE("a duration is rounded up to nanoseconds") {
    CHECK(kw::detail::nanoseconds_in(1ns) == 1);
    CHECK(kw::detail::nanoseconds_in(7us) == 7'000);
    CHECK(kw::detail::nanoseconds_in(1500ms) == 1'500'000'000);
    CHECK(kw::detail::nanoseconds_in(2h) == 7'200'000'000'000);
    CHECK(nanoseconds<std::int64_t, std::pico>(1) == 1);
    CHECK(nanoseconds<std::int64_t, std::pico>(1000) == 1);
    CHECK(nanoseconds<std::int64_t, std::pico>(1001) == 2);
    CHECK(nanoseconds<int, std::ratio<1, 60>>(1) == 16'666'667);
    CHECK(nanoseconds<int, std::ratio<1, 60>>(60) == 1'000'000'000);
    CHECK(nanoseconds<unsigned char>(255) == 255'000'000'000);
    CHECK(nanoseconds<double>(0.25) == 250'000'000);
    CHECK(nanoseconds<float, std::nano>(0.1F) == 1);
}

TEST_CASE("a duration that is too long is the longest") {
    CHECK(nanoseconds<std::int64_t>(longest) == longest);
    CHECK(nanoseconds<std::uint64_t>(UINT64_MAX) == longest);
    CHECK(nanoseconds<std::int64_t, std::nano>(longest) == longest);
    CHECK(nanoseconds<std::int64_t, std::ratio<86400>>(longest) == longest);
    CHECK(nanoseconds<std::int64_t>(9'223'372'036) == 9'223'372'036'000'000'000);
    CHECK(nanoseconds<std::int64_t>(9'223'372'037) == longest);
    CHECK(nanoseconds<double>(1e300) == longest);
    CHECK(nanoseconds<double>(std::numeric_limits<double>::infinity()) == longest);
}

TEST_CASE("a duration that is not positive is zero or negative") {
    CHECK(kw::detail::nanoseconds_in(0s) == 0);
    CHECK(kw::detail::nanoseconds_in(-1ns) < 0);
    CHECK(nanoseconds<std::int64_t>(INT64_MIN) < 0);
    CHECK(nanoseconds<std::int64_t, std::pico>(-1) < 0);
    CHECK(nanoseconds<double>(-1e300) < 0);
    CHECK(nanoseconds<double>(-0.0) == 0);
    CHECK(nanoseconds<double>(-std::numeric_limits<double>::infinity()) < 0);
    CHECK(nanoseconds<double>(std::numeric_limits<double>::quiet_NaN()) < 0);
}

TEST_CASE("a deadline from a duration is that far from now") {
    const std::int64_t before = kw::detail::os::now();
    const kw::deadline until = 5s;
    const std::int64_t after = kw::detail::os::now();
    CHECK(until.native() >= before + 5'000'000'000);
    CHECK(until.native() <= after + 5'000'000'000);
    CHECK_FALSE(until.has_passed());
    CHECK_FALSE(until.is_never());
}

TEST_CASE("the default is never, and so is what overflows") {
    CHECK(kw::deadline().is_never());
    CHECK(kw::deadline::never() == kw::deadline());
    CHECK_FALSE(kw::deadline().has_passed());
    CHECK(kw::deadline(std::chrono::hours::max()).is_never());
    CHECK(kw::deadline(steady_clock::duration::max()).is_never());
    CHECK(kw::deadline(steady_clock::time_point::max()).is_never());
}

TEST_CASE("zero is one attempt, and less than zero has passed") {
    CHECK(kw::deadline(0s).is_at_once());
    CHECK(kw::deadline(0s) == kw::deadline::at_once());
    CHECK_FALSE(kw::deadline(0s).has_passed());
    CHECK(kw::deadline(-1ns).has_passed());
    CHECK(kw::deadline(std::chrono::hours::min()).has_passed());
    CHECK_FALSE(kw::deadline(-1ns).is_at_once());
}

TEST_CASE("a time point counts from its own clock") {
    const auto in_a_minute = steady_clock::now() + 1min;
    const kw::deadline until = in_a_minute;
    const auto left = until.native() - kw::detail::os::now();
    CHECK(left <= 60'000'000'000);
    CHECK(left > 50'000'000'000);
    CHECK(kw::deadline(steady_clock::now()).has_passed());
    CHECK(kw::deadline(steady_clock::now() - 1s).has_passed());
    CHECK(kw::deadline(steady_clock::time_point::min()).has_passed());
}

TEST_CASE("of two deadlines the one that comes first is less") {
    const kw::deadline soon = 1s;
    const kw::deadline late = 2s;
    CHECK(soon < late);
    CHECK(late < kw::deadline::never());
    CHECK(kw::deadline(-1s) < soon);
    CHECK(kw::deadline::at_once() < soon);
}

static_assert(std::is_convertible_v<std::chrono::milliseconds, kw::deadline>);
static_assert(std::is_convertible_v<duration<float>, kw::deadline>);
static_assert(std::is_convertible_v<steady_clock::time_point, kw::deadline>);
static_assert(!std::is_convertible_v<std::chrono::system_clock::time_point, kw::deadline>);
static_assert(!std::is_convertible_v<int, kw::deadline>);
static_assert(!std::is_convertible_v<double, kw::deadline>);
static_assert(sizeof(kw::deadline) == 8 && std::is_trivially_copyable_v<kw::deadline>);
static_assert(!kw::duration_shape<int>);

}  // namespace
