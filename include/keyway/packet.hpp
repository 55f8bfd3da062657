// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_HPP
#define KEYWAY_PACKET_HPP

// The headers of packets on raw sockets: values, no system calls.

// IWYU pragma: begin_exports
#include <keyway/packet/checksum.hpp>
#include <keyway/packet/error.hpp>
#include <keyway/packet/icmp.hpp>
#include <keyway/packet/icmp_types.hpp>
#include <keyway/packet/ipv4_header.hpp>
#include <keyway/packet/quoted.hpp>
#include <keyway/packet/traffic_class.hpp>
// IWYU pragma: end_exports

#endif
