// SPDX-License-Identifier: BSL-1.0
// A descriptor is closed exactly once, however often its owner changes and whatever close(2) returns.

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/net.hpp"

namespace {

namespace kw = keyway;
using fault::call;

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }

/// One of each kind of owner.
template <class Owner>
Owner make() {
    if constexpr (std::is_same_v<Owner, kw::handle>) {
        return kw::handle::adopt_unchecked(kw::tcp4::socket::open().value().release());
    } else if constexpr (requires { Owner().accept(); }) {
        return kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()).value();
    } else if constexpr (std::is_same_v<Owner, kw::tcp4::connection>) {
        return std::move(net::connected_pair<kw::tcp4>()[0]);
    } else if constexpr (std::is_same_v<Owner, kw::unix_stream::connection>) {
        return std::move(net::connected_pair<kw::unix_stream>()[0]);
    } else if constexpr (std::is_same_v<Owner, kw::unix_stream::socket>) {
        auto socket = kw::unix_stream::socket::open().value();
        socket.bind(kw::unix_stream::endpoint::autobind()).value();
        return socket;
    } else {
        return Owner::open().value();
    }
}

#define OWNERS                                                                                                         \
    kw::handle, kw::tcp4::socket, kw::udp6::socket, kw::unix_stream::socket, kw::tcp4::listener, kw::tcp4::connection, \
        kw::unix_stream::connection

/// Counts the calls of close(2) in a scope; checks their number, and that each closed an open descriptor.
class closes {
public:
    explicit closes(unsigned expected) : expected_(expected), open_before_(net::open_descriptors()) {
        counting_.emplace();
    }
    closes(const closes&) = delete;
    closes& operator=(const closes&) = delete;
    ~closes() {
        counting_.reset();
        CHECK(fault::count(call::close) == expected_);
        CHECK(net::open_descriptors() == open_before_ - expected_);
    }

private:
    unsigned expected_;
    std::size_t open_before_;
    std::optional<fault::scope> counting_;
};

}  // namespace

TEST_CASE_TEMPLATE("close succeeds when interrupted and is not repeated", Owner, OWNERS) {
    Owner owner = make<Owner>();
    const int number = owner.native_handle();
    {
        const fault::scope faults(fault::plan().fail_every(call::close, 1, EINTR));
        CHECK(owner.close());
        CHECK(fault::count(call::close) == 1);
    }
    CHECK_FALSE(owner.is_open());

    // The number is in use again: open(2) returns the lowest free one.
    int decoy = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (decoy != number) {
        REQUIRE(::dup3(decoy, number, O_CLOEXEC) == number);
        ::close(std::exchange(decoy, number));
    }
    const auto again = owner.close();
    REQUIRE_FALSE(again);
    CHECK(again.error() == kw::errc::bad_file_descriptor);
    {
        const Owner last = std::move(owner);
        CHECK_FALSE(last.is_open());
    }
    CHECK(is_open(decoy));
    ::close(decoy);
}

TEST_CASE_TEMPLATE("the destructor closes once, whatever close(2) returns", Owner, OWNERS) {
    for (const int code : {EINTR, EIO, EINPROGRESS}) {
        std::optional<Owner> owner = make<Owner>();
        const int number = owner->native_handle();
        const fault::scope faults(fault::plan().fail_every(call::close, 1, code));
        owner.reset();
        CHECK(fault::count(call::close) == 1);
        CHECK_FALSE(is_open(number));
    }
}

TEST_CASE_TEMPLATE("close reports an error and leaves the owner empty", Owner, OWNERS) {
    for (const int code : {EIO, ENOSPC, EDQUOT}) {
        Owner owner = make<Owner>();
        const int number = owner.native_handle();
        const fault::scope faults(fault::plan().fail(call::close, 1, code));
        const auto closed = owner.close();
        REQUIRE_FALSE(closed);
        CHECK(closed.error().code() == code);
        CHECK(closed.error().operation() == kw::operation::close);
        CHECK(fault::count(call::close) == 1);
        CHECK_FALSE(owner.is_open());
        CHECK_FALSE(is_open(number));
    }
}

