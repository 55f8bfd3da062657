// SPDX-License-Identifier: BSL-1.0
#include <keyway/family.hpp>

#include <doctest/doctest.h>

#include <sys/socket.h>

namespace kw = keyway;

static_assert(kw::pairable_family<kw::unix_domain>);
static_assert(kw::family_supports<kw::unix_domain, kw::datagram, kw::no_protocol>);
static_assert(kw::family_supports<kw::unix_domain, kw::seqpacket, kw::no_protocol>);
