// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_INTERFACE_HPP
#define KEYWAY_DETAIL_OS_POSIX_INTERFACE_HPP

// The network interfaces by getifaddrs(3); <keyway/detail/os/interface.hpp> has the contract.

#include <ifaddrs.h>
#include <net/if.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/sockaddr.hpp>

#if defined(__linux__)
#include <keyway/detail/os/linux/interface.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/bsd/interface.hpp>  // IWYU pragma: export
#endif

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using interface_entry = ::ifaddrs;
using interface_address_entry = ::ifaddrs;

inline constexpr std::size_t max_interface_name = IF_NAMESIZE - 1;

inline constexpr unsigned interface_up = IFF_UP;
inline constexpr unsigned interface_running = IFF_RUNNING;
inline constexpr unsigned interface_loopback = IFF_LOOPBACK;
inline constexpr unsigned interface_point_to_point = IFF_POINTOPOINT;
inline constexpr unsigned interface_broadcast = IFF_BROADCAST;
inline constexpr unsigned interface_multicast = IFF_MULTICAST;

inline int read_interfaces(interface_entry*& list) noexcept { return ::getifaddrs(&list); }
inline void free_interfaces(interface_entry* list) noexcept { ::freeifaddrs(list); }

/// The first interface from this entry on.
inline const interface_entry* first_interface(const interface_entry* from) noexcept {
    while (from != nullptr && !is_interface(*from)) from = from->ifa_next;
    return from;
}
inline const interface_entry* interface_after(const interface_entry& entry) noexcept {
    return first_interface(entry.ifa_next);
}

/// The first address from this entry on: an interface's addresses may be anywhere in the list.
inline const interface_address_entry* first_address(const interface_entry* from,
                                                    const interface_entry& owner) noexcept {
    const auto is_internet = [](const ::sockaddr* address) {
        return address != nullptr && (address->sa_family == AF_INET || address->sa_family == AF_INET6);
    };
    while (from != nullptr && !(is_internet(from->ifa_addr) && is_of(*from, owner))) from = from->ifa_next;
    return from;
}
inline const interface_address_entry* address_after(const interface_address_entry& entry,
                                                    const interface_entry& owner) noexcept {
    return first_address(entry.ifa_next, owner);
}

inline unsigned interface_flags(const interface_entry& entry) noexcept { return entry.ifa_flags; }
inline std::uint32_t interface_index(const interface_entry& entry) noexcept { return index_in(entry); }

/// Returns the length.
inline std::size_t copy_interface_name(const interface_entry& entry, char* buffer) noexcept {
    const std::size_t length = ::strnlen(entry.ifa_name, max_interface_name);
    std::memcpy(buffer, entry.ifa_name, length);
    return length;
}

/// An IPv4 address, or an IPv6 address with its scope id.
inline bool is_v4(const interface_address_entry& entry) noexcept { return entry.ifa_addr->sa_family == AF_INET; }
inline void copy_address(const interface_address_entry& entry, sockaddr_v4& native) noexcept {
    std::memcpy(&native, entry.ifa_addr, sizeof(native));
}
inline void copy_address(const interface_address_entry& entry, sockaddr_v6& native) noexcept {
    std::memcpy(&native, entry.ifa_addr, sizeof(native));
    recover_scope(native);
}

/// The number of leading ones of the netmask. Without a netmask the interface has the address and no network.
inline unsigned prefix_length(const interface_address_entry& entry) noexcept {
    const std::size_t start = is_v4(entry) ? offsetof(sockaddr_v4, address) : offsetof(sockaddr_v6, address);
    const std::size_t whole = start + (is_v4(entry) ? sizeof(sockaddr_v4::address) : sizeof(sockaddr_v6::address));
    if (entry.ifa_netmask == nullptr) return static_cast<unsigned>(whole - start) * 8;
    const auto* const mask = reinterpret_cast<const std::uint8_t*>(entry.ifa_netmask);
    const std::size_t end = mask_size(*entry.ifa_netmask, whole);
    unsigned length = 0;
    for (std::size_t i = start; i < end; ++i)
        for (unsigned bit = 0x80; bit != 0; bit >>= 1, ++length)
            if ((mask[i] & bit) == 0) return length;
    return length;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