TEST_CASE("reset closes once when interrupted") {
    auto ends = net::connected_pair<kw::tcp4>();
    const fault::scope faults(fault::plan().fail_every(call::close, 1, EINTR));
    CHECK(std::move(ends[0]).reset());
    CHECK(fault::count(call::close) == 1);
    CHECK_FALSE(ends[0].is_open());
}

TEST_CASE_TEMPLATE("moving to a new owner closes nothing", Owner, OWNERS) {
    std::optional<Owner> owner = make<Owner>();
    const int number = owner->native_handle();
    const closes expected(1);
    {
        const Owner next = std::move(*owner);
        CHECK(next.native_handle() == number);
        CHECK_FALSE(owner->is_open());
        CHECK(fault::count(call::close) == 0);
        owner.reset();
        CHECK(fault::count(call::close) == 0);
    }
}

TEST_CASE_TEMPLATE("move assignment closes the descriptor that the target had", Owner, OWNERS) {
    std::optional<Owner> owner = make<Owner>();
    std::optional<Owner> other = make<Owner>();
    const int number = owner->native_handle();
    const int replaced = other->native_handle();
    const closes expected(2);
    *other = std::move(*owner);
    CHECK(fault::count(call::close) == 1);
    CHECK_FALSE(is_open(replaced));
    CHECK(other->native_handle() == number);
    CHECK_FALSE(owner->is_open());
    owner.reset();
    CHECK(fault::count(call::close) == 1);
    other.reset();
}

TEST_CASE_TEMPLATE("move assignment to and from an empty owner", Owner, OWNERS) {
    std::optional<Owner> owner = make<Owner>();
    const closes expected(1);
    Owner empty;
    Owner filled;
    filled = std::move(*owner);
    CHECK(filled.is_open());
    CHECK(fault::count(call::close) == 0);
    filled = std::move(empty);
    CHECK_FALSE(filled.is_open());
    CHECK(fault::count(call::close) == 1);
}

TEST_CASE_TEMPLATE("move assignment to itself changes nothing", Owner, OWNERS) {
    std::optional<Owner> owner = make<Owner>();
    const int number = owner->native_handle();
    const closes expected(1);
    Owner& itself = *owner;
    *owner = std::move(itself);
    CHECK(owner->native_handle() == number);
    CHECK(is_open(number));
    CHECK(fault::count(call::close) == 0);
    owner.reset();
}

TEST_CASE_TEMPLATE("swap closes nothing", Owner, OWNERS) {
    std::optional<Owner> left = make<Owner>();
    std::optional<Owner> right = make<Owner>();
    const int left_number = left->native_handle();
    const int right_number = right->native_handle();
    const closes expected(2);
    std::swap(*left, *right);
    CHECK(left->native_handle() == right_number);
    CHECK(right->native_handle() == left_number);
    std::swap(*left, *left);
    CHECK(left->native_handle() == right_number);
    CHECK(fault::count(call::close) == 0);
    left.reset();
    right.reset();
}

TEST_CASE_TEMPLATE("close of an empty owner fails with bad_file_descriptor", Owner, OWNERS) {
    Owner owner = make<Owner>();
    Owner next = std::move(owner);
    {
        const fault::scope counting;
        const auto closed = owner.close();
        REQUIRE_FALSE(closed);
        CHECK(closed.error() == kw::errc::bad_file_descriptor);
        CHECK(closed.error().operation() == kw::operation::close);
    }
    CHECK(is_open(next.native_handle()));
    {
        const fault::scope counting;
        { const Owner nothing = std::move(owner); }
        { const Owner never; }
        CHECK(fault::count() == 0);
    }
}

