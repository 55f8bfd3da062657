// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_HPP
#define KEYWAY_DETAIL_OS_HPP

// The interface header of the platform layer. Only the functions of namespace keyway::detail::os make system calls, and
// only the files below detail/os/ ask for the operating system. Every backend (os/posix, with os/linux or os/bsd, and
// os/windows) supplies the same names:
//
//   types      native_handle, address_length, io_buffer (one buffer of a gathered or scattered transfer), linger_value
//              (l_onoff, l_linger), sockaddr_v4, sockaddr_v6, sockaddr_local (the native layouts as structs of bytes),
//              sockaddr_any (aligned bytes that hold any address), socket_kind, message_length, file_identity,
//              receive_mode (consume, peek), readiness (readable, writable, failed), io_mode (blocking, non_blocking: of a new
//              socket), no_limit, wait_limit (until when, how long to spin, which cancellers)
//   constants  invalid_handle, max_backlog, max_local_path, max_linger_seconds, no_family, unknown_protocol, shut_send,
//              shut_receive, shut_both, reuse_address_is_safe, most_connects, most_cancellers; linger_option (a
//              number that differs between systems); never, at_once, long_ago (special times); limit_reached (an error
//              code)
//   addresses  make_address(), set_length(); for transfers make_buffer(), data(), size()
//   errors     last_error(), set_last_error(); condition() (from a native code to the <cerrno> constant that means the
//              same, 0 if there is none) and code_of() (back); describe() (the text of a native code, null if there is
//              none); is_transient_accept_error()
//   linger     expect_linger() (a socket may have SO_LINGER set from now on), may_linger()
//   sockets    open(), pair() (EOPNOTSUPP if the system has none), close(), duplicate(), keep_from_children(), bind(),
//              keep_address_exclusive(), listen(), accept(), connect(), connect_new() (of a
//              socket that open() made in mode_to_connect(); a template, for the protocol), disconnect(), shutdown(), local_name(),
//              peer_name(), get_option(), set_option(), inspect(), set_non_blocking(), is_non_blocking() (only with
//              KEYWAY_HAS_NON_BLOCKING_QUERY); connecting in steps: start_connect(), wait_connect() or wait_connects(),
//              connect_outcome()
//   waiting    now() in nanoseconds, check_limit() (fails if a call must not begin), wait_ready() (until a handle is
//              ready), sleep_briefly(), with_limit<readiness>() (makes a call that waits as a limit says);
//              open_waker(), wake(), reset_waker(): a handle that is readable from wake() to reset_waker()
//   transfer   send(), send_to(), send_gathered(), recv(), recv_scattered(), recv_message(), reports_true_length()
//   files      identify(), unlink_if_same() and process_id(), for the path of a bound local socket
//
// Arguments and results are plain numbers: a function returns the result of the system call, negative (or
// invalid_handle) on failure, and leaves the cause in last_error(). A backend repeats calls that a signal interrupts,
// except close(). Descriptors are created so that no child process inherits them, accepted sockets are blocking, and no
// send raises SIGPIPE.
//
// The last parameter of every function that may wait (accept, connect, transfers) is the limit. With no_limit the call
// waits as the socket's mode says. With a wait_limit it waits until the limit is reached, whatever the mode, and fails
// with limit_reached, or with the native code that means ECANCELED if a canceller ends the wait; the call then had no
// effect. An empty canceller (EBADF) and more than most_cancellers (EINVAL) make it fail before it begins.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/socket.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/posix/socket.hpp>  // IWYU pragma: export
#endif

#endif
