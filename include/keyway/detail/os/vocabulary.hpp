// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_VOCABULARY_HPP
#define KEYWAY_DETAIL_OS_VOCABULARY_HPP

// What every room tells and is told in the same words.

#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

inline constexpr int unknown_protocol = -1;

/// What a descriptor is, in the numbers of socket(2).
struct socket_kind {
    int domain = 0;
    int type = 0;
    int protocol = unknown_protocol;
    int listening = 0;
};

/// Whether a receive takes what it yields off the queue.
enum class take : bool { remove, peek };

/// What a call waits for: something to take, room for more, or an error to be told.
enum class readiness : std::uint8_t { readable, writable, failed };

// Times are nanoseconds of the monotonic clock, which is always past 0; these are none:
inline constexpr std::int64_t never = INT64_MAX;
inline constexpr std::int64_t at_once = INT64_MIN;  // one attempt, no waiting
inline constexpr std::int64_t long_ago = 0;

/// How many connections under way may be waited for at once.
inline constexpr std::size_t most_connects = 16;

/// How long a call may wait. What ends the waiting is found in last_error(): ETIMEDOUT, or ECANCELED where `cancel`
/// became readable.
template <class Handle, Handle Invalid>
struct basic_limit {
    std::int64_t until = never;
    std::int64_t spin = 0;  // nanoseconds of trying before the first sleep
    Handle cancel = Invalid;
};

/// Which file a path names.
struct file_identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const file_identity&, const file_identity&) noexcept = default;
};

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
