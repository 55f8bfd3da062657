// SPDX-License-Identifier: BSL-1.0
#include <keyway/option.hpp>

#include <doctest/doctest.h>

#include "support/loopback.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
using kw::errc;
using kw::operation;
using test::can_get;
using test::can_set;
using test::failure;
using test::must;

// Options of your own: plain structs, written against the public concepts only.
namespace {

/// The smallest possible option.
struct hops {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = IP_TTL;
    using value_type = int;
    int value = 0;
};

/// A value of the kernel's type, only for connections.
struct time_to_wait {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_LINGER;
    template <class F, class T, class P>
    static constexpr bool fits = kw::connection_oriented<T>;
    using value_type = ::linger;
    ::linger value{};
};

/// The user's value differs from the kernel's, and not every value is valid.
struct percent_of_hops {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = IP_TTL;
    using value_type = double;
    double value = 0;

    using native_type = int;
    static kw::result<int> encode(const double& percent) noexcept {
        if (percent < 0 || percent > 100)
            return kw::unexpected<kw::error>(kw::error(errc::argument_out_of_domain, operation::set_option));
        return static_cast<int>(percent * 250 / 100);
    }
    static double decode(const int& native) noexcept { return native * 100.0 / 250; }
};

/// Wrong: the kernel returns four bytes.
struct too_wide {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = IP_TTL;
    using value_type = long long;
    long long value = 0;
};

/// Unknown to every system.
struct unheard_of {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = 30000;
    using value_type = int;
    int value = 0;
};

/// Does not use getsockopt(2).
struct remembered {
    using value_type = int;
    int value = 0;
    static inline int memory = 0;
    static kw::result<int> read(kw::handle_view) noexcept { return memory; }
    static kw::result<void> write(kw::handle_view, int value) noexcept {
        memory = value;
        return {};
    }
};

/// The kernel reports it, but does not let it be set.
struct kind {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_TYPE;
    static constexpr bool is_read_only = true;
    using value_type = int;
    int value = 0;
};

struct not_an_option {
    int value;
};

}  // namespace

static_assert(kw::socket_option<hops> && kw::socket_option<remembered> && !kw::socket_option<not_an_option>);
static_assert(kw::read_only_option<kind> && !kw::read_only_option<hops>);
static_assert(kw::option_for<hops, kw::ipv4, kw::datagram, kw::ipproto::udp>);
static_assert(!kw::option_for<time_to_wait, kw::ipv4, kw::datagram, kw::ipproto::udp>);

static_assert(can_set<kw::tcp::socket, hops> && can_get<kw::tcp::listener_view, hops>);
static_assert(can_set<kw::tcp::connection, time_to_wait> && !can_set<kw::udp::connection, time_to_wait>);
static_assert(!can_get<kw::udp::socket, time_to_wait>);
static_assert(!can_set<kw::tcp::socket, kind> && can_get<kw::tcp::socket, kind>);
static_assert(!can_set<kw::tcp::socket, not_an_option> && !can_get<kw::tcp::socket, int>);

TEST_CASE("an option of your own is a small struct") {
    const auto socket = must(kw::udp4::socket::open());
    must(socket.set(hops{3}));
    CHECK(must(socket.get<hops>()) == 3);
}

TEST_CASE("an option's value can be a kernel struct") {
    const auto socket = must(kw::tcp4::socket::open());
    ::linger seven{};
    seven.l_onoff = 1;
    seven.l_linger = 7;
    must(socket.set(time_to_wait{seven}));
    CHECK(must(socket.get<time_to_wait>()).l_linger == 7);
}

TEST_CASE("an option with encode() and decode() converts, and can refuse a value") {
    const auto socket = must(kw::udp4::socket::open());
    must(socket.set(percent_of_hops{50}));
    CHECK(must(socket.get<hops>()) == 125);
    CHECK(must(socket.get<percent_of_hops>()) == doctest::Approx(50));
    const auto refused = socket.set(percent_of_hops{101});
    CHECK(failure(refused) == errc::argument_out_of_domain);
    CHECK(must(socket.get<hops>()) == 125);
}

TEST_CASE("a value of another size than the kernel's is malformed_value") {
    const auto socket = must(kw::udp4::socket::open());
    const auto value = socket.get<too_wide>();
    CHECK(failure(value) == errc::malformed_value);
    CHECK(failure(value).operation() == operation::get_option);
}

TEST_CASE("an option unknown to the system is no_protocol_option") {
    const auto socket = must(kw::udp4::socket::open());
    CHECK(failure(socket.set(unheard_of{1})) == errc::no_protocol_option);
    CHECK(failure(socket.set(unheard_of{1})).operation() == operation::set_option);
    CHECK(failure(socket.get<unheard_of>()) == errc::no_protocol_option);
    CHECK(failure(socket.get<unheard_of>()).operation() == operation::get_option);
}

TEST_CASE("an option can have its own read() and write()") {
    const auto socket = must(kw::udp4::socket::open());
    must(socket.set(remembered{42}));
    CHECK(must(socket.get<remembered>()) == 42);
}

TEST_CASE("a read-only option can be read") {
    CHECK(must(must(kw::udp4::socket::open()).get<kind>()) == SOCK_DGRAM);
    CHECK(must(must(kw::tcp4::socket::open()).get<kind>()) == SOCK_STREAM);
}

TEST_CASE("an option of an invalid descriptor, or of a file that is not a socket, fails") {
    const kw::udp4::socket none;
    CHECK(failure(none.set(hops{3})) == test::bad_handle_error);
    CHECK(failure(none.get<hops>()) == test::bad_handle_error);
    const test::no_socket file;
    const auto no_socket = kw::udp4::socket_view::borrow(file.native_handle());
    CHECK(failure(no_socket.set(hops{3})) == errc::not_a_socket);
    CHECK(failure(no_socket.get<hops>()) == errc::not_a_socket);
}
