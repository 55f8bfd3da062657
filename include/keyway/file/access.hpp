// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_ACCESS_HPP
#define KEYWAY_FILE_ACCESS_HPP

// The access that a file is opened for, and the other options of opening it.

#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The access of an open file. `append` writes, always at the current end of the file.
enum class access : std::uint8_t { read, write, read_write, append };

namespace detail {

constexpr bool may_read(access a) noexcept { return a == access::read || a == access::read_write; }
constexpr bool may_write(access a) noexcept { return a != access::read; }

}  // namespace detail

/// How open() opens the file: `{.create = true, .truncate = true}`. By default the file has to exist, and keeps its
/// content.
template <access A>
struct open_options {
    bool create = false;          ///< creates the file if there is none
    bool create_new = false;      ///< creates the file, and fails with file_exists if there is one
    bool truncate = false;        ///< removes the file's content
    unsigned permissions = 0666;  ///< of a new file, less the umask (umask(2)); POSIX only
};

template <>
struct open_options<access::append> {
    bool create = false;          ///< creates the file if there is none
    bool create_new = false;      ///< creates the file, and fails with file_exists if there is one
    unsigned permissions = 0666;  ///< of a new file, less the umask (umask(2)); POSIX only
};

template <>
struct open_options<access::read> {};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
