// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_VOCABULARY_HPP
#define KEYWAY_DETAIL_OS_VOCABULARY_HPP

// What every room tells and is told in the same words.

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

/// Which file a path names.
struct file_identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const file_identity&, const file_identity&) noexcept = default;
};

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
