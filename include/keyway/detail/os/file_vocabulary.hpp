// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_FILE_VOCABULARY_HPP
#define KEYWAY_DETAIL_OS_FILE_VOCABULARY_HPP

// What every room of files tells and is told in the same words.

#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

/// What an open file is. Pipes are FIFOs too; a standard stream may be a socket.
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

/// What an offset is counted from.
enum class origin : std::uint8_t { start, current, end };

/// The numbers of the standard streams.
enum class standard_stream : std::uint8_t { input, output, error };

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
