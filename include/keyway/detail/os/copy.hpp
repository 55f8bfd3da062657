// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_COPY_HPP
#define KEYWAY_DETAIL_OS_COPY_HPP

// The interface header of copying, by the rules of <keyway/detail/os.hpp>. Every backend supplies the same names:
//
//   by the kernel  kernel_copy: a way to copy between two ends, chosen once, and step()
//   by hand        read_from (which leaves a connection's data in its queue, to be consumed later) and write_to
//
// Calls that may wait have a limit as their last argument: os::no_limit or os::wait_limit.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/copy_types.hpp>  // IWYU pragma: export

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/bsd/copy.hpp>      // IWYU pragma: export
#include <keyway/detail/os/windows/copy.hpp>  // IWYU pragma: export
#elif defined(__linux__)
#include <keyway/detail/os/linux/copy.hpp>  // IWYU pragma: export
#include <keyway/detail/os/posix/copy.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/bsd/copy.hpp>    // IWYU pragma: export
#include <keyway/detail/os/posix/copy.hpp>  // IWYU pragma: export
#endif

#endif
