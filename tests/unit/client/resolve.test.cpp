// SPDX-License-Identifier: BSL-1.0
#include <keyway/client/resolve.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/loopback.hpp"

namespace kw = keyway;
using kw::datagram;
using kw::endpoint;
using kw::ip;
using kw::ipv4;
using kw::ipv6;
using kw::resolve;
using kw::resolve_name;
using kw::resolver_errc;
using kw::stream;
using test::failure;
using test::must;
using namespace std::chrono_literals;

static_assert(std::ranges::forward_range<const kw::endpoint_list<ip>>);
static_assert(std::same_as<std::ranges::range_value_t<kw::endpoint_list<ip>>, endpoint<ip>>);
static_assert(std::same_as<std::ranges::range_value_t<kw::endpoint_list<ipv4>>, endpoint<ipv4>>);
static_assert(!std::copy_constructible<kw::endpoint_list<ip>>);

template <class F, class T = stream>
concept resolvable = requires { resolve<F, T>("host", "http"); };
static_assert(resolvable<ip> && resolvable<ipv4> && resolvable<ipv6> && resolvable<ip, datagram>);
static_assert(!resolvable<kw::unix_domain> && !resolvable<ip, kw::raw> && !resolvable<ip, kw::seqpacket>);

static_assert(kw::service("http").text() == "http" && kw::service(80).text() == "80" &&
              kw::service("80").text() == "80");
static_assert(kw::service().text() == "0" && kw::service("").text() == "0" && kw::service(65535).text() == "65535");
static_assert(kw::service(std::string_view("http")).text() == "http");

