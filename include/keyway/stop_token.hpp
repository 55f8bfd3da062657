// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_STOP_TOKEN_HPP
#define KEYWAY_STOP_TOKEN_HPP

// The bridge from std::stop_token to the calls that wait. Opt-in: <stop_token> is large. Empty where the standard library
// has none (KEYWAY_HAS_STOP_TOKEN).

#include <keyway/detail/config.hpp>

#if KEYWAY_HAS_STOP_TOKEN

#include <stop_token>
#include <utility>

#include <keyway/canceller.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>

namespace keyway::inline KEYWAY_MODE {

/// A canceller that is canceled when somebody requests a stop. It neither moves nor copies; open it once in each
/// thread that waits, and use it for every call:
///
///     std::jthread reader([&](std::stop_token token) {
///         auto stop = kw::stop_canceller::open(token);
///         while (auto got = conn.recv(buffer, *stop)) use(*got);
///     });
class stop_canceller : public canceller {
public:
    /// Errors: too_many_files, too_many_files_in_system, not_enough_memory.
    [[nodiscard]] static result<stop_canceller> open(std::stop_token token) noexcept {
        auto opened = canceller::open();
        if (!opened) return unexpected<error>(opened.error());
        return result<stop_canceller>(std::in_place, std::move(token), std::move(*opened));
    }

    /// Takes over a canceller, which others may use and cancel too.
    stop_canceller(std::stop_token token, canceller&& taken) noexcept
        : canceller(std::move(taken)), callback_(std::move(token), request{canceller_view(native_handle())}) {}

    stop_canceller(const stop_canceller&) = delete;
    stop_canceller& operator=(const stop_canceller&) = delete;
    ~stop_canceller() = default;

private:
    struct request {
        canceller_view canceller;
        void operator()() const noexcept { canceller.cancel(); }
    };

    std::stop_callback<request> callback_;
};

}  // namespace keyway::inline KEYWAY_MODE

#endif

#endif
