// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_CONTROL_HPP
#define KEYWAY_DETAIL_OS_CONTROL_HPP

// The interface header of control messages: send_with_control() and recv_with_control() transfer them beside the data; the
// rest describes their layout in a buffer.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/control.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/posix/control.hpp>  // IWYU pragma: export
#endif

#endif
