// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ADDRESS_IPV6_HPP
#define KEYWAY_ADDRESS_IPV6_HPP

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <keyway/address/ipv4.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/hash.hpp>
#include <keyway/detail/literal.hpp>
#include <keyway/detail/scan.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// An IPv6 address: 16 octets in network order, and a scope id, the index of the interface (zone) that a link-local
/// address belongs to, or 0. Two addresses are equal if octets and scope id are. The default is `::`.
///
/// parse() reads RFC 4291 section 2.2, strictly: groups of one to four hexadecimal digits, at most one `::`, which
/// stands for at least one group, and a dotted quad only as the last 32 bits. A zone is `%` followed by the interface
/// index in decimal, without leading zeros. Zone names need a system call: <keyway/link/interface.hpp> looks them up.
///
/// Errors: a text_error with the group and the position.
class ipv6_address : public detail::parsed_value<ipv6_address> {
public:
    using octets_type = std::array<std::uint8_t, 16>;

    /// Characters of the longest text: eight groups of four, or six and a dotted quad, and a zone.
    static constexpr std::size_t max_text = 45 + 11;
    static constexpr unsigned bit_count = 128;

    constexpr ipv6_address() noexcept = default;
    ipv6_address(const ipv6_address&) noexcept = default;
    ipv6_address& operator=(const ipv6_address&) & noexcept = default;
    ~ipv6_address() = default;
    // clang-format off
    ipv6_address& operator=(const ipv6_address&) && = delete;  // KEYWAY_DELETE("address() returns a copy: assign a whole endpoint, to = {address, to.port()}")
    // clang-format on
    constexpr explicit ipv6_address(octets_type octets, std::uint32_t scope_id = 0) noexcept
        : octets_(octets), scope_id_(scope_id) {}
    /// The address whose 16 bytes these are, in network order.
    template <detail::bytes_of_size<16> Bytes>
    constexpr explicit ipv6_address(const Bytes& bytes, std::uint32_t scope_id = 0) noexcept
        : octets_(detail::octets_of<16>(std::span<const std::byte, 16>(bytes).data())), scope_id_(scope_id) {}
    // clang-format off
    template <class Text> requires std::convertible_to<const Text&, std::string_view> ipv6_address(const Text&) KEYWAY_DELETE("text is no address yet: put _ipv6 behind a literal, and give other text to ipv6_address::parse()");
    // clang-format on

