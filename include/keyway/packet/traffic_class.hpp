// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_TRAFFIC_CLASS_HPP
#define KEYWAY_PACKET_TRAFFIC_CLASS_HPP

// The octet of IP that says how a packet wants to be treated: IPv4's type of service, IPv6's traffic class. Six bits are
// the DSCP (RFC 2474), two are ECN (RFC 3168).

#include <cstdint>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// A differentiated services codepoint, 0 to 63; any of them is `dscp{n}`. The names are IANA's.
enum class dscp : std::uint8_t {
    best_effort = 0,   ///< CS0, RFC 2474
    lower_effort = 1,  ///< LE, RFC 8622
    cs1 = 8,
    af11 = 10,  ///< assured forwarding, RFC 2597: class, then how soon to drop
    af12 = 12,
    af13 = 14,
    cs2 = 16,
    af21 = 18,
    af22 = 20,
    af23 = 22,
    cs3 = 24,
    af31 = 26,
    af32 = 28,
    af33 = 30,
    cs4 = 32,
    af41 = 34,
    af42 = 36,
    af43 = 38,
    cs5 = 40,
    voice_admit = 44,  ///< RFC 5865
    expedited = 46,    ///< EF, RFC 3246
    cs6 = 48,
    cs7 = 56,
};

/// Explicit congestion notification, RFC 3168 section 5.
enum class ecn : std::uint8_t {
    not_capable = 0,             ///< Not-ECT: a router in trouble drops the packet
    capable_1 = 1,               ///< ECT(1), also L4S (RFC 9331)
    capable_0 = 2,               ///< ECT(0)
    congestion_experienced = 3,  ///< CE: a router was in trouble, and marked the packet instead of dropping it
};

/// Both in one octet.
struct traffic_class {
    dscp service = dscp::best_effort;
    ecn congestion = ecn::not_capable;

    [[nodiscard]] static constexpr traffic_class from_octet(std::uint8_t octet) noexcept {
        return {static_cast<dscp>(octet >> 2U), static_cast<ecn>(octet & 3U)};
    }

    /// False for a DSCP above 63 or an ECN above 3, which would run into each other.
    [[nodiscard]] constexpr bool is_valid() const noexcept {
        return static_cast<unsigned>(service) <= 63 && static_cast<unsigned>(congestion) <= 3;
    }

    /// Requires: is_valid().
    [[nodiscard]] constexpr std::uint8_t octet() const noexcept {
        return static_cast<std::uint8_t>(static_cast<unsigned>(service) << 2U | static_cast<unsigned>(congestion));
    }

    friend constexpr bool operator==(const traffic_class&, const traffic_class&) noexcept = default;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
