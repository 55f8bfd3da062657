// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTIONS_HPP
#define KEYWAY_OPTIONS_HPP

// Every socket option.

// IWYU pragma: begin_exports
#include <keyway/option.hpp>
#include <keyway/option/busy_poll.hpp>
#include <keyway/option/icmp.hpp>
#include <keyway/option/ip.hpp>
#include <keyway/option/multicast.hpp>
#include <keyway/option/packet_filter.hpp>
#include <keyway/option/path_mtu.hpp>
#include <keyway/option/queue.hpp>
#include <keyway/option/raw.hpp>
#include <keyway/option/route.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/option/tcp.hpp>
#include <keyway/option/tcp_info.hpp>
#include <keyway/option/tcp_opening.hpp>
#include <keyway/option/tcp_sending.hpp>
#include <keyway/option/traffic_class.hpp>
#include <keyway/option/udp.hpp>
#include <keyway/option/unix.hpp>
// IWYU pragma: end_exports

#endif
