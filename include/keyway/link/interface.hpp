// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_LINK_INTERFACE_HPP
#define KEYWAY_LINK_INTERFACE_HPP

// The network interfaces of this machine, and the zones that IPv6 addresses name after them: `fe80::1%eth0`.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <keyway/address/ip.hpp>
#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/list_iterator.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/interface.hpp>
#include <keyway/detail/scan.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The name of an interface: `eth0`; on Windows the one shown to the user, `Ethernet 2`, in UTF-8.
using interface_name_text = fixed_text<detail::os::max_interface_name>;

/// An address of an interface, and the number of its bits that name the network behind the interface:
/// `ipv4_network::of(*found.address.as_v4(), found.prefix_length)`.
struct interface_address {
    ip_address address;  ///< a link-local one has the interface's index as its scope id
    unsigned prefix_length = 0;

    friend bool operator==(const interface_address&, const interface_address&) noexcept = default;
};

/// The state and the capabilities of an interface. Windows does not distinguish up from running, and derives broadcast from
/// the interface's type.
/// Source: netdevice(7), SIOCGIFFLAGS.
struct interface_flags {
    bool up = false;              ///< it is enabled
    bool running = false;         ///< it works: there is a link
    bool loopback = false;        ///< it leads back to this machine
    bool point_to_point = false;  ///< there is one peer at its other end
    bool broadcast = false;
    bool multicast = false;

    friend bool operator==(const interface_flags&, const interface_flags&) noexcept = default;
};

namespace detail {

struct address_cursor {
    const os::interface_address_entry* entry = nullptr;
    const os::interface_entry* owner = nullptr;

    [[nodiscard]] interface_address value() const noexcept {
        if (os::is_v4(*entry)) return {address_in<os::sockaddr_v4, ipv4_address>(), os::prefix_length(*entry)};
        return {address_in<os::sockaddr_v6, ipv6_address>(), os::prefix_length(*entry)};
    }
    void next() noexcept { entry = os::address_after(*entry, *owner); }

private:
    template <class Native, class Address>
    Address address_in() const noexcept {
        Native native;
        os::copy_address(*entry, native);
        if constexpr (std::same_as<Address, ipv6_address>) return Address(native.address, native.scope_id);
        else return Address(native.address);
    }
};

}  // namespace detail

/// The addresses of one interface, as a range of interface_address; they live as long as the interface_list.
class interface_addresses {
public:
    using iterator = detail::list_iterator<detail::address_cursor>;

    explicit interface_addresses(const iterator& begin) noexcept : begin_(begin) {}

    [[nodiscard]] iterator begin() const noexcept { return begin_; }
    [[nodiscard]] static iterator end() noexcept { return {}; }

private:
    iterator begin_;
};

/// One interface of an interface_list, which has to outlive it.
class network_interface {
public:
    network_interface(const detail::os::interface_entry& entry, const detail::os::interface_entry* list) noexcept
        : entry_(&entry), list_(list) {}

    /// Its number, from 1; the scope id of the addresses in its zone. 0 if it is gone.
    [[nodiscard]] std::uint32_t index() const noexcept { return detail::os::interface_index(*entry_); }

    [[nodiscard]] interface_name_text name() const noexcept {
        std::array<char, interface_name_text::capacity + 1> buffer;
        const std::size_t length = detail::os::copy_interface_name(*entry_, buffer.data());
        return interface_name_text{}.append(std::string_view(buffer.data(), length));
    }

    [[nodiscard]] interface_flags flags() const noexcept {
        namespace os = detail::os;
        const unsigned bits = os::interface_flags(*entry_);
        return {.up = (bits & os::interface_up) != 0,
                .running = (bits & os::interface_running) != 0,
                .loopback = (bits & os::interface_loopback) != 0,
                .point_to_point = (bits & os::interface_point_to_point) != 0,
                .broadcast = (bits & os::interface_broadcast) != 0,
                .multicast = (bits & os::interface_multicast) != 0};
    }

    /// Its IPv4 and IPv6 addresses, perhaps none.
    [[nodiscard]] interface_addresses addresses() const noexcept {
        const detail::address_cursor first{detail::os::first_address(list_, *entry_), entry_};
        return interface_addresses(interface_addresses::iterator(first));
    }

private:
    const detail::os::interface_entry* entry_;
    const detail::os::interface_entry* list_;
};

namespace detail {

struct interface_cursor {
    const os::interface_entry* entry = nullptr;
    const os::interface_entry* list = nullptr;

    [[nodiscard]] network_interface value() const noexcept { return {*entry, list}; }
    void next() noexcept { entry = os::interface_after(*entry); }
};

}  // namespace detail

/// The interfaces as they were when interfaces() was called, as a range of network_interface. Owns the system's list;
/// iterating allocates nothing.
class interface_list {
public:
    using iterator = detail::list_iterator<detail::interface_cursor>;

