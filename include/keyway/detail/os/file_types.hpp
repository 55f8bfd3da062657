// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_FILE_TYPES_HPP
#define KEYWAY_DETAIL_OS_FILE_TYPES_HPP

// The types that every backend of files shares.

#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// The kind of an open file. FIFOs are pipes; a standard stream may be a socket.
enum class file_kind : std::uint8_t { regular, pipe, socket, directory, other };

/// How a file is opened.
struct opening {
    bool read = false;
    bool write = false;
    bool append = false;
    bool create = false;
    bool create_new = false;
    bool truncate = false;
    unsigned permissions = 0;
};

/// The base of an offset.
enum class origin : std::uint8_t { start, current, end };

/// The numbers of the standard streams.
enum class standard_stream : std::uint8_t { input, output, error };

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
