// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_SYSTEM_HPP
#define KEYWAY_TESTS_SUPPORT_SYSTEM_HPP

// The door of what the tests need of the operating system beside sockets. The tests themselves do not ask which system
// this is; what runs on POSIX alone is in files named X.posix.test.cpp. Both systems supply the same names:
//
//   waiting      watchdog (ends a test that hangs), readable(), thread_number, this_thread_number(),
//                wait_until_asleep(), blocks() (whether a connection with nothing to read waits for it)
//   signals      interrupt_self() (SIGINT; false, and says why, where it cannot)
//   handles      is_open(), closes_on_exec(), close_behind() (behind the owner's back), any_handle() (one that keyway
//                can own), no_socket (something open that is no socket)
//   files        make_directory(), exists(), process_number()
//   differences  bad_handle_error (of a call on a handle that is not there), other_family_option_error (of an option of
//                IPv6 on an IPv4 socket), max_linger_seconds, tells_unbound_endpoint, tells_true_length (of a message
//                that is cut), tells_partial_sends (how much a send that failed had sent before),
//                listeners_reuse_addresses, is_unavailable() (an error of open() that is the machine's choice), codes
//                (native codes and what they mean), under_wine(), transfers_no_buffers(),
//                passes_every_option()

#include <keyway/transport.hpp>

#if KEYWAY_HAS_WINDOWS
#include "support/system_windows.hpp"
#else
#include "support/system_posix.hpp"
#endif

#endif
