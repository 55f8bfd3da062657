// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_COPY_WINDOWS_HPP
#define KEYWAY_DETAIL_OS_COPY_WINDOWS_HPP

// The Windows room of copying; its contract stands in <keyway/detail/os/copy.hpp>. A file or pipe cannot be waited for
// here: a limit keeps a read or write of one from beginning, but does not end it.

#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/copy_vocabulary.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

template <class... Limit>
std::ptrdiff_t read_from(const copy_end& from, void* buffer, std::size_t size, const Limit&... within) noexcept {
    if (from.is_connection) return recv(from.socket, buffer, size, take::peek, within...);
    if ((... || (may_begin(within) < 0))) return -1;
    return read_file(from.file, buffer, size);
}

template <class... Limit>
std::ptrdiff_t write_to(const copy_end& to, const void* data, std::size_t size, const Limit&... within) noexcept {
    if (to.is_connection) return send(to.socket, data, size, within...);
    if ((... || (may_begin(within) < 0))) return -1;
    return write_file(to.file, to.kind, data, size);
}

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