    /// The address of eight groups, in the order of the text: `from_groups({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1})`.
    [[nodiscard]] static constexpr ipv6_address from_groups(const std::array<std::uint16_t, 8>& groups,
                                                            std::uint32_t scope_id = 0) noexcept {
        octets_type octets{};
        for (std::size_t i = 0; i < groups.size(); ++i) {
            octets[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
            octets[2 * i + 1] = static_cast<std::uint8_t>(groups[i]);
        }
        return ipv6_address(octets, scope_id);
    }

    /// `::ffff:a.b.c.d`, the form in which a dual-stack socket reports an IPv4 peer (RFC 4291 section 2.5.5.2).
    [[nodiscard]] static constexpr ipv6_address v4_mapped(ipv4_address address) noexcept {
        octets_type octets{};
        octets[10] = octets[11] = 0xff;
        for (std::size_t i = 0; i < 4; ++i) octets[12 + i] = address.octets()[i];
        return ipv6_address(octets);
    }

    [[nodiscard]] static constexpr ipv6_address any() noexcept { return {}; }
    [[nodiscard]] static constexpr ipv6_address loopback() noexcept { return from_groups({0, 0, 0, 0, 0, 0, 0, 1}); }

    [[nodiscard]] constexpr const octets_type& octets() const noexcept { return octets_; }
    /// The octets as bytes, in network order, without the scope id.
    [[nodiscard]] constexpr std::array<std::byte, 16> to_bytes() const noexcept {
        std::array<std::byte, 16> bytes{};
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = std::byte{octets_[i]};
        return bytes;
    }
    /// One of the eight groups. Requires: index < 8.
    [[nodiscard]] constexpr std::uint16_t group(std::size_t index) const noexcept {
        return static_cast<std::uint16_t>(octets_[2 * index] << 8 | octets_[2 * index + 1]);
    }

    [[nodiscard]] constexpr std::uint32_t scope_id() const noexcept { return scope_id_; }
    [[nodiscard]] constexpr ipv6_address with_scope_id(std::uint32_t scope_id) const noexcept {
        return ipv6_address(octets_, scope_id);
    }

    [[nodiscard]] constexpr bool is_v4_mapped() const noexcept {
        for (std::size_t i = 0; i < 10; ++i)
            if (octets_[i] != 0) return false;
        return octets_[10] == 0xff && octets_[11] == 0xff;
    }
    /// The last 32 bits; for a v4-mapped address, the IPv4 address.
    [[nodiscard]] constexpr ipv4_address embedded_ipv4() const noexcept {
        return {octets_[12], octets_[13], octets_[14], octets_[15]};
    }

    // A v4-mapped address reaches the same host as the IPv4 address, so it is classified like that address: otherwise
    // ::ffff:10.0.0.1 would pass a filter that rejects is_private().

    [[nodiscard]] constexpr bool is_unspecified() const noexcept {
        return is_v4_mapped() ? embedded_ipv4().is_unspecified() : (half(0) | half(8)) == 0;
    }
    [[nodiscard]] constexpr bool is_loopback() const noexcept {
        return is_v4_mapped() ? embedded_ipv4().is_loopback() : half(0) == 0 && half(8) == 1;
    }
    /// Unique local, fc00::/7 (RFC 4193).
    [[nodiscard]] constexpr bool is_private() const noexcept {
        return is_v4_mapped() ? embedded_ipv4().is_private() : (octets_[0] & 0xfeU) == 0xfc;
    }
    /// fe80::/10 (RFC 4291 section 2.5.6).
    [[nodiscard]] constexpr bool is_link_local() const noexcept {
        return is_v4_mapped() ? embedded_ipv4().is_link_local() : octets_[0] == 0xfe && (octets_[1] & 0xc0U) == 0x80;
    }
    /// ff00::/8 (RFC 4291 section 2.7).
    [[nodiscard]] constexpr bool is_multicast() const noexcept {
        return is_v4_mapped() ? embedded_ipv4().is_multicast() : octets_[0] == 0xff;
    }
    /// 2001:db8::/32 (RFC 3849) or 3fff::/20 (RFC 9637).
    [[nodiscard]] constexpr bool is_documentation() const noexcept {
        if (is_v4_mapped()) return embedded_ipv4().is_documentation();
        return (group(0) == 0x2001 && group(1) == 0xdb8) || (group(0) == 0x3fff && group(1) < 0x1000);
    }

    /// Writes the text, without a terminator, into the caller's buffer. Returns: the part written.
    template <class Self = ipv6_address>
    constexpr std::string_view print(std::span<char, Self::max_text> buffer) const noexcept {
        return text().copy_to(buffer);
    }

    /// The text of RFC 5952: lower case, no leading zeros, `::` for the longest run of at least two zero groups (the first
    /// of several equally long ones); v4-mapped addresses end in a dotted quad. A scope id follows as `%index`.
    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept;

    friend constexpr bool operator==(const ipv6_address& a, const ipv6_address& b) noexcept {
        return a.half(0) == b.half(0) && a.half(8) == b.half(8) && a.scope_id_ == b.scope_id_;
    }
    /// By octets, then by scope id.
    friend constexpr std::strong_ordering operator<=>(const ipv6_address& a, const ipv6_address& b) noexcept {
        if (a.half(0) != b.half(0)) return a.half(0) <=> b.half(0);
        if (a.half(8) != b.half(8)) return a.half(8) <=> b.half(8);
        return a.scope_id_ <=> b.scope_id_;
    }
    friend constexpr std::uint64_t hash_value(const ipv6_address& address) noexcept {
        return detail::hash_number(address.scope_id_, detail::hash_bytes(address.octets_.data(), 16));
    }

private:
    /// Eight octets as a number, the first one on top. Written out, so that compilers load all eight at once.
    [[nodiscard]] constexpr std::uint64_t half(std::size_t first) const noexcept {
        const auto octet = [&](std::size_t i) { return std::uint64_t{octets_[first + i]} << (56 - 8 * i); };
        return octet(0) | octet(1) | octet(2) | octet(3) | octet(4) | octet(5) | octet(6) | octet(7);
    }

    octets_type octets_{};
    std::uint32_t scope_id_ = 0;
};

namespace detail {

struct ipv6_groups {
    ipv6_address::octets_type octets{};
    std::size_t size = 0;  // of the groups read so far, in octets
    std::size_t gap = 17;  // `size` where `::` is; 17 if it is nowhere

