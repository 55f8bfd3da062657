// SPDX-License-Identifier: BSL-1.0
#include <keyway/endpoint/unix.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "support/address_vectors.hpp"
#include "support/native_address.hpp"
#include "support/values.hpp"

namespace {

using keyway::text_errc;
using keyway::text_error;
using keyway::unix_domain;
using unix_endpoint = keyway::endpoint<unix_domain>;
using namespace keyway::literals;
using namespace std::string_view_literals;
using support::endpoint_of;
using support::fault_of;
using support::native_of;
using support::same_bytes;
using support::str;

constexpr std::string_view path_107 = vectors::bytes_109.substr(0, 107);

static_assert(std::is_trivially_copyable_v<unix_endpoint>);
static_assert(std::is_same_v<unix_domain::endpoint, unix_endpoint>);
static_assert(std::is_same_v<unix_endpoint::family, unix_domain>);
static_assert(unix_endpoint::max_path == 107 && unix_endpoint::max_abstract_name == 107);
static_assert(unix_endpoint::header_size == offsetof(::sockaddr_un, sun_path));
static_assert(unix_endpoint::capacity() == sizeof(::sockaddr_un));

// Everything works at compile time.
constexpr unix_endpoint file = unix_endpoint::at_path("/run/x").value();
constexpr unix_endpoint none = unix_endpoint::unnamed();
static_assert(file.is_path() && !file.is_abstract() && !file.is_unnamed());
static_assert(none.is_unnamed() && !none.is_path() && !none.is_abstract());
static_assert(file.path() == "/run/x" && file.abstract_name().empty());
static_assert(none.path().empty() && none.abstract_name().empty() && none == unix_endpoint{});
static_assert(file.size() == unix_endpoint::header_size + 7);
static_assert(file.text() == "/run/x" && none.text() == "(unnamed)");
static_assert(none < file && file == unix_endpoint::from_native(file.native(), file.size()));
static_assert(hash_value(file) != hash_value(none));
static_assert(unix_endpoint::at_path("a\0b"sv).error() == text_error{text_errc::embedded_nul, 0, 1});

// A path that fills the address is not read past its end, which would be an error at compile time.
static_assert([] {
    auto native = file.native();
    native.path.fill('f');
    return unix_endpoint::from_native(native, 111).path().size();
}() == 108);

static_assert("/run/x"_unix_path == file);
static_assert(std::is_same_v<decltype("x"_unix_path), unix_endpoint>);

TEST_CASE("a path is accepted whole or rejected") { support::check_texts<&unix_endpoint::at_path>(vectors::unix_path); }

TEST_CASE("paths of 0, 1, 107, 108 and 109 bytes and with an interior NUL") {
    const auto of_size = [](std::size_t size) { return unix_endpoint::at_path(vectors::bytes_109.substr(0, size)); };
    CHECK(fault_of(of_size(0)) == text_error{text_errc::empty, 0, 0});
    REQUIRE(of_size(1).has_value());
    CHECK(str(of_size(1)->path()) == "/");
    CHECK(of_size(1)->size() == unix_endpoint::header_size + 2);
    REQUIRE(of_size(107).has_value());
    CHECK(str(of_size(107)->path()) == str(path_107));
    CHECK(of_size(107)->size() == unix_endpoint::capacity());
    CHECK(fault_of(of_size(108)) == text_error{text_errc::path_too_long, 0, 107});
    CHECK(fault_of(of_size(109)) == text_error{text_errc::path_too_long, 0, 107});
    CHECK(fault_of(unix_endpoint::at_path("/tmp/a\0b"sv)) == text_error{text_errc::embedded_nul, 0, 6});
}

TEST_CASE("the default unix endpoint is unnamed, and no invalid path converts to it") {
    CHECK(unix_endpoint{}.is_unnamed());
    CHECK(unix_endpoint{} == unix_endpoint::unnamed());
    CHECK(!unix_endpoint::at_path(""));
}

TEST_CASE("a unix endpoint is a sockaddr_un and the length in use") {
    CHECK(same_bytes(unix_endpoint::unnamed(), native_of(""), 0));
    CHECK(same_bytes("/run/x"_unix_path, native_of("/run/x"), 7));  // including the terminator
    CHECK(same_bytes(unix_endpoint::at_path(path_107).value(), native_of(path_107), 108));
}

TEST_CASE("an address that the kernel wrote is decoded by the reported length") {
    constexpr std::size_t header = unix_endpoint::header_size;
    CHECK(endpoint_of(native_of("/run/x"), header + 7) == "/run/x"_unix_path);
    CHECK(endpoint_of(native_of("/run/x"), header + 6) == "/run/x"_unix_path);  // without a terminator
    CHECK(endpoint_of(native_of("/run/x"), sizeof(::sockaddr_un)) == "/run/x"_unix_path);
    CHECK(str(endpoint_of(native_of("/run/x"), header + 4).path()) == "/run");
    CHECK(endpoint_of(native_of("/run/x"), header).is_unnamed());
}

TEST_CASE("a length below the header makes an unnamed endpoint, and a length above the capacity is clamped") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}}) {
        unix_endpoint e = "/run/x"_unix_path;
        std::memset(e.data(), 0xff, unix_endpoint::header_size);  // the kernel wrote nothing, not even the family
        e.resize(size);
        CHECK(e.is_unnamed());
        CHECK(e == unix_endpoint::unnamed());
        CHECK(same_bytes(e, native_of(""), 0));
    }
    for (const std::size_t size : {std::size_t{111}, std::size_t{128}, ~std::size_t{0}}) {
        const auto e = endpoint_of(native_of(vectors::bytes_109.substr(0, 108)), size);
        CHECK(e.size() == unix_endpoint::capacity());
        CHECK(e.path().size() == 108);
    }
}

TEST_CASE("the text of a unix endpoint escapes unprintable bytes") {
    CHECK(str("/run/a b~"_unix_path) == "/run/a b~");
    CHECK(str(unix_endpoint::at_path("\n\x1f\x7f\x80\xff").value()) == "\\x0a\\x1f\\x7f\\x80\\xff");
    CHECK(str(unix_endpoint::at_path("@name").value()) == "\\x40name");
    CHECK(str(unix_endpoint::at_path("a@b\\c").value()) == "a@b\\x5cc");
    CHECK(str(unix_endpoint::unnamed()) == "(unnamed)");
}

TEST_CASE("the longest text of a unix endpoint fits") {
    const std::string bytes(107, '\xff');
    CHECK(str(unix_endpoint::at_path(bytes).value()).size() == 4 * 107);
    const auto foreign = endpoint_of(native_of(std::string(108, '\xff')), sizeof(::sockaddr_un));
    CHECK(str(foreign).size() == 4 * 108);
}

TEST_CASE("unix endpoints are ordered by the bytes of their paths, unnamed first") {
    std::vector<unix_endpoint> ascending{unix_endpoint::unnamed()};
    for (const std::string_view path : {"/a"sv, "/a/b"sv, "/b"sv, "@a"sv, "\xff"sv})
        ascending.push_back(unix_endpoint::at_path(path).value());
    support::check_ascending(ascending);
}

TEST_CASE("paths have distinct hashes") {
    support::check_hash_spread(
        [](std::uint32_t i) { return unix_endpoint::at_path("keyway-" + std::to_string(i)).value(); });
}

}  // namespace

TEST_CASE("a unix endpoint is printed into the caller's buffer") {
    support::check_print("/run/service.sock"_unix_path);
    support::check_print(unix_endpoint::unnamed());
}
