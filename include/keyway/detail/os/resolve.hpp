// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_RESOLVE_HPP
#define KEYWAY_DETAIL_OS_RESOLVE_HPP

// The interface header of the system's resolver. getaddrinfo(3) and getnameinfo(3) are the same everywhere; every backend
// supplies the differences:
//
//   prepare_resolver()  negative if there is no resolver
//   resolver_meaning()  the meaning of a code other than 0; resolver_errc{} if the cause is in last_error()

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_WINDOWS
#include <keyway/detail/os/windows/resolve.hpp>  // IWYU pragma: export
#else
#include <keyway/detail/os/posix/resolve.hpp>  // IWYU pragma: export
#endif

#include <cstddef>

#include <keyway/detail/os.hpp>

// NOLINTBEGIN(misc-include-cleaner): the names are those of the backend's system headers

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using address_entry = ::addrinfo;

inline constexpr std::size_t max_host_name = NI_MAXHOST - 1;
inline constexpr std::size_t max_service_name = NI_MAXSERV - 1;

/// The kind of look-up, with the numbers of socket(2).
struct lookup_kind {
    int domain = AF_UNSPEC;
    int type = 0;
    int protocol = 0;
    bool numeric_host = false;
    bool passive = false;
    bool canonical_name = false;
    bool configured_only = false;
};

/// Returns 0, or a code for resolver_meaning(). A null host means this machine.
inline int look_up(const char* host, const char* service, const lookup_kind& kind, address_entry*& list) noexcept {
    ::addrinfo hints{};
    hints.ai_family = kind.domain;
    hints.ai_socktype = kind.type;
    hints.ai_protocol = kind.protocol;
    if (kind.numeric_host) hints.ai_flags |= AI_NUMERICHOST;
    if (kind.passive) hints.ai_flags |= AI_PASSIVE;
    if (kind.canonical_name) hints.ai_flags |= AI_CANONNAME;
    if (kind.configured_only) hints.ai_flags |= AI_ADDRCONFIG;
    set_last_error(0);
    return ::getaddrinfo(host, service, &hints, &list);
}

inline void free_addresses(address_entry* list) noexcept {
    if (list != nullptr) ::freeaddrinfo(list);
}

/// The first IPv4 or IPv6 address from here on; null is the end.
inline const address_entry* first_entry(const address_entry* from) noexcept {
    while (from != nullptr && from->ai_family != AF_INET && from->ai_family != AF_INET6) from = from->ai_next;
    return from;
}
inline const address_entry* entry_after(const address_entry& entry) noexcept { return first_entry(entry.ai_next); }

/// The kind of name look-up.
struct name_kind {
    bool numeric_host = false;
    bool numeric_service = false;
    bool name_required = false;
    bool datagram = false;
};

/// Returns 0, or a code for resolver_meaning(). The buffers have space for the longest names and a terminator.
inline int look_up_names(const void* address, std::size_t size, char* host, char* service,
                         const name_kind& kind) noexcept {
    int flags = 0;
    if (kind.numeric_host) flags |= NI_NUMERICHOST;
    if (kind.numeric_service) flags |= NI_NUMERICSERV;
    if (kind.name_required) flags |= NI_NAMEREQD;
    if (kind.datagram) flags |= NI_DGRAM;
    set_last_error(0);
    return ::getnameinfo(static_cast<const ::sockaddr*>(address), static_cast<address_length>(size), host,
                         max_host_name + 1, service, max_service_name + 1, flags);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

// NOLINTEND(misc-include-cleaner)

#endif
