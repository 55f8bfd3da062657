// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_COPY_TYPES_HPP
#define KEYWAY_DETAIL_OS_COPY_TYPES_HPP

// The types that every backend of copying shares.

#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/file.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// A source or destination: a stream connection, or a file of some kind.
struct copy_end {
    bool is_connection = false;
    native_handle socket = invalid_handle;
    native_file file = invalid_file;
    file_kind kind = file_kind::other;
};

/// The outcome of one step of a copy; the cause of a failure is in last_error().
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
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
