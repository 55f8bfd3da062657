// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_CONFIG_HPP
#define KEYWAY_DETAIL_CONFIG_HPP

// The only place that asks about compiler, language mode or operating system. Every KEYWAY_HAS_* is always 0 or 1.

#if defined(_MSVC_LANG)
#define KEYWAY_LANGUAGE _MSVC_LANG
#else
#define KEYWAY_LANGUAGE __cplusplus
#endif

#if KEYWAY_LANGUAGE < 202002L
#error "keyway needs C++20: compile with -std=c++20 or later (MSVC: /std:c++20)"
#endif

#include <version>

// The language mode alone does not choose the error channel: clang before 19 with libstdc++ lacks std::expected in
// C++23 too, and libc++ before 18 keeps its flag in bytes that a constructor of the value may overwrite (LLVM issue
// 68552).
#if defined(__cpp_lib_expected) && !(defined(_LIBCPP_VERSION) && _LIBCPP_VERSION < 180000)
#define KEYWAY_HAS_STD_EXPECTED 1
#else
#define KEYWAY_HAS_STD_EXPECTED 0
#endif

#if defined(__cpp_lib_format)
#define KEYWAY_HAS_STD_FORMAT 1
#else
#define KEYWAY_HAS_STD_FORMAT 0
#endif

#if defined(__cpp_lib_jthread)
#define KEYWAY_HAS_STOP_TOKEN 1
#else
#define KEYWAY_HAS_STOP_TOKEN 0
#endif

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define KEYWAY_HAS_EXCEPTIONS 1
#else
#define KEYWAY_HAS_EXCEPTIONS 0
#endif

#if defined(_WIN32)
#define KEYWAY_HAS_WINDOWS 1
#define KEYWAY_HAS_POSIX 0
#else
#define KEYWAY_HAS_WINDOWS 0
#define KEYWAY_HAS_POSIX 1
#endif

// Features that not every system has. Using one that this system lacks is a compile error that names the systems that
// have it.

#if defined(__linux__)
#define KEYWAY_HAS_ABSTRACT_NAMES 1        // AF_UNIX names outside of the file system
#define KEYWAY_HAS_LISTENER_SHUTDOWN 1     // shutdown() of a listener wakes accept()
#define KEYWAY_HAS_UNIX_CREDENTIALS 1      // SCM_CREDENTIALS and SCM_PIDFD
#define KEYWAY_HAS_ORIGINAL_DESTINATION 1  // IP_ORIGDSTADDR
#define KEYWAY_HAS_TIMESTAMPS 1            // SO_TIMESTAMPNS and SO_TIMESTAMPING
#define KEYWAY_HAS_ERROR_QUEUE 1           // MSG_ERRQUEUE
#define KEYWAY_HAS_ICMP_FILTER 1           // ICMP_FILTER
#define KEYWAY_HAS_MULTICAST_ALL 1         // IP_MULTICAST_ALL, IPV6_MULTICAST_ALL
#else
#define KEYWAY_HAS_ABSTRACT_NAMES 0
#define KEYWAY_HAS_LISTENER_SHUTDOWN 0
#define KEYWAY_HAS_UNIX_CREDENTIALS 0
#define KEYWAY_HAS_ORIGINAL_DESTINATION 0
#define KEYWAY_HAS_TIMESTAMPS 0
#define KEYWAY_HAS_ERROR_QUEUE 0
#define KEYWAY_HAS_ICMP_FILTER 0
#define KEYWAY_HAS_MULTICAST_ALL 0
#endif

#define KEYWAY_HAS_SOCKETPAIR KEYWAY_HAS_POSIX           // socketpair(2)
#define KEYWAY_HAS_REUSE_PORT KEYWAY_HAS_POSIX           // SO_REUSEPORT
#define KEYWAY_HAS_EXCLUSIVE_ADDRESS KEYWAY_HAS_WINDOWS  // SO_EXCLUSIVEADDRUSE
#define KEYWAY_HAS_NON_BLOCKING_QUERY KEYWAY_HAS_POSIX   // the mode of a socket can be read
#define KEYWAY_HAS_ICMPV6_FILTER KEYWAY_HAS_POSIX        // ICMP6_FILTER, RFC 3542
#define KEYWAY_HAS_UNIX_DATAGRAM KEYWAY_HAS_POSIX        // AF_UNIX with SOCK_DGRAM
#define KEYWAY_HAS_SENT_IP_FIELDS KEYWAY_HAS_POSIX       // hop limit and traffic class of a single message

#if defined(__linux__) || defined(_WIN32)
#define KEYWAY_HAS_UDP_SEGMENTS 1  // the kernel splits and merges datagrams
#else
#define KEYWAY_HAS_UDP_SEGMENTS 0
#endif

#if defined(__FreeBSD__) || defined(__OpenBSD__) || defined(__DragonFly__)
#define KEYWAY_HAS_PACKET_INFO 0  // IP_PKTINFO
#else
#define KEYWAY_HAS_PACKET_INFO 1
#endif

#if KEYWAY_HAS_POSIX && !defined(__APPLE__)
#define KEYWAY_HAS_UNIX_SEQPACKET 1  // AF_UNIX with SOCK_SEQPACKET
#else
#define KEYWAY_HAS_UNIX_SEQPACKET 0
#endif

// result<T>, and every class that mentions it, is a different type in each mode. Different names make the linker refuse
// a program whose translation units use different modes.
#if KEYWAY_HAS_STD_EXPECTED
#define KEYWAY_MODE cpp23
#else
#define KEYWAY_MODE cpp20
#endif

// Microsoft's compilers ignore the standard attribute, to stay compatible with old object files.
#if defined(_MSC_VER)
#define KEYWAY_NO_UNIQUE_ADDRESS [[msvc::no_unique_address]]
#else
#define KEYWAY_NO_UNIQUE_ADDRESS [[no_unique_address]]
#endif

// After a parameter, or after the qualifiers of a member function: the result refers to it. Clang and Microsoft's compiler
// warn of a result that outlives a temporary.
#if defined(__clang__)
#define KEYWAY_LIFETIMEBOUND [[clang::lifetimebound]]
#elif defined(_MSC_VER)
#define KEYWAY_LIFETIMEBOUND [[msvc::lifetimebound]]
#else
#define KEYWAY_LIFETIMEBOUND
#endif

// `KEYWAY_DELETE("reason")`, on the same source line as the declaration, deletes a function. Compilers show that line; those
// of C++26 print the reason. Clang would print every other candidate too, so there the function is not deleted but
// unavailable, which `requires` takes for the same. What a class copies itself by has to be deleted, or a class that has it
// as a member would seem to be copyable: there the reason is in a comment, `= delete;  // KEYWAY_DELETE("reason")`.
#if defined(__clang__)
#define KEYWAY_DELETE(reason) __attribute__((unavailable(reason)))
#elif defined(__cpp_deleted_function) && KEYWAY_LANGUAGE > 202302L
#define KEYWAY_DELETE(reason) = delete (reason)
#else
#define KEYWAY_DELETE(reason) = delete
#endif

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// What a KEYWAY_DELETE function would return: not void, so that `auto x = f();` is refused for f() alone, and no type that
/// a concept asks for.
struct refused {};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
