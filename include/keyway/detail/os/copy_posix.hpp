// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_COPY_POSIX_HPP
#define KEYWAY_DETAIL_OS_COPY_POSIX_HPP

// The POSIX room of copying; its contract stands in <keyway/detail/os/copy.hpp>.

#include <cerrno>
#include <climits>
#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/copy_vocabulary.hpp>  // IWYU pragma: export
#include <keyway/detail/os/file.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

constexpr native_handle descriptor_of(const copy_end& end) noexcept {
    return end.is_connection ? end.socket : end.file;
}

/// Waits until a read or write of the end would not; a regular file never waits.
inline int await_end(const copy_end& end, readiness wanted, const limit& within) noexcept {
    if (may_begin(within) < 0) return -1;
    if (end.kind == file_kind::regular) return 0;
    return await(descriptor_of(end), wanted, within) < 0 ? -1 : 0;
}

/// Makes a call on a file that waits as the file's mode says.
template <readiness, class Call>
std::ptrdiff_t patiently(const copy_end&, Call call) noexcept {
    return call();
}

/// Makes a call on a file that waits as the limit says: there is no flag that keeps the call itself from waiting.
template <readiness Wanted, class Call>
std::ptrdiff_t patiently(const copy_end& end, Call call, const limit& within) noexcept {
    for (;;) {
        if (await_end(end, Wanted, within) < 0) return -1;
        const std::ptrdiff_t done = call();
        if (done >= 0 || !is_would_block(errno)) return done;
    }
}

/// What a connection yields stays in its queue.
template <class... Limit>
std::ptrdiff_t read_from(const copy_end& from, void* buffer, std::size_t size, const Limit&... within) noexcept {
    if (from.is_connection) return recv(from.socket, buffer, size, take::peek, within...);
    return patiently<readiness::readable>(from, [&] { return read_file(from.file, buffer, size); }, within...);
}

template <class... Limit>
std::ptrdiff_t write_to(const copy_end& to, const void* data, std::size_t size, const Limit&... within) noexcept {
    if (to.is_connection) return send(to.socket, data, size, within...);
    // A pipe that is writable takes so much without waiting (poll(2), pipe(7)).
    constexpr std::size_t one_piece = PIPE_BUF;
    if (sizeof...(Limit) > 0 && to.kind != file_kind::regular && size > one_piece) size = one_piece;
    return patiently<readiness::writable>(to, [&] { return write_file(to.file, to.kind, data, size); }, within...);
}

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
