// SPDX-License-Identifier: BSL-1.0
#include <keyway/endpoint/any.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "support/address_vectors.hpp"
#include "support/values.hpp"

namespace {

using keyway::any_endpoint;
using keyway::endpoint;
using keyway::errc;
using keyway::ip;
using keyway::ipv4;
using keyway::ipv6;
using keyway::unix_domain;
using namespace keyway::literals;
using support::str;

using family_number = decltype(::sockaddr_storage::ss_family);

/// A user-defined family whose endpoint has one length.
struct tiny_endpoint {
    static constexpr std::size_t capacity() { return 6; }
    [[nodiscard]] void* data() { return bytes.data(); }
    [[nodiscard]] const void* data() const { return bytes.data(); }
    [[nodiscard]] std::size_t size() const { return length; }
    void resize(std::size_t size) { length = size; }

    friend bool operator==(const tiny_endpoint&, const tiny_endpoint&) = default;

    alignas(family_number) std::array<std::uint8_t, 6> bytes{};
    std::size_t length = 6;
};

struct tiny {
    using endpoint = tiny_endpoint;
    static constexpr int domain = 200;
};

tiny_endpoint make_tiny(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    tiny_endpoint e{.bytes = {0, 0, a, b, c, d}};
    const family_number family = tiny::domain;
    std::memcpy(e.bytes.data(), &family, sizeof(family));
    return e;
}

/// An endpoint of `Size` bytes.
template <std::size_t Size>
struct sized_endpoint {
    static constexpr std::size_t capacity() { return Size; }
    [[nodiscard]] void* data() { return bytes.data(); }
    [[nodiscard]] const void* data() const { return bytes.data(); }
    [[nodiscard]] std::size_t size() const { return Size; }
    void resize(std::size_t) {}

