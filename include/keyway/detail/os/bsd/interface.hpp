// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BSD_INTERFACE_HPP
#define KEYWAY_DETAIL_OS_BSD_INTERFACE_HPP

// The entries of the BSDs and macOS in the list of getifaddrs(3), and their names and indexes of interfaces; written
// from their manual pages. The counterpart is <keyway/detail/os/linux/interface.hpp>, with the same names.

#include <sys/types.h>
// clang-format off: the others need the one above
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <sys/socket.h>
// clang-format on

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/sockaddr.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// Each interface has one entry of its own, with its link-level address.
inline bool is_interface(const ::ifaddrs& entry) noexcept {
    return entry.ifa_addr != nullptr && entry.ifa_addr->sa_family == AF_LINK;
}

inline std::uint32_t index_in(const ::ifaddrs& entry) noexcept {
    decltype(::sockaddr_dl::sdl_index) index = 0;
    std::memcpy(&index, reinterpret_cast<const char*>(entry.ifa_addr) + offsetof(::sockaddr_dl, sdl_index),
                sizeof(index));
    return index;
}

inline bool is_of(const ::ifaddrs& address, const ::ifaddrs& owner) noexcept {
    return std::strcmp(address.ifa_name, owner.ifa_name) == 0;
}

/// A netmask may end after its last byte that is not zero.
inline std::size_t mask_size(const ::sockaddr& mask, std::size_t whole) noexcept {
    return mask.sa_len < whole ? mask.sa_len : whole;
}

/// Some kernels keep the scope id of a link-local address in two octets of the address that are otherwise zero.
inline void recover_scope(sockaddr_v6& native) noexcept {
    auto& octets = native.address;
    const bool link_local = octets[0] == 0xfe && (octets[1] & 0xc0U) == 0x80;
    if (!link_local) return;
    const auto inside = static_cast<std::uint32_t>(octets[2] << 8 | octets[3]);
    if (native.scope_id == 0) native.scope_id = inside;
    octets[2] = octets[3] = 0;
}

/// The functions fail with ENXIO for an interface that does not exist.
inline void report_no_device() noexcept {
    if (errno == ENXIO) errno = ENODEV;
}

inline std::uint32_t interface_index(const char* name) noexcept {
    const std::uint32_t index = ::if_nametoindex(name);
    if (index == 0) report_no_device();
    return index;
}

/// Writes the name and a terminator; `buffer` is large enough for the longest.
inline int interface_name(std::uint32_t index, char* buffer) noexcept {
    if (::if_indextoname(index, buffer) != nullptr) return 0;
    report_no_device();
    return -1;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
