// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ENDPOINT_HPP
#define KEYWAY_ENDPOINT_HPP

// Endpoints: socket addresses of every family.

// IWYU pragma: begin_exports
#include <keyway/endpoint/any.hpp>
#include <keyway/endpoint/credentials.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/endpoint/unix.hpp>
// IWYU pragma: end_exports

#endif
