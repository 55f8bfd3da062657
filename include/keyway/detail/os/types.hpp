// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_TYPES_HPP
#define KEYWAY_DETAIL_OS_TYPES_HPP

// The types and constants that every backend of the platform layer shares.

#include <array>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

inline constexpr int unknown_protocol = -1;

/// The largest int. <climits> would be 60 lines more.
inline constexpr int max_int = static_cast<int>(~0U >> 1);

/// The name of an option that this system lacks.
inline constexpr int no_option = -1;

/// The kind of a socket, in the numbers of socket(2).
struct socket_kind {
    int domain = 0;
    int type = 0;
    int protocol = unknown_protocol;
    int listening = 0;
};

/// Whether calls of a new socket wait.
enum class io_mode : bool { blocking, non_blocking };

/// Whether a receive removes what it returns from the queue.
enum class receive_mode : bool { consume, peek };

/// The event that a call waits for: data, buffer space, or an error to report.
enum class readiness : std::uint8_t { readable, writable, failed };

// Times are nanoseconds of the monotonic clock, which is always greater than 0. These values have a special meaning:
inline constexpr std::int64_t never = INT64_MAX;
inline constexpr std::int64_t at_once = INT64_MIN;  // one attempt, no waiting
inline constexpr std::int64_t long_ago = 0;

/// The largest number of connection attempts that one call waits for.
inline constexpr std::size_t most_connects = 16;

/// The error of a call whose limit is reached, in place of a native code: ETIMEDOUT is the network's own time-out. No
/// system uses this number.
inline constexpr int limit_reached = -8;

/// The largest number of cancellers of one limit.
inline constexpr std::size_t most_cancellers = 4;

/// A call without a limit: it waits as the socket's mode says.
struct no_limit {};

/// How long a single call may wait, in nanoseconds. The clock is read only if it has to.
struct time_limit {
    std::int64_t nanoseconds = 0;
};

/// The point in time so many nanoseconds after `now`: at_once for 0, long_ago for negative ones, never for too many.
constexpr std::int64_t time_after(std::int64_t nanoseconds, std::int64_t now) noexcept {
    if (nanoseconds <= 0) return nanoseconds == 0 ? at_once : long_ago;
    return nanoseconds < never - now ? now + nanoseconds : never;
}

/// How long a call may wait. The error of a call that the limit ends is limit_reached, or the native code that means
/// ECANCELED if a canceller became readable.
template <class Handle, Handle Invalid>
struct basic_limit {
    std::int64_t until = never;
    std::int64_t spin = 0;    // nanoseconds of attempts before the first sleep
    bool lies_ahead = false;  // `until` has been computed for this call, and need not be compared with the clock
    std::size_t canceller_count = 0;
    std::array<Handle, most_cancellers> cancellers = {Invalid, Invalid, Invalid, Invalid};

    /// Cancellers beyond the maximum are only counted; check_limit() then fails.
    constexpr void add_canceller(Handle handle) noexcept {
        if (canceller_count < most_cancellers) cancellers[canceller_count] = handle;
        ++canceller_count;
    }
    [[nodiscard]] constexpr bool has_cancellers() const noexcept { return canceller_count != 0; }
    /// Whether time alone can end the wait.
    [[nodiscard]] constexpr bool is_timed() const noexcept { return until != never && until != at_once; }
    /// The same cancellers with another time.
    [[nodiscard]] constexpr basic_limit with_time(std::int64_t when) const noexcept {
        basic_limit changed = *this;
        changed.until = when;
        return changed;
    }
};

/// The identity of a file, whatever its path; all zeros is no file.
struct file_identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const file_identity&, const file_identity&) noexcept = default;
};

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
