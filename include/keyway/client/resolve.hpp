// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CLIENT_RESOLVE_HPP
#define KEYWAY_CLIENT_RESOLVE_HPP

// Names to endpoints, and back.
//
// The system's resolver, which knows /etc/hosts, DNS and whatever else a machine is set up with, blocks and cannot be
// interrupted. Without a limit it runs in the calling thread. With a limit it runs in a thread of its own, with all signals
// blocked; when the limit is reached, that thread is abandoned. It ends when the resolver does (glibc asks each server
// twice, for five seconds each, unless resolv.conf says otherwise) and frees its memory. The end of the program does not
// wait for it. At most max_lookups such threads exist at once; a fork(2) child inherits the parent's count and never gets it
// back. Do not unload a shared library that contains the call while one exists.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include <keyway/client/detail/background.hpp>
#include <keyway/client/detail/lookup.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/exact.hpp>
#include <keyway/detail/list_iterator.hpp>
#include <keyway/detail/os/resolve.hpp>
#include <keyway/detail/uninitialized.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/limit.hpp>
#include <keyway/protocol.hpp>
#include <keyway/text.hpp>
#include <keyway/type.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// A service of a host: its name, `"http"`, or its port, `80` or `"80"`. No service means port 0.
class service {
public:
    constexpr service() noexcept : service(std::uint16_t{0}) {}
    constexpr service(std::uint16_t port) noexcept : port_text_(fixed_text<5>{}.append_number(port)) {}
    /// The port is a std::uint16_t, or a constant from 0 to 65535.
    template <detail::wider_integer<std::uint16_t> N>
    consteval service(const N& port) : service(std::uint16_t{detail::exact<std::uint16_t>(port)}) {}
    // clang-format off
    template <detail::wider_integer<std::uint16_t> N> service(N& port) requires(!std::is_const_v<N>) KEYWAY_DELETE("a port is a std::uint16_t, 0 to 65535, an octet is a std::uint8_t, 0 to 255: check a wider number, then static_cast it");
    // clang-format on
    template <std::convertible_to<std::string_view> Text>
    constexpr service(const Text& name_or_port) noexcept : service() {
        if (const std::string_view text = name_or_port; !text.empty()) name_ = text;
    }

    /// The name or the decimal port.
    [[nodiscard]] constexpr std::string_view text() const noexcept { return name_.empty() ? port_text_.view() : name_; }

private:
    std::string_view name_;
    fixed_text<5> port_text_;
};

/// How resolve() looks up a name.
struct resolve_options {
    bool numeric = false;          ///< accepts an address and a port only, and looks nothing up
    bool passive = false;          ///< no host means every address of this machine, for listen() and bind()
    bool canonical_name = false;   ///< asks for the canonical name too, see endpoint_list::canonical_name()
    bool configured_only = false;  ///< only families of which this machine has an address other than loopback
};

namespace detail {

/// Services are those of TCP and UDP.
template <class F, class T>
concept has_services = internet_family<F> && socket_type<T> && !std::same_as<default_protocol_t<F, T>, no_protocol>;

template <class Endpoint>
struct endpoint_cursor {
    const os::address_entry* entry = nullptr;

    [[nodiscard]] Endpoint value() const noexcept {
        uninitialized<Endpoint> storage;
        const auto size = static_cast<std::size_t>(entry->ai_addrlen);
        if (size <= Endpoint::capacity()) std::memcpy(storage.endpoint.data(), entry->ai_addr, size);
        storage.endpoint.resize(size);
        return storage.endpoint;
    }
    void next() noexcept { entry = os::entry_after(*entry); }
};

}  // namespace detail

/// The endpoints that resolve() has found, at least one: a range in the order in which to try them (RFC 6724). Owns the
/// system's list; iterating allocates nothing.
template <internet_family F>
class endpoint_list {
public:
    using iterator = detail::list_iterator<detail::endpoint_cursor<typename F::endpoint>>;

    constexpr endpoint_list() noexcept = default;
    explicit endpoint_list(detail::address_list&& found) noexcept : found_(std::move(found)) {}

    [[nodiscard]] iterator begin() const noexcept { return iterator({detail::os::first_entry(found_.get())}); }
    [[nodiscard]] static iterator end() noexcept { return {}; }

    /// The host's canonical name, behind all aliases; empty if resolve_options::canonical_name was not set. It lives as long
    /// as the list.
    [[nodiscard]] std::string_view canonical_name() const& noexcept {
        const auto* const first = found_.get();
        return first == nullptr || first->ai_canonname == nullptr ? std::string_view{} : first->ai_canonname;
    }

    // clang-format off
    std::string_view canonical_name() const&& KEYWAY_DELETE("the text would outlive the temporary list: keep the list in a variable");
    // clang-format on

private:
    detail::address_list found_;
};

