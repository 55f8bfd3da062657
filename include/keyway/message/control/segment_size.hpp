// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_CONTROL_SEGMENT_SIZE_HPP
#define KEYWAY_MESSAGE_CONTROL_SEGMENT_SIZE_HPP

// The size of each datagram where one call moves several. <keyway/message/segment.hpp> uses it.
// Source: udp(7), UDP_SEGMENT and UDP_GRO; UDP_SEND_MSG_SIZE and UDP_RECV_MAX_COALESCED_SIZE on Windows.

#include <cstddef>
#include <cstdint>
#include <optional>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/message/control/item.hpp>

#if KEYWAY_HAS_UDP_SEGMENTS

namespace keyway {
inline namespace KEYWAY_MODE {
namespace control {

/// Sent: the kernel splits the data into datagrams of this size; the last may be shorter. Received: the data consists of
/// datagrams of this size from one sender; the last may be shorter.
struct segment_size {
    std::uint16_t value = 0;

    template <class F, class T, class P>
    static constexpr bool fits = P::number == IPPROTO_UDP;

    static result<void> request(handle_view socket, int) noexcept {
        return detail::set_control_option(socket, detail::os::udp_level, detail::os::udp_coalesce,
                                          detail::os::udp_coalesce_request);
    }
    static constexpr std::size_t received_space = space(sizeof(int));
    [[nodiscard]] static std::optional<segment_size> decode(const entry& from) noexcept {
        if (!from.is(detail::os::udp_level, detail::os::udp_coalesce)) return std::nullopt;
        const auto value = from.as<int>();
        if (!value || *value <= 0 || *value > UINT16_MAX) return std::nullopt;
        return segment_size{static_cast<std::uint16_t>(*value)};
    }
    static constexpr std::size_t sent_space = space(sizeof(detail::os::udp_segment_value));
    void encode(writer& to) const noexcept {
        to.add(detail::os::udp_level, detail::os::udp_segment, detail::os::udp_segment_value{value});
    }
};

}  // namespace control
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif

#endif
