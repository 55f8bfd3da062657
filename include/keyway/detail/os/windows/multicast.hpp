// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_MULTICAST_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_MULTICAST_HPP

// Multicast on Windows; <keyway/detail/os/multicast.hpp> has the contract. IPv4 accepts an index as the address
// 0.x.y.z. The older options are used where there are any, because Wine lacks the newer ones. Source: "IPPROTO_IP
// Socket Options", "IPPROTO_IPV6 Socket Options".

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/windows/socket.hpp>
#include <keyway/detail/os/windows/winsock.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using multicast_octet = int;

using multicast_interface_v4 = std::uint32_t;
inline multicast_interface_v4 interface_v4(std::uint32_t index) noexcept { return ::htonl(index); }

inline bool is_v6_group(const void* group) noexcept {
    return static_cast<const sockaddr_prefix*>(group)->family == AF_INET6;
}
inline ::in_addr address_v4(const void* address) noexcept {
    return static_cast<const ::sockaddr_in*>(address)->sin_addr;
}

inline int change_group(native_handle handle, int name_v4, int name_v6, std::uint32_t index,
                        const void* group) noexcept {
    if (is_v6_group(group)) {
        ::ipv6_mreq request{};
        request.ipv6mr_multiaddr = static_cast<const ::sockaddr_in6*>(group)->sin6_addr;
        request.ipv6mr_interface = index;
        return set_option(handle, IPPROTO_IPV6, name_v6, &request, sizeof(request));
    }
    ::ip_mreq request{};
    request.imr_multiaddr = address_v4(group);
    request.imr_interface.s_addr = interface_v4(index);
    return set_option(handle, IPPROTO_IP, name_v4, &request, sizeof(request));
}

inline int change_source(native_handle handle, int name_v4, int name_v6, std::uint32_t index, const void* group,
                         const void* source, std::size_t size) noexcept {
    if (is_v6_group(group)) {
        ::GROUP_SOURCE_REQ request{};
        request.gsr_interface = index;
        std::memcpy(&request.gsr_group, group, size);
        std::memcpy(&request.gsr_source, source, size);
        return set_option(handle, IPPROTO_IPV6, name_v6, &request, sizeof(request));
    }
    ::ip_mreq_source request{};
    request.imr_multiaddr = address_v4(group);
    request.imr_sourceaddr = address_v4(source);
    request.imr_interface.s_addr = interface_v4(index);
    return set_option(handle, IPPROTO_IP, name_v4, &request, sizeof(request));
}

inline int join_group(native_handle handle, std::uint32_t index, const void* group, std::size_t) noexcept {
    return change_group(handle, IP_ADD_MEMBERSHIP, IPV6_ADD_MEMBERSHIP, index, group);
}
inline int leave_group(native_handle handle, std::uint32_t index, const void* group, std::size_t) noexcept {
    return change_group(handle, IP_DROP_MEMBERSHIP, IPV6_DROP_MEMBERSHIP, index, group);
}
inline int join_source_group(native_handle handle, std::uint32_t index, const void* group, const void* source,
                             std::size_t size) noexcept {
    return change_source(handle, IP_ADD_SOURCE_MEMBERSHIP, MCAST_JOIN_SOURCE_GROUP, index, group, source, size);
}
inline int leave_source_group(native_handle handle, std::uint32_t index, const void* group, const void* source,
                              std::size_t size) noexcept {
    return change_source(handle, IP_DROP_SOURCE_MEMBERSHIP, MCAST_LEAVE_SOURCE_GROUP, index, group, source, size);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