    [[nodiscard]] constexpr bool has_gap() const noexcept { return gap <= 16; }
    constexpr void put(unsigned octet) noexcept { octets[size++] = static_cast<std::uint8_t>(octet); }
};

/// The dotted quad that may replace the last two of eight groups. `start` is the position of its first octet.
constexpr bool scan_dotted_tail(scanner& in, std::size_t start, ipv6_groups& groups) noexcept {
    in.seek(start);
    if (groups.has_gap() ? groups.size > 12 : groups.size != 12)
        return in.fail(text_errc::ipv4_part_not_last, groups.size / 2 + 1);
    ipv4_address tail;
    if (!scan(in, tail)) return false;
    for (const std::uint8_t octet : tail.octets()) groups.put(octet);
    return true;
}

constexpr bool scan_groups(scanner& in, ipv6_groups& groups) noexcept {
    const auto ends_after_gap = [&] { return hex_digit_value(in.peek()) > 15; };
    if (in.skip(':')) {
        if (!in.skip(':')) return in.fail(text_errc::expected_colon, 1);
        groups.gap = 0;
        if (ends_after_gap()) return true;
    }
    for (;;) {
        const std::size_t start = in.position();
        const std::size_t field = groups.size / 2 + 1;
        if (field > 8) return in.fail(text_errc::too_many_groups, field);
        unsigned group = 0;
        if (!in.group(group, field)) return false;
        if (in.at('.')) return scan_dotted_tail(in, start, groups);
        groups.put(group >> 8);
        groups.put(group);
        if (!in.skip(':')) return true;
        if (in.at(':')) {
            if (groups.has_gap()) return in.fail(text_errc::second_double_colon, field);
            in.skip(':');
            groups.gap = groups.size;
            if (ends_after_gap()) return true;
        }
    }
}

/// An address without a zone.
constexpr bool scan_unscoped_ipv6(scanner& in, ipv6_address& address) noexcept {
    ipv6_groups groups;
    if (!scan_groups(in, groups)) return false;
    if (!groups.has_gap() && groups.size < 16) return in.fail(text_errc::too_few_groups, groups.size / 2);
    if (groups.has_gap() && groups.size == 16) return in.fail(text_errc::double_colon_replaces_nothing, 8);
    // What follows `::` moves to the end.
    for (std::size_t to = 16; groups.size > groups.gap;) {
        groups.octets[--to] = groups.octets[--groups.size];
        groups.octets[groups.size] = 0;
    }
    address = ipv6_address(groups.octets);
    return true;
}

constexpr bool scan(scanner& in, ipv6_address& address) noexcept {
    if (!scan_unscoped_ipv6(in, address)) return false;
    if (!in.skip('%')) return true;
    if (in.at_end() || in.at(']')) return in.fail(text_errc::zone_empty);
    if (digit_value(in.peek()) > 9) return in.fail(text_errc::zone_not_a_number);
    std::uint32_t zone = 0;
    if (!in.decimal(zone, 0xffffffffU, text_errc::zone_above_32_bits)) return false;
    address = address.with_scope_id(zone);
    return true;
}

/// Appends a group in lower case without leading zeros.
template <std::size_t Capacity>
constexpr void append_group(fixed_text<Capacity>& text, unsigned group) noexcept {
    int shift = 12;
    while (shift != 0 && group >> shift == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) text.append("0123456789abcdef"[(group >> shift) & 0xfU]);
}

}  // namespace detail

constexpr fixed_text<ipv6_address::max_text> ipv6_address::text() const noexcept {
    fixed_text<max_text> text;
    if (is_v4_mapped()) {
        text.append("::ffff:").append(embedded_ipv4().text());
    } else {
        std::size_t gap = 8;
        std::size_t gap_size = 1;
        for (std::size_t start = 0; start < 8; ++start) {
            std::size_t end = start;
            while (end < 8 && group(end) == 0) ++end;
            if (end - start > gap_size) {
                gap = start;
                gap_size = end - start;
            }
        }
        for (std::size_t i = 0; i < 8; ++i) {
            if (i == gap) {
                text.append("::");
                i += gap_size - 1;
            } else {
                if (i != 0 && i != gap + gap_size) text.append(':');
                detail::append_group(text, group(i));
            }
        }
    }
    if (scope_id_ != 0) text.append('%').append_number(scope_id_);
    return text;
}

inline namespace literals {

/// `"2001:db8::1"_ipv6`; an invalid address is a compile error.
template <detail::literal_text Text>
consteval auto operator""_ipv6() {
    return detail::parse_literal<Text, &ipv6_address::parse>();
}

}  // namespace literals
}  // namespace KEYWAY_MODE
}  // namespace keyway

template <>  // NOLINTNEXTLINE(misc-include-cleaner): <string_view> declares it
struct std::hash<keyway::ipv6_address> : keyway::detail::standard_hash<keyway::ipv6_address> {};

#endif
