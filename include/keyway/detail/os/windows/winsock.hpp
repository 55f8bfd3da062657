// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_WINSOCK_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_WINSOCK_HPP

// Windows' headers: as few as possible, and without the macros that redefine common words. Those words mean the same
// after this header as before it. A program that needs the whole of <windows.h> includes <winsock2.h> and <windows.h>
// before keyway.

#if defined(_WINSOCKAPI_) && !defined(_WINSOCK2API_)
#error \
    "keyway: <windows.h> came first and brought the sockets of 1993; define WIN32_LEAN_AND_MEAN or include keyway before"
#endif

#pragma push_macro("WIN32_LEAN_AND_MEAN")
#pragma push_macro("NOMINMAX")
#pragma push_macro("min")
#pragma push_macro("max")
#pragma push_macro("interface")
#pragma push_macro("small")
#pragma push_macro("ERROR")
#undef WIN32_LEAN_AND_MEAN
#undef NOMINMAX
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
// clang-format off: the order matters
#include <winsock2.h>  // IWYU pragma: export
#include <ws2tcpip.h>  // IWYU pragma: export
#include <afunix.h>    // IWYU pragma: export
// clang-format on
#pragma pop_macro("ERROR")
#pragma pop_macro("small")
#pragma pop_macro("interface")
#pragma pop_macro("max")
#pragma pop_macro("min")
#pragma pop_macro("NOMINMAX")
#pragma pop_macro("WIN32_LEAN_AND_MEAN")

#if defined(_MSC_VER)
#pragma comment(lib, "ws2_32")
#endif

#include <cstddef>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// The common beginning of all socket addresses.
struct sockaddr_prefix {
    ::ADDRESS_FAMILY family;
};
constexpr sockaddr_prefix make_prefix(int family, std::size_t) noexcept {
    return {static_cast<::ADDRESS_FAMILY>(family)};
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
