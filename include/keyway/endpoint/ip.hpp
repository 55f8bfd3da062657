// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ENDPOINT_IP_HPP
#define KEYWAY_ENDPOINT_IP_HPP

// IPv4 and IPv6 endpoints: an address and a port. Each is stored as the native socket address, which the kernel reads and
// writes in place.

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <keyway/address/ip.hpp>
#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/exact.hpp>
#include <keyway/detail/hash.hpp>
#include <keyway/detail/literal.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/scan.hpp>
#include <keyway/detail/uninitialized.hpp>
#include <keyway/family.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

constexpr std::uint16_t from_network(std::array<std::uint8_t, 2> port) noexcept {
    return static_cast<std::uint16_t>(port[0] << 8 | port[1]);
}
constexpr std::array<std::uint8_t, 2> to_network(std::uint16_t port) noexcept {
    return {static_cast<std::uint8_t>(port >> 8), static_cast<std::uint8_t>(port)};
}

/// `:port` without leading zeros, 0 to 65535.
constexpr bool scan_port(scanner& in, std::uint16_t& port) noexcept {
    if (!in.skip(':')) return in.fail(text_errc::port_missing);
    std::uint32_t number = 0;
    if (!in.decimal(number, 65535, text_errc::port_above_65535)) return false;
    port = static_cast<std::uint16_t>(number);
    return true;
}

constexpr os::sockaddr_v4 to_native(const ipv4_address& address, std::uint16_t port) noexcept {
    return os::make_address(to_network(port), address.octets());
}
constexpr os::sockaddr_v6 to_native(const ipv6_address& address, std::uint16_t port) noexcept {
    return os::make_address(to_network(port), address.octets(), address.scope_id());
}

constexpr ipv4_address address_of(const os::sockaddr_v4& native) noexcept { return ipv4_address(native.address); }
constexpr ipv6_address address_of(const os::sockaddr_v6& native) noexcept {
    return ipv6_address(native.address, native.scope_id);
}

/// The common part of IPv4 and IPv6 endpoints.
template <class Family, class Address>
class internet_endpoint : public parsed_value<endpoint<Family>> {
public:
    using family = Family;
    using address_type = Address;
    using native_type = decltype(to_native(Address(), 0));

    constexpr internet_endpoint() noexcept : internet_endpoint(Address(), 0) {}
    /// The port is a std::uint16_t, or a constant from 0 to 65535.
    constexpr internet_endpoint(const Address& address, exact<std::uint16_t> port) noexcept
        : native_(to_native(address, port)) {}
    explicit internet_endpoint(for_overwrite) noexcept {}

    [[nodiscard]] constexpr Address address() const noexcept { return address_of(native_); }
    [[nodiscard]] constexpr std::uint16_t port() const noexcept { return from_network(native_.port); }

    [[nodiscard]] void* data() noexcept { return &native_; }
    [[nodiscard]] const void* data() const noexcept { return &native_; }
    [[nodiscard]] static constexpr std::size_t size() noexcept { return sizeof(native_type); }
    [[nodiscard]] static constexpr std::size_t capacity() noexcept { return sizeof(native_type); }
    /// Called after the kernel wrote `size` bytes. A size other than that of a whole address resets the endpoint to the
    /// default.
    constexpr void resize(std::size_t size) noexcept {
        if (size != sizeof(native_)) [[unlikely]]
            native_ = unspecified;
    }

    /// The endpoint of a native address of which `size` bytes are in use.
    [[nodiscard]] static constexpr endpoint<Family> from_native(const native_type& native, std::size_t size) noexcept {
        endpoint<Family> e;
        static_cast<internet_endpoint&>(e).native_ = native;
        e.resize(size);
        return e;
    }
    [[nodiscard]] constexpr const native_type& native() const noexcept { return native_; }

