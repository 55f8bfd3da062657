// SPDX-License-Identifier: BSL-1.0
#include <keyway/concepts.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <string>

#include <keyway/endpoint/any.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace kw = keyway;
using test::must;

// ---- combinations

static_assert(kw::combination<kw::ipv4, kw::stream, kw::ipproto::tcp>);
static_assert(kw::combination<kw::ip, kw::datagram, kw::ipproto::udp>);
static_assert(kw::combination<kw::unix_domain, kw::stream, kw::no_protocol>);
static_assert(!kw::combination<kw::ipv4, kw::stream, kw::ipproto::udp>);
static_assert(!kw::combination<kw::ipv4, kw::seqpacket, kw::no_protocol>);
static_assert(!kw::combination<kw::unix_domain, kw::raw, kw::no_protocol>);
static_assert(!kw::combination<kw::stream, kw::ipv4, kw::ipproto::tcp>);

// ---- endpoints

static_assert(kw::endpoint_type<kw::endpoint<kw::ipv4>> && kw::endpoint_type<kw::endpoint<kw::unix_domain>>);
static_assert(kw::endpoint_type<kw::any_endpoint>);
static_assert(!kw::endpoint_type<kw::ipv4_address> && !kw::endpoint_type<std::string>);

// ---- a user-defined family: IPv4, independent of the library's

namespace {

struct raw_address {
    ::sockaddr_in native{};
    std::size_t length = sizeof(native);

    raw_address() {
        native.sin_family = AF_INET;
        native.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    void* data() { return &native; }
    const void* data() const { return &native; }
    std::size_t size() const { return length; }
    static constexpr std::size_t capacity() { return sizeof(native); }
    void resize(std::size_t n) { length = n < capacity() ? n : capacity(); }
};

struct internet {
    using endpoint = raw_address;
    static constexpr int domain = AF_INET;
};

using messages = kw::transport<internet, kw::datagram>;
using bytes = kw::transport<internet, kw::stream>;

static_assert(kw::endpoint_type<raw_address> && kw::address_family<internet>);
static_assert(kw::combination<internet, kw::stream, kw::no_protocol> && !kw::pairable_family<internet>);
static_assert(kw::can_send_to<messages::socket> && !kw::can_listen<messages::socket>);
static_assert(kw::can_listen<bytes::socket>);

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "a user-defined family is a struct with a domain and an endpoint") {
    const auto server = must(messages::bind({}));
    const auto at = must(server.local_endpoint());
    CHECK(at.size() == sizeof(::sockaddr_in));
    CHECK(at.native.sin_port != 0);
    const auto client = must(messages::bind({}));
    must(client.send_to("hello", at));
    std::array<std::byte, 8> buffer;
    const auto got = must(server.recv_from(buffer));
    CHECK(test::text(got.data) == "hello");
    CHECK(got.sender.native.sin_port == must(client.local_endpoint()).native.sin_port);
    const auto listener = must(bytes::listen({}));
    const auto connection = must(bytes::connect(must(listener.local_endpoint())));
    must(connection.send_all("to the other end"));
    CHECK(test::text(must(must(listener.accept()).connection.recv(buffer))) == "to the o");
}
