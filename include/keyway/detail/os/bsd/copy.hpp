// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BSD_COPY_HPP
#define KEYWAY_DETAIL_OS_BSD_COPY_HPP

// Systems whose kernels are not asked to copy: the BSDs and macOS, whose sendfile(2) are three different calls, and
// Windows. The counterpart is <keyway/detail/os/linux/copy.hpp>, with the same names.

#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/copy_types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

class kernel_copy {
public:
    template <class Limit>
    kernel_copy(const copy_end&, const copy_end&, const Limit&) noexcept {}

    template <class Limit>
    copy_step step(std::size_t, const Limit&) noexcept {
        return {copy_outcome::by_hand};
    }
};

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
