// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_COPY_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_COPY_HPP

// The Windows backend of <keyway/detail/os/copy.hpp>. Limits of files are those of <keyway/detail/os/windows/file.hpp>.

#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/copy_types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

template <class Limit>
std::ptrdiff_t read_from(const copy_end& from, void* buffer, std::size_t size, const Limit& limit) noexcept {
    if (from.is_connection) return recv(from.socket, buffer, size, receive_mode::peek, limit);
    return read_file(from.file, from.kind, buffer, size, limit);
}

template <class Limit>
std::ptrdiff_t write_to(const copy_end& to, const void* data, std::size_t size, const Limit& limit) noexcept {
    if (to.is_connection) return send(to.socket, data, size, limit);
    return write_file(to.file, to.kind, data, size, limit);
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
