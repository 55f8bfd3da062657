// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_MULTICAST_HPP
#define KEYWAY_DETAIL_OS_MULTICAST_HPP

// The interface header of multicast. Both backends supply the same names:
//
//   types      multicast_octet (of IP_MULTICAST_TTL and IP_MULTICAST_LOOP), multicast_interface_v4 (of IP_MULTICAST_IF)
//   addresses  interface_v4(), the value of IP_MULTICAST_IF for an interface
//   groups     join_group(), leave_group(), join_source_group(), leave_source_group(): group and source are native
//              addresses, an interface is given by its index; with 0 the system chooses

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/multicast.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/posix/multicast.hpp>  // IWYU pragma: export
#endif

#endif
