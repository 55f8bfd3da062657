// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_SOCKADDR_HPP
#define KEYWAY_DETAIL_OS_SOCKADDR_HPP

// Socket addresses as plain structs of bytes, which can be written at compile time; the kernel reads and writes them in
// place. They have no initializers, so that an address that the kernel is about to fill costs nothing. Systems differ
// only in the first members of an address.

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/winsock.hpp>  // IWYU pragma: export
#else
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#if defined(__linux__)
#include <keyway/detail/os/linux/socket.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/bsd/socket.hpp>  // IWYU pragma: export
#endif
#endif

#include <array>
#include <cstddef>
#include <cstdint>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

struct alignas(::sockaddr_in) sockaddr_v4 {
    sockaddr_prefix prefix;
    std::array<std::uint8_t, 2> port;
    std::array<std::uint8_t, 4> address;
    std::array<std::uint8_t, 8> padding;
};
static_assert(sizeof(sockaddr_v4) == sizeof(::sockaddr_in) &&
              __builtin_offsetof(sockaddr_prefix, family) == __builtin_offsetof(::sockaddr_in, sin_family) &&
              __builtin_offsetof(sockaddr_v4, port) == __builtin_offsetof(::sockaddr_in, sin_port) &&
              __builtin_offsetof(sockaddr_v4, address) == __builtin_offsetof(::sockaddr_in, sin_addr));

struct alignas(::sockaddr_in6) sockaddr_v6 {
    sockaddr_prefix prefix;
    std::array<std::uint8_t, 2> port;
    std::array<std::uint8_t, 4> flow_info;
    std::array<std::uint8_t, 16> address;
    std::uint32_t scope_id;
};
static_assert(sizeof(sockaddr_v6) == sizeof(::sockaddr_in6) &&
              __builtin_offsetof(sockaddr_prefix, family) == __builtin_offsetof(::sockaddr_in6, sin6_family) &&
              __builtin_offsetof(sockaddr_v6, port) == __builtin_offsetof(::sockaddr_in6, sin6_port) &&
              __builtin_offsetof(sockaddr_v6, flow_info) == __builtin_offsetof(::sockaddr_in6, sin6_flowinfo) &&
              __builtin_offsetof(sockaddr_v6, address) == __builtin_offsetof(::sockaddr_in6, sin6_addr) &&
              __builtin_offsetof(sockaddr_v6, scope_id) == __builtin_offsetof(::sockaddr_in6, sin6_scope_id));

struct alignas(::sockaddr_un) sockaddr_local {
    sockaddr_prefix prefix;
    std::array<char, sizeof(::sockaddr_un::sun_path)> path;
};
static_assert(sizeof(sockaddr_local) == sizeof(::sockaddr_un) &&
              __builtin_offsetof(sockaddr_prefix, family) == __builtin_offsetof(::sockaddr_un, sun_family) &&
              __builtin_offsetof(sockaddr_local, path) == __builtin_offsetof(::sockaddr_un, sun_path));

struct alignas(::sockaddr_storage) sockaddr_any {
    std::array<std::byte, sizeof(::sockaddr_storage)> bytes;
    static constexpr std::size_t family_offset = __builtin_offsetof(::sockaddr_storage, ss_family);
    using family_type = decltype(::sockaddr_storage::ss_family);
};

inline constexpr std::size_t max_local_path = sizeof(::sockaddr_un::sun_path) - 1;
inline constexpr int no_family = AF_UNSPEC;

constexpr sockaddr_v4 make_address(std::array<std::uint8_t, 2> port, std::array<std::uint8_t, 4> address) noexcept {
    return {.prefix = make_prefix(AF_INET, sizeof(sockaddr_v4)), .port = port, .address = address, .padding = {}};
}

constexpr sockaddr_v6 make_address(std::array<std::uint8_t, 2> port, std::array<std::uint8_t, 16> address,
                                   std::uint32_t scope_id) noexcept {
    return {.prefix = make_prefix(AF_INET6, sizeof(sockaddr_v6)),
            .port = port,
            .flow_info = {},
            .address = address,
            .scope_id = scope_id};
}

/// A local address without a name.
constexpr sockaddr_local make_address() noexcept {
    return {.prefix = make_prefix(AF_UNIX, __builtin_offsetof(sockaddr_local, path)), .path = {}};
}
/// Stores the length of a local address, on systems whose addresses have a length member.
constexpr void set_length(sockaddr_local& address, std::size_t length) noexcept {
    address.prefix = make_prefix(AF_UNIX, length);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
