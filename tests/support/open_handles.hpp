// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_OPEN_HANDLES_HPP
#define KEYWAY_TESTS_SUPPORT_OPEN_HANDLES_HPP

// The open handles of this process, to find those that a test leaks. Independent of keyway.

#include <map>
#include <string>

#if defined(_WIN32)

#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#include <winsock2.h>

namespace test {

/// Every open socket. The number of the process's handles cannot be used: it changes with threads, and is 0 under Wine.
/// So this checks for every possible handle whether it is a socket. Windows assigns low numbers first, and checking 16
/// 384 numbers lasts less than a millisecond.
inline std::map<unsigned long long, std::string> open_handles() {
    std::map<unsigned long long, std::string> found;
    for (::SOCKET number = 4; number <= 65536; number += 4) {
        int type = 0;
        int size = sizeof(type);
        if (::getsockopt(number, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &size) == 0)
            found[number] = "a socket of type " + std::to_string(type);
    }
    return found;
}

}  // namespace test

#else

#include <dirent.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace test {

/// Every open descriptor and its target in /proc.
inline std::map<unsigned long long, std::string> open_handles() {
    std::map<unsigned long long, std::string> found;
    ::DIR* const directory = ::opendir("/proc/self/fd");
    if (directory == nullptr) throw std::system_error(errno, std::generic_category(), "/proc/self/fd");
    while (const ::dirent* const entry = ::readdir(directory)) {
        const int number = std::atoi(entry->d_name);
        if (entry->d_name[0] == '.' || number == ::dirfd(directory)) continue;
        char target[256] = {};
        const std::string link = std::string("/proc/self/fd/") + entry->d_name;
        if (::readlink(link.c_str(), target, sizeof(target) - 1) >= 0)
            found[static_cast<unsigned long long>(number)] = target;
    }
    ::closedir(directory);
    return found;
}

}  // namespace test

#endif

#endif
