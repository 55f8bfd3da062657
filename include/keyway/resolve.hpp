// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_RESOLVE_HPP
#define KEYWAY_RESOLVE_HPP

// Names of hosts and services to endpoints, and back.
//
// The system's resolver, which knows /etc/hosts, DNS and what else a machine is set up with, blocks and cannot be
// interrupted. A form without a limit runs it in the calling thread. A form with one runs it in a thread of its own,
// with all signals blocked, and when the limit is reached leaves it alone there: the abandoned thread ends when the
// resolver does (glibc asks each server twice, for five seconds each, unless resolv.conf says otherwise), and frees what it
// used. At the end of the program nothing waits for it. There are at most max_lookups such threads, and in a child of
// fork(2) the parent's are counted for ever. A shared library that contains the call must not be unloaded while there are.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include <keyway/concepts.hpp>
#include <keyway/detail/background.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/for_overwrite.hpp>
#include <keyway/detail/list_iterator.hpp>
#include <keyway/detail/lookup.hpp>
#include <keyway/detail/os/resolve.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/family.hpp>
#include <keyway/protocol.hpp>
#include <keyway/text.hpp>
#include <keyway/type.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// Which service of a host is meant: its name, `"http"`, or its port, `80` or `"80"`. None is port 0.
class service {
public:
    constexpr service() noexcept : service(std::uint16_t{0}) {}
    constexpr service(std::uint16_t port) noexcept : port_text_(fixed_text<5>{}.append_number(port)) {}
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

/// How resolve() goes about it.
struct resolve_options {
    bool numeric = false;          ///< takes an address and a port only, and looks nothing up
    bool passive = false;          ///< no host means every address of this machine: for listen() and bind()
    bool canonical_name = false;   ///< asks for the host's own name too, see endpoint_list::canonical_name()
    bool configured_only = false;  ///< only families of which this machine has an address; loopback does not count
};

namespace detail {

/// Services are those of TCP and UDP.
template <class F, class T>
concept has_services = internet_family<F> && socket_type<T> && !std::same_as<default_protocol_t<F, T>, no_protocol>;

template <class Endpoint>
struct endpoint_cursor {
    const os::address_entry* entry = nullptr;

    [[nodiscard]] Endpoint value() const noexcept {
        room_for<Endpoint> room;
        const auto size = static_cast<std::size_t>(entry->ai_addrlen);
        if (size <= Endpoint::capacity()) std::memcpy(room.endpoint.data(), entry->ai_addr, size);
        room.endpoint.resize(size);
        return room.endpoint;
    }
    void next() noexcept { entry = os::entry_after(*entry); }
};

}  // namespace detail

/// What resolve() found, at least one endpoint<F>: a range in the order in which they should be tried (RFC 6724). Owns the
/// list that the system gave; going through it allocates nothing.
template <internet_family F>
class endpoint_list {
public:
    using iterator = detail::list_iterator<detail::endpoint_cursor<typename F::endpoint>>;

    constexpr endpoint_list() noexcept = default;
    explicit endpoint_list(detail::address_list&& found) noexcept : found_(std::move(found)) {}

    [[nodiscard]] iterator begin() const noexcept { return iterator({detail::os::first_entry(found_.get())}); }
    [[nodiscard]] static iterator end() noexcept { return {}; }

    /// What the host calls itself, behind all aliases; empty where resolve_options::canonical_name was not set. It lives as
    /// long as the list.
    [[nodiscard]] std::string_view canonical_name() const noexcept {
        const auto* const first = found_.get();
        return first == nullptr || first->ai_canonname == nullptr ? std::string_view{} : first->ai_canonname;
    }

private:
    detail::address_list found_;
};

namespace detail {

template <class Job>
error run(Job& job) noexcept {
    return job.run();
}
template <class Job>
error run(Job& job, const waiting& how) noexcept {
    return run_within(job, how.limit());
}

template <class F, class T, class... Limit>
result<endpoint_list<F>> resolve(std::string_view host, const service& service, const resolve_options& options,
                                 const Limit&... within) noexcept {
    // With the type alone, systems that know other protocols of that type tell of each endpoint several times.
    lookup wanted({.domain = F::domain,
                   .type = T::native,
                   .protocol = default_protocol_t<F, T>::number,
                   .passive = options.passive,
                   .canonical_name = options.canonical_name && !host.empty(),
                   .configured_only = options.configured_only});
    error fault = wanted.set_host(host, options.numeric);
    if (fault == error{}) fault = wanted.set_service(service.text(), options.numeric);
    if (fault == error{}) fault = run(wanted, within...);
    if (fault != error{}) return unexpected<error>(fault);
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.Move): where there is no fault it was moved back
    return endpoint_list<F>(std::move(wanted).found());
}

}  // namespace detail

