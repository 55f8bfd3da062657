// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_ZERO_COPY_HPP
#define KEYWAY_DETAIL_OS_ZERO_COPY_HPP

// The room of sends that do not copy, which Linux alone has.

#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

#if defined(__linux__)

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

/// `address` is null where the socket has a peer.
template <class... Limit>
inline std::ptrdiff_t send_zero_copy(native_handle handle, const io_buffer& buffer, const void* address,
                                     std::size_t address_size, const Limit&... within) noexcept {
    const ::msghdr message = make_message(&buffer, 1, address, address_size);
    const auto call = [&](int flags) { return ::sendmsg(handle, &message, MSG_ZEROCOPY | no_signal | flags); };
    return patiently<readiness::writable>(handle, call, within...);
}

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif

#endif
