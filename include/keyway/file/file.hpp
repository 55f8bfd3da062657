// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_FILE_HPP
#define KEYWAY_FILE_FILE_HPP

// Owners and views of files, and opening them by their path.

#include <concepts>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/file.hpp>
#include <keyway/error.hpp>
#include <keyway/file/access.hpp>          // IWYU pragma: export
#include <keyway/file/file_interface.hpp>  // IWYU pragma: export
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// A file that something else owns.
template <access A>
using file_view = view<file_interface<A>>;

/// Owns an open file, which is close-on-exec; its operations are those of file_interface.
///
///     auto log = kw::file<kw::access::append>::open("requests.log", {.create = true});
///     if (!log) return report(log.error());
///     auto written = log->write_all("a line\n");
///
/// A destructor cannot report the last error of a disk: where that matters, call sync() or close().
template <access A>
class file : public owner<file_interface<A>> {
    using base = owner<file_interface<A>>;
    friend file_interface<A>;

public:
    using native_type = typename base::native_type;

    constexpr file() noexcept = default;

    /// On POSIX a named file can be waited for.
    template <std::same_as<handle_view::native_type> Descriptor = native_type>
    constexpr operator handle_view() const& noexcept {
        return handle_view::borrow(Descriptor{this->native_handle()});
    }
    // clang-format off
    template <std::same_as<handle_view::native_type> Descriptor = native_type>
    operator handle_view() const&& KEYWAY_DELETE("a temporary owner closes its descriptor at the end of this line: keep the owner in a variable that outlives the view");
    // clang-format on

    /// Opens the file at a path, which is UTF-8 on Windows and bytes on POSIX.
    ///
    /// Errors: no_such_file_or_directory, file_exists, permission_denied, is_a_directory, too_many_files_open,
    /// filename_too_long, invalid_argument (a NUL in the path).
    /// Blocks: on a FIFO until its other end is opened. Source: open(2), O_CLOEXEC; fifo(7).
    [[nodiscard]] static result<file> open(std::string_view path, const open_options<A>& options = {}) noexcept {
        return opened(path, no_limit{}, options);
    }

    /// Opens the file within a limit, `open(path, 5s)` or `open(path, 5s, {.create = true})`: on a FIFO it ends the
    /// wait for the other end, and a terminal line or a device is not waited for. The file blocks afterwards as without
    /// a limit.
    /// Errors: also limit_reached and operation_canceled.
    /// Platforms: the BSDs and macOS report a writer only once it has written something. Source: open(2), O_NONBLOCK.
    template <limit_like L>
    [[nodiscard]] static result<file> open(std::string_view path, const L& limit,
                                           const open_options<A>& options = {}) noexcept {
        return opened(path, limit, options);
    }

    // clang-format off
    template <class Path> requires(!std::convertible_to<const Path&, std::string_view>)
    static detail::refused open(const Path&, auto&&...) KEYWAY_DELETE("a path is text, UTF-8 on Windows and bytes on POSIX: of a std::filesystem::path its string()");
    template <not_a_limit L> requires(!std::same_as<L, open_options<A>>)
    static detail::refused open(std::string_view, const L&, auto&&...) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: open(path, 5s, {.create = true})");
    static detail::refused open(std::string_view, const open_options<A>&, auto&&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: open(path, 5s, {.create = true})");
    // clang-format on

    /// Takes over a file that is known to be open for this access; nothing is checked.
    [[nodiscard]] static file adopt_unchecked(native_type native) noexcept {
        return adopt_known(native, detail::os::kind_of_file(native));
    }

    /// Takes over a file from elsewhere. If refused, it stays the caller's.
    /// Errors: bad_file_descriptor (not open, or not for this access, which Windows does not report).
    /// Source: fcntl(2), F_GETFL.
    [[nodiscard]] static result<file> adopt(native_type native) noexcept {
        if (detail::os::allows(native, detail::may_read(A), detail::may_write(A)) < 0)
            return detail::last_error(operation::adopt);
        return adopt_unchecked(native);
    }

private:
    using base::base;

    static file adopt_known(native_type native, detail::os::file_kind kind) noexcept {
        return file(file_interface<A>(native, kind));
    }

    template <class L>
    static result<file> opened(std::string_view path, const L& limit, const open_options<A>& options) noexcept {
        detail::os::opening wanted{
            .read = detail::may_read(A), .write = detail::may_write(A), .append = A == access::append};
        if constexpr (detail::may_write(A)) {
            wanted.create = options.create;
            wanted.create_new = options.create_new;
            wanted.permissions = options.permissions;
        }
        if constexpr (A == access::write || A == access::read_write) wanted.truncate = options.truncate;
        detail::os::file_kind kind{};
        const auto native = detail::os::open_file(path, wanted, kind, detail::native_limit(limit));
        if (native == file::invalid) return detail::last_error(operation::open);
        return adopt_known(native, kind);
    }
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