/// All endpoints of a host's service, for sockets of a family: ipv4, ipv6 or, for both, ip; and of a type, which decides
/// what a service's name means: `resolve<ip, datagram>("host", "tftp")`.
///
///     auto found = kw::resolve<kw::ip>("www.example.org", "https", 5s);
///     if (!found) return report(found.error());
///     for (const auto& endpoint : *found) if (auto connection = kw::tcp::connect(endpoint, 5s)) ...
///
/// No host is this machine's loopback address, or any address with `passive`. An IPv4 address has to be what
/// ipv4_address::parse() takes: what systems read in ways of their own, `127.1` or `010.0.0.1`, is not found. So is a port
/// above 65535 or with leading zeros. An IPv6 address may have a zone, `fe80::1%eth0`. Names are bytes, those of DNS in
/// ASCII (`xn--`).
///
/// Errors: resolver_errc::host_not_found, no_address (the host has none of this family; of a name, not every system tells
/// the two apart), service_not_found, try_again, failed; not_enough_memory, too_many_files.
/// Blocks: until the resolver has an answer or gives up; where host and service are numbers, not at all.
/// Source: getaddrinfo(3).
template <internet_family F, socket_type T = stream>
    requires detail::has_services<F, T>
[[nodiscard]] result<endpoint_list<F>> resolve(std::string_view host, const service& service,
                                               const resolve_options& options = {}) noexcept {
    return detail::resolve<F, T>(host, service, options);
}

/// The same with a limit. Numbers are answered at once; with a limit of zero, all else fails with timed_out and nobody is
/// asked. What is asked of the resolver takes an allocation, a thread and, for as long as the call waits, a descriptor.
///
/// Errors: also timed_out, operation_canceled, and too_many_lookups, which is_resource_exhausted().
/// Blocks: until there is an answer, or the limit is reached; spinning has no effect.
template <internet_family F, socket_type T = stream>
    requires detail::has_services<F, T>
[[nodiscard]] result<endpoint_list<F>> resolve(std::string_view host, const service& service,
                                               const resolve_options& options, const waiting& how) noexcept {
    return detail::resolve<F, T>(host, service, options, how);
}
template <internet_family F, socket_type T = stream, std::convertible_to<waiting> Limit>
    requires detail::has_services<F, T>
[[nodiscard]] result<endpoint_list<F>> resolve(std::string_view host, const service& service,
                                               const Limit& how) noexcept {
    return detail::resolve<F, T>(host, service, {}, waiting(how));
}

/// How resolve_name() goes about it.
struct resolve_name_options {
    bool numeric_host = false;     ///< the address as text; nobody is asked for a name
    bool numeric_service = false;  ///< the port in decimal
    bool name_required = false;    ///< a host without a name is an error, where otherwise its address is the name
};

namespace detail {

template <class T, class E, class... Limit>
result<resolved_name> resolve_name(const E& endpoint, const resolve_name_options& options,
                                   const Limit&... within) noexcept {
    name_lookup<E> wanted(endpoint, {.numeric_host = options.numeric_host,
                                     .numeric_service = options.numeric_service,
                                     .name_required = options.name_required,
                                     .datagram = T::native == datagram::native});
    if (const error fault = run(wanted, within...); fault != error{}) return unexpected<error>(fault);
    return wanted.found();
}

}  // namespace detail

/// What the host and the service at an endpoint are called: `resolve_name(peer)->host`. Whoever owns an address says its
/// name, so it proves nothing.
///
/// Errors: resolver_errc::host_not_found (with name_required), try_again, failed.
/// Blocks: until the resolver has an answer or gives up. Source: getnameinfo(3).
template <socket_type T = stream, internet_family F>
    requires detail::has_services<F, T>
[[nodiscard]] result<resolved_name> resolve_name(const endpoint<F>& of,
                                                 const resolve_name_options& options = {}) noexcept {
    return detail::resolve_name<T>(of, options);
}

/// The same with a limit, as resolve().
template <socket_type T = stream, internet_family F>
    requires detail::has_services<F, T>
[[nodiscard]] result<resolved_name> resolve_name(const endpoint<F>& of, const resolve_name_options& options,
                                                 const waiting& how) noexcept {
    return detail::resolve_name<T>(of, options, how);
}
template <socket_type T = stream, internet_family F, std::convertible_to<waiting> Limit>
    requires detail::has_services<F, T>
[[nodiscard]] result<resolved_name> resolve_name(const endpoint<F>& of, const Limit& how) noexcept {
    return detail::resolve_name<T>(of, {}, waiting(how));
}

}  // namespace keyway::inline KEYWAY_MODE

#endif
