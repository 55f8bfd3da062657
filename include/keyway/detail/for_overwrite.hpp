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

/// Room for an endpoint that the kernel is about to fill; one of the user's own types begins as its default.
template <class Endpoint>
struct room_for {
    Endpoint endpoint;

    room_for() noexcept = default;
    room_for() noexcept
        requires std::constructible_from<Endpoint, for_overwrite>
        : endpoint(for_overwrite{}) {}
};

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
