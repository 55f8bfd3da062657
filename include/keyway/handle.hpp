// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_HANDLE_HPP
#define KEYWAY_HANDLE_HPP

// Descriptors and their ownership. The operations of a descriptor live in an interface class, from which both its
// owner and its non-owning view derive.

#include <concepts>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The operations of any descriptor, of views and owners alike. Neither constructible nor assignable by itself.
class handle_interface {
public:
    /// int on POSIX, SOCKET on Windows.
    using native_type = detail::os::native_handle;
    static constexpr native_type invalid = detail::os::invalid_handle;

    [[nodiscard]] constexpr native_type native_handle() const noexcept { return native_; }
    [[nodiscard]] constexpr bool is_open() const noexcept { return native_ != invalid; }

    // clang-format off
    explicit operator bool() const = delete;  // KEYWAY_DELETE("is_open() says whether there is a descriptor")
    template <class Other> detail::refused operator==(const Other&) const KEYWAY_DELETE("compare the native_handle() of two; is_open() says whether there is a descriptor");
    template <class Other> detail::refused operator<=>(const Other&) const KEYWAY_DELETE("compare the native_handle() of two; is_open() says whether there is a descriptor");
    // clang-format on

protected:
    constexpr handle_interface() noexcept = default;
    constexpr explicit handle_interface(native_type native) noexcept : native_(native) {}
    constexpr handle_interface(const handle_interface&) noexcept = default;
    constexpr handle_interface& operator=(const handle_interface&) noexcept = default;
    ~handle_interface() = default;

    /// Closes a descriptor of this kind.
    static int close_native(native_type native) noexcept { return detail::os::close(native); }

private:
    native_type native_ = invalid;
};

namespace detail {

/// An owner: it gives its descriptor up when asked to.
template <class O>
concept owning = requires(O& owner) { owner.release(); };

/// An interface of a fixed address family, whose view the one for any IP address can stand for.
template <class From, class To>
concept widens_to = std::same_as<typename From::widened, To> && !std::derived_from<From, To>;

}  // namespace detail

/// The non-owning form: it has every operation of the interface but closing. Copy it freely; the owner has to outlive it.
/// A named owner converts to its view, and one of a fixed family to the view of the family `ip`. A temporary owner does
/// not: its descriptor would be closed at the end of the line, and the number soon be another's.
template <class Interface>
class view : public Interface {
public:
    using native_type = typename Interface::native_type;

    constexpr view() noexcept = default;

    template <std::derived_from<Interface> Named>
    constexpr view(const Named& named) noexcept : Interface(static_cast<const Interface&>(named)) {}
    template <detail::widens_to<Interface> Named>
    constexpr view(const Named& named) noexcept : Interface(named.native_handle()) {}

    /// A view of a descriptor that something else owns. It is known to be of this kind; nothing is checked.
    [[nodiscard]] static constexpr view borrow(native_type native) noexcept { return view(native); }

    // clang-format off
    template <class Owner> requires detail::owning<Owner> && (std::derived_from<Owner, Interface> || detail::widens_to<Owner, Interface>)
    view(const Owner&&) KEYWAY_DELETE("a temporary owner closes its descriptor at the end of this line: keep the owner in a variable that outlives the view");
    // clang-format on

private:
    constexpr explicit view(native_type native) noexcept : Interface(native) {}
};

/// A descriptor of any kind that something else owns.
using handle_view = view<handle_interface>;

namespace detail {

/// Why a descriptor is about to be closed: close() was called, or its owner went out of scope.
enum class closing : bool { asked, abandoned };

/// Nothing has to be done before the descriptor is closed.
struct close_only {
    static void before_close(auto, closing) noexcept {}
};

/// Makes the destructor of a connection return at once even if the program set SO_LINGER: the kernel goes on sending what
/// is queued. An explicit close() keeps the program's choice. Costs nothing in a program that never set it.
struct do_not_linger {
    static void before_close(os::native_handle native, closing why) noexcept {
        constexpr os::linger_value off{};
        if (why == closing::abandoned && os::may_linger())
            os::set_option(native, SOL_SOCKET, os::linger_option, &off, sizeof(off));
    }
};

}  // namespace detail

/// The one owner of a descriptor: it moves, never copies, and closes in its destructor, which reports nothing and does not
/// block. An owner that was moved from, released or closed is empty, see is_open().
///
/// Thread safety: const members may be called from several threads at once; the others need exclusive access.
template <class Interface, class Cleanup = detail::close_only>
class owner : public Interface {
public:
    using native_type = typename Interface::native_type;
    using view_type = view<Interface>;

    constexpr owner() noexcept = default;

    // clang-format off
    owner(const owner&) = delete;  // KEYWAY_DELETE("a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied")
    owner& operator=(const owner&) = delete;  // KEYWAY_DELETE("a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied")
    // clang-format on
    owner(owner&& other) noexcept : Interface(static_cast<const Interface&>(other)), cleanup_(other.cleanup_) {
        other.forget();
    }
    owner& operator=(owner&& other) noexcept {
        if (this != &other) {
            discard();
            Interface::operator=(other);
            cleanup_ = other.cleanup_;
            other.forget();
        }
        return *this;
    }
    ~owner() { discard(); }

    /// Releases ownership without closing; any cleanup becomes the caller's job.
    [[nodiscard]] native_type release() noexcept {
        const native_type native = this->native_handle();
        forget();
        return native;
    }

    /// Closes and reports. The owner is empty afterwards, whatever the result: a descriptor is never closed twice.
    ///
    /// Errors: bad_file_descriptor if the owner is empty; otherwise the system's last error (EIO, ENOSPC).
    /// Blocks: only if the program set option::linger.
    /// Source: close(2).
    [[nodiscard("the destructor closes without a report; close() is called for it")]] result<void> close() noexcept {
        if (this->is_open()) cleanup_.before_close(this->native_handle(), detail::closing::asked);
        return detail::checked(Interface::close_native(release()), operation::close);
    }

protected:
    constexpr explicit owner(const Interface& taken, const Cleanup& cleanup = {}) noexcept
        : Interface(taken), cleanup_(cleanup) {}

    [[nodiscard]] Cleanup& cleanup() noexcept { return cleanup_; }
    [[nodiscard]] const Cleanup& cleanup() const noexcept { return cleanup_; }

private:
    void forget() noexcept {
        Interface::operator=(view_type());
        cleanup_ = Cleanup();
    }

    void discard() noexcept {
        if (!this->is_open()) return;
        const int kept = detail::os::last_error();  // the caller's next look at it is not about this close
        cleanup_.before_close(this->native_handle(), detail::closing::abandoned);
        Interface::close_native(this->native_handle());
        detail::os::set_last_error(kept);
    }

    KEYWAY_NO_UNIQUE_ADDRESS Cleanup cleanup_;
};

/// Owns a descriptor of any kind.
class handle : public owner<handle_interface> {
public:
    constexpr handle() noexcept = default;

    /// Takes over an open descriptor; nothing is checked.
    [[nodiscard]] static handle adopt_unchecked(native_type native) noexcept {
        return handle(view_type::borrow(native));
    }

    /// Another descriptor for the same object, close-on-exec like all of them.
    /// Errors: too_many_files_open, bad_file_descriptor. Source: fcntl(2), F_DUPFD_CLOEXEC.
    template <class Owner = handle>  // so that the result is instantiated where it is used
    [[nodiscard]] result<Owner> duplicate() const noexcept {
        const native_type copy = detail::os::duplicate(native_handle());
        if (copy == invalid) return detail::last_error(operation::duplicate);
        return handle(view_type::borrow(copy));
    }

private:
    using owner::owner;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
