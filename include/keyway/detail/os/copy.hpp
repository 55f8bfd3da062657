// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_COPY_HPP
#define KEYWAY_DETAIL_OS_COPY_HPP

// The door of the room of copying, by the rules of <keyway/detail/os.hpp>. Every room supplies the same names:
//
//   by the kernel  kernel_copy: a way to copy between two ends, chosen once, and step()
//   by hand        read_from (which leaves what a connection yields in its queue, to be taken off later) and write_to
//
// Whatever may wait takes a limit as its last argument, or none.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/copy_vocabulary.hpp>  // IWYU pragma: export

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/copy_none.hpp>     // IWYU pragma: export
#include <keyway/detail/os/copy_windows.hpp>  // IWYU pragma: export
#elif defined(__linux__)
#include <keyway/detail/os/copy_linux.hpp>  // IWYU pragma: export
#include <keyway/detail/os/copy_posix.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/copy_none.hpp>   // IWYU pragma: export
#include <keyway/detail/os/copy_posix.hpp>  // IWYU pragma: export
#endif

#endif
