// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_MULTICAST_HPP
#define KEYWAY_DETAIL_OS_POSIX_MULTICAST_HPP

// Multicast on POSIX systems; <keyway/detail/os/multicast.hpp> has the contract. Groups use the options that every
// system has, groups of one source those of RFC 3678, where the system has them.

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/posix/socket.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

#if defined(__linux__)
using multicast_octet = int;
#else
using multicast_octet = unsigned char;
#endif

using multicast_interface_v4 = ::ip_mreqn;
constexpr multicast_interface_v4 interface_v4(std::uint32_t index) noexcept {
    multicast_interface_v4 native{};
    native.imr_ifindex = static_cast<decltype(native.imr_ifindex)>(index);
    return native;
}

/// The level of the options that join a group of this address.
inline int group_level(const void* group) noexcept {
    return static_cast<const ::sockaddr*>(group)->sa_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
}

inline int change_group(native_handle handle, int name_v4, int name_v6, std::uint32_t index,
                        const void* group) noexcept {
    if (group_level(group) == IPPROTO_IPV6) {
        ::ipv6_mreq request{};
        request.ipv6mr_multiaddr = static_cast<const ::sockaddr_in6*>(group)->sin6_addr;
        request.ipv6mr_interface = index;
        return set_option(handle, IPPROTO_IPV6, name_v6, &request, sizeof(request));
    }
    ::ip_mreqn request = interface_v4(index);
    request.imr_multiaddr = static_cast<const ::sockaddr_in*>(group)->sin_addr;
    return set_option(handle, IPPROTO_IP, name_v4, &request, sizeof(request));
}

inline int join_group(native_handle handle, std::uint32_t index, const void* group, std::size_t) noexcept {
    return change_group(handle, IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP, index, group);
}
inline int leave_group(native_handle handle, std::uint32_t index, const void* group, std::size_t) noexcept {
    return change_group(handle, IP_DROP_MEMBERSHIP, IPV6_LEAVE_GROUP, index, group);
}

#if defined(MCAST_JOIN_SOURCE_GROUP)
inline int change_source(native_handle handle, int name, std::uint32_t index, const void* group, const void* source,
                         std::size_t size) noexcept {
    ::group_source_req request{};
    request.gsr_interface = index;
    std::memcpy(&request.gsr_group, group, size);
    std::memcpy(&request.gsr_source, source, size);
    return set_option(handle, group_level(group), name, &request, sizeof(request));
}

/// A second join fails with EADDRNOTAVAIL for a source and with EADDRINUSE for a group. On Linux EADDRNOTAVAIL has no
/// other cause here, so it becomes EADDRINUSE.
inline int join_source_group(native_handle handle, std::uint32_t index, const void* group, const void* source,
                             std::size_t size) noexcept {
    const int done = change_source(handle, MCAST_JOIN_SOURCE_GROUP, index, group, source, size);
#if defined(__linux__)
    if (done < 0 && errno == EADDRNOTAVAIL) errno = EADDRINUSE;
#endif
    return done;
}
inline int leave_source_group(native_handle handle, std::uint32_t index, const void* group, const void* source,
                              std::size_t size) noexcept {
    return change_source(handle, MCAST_LEAVE_SOURCE_GROUP, index, group, source, size);
}
#else
inline int join_source_group(native_handle, std::uint32_t, const void*, const void*, std::size_t) noexcept {
    return fail_with(ENOPROTOOPT);
}
inline int leave_source_group(native_handle, std::uint32_t, const void*, const void*, std::size_t) noexcept {
    return fail_with(ENOPROTOOPT);
}
#endif

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
