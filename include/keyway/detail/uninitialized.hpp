// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_UNINITIALIZED_HPP
#define KEYWAY_DETAIL_UNINITIALIZED_HPP

#include <concepts>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// Tag: makes an object without initializing it, since the kernel is about to fill it.
struct for_overwrite {
    explicit for_overwrite() = default;
};

/// Storage for an endpoint that the kernel is about to fill; user-defined endpoint types are default-initialized.
template <class Endpoint>
struct uninitialized {
    Endpoint endpoint;

    uninitialized() noexcept = default;
    uninitialized() noexcept
        requires std::constructible_from<Endpoint, for_overwrite>
        : endpoint(for_overwrite{}) {}
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
