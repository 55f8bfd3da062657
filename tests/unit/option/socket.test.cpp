// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/socket.hpp>

#include <doctest/doctest.h>

#include <climits>

#include "support/loopback.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using test::can_get;
using test::can_set;
using test::failure;
using test::must;

// ---- 64: what fits and what does not

static_assert(can_set<kw::tcp::socket, option::reuse_address> && can_set<kw::udp6::socket, option::reuse_address>);
static_assert(!can_set<kw::unix_stream::socket, option::reuse_address> &&
              !can_get<kw::unix_stream::socket, option::reuse_address>);
static_assert(can_set<kw::icmp4::socket, option::reuse_port> == (KEYWAY_HAS_REUSE_PORT != 0) &&
              !can_set<kw::unix_stream::socket, option::reuse_port>);
static_assert(can_set<kw::tcp::socket, option::exclusive_address> == (KEYWAY_HAS_EXCLUSIVE_ADDRESS != 0) &&
              !can_set<kw::unix_stream::socket, option::exclusive_address>);
// An option that this system lacks is none, and says so.
static_assert(kw::absent_option<option::reuse_port> == (KEYWAY_HAS_REUSE_PORT == 0));
static_assert(kw::absent_option<option::exclusive_address> == (KEYWAY_HAS_EXCLUSIVE_ADDRESS == 0));
static_assert(can_set<kw::udp4::socket, option::broadcast> && can_set<kw::udp::socket, option::broadcast>);
static_assert(!can_set<kw::udp6::socket, option::broadcast> && !can_set<kw::tcp4::socket, option::broadcast> &&
              !can_set<kw::unix_stream::socket, option::broadcast>);
static_assert(can_set<kw::tcp::connection, option::keep_alive> && !can_set<kw::udp::connection, option::keep_alive> &&
              !can_set<kw::unix_stream::connection, option::keep_alive>);
static_assert(can_set<kw::tcp::connection, option::linger> && !can_set<kw::udp::connection, option::linger> &&
              !can_set<kw::unix_stream::connection, option::linger>);
static_assert(can_set<kw::unix_stream::socket, option::send_buffer> &&
              can_set<kw::tcp::listener, option::receive_buffer>);
static_assert(can_set<kw::tcp::listener, option::non_blocking> && can_set<kw::icmp6::socket, option::non_blocking>);
static_assert(can_get<kw::icmp6::socket, option::non_blocking> == (KEYWAY_HAS_NON_BLOCKING_QUERY != 0));
static_assert(kw::readable_option<option::non_blocking> == (KEYWAY_HAS_NON_BLOCKING_QUERY != 0));

// Read-only ones are read, everywhere.
template <class Option>
constexpr bool only_read = can_get<kw::tcp::listener, Option> && can_get<kw::unix_stream::socket, Option> &&
                           can_get<kw::icmp4::connection_view, Option> && !can_set<kw::tcp::listener, Option> &&
                           !can_set<kw::unix_stream::socket, Option>;
static_assert(only_read<option::error> && only_read<option::type> && only_read<option::domain>);
static_assert(only_read<option::protocol> && only_read<option::accepting>);

// ---- 63: set and get

TEST_CASE_TEMPLATE("switches of the socket layer read back as they were set", T, KEYWAY_ALL_TRANSPORTS) {
    test::with_socket<T>([](const auto& socket) {
        for (const bool on : {true, false, true}) {
            test::check_round_trip<option::reuse_address>(socket, on);
            test::check_round_trip<option::broadcast>(socket, on);
            test::check_round_trip<option::keep_alive>(socket, on);
            test::check_round_trip<option::out_of_band_inline>(socket, on);
            test::check_round_trip<option::non_blocking>(socket, on);
        }
    });
}

TEST_CASE_TEMPLATE("linger reads back as it was set", T, kw::tcp, kw::tcp4, kw::tcp6) {
    using value = option::linger::value_type;
    test::with_socket<T>([](const auto& socket) {
        for (const value& wanted :
             {value{true, 0}, value{true, 5}, value{true, test::max_linger_seconds}, value{false, 0}}) {
            CAPTURE(wanted.enabled);
            CAPTURE(wanted.seconds);
            test::check_round_trip<option::linger>(socket, wanted);
        }
    });
}