    constexpr interface_list() noexcept = default;
    interface_list(const interface_list&) = delete;
    interface_list(interface_list&& other) noexcept : list_(std::exchange(other.list_, nullptr)) {}
    interface_list& operator=(const interface_list&) = delete;
    interface_list& operator=(interface_list&& other) noexcept {
        std::swap(list_, other.list_);
        return *this;
    }
    ~interface_list() { detail::os::free_interfaces(list_); }

    [[nodiscard]] iterator begin() const noexcept {
        return iterator(detail::interface_cursor{detail::os::first_interface(list_), list_});
    }
    [[nodiscard]] static iterator end() noexcept { return {}; }

private:
    friend result<interface_list> interfaces() noexcept;

    detail::os::interface_entry* list_ = nullptr;
};

/// All interfaces, including those that are down.
///
///     const auto all = kw::interfaces();
///     if (!all) return report(all.error());
///     for (const auto& each : *all)
///         if (each.flags().up)
///             for (const auto& [address, prefix_length] : each.addresses()) use(address);
///
/// Errors: not_enough_memory, too_many_files_open (Linux asks through a socket), operation_not_supported (a Windows without
/// iphlpapi.dll).
/// Source: getifaddrs(3); GetAdaptersAddresses.
[[nodiscard]] inline result<interface_list> interfaces() noexcept {
    interface_list all;
    if (detail::os::read_interfaces(all.list_) < 0) return detail::last_error(operation::interfaces);
    return all;
}

/// The index of the interface with this name.
/// Errors: no_such_device, also for a text that cannot be the name of an interface; too_many_files_open.
/// Source: if_nametoindex(3); netdevice(7), SIOCGIFINDEX.
[[nodiscard]] inline result<std::uint32_t> interface_index(std::string_view name) noexcept {
    const bool possible =
        !name.empty() && name.size() <= interface_name_text::capacity && name.find('\0') == std::string_view::npos;
    if (!possible) return detail::failure(errc::no_such_device, operation::interface_index);
    const std::uint32_t index = detail::os::interface_index(interface_name_text{}.append(name).c_str());
    if (index == 0) return detail::last_error(operation::interface_index);
    return index;
}

/// The name of the interface with this index.
/// Errors: no_such_device, too_many_files_open. Source: if_indextoname(3); netdevice(7), SIOCGIFNAME.
[[nodiscard]] inline result<interface_name_text> interface_name(std::uint32_t index) noexcept {
    std::array<char, interface_name_text::capacity + 1> buffer;
    if (detail::os::interface_name(index, buffer.data()) < 0) return detail::last_error(operation::interface_name);
    return interface_name_text{}.append(buffer.data());
}

namespace detail {

template <class Value>
concept zoned = requires(std::string_view text) {
    { Value::parse(text) } -> std::same_as<expected<Value, text_error>>;
    { Value::max_text } -> std::convertible_to<std::size_t>;
};

/// The zone in an address or endpoint: the text between '%' and the end, or the last bracket if one is open.
constexpr std::string_view zone_in(std::string_view text) noexcept {
    const std::size_t mark = text.find('%');
    if (mark == std::string_view::npos) return {};
    const std::size_t end = text.starts_with('[') ? text.rfind(']') : text.size();
    return end == std::string_view::npos || end < mark ? text.substr(mark + 1) : text.substr(mark + 1, end - mark - 1);
}

constexpr bool is_number(std::string_view text) noexcept {
    for (const char c : text)
        if (digit_value(c) > 9) return false;
    return true;
}

}  // namespace detail

/// Parses an ipv6_address, ip_address, endpoint<ipv6> or endpoint<ip> as its parse() does, and accepts the name of an
/// interface as the zone: `parse_zoned<ipv6_address>("fe80::1%eth0")`, `parse_zoned<endpoint<ip>>("[fe80::1%eth0]:80")`.
/// A zone of digits is always an index.
///
/// Errors: those of parse(), and text_errc::zone_unknown if no interface has the name; for the cause of a failed look-up
/// call interface_index().
template <detail::zoned Value>
[[nodiscard]] expected<Value, text_error> parse_zoned(std::string_view text) noexcept {
    const std::string_view zone = detail::zone_in(text);
    if (detail::is_number(zone)) return Value::parse(text);

    // The parser gets the text with an index in the place of the name, cut where no text is valid any more.
    const auto index = interface_index(zone);
    const auto start = static_cast<std::size_t>(zone.data() - text.data());
    const std::size_t end = start + zone.size();
    fixed_text<Value::max_text + 1> numbered;
    numbered.append(text.substr(0, start)).append_number(index ? *index : 1);
    const std::size_t numbered_end = numbered.size();
    numbered.append(text.substr(end));

    // The first fault counts.
    auto value = Value::parse(numbered.view());
    if (!value && value.error().position < start) return value;
    if (!index) return unexpected<text_error>(detail::text_error_at(start, text_errc::zone_unknown));
    if (!value) {
        const std::size_t behind_zone = value.error().position - numbered_end;
        return unexpected<text_error>(
            detail::text_error_at(end + behind_zone, value.error().reason, value.error().field));
    }
    return value;
}

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