namespace detail {

/// The kind of look-up that resolve() makes. With the type alone, systems that know other protocols of that type report each
/// endpoint several times.
template <class F, class T>
os::lookup_kind lookup_kind_of(std::string_view host, const resolve_options& options) noexcept {
    return {.domain = F::domain,
            .type = T::native,
            .protocol = default_protocol_t<F, T>::number,
            .passive = options.passive,
            .canonical_name = options.canonical_name && !host.empty(),
            .configured_only = options.configured_only};
}

}  // namespace detail

/// All endpoints of a host's service, for sockets of a family (ipv4, ipv6 or, for both, ip) and of a type, which decides the
/// meaning of a service's name: `resolve<ip, datagram>("host", "tftp")`.
///
///     auto found = kw::resolve<kw::ip>("www.example.org", "https", 5s);
///     if (!found) return report(found.error());
///     for (const auto& endpoint : *found) if (auto connection = kw::tcp::connect(endpoint, 5s)) ...
///
/// No host means the loopback address, or with `passive` any address. IPv4 addresses are those that ipv4_address::parse()
/// accepts; forms that only some systems accept, `127.1` or `010.0.0.1`, give host_not_found, and so do ports above 65535 or
/// with leading zeros. An IPv6 address may have a zone, `fe80::1%eth0`. Names are bytes; those of DNS are ASCII (`xn--`).
///
/// Numbers are answered at once. With a limit of zero everything else fails with limit_reached without asking. With a limit
/// the look-up costs an allocation, a thread and, while the call waits, a descriptor; spinning has no effect.
///
/// Errors: resolver_errc::host_not_found, no_address (the host has none of this family; not every system distinguishes
/// the two), service_not_found, try_again, failed; not_enough_memory, too_many_files_open; with a limit limit_reached,
/// operation_canceled and too_many_lookups, which is_resource_exhausted().
/// Blocks: until the resolver answers or gives up, or the limit is reached; not at all if host and service are numbers.
/// Source: getaddrinfo(3).
template <internet_family F, socket_type T = stream, limit_like L = no_limit>
    requires detail::has_services<F, T>
[[nodiscard]] result<endpoint_list<F>> resolve(std::string_view host, const service& service, const L& limit = {},
                                               const resolve_options& options = {}) noexcept {
    detail::lookup wanted(detail::lookup_kind_of<F, T>(host, options));
    error fault = wanted.set_host(host, options.numeric);
    if (fault == error{}) fault = wanted.set_service(service.text(), options.numeric);
    if (fault == error{}) fault = detail::run_within(wanted, detail::native_limit(limit));
    if (fault != error{}) return failure(fault);
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.Move): if there is no fault it was moved back
    return endpoint_list<F>(std::move(wanted).found());
}

/// How resolve_name() looks up a name.
struct resolve_name_options {
    bool numeric_host = false;     ///< the address as text; no look-up
    bool numeric_service = false;  ///< the port in decimal
    bool name_required = false;    ///< a host without a name is an error; otherwise its address stands for it
};

/// The names of the host and the service at an endpoint: `resolve_name(peer)->host`. The owner of an address chooses its
/// name, so it proves nothing.
///
/// Errors: resolver_errc::host_not_found (with name_required), try_again, failed; with a limit as resolve().
/// Blocks: until the resolver answers or gives up, or the limit is reached. Source: getnameinfo(3).
template <socket_type T = stream, internet_family F, limit_like L = no_limit>
    requires detail::has_services<F, T>
[[nodiscard]] result<resolved_name> resolve_name(const endpoint<F>& of, const L& limit = {},
                                                 const resolve_name_options& options = {}) noexcept {
    detail::name_lookup<endpoint<F>> wanted(of, {.numeric_host = options.numeric_host,
                                                 .numeric_service = options.numeric_service,
                                                 .name_required = options.name_required,
                                                 .datagram = T::native == datagram::native});
    if (const error fault = detail::run_within(wanted, detail::native_limit(limit)); fault != error{})
        return failure(fault);
    return wanted.found();
}

// clang-format off
template <int = 0>
detail::refused resolve(std::string_view, const service&, auto&&...) KEYWAY_DELETE("resolve() takes a family of the internet in angle brackets, ip, ipv4 or ipv6: resolve<kw::ip>(host, service)");
template <class F, class T = stream> requires(!internet_family<F>)
detail::refused resolve(std::string_view, const service&, auto&&...) KEYWAY_DELETE("resolve() takes a family of the internet in angle brackets, ip, ipv4 or ipv6: resolve<kw::ip>(host, service)");
template <internet_family F, class T = stream, not_a_limit L>
detail::refused resolve(std::string_view, const service&, const L&, auto&&...) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: resolve<ip>(host, service, 5s, options)");
template <class T = stream, class F, not_a_limit L>
detail::refused resolve_name(const endpoint<F>&, const L&, auto&&...) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: resolve_name(endpoint, 5s, options)");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
