// SPDX-License-Identifier: BSL-1.0
#include <keyway/concepts.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstring>

#include <keyway/transport.hpp>

#include "support/posix.hpp"

namespace kw = keyway;
using test::must;

static_assert(kw::combination<kw::unix_domain, kw::seqpacket, kw::no_protocol>);

// ---- a user-defined family: AF_UNIX, independent of the library's

namespace {

struct raw_address {
    std::array<unsigned char, 110> bytes{};
    std::size_t length = sizeof(::sa_family_t);

    raw_address() {
        constexpr ::sa_family_t family = AF_UNIX;
        std::memcpy(bytes.data(), &family, sizeof(family));
    }
    void* data() { return bytes.data(); }
    const void* data() const { return bytes.data(); }
    std::size_t size() const { return length; }
    static constexpr std::size_t capacity() { return sizeof(bytes); }
    void resize(std::size_t n) { length = n < capacity() ? n : capacity(); }
};

struct local {
    using endpoint = raw_address;
    static constexpr int domain = AF_UNIX;
};

struct local_with_pairs : local {
    static constexpr bool has_pairs = true;
};

using messages = kw::transport<local, kw::datagram>;

static_assert(kw::endpoint_type<raw_address> && kw::address_family<local>);
static_assert(kw::combination<local, kw::stream, kw::no_protocol> && !kw::pairable_family<local>);
static_assert(kw::can_send_to<messages::socket> && !kw::can_listen<messages::socket>);
static_assert(kw::can_listen<kw::transport<local, kw::stream>::socket>);

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "a user-defined family may be local and have pairs") {
    const auto server = must(messages::bind({}));  // autobind, as the address has no name
    const auto at = must(server.local_endpoint());
    CHECK(at.size() == 8);
    const auto client = must(messages::bind({}));
    must(client.send_to("hello", at));
    std::array<std::byte, 8> buffer;
    const auto got = must(server.recv_from(buffer));
    CHECK(test::text(got.data) == "hello");
    CHECK(got.sender.bytes == must(client.local_endpoint()).bytes);
    const auto ends = must(kw::transport<local_with_pairs, kw::stream>::pair());
    must(ends[0].send_all("to the other end"));
    CHECK(test::text(must(ends[1].recv(buffer))) == "to the o");
}
