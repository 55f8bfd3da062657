// SPDX-License-Identifier: BSL-1.0
// Local sockets, rights and networks of one's own, and what POSIX says in its own words.
#include <keyway/socket.hpp>

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <keyway/option/socket.hpp>

#include "support/posix.hpp"
#include "support/refusals.hpp"

namespace kw = keyway;
using kw::errc;
using kw::operation;
using test::failure;
using test::must;

static_assert(sizeof(kw::tcp::socket) == sizeof(int) && sizeof(kw::unix_datagram::socket_view) == sizeof(int));
static_assert(std::is_nothrow_move_constructible_v<kw::unix_datagram::socket>);
static_assert(!kw::can_recv_from<kw::unix_seqpacket::socket>);

namespace {

using kw::literals::operator""_ipv4_endpoint;
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("bind reports what is wrong in the words of the system") {
    const auto taken = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    auto socket = must(kw::udp4::socket::open());
    const auto in_use = socket.bind(must(taken.local_endpoint()));
    CHECK(failure(in_use) == errc::address_in_use);
    CHECK(failure(in_use).operation() == operation::bind);
    CHECK(std::string(failure(in_use).message().view()) == "bind: Address already in use");
    CHECK(failure(socket.bind({kw::ipv4_address(192, 0, 2, 1), 0})) == errc::address_not_available);
    must(socket.bind(net::any_loopback_port<kw::udp4>()));
    CHECK(failure(socket.bind(net::any_loopback_port<kw::udp4>())) == errc::invalid_argument);  // bound already
}

TEST_CASE("opening a raw socket needs a privilege, and fails without it") {
    test::check_in_child([]() -> std::string {
        if (!test::become_nobody()) return "skipped: only root can become nobody";
        const auto refused = kw::icmp4::socket::open();
        KEYWAY_CHILD_CHECK(failure(refused) == errc::operation_not_permitted);
        KEYWAY_CHILD_CHECK(failure(refused).operation() == operation::open);
        return "";
    });
}

TEST_CASE("bind to a path in somebody else's directory is permission_denied") {
    const test::temporary_directory directory;  // of mode 0700
    test::check_in_child([&]() -> std::string {
        if (!test::become_nobody()) return "skipped: only root can become nobody";
        auto socket = must(kw::unix_stream::socket::open());
        KEYWAY_CHILD_CHECK(failure(socket.bind(directory.endpoint())) == errc::permission_denied);
        return "";
    });
}

TEST_CASE_FIXTURE(test::bounded, "a listen that fails leaves the socket as it was") {
    const kw::tcp4::endpoint at(test::own_loopback(), 0);
    auto first = must(kw::tcp4::bind(at, {.reuse_address = true}));
    auto second = must(kw::tcp4::bind(must(first.local_endpoint()), {.reuse_address = true}));
    const auto listener = must(std::move(first).listen());
    const auto refused = std::move(second).listen();
    CHECK(failure(refused) == errc::address_in_use);
    CHECK(failure(refused).operation() == operation::listen);
    CHECK(second.is_open());
    CHECK(must(second.local_endpoint()) == must(listener.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "a datagram socket whose connect fails stays as it was") {
    auto socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    const auto at = must(socket.local_endpoint());
    // From a loopback address there is no way out.
    CHECK(failure(std::move(socket).connect({kw::ipv4_address(192, 0, 2, 1), 9})) == errc::invalid_argument);
    REQUIRE(socket.is_open());
    CHECK(must(socket.local_endpoint()) == at);
}

TEST_CASE_TEMPLATE("a full AF_UNIX backlog is would_block, and the socket can try again", T, kw::unix_stream,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    const test::temporary_directory directory;
    const auto listener = must(T::listen(directory.endpoint(), {.backlog = 0}));
    std::vector<typename T::connection> waiting;
    auto socket = must(T::socket::open());
    must(socket.set(kw::option::non_blocking{true}));
    for (;;) {
        auto outcome = std::move(socket).connect(directory.endpoint());
        if (!outcome) {
            CHECK(outcome.error().would_block());
            CHECK(outcome.error().operation() == operation::connect);
            break;
        }
        waiting.push_back(std::move(*outcome));
        REQUIRE(waiting.size() < 10);
        socket = must(T::socket::open());
        must(socket.set(kw::option::non_blocking{true}));
    }
    CHECK_FALSE(waiting.empty());
    REQUIRE(socket.is_open());
    CHECK(listener.accept());
    CHECK(std::move(socket).connect(directory.endpoint()));
}

TEST_CASE_FIXTURE(test::bounded, "every way in which an AF_UNIX connect fails has its name") {
    const test::temporary_directory directory;
    const auto connect = [&](std::string_view name) {
        const auto outcome = kw::unix_stream::connect(directory.endpoint(name));
        CHECK((outcome || failure(outcome).operation() == operation::connect));
        return failure(outcome);
    };
    CHECK(connect("missing") == errc::no_such_file_or_directory);

    test::make_file(directory.path("file"));
    CHECK(connect("file") == errc::connection_refused);

    const auto datagrams = must(kw::unix_datagram::bind(directory.endpoint("datagrams")));
    CHECK(connect("datagrams") == errc::wrong_protocol_type);
    const auto packets = must(kw::unix_seqpacket::listen(directory.endpoint("packets")));
    CHECK(connect("packets") == errc::wrong_protocol_type);

    auto dead = must(kw::unix_stream::listen(directory.endpoint("stale")));
    ::close(dead.release());  // the path stays
    CHECK(connect("stale") == errc::connection_refused);

    const auto deaf = must(kw::unix_stream::bind(directory.endpoint("deaf")));
    CHECK(connect("deaf") == errc::connection_refused);
}

TEST_CASE_FIXTURE(test::bounded, "an AF_UNIX connect without permission is permission_denied") {
    const test::temporary_directory directory;
    const auto listener = must(kw::unix_stream::listen(directory.endpoint()));
    const auto try_it = [&]() -> std::string {
        if (!test::become_nobody()) return "skipped: only root can become nobody";
        KEYWAY_CHILD_CHECK(failure(kw::unix_stream::connect(directory.endpoint())) == errc::permission_denied);
        return "";
    };
    test::check_in_child(try_it);  // no way into the directory
    REQUIRE(::chmod(directory.path("").c_str(), 0755) == 0);
    REQUIRE(::chmod(directory.path("socket").c_str(), 0600) == 0);
    test::check_in_child(try_it);  // nor into the socket
}

TEST_CASE_FIXTURE(test::bounded, "a broadcast without the option is permission_denied") {
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: no network namespace of its own";
        const auto socket = must(kw::udp4::socket::open());
        const kw::udp4::endpoint everybody({127, 255, 255, 255}, 9);
        KEYWAY_CHILD_CHECK(failure(socket.send_to("x", everybody)) == errc::permission_denied);
        must(socket.set(kw::option::broadcast{true}));
        KEYWAY_CHILD_CHECK(socket.send_to("x", everybody).has_value());
        return "";
    });
}

/// Makes the socket tell of what was dropped on its way out, which Linux keeps to itself otherwise (ip(7), IP_RECVERR).
struct receive_errors {
    static constexpr int level = IPPROTO_IP;
    static constexpr int name = IP_RECVERR;
    using value_type = int;
    int value = 1;
};

TEST_CASE("a queue of the network that is full is no_buffer_space, and passes") {
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: a network of one's own is not permitted here";
        if (std::system("tc qdisc add dev lo root tbf rate 8kbit burst 1600 limit 1600") != 0) return "tc failed";
        const auto sender = kw::udp4::socket::open();
        KEYWAY_CHILD_CHECK(sender->set(receive_errors{}));
        const auto receiver = kw::udp4::bind(net::any_loopback_port<kw::udp4>());
        const auto to = *receiver->local_endpoint();
        const std::array<std::byte, 1000> message{};
        kw::error full;
        for (int i = 0; i < 50 && full == kw::error{}; ++i) full = failure(sender->send_to(message, to, 5s));
        KEYWAY_CHILD_CHECK(full == errc::no_buffer_space);
        KEYWAY_CHILD_CHECK(full.operation() == operation::send_to);
        KEYWAY_CHILD_CHECK(full.is_transient() && full.is_resource_exhausted() && !full.would_block());
        if (std::system("tc qdisc del dev lo root") != 0) return "tc failed";
        KEYWAY_CHILD_CHECK(sender->send_to(message, to, 5s));
        return "";
    });
}

