// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_LOOPBACK_HPP
#define KEYWAY_TESTS_SUPPORT_LOOPBACK_HPP

// Helpers of the unit tests of sockets: connected ends on this machine, and a bound for waiting.

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include <keyway/option/socket.hpp>

#include "support/net.hpp"
#include "support/system.hpp"

/// A failed check prints the error.
template <>
struct doctest::StringMaker<keyway::error> {
    static String convert(const keyway::error& e) { return e == keyway::error{} ? "success" : e.message().c_str(); }
};
template <>
struct doctest::StringMaker<keyway::transfer_error> {
    static String convert(const keyway::transfer_error& e) {
        return StringMaker<keyway::error>::convert(e) + " after " + toString(e.transferred) + " bytes";
    }
};

namespace test {

namespace kw = keyway;
using namespace std::chrono_literals;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

/// The fixture of every test that may wait: it ends the program if the test lasts a minute.
using bounded = net::watchdog;

// ---- results

/// The error of a failed result; otherwise the default error, which prints as "success".
template <class Result>
kw::error failure(const Result& result) {
    if (result) return {};
    return result.error();
}

inline std::string message_of(const kw::error& e) { return std::string(e.message().view()); }

/// The value of a result. A failed result ends the test case and is reported at the caller's line.
template <class Result>
auto must(Result&& result, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (!result) {
        ADD_FAIL_AT(file, line, "unexpected failure: " << message_of(result.error()));
        throw doctest::detail::TestFailureException();
    }
    if constexpr (!std::is_void_v<typename std::remove_cvref_t<Result>::value_type>)
        return std::forward<Result>(result).value();
}

inline std::string text(std::span<const std::byte> bytes) { return std::string(kw::as_text(bytes)); }

// ---- waiting

template <class Action>
std::chrono::steady_clock::duration time_of(Action action) {
    const auto begin = std::chrono::steady_clock::now();
    action();
    return std::chrono::steady_clock::now() - begin;
}

// ---- addresses

/// A loopback address that only this process uses, for tests that need a port to stay free or to be bound again.
inline kw::ipv4_address own_loopback() {
    const auto id = static_cast<std::uint32_t>(process_number());
    return kw::ipv4_address::from_number(0x7f400000U + (id & 0x3fffffU));
}

/// The same for datagrams. Under Wine only 127.0.0.1 works: a socket bound to another loopback address is bound to all
/// addresses.
inline kw::ipv4_address own_datagram_loopback() { return under_wine() ? kw::ipv4_address::loopback() : own_loopback(); }

inline bool has_ipv6() { return kw::udp6::bind({kw::ipv6_address::loopback(), 0}).has_value(); }

// ---- features that not every machine has

/// Reports, once in a process, what is not tested and why.
inline void skipped(const std::string& what, const std::string& why) {
    static std::set<std::string> said;
    if (said.insert(what).second) MESSAGE("skipped: " << what << ": " << why);
}

/// Whether there are AF_UNIX sockets; every POSIX system has them.
inline bool has_local_sockets() {
    const auto probe = kw::unix_stream::socket::open();
    if (KEYWAY_HAS_POSIX || probe) return true;
    skipped("AF_UNIX", message_of(probe.error()));
    return false;
}

/// Whether the test can run; if not, reports why.
template <class Transport>
bool has_family() {
    if constexpr (kw::local_family<typename Transport::family>) {
        return has_local_sockets();
    } else {
        if (Transport::family::domain != AF_INET6 || has_ipv6()) return true;
        skipped("IPv6", "this machine has no IPv6 loopback address");
        return false;
    }
}

/// Whether this is Wine, which cannot do it; if so, reports why.
inline bool skipped_under_wine(const std::string& what, const std::string& why) {
    if (!under_wine()) return false;
    skipped(what, "wine " + why);
    return true;
}

/// Whether an emulator of another machine is in use; if so, reports it.
inline bool skipped_under_emulator(const std::string& what) {
    if (passes_every_option()) return false;
    skipped(what, "the emulator has few options and control messages");
    return true;
}

// ---- differences between systems

/// The native code that means this condition.
constexpr int native_code(kw::errc meaning) {
    for (const auto& one : codes)
        if (one.meaning == meaning) return one.code;
    return 0;
}

/// The reported length of a message of which `stored` bytes were stored.
constexpr std::size_t told_length(std::size_t length, std::size_t stored) {
    return reports_true_length ? length : stored;
}

// ---- connected ends

template <class Transport>
struct ends {
    typename Transport::connection client;
    typename Transport::connection server;
};

/// The two ends of an accepted connection.
template <class Transport = kw::tcp>
ends<Transport> connect_ends(const typename Transport::endpoint& at = net::any_loopback_port<Transport>()) {
    auto listener = must(Transport::listen(at));
    auto client = must(Transport::connect(must(listener.local_endpoint())));
    auto server = must(listener.accept()).connection;
    return {std::move(client), std::move(server)};
}

/// Sends until the kernel accepts no more, and returns the number of bytes.
template <class Connection>
std::size_t fill_up(const Connection& connection) {
    must(connection.set(kw::option::non_blocking{true}));
    const std::vector<std::byte> block(65536);
    std::size_t total = 0;
    while (auto sent = connection.send(block)) total += *sent;
    must(connection.set(kw::option::non_blocking{false}));
    return total;
}

/// Reads to the end of the stream, and returns the bytes.
template <class Connection>
std::string read_to_end(const Connection& connection) {
    std::string all;
    std::array<std::byte, 65536> buffer;
    for (;;) {
        const auto got = must(connection.recv(buffer));
        if (got.empty()) return all;
        all += kw::as_text(got);
    }
}

// ---- files

/// A new directory, removed with its content on destruction.
struct temporary_directory : net::temp_directory {
    kw::unix_stream::endpoint endpoint(std::string_view name = "socket") const {
        return net::temp_directory::endpoint(name);
    }
};

inline void make_file(const std::string& path) { std::ofstream(path) << "a file\n"; }

}  // namespace test

#endif
