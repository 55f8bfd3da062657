// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_CONTROL_TIMESTAMP_HPP
#define KEYWAY_MESSAGE_CONTROL_TIMESTAMP_HPP

// The control messages of the receive queue: arrival times from the kernel or the network card, drop counts. Linux.
// Source: Linux, Documentation/networking/timestamping.rst; socket(7), SO_RXQ_OVFL.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/message/control/item.hpp>

#if KEYWAY_HAS_TIMESTAMPS

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// The kernel's timespec, whose fields have 32 bits on some systems.
template <class Field>
struct kernel_time {
    Field seconds;
    Field nanoseconds;

    [[nodiscard]] constexpr std::int64_t in_nanoseconds() const noexcept {
        return std::int64_t{seconds} * 1'000'000'000 + nanoseconds;
    }
};

/// `Count` times in a row, with fields of either width.
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

/// The time at which the kernel received the message from the network.
struct timestamp {
    std::int64_t nanoseconds = 0;  ///< since 1970, by the system's clock (CLOCK_REALTIME)

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

/// The kernel's time and, from cards that report it, the network card's. Messages that arrive just after request() may
/// have neither: the kernel starts its clock with a short delay.
struct timestamps {
    std::int64_t software = 0;  ///< nanoseconds since 1970; 0: none
    std::int64_t hardware = 0;  ///< nanoseconds of the card's clock; 0: none

    static result<void> request(handle_view socket, int) noexcept {
        return detail::set_control_option(socket, SOL_SOCKET, SO_TIMESTAMPING,
                                          detail::os::software_timestamps | detail::os::hardware_timestamps);
    }
    static constexpr std::size_t received_space = space(3 * sizeof(detail::kernel_time<std::int64_t>));
    [[nodiscard]] static std::optional<timestamps> decode(const entry& from) noexcept {
        if (!from.is(SOL_SOCKET, SO_TIMESTAMPING)) return std::nullopt;
        const auto times = detail::times_in<3>(from);  // the second is no longer used
        if (!times) return std::nullopt;
        return timestamps{(*times)[0], (*times)[2]};
    }
};

/// The number of messages that this socket dropped because its queue was full. Delivered only if it dropped any.
struct drop_count {
    std::uint32_t value = 0;  ///< since the socket was opened; wraps around after 2^32 - 1

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
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif

#endif
