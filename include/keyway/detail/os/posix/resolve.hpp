// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_RESOLVE_HPP
#define KEYWAY_DETAIL_OS_POSIX_RESOLVE_HPP

// The codes of POSIX's resolver; <keyway/detail/os/resolve.hpp> has the contract.

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>

#include <keyway/detail/config.hpp>
#include <keyway/error.hpp>

// Not in POSIX, and not in the headers of every system.
#if !defined(NI_MAXHOST)
#define NI_MAXHOST 1025
#define NI_MAXSERV 32
#endif

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

inline int prepare_resolver() noexcept { return 0; }

inline resolver_errc resolver_meaning(int code) noexcept {
    // NOLINTBEGIN(bugprone-branch-clone): some systems lack some of the codes
    switch (code) {
    case EAI_NONAME: return resolver_errc::host_not_found;
#if defined(EAI_NODATA)
    case EAI_NODATA: return resolver_errc::no_address;
#endif
#if defined(EAI_ADDRFAMILY)
    case EAI_ADDRFAMILY: return resolver_errc::no_address;
#endif
    case EAI_SERVICE: return resolver_errc::service_not_found;
    case EAI_AGAIN: return resolver_errc::try_again;
    case EAI_FAMILY: return resolver_errc::family_not_supported;
    case EAI_SOCKTYPE: return resolver_errc::type_not_supported;
    case EAI_BADFLAGS: return resolver_errc::bad_options;
#if defined(EAI_BADHINTS)
    case EAI_BADHINTS: return resolver_errc::bad_options;
#endif
#if defined(EAI_OVERFLOW)
    case EAI_OVERFLOW: return resolver_errc::text_too_long;
#endif
    case EAI_MEMORY: errno = ENOMEM; return {};
    case EAI_SYSTEM:
        if (errno != 0) return {};
        break;
    default: break;  // EAI_FAIL, and codes of single systems
    }
    // NOLINTEND(bugprone-branch-clone)
    return resolver_errc::failed;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
