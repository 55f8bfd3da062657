// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ADDRESS_HPP
#define KEYWAY_ADDRESS_HPP

// Addresses and networks: values, no system calls.

// IWYU pragma: begin_exports
#include <keyway/address/ip.hpp>
#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/address/network.hpp>
// IWYU pragma: end_exports

#endif
