// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_SYSTEM_HPP
#define KEYWAY_TESTS_SUPPORT_SYSTEM_HPP

// The interface header of the tests' platform layer. The tests themselves do not ask for the operating system; those
// for POSIX only are in files named X.posix.test.cpp. Both backends supply the same names:
//
//   waiting      watchdog (ends a test that hangs), readable(), thread_number, this_thread_number(),
//                wait_until_asleep(), blocks() (whether a connection with nothing to read waits for it)
//   signals      interrupt_self() (SIGINT; false, with a message, if not possible)
//   handles      is_open(), closes_on_exec(), close_behind() (without the owner's knowledge), any_handle() (one that
//                keyway can own), no_socket (an open handle that is not a socket)
//   files        make_directory(), exists(), process_number()
//   differences  bad_handle_error (of a call on an invalid handle), other_family_option_error (of an IPv6 option on an
//                IPv4 socket), max_linger_seconds, tells_unbound_endpoint, reports_true_length (of a truncated
//                message), tells_partial_sends (whether a failed send reports the bytes sent before),
//                listeners_reuse_addresses, is_unavailable() (an error of open() that depends on the machine), codes
//                (native codes and their conditions), under_wine(), transfers_no_buffers(), passes_every_option()

#include <keyway/transport.hpp>

#if KEYWAY_HAS_WINDOWS
#include "support/system_windows.hpp"
#else
#include "support/system_posix.hpp"
#endif

#endif
