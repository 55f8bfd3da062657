// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_PACKET_ICMP_TYPES_HPP
#define KEYWAY_PACKET_ICMP_TYPES_HPP

// The types and codes of ICMP and ICMPv6 messages, and sets of types. Source: IANA, "Internet Control Message Protocol
// (ICMP) Parameters" and "Internet Control Message Protocol version 6 (ICMPv6) Parameters".

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Types of ICMP messages. Source: RFC 792, except where noted.
enum class icmp_type : std::uint8_t {
    echo_reply = 0,
    destination_unreachable = 3,  ///< code: icmp_unreachable
    redirect = 5,
    echo_request = 8,
    router_advertisement = 9,  ///< RFC 1256
    router_solicitation = 10,  ///< RFC 1256
    time_exceeded = 11,        ///< code: icmp_exceeded
    parameter_problem = 12,    ///< the first byte of `parameter` is the pointer
    timestamp_request = 13,
    timestamp_reply = 14,
    extended_echo_request = 42,  ///< RFC 8335
    extended_echo_reply = 43,    ///< RFC 8335
};

/// Types of ICMPv6 messages. Source: RFC 4443, except where noted.
enum class icmpv6_type : std::uint8_t {
    destination_unreachable = 1,  ///< code: icmpv6_unreachable
    packet_too_big = 2,           ///< `parameter` is the next hop's MTU
    time_exceeded = 3,            ///< code: icmp_exceeded
    parameter_problem = 4,        ///< code: icmpv6_problem; `parameter` is the offset in the quoted packet
    echo_request = 128,
    echo_reply = 129,
    multicast_listener_query = 130,      ///< RFC 2710
    multicast_listener_report = 131,     ///< RFC 2710
    multicast_listener_done = 132,       ///< RFC 2710
    router_solicitation = 133,           ///< RFC 4861
    router_advertisement = 134,          ///< RFC 4861
    neighbor_solicitation = 135,         ///< RFC 4861
    neighbor_advertisement = 136,        ///< RFC 4861
    redirect = 137,                      ///< RFC 4861
    multicast_listener_report_v2 = 143,  ///< RFC 3810
    extended_echo_request = 160,         ///< RFC 8335
    extended_echo_reply = 161,           ///< RFC 8335
};

/// The codes of icmp_type::destination_unreachable: RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1.
enum class icmp_unreachable : std::uint8_t {
    network = 0,
    host = 1,
    protocol = 2,
    port = 3,
    fragmentation_needed = 4,  ///< the low half of `parameter` is the next hop's MTU (RFC 1191)
    source_route_failed = 5,
    network_unknown = 6,
    host_unknown = 7,
    network_prohibited = 9,
    host_prohibited = 10,
    network_for_service = 11,
    host_for_service = 12,
    communication_prohibited = 13,
    precedence_violation = 14,
    precedence_cutoff = 15,
};

/// The codes of icmpv6_type::destination_unreachable: RFC 4443 section 3.1.
enum class icmpv6_unreachable : std::uint8_t {
    no_route = 0,
    prohibited = 1,
    beyond_scope = 2,
    address = 3,
    port = 4,
    source_policy = 5,
    rejected_route = 6,
};

/// The codes of time_exceeded, the same in both versions.
enum class icmp_exceeded : std::uint8_t { in_transit = 0, in_reassembly = 1 };

/// The codes of icmpv6_type::parameter_problem: RFC 4443 section 3.4.
enum class icmpv6_problem : std::uint8_t { erroneous_field = 0, unknown_next_header = 1, unknown_option = 2 };

/// Satisfied by: icmp_type, icmpv6_type.
template <class T>
concept icmp_message_type = std::same_as<T, icmp_type> || std::same_as<T, icmpv6_type>;

/// A set of message types, for filters. A set of ICMP types has the types 0 to 31 only: no filter blocks the types above,
/// so every set contains them.
template <icmp_message_type Type>
class icmp_type_set {
public:
    /// The number of types that can be inserted and erased.
    static constexpr std::size_t capacity = std::same_as<Type, icmp_type> ? 32 : 256;
    /// One bit per type: the lowest bit of the first word is type 0.
    using words_type = std::array<std::uint32_t, capacity / 32>;

    /// The empty set.
    constexpr icmp_type_set() noexcept = default;
    constexpr icmp_type_set(std::initializer_list<Type> types) noexcept {
        for (const Type one : types) insert(one);
    }
    constexpr explicit icmp_type_set(const words_type& words) noexcept : words_(words) {}

    [[nodiscard]] static constexpr icmp_type_set all() noexcept { return ~icmp_type_set(); }

    [[nodiscard]] constexpr bool contains(Type type) const noexcept {
        const auto number = static_cast<std::size_t>(type);
        return number >= capacity || (words_[number / 32] >> number % 32 & 1U) != 0;
    }
    constexpr void insert(Type type) noexcept {
        const auto number = static_cast<std::size_t>(type);
        if (number < capacity) words_[number / 32] |= 1U << number % 32;
    }
    constexpr void erase(Type type) noexcept {
        const auto number = static_cast<std::size_t>(type);
        if (number < capacity) words_[number / 32] &= ~(1U << number % 32);
    }
    [[nodiscard]] constexpr const words_type& words() const noexcept { return words_; }

    /// The set of all other types: `~icmp_type_set{icmp_type::echo_request}`.
    [[nodiscard]] constexpr icmp_type_set operator~() const noexcept {
        icmp_type_set others;
        for (std::size_t i = 0; i < words_.size(); ++i) others.words_[i] = ~words_[i];
        return others;
    }
    friend constexpr bool operator==(const icmp_type_set&, const icmp_type_set&) noexcept = default;

private:
    words_type words_{};
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
