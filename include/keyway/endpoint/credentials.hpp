// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ENDPOINT_CREDENTIALS_HPP
#define KEYWAY_ENDPOINT_CREDENTIALS_HPP

// Who is at the other end of a local socket, as the kernel says.

#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The process is 0 if the system does not report it, or if it is in a namespace that is not visible here. Another process
/// may have its number by now.
struct credentials {
    std::int32_t process = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    friend constexpr bool operator==(const credentials&, const credentials&) noexcept = default;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
