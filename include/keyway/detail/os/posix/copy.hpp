// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_COPY_HPP
#define KEYWAY_DETAIL_OS_POSIX_COPY_HPP

// The POSIX backend of <keyway/detail/os/copy.hpp>.

#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/copy_types.hpp>  // IWYU pragma: export
#include <keyway/detail/os/file.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

constexpr native_handle descriptor_of(const copy_end& end) noexcept {
    return end.is_connection ? end.socket : end.file;
}

/// Waits until the end is ready; a regular file always is, and without a limit the call itself waits.
constexpr int wait_for_end(const copy_end&, readiness, no_limit) noexcept { return 0; }
inline int wait_for_end(const copy_end& end, readiness wanted, const wait_limit& limit) noexcept {
    if (check_limit(limit) < 0) return -1;
    if (end.kind == file_kind::regular) return 0;
    return wait_ready(descriptor_of(end), wanted, limit) < 0 ? -1 : 0;
}

/// A connection's data stays in its queue.
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