    friend constexpr bool operator==(const internet_endpoint& a, const internet_endpoint& b) noexcept {
        return std::is_eq(a <=> b);
    }
    /// By address, scope id included, then by port.
    friend constexpr std::strong_ordering operator<=>(const internet_endpoint& a, const internet_endpoint& b) noexcept {
        const auto by_address = a.address() <=> b.address();
        return std::is_neq(by_address) ? by_address : a.port() <=> b.port();
    }
    friend constexpr std::uint64_t hash_value(const internet_endpoint& e) noexcept {
        return hash_number(e.port(), hash_value(e.address()));
    }

private:
    static constexpr native_type unspecified = to_native(Address(), 0);

    native_type native_;
};

}  // namespace detail

/// An IPv4 address and a port: 16 bytes, a sockaddr_in. The default is 0.0.0.0:0.
/// Source: ip(7), "Address format".
///
/// parse() reads `192.0.2.1:80`. The port is required; neither it nor the octets may have leading zeros.
/// Errors: a text_error with the position.
template <>
class endpoint<ipv4> : public detail::internet_endpoint<ipv4, ipv4_address> {
public:
    /// Characters of the longest text, `255.255.255.255:65535`.
    static constexpr std::size_t max_text = ipv4_address::max_text + 6;

    using internet_endpoint::internet_endpoint;
    // clang-format off
    template <class A> requires(std::integral<A> || std::convertible_to<const A&, std::string_view>) endpoint(const A&) KEYWAY_DELETE("an endpoint is an address and a port, {kw::ipv4_address::loopback(), 8080}; of a literal _ipv4_endpoint makes one, of other text parse()");
    template <class A> requires(!std::is_convertible_v<A, ipv4_address>) endpoint(A&&, auto&&) KEYWAY_DELETE("an endpoint is an address of its own family and a port: {kw::ipv4_address::any(), 8080}; an address of a literal is made by _ipv4 or _ipv6, of other text by parse(), of a number by from_number()");
    // clang-format on

    /// Writes the text, without a terminator, into the caller's buffer. Returns: the part written.
    template <class Self = endpoint>
    constexpr std::string_view print(std::span<char, Self::max_text> buffer) const noexcept {
        return text().copy_to(buffer);
    }

    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        return fixed_text<max_text>{}.append(address().text()).append(':').append_number(port());
    }
};

/// An IPv6 address with its scope id, and a port: 28 bytes, a sockaddr_in6. The default is [::]:0.
/// Source: ipv6(7), "Address format".
///
/// parse() reads `[2001:db8::1]:80` or `[fe80::1%2]:80`. Brackets and port are required (RFC 5952 section 6). The zone
/// is an interface index; neither it nor the port may have leading zeros.
/// Errors: a text_error with the position.
template <>
class endpoint<ipv6> : public detail::internet_endpoint<ipv6, ipv6_address> {
public:
    /// Characters of the longest text, `[address%zone]:port`.
    static constexpr std::size_t max_text = ipv6_address::max_text + 8;

    using internet_endpoint::internet_endpoint;
    // clang-format off
    template <class A> requires(std::integral<A> || std::convertible_to<const A&, std::string_view>) endpoint(const A&) KEYWAY_DELETE("an endpoint is an address and a port, {kw::ipv6_address::loopback(), 8080}; of a literal _ipv6_endpoint makes one, of other text parse()");
    template <class A> requires(!std::is_convertible_v<A, ipv6_address>) endpoint(A&&, auto&&) KEYWAY_DELETE("an endpoint is an address of its own family and a port: {kw::ipv4_address::any(), 8080}; an address of a literal is made by _ipv4 or _ipv6, of other text by parse(), of a number by from_number()");
    // clang-format on

    /// The traffic class and flow label reported by the kernel. Not part of text, equality and hash.
    /// Source: RFC 3493 section 3.3.
    [[nodiscard]] constexpr std::uint32_t flow_info() const noexcept {
        return ipv4_address(native().flow_info).to_number();
    }

    /// Writes the text, without a terminator, into the caller's buffer. Returns: the part written.
    template <class Self = endpoint>
    constexpr std::string_view print(std::span<char, Self::max_text> buffer) const noexcept {
        return text().copy_to(buffer);
    }

    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        return fixed_text<max_text>{}.append('[').append(address().text()).append("]:").append_number(port());
    }
};

