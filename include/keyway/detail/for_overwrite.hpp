// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_FOR_OVERWRITE_HPP
#define KEYWAY_DETAIL_FOR_OVERWRITE_HPP

#include <concepts>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail {

/// Asks for an object that the kernel is about to fill, so that nothing need be written into it before.
struct for_overwrite {
    explicit for_overwrite() = default;
};

/// An endpoint to be filled; one of the user's own types begins as its default.
template <class Endpoint>
constexpr Endpoint room_for() noexcept {
    if constexpr (std::constructible_from<Endpoint, for_overwrite>)
        return Endpoint(for_overwrite{});
    else
        return Endpoint{};
}

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