TEST_CASE_FIXTURE(test::bounded, "a datagram for a network that nothing leads to is network_unreachable") {
    test::check_in_child([]() -> std::string {
        if (!test::enter_own_network()) return "skipped: no network namespace of its own";
        const auto socket = must(kw::udp4::socket::open());
        constexpr auto outside = "192.0.2.1:9"_ipv4_endpoint;
        KEYWAY_CHILD_CHECK(failure(socket.send_to("x", outside)) == errc::network_unreachable);
        KEYWAY_CHILD_CHECK(failure(kw::tcp::connect(outside)) == errc::network_unreachable);
        return "";
    });
}

TEST_CASE_FIXTURE(test::bounded, "a full queue of local datagrams is would_block, and drains") {
    const test::temporary_directory directory;
    const auto server = must(kw::unix_datagram::bind(directory.endpoint()));
    const auto client = must(kw::unix_datagram::socket::open());
    must(client.set(kw::option::non_blocking{true}));
    std::size_t queued = 0;
    kw::result<std::size_t> sent;
    while ((sent = client.send_to("message", directory.endpoint()))) REQUIRE(++queued < 100'000);
    CHECK(sent.error().would_block());
    CHECK(queued > 0);
    std::array<std::byte, 16> buffer;
    for (std::size_t i = 0; i < queued; ++i) CHECK(test::text(must(server.recv_from(buffer)).data) == "message");
    CHECK(client.send_to("again", directory.endpoint()));
    CHECK(test::text(must(server.recv_from(buffer)).data) == "again");
}

TEST_CASE_FIXTURE(test::bounded, "a sender that bound no name is unnamed") {
    const test::temporary_directory directory;
    const auto server = must(kw::unix_datagram::bind(directory.endpoint("server")));
    const auto nameless = must(kw::unix_datagram::socket::open());
    must(nameless.send_to("who am I?", directory.endpoint("server")));
    std::array<std::byte, 16> buffer;
    CHECK(must(server.recv_from(buffer)).sender.is_unnamed());
    must(nameless.send_to("who am I?", directory.endpoint("server")));
    CHECK(must(server.recv_from(kw::scatter(buffer))).sender.is_unnamed());
    CHECK(must(nameless.local_endpoint()).is_unnamed());

    const auto named = must(kw::unix_datagram::bind(directory.endpoint("client")));
    must(named.send_to("it's me", directory.endpoint("server")));
    CHECK(must(server.recv_from(buffer)).sender == directory.endpoint("client"));
}

TEST_CASE_FIXTURE(test::bounded, "a local datagram for nobody says whether the file or the reader is missing") {
    const test::temporary_directory directory;
    const auto client = must(kw::unix_datagram::socket::open());
    CHECK(failure(client.send_to("x", directory.endpoint("missing"))) == errc::no_such_file_or_directory);
    test::make_file(directory.path("file"));
    CHECK(failure(client.send_to("x", directory.endpoint("file"))) == errc::connection_refused);
}

TEST_CASE_FIXTURE(test::bounded, "an abstract name is its bytes, NUL too, up to all of the space") {
    using namespace std::string_view_literals;
    const std::string own = "keyway-" + std::to_string(::getpid());
    const std::string with_nuls = own + std::string("\0a\0"sv);
    const std::string shorter = own + std::string("\0a"sv);
    std::string full = own;
    full.resize(kw::unix_stream::endpoint::max_abstract_name, '.');
    CHECK(full.size() == 107);
    for (const std::string& name : {with_nuls, shorter, full}) {
        const auto at = kw::unix_stream::endpoint::abstract(name);
        REQUIRE(at);
        const auto listener = must(kw::unix_stream::listen(*at));
        const auto named = must(listener.local_endpoint());
        CHECK(named.is_abstract());
        CHECK((named.abstract_name() == name));
        CHECK(named == *at);
        const auto client = must(kw::unix_stream::connect(*at));
        CHECK(must(client.peer_endpoint()) == *at);
    }
    // Nothing holds the name any more, and there was never a file.
    CHECK(failure(kw::unix_stream::connect(*kw::unix_stream::endpoint::abstract(full))) == errc::connection_refused);
}

TEST_CASE_FIXTURE(test::bounded, "autobind gives every socket a name of its own") {
    const auto first = must(kw::unix_datagram::bind(kw::unix_datagram::endpoint::autobind()));
    const auto second = must(kw::unix_datagram::bind(kw::unix_datagram::endpoint::autobind()));
    const auto name = must(first.local_endpoint());
    CHECK(name.is_abstract());
    CHECK(name.abstract_name().size() == 5);
    CHECK(name.abstract_name().find_first_not_of("0123456789abcdef") == std::string_view::npos);
    CHECK(name != must(second.local_endpoint()));
    must(second.send_to("hello", name));
    std::array<std::byte, 8> buffer;
    CHECK(must(first.recv_from(buffer)).sender == must(second.local_endpoint()));
}

TEST_CASE_FIXTURE(test::bounded,
                  "adopt refuses a descriptor of another kind of local socket, and leaves it open with the caller") {
    const auto stream = must(kw::tcp4::socket::open());
    const auto datagram = must(kw::udp4::socket::open());
    const auto local = must(kw::unix_datagram::pair());
    const auto local_stream = must(kw::unix_stream::socket::open());

    const auto refused = [](auto adopt, const kw::handle_view& what) {
        const auto outcome = adopt(what.native_handle());
        CHECK(test::is_open(what.native_handle()));
        CHECK((outcome || failure(outcome).operation() == operation::adopt));
        return failure(outcome);
    };
    const auto udp = [](int native) { return kw::udp::socket::adopt(native); };
    const auto unix_datagram = [](int native) { return kw::unix_datagram::socket::adopt(native); };
    CHECK(refused(udp, local[0]) == errc::wrong_kind);
    CHECK(refused(unix_datagram, local[0]) == errc::already_connected);
    CHECK(refused(unix_datagram, local_stream) == errc::wrong_kind);
    CHECK(refused(unix_datagram, stream) == errc::wrong_kind);
    CHECK(refused(unix_datagram, datagram) == errc::wrong_kind);
    CHECK(failure(kw::udp::socket::adopt(-1)) == errc::bad_file_descriptor);
}

TEST_CASE_FIXTURE(test::bounded, "every operation on a local socket without a descriptor is bad_file_descriptor") {
    auto source = must(kw::unix_datagram::socket::open());
    const kw::unix_datagram::socket owner = std::move(source);
    CHECK(failure(source.local_endpoint()) == errc::bad_file_descriptor);
    test::check_socket_refused(source, kw::unix_datagram::endpoint::autobind());
    CHECK(owner.is_open());
}
