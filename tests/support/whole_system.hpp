// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_WHOLE_SYSTEM_HPP
#define KEYWAY_TESTS_SUPPORT_WHOLE_SYSTEM_HPP

// The system's own headers, all that a program may want and with all the macros they make. Independent of keyway.

#if defined(_WIN32)
#include <winsock2.h>
// After it: <windows.h> would bring the sockets of 1993.
#include <windows.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#endif

#endif
