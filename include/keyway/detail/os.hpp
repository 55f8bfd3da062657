// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_HPP
#define KEYWAY_DETAIL_OS_HPP

// The door of the operating system's room. Behind it, in namespace keyway::detail::os, stand the only functions that
// make system calls and the only lines that ask which platform this is. Every room supplies the same names:
//
//   types      native_handle, address_length, io_buffer (one piece of a gathered or scattered transfer), linger_value
//              (l_onoff, l_linger), sockaddr_v4, sockaddr_v6, sockaddr_local (the native layouts as structs of bytes),
//              sockaddr_any (aligned bytes that hold each of them), socket_kind, message_length, take (remove or peek),
//              file_identity, limit (until when, spinning how long, and what cancels)
//   constants  invalid_handle, max_backlog, max_local_path, max_linger_seconds, no_family, unknown_protocol, shut_send,
//              shut_receive, shut_both, reuse_address_is_safe; linger_option, keep_alive_time_option,
//              keep_alive_interval_option, keep_alive_retries_option (the names that differ from system to system)
//   addresses  make_address(), set_length(), and for transfers make_buffer(), data(), size()
//   errors     last_error(), set_last_error(), condition() (native code to the <cerrno> constant that means the same,
//              0 where none does) and code_of() (back), describe() (native code to text, null where there is none),
//              is_transient_accept_error()
//   sockets    open, pair (EOPNOTSUPP where the system has none), close, duplicate, keep_from_children, bind, keep_address_exclusive,
//              listen, accept, connect (in steps: start_connect, await_connect or await_connects, connect_outcome), disconnect, shutdown,
//              local_name, peer_name, get_option, set_option, inspect, is_non_blocking (KEYWAY_HAS_NON_BLOCKING_QUERY),
//              set_non_blocking
//   waiting    now() in nanoseconds, await (a handle that becomes ready), may_begin (whether the limit allows it);
//              open_waker, wake and quiet: a handle that is readable in between
//   transfer   send, send_to, send_gathered, recv, recv_scattered, recv_message, tells_true_length()
//   files      identify(), unlink_if_same() and process_id(), for the path that a bound local socket leaves behind
//
// Numbers go in and numbers come out: a call returns what the system call returns, negative for failure, and leaves the
// cause in last_error(). A call that a signal interrupts is made again inside the room, except close(). Descriptors are
// born so that no child process inherits them, accepted ones block, and no send raises SIGPIPE.
//
// Whatever may wait (accept, connect, transfer) takes a limit as its last argument, or none. What ends the waiting is
// the error that means ETIMEDOUT or ECANCELED, and has changed nothing.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/posix.hpp>  // IWYU pragma: export
#endif

#endif