namespace {

template <class List>
std::vector<std::string> texts(const List& list) {
    std::vector<std::string> all;
    for (const auto& each : list) all.emplace_back(each.text().view());
    return all;
}

using list = std::vector<std::string>;

/// What the host and the service are, with every way to ask, which all say the same.
template <class F, class T = stream>
list all_of(std::string_view host, const kw::service& service, const kw::resolve_options& options = {}) {
    const list found = texts(must(resolve<F, T>(host, service, {}, options)));
    CHECK(texts(must(resolve<F, T>(host, service, 20s, options))) == found);
    CHECK(texts(must(resolve<F, T>(host, service, kw::limit(), options))) == found);
    return found;
}

template <class F>
kw::error why_not(std::string_view host, const kw::service& service, const kw::resolve_options& options = {}) {
    const kw::error why = failure(resolve<F>(host, service, {}, options));
    CHECK(failure(resolve<F>(host, service, 20s, options)) == why);
    CHECK(why.operation() == kw::operation::resolve);
    return why;
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "addresses and ports are themselves") {
    for (const bool numeric : {false, true}) {
        CHECK(all_of<ip>("192.0.2.1", 80, {.numeric = numeric}) == list{"192.0.2.1:80"});
        CHECK(all_of<ipv4>("192.0.2.1", "65535", {.numeric = numeric}) == list{"192.0.2.1:65535"});
        CHECK(all_of<ip>("2001:db8::1", "0", {.numeric = numeric}) == list{"[2001:db8::1]:0"});
        CHECK(all_of<ipv6>("2001:DB8::1", 80, {.numeric = numeric}) == list{"[2001:db8::1]:80"});
        CHECK(all_of<ipv6>("fe80::1%1", 80, {.numeric = numeric}) == list{"[fe80::1%1]:80"});
        CHECK(all_of<ip, datagram>("192.0.2.1", 80, {.numeric = numeric}) == list{"192.0.2.1:80"});
    }
    CHECK(all_of<ipv4>(std::string_view("192.0.2.1x").substr(0, 9), std::string_view("801").substr(0, 2)) ==
          list{"192.0.2.1:80"});
}

TEST_CASE_FIXTURE(test::bounded, "an address of the other family is none of this one") {
    CHECK(why_not<ipv4>("::1", 80) == resolver_errc::no_address);
    CHECK(why_not<ipv6>("127.0.0.1", 80) == resolver_errc::no_address);
    CHECK(why_not<ipv4>("fe80::1%1", 80) == resolver_errc::no_address);
}

TEST_CASE_FIXTURE(test::bounded, "no host is loopback, or every address of this machine") {
    CHECK(all_of<ipv4>("", 80) == list{"127.0.0.1:80"});
    CHECK(all_of<ipv4>("", 80, {.passive = true}) == list{"0.0.0.0:80"});
    CHECK(all_of<ipv4>("127.0.0.1", 80, {.passive = true}) == list{"127.0.0.1:80"});
    CHECK(all_of<ipv4>("", "") == list{"127.0.0.1:0"});
    CHECK(all_of<ipv4>("", 80, {.numeric = true, .canonical_name = true}) == list{"127.0.0.1:80"});
    if (!test::has_family<kw::tcp6>()) return;
    CHECK(all_of<ipv6>("", 80) == list{"[::1]:80"});
    CHECK(all_of<ipv6>("", 80, {.passive = true}) == list{"[::]:80"});
    CHECK(all_of<ip>("", 80).size() == 2);
}

TEST_CASE_FIXTURE(test::bounded, "an address that systems read differently is not a host") {
    for (const std::string_view host : {"127.1", "1", "2130706433", "010.0.0.1", "127.0.0.01", "0x7f.0.0.1",
                                        "0x7f000001", "0X7F.1", "1.2.3.4.5", "256.0.0.1", "0x", "::1::", ":",
                                        "1:2:3:4:5:6:7:8:9", "[::1]", "[::1]:80", "127.0.0.1:80", "::1%", "fe80::1 "}) {
        CAPTURE(host);
        for (const bool numeric : {false, true})
            CHECK(why_not<ip>(host, 80, {.numeric = numeric}) == resolver_errc::host_not_found);
    }
}

TEST_CASE_FIXTURE(test::bounded, "a text that is no host name is not looked up") {
    using namespace std::string_view_literals;
    const std::string too_long(1025, 'a');
    for (const std::string_view host : {"local host"sv, "localhost\0"sv, "127.0.0.1\0"sv, "127.0.0.1 "sv, " "sv,
                                        "localhost\n"sv, "\x7f\0"sv, "\0"sv, std::string_view(too_long)}) {
        CHECK(why_not<ip>(host, 80) == resolver_errc::host_not_found);
    }
}

TEST_CASE_FIXTURE(test::bounded, "a port has 16 bits and no other characters than its digits") {
    using namespace std::string_view_literals;
    for (const std::string_view port : {"65536"sv, "99999"sv, "4294967376"sv, "080"sv, "00"sv, "+80"sv, "-1"sv, " 80"sv,
                                        "80 "sv, "80\0"sv, "0x50"sv, "8 0"sv, "."sv, "-"sv, "80,81"sv}) {
        for (const bool numeric : {false, true})
            CHECK(why_not<ip>("127.0.0.1", port, {.numeric = numeric}) == resolver_errc::service_not_found);
    }
}

TEST_CASE_FIXTURE(test::bounded, "names of services are known, for the type of socket") {
    CHECK(all_of<ipv4>("127.0.0.1", "http") == list{"127.0.0.1:80"});
    CHECK(all_of<ip, datagram>("127.0.0.1", "domain") == list{"127.0.0.1:53"});
    const std::string too_long(32, 'a');
    for (const std::string_view name : {std::string_view("no-such-service"), std::string_view(too_long),
                                        std::string_view("http\0", 5), std::string_view("http x")})
        CHECK(why_not<ip>("127.0.0.1", name) == resolver_errc::service_not_found);
}

TEST_CASE_FIXTURE(test::bounded, "names are not looked up where numbers are asked for") {
    CHECK(why_not<ip>("localhost", 80, {.numeric = true}) == resolver_errc::host_not_found);
    CHECK(why_not<ip>("127.0.0.1", "http", {.numeric = true}) == resolver_errc::service_not_found);
    CHECK(why_not<ip>("localhost", "http", {.numeric = true}) == resolver_errc::host_not_found);
}

TEST_CASE_FIXTURE(test::bounded, "localhost is this machine, and can be connected to") {
    const auto listener = must(kw::tcp::listen({kw::ipv4_address::loopback(), 0}));
    const auto port = must(listener.local_endpoint()).port();
    CHECK(all_of<ipv4>("localhost", port) == list{"127.0.0.1:" + std::to_string(port)});
    for (const auto found = must(resolve<ip>("localhost", port, 20s)); const auto& each : found)
        if (each.is_v4()) must(kw::tcp::connect(each));
    const auto named = must(resolve<ipv4>("localhost", port, {}, {.canonical_name = true}));
    CHECK_FALSE(named.canonical_name().empty());
    const auto unnamed = must(resolve<ipv4>("localhost", port));
    CHECK(unnamed.canonical_name().empty());
}

TEST_CASE_FIXTURE(test::bounded, "a host that cannot exist is an error with words") {
    const std::string label(64, 'a');  // DNS has 63, so no server is asked (RFC 1035 section 2.3.4)
    const auto why = why_not<ip>(label + ".test", 80);
    CHECK(why != kw::error{});
    CHECK(test::message_of(why).starts_with("resolve: "));
}

TEST_CASE_FIXTURE(test::bounded,
                  "a limit that is reached already ends the call, also where there is nothing to wait for") {
    CHECK(failure(resolve<ip>("127.0.0.1", 80, -1s)).timed_out());
    CHECK(failure(resolve<ip>("localhost", 80, -1s)).timed_out());
    CHECK(failure(resolve<ip>("localhost", 80, 0s)).timed_out());
    CHECK(failure(resolve<ip>("127.0.0.1", "http", 0s)).timed_out());
    CHECK(texts(must(resolve<ip>("127.0.0.1", "80", 0s))) == list{"127.0.0.1:80"});
    const auto stop = must(kw::canceller::open());
    CHECK(texts(must(resolve<ipv4>("localhost", 80, stop))) == list{"127.0.0.1:80"});
    must(stop.cancel());
    CHECK(failure(resolve<ip>("localhost", 80, stop)) == kw::errc::operation_canceled);
    CHECK(failure(resolve<ip>("127.0.0.1", 80, stop)) == kw::errc::operation_canceled);
    CHECK(failure(resolve<ip>("bad host", 80, stop)) == resolver_errc::host_not_found);
}

TEST_CASE_FIXTURE(test::bounded, "a list of endpoints can be walked again and moved") {
    auto found = must(resolve<ip>("localhost", 80));
    const auto before = texts(found);
    CHECK(texts(found) == before);
    kw::endpoint_list<ip> moved = std::move(found);
    CHECK(texts(moved) == before);
    CHECK(found.begin() == found.end());  // NOLINT(bugprone-use-after-move): empty is what it promises to be
    CHECK(found.canonical_name().empty());
    found = std::move(moved);
    CHECK(texts(found) == before);
    CHECK(kw::endpoint_list<ip>().begin() == kw::endpoint_list<ip>().end());
}

TEST_CASE_FIXTURE(test::bounded, "an endpoint has names, or its numbers") {
    const endpoint<ipv4> at(kw::ipv4_address::loopback(), 80);
    const auto numeric = must(resolve_name(at, {}, {.numeric_host = true, .numeric_service = true}));
    CHECK(numeric.host.view() == "127.0.0.1");
    CHECK(numeric.service.view() == "80");
    const auto at_once = must(resolve_name(at, 0s, {.numeric_host = true, .numeric_service = true}));
    CHECK(at_once.host.view() == "127.0.0.1");
    const auto named = must(resolve_name(at));
    CHECK_FALSE(named.host.view().empty());
    CHECK(named.service.view() == "http");
    const auto with_limit = must(resolve_name(endpoint<ip>(at), 20s));
    CHECK(with_limit.host.view() == named.host.view());
    CHECK(with_limit.service.view() == "http");
    CHECK(must(resolve_name(endpoint<ipv6>(kw::ipv6_address::loopback(), 7), {}, {.numeric_host = true})).host.view() ==
          "::1");
    CHECK(failure(resolve_name(at, 0s)).timed_out());
    CHECK(failure(resolve_name(at, -1s)).operation() == kw::operation::resolve_name);
}
