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
#include <keyway/expected.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// An IPv6 address: 16 octets in network order, and a scope id, the index of the interface (zone) that a link-local
/// address belongs to, or 0. Two addresses are equal if octets and scope id are. The default is `::`.
class ipv6_address {
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
    constexpr explicit ipv6_address(std::span<const std::byte, 16> bytes, std::uint32_t scope_id = 0) noexcept
        : scope_id_(scope_id) {
        for (std::size_t i = 0; i < octets_.size(); ++i) octets_[i] = std::to_integer<std::uint8_t>(bytes[i]);
    }
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

    /// Reads RFC 4291 section 2.2, strictly: groups of one to four hexadecimal digits, at most one `::`, which stands for at
    /// least one group, and a dotted quad only as the last 32 bits. A zone is `%` followed by the interface index in
    /// decimal, without leading zeros. Zone names need a system call: <keyway/link/interface.hpp> looks them up.
    ///
    /// Errors: a text_error with the group and the position.
    [[nodiscard]] static constexpr expected<ipv6_address, text_error> parse(std::string_view text) noexcept;

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
        return is_v4_mapped() ? embedded_ipv4().is_unspecified() : octets_ == octets_type{};
    }
    [[nodiscard]] constexpr bool is_loopback() const noexcept {
        return is_v4_mapped() ? embedded_ipv4().is_loopback() : octets_ == loopback().octets_;
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
    constexpr std::string_view print(std::span<char, max_text> buffer) const noexcept { return text().copy_to(buffer); }

    /// The text of RFC 5952: lower case, no leading zeros, `::` for the longest run of at least two zero groups (the first
    /// of several equally long ones); v4-mapped addresses end in a dotted quad. A scope id follows as `%index`.
    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept;

    friend constexpr bool operator==(const ipv6_address&, const ipv6_address&) noexcept = default;
    /// By octets, then by scope id.
    friend constexpr std::strong_ordering operator<=>(const ipv6_address& a, const ipv6_address& b) noexcept {
        for (std::size_t i = 0; i < 16; ++i)
            if (a.octets_[i] != b.octets_[i]) return a.octets_[i] <=> b.octets_[i];
        return a.scope_id_ <=> b.scope_id_;
    }
    friend constexpr std::uint64_t hash_value(const ipv6_address& address) noexcept {
        return detail::hash_number(address.scope_id_,
                                   detail::hash_bytes(std::span<const std::uint8_t>(address.octets_)));
    }

private:
    octets_type octets_{};
    std::uint32_t scope_id_ = 0;
};

namespace detail {

/// The groups read so far. `gap` is the number of groups before `::`, or -1 if there is no `::`.
struct ipv6_groups {
    std::array<std::uint16_t, 8> values{};
    std::size_t count = 0;
    int gap = -1;
};

/// One to four hexadecimal digits.
constexpr expected<std::uint16_t, text_error> scan_group(scanner& in, std::size_t field) noexcept {
    const std::size_t start = in.position();
    unsigned value = 0;
    for (; hex_digit_value(in.peek()) >= 0; in.seek(in.position() + 1)) {
        if (in.position() - start == 4) return scanner::fail_at(start, text_errc::group_above_four_digits, field);
        value = value << 4 | static_cast<unsigned>(hex_digit_value(in.peek()));
    }
    if (in.position() == start) return in.fail(text_errc::expected_hex_digit, field);
    return static_cast<std::uint16_t>(value);
}

/// The dotted quad that may replace the last two groups. `start` is the position of its first octet.
constexpr expected<ipv6_groups, text_error> scan_dotted_tail(scanner& in, std::size_t start,
                                                             ipv6_groups groups) noexcept {
    if (groups.count > 6 || (groups.gap < 0 && groups.count != 6))
        return scanner::fail_at(start, text_errc::ipv4_part_not_last, groups.count + 1);
    in.seek(start);
    const auto tail = scan_ipv4(in);
    if (!tail) return unexpected<text_error>(tail.error());
    groups.values[groups.count++] = static_cast<std::uint16_t>(tail->to_number() >> 16);
    groups.values[groups.count++] = static_cast<std::uint16_t>(tail->to_number());
    return groups;
}

constexpr expected<ipv6_groups, text_error> scan_groups(scanner& in) noexcept {
    ipv6_groups groups;
    const auto ends_after_gap = [&] { return hex_digit_value(in.peek()) < 0; };
    if (in.skip(':')) {
        if (!in.skip(':')) return in.fail(text_errc::expected_colon, 1);
        groups.gap = 0;
        if (ends_after_gap()) return groups;
    }
    for (;;) {
        const std::size_t start = in.position();
        const std::size_t field = groups.count + 1;
        if (field > 8) return in.fail(text_errc::too_many_groups, field);
        const auto group = scan_group(in, field);
        if (group && in.at('.')) return scan_dotted_tail(in, start, groups);
        if (!group) return unexpected<text_error>(group.error());
        groups.values[groups.count++] = *group;
        if (!in.skip(':')) return groups;
        if (in.at(':')) {
            if (groups.gap >= 0) return in.fail(text_errc::second_double_colon, field);
            in.skip(':');
            groups.gap = static_cast<int>(groups.count);
            if (ends_after_gap()) return groups;
        }
    }
}

/// Moves the groups after `::` to the end and fills the gap with zeros.
constexpr void widen_gap(ipv6_groups& groups) noexcept {
    std::size_t to = groups.values.size();
    for (std::size_t from = groups.count; from > static_cast<std::size_t>(groups.gap);) {
        const std::uint16_t value = groups.values[--from];
        groups.values[from] = 0;
        groups.values[--to] = value;
    }
}

/// An address without a zone.
constexpr expected<ipv6_address, text_error> scan_unscoped_ipv6(scanner& in) noexcept {
    auto groups = scan_groups(in);
    if (!groups) return unexpected<text_error>(groups.error());
    if (groups->gap < 0 && groups->count < 8) return in.fail(text_errc::too_few_groups, groups->count);
    if (groups->gap >= 0 && groups->count == 8) return in.fail(text_errc::double_colon_replaces_nothing, 8);
    if (groups->gap >= 0) widen_gap(*groups);
    return ipv6_address::from_groups(groups->values);
}

constexpr expected<ipv6_address, text_error> scan_ipv6(scanner& in) noexcept {
    const auto address = scan_unscoped_ipv6(in);
    if (!address || !in.skip('%')) return address;
    if (in.at_end() || in.at(']')) return in.fail(text_errc::zone_empty);
    if (!is_digit(in.peek())) return in.fail(text_errc::zone_not_a_number);
    const auto zone = in.decimal(0xffffffffU, text_errc::zone_above_32_bits);
    if (!zone) return unexpected<text_error>(zone.error());
    return address->with_scope_id(*zone);
}

/// Appends a group in lower case without leading zeros.
template <std::size_t Capacity>
constexpr void append_group(fixed_text<Capacity>& text, unsigned group) noexcept {
    int shift = 12;
    while (shift != 0 && group >> shift == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) text.append("0123456789abcdef"[(group >> shift) & 0xfU]);
}

}  // namespace detail

constexpr expected<ipv6_address, text_error> ipv6_address::parse(std::string_view text) noexcept {
    return detail::parse_whole<ipv6_address>(text, detail::scan_ipv6);
}

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
