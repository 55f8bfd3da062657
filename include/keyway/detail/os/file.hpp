// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_FILE_HPP
#define KEYWAY_DETAIL_OS_FILE_HPP

// The interface header of files, by the rules of <keyway/detail/os.hpp>. Every backend supplies the same names:
//
//   types      native_file; file_kind, opening, origin, standard_stream (the same everywhere)
//   constants  invalid_file
//   files      open_file (with a limit; reports the kind, fails for a directory), close_file, duplicate_file, kind_of_file,
//              allows (whether a file is open for reading or writing), standard_file, make_pipe
//   transfer   read_file and write_file (with a limit), read_file_at, write_file_at, seek_file, file_size, sync_file
//
// Files are close-on-exec, no write raises SIGPIPE, and no byte is translated. Limits are os::no_limit or
// os::wait_limit, the last argument.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/file_types.hpp>  // IWYU pragma: export

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/file.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/posix/file.hpp>  // IWYU pragma: export
#endif

#endif
