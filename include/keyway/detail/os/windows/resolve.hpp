// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_RESOLVE_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_RESOLVE_HPP

// The codes of Windows' resolver; <keyway/detail/os/resolve.hpp> has the contract.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// The resolver is a part of Winsock.
inline int prepare_resolver() noexcept {
    const int failure = start();
    return failure == 0 ? 0 : fail_with(failure);
}

/// Any other code is the system's own.
inline resolver_errc resolver_meaning(int code) noexcept {
    switch (code) {
    case WSAHOST_NOT_FOUND: return resolver_errc::host_not_found;
    case WSANO_DATA: return resolver_errc::no_address;
    case WSATYPE_NOT_FOUND: return resolver_errc::service_not_found;
    case WSATRY_AGAIN: return resolver_errc::try_again;
    case WSANO_RECOVERY: return resolver_errc::failed;
    case WSAEAFNOSUPPORT: return resolver_errc::family_not_supported;
    case WSAESOCKTNOSUPPORT: return resolver_errc::type_not_supported;
    case WSAEINVAL: return resolver_errc::bad_options;
    case ERROR_INSUFFICIENT_BUFFER: return resolver_errc::text_too_long;
    default: set_last_error(code); return {};
    }
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
