// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_HANDLE_HPP
#define KEYWAY_HANDLE_HPP

// A descriptor without a type, and what owning one means. Every socket, listener and connection is a view, which has
// the operations, and an owner of it, which adds only closing, moving and giving up.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A descriptor that somebody else owns. Copy it freely; it must not be used after its owner closed it.
class handle_view {
public:
    /// int on POSIX, SOCKET on Windows.
    using native_type = detail::os::native_handle;
    static constexpr native_type invalid = detail::os::invalid_handle;

    constexpr handle_view() noexcept = default;
    constexpr explicit handle_view(native_type native) noexcept : native_(native) {}

    [[nodiscard]] constexpr native_type native_handle() const noexcept { return native_; }
    [[nodiscard]] constexpr bool is_open() const noexcept { return native_ != invalid; }

protected:
    /// How an owner of this view closes.
    static int close_native(native_type native) noexcept { return detail::os::close(native); }

private:
    native_type native_ = invalid;
};

namespace detail {

/// Why a descriptor is about to be closed: somebody called close(), or its owner went out of scope.
enum class closing : bool { asked, abandoned };

/// What the kernel says a socket is.
inline result<os::socket_kind> kind_of(os::native_handle native, operation op) noexcept {
    os::socket_kind kind;
    if (os::inspect(native, kind) < 0) return last_error(op);
    return kind;
}

/// Nothing has to be done before the descriptor is closed.
struct close_only {
    static void before_close(auto, closing) noexcept {}
};

/// Makes the destructor of a connection return at once, also where the program set SO_LINGER: the kernel goes on
/// sending what is queued. An explicit close() keeps the program's choice.
struct do_not_linger {
    static void before_close(os::native_handle native, closing why) noexcept {
        constexpr os::linger_value off{};
        if (why == closing::abandoned) os::set_option(native, SOL_SOCKET, os::linger_option, &off, sizeof(off));
    }
};

}  // namespace detail

/// The one owner of a descriptor: moves, never copies, and closes in its destructor, which reports nothing and does
/// not block. An owner that was moved from, released or closed is empty; is_open() tells.
///
/// Where a View is wanted an owner will do, as a std::string does for a std::string_view, and with the same duty: the
/// owner has to outlive it.
///
/// Thread safety: const members may be called from several threads at once; the others need the owner to themselves.
template <class View, class Cleanup = detail::close_only>
class owner : public View {
public:
    using native_type = typename View::native_type;

    constexpr owner() noexcept = default;
    /// Takes over an open descriptor, unchecked.
    constexpr explicit owner(native_type native, const Cleanup& cleanup = {}) noexcept
        : View(native), cleanup_(cleanup) {}

    owner(const owner&) = delete;
    owner(owner&& other) noexcept : View(static_cast<const View&>(other)), cleanup_(other.cleanup_) { other.forget(); }
    owner& operator=(const owner&) = delete;
    owner& operator=(owner&& other) noexcept {
        if (this != &other) {
            discard();
            static_cast<View&>(*this) = other;
            cleanup_ = other.cleanup_;
            other.forget();
        }
        return *this;
    }
    ~owner() { discard(); }

    /// Gives the descriptor up without closing it, and the duty to clean up after it with it.
    [[nodiscard]] native_type release() noexcept {
        const native_type native = this->native_handle();
        forget();
        return native;
    }

    /// Closes and reports. The owner is empty afterwards, whatever the result: a descriptor is never closed twice.
    ///
    /// Errors: bad_descriptor where the owner is empty; else what the system kept for the last moment (EIO, ENOSPC).
    /// Blocks: only where the program set option::linger.
    /// Source: close(2).
    result<void> close() noexcept {
        if (this->is_open()) cleanup_.before_close(this->native_handle(), detail::closing::asked);
        return detail::checked(View::close_native(release()), operation::close);
    }

protected:
    [[nodiscard]] Cleanup& cleanup() noexcept { return cleanup_; }
    [[nodiscard]] const Cleanup& cleanup() const noexcept { return cleanup_; }

private:
    void forget() noexcept {
        static_cast<View&>(*this) = View();
        cleanup_ = Cleanup();
    }

    void discard() noexcept {
        if (!this->is_open()) return;
        const int kept = detail::os::last_error();  // whoever is about to ask for it did not call close()
        cleanup_.before_close(this->native_handle(), detail::closing::abandoned);
        View::close_native(this->native_handle());
        detail::os::set_last_error(kept);
    }

    KEYWAY_NO_UNIQUE_ADDRESS Cleanup cleanup_;
};

/// Owns a descriptor of any kind.
class handle : public owner<handle_view> {
public:
    using owner::owner;

    /// Another descriptor for the same thing, close-on-exec like every one here.
    /// Errors: too_many_files, bad_descriptor. Source: fcntl(2), F_DUPFD_CLOEXEC.
    [[nodiscard]] result<handle> duplicate() const noexcept {
        const native_type copy = detail::os::duplicate(native_handle());
        if (copy == invalid) return detail::last_error(operation::duplicate);
        return handle(copy);
    }
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
