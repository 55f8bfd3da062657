// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_PIPE_HPP
#define KEYWAY_FILE_PIPE_HPP

// Pipes between two ends of one program, or of a parent and its child.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/file.hpp>
#include <keyway/error.hpp>
#include <keyway/file/file.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The two ends of a pipe: data written to one is read from the other.
struct pipe_ends {
    file<access::read> read_end;
    file<access::write> write_end;
};

/// A new pipe: `auto [from, to] = *kw::pipe();`. Once the write end is closed, the reader gets the rest of the data and
/// then the end; once the read end is closed, writing fails with broken_pipe.
///
/// Errors: too_many_files_open, too_many_files_open_in_system. Source: pipe(2), O_CLOEXEC.
[[nodiscard]] inline result<pipe_ends> pipe() noexcept {
    detail::os::native_file ends[2];
    if (detail::os::make_pipe(ends) < 0) return detail::last_error(operation::pipe);
    return pipe_ends{file<access::read>::adopt_unchecked(ends[0]), file<access::write>::adopt_unchecked(ends[1])};
}

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