/// An IPv4 or IPv6 endpoint; which one is known at run time. Storage for either and the length in use, which distinguishes
/// them. The default is 0.0.0.0:0.
///
/// parse() reads `192.0.2.1:80` or `[2001:db8::1]:80`. Errors: a text_error with the position.
template <>
class endpoint<ip> : public detail::parsed_value<endpoint<ip>> {
public:
    using family = ip;
    using address_type = ip_address;
    static constexpr std::size_t max_text = endpoint<ipv6>::max_text;

    constexpr endpoint() noexcept : endpoint(endpoint<ipv4>{}) {}
    constexpr endpoint(const endpoint<ipv4>& e) noexcept : v4_(e), size_(endpoint<ipv4>::size()) {}
    constexpr endpoint(const endpoint<ipv6>& e) noexcept : v6_(e), size_(endpoint<ipv6>::size()) {}
    template <class Address>
        requires(std::same_as<Address, ipv4_address> || std::same_as<Address, ipv6_address>)
    constexpr endpoint(const Address& address, detail::exact<std::uint16_t> port) noexcept
        : endpoint(
              keyway::endpoint<std::conditional_t<std::same_as<Address, ipv4_address>, ipv4, ipv6>>(address, port)) {}
    constexpr endpoint(const ip_address& address, detail::exact<std::uint16_t> port) noexcept
        : endpoint(address.is_v4() ? endpoint(endpoint<ipv4>(*address.as_v4(), port))
                                   : endpoint(endpoint<ipv6>(*address.as_v6(), port))) {}
    explicit endpoint(detail::for_overwrite storage) noexcept : v6_(storage) {}
    // clang-format off
    template <class A> requires(std::integral<A> || std::convertible_to<const A&, std::string_view>) endpoint(const A&) KEYWAY_DELETE("an endpoint is an address and a port, {kw::ipv4_address::loopback(), 8080}; of a literal _ip_endpoint makes one, of other text parse()");
    template <class A> requires(!std::is_convertible_v<A, ip_address>) endpoint(A&&, auto&&) KEYWAY_DELETE("an endpoint is an address of its own family and a port: {kw::ipv4_address::any(), 8080}; an address of a literal is made by _ipv4 or _ipv6, of other text by parse(), of a number by from_number()");
    // clang-format on

    [[nodiscard]] constexpr bool is_v4() const noexcept { return size_ == endpoint<ipv4>::size(); }
    [[nodiscard]] constexpr bool is_v6() const noexcept { return !is_v4(); }
    /// AF_INET or AF_INET6, the first argument of socket(2).
    [[nodiscard]] constexpr int domain() const noexcept { return is_v4() ? ipv4::domain : ipv6::domain; }
    /// The IPv4 endpoint, or null if this is an IPv6 endpoint; as_v6() the other way round.
    [[nodiscard]] constexpr const endpoint<ipv4>* as_v4() const& noexcept { return is_v4() ? &v4_ : nullptr; }
    [[nodiscard]] constexpr const endpoint<ipv6>* as_v6() const& noexcept { return is_v4() ? nullptr : &v6_; }
    // clang-format off
    const endpoint<ipv4>* as_v4() const&& KEYWAY_DELETE("the pointer would outlive the temporary endpoint: keep the endpoint in a variable");
    const endpoint<ipv6>* as_v6() const&& KEYWAY_DELETE("the pointer would outlive the temporary endpoint: keep the endpoint in a variable");
    // clang-format on

    [[nodiscard]] constexpr ip_address address() const noexcept {
        return is_v4() ? ip_address(v4_.address()) : ip_address(v6_.address());
    }
    [[nodiscard]] constexpr std::uint16_t port() const noexcept { return is_v4() ? v4_.port() : v6_.port(); }

