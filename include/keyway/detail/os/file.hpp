// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_FILE_HPP
#define KEYWAY_DETAIL_OS_FILE_HPP

// The door of the room of files, by the rules of <keyway/detail/os.hpp>. Every room supplies the same names:
//
//   types      native_file; file_kind, opening, origin, standard_stream (the same everywhere)
//   constants  invalid_file
//   files      open_file (tells the kind, and fails at a directory), close_file, duplicate_file, kind_of_file, allows
//              (whether a file was opened to be read or written so), standard_file, make_pipe
//   transfer   read_file, read_file_at, write_file, write_file_at, seek_file, file_size, sync_file
//
// No child inherits a file, no write raises SIGPIPE, and no byte is translated.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/file_vocabulary.hpp>  // IWYU pragma: export

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/file_windows.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/file_posix.hpp>  // IWYU pragma: export
#endif

#endif
