// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SERVER_LISTEN_FDS_HPP
#define KEYWAY_SERVER_LISTEN_FDS_HPP

// Listeners that the process's parent has opened for it: socket activation, as systemd does it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The descriptors that were passed, in the order of the sockets' configuration. It owns none: each is for one adopt(),
/// which asks the kernel what it is.
///
///     const auto inherited = kw::listen_fds::find();
///     if (inherited && inherited->size() > 0)
///         listener = kw::tcp::listener::adopt(inherited->native_handle(0));
class listen_fds {
public:
    /// Finds the descriptors and makes them close-on-exec.
    ///
    /// Returns: an empty list if nothing was passed to this process.
    /// Errors: invalid_argument (LISTEN_FDS is not a number), bad_file_descriptor (one is not open).
    /// Thread safety: reads the environment, which must not change meanwhile. Source: sd_listen_fds(3).
    [[nodiscard]] static result<listen_fds> find() noexcept {
        if (number_in("LISTEN_PID") != detail::os::process_id()) return listen_fds();
        const std::int64_t count = number_in("LISTEN_FDS");
        if (count < 0) return detail::failure(errc::invalid_argument, operation::adopt);
        for (std::int64_t i = 0; i < count; ++i)
            if (detail::os::keep_from_children(descriptor(i)) < 0) return detail::last_error(operation::adopt);
        return listen_fds(static_cast<std::size_t>(count), text_in("LISTEN_FDNAMES"));
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Requires: place < size().
    [[nodiscard]] static handle_view::native_type native_handle(std::size_t place) noexcept {
        return descriptor(static_cast<std::int64_t>(place));
    }

    /// Its name in the configuration (systemd.socket(5), FileDescriptorName=); empty if it has none.
    [[nodiscard]] std::string_view name(std::size_t place) const noexcept {
        std::string_view rest = names_;
        for (;; --place) {
            const std::size_t end = rest.find(':');
            if (place == 0) return rest.substr(0, end);
            if (end == std::string_view::npos) return {};
            rest.remove_prefix(end + 1);
        }
    }

private:
    listen_fds() noexcept = default;
    listen_fds(std::size_t size, std::string_view names) noexcept : size_(size), names_(names) {}

    static handle_view::native_type descriptor(std::int64_t place) noexcept {
        constexpr std::int64_t first = 3;  // SD_LISTEN_FDS_START
        return static_cast<handle_view::native_type>(first + place);
    }

    static std::string_view text_in(const char* variable) noexcept {
        const char* const text = std::getenv(variable);
        return text != nullptr ? text : "";
    }

    /// -1 if it is not a number of up to nine digits.
    static std::int64_t number_in(const char* variable) noexcept {
        const std::string_view text = text_in(variable);
        if (text.empty() || text.size() > 9) return -1;
        std::int64_t number = 0;
        for (const char c : text) {
            if (c < '0' || c > '9') return -1;
            number = number * 10 + (c - '0');
        }
        return number;
    }

    std::size_t size_ = 0;
    std::string_view names_;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
