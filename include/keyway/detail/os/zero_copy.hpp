// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_ZERO_COPY_HPP
#define KEYWAY_DETAIL_OS_ZERO_COPY_HPP

// The backend of sends without a copy, which Linux alone has.

#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

#if defined(__linux__)

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

/// `address` is null where the socket has a peer.
template <class Limit>
inline std::ptrdiff_t send_zero_copy(native_handle handle, const io_buffer& buffer, const void* address,
                                     std::size_t address_size, const Limit& limit) noexcept {
    const ::msghdr message = make_message(&buffer, 1, address, address_size);
    const auto call = [&](int flags) { return ::sendmsg(handle, &message, MSG_ZEROCOPY | no_signal | flags); };
    return with_limit<readiness::writable>(handle, call, limit);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif

#endif
