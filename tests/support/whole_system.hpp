// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_WHOLE_SYSTEM_HPP
#define KEYWAY_TESTS_SUPPORT_WHOLE_SYSTEM_HPP

// All system headers that a program may use, with all their macros. Independent of keyway.

#if defined(_WIN32)
#include <winsock2.h>
// After <winsock2.h>: else <windows.h> would include <winsock.h>, the sockets of 1993.
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
