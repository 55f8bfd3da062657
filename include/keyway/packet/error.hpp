// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_ERROR_HPP
#define KEYWAY_PACKET_ERROR_HPP

// Why a packet cannot be parsed or written.

#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/expected.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Why a packet cannot be parsed or written.
enum class packet_errc : std::uint8_t {
    truncated = 1,      ///< the packet ends within its header
    wrong_version,      ///< the version field is that of another protocol
    bad_header_length,  ///< the header length field is below the minimum
    bad_total_length,   ///< the total length field is below the header length
    not_an_error,       ///< the ICMP message is not an error message, so it quotes no datagram
    field_too_large,    ///< a value does not fit its field
    buffer_too_small,   ///< the packet does not fit the buffer
};

/// A reason as English text.
[[nodiscard]] constexpr std::string_view describe(packet_errc why) noexcept {
    switch (why) {
    case packet_errc::truncated: return "the packet ends within its header";
    case packet_errc::wrong_version: return "the packet has another IP version";
    case packet_errc::bad_header_length: return "the header length is below the minimum";
    case packet_errc::bad_total_length: return "the total length is below the header length";
    case packet_errc::not_an_error: return "the message is not an error message";
    case packet_errc::field_too_large: return "a value does not fit its field";
    case packet_errc::buffer_too_small: return "the packet does not fit the buffer";
    }
    return "unknown";
}

/// A T, or a packet_errc.
template <class T>
using packet_result = expected<T, packet_errc>;

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
