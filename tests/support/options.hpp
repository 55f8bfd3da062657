// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_OPTIONS_HPP
#define KEYWAY_TESTS_SUPPORT_OPTIONS_HPP

// Checks of an option on every kind of socket that has it.

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/round_trip.hpp"

namespace test {

using mptcp4 = kw::transport<kw::ipv4, kw::stream, kw::ipproto::mptcp>;
using mptcp6 = kw::transport<kw::ipv6, kw::stream, kw::ipproto::mptcp>;
using raw6 = kw::transport<kw::ipv6, kw::raw, kw::ipproto::numbered<253>>;  // for experiments, RFC 3692

template <class... Transports>
struct transport_list {};
/// Plain sockets come first: an option that they lack the system lacks.
using every_transport = transport_list<KEYWAY_ALL_TRANSPORTS, raw6, mptcp4, mptcp6>;

/// The kernel, an emulator or the user's rights prevent the use of the option on this machine.
inline bool lacks_option(const kw::error& e) {
    return e == kw::errc::no_protocol_option || e == kw::errc::operation_not_supported ||
           e == kw::errc::operation_not_permitted;
}

namespace detail {

enum class support { unknown, present, lacking };

/// Opens a socket of the transport and checks the option on it. The first socket that has the option reports whether the
/// system has it.
template <class Transport, class Option, class Check>
void check_option(const std::string& name, support& of_system, Check check) {
    // Here a socket of the family `ip` is an IPv4 socket.
    using family =
        std::conditional_t<kw::fixed_domain<typename Transport::family>, typename Transport::family, kw::ipv4>;
    if constexpr (kw::option_for<Option, family, typename Transport::type, typename Transport::protocol>) {
        if (of_system == support::lacking || !has_family<Transport>()) return;
        auto socket = Transport::socket::open_for(typename Transport::endpoint{});
        if (!socket && (is_unavailable(socket.error()) || kw::multipath_protocol<typename Transport::protocol>)) {
            skipped("protocol " + std::to_string(Transport::protocol::number), message_of(socket.error()));
            return;
        }
        const auto opened = must(std::move(socket));
        if (of_system == support::unknown) {
            of_system = support::lacking;
            if ((kw::reads_itself<Option> || kw::writes_itself<Option>) && skipped_under_emulator("option " + name))
                return;
            const kw::error probed = check.probe(opened);
            if (lacks_option(probed) || (probed != kw::error{} && !passes_every_option())) {
                skipped("option " + name, message_of(probed));
                return;
            }
            of_system = support::present;
        }
        CAPTURE(Transport::family::domain);
        CAPTURE(Transport::type::native);
        CAPTURE(Transport::protocol::number);
        check(opened);
    }
}

template <class Option, class Check, class... Transports>
void check_option_everywhere(const std::string& name, Check check, transport_list<Transports...>) {
    // A system can have the name of IPv4 and lack that of IPv6.
    std::array<support, 2> of_system{};
    const auto of_family = [&](int domain) -> support& {
        return of_system[kw::has_name_per_family<Option> && domain == kw::ipv6::domain];
    };
    (check_option<Transports, Option>(name, of_family(Transports::family::domain), check), ...);
    if constexpr (!kw::absent_option<Option>) {
        static_assert((... || kw::option_for<Option, typename Transports::family, typename Transports::type,
                                             typename Transports::protocol>));
    }
}

template <class Option>
struct round_trips {
    std::initializer_list<typename Option::value_type> values;

    template <class Socket>
    kw::error probe(const Socket& socket) const {
        if (const auto set = socket.set(Option{*values.begin()}); !set) return set.error();
        if constexpr (kw::readable_option<Option>) return failure(socket.template get<Option>());
        else return {};
    }
    template <class Socket>
    void operator()(const Socket& socket) const {
        for (const auto& value : values) check_round_trip<Option>(socket, value);
    }
};

/// The first value is valid, and stays set when the others are refused.
template <class Option>
struct refuses {
    std::initializer_list<typename Option::value_type> values;

    template <class Socket>
    kw::error probe(const Socket& socket) const {
        return failure(socket.set(Option{*values.begin()}));
    }
    template <class Socket>
    void operator()(const Socket& socket) const {
        must(socket.set(Option{*values.begin()}));
        for (const auto* value = values.begin() + 1; value != values.end(); ++value) {
            const auto set = socket.set(Option{*value});
            CHECK(failure(set) == kw::errc::invalid_argument);
            CHECK(failure(set).operation() == kw::operation::set_option);
        }
        if constexpr (kw::readable_option<Option>) CHECK(must(socket.template get<Option>()) == *values.begin());
    }
};

template <class Option, class Verify>
struct reads {
    Verify verify;

    template <class Socket>
    kw::error probe(const Socket& socket) const {
        return failure(socket.template get<Option>());
    }
    template <class Socket>
    void operator()(const Socket& socket) const {
        verify(socket.template get<Option>());
    }
};

}  // namespace detail

/// On every kind of socket that has the option, each value reads back as it was set.
template <class Option>
void check_round_trips(const std::string& name, std::initializer_list<typename Option::value_type> values) {
    detail::check_option_everywhere<Option>(name, detail::round_trips<Option>{values}, every_transport{});
}

/// check_round_trips() for a switch.
template <class Option>
void check_switch(const std::string& name) {
    check_round_trips<Option>(name, {true, false, true});
    if constexpr (!kw::absent_option<Option>) CHECK(Option{}.value);
}

/// On every kind of socket that has the option, all values except the first are refused and change nothing.
template <class Option>
void check_refused(const std::string& name, std::initializer_list<typename Option::value_type> values) {
    detail::check_option_everywhere<Option>(name, detail::refuses<Option>{values}, every_transport{});
}

/// Verifies the value that each kind of socket reports.
template <class Option, class Verify>
void check_read(const std::string& name, Verify verify) {
    detail::check_option_everywhere<Option>(name, detail::reads<Option, Verify>{verify}, every_transport{});
}

}  // namespace test

#endif
