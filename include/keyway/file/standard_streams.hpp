// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_STANDARD_STREAMS_HPP
#define KEYWAY_FILE_STANDARD_STREAMS_HPP

// Views of the streams that the process was started with: files, pipes, a terminal, or nothing (often on Windows: then
// is_open() is false).

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/file.hpp>
#include <keyway/file/file.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Descriptor 0 on POSIX, STD_INPUT_HANDLE on Windows.
[[nodiscard]] inline file_view<access::read> standard_input() noexcept {
    return file_view<access::read>::borrow(detail::os::standard_file(detail::os::standard_stream::input));
}
/// Descriptor 1 on POSIX, STD_OUTPUT_HANDLE on Windows.
[[nodiscard]] inline file_view<access::write> standard_output() noexcept {
    return file_view<access::write>::borrow(detail::os::standard_file(detail::os::standard_stream::output));
}
/// Descriptor 2 on POSIX, STD_ERROR_HANDLE on Windows.
[[nodiscard]] inline file_view<access::write> standard_error() noexcept {
    return file_view<access::write>::borrow(detail::os::standard_file(detail::os::standard_stream::error));
}

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
