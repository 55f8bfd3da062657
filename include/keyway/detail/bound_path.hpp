// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_BOUND_PATH_HPP
#define KEYWAY_DETAIL_BOUND_PATH_HPP

#include <array>
#include <cstddef>
#include <cstdint>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/handle.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// The file that bind() creates for a local socket. The owner that created it removes it, and only if the path still
/// names the same file. A duplicate of the descriptor and a child process after fork() do not remove it.
class bound_path {
public:
    /// Call right after bind() to this endpoint.
    template <class Endpoint>
    void remember(const Endpoint& at) noexcept {
        if (!at.is_path()) return;
        path_text path{};
        at.path().copy(path.data(), path.size() - 1);
        file_ = os::identify(path.data());
        process_ = os::process_id();
    }

    /// Removes the file. Called before the socket is closed, since the kernel still reports its path then.
    void before_close(os::native_handle handle, closing) const noexcept {
        if (file_ == os::file_identity{} || process_ != os::process_id()) return;
        if (const path_text path = path_of(handle); path[0] != '\0') os::unlink_if_same(path.data(), file_);
    }

private:
    /// Large enough for a path that fills the whole address, and a terminator.
    using path_text = std::array<char, os::max_local_path + 2>;

    /// The path that the socket is bound to; empty if it has none, or an abstract name.
    static path_text path_of(os::native_handle handle) noexcept {
        os::sockaddr_local address{};
        os::address_length size = sizeof(address);
        path_text path{};
        if (os::local_name(handle, &address, &size) < 0) return path;
        const auto end =
            static_cast<std::size_t>(size) < sizeof(address) ? static_cast<std::size_t>(size) : sizeof(address);
        for (std::size_t i = 0; offsetof(os::sockaddr_local, path) + i < end; ++i) path[i] = address.path[i];
        return path;
    }

    os::file_identity file_{};
    std::int64_t process_ = 0;
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
