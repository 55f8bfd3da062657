// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_COPY_VOCABULARY_HPP
#define KEYWAY_DETAIL_OS_COPY_VOCABULARY_HPP

// What every room of copying tells and is told in the same words.

#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/file.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

/// Where bytes come from or go to: a stream connection, or a file of some kind.
struct copy_end {
    bool is_connection = false;
    native_handle socket = invalid_handle;
    native_file file = invalid_file;
    file_kind kind = file_kind::other;
};

/// What became of one step of a copy; where it failed, last_error() has the cause.
enum class copy_outcome : std::uint8_t {
    moved,
    ended,
    failed_to_read,
    failed_to_write,
    by_hand,  ///< the kernel does not copy between such ends: read and write
};

struct copy_step {
    copy_outcome outcome;
    std::size_t bytes = 0;
};

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
