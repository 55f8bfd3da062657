// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CANCELLER_HPP
#define KEYWAY_CANCELLER_HPP

// A handle with which one thread ends the waiting of others in calls of this library.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The operations of a canceller.
///
/// Thread safety: any thread may call any of them, and a signal handler cancel().
class canceller_interface : public handle_interface {
public:
    /// Ends every call that waits with this canceller, with operation_canceled, and every later one before it begins, until
    /// reset(). What a call has transferred by then is in its result; nothing is lost.
    /// Errors: bad_file_descriptor. Source: eventfd(2) on Linux, kqueue(2), EVFILT_USER.
    [[nodiscard]] result<void> cancel() const noexcept {
        return detail::checked(detail::os::wake(native_handle()), operation::cancel);
    }

    [[nodiscard]] bool is_cancelled() const noexcept {
        detail::os::wait_limit now{.until = detail::os::at_once};
        now.add_canceller(native_handle());
        return detail::os::check_limit(now) < 0 &&
               detail::last_error(operation::cancel).error() == errc::operation_canceled;
    }

    /// Undoes cancel(). Errors: bad_file_descriptor.
    [[nodiscard]] result<void> reset() const noexcept {
        return detail::checked(detail::os::reset_waker(native_handle()), operation::cancel);
    }

protected:
    using handle_interface::handle_interface;
    constexpr canceller_interface() noexcept = default;
    constexpr canceller_interface(const canceller_interface&) noexcept = default;
    constexpr canceller_interface& operator=(const canceller_interface&) noexcept = default;
    ~canceller_interface() = default;
};

/// A canceller that something else owns.
using canceller_view = view<canceller_interface>;

/// Owns a canceller: one descriptor, which poll(2) reports as readable once it is cancelled.
///
///     auto stop = kw::canceller::open();
///     std::thread reader([&] { auto got = conn.recv(buffer, *stop); });
///     stop->cancel();                                             // recv() fails with operation_canceled
class canceller : public owner<canceller_interface> {
public:
    constexpr canceller() noexcept = default;

    /// Errors: too_many_files_open, too_many_files_open_in_system, not_enough_memory.
    template <class Owner = canceller>  // so that the result is instantiated where it is used
    [[nodiscard]] static result<Owner> open() noexcept {
        const auto native = detail::os::open_waker();
        if (native == invalid) return detail::last_error(operation::open);
        return canceller(view_type::borrow(native));
    }

private:
    using owner::owner;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