    std::array<std::byte, Size> bytes{};
};

static_assert(keyway::address_family<tiny> && keyway::endpoint_type<tiny_endpoint>);
static_assert(std::is_trivially_copyable_v<any_endpoint>);
static_assert(any_endpoint::capacity() == sizeof(::sockaddr_storage));
static_assert(alignof(any_endpoint) == alignof(::sockaddr_storage));
static_assert(std::convertible_to<endpoint<ipv4>, any_endpoint> && std::convertible_to<endpoint<ipv6>, any_endpoint>);
static_assert(std::convertible_to<endpoint<ip>, any_endpoint>);
static_assert(std::convertible_to<endpoint<unix_domain>, any_endpoint>);
static_assert(std::convertible_to<tiny_endpoint, any_endpoint>);
static_assert(std::convertible_to<sized_endpoint<sizeof(::sockaddr_storage)>, any_endpoint>);
static_assert(!std::constructible_from<any_endpoint, sized_endpoint<sizeof(::sockaddr_storage) + 1>>);
static_assert(!std::constructible_from<any_endpoint, keyway::ipv4_address>);
static_assert(!std::constructible_from<any_endpoint, std::string_view>);

// Everything works at compile time.
constexpr auto v4 = "192.0.2.1:443"_ipv4_endpoint;
constexpr auto v6 = "[2001:db8::1%2]:443"_ipv6_endpoint;
constexpr auto file = "/run/x"_unix_path;
static_assert(any_endpoint{}.size() == 0 && any_endpoint{}.domain() == AF_UNSPEC);
static_assert(any_endpoint(v4).domain() == AF_INET && any_endpoint(v4).size() == v4.size());
static_assert(any_endpoint(v6).domain() == AF_INET6 && any_endpoint(v6).size() == v6.size());
static_assert(any_endpoint(file).domain() == AF_UNIX && any_endpoint(file).size() == file.size());
static_assert(any_endpoint(v4).as<ipv4>() == v4 && any_endpoint(v6).as<ipv6>() == v6);
static_assert(any_endpoint(v4).as<ip>() == endpoint<ip>(v4) && any_endpoint(v6).as<ip>() == endpoint<ip>(v6));
static_assert(any_endpoint(file).as<unix_domain>() == file);
static_assert(any_endpoint(endpoint<ip>(v4)) == any_endpoint(v4) && any_endpoint(endpoint<ip>(v6)) == any_endpoint(v6));
static_assert(any_endpoint(v4).as<ipv6>().error() == errc::wrong_family);
static_assert(any_endpoint(file) < any_endpoint(v4) && any_endpoint(v4) < any_endpoint(v6));
static_assert(any_endpoint(v4).text() == "192.0.2.1:443");
static_assert(hash_value(any_endpoint(v4)) != hash_value(any_endpoint(v6)));

template <class Result>
bool is_wrong_family(const Result& typed) {
    return !typed.has_value() && typed.error() == errc::wrong_family;
}

/// The endpoint converts to its own family and to no other, except `as<ip>`.
template <class Family>
void check_comes_back(const typename Family::endpoint& e) {
    const any_endpoint any = e;
    CHECK(any.domain() == Family::domain);
    CHECK(any.size() == e.size());
    // NOLINTNEXTLINE(bugprone-suspicious-string-compare)
    CHECK(std::memcmp(any.data(), e.data(), e.size()) == 0);
    const auto typed = any.as<Family>();
    REQUIRE(typed.has_value());
    CHECK(*typed == e);
    CHECK(any == any_endpoint(*typed));
    CHECK(any.as<ipv4>().has_value() == std::same_as<Family, ipv4>);
    CHECK(any.as<ipv6>().has_value() == std::same_as<Family, ipv6>);
    CHECK(any.as<ip>().has_value() == (std::same_as<Family, ipv4> || std::same_as<Family, ipv6>));
    CHECK(any.as<unix_domain>().has_value() == std::same_as<Family, unix_domain>);
    CHECK(any.as<tiny>().has_value() == std::same_as<Family, tiny>);
}

TEST_CASE("an endpoint of any family converts back to its family and to no other") {
    check_comes_back<ipv4>("192.0.2.1:443"_ipv4_endpoint);
    check_comes_back<ipv4>({});
    check_comes_back<ipv6>("[fe80::1%2]:443"_ipv6_endpoint);
    check_comes_back<ipv6>({});
    check_comes_back<unix_domain>("/run/x"_unix_path);
    check_comes_back<unix_domain>(endpoint<unix_domain>::at_path(vectors::bytes_109.substr(0, 107)).value());
    check_comes_back<unix_domain>(endpoint<unix_domain>::unnamed());
    check_comes_back<tiny>(make_tiny(1, 2, 3, 4));
}

TEST_CASE("an endpoint<ip> converts to an any_endpoint of its actual family, and back") {
    for (const endpoint<ip>& e : {"192.0.2.1:443"_ip_endpoint, "[fe80::1%2]:443"_ip_endpoint, endpoint<ip>{}}) {
        const any_endpoint any = e;
        CHECK(any.domain() == e.domain());
        CHECK(any.size() == e.size());
        REQUIRE(any.as<ip>().has_value());
        CHECK(*any.as<ip>() == e);
    }
}

TEST_CASE("converting to the wrong family is an error of the operation convert") {
    const auto wrong = any_endpoint("192.0.2.1:443"_ipv4_endpoint).as<unix_domain>();
    REQUIRE(!wrong.has_value());
    CHECK(wrong.error() == errc::wrong_family);
    CHECK(wrong.error().domain() == keyway::error_domain::keyway);
    CHECK(wrong.error().operation() == keyway::operation::convert);
}

TEST_CASE("the default any_endpoint has no family") {
    const any_endpoint none;
    CHECK(none.domain() == AF_UNSPEC);
    CHECK(none.size() == 0);
    CHECK(is_wrong_family(none.as<ip>()));
    CHECK(is_wrong_family(none.as<unix_domain>()));
    CHECK(str(none) == "(address family 0)");
}

TEST_CASE("an address that the kernel wrote is read by the reported length") {
    ::sockaddr_in6 native{};
    native.sin6_family = AF_INET6;
    native.sin6_port = htons(53);
    native.sin6_addr = in6addr_loopback;
    native.sin6_scope_id = 4;
    any_endpoint any;
    std::memcpy(any.data(), &native, sizeof(native));
    CHECK(any.domain() == AF_UNSPEC);  // not before resize()
    any.resize(sizeof(native));
    CHECK(any.domain() == AF_INET6);
    CHECK(any == any_endpoint("[::1%4]:53"_ipv6_endpoint));
    CHECK(any.as<ipv6>() == "[::1%4]:53"_ipv6_endpoint);
}

TEST_CASE("a length that the family does not have is wrong_family") {
    for (const std::size_t size : {2U, 15U, 17U, 28U, 128U}) {
        CAPTURE(size);
        any_endpoint any = "192.0.2.1:443"_ipv4_endpoint;
        any.resize(size);
        CHECK(any.domain() == AF_INET);
        CHECK(is_wrong_family(any.as<ipv4>()));
        CHECK(is_wrong_family(any.as<ip>()));
        CHECK(str(any) == "(address family 2)");
    }
    any_endpoint local = "/run/x"_unix_path;
    local.resize(sizeof(::sockaddr_un) + 1);
    CHECK(is_wrong_family(local.as<unix_domain>()));
    any_endpoint short_tiny = make_tiny(1, 2, 3, 4);
    short_tiny.resize(4);
    CHECK(is_wrong_family(short_tiny.as<tiny>()));
}

TEST_CASE("a length that cuts the family field means no family, and a length above the capacity is clamped") {
    any_endpoint any = "192.0.2.1:443"_ipv4_endpoint;
    any.resize(1);
    CHECK(any.domain() == AF_UNSPEC);
    any.resize(~std::size_t{0});
    CHECK(any.size() == any_endpoint::capacity());
}

TEST_CASE("an any_endpoint has the text of the endpoint if the library knows the family") {
    CHECK(str(any_endpoint("192.0.2.1:443"_ipv4_endpoint)) == "192.0.2.1:443");
    CHECK(str(any_endpoint("[fe80::1%2]:443"_ipv6_endpoint)) == "[fe80::1%2]:443");
    CHECK(str(any_endpoint("/run/x"_unix_path)) == "/run/x");
    CHECK(str(any_endpoint(endpoint<unix_domain>::unnamed())) == "(unnamed)");
    CHECK(str(any_endpoint(make_tiny(1, 2, 3, 4))) == "(address family 200)");
    const auto longest = endpoint<unix_domain>::at_path(std::string(107, '\xff')).value();
    CHECK(str(any_endpoint(longest)) == str(longest));
}

TEST_CASE("any_endpoints are ordered by length, then by their bytes") {
    support::check_ascending<any_endpoint>(
        {any_endpoint{}, endpoint<unix_domain>::unnamed(), "/a"_unix_path, "/b"_unix_path, make_tiny(1, 2, 3, 4),
         make_tiny(1, 2, 4, 0), "/aaaaaa"_unix_path, "0.0.0.0:0"_ipv4_endpoint, "9.0.0.0:1"_ipv4_endpoint,
         "1.0.0.0:2"_ipv4_endpoint, "[::]:0"_ipv6_endpoint, "[::%1]:0"_ipv6_endpoint});
}

TEST_CASE("any_endpoints have distinct hashes") {
    support::check_hash_spread([](std::uint32_t i) {
        const auto port = static_cast<std::uint16_t>(i / 2);
        return i % 2 == 0 ? any_endpoint(endpoint<ipv4>("192.0.2.1"_ipv4, port))
                          : any_endpoint(endpoint<ipv6>("::ffff:192.0.2.1"_ipv6, port));
    });
}

/// Arbitrary bytes as if the kernel had written them: `size` bytes, which may exceed the capacity.
template <class E>
void check_any_bytes(const std::vector<std::byte>& bytes, std::size_t size) {
    // On the heap, so that sanitizers detect a read past the end.
    const auto e = std::make_unique<E>();
    std::memcpy(e->data(), bytes.data(), std::min(bytes.size(), E::capacity()));
    e->resize(size);
    CHECK(e->size() <= E::capacity());
    CHECK(e->text().size() <= E::max_text);
    CHECK(*e == E(*e));
    CHECK(hash_value(*e) == hash_value(E(*e)));
    if constexpr (std::same_as<E, endpoint<unix_domain>>) CHECK(e->path().size() <= E::capacity());
    if constexpr (std::same_as<E, any_endpoint>) {
        CHECK((!e->template as<ipv4>() || e->domain() == AF_INET));
        CHECK((!e->template as<ipv6>() || e->domain() == AF_INET6));
        CHECK((!e->template as<unix_domain>() || e->domain() == AF_UNIX));
    }
}

TEST_CASE("arbitrary bytes of any length are read within bounds") {
    std::mt19937 random(4);
    for (int i = 0; i < 5'000; ++i) {
        std::vector<std::byte> bytes(sizeof(::sockaddr_storage));
        for (std::byte& one : bytes) one = static_cast<std::byte>(random() % 3 == 0 ? random() : 0);
        const std::array<int, 4> families{AF_INET, AF_INET6, AF_UNIX, static_cast<int>(random() % 256)};
        const auto prefix = keyway::detail::os::make_prefix(families[random() % families.size()], 0);
        std::memcpy(bytes.data(), &prefix, sizeof(prefix));
        const std::size_t size = random() % 8 == 0 ? random() : random() % 140;
        check_any_bytes<endpoint<ipv4>>(bytes, size);
        check_any_bytes<endpoint<ipv6>>(bytes, size);
        check_any_bytes<endpoint<ip>>(bytes, size);
        check_any_bytes<endpoint<unix_domain>>(bytes, size);
        check_any_bytes<any_endpoint>(bytes, size);
    }
}

}  // namespace

TEST_CASE("an any_endpoint prints like the endpoint that it holds") {
    support::check_print(any_endpoint("192.0.2.1:80"_ipv4_endpoint));
    CHECK(any_endpoint("[::1]:80"_ipv6_endpoint).text() == "[::1]:80");
    CHECK(any_endpoint("/run/a"_unix_path).text() == "/run/a");
    CHECK(any_endpoint().text() == "(address family 0)");
}
