// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_ERROR_HPP
#define KEYWAY_PACKET_ERROR_HPP

// Why bytes are not the packet they were taken for, or a packet cannot be written.

#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/expected.hpp>

namespace keyway::inline KEYWAY_MODE {

enum class packet_errc : std::uint8_t {
    truncated = 1,      ///< the bytes end before the header does
    wrong_version,      ///< the version field names another protocol
    bad_header_length,  ///< the header says that it is shorter than any can be
    bad_total_length,   ///< the packet says that it is shorter than its header
    not_an_error,       ///< the ICMP message reports no error, so it quotes no datagram
    field_too_large,    ///< a value does not fit its field
    no_room,            ///< the buffer is shorter than what is to be written
};

/// What it says in words.
[[nodiscard]] constexpr std::string_view describe(packet_errc why) noexcept {
    switch (why) {
    case packet_errc::truncated: return "the packet ends before its header does";
    case packet_errc::wrong_version: return "the packet is of another version of IP";
    case packet_errc::bad_header_length: return "the header is shorter than any can be";
    case packet_errc::bad_total_length: return "the packet is shorter than its header";
    case packet_errc::not_an_error: return "the message reports no error";
    case packet_errc::field_too_large: return "a value does not fit its field";
    case packet_errc::no_room: return "the buffer is too short for the packet";
    }
    return "unknown";
}

/// A T, or why there is none.
template <class T>
using packet_result = expected<T, packet_errc>;

}  // namespace keyway::inline KEYWAY_MODE

#endif
