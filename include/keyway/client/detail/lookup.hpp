// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CLIENT_DETAIL_LOOKUP_HPP
#define KEYWAY_CLIENT_DETAIL_LOOKUP_HPP

// Look-ups by the system's resolver, and the texts that are refused because no two systems would answer alike.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <keyway/address/ipv4.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/resolve.hpp>
#include <keyway/detail/scan.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// Whether the text has no NUL, space or control character: no name has one, and some systems stop there.
constexpr bool is_one_word(std::string_view text) noexcept {
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= ' ') return false;
    return true;
}

constexpr bool has_letter(std::string_view text) noexcept {
    for (const char c : text)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return false;
}

/// Decimal or, with 0x, hexadecimal.
constexpr bool is_number_of_any_base(std::string_view text) noexcept {
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    for (const char c : text.substr(hexadecimal ? 2 : 0))
        if (hexadecimal ? hex_digit_value(c) > 15 : digit_value(c) > 9) return false;
    return !text.empty();
}

/// Whether some system reads the text as an IPv4 address, such as `127.1` or `0x7f000001`: numbers separated by dots.
constexpr bool is_all_numbers(std::string_view host) noexcept {
    for (;;) {
        const std::size_t dot = host.find('.');
        if (!is_number_of_any_base(host.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        host.remove_prefix(dot + 1);
    }
}

/// The error for a code of getaddrinfo(3) or getnameinfo(3) other than 0.
inline error resolver_error(int code, operation op) noexcept {
    const resolver_errc meaning = os::resolver_meaning(code);
    return meaning == resolver_errc{} ? error(os::last_error(), op) : error(meaning, op);
}

/// Owns a list from getaddrinfo(3).
class address_list {
public:
    constexpr address_list() noexcept = default;
    constexpr explicit address_list(os::address_entry* list) noexcept : list_(list) {}
    address_list(const address_list&) = delete;
    address_list(address_list&& other) noexcept : list_(std::exchange(other.list_, nullptr)) {}
    address_list& operator=(const address_list&) = delete;
    address_list& operator=(address_list&& other) noexcept {
        std::swap(list_, other.list_);
        return *this;
    }
    ~address_list() { os::free_addresses(list_); }

    [[nodiscard]] const os::address_entry* get() const noexcept { return list_; }

private:
    os::address_entry* list_ = nullptr;
};

/// Looks up the addresses of a host and a service. It keeps copies of the texts.
class lookup {
public:
    static constexpr operation name = operation::resolve;

    explicit lookup(const os::lookup_kind& kind) noexcept : kind_(kind) {}

    /// No host means this machine. Texts that are refused here would not be found, or differ from system to system.
    error set_host(std::string_view host, bool numeric) noexcept {
        const bool is_v4 = is_all_numbers(host);
        const bool is_v6 = host.find(':') != std::string_view::npos;
        kind_.numeric_host = host.empty() || is_v4 || is_v6;
        const bool well_formed = is_v4   ? ipv4_address::parse(host).has_value()
                                 : is_v6 ? ipv6_address::parse(host.substr(0, host.find('%'))).has_value()
                                         : !numeric || host.empty();
        if (!well_formed || host.size() > os::max_host_name || !is_one_word(host))
            return error(resolver_errc::host_not_found, name);
        if ((is_v4 && kind_.domain == ipv6::domain) || (is_v6 && kind_.domain == ipv4::domain))
            return error(resolver_errc::no_address, name);
        host_.append(host);
        return {};
    }

    /// A port has no letters, the name of a service has one. Systems truncate ports that do not fit 16 bits.
    error set_service(std::string_view service, bool numeric) noexcept {
        scanner in(service);
        std::uint32_t port = 0;
        numeric_service_ = !has_letter(service);
        const bool possible = numeric_service_
                                  ? in.decimal(port, 65535, text_errc::port_above_65535) && in.at_end()
                                  : !numeric && service.size() <= os::max_service_name && is_one_word(service);
        service_.append(service);
        return possible ? error{} : error(resolver_errc::service_not_found, name);
    }

    [[nodiscard]] bool may_block() const noexcept { return !kind_.numeric_host || !numeric_service_; }

    /// Returns: error{} for success.
    error run() noexcept {
        if (os::prepare_resolver() < 0) return error(os::last_error(), name);
        os::address_entry* list = nullptr;
        const char* const host = host_.size() == 0 ? nullptr : host_.c_str();
        const int code = os::look_up(host, service_.c_str(), kind_, list);
        if (code != 0) return resolver_error(code, name);
        found_ = address_list(list);
        return {};
    }

    [[nodiscard]] address_list&& found() && noexcept { return std::move(found_); }

private:
    fixed_text<os::max_host_name> host_;
    fixed_text<os::max_service_name> service_;
    os::lookup_kind kind_;
    bool numeric_service_ = false;
    address_list found_;
};

}  // namespace detail

/// The names of a host and a service.
struct resolved_name {
    fixed_text<detail::os::max_host_name> host;
    fixed_text<detail::os::max_service_name> service;
};

namespace detail {

/// Looks up the names of an endpoint.
template <class Endpoint>
class name_lookup {
public:
    static constexpr operation name = operation::resolve_name;

    name_lookup(const Endpoint& of, const os::name_kind& kind) noexcept : endpoint_(of), kind_(kind) {}

    [[nodiscard]] bool may_block() const noexcept { return !kind_.numeric_host || !kind_.numeric_service; }

    /// Returns: error{} for success.
    error run() noexcept {
        if (os::prepare_resolver() < 0) return error(os::last_error(), name);
        std::array<char, os::max_host_name + 1> host;
        std::array<char, os::max_service_name + 1> service;
        const int code = os::look_up_names(endpoint_.data(), endpoint_.size(), host.data(), service.data(), kind_);
        if (code != 0) return resolver_error(code, name);
        found_.host.append(host.data());
        found_.service.append(service.data());
        return {};
    }

    [[nodiscard]] const resolved_name& found() const noexcept { return found_; }

private:
    Endpoint endpoint_;
    os::name_kind kind_;
    resolved_name found_;
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
