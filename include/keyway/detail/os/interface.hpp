// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_INTERFACE_HPP
#define KEYWAY_DETAIL_OS_INTERFACE_HPP

// The interface header of network interfaces. Every backend supplies the same names:
//
//   types      interface_entry (one interface in the system's list), interface_address_entry (one IPv4 or
//              IPv6 address)
//   constants  max_interface_name, and the bits of interface_flags(): interface_up, interface_running,
//              interface_loopback, interface_point_to_point, interface_broadcast, interface_multicast
//   the list   read_interfaces(), free_interfaces(), first_interface(), interface_after(), first_address(),
//              address_after(); null is the end
//   an entry   interface_flags(), interface_index(), copy_interface_name(); is_v4(), copy_address(), prefix_length()
//   look-up    interface_index() of a name, 0 on failure; interface_name() of an index, negative on failure. ENODEV
//              means that there is none.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/interface.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/posix/interface.hpp>  // IWYU pragma: export
#endif

#endif
