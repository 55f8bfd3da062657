// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_CONTROL_HPP
#define KEYWAY_DETAIL_OS_CONTROL_HPP

// The door of the room of control messages: send_with_control() and recv_with_control() move them beside the data; the
// rest tells how one lies in its buffer.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/control_windows.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/control_posix.hpp>  // IWYU pragma: export
#endif

#endif
