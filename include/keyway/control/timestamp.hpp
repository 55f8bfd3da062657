// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CONTROL_TIMESTAMP_HPP
#define KEYWAY_CONTROL_TIMESTAMP_HPP

// When a message came, as the kernel or the network card saw it, and how many did not fit into the queue. Linux.
// Source: Linux, Documentation/networking/timestamping.rst; socket(7), SO_RXQ_OVFL.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <keyway/control/item.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

#if KEYWAY_HAS_TIMESTAMPS

namespace keyway::inline KEYWAY_MODE {
namespace detail {

/// A kernel's timespec, whose fields have 32 bits on some systems.
template <class Field>
struct kernel_time {
    Field seconds;
    Field nanoseconds;

    [[nodiscard]] constexpr std::int64_t in_nanoseconds() const noexcept {
        return std::int64_t{seconds} * 1'000'000'000 + nanoseconds;
    }
};

/// `Count` times in a row, whichever width their fields have.
template <std::size_t Count>
std::optional<std::array<std::int64_t, Count>> times_in(const control::entry& from) noexcept {
    std::array<std::int64_t, Count> all{};
    const auto read = [&]<class Field>(Field) {
        for (std::size_t i = 0; i < Count; ++i) all[i] = from.at<kernel_time<Field>>(i).in_nanoseconds();
        return all;
    };
    if (from.data.size() == Count * sizeof(kernel_time<std::int64_t>)) return read(std::int64_t{});
    if (from.data.size() == Count * sizeof(kernel_time<std::int32_t>)) return read(std::int32_t{});
    return std::nullopt;
}

}  // namespace detail

namespace control {

/// When the kernel took the message from the network.
struct timestamp {
    std::int64_t nanoseconds = 0;  ///< since 1970, of the system's clock (CLOCK_REALTIME)

    static result<void> request(handle_view socket, int) noexcept {
        return detail::set_control_option(socket, SOL_SOCKET, SO_TIMESTAMPNS);
    }
    static constexpr std::size_t received_space = space(sizeof(detail::kernel_time<std::int64_t>));
    [[nodiscard]] static std::optional<timestamp> decode(const entry& from) noexcept {
        if (!from.is(SOL_SOCKET, SO_TIMESTAMPNS)) return std::nullopt;
        const auto times = detail::times_in<1>(from);
        if (!times) return std::nullopt;
        return timestamp{(*times)[0]};
    }
};

/// The same beside the time that the network card saw, for cards that tell. Messages that come just after request() may
/// have none: the kernel takes a moment to look at the clock.
struct timestamps {
    std::int64_t software = 0;  ///< nanoseconds since 1970; 0: none
    std::int64_t hardware = 0;  ///< nanoseconds of the card's own clock; 0: none

    static result<void> request(handle_view socket, int) noexcept {
        return detail::set_control_option(socket, SOL_SOCKET, SO_TIMESTAMPING,
                                          detail::os::software_timestamps | detail::os::hardware_timestamps);
    }
    static constexpr std::size_t received_space = space(3 * sizeof(detail::kernel_time<std::int64_t>));
    [[nodiscard]] static std::optional<timestamps> decode(const entry& from) noexcept {
        if (!from.is(SOL_SOCKET, SO_TIMESTAMPING)) return std::nullopt;
        const auto times = detail::times_in<3>(from);  // the second is of the past
        if (!times) return std::nullopt;
        return timestamps{(*times)[0], (*times)[2]};
    }
};

/// How many messages this socket has lost because its queue was full. Comes only when there are any.
struct drop_count {
    std::uint32_t value = 0;  ///< since it was opened; begins again after 2^32 - 1

    static result<void> request(handle_view socket, int) noexcept {
        return detail::set_control_option(socket, SOL_SOCKET, SO_RXQ_OVFL);
    }
    static constexpr std::size_t received_space = space(sizeof(std::uint32_t));
    [[nodiscard]] static std::optional<drop_count> decode(const entry& from) noexcept {
        if (!from.is(SOL_SOCKET, SO_RXQ_OVFL)) return std::nullopt;
        const auto value = from.as<std::uint32_t>();
        if (!value) return std::nullopt;
        return drop_count{*value};
    }
};

}  // namespace control
}  // namespace keyway::inline KEYWAY_MODE

#endif

#endif
