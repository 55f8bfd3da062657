// SPDX-License-Identifier: BSL-1.0
#include <keyway/client/connect.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include <keyway/client/detail/interleaved.hpp>
#include <keyway/option/tcp.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using namespace kw::literals;
using test::failure;
using test::must;

using endpoints = std::vector<kw::tcp::endpoint>;

/// An endpoint at which nobody listens: the port is bound, so that nobody else gets it.
class refusing {
public:
    explicit refusing(const kw::tcp::endpoint& at = {kw::ipv4_address::loopback(), 0})
        : bound_(must(kw::tcp::bind(at))) {}
    kw::tcp::endpoint endpoint() const { return must(bound_.local_endpoint()); }

private:
    kw::tcp::socket bound_;
};

struct listening : test::bounded {
    kw::tcp::listener listener = must(kw::tcp::listen({kw::ipv4_address::loopback(), 0}));
    kw::tcp::endpoint open = must(listener.local_endpoint());
    refusing nobody;
};

TEST_CASE_FIXTURE(listening, "the first endpoint that answers is connected to") {
    for (const endpoints& to : {endpoints{open}, endpoints{nobody.endpoint(), open},
                                endpoints{nobody.endpoint(), nobody.endpoint(), open, nobody.endpoint()}}) {
        const auto connection = kw::connect<kw::tcp>(to, 30s);
        REQUIRE(connection);
        CHECK(must(connection->peer_endpoint()) == open);
        CHECK(must(listener.accept(30s)).peer == must(connection->local_endpoint()));
    }
}

TEST_CASE_FIXTURE(listening, "any range of endpoints is accepted, without a limit too") {
    const std::array<kw::tcp::endpoint, 2> array{nobody.endpoint(), open};
    const std::list<kw::tcp::endpoint> list{nobody.endpoint(), open};
    CHECK(kw::connect<kw::tcp>(array));
    CHECK(kw::connect<kw::tcp>(list));
    CHECK(kw::tcp::connect(list));
    CHECK(kw::tcp::connect(std::span<const kw::tcp::endpoint>(array), 30s));
}

TEST_CASE_FIXTURE(listening, "the connection blocks and carries bytes") {
    const auto connection = kw::connect<kw::tcp>(endpoints{open}, 30s);
    REQUIRE(connection);
    const auto served = must(listener.accept(30s));
    must(served.connection.send_all("hello"));
    std::array<std::byte, 5> got;
    CHECK(test::text(must(connection->recv_exact(got))) == "hello");
}

TEST_CASE_FIXTURE(listening, "where all fail each one's error is told, in order") {
    const refusing second;
    const auto none = kw::connect<kw::tcp>(endpoints{nobody.endpoint(), second.endpoint()}, 30s);
    REQUIRE_FALSE(none);
    CHECK(none.error() == kw::errc::connection_refused);
    CHECK(none.error().operation() == kw::operation::connect);
    const auto attempts = none.error().attempts();
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].to == nobody.endpoint());
    CHECK(attempts[1].to == second.endpoint());
    for (const auto& one : attempts) CHECK(one.why == kw::errc::connection_refused);
}

TEST_CASE_FIXTURE(listening, "a thousand endpoints are tried one after the other, and no descriptor stays") {
    const auto before = net::open_descriptors();
    endpoints many(1000, nobody.endpoint());
    const auto none = kw::connect<kw::tcp>(many, 30s);
    REQUIRE_FALSE(none);
    CHECK(none.error().attempts().size() == 1000);
    CHECK(net::open_descriptors() == before);
    many.push_back(open);
    CHECK(kw::connect<kw::tcp>(many, 30s));
}

TEST_CASE("no endpoint is an error") {
    const auto none = kw::connect<kw::tcp>(endpoints{}, 30s);
    REQUIRE_FALSE(none);
    CHECK(none.error() == kw::errc::destination_address_required);
    CHECK(none.error().attempts().empty());
}

TEST_CASE_FIXTURE(listening, "a passed deadline or a cancel ends the call before the first attempt") {
    const auto stop = must(kw::canceller::open());
    must(stop.cancel());
    CHECK(failure(kw::connect<kw::tcp>(endpoints{open}, -1s)) == kw::errc::limit_reached);
    CHECK(failure(kw::connect<kw::tcp>(endpoints{open}, stop)) == kw::errc::operation_canceled);
    CHECK(failure(listener.accept(0s)) == kw::errc::limit_reached);
}