    /// The IPv4 endpoint of a v4-mapped IPv6 endpoint; any other endpoint unchanged.
    [[nodiscard]] constexpr endpoint unmap() const noexcept { return {address().unmap(), port()}; }

    /// Writes the text, without a terminator, into the caller's buffer. Returns: the part written.
    template <class Self = endpoint>
    constexpr std::string_view print(std::span<char, Self::max_text> buffer) const noexcept {
        return text().copy_to(buffer);
    }

    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        return is_v4() ? fixed_text<max_text>{}.append(v4_.text()) : v6_.text();
    }

    [[nodiscard]] void* data() noexcept { return &v6_; }
    [[nodiscard]] const void* data() const noexcept { return &v6_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] static constexpr std::size_t capacity() noexcept { return endpoint<ipv6>::capacity(); }
    /// Called after the kernel wrote `size` bytes. A size other than that of a sockaddr_in or sockaddr_in6 resets the
    /// endpoint to the default.
    constexpr void resize(std::size_t size) noexcept {
        size_ = static_cast<std::uint32_t>(size);
        if (size != endpoint<ipv4>::size() && size != endpoint<ipv6>::size()) [[unlikely]]
            *this = endpoint();
    }

    friend constexpr bool operator==(const endpoint& a, const endpoint& b) noexcept { return std::is_eq(a <=> b); }
    /// Every IPv4 endpoint before every IPv6 endpoint; by address, then by port.
    friend constexpr std::strong_ordering operator<=>(const endpoint& a, const endpoint& b) noexcept {
        const auto by_address = a.address() <=> b.address();
        return std::is_neq(by_address) ? by_address : a.port() <=> b.port();
    }
    friend constexpr std::uint64_t hash_value(const endpoint& e) noexcept {
        return e.is_v4() ? hash_value(e.v4_) : hash_value(e.v6_);
    }

private:
    union {
        endpoint<ipv4> v4_;
        endpoint<ipv6> v6_;
    };
    std::uint32_t size_;
};

namespace detail {

constexpr bool scan(scanner& in, endpoint<ipv4>& read) noexcept {
    ipv4_address address;
    std::uint16_t port = 0;
    if (!scan(in, address) || !scan_port(in, port)) return false;
    read = endpoint<ipv4>(address, port);
    return true;
}

constexpr bool scan(scanner& in, endpoint<ipv6>& read) noexcept {
    if (!in.skip('[')) return in.fail(text_errc::ipv6_needs_brackets);
    ipv6_address address;
    if (!scan(in, address)) return false;
    if (!in.skip(']')) return in.fail(text_errc::bracket_not_closed);
    std::uint16_t port = 0;
    if (!scan_port(in, port)) return false;
    read = endpoint<ipv6>(address, port);
    return true;
}

constexpr bool scan(scanner& in, endpoint<ip>& read) noexcept {
    if (in.at('[')) return scan_as<endpoint<ipv6>>(in, read);
    // Two colons: an IPv6 address without brackets.
    return in.count(':') > 1 ? in.fail(text_errc::ipv6_needs_brackets) : scan_as<endpoint<ipv4>>(in, read);
}

}  // namespace detail

inline namespace literals {

/// `"192.0.2.1:80"_ipv4_endpoint`; an invalid endpoint is a compile error.
template <detail::literal_text Text>
consteval auto operator""_ipv4_endpoint() {
    return detail::parse_literal<Text, &endpoint<ipv4>::parse>();
}

/// `"[2001:db8::1]:80"_ipv6_endpoint`; an invalid endpoint is a compile error.
template <detail::literal_text Text>
consteval auto operator""_ipv6_endpoint() {
    return detail::parse_literal<Text, &endpoint<ipv6>::parse>();
}

/// `"192.0.2.1:80"_ip_endpoint` or `"[2001:db8::1]:80"_ip_endpoint`; an invalid endpoint is a compile error.
template <detail::literal_text Text>
consteval auto operator""_ip_endpoint() {
    return detail::parse_literal<Text, &endpoint<ip>::parse>();
}

}  // namespace literals
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
