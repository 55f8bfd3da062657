// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_LINUX_COPY_HPP
#define KEYWAY_DETAIL_OS_LINUX_COPY_HPP

// Copying by the kernel on Linux: sendfile(2) from a file to a socket, splice(2) from and to pipes, copy_file_range(2)
// from file to file. The counterpart is <keyway/detail/os/bsd/copy.hpp>, with the same names.

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/copy_types.hpp>
#include <keyway/detail/os/file.hpp>
#include <keyway/detail/os/posix/copy.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

class kernel_copy {
public:
    template <class Limit>
    kernel_copy(const copy_end& from, const copy_end& to, const Limit&) noexcept
        : from_(from), to_(to), route_(route_of(from, to)) {
        // sendfile(2) has no flag that makes a single call on a blocking socket non-blocking.
        if (limited<Limit> && route_ == route::file_to_socket && is_non_blocking(to.socket) != 1) route_ = route::none;
    }

    template <class Limit>
    copy_step step(std::size_t size, const Limit& limit) noexcept {
        switch (route_) {
        case route::file_to_socket: return send_file(size, limit);
        case route::file_to_file: return copy_range(size, limit);
        case route::pipe: return through_pipe(size, limit);
        case route::none: break;
        }
        return {copy_outcome::by_hand};
    }

private:
    enum class route : std::uint8_t { none, file_to_socket, file_to_file, pipe };

    template <class Limit>
    static constexpr bool limited = !std::is_same_v<Limit, no_limit>;

    static int check(no_limit) noexcept { return 0; }
    static int check(const wait_limit& limit) noexcept { return check_limit(limit); }
    static int rest(no_limit) noexcept { return 0; }
    static int rest(const wait_limit& limit) noexcept { return sleep_briefly(limit); }

    static route route_of(const copy_end& from, const copy_end& to) noexcept {
        if (from.kind == file_kind::pipe || to.kind == file_kind::pipe) return route::pipe;
        if (from.kind != file_kind::regular) return route::none;
        if (to.is_connection) return route::file_to_socket;
        return to.kind == file_kind::regular ? route::file_to_file : route::none;
    }

    template <class Limit>
    copy_step send_file(std::size_t size, const Limit& limit) noexcept {
        const auto call = [&](int) {
            return without_sigpipe(size, [&] { return ::sendfile(to_.socket, from_.file, nullptr, size); });
        };
        return moved(with_limit<readiness::writable>(to_.socket, call, limit));
    }

    template <class Limit>
    copy_step copy_range(std::size_t size, const Limit& limit) noexcept {
        if (check(limit) < 0) return {copy_outcome::failed_to_read};
        const auto call = [&] { return ::copy_file_range(from_.file, nullptr, to_.file, nullptr, size, 0); };
        // On any failure, reading and writing will report the cause. Files that the kernel generates end at once here.
        const std::ptrdiff_t done = retry_interrupted(call);
        return done > 0 ? moved(done) : copy_step{copy_outcome::by_hand};
    }

    /// With a limit both ends are polled first, and splice(2) then does not wait for the pipe. A writable socket has
    /// space for PIPE_BUF bytes.
    template <class Limit>
    copy_step through_pipe(std::size_t size, const Limit& limit) noexcept {
        constexpr std::size_t one_piece = PIPE_BUF;
        constexpr int many = 8;
        if (limited<Limit> && to_.is_connection && size > one_piece) size = one_piece;
        for (int in_vain = 0;; ++in_vain) {
            if (wait_for_end(from_, readiness::readable, limit) < 0) return {copy_outcome::failed_to_read};
            if (wait_for_end(to_, readiness::writable, limit) < 0) return {copy_outcome::failed_to_write};
            const std::ptrdiff_t done = spliced(size, limited<Limit> ? SPLICE_F_NONBLOCK : 0);
            if (done >= 0 || !is_would_block(errno)) return moved(done);
            if (!limited<Limit>) return {end_that_would_block()};
            if (in_vain >= many && rest(limit) < 0) return {copy_outcome::failed_to_write};
        }
    }

    std::ptrdiff_t spliced(std::size_t size, unsigned flags) const noexcept {
        const auto call = [&] {
            return retry_interrupted(
                [&] { return ::splice(descriptor_of(from_), nullptr, descriptor_of(to_), nullptr, size, flags); });
        };
        return to_.is_connection || may_raise_sigpipe(to_.kind) ? without_sigpipe(size, call) : call();
    }

    /// The end, in non-blocking mode, that made splice(2) fail with EAGAIN.
    [[nodiscard]] copy_outcome end_that_would_block() const noexcept {
        const int cause = errno;
        const bool ready = wait_for_end(from_, readiness::readable, wait_limit{.until = at_once}) == 0;
        errno = cause;
        return ready ? copy_outcome::failed_to_write : copy_outcome::failed_to_read;
    }

    /// A failure of the kernel's copy belongs to one end; where reading and writing report it better, they are tried.
    [[nodiscard]] copy_step moved(std::ptrdiff_t count) const noexcept {
        const bool readable_again = from_.kind == file_kind::regular;
        if (count > 0) return {copy_outcome::moved, static_cast<std::size_t>(count)};
        if (count == 0) return {readable_again ? copy_outcome::by_hand : copy_outcome::ended};
        switch (errno) {
        case EINVAL:
        case ENOSYS:
        case EOPNOTSUPP:
        case EXDEV:
        case EBADF:
        case EPERM: return {copy_outcome::by_hand};  // EPERM: a filter of system calls
        case EIO:
        case EISDIR:
        case EOVERFLOW: return {readable_again ? copy_outcome::by_hand : copy_outcome::failed_to_write};
        case EPIPE: return {copy_outcome::failed_to_write};
        default: return {from_.is_connection ? copy_outcome::failed_to_read : copy_outcome::failed_to_write};
        }
    }

    copy_end from_;
    copy_end to_;
    route route_;
};

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
