// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_MULTICAST_HPP
#define KEYWAY_DETAIL_OS_MULTICAST_HPP

// The door of the room of multicast. Both systems supply the same names:
//
//   types      multicast_octet (of IP_MULTICAST_TTL and IP_MULTICAST_LOOP), multicast_interface_v4 (of IP_MULTICAST_IF)
//   addresses  interface_v4(), what names an interface to IP_MULTICAST_IF
//   groups     join_group(), leave_group(), join_source_group(), leave_source_group(): group and source are native
//              addresses, an interface goes by its index, 0 lets the system choose
//   constants  multicast_all_v4_option, multicast_all_v6_option (KEYWAY_HAS_MULTICAST_ALL)

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/multicast_windows.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/multicast_posix.hpp>  // IWYU pragma: export
#endif

#endif
