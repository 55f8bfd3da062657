// SPDX-License-Identifier: BSL-1.0
// Options of your own that are specific to Linux.
#include <keyway/option.hpp>

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <sys/time.h>

#include "support/posix.hpp"
#include "support/round_trip.hpp"

namespace kw = keyway;
using kw::errc;
using kw::operation;
using test::can_get;
using test::can_set;
using test::failure;
using test::must;

namespace {

/// The smallest possible option.
struct priority {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_PRIORITY;
    using value_type = int;
    int value = 0;
};

/// A value of the kernel's type, only for AF_UNIX.
struct receive_timeout {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_RCVTIMEO;
    template <class F, class T, class P>
    static constexpr bool fits = kw::local_family<F>;
    using value_type = ::timeval;
    ::timeval value{};
};

/// The user's value differs from the kernel's, and not every value is valid.
struct percent_of_priority {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_PRIORITY;
    using value_type = double;
    double value = 0;

    using native_type = int;
    static kw::result<int> encode(const double& percent) noexcept {
        if (percent < 0 || percent > 100)
            return kw::unexpected<kw::error>(kw::error(errc::argument_out_of_domain, operation::set_option));
        return static_cast<int>(percent * 6 / 100);
    }
    static double decode(const int& native) noexcept { return native * 100.0 / 6; }
};

/// Wrong: the kernel returns four bytes.
struct too_wide {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_PRIORITY;
    using value_type = long long;
    long long value = 0;
};

/// The kernel reports it, but does not let it be set.
struct cookie {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_COOKIE;
    static constexpr bool is_read_only = true;
    using value_type = unsigned long long;
    unsigned long long value = 0;
};

}  // namespace

static_assert(kw::socket_option<priority>);
static_assert(kw::read_only_option<cookie> && !kw::read_only_option<priority>);
static_assert(kw::option_for<priority, kw::ipv4, kw::datagram, kw::ipproto::udp>);
static_assert(!kw::option_for<receive_timeout, kw::ipv4, kw::datagram, kw::ipproto::udp>);

static_assert(can_set<kw::tcp::socket, priority> && can_get<kw::tcp::listener_view, priority>);
static_assert(can_set<kw::unix_stream::connection, receive_timeout> && !can_set<kw::tcp::connection, receive_timeout>);
static_assert(!can_get<kw::udp::socket, receive_timeout>);
static_assert(!can_set<kw::tcp::socket, cookie> && can_get<kw::tcp::socket, cookie>);

TEST_CASE("an option of your own can be specific to Linux") {
    const auto socket = must(kw::udp4::socket::open());
    must(socket.set(priority{3}));
    CHECK(must(socket.get<priority>()) == 3);
}

TEST_CASE("an option's value can be a timeval") {
    const auto ends = must(kw::unix_stream::pair());
    must(ends[0].set(receive_timeout{{.tv_sec = 7, .tv_usec = 0}}));
    CHECK(must(ends[0].get<receive_timeout>()).tv_sec == 7);
}

TEST_CASE("a Linux option can have an encoding of its own") {
    const auto socket = must(kw::udp4::socket::open());
    must(socket.set(percent_of_priority{50}));
    CHECK(must(socket.get<priority>()) == 3);
    CHECK(must(socket.get<percent_of_priority>()) == doctest::Approx(50));
    const auto refused = socket.set(percent_of_priority{101});
    CHECK(failure(refused) == errc::argument_out_of_domain);
    CHECK(must(socket.get<priority>()) == 3);
}

TEST_CASE("a value of another size than Linux's is malformed_value") {
    const auto socket = must(kw::udp4::socket::open());
    const auto value = socket.get<too_wide>();
    CHECK(failure(value) == errc::malformed_value);
    CHECK(failure(value).operation() == operation::get_option);
}

TEST_CASE("a read-only Linux option can be read") {
    const auto first = must(kw::udp4::socket::open());
    const auto second = must(kw::udp4::socket::open());
    std::array<unsigned char, 8> native;
    ::socklen_t size = sizeof(native);
    if (::getsockopt(first.native_handle(), SOL_SOCKET, SO_COOKIE, native.data(), &size) != 0) {
        MESSAGE("skipped: this system does not tell SO_COOKIE");
        return;
    }
    CHECK(must(first.get<cookie>()) != must(second.get<cookie>()));
}

TEST_CASE("a Linux option of an invalid descriptor, or of a file that is not a socket, fails") {
    const kw::udp4::socket none;
    CHECK(failure(none.set(priority{3})) == errc::bad_file_descriptor);
    CHECK(failure(none.get<priority>()) == errc::bad_file_descriptor);
    const auto file = kw::handle::adopt_unchecked(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const auto no_socket = kw::udp4::socket_view::borrow(file.native_handle());
    CHECK(failure(no_socket.set(priority{3})) == errc::not_a_socket);
    CHECK(failure(no_socket.get<priority>()) == errc::not_a_socket);
}