TEST_CASE_TEMPLATE("the destructor of a closed owner closes nothing", Owner, OWNERS) {
    std::optional<Owner> owner = make<Owner>();
    const closes expected(1);
    CHECK(owner->close());
    CHECK(fault::count(call::close) == 1);
    owner.reset();
}

TEST_CASE_TEMPLATE("a released descriptor stays open", Owner, OWNERS) {
    std::optional<Owner> owner = make<Owner>();
    int number = -1;
    {
        const closes expected(0);
        number = owner->release();
        CHECK_FALSE(owner->is_open());
        owner.reset();
    }
    CHECK(is_open(number));
    ::close(number);
}

TEST_CASE("owners in a vector that grows, rotates and shrinks close once") {
    constexpr unsigned count = 20;
    std::vector<kw::unix_stream::socket> sockets;
    for (unsigned i = 0; i < count; ++i) sockets.push_back(kw::unix_stream::socket::open().value());
    const closes expected(count);
    sockets.shrink_to_fit();
    CHECK(fault::count(call::close) == 0);
    sockets.erase(sockets.begin() + 3);
    CHECK(fault::count(call::close) == 1);
    sockets.reserve(1000);
    std::rotate(sockets.begin(), sockets.begin() + 5, sockets.end());
    CHECK(fault::count(call::close) == 1);
    sockets.clear();
}

TEST_CASE("the state changes of a socket close nothing") {
    const net::watchdog watch;
    const net::temp_directory directory;
    const auto at = directory.endpoint("listener");
    const fault::scope counting;
    {
        auto socket = kw::unix_stream::socket::open().value();
        REQUIRE(socket.bind(at));
        auto listener = std::move(socket).listen().value();
        CHECK_FALSE(socket.is_open());
        auto client_socket = kw::unix_stream::socket::open().value();
        const auto client = std::move(client_socket).connect(at).value();
        CHECK_FALSE(client_socket.is_open());
        const auto accepted = listener.accept().value();
        CHECK(fault::count(call::close) == 0);
        CHECK(std::filesystem::exists(at.path()));
    }
    CHECK(fault::count(call::close) == 3);
    CHECK_FALSE(std::filesystem::exists(at.path()));

    auto bound = kw::udp4::bind(net::any_loopback_port<kw::udp4>()).value();
    const auto to = bound.local_endpoint().value();
    auto connected = std::move(bound).connect(to).value();
    auto alone = std::move(connected).disconnect().value();
    CHECK(fault::count(call::close) == 3);
    REQUIRE(alone.close());
    CHECK(fault::count(call::close) == 4);
}

TEST_CASE("a failed operation leaves its socket open or closes it once") {
    const net::watchdog watch;
    const net::temp_directory directory;
    std::optional<kw::unix_stream::socket> socket = kw::unix_stream::socket::open().value();
    const closes expected(1);
    // Not bound: EINVAL.
    CHECK_FALSE(std::move(*socket).listen());
    CHECK(socket->is_open());
    CHECK(fault::count(call::close) == 0);
    CHECK(std::move(*socket).connect(directory.endpoint("nobody")).error() == kw::errc::no_such_file_or_directory);
    CHECK_FALSE(socket->is_open());
    CHECK(fault::count(call::close) == 1);
    socket.reset();
}

TEST_CASE("the destructor turns off what set() has turned on, and close() does not") {
    auto ends = net::connected_pair<kw::tcp4>();
    std::optional<kw::tcp4::connection> first = std::move(ends[0]);
    CHECK(first->set(kw::option::linger{{.enabled = true, .seconds = 1}}));
    const fault::scope counts{fault::plan()};
    first.reset();
    CHECK(fault::count(call::setsockopt) == 1);
    CHECK(fault::count(call::close) == 1);
    CHECK(ends[1].close());
    CHECK(fault::count(call::setsockopt) == 1);
    CHECK(fault::count() == 3);
}