TEST_CASE_TEMPLATE("the kernel reports domain, type, protocol and state of a socket", T, KEYWAY_ALL_TRANSPORTS) {
    test::with_socket<T>([](const auto& socket) {
        if constexpr (kw::fixed_domain<typename T::family>)
            CHECK(must(socket.template get<option::domain>()) == T::family::domain);
        CHECK(must(socket.template get<option::type>()) == T::type::native);
        CHECK(must(socket.template get<option::protocol>()) == T::protocol::number);
        CHECK_FALSE(must(socket.template get<option::accepting>()));
        CHECK(must(socket.template get<option::error>()).code() == 0);
    });
}

TEST_CASE_FIXTURE(test::bounded, "options work on listeners and connections, accepted ones too") {
    const auto listener = must(kw::tcp::listen(net::any_loopback_port<kw::tcp>()));
    const auto client = must(kw::tcp::connect(must(listener.local_endpoint())));
    const auto server = must(listener.accept()).connection;
    test::check_round_trip<option::non_blocking>(listener, true);
    test::check_round_trip<option::keep_alive>(client, true);
    test::check_round_trip<option::keep_alive>(server, true);
    test::check_round_trip<option::linger>(server, option::linger::value_type{true, 3});
    CHECK(must(listener.get<option::accepting>()));
    CHECK_FALSE(must(server.get<option::accepting>()));
    const kw::tcp::connection_view view = client;
    test::check_round_trip<option::keep_alive>(view, false);
}

// ---- 65: ranges

TEST_CASE("a negative linger time is invalid_argument and changes nothing") {
    const auto socket = must(kw::tcp4::socket::open());
    must(socket.set(option::linger{{true, 5}}));
    for (const int seconds : {-1, INT_MIN}) {
        const auto refused = socket.set(option::linger{{true, seconds}});
        CHECK(failure(refused) == errc::invalid_argument);
        CHECK(failure(refused).operation() == kw::operation::set_option);
    }
    CHECK(must(socket.get<option::linger>()) == option::linger::value_type{true, 5});
}

TEST_CASE("linger of more than the system can hold is invalid_argument, and changes nothing") {
    const auto socket = must(kw::tcp4::socket::open());
    must(socket.set(option::linger{{true, 5}}));
    if constexpr (test::max_linger_seconds < INT_MAX) {
        for (const int seconds : {test::max_linger_seconds + 1, test::max_linger_seconds + 6, INT_MAX}) {
            const auto refused = socket.set(option::linger{{true, seconds}});
            CHECK(failure(refused) == errc::invalid_argument);
            CHECK(failure(refused).operation() == kw::operation::set_option);
        }
        CHECK(must(socket.get<option::linger>()) == option::linger::value_type{true, 5});
    }
    must(socket.set(option::linger{{true, test::max_linger_seconds}}));
    CHECK(must(socket.get<option::linger>()) == option::linger::value_type{true, test::max_linger_seconds});
}

TEST_CASE_TEMPLATE("buffer sizes come back as large as they were set, or larger", T, kw::tcp, kw::udp) {
    test::with_socket<T>([](const auto& socket) {
        must(socket.set(option::send_buffer{16384}));
        CHECK(must(socket.template get<option::send_buffer>()) >= 16384);
        must(socket.set(option::receive_buffer{16384}));
        CHECK(must(socket.template get<option::receive_buffer>()) >= 16384);
    });
}

// ---- what they do

TEST_CASE("the default of a switch is on") {
    CHECK(option::reuse_address{}.value);
    CHECK(option::broadcast{}.value);
    CHECK(option::keep_alive{}.value);
    CHECK(option::non_blocking{}.value);
    CHECK_FALSE(option::linger{}.value.enabled);
}

namespace {

/// Whether the socket has a switch of which it is known at compile time whether the system has it.
template <class Option, class Socket>
void check_is(const Socket& socket, bool on) {
    if constexpr (!kw::absent_option<Option>) CHECK(must(socket.template get<Option>()) == on);
}

}  // namespace

TEST_CASE_TEMPLATE("a bound socket is exclusive unless reuse_address is set, on systems with exclusive_address", T,
                   kw::tcp, kw::udp) {
    const auto bound = must(T::bind(net::any_loopback_port<T>()));
    check_is<option::exclusive_address>(bound, true);
    check_is<option::reuse_address>(bound, false);
    const auto shared = must(T::bind(net::any_loopback_port<T>(), {.reuse_address = true}));
    check_is<option::exclusive_address>(shared, false);
    check_is<option::reuse_address>(shared, true);
}