TEST_CASE_FIXTURE(listening, "each socket passes the hook, and is bound to the given local endpoint") {
    std::size_t prepared = 0;
    const kw::tcp::endpoint own(kw::ipv4_address::loopback(), 0);
    const auto connection = kw::connect<kw::tcp>(endpoints{nobody.endpoint(), open}, 30s, {.local = own},
                                                 [&](const kw::tcp::socket_view& socket) {
                                                     ++prepared;
                                                     return socket.set(kw::option::no_delay{true});
                                                 });
    REQUIRE(connection);
    CHECK(prepared == 2);
    CHECK(must(connection->get<kw::option::no_delay>()));
    CHECK(must(connection->local_endpoint()).address() == kw::ip_address(kw::ipv4_address::loopback()));
}

TEST_CASE_FIXTURE(listening, "a socket that cannot be prepared or bound is a failed attempt") {
    const auto refuse = [](const auto&) -> kw::result<void> {
        return kw::unexpected<kw::error>(kw::error(kw::errc::operation_not_permitted, kw::operation::set_option));
    };
    const auto unprepared = kw::connect<kw::tcp>(endpoints{open, open}, 30s, {}, refuse);
    REQUIRE_FALSE(unprepared);
    CHECK(unprepared.error() == kw::errc::operation_not_permitted);
    CHECK(unprepared.error().attempts().size() == 2);
    const kw::tcp::endpoint documentation("192.0.2.1"_ipv4, 0);
    CHECK(failure(kw::connect<kw::tcp>(endpoints{open}, 30s, {.local = documentation})) ==
          kw::errc::address_not_available);
    if (!test::has_ipv6()) return;
    const kw::tcp::endpoint other(kw::ipv6_address::loopback(), 0);
    CHECK(failure(kw::connect<kw::tcp>(endpoints{open}, 30s, {.local = other})) != kw::error{});
}

TEST_CASE_FIXTURE(listening, "a host by its name, or its address") {
    const auto port = open.port();
    CHECK(must(kw::tcp::connect("127.0.0.1", port, 30s)).peer_endpoint().value() == open);
    CHECK(must(kw::tcp::connect("127.0.0.1", std::to_string(port), 30s)).peer_endpoint().value() == open);
    CHECK(kw::tcp::connect("localhost", port, 30s));
    CHECK(kw::tcp::connect(std::string("localhost"), port));
    CHECK(kw::connect<kw::tcp4>("localhost", port, 30s, {.delay = 10ms}));
    const auto refused = kw::tcp::connect("127.0.0.1", nobody.endpoint().port(), 30s);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == kw::errc::connection_refused);
    CHECK(refused.error().attempts().size() == 1);
}

TEST_CASE("a host that cannot be found is the resolver's error, and no attempt") {
    const auto nowhere = kw::tcp4::connect("::1", 80, 30s);
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().domain() == kw::error_domain::resolver);
    CHECK(nowhere.error().operation() == kw::operation::resolve);
    CHECK(nowhere.error().attempts().empty());
    CHECK(failure(kw::tcp::connect("127.0.0.1", "no-such-service", 30s)) == kw::resolver_errc::service_not_found);
    CHECK(failure(kw::tcp::connect("127.0.0.1", 80, -1s)) == kw::errc::limit_reached);
}

TEST_CASE("the delay between attempts is 250 ms, and stays in its bounds") {
    CHECK(kw::attempt_delay().nanoseconds() == 250'000'000);
    CHECK(kw::attempt_delay(100ms).nanoseconds() == 100'000'000);
    CHECK(kw::attempt_delay(10ms).nanoseconds() == 10'000'000);
    CHECK(kw::attempt_delay(0s).nanoseconds() == 10'000'000);
    CHECK(kw::attempt_delay(-1h).nanoseconds() == 10'000'000);
    CHECK(kw::attempt_delay(2s).nanoseconds() == 2'000'000'000);
    CHECK(kw::attempt_delay(std::chrono::hours::max()).nanoseconds() == 2'000'000'000);
}

/// The order in which endpoints with these families are tried: each one's place in the list.
std::string order(const std::string& families) {
    endpoints to;
    for (std::size_t i = 0; i < families.size(); ++i) {
        const auto port = static_cast<std::uint16_t>(i + 1);
        if (families[i] == '6') to.emplace_back(kw::ipv6_address::loopback(), port);
        else to.emplace_back(kw::ipv4_address::loopback(), port);
    }
    std::string text;
    for (kw::detail::interleaved all(to); !all.at_end();) text += static_cast<char>('0' + all.next().port());
    return text;
}

TEST_CASE("families are tried in turn, the first endpoint's first, and keep their own order") {
    CHECK(order("") == "");
    CHECK(order("4") == "1");
    CHECK(order("444") == "123");
    CHECK(order("6644") == "1324");
    CHECK(order("4466") == "1324");
    CHECK(order("6664") == "1423");
    CHECK(order("466") == "123");
    CHECK(order("644466") == "125364");
    CHECK(order("46") == "12");
    CHECK(order("6446") == "1243");
}

}  // namespace
