// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINUX_INTERFACE_HPP
#define KEYWAY_DETAIL_OS_LINUX_INTERFACE_HPP

// Linux's entries in the list of getifaddrs(3), and its names and indexes of interfaces. The counterpart is
// <keyway/detail/os/bsd/interface.hpp>, with the same names.

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/sockaddr.hpp>
#include <keyway/detail/os/types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// Each interface has one entry of its own, with its hardware address; one without, such as a tunnel, has no address
/// there.
inline bool is_interface(const ::ifaddrs& entry) noexcept {
    return entry.ifa_addr == nullptr || entry.ifa_addr->sa_family == AF_PACKET;
}

/// Lets the kernel fill in a request; netdevice(7). if_nametoindex(3) and the like do the same, but glibc's report
/// ENOENT if there is no descriptor left for their socket.
inline int request_interface(unsigned long name, ::ifreq& request) noexcept {
    const int handle = open(AF_UNIX, SOCK_DGRAM, 0, io_mode::blocking);
    if (handle < 0) return -1;
    const int done = ::ioctl(handle, name, &request);
    const int cause = errno;
    ::close(handle);
    errno = cause;
    return done;
}

/// A name that is too long or has a colon is no interface's; the kernel would cut it.
inline std::uint32_t interface_index(const char* name) noexcept {
    ::ifreq request{};
    const std::size_t size = std::strlen(name);
    if (size < sizeof(request.ifr_name)) std::memcpy(request.ifr_name, name, size);
    if (size < sizeof(request.ifr_name) && std::strchr(name, ':') == nullptr)
        return request_interface(SIOCGIFINDEX, request) < 0 ? 0 : static_cast<std::uint32_t>(request.ifr_ifindex);
    errno = ENODEV;
    return 0;
}

/// Writes the name and a terminator; `buffer` is large enough for the longest.
inline int interface_name(std::uint32_t index, char* buffer) noexcept {
    ::ifreq request{};
    request.ifr_ifindex = static_cast<int>(index);
    if (request_interface(SIOCGIFNAME, request) < 0) return -1;
    std::memcpy(buffer, request.ifr_name, sizeof(request.ifr_name));
    return 0;
}

/// The offset of sll_ifindex in a sockaddr_ll, packet(7). The two headers that define it exclude each other, and a
/// program may include either.
inline constexpr std::size_t packet_index_offset = 4;

inline std::uint32_t index_in(const ::ifaddrs& entry) noexcept {
    if (entry.ifa_addr == nullptr) return interface_index(entry.ifa_name);
    int index = 0;
    std::memcpy(&index, reinterpret_cast<const char*>(entry.ifa_addr) + packet_index_offset, sizeof(index));
    return static_cast<std::uint32_t>(index);
}

/// An IPv4 address may have a label, which is the interface's name or begins with it and a colon: `eth0:1`.
inline bool is_of(const ::ifaddrs& address, const ::ifaddrs& owner) noexcept {
    const std::size_t length = std::strlen(owner.ifa_name);
    return std::strncmp(address.ifa_name, owner.ifa_name, length) == 0 &&
           (address.ifa_name[length] == '\0' || address.ifa_name[length] == ':');
}

/// A netmask is a whole address.
inline std::size_t mask_size(const ::sockaddr&, std::size_t whole) noexcept { return whole; }

inline void recover_scope(sockaddr_v6&) noexcept {}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
