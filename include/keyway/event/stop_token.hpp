// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_EVENT_STOP_TOKEN_HPP
#define KEYWAY_EVENT_STOP_TOKEN_HPP

// The bridge from std::stop_token to calls that wait. Empty if the standard library has no <stop_token>
// (KEYWAY_HAS_STOP_TOKEN).

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_STOP_TOKEN

#include <stop_token>
#include <utility>

#include <keyway/canceller.hpp>
#include <keyway/error.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// A canceller that is cancelled when a stop is requested. It neither moves nor copies; open one in each thread that waits,
/// and use it for every call:
///
///     std::jthread reader([&](std::stop_token token) {
///         auto stop = kw::stop_canceller::open(token);
///         while (auto got = conn.recv(buffer, *stop)) use(*got);
///     });
class stop_canceller : public canceller {
public:
    /// Errors: too_many_files_open, too_many_files_open_in_system, not_enough_memory.
    [[nodiscard]] static result<stop_canceller> open(std::stop_token token) noexcept {
        auto opened = canceller::open();
        if (!opened) return failure(opened);
        return result<stop_canceller>(std::in_place, std::move(token), std::move(*opened));
    }

    /// Takes over a canceller, which others may use and cancel as well.
    stop_canceller(std::stop_token token, canceller&& taken) noexcept
        : canceller(std::move(taken)), callback_(std::move(token), request{canceller_view::borrow(native_handle())}) {}

    stop_canceller(const stop_canceller&) = delete;
    stop_canceller& operator=(const stop_canceller&) = delete;
    ~stop_canceller() = default;

private:
    struct request {
        canceller_view canceller;
        void operator()() const noexcept { static_cast<void>(canceller.cancel()); }
    };

    std::stop_callback<request> callback_;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif

#endif
