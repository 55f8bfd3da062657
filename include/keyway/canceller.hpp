// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CANCELLER_HPP
#define KEYWAY_CANCELLER_HPP

// A handle by which one thread wakes others that wait in calls of this library.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A canceller that somebody else owns.
///
/// Thread safety: any thread may call any of it, and a signal handler cancel().
class canceller_view : public handle_view {
public:
    using handle_view::handle_view;

    /// Ends every call that waits with it, with operation_canceled, and every later one before it begins, until
    /// reset(). What a call has transferred by then is in its result; nothing is lost.
    /// Errors: bad_descriptor. Source: eventfd(2) on Linux, kqueue(2), EVFILT_USER.
    result<void> cancel() const noexcept {
        return detail::checked(detail::os::wake(native_handle()), operation::cancel);
    }

    [[nodiscard]] bool is_canceled() const noexcept {
        const detail::os::limit now{.until = detail::os::at_once, .cancel = native_handle()};
        return detail::os::may_begin(now) < 0;
    }

    /// As if it had never been canceled. Errors: bad_descriptor.
    result<void> reset() const noexcept {
        return detail::checked(detail::os::quiet(native_handle()), operation::cancel);
    }
};

/// Owns a canceller: one descriptor, which poll(2) finds readable once it is canceled.
///
///     auto stop = kw::canceller::open();
///     std::thread reader([&] { auto got = conn.recv(buffer, *stop); });
///     stop->cancel();                                             // recv() fails with operation_canceled
class canceller : public owner<canceller_view> {
public:
    constexpr canceller() noexcept = default;

    /// Errors: too_many_files, too_many_files_in_system, not_enough_memory.
    [[nodiscard]] static result<canceller> open() noexcept {
        const auto native = detail::os::open_waker();
        if (native == invalid) return detail::last_error(operation::open);
        return canceller(native);
    }

private:
    using owner::owner;
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
