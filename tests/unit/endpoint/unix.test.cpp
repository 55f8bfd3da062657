// SPDX-License-Identifier: BSL-1.0
#include <keyway/endpoint/unix.hpp>

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "support/address_vectors.hpp"
#include "support/net.hpp"
#include "support/values.hpp"

namespace {

using keyway::text_errc;
using keyway::text_error;
using keyway::unix_domain;
using unix_endpoint = keyway::endpoint<unix_domain>;
using namespace keyway::literals;
using namespace std::string_view_literals;
using support::fault_of;
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
constexpr unix_endpoint name = unix_endpoint::abstract("a\0b"sv).value();
constexpr unix_endpoint none = unix_endpoint::unnamed();
static_assert(file.is_path() && !file.is_abstract() && !file.is_unnamed());
static_assert(name.is_abstract() && !name.is_path() && !name.is_unnamed());
static_assert(none.is_unnamed() && !none.is_path() && !none.is_abstract());
static_assert(file.path() == "/run/x" && file.abstract_name().empty());
static_assert(name.abstract_name() == "a\0b"sv && name.path().empty());
static_assert(none.path().empty() && none.abstract_name().empty() && none == unix_endpoint{});
static_assert(file.size() == unix_endpoint::header_size + 7 && name.size() == unix_endpoint::header_size + 4);
static_assert(file.text() == "/run/x" && name.text() == "@a\\x00b" && none.text() == "(unnamed)");
static_assert(none < name && name < file && file == unix_endpoint::from_native(file.native(), file.size()));
static_assert(hash_value(file) != hash_value(name));
static_assert(unix_endpoint::at_path("a\0b"sv).error() == text_error{text_errc::embedded_nul, 0, 1});

// A path that fills its address is not read behind the end: at compile time that would be an error.
static_assert([] {
    auto native = file.native();
    native.path.fill('f');
    return unix_endpoint::from_native(native, 111).path().size();
}() == 108);

static_assert("/run/x"_unix_path == file);
static_assert(std::is_same_v<decltype("x"_unix_path), unix_endpoint>);

/// The path of a file in the directory, `size` bytes long.
std::string path_of_size(const net::temp_directory& directory, std::size_t size) {
    std::string path = directory.path("");
    REQUIRE(path.size() < size);
    path.resize(size, 'f');
    return path;
}

/// An AF_UNIX socket made by hand.
class raw_socket {
public:
    raw_socket() { REQUIRE(handle_ >= 0); }
    raw_socket(const raw_socket&) = delete;
    raw_socket& operator=(const raw_socket&) = delete;
    ~raw_socket() { ::close(handle_); }

    [[nodiscard]] bool bind(const void* address, std::size_t size) const {
        return ::bind(handle_, static_cast<const ::sockaddr*>(address), static_cast<::socklen_t>(size)) == 0;
    }
    [[nodiscard]] bool bind(const unix_endpoint& e) const { return bind(e.data(), e.size()); }

    /// The address as the kernel writes it into an endpoint, and the length that it reports.
    [[nodiscard]] unix_endpoint local_endpoint(::socklen_t& reported) const {
        unix_endpoint e(keyway::detail::for_overwrite{});
        reported = static_cast<::socklen_t>(unix_endpoint::capacity());
        REQUIRE(::getsockname(handle_, static_cast<::sockaddr*>(e.data()), &reported) == 0);
        e.resize(reported);
        return e;
    }
    [[nodiscard]] unix_endpoint local_endpoint() const {
        ::socklen_t reported = 0;
        return local_endpoint(reported);
    }

private:
    int handle_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

/// The same as an endpoint, filled by hand.
::sockaddr_un native_of(std::string_view bytes) {
    ::sockaddr_un native{};
    native.sun_family = AF_UNIX;
    REQUIRE(bytes.size() <= sizeof(native.sun_path));
    std::memcpy(native.sun_path, bytes.data(), bytes.size());
    return native;
}

bool same_bytes(const unix_endpoint& e, const ::sockaddr_un& native, std::size_t name_size) {
    return e.size() == offsetof(::sockaddr_un, sun_path) + name_size && std::memcmp(e.data(), &native, e.size()) == 0;
}

unix_endpoint endpoint_of(const ::sockaddr_un& native, std::size_t size) {
    unix_endpoint e;
    std::memcpy(e.data(), &native, sizeof(native));
    e.resize(size);
    return e;
}

TEST_CASE("a path is taken whole or refused") { support::check_texts<&unix_endpoint::at_path>(vectors::unix_path); }

TEST_CASE("55: unix path lengths 0, 1, 107, 108, 109 and interior NUL") {
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

TEST_CASE("55: a path of 107 bytes is bound and comes back whole") {
    const net::temp_directory directory;
    const std::string path = path_of_size(directory, 107);
    const auto e = unix_endpoint::at_path(path).value();
    const raw_socket socket;
    REQUIRE(socket.bind(e));
    CHECK(::access(path.c_str(), F_OK) == 0);
    CHECK(socket.local_endpoint() == e);
    CHECK(str(socket.local_endpoint().path()) == path);
}

TEST_CASE("56: a path of 108 bytes that another program bound is decoded in bounds") {
    const net::temp_directory directory;
    const std::string path = path_of_size(directory, 108);
    const ::sockaddr_un native = native_of(path);
    const raw_socket socket;
    REQUIRE(socket.bind(&native, sizeof(native)));
    ::socklen_t reported = 0;
    const unix_endpoint e = socket.local_endpoint(reported);
    CHECK(reported == 111);
    CHECK(e.size() == unix_endpoint::capacity());
    CHECK(e.is_path());
    CHECK(e.path().size() == 108);
    CHECK(str(e.path()) == path);
    CHECK(str(e) == path);
    CHECK(e != unix_endpoint::at_path(path.substr(0, 107)).value());
    CHECK(e == endpoint_of(native, sizeof(native)));
    CHECK(hash_value(e) == hash_value(endpoint_of(native, sizeof(native))));
}

TEST_CASE("57: an abstract name keeps every byte, NUL too, and may fill the address") {
    for (const std::string_view bytes : {""sv, "n"sv, "\0"sv, "a\0b\0"sv, path_107}) {
        const auto e = unix_endpoint::abstract(bytes);
        REQUIRE(e.has_value());
        CHECK(e->is_abstract());
        CHECK(str(e->abstract_name()) == str(bytes));
        CHECK(e->size() == unix_endpoint::header_size + 1 + bytes.size());
    }
    for (const std::string_view bytes : {vectors::bytes_109.substr(0, 108), vectors::bytes_109})
        CHECK(fault_of(unix_endpoint::abstract(bytes)) == text_error{text_errc::path_too_long, 0, 107});
}

TEST_CASE("57: abstract names that differ in a NUL are different names, to the kernel too") {
    std::string full = "keyway" + std::to_string(::getpid());
    full.resize(unix_endpoint::max_abstract_name, '\0');
    const std::string shorter = full.substr(0, full.size() - 1);
    const raw_socket first;
    const raw_socket second;
    REQUIRE(first.bind(unix_endpoint::abstract(full).value()));
    REQUIRE(second.bind(unix_endpoint::abstract(shorter).value()));
    CHECK(str(first.local_endpoint().abstract_name()) == full);
    CHECK(str(second.local_endpoint().abstract_name()) == shorter);
    CHECK(first.local_endpoint() == unix_endpoint::abstract(full).value());
    CHECK(first.local_endpoint() != second.local_endpoint());
    CHECK(hash_value(first.local_endpoint()) != hash_value(second.local_endpoint()));
}

TEST_CASE("58: autobind has the bytes of unnamed, and gets a name when bound") {
    CHECK(unix_endpoint::autobind() == unix_endpoint::unnamed());
    CHECK(unix_endpoint::autobind().size() == unix_endpoint::header_size);
    const raw_socket socket;
    CHECK(socket.local_endpoint().is_unnamed());
    REQUIRE(socket.bind(unix_endpoint::autobind()));
    CHECK(socket.local_endpoint().is_abstract());
    CHECK(socket.local_endpoint().abstract_name().size() == 5);  // five hexadecimal digits, unix(7)
}

TEST_CASE("the default unix endpoint is unnamed, but no refused path becomes it") {
    CHECK(unix_endpoint{}.is_unnamed());
    CHECK(unix_endpoint{} == unix_endpoint::unnamed());
    CHECK(!unix_endpoint::at_path(""));
    CHECK(unix_endpoint::abstract("").value() != unix_endpoint::unnamed());
}

TEST_CASE("a unix endpoint is a sockaddr_un and the length in use") {
    CHECK(same_bytes(unix_endpoint::unnamed(), native_of(""), 0));
    CHECK(same_bytes("/run/x"_unix_path, native_of("/run/x"), 7));  // the terminator counts
    CHECK(same_bytes(unix_endpoint::at_path(path_107).value(), native_of(path_107), 108));
    CHECK(same_bytes(unix_endpoint::abstract("a\0b"sv).value(), native_of("\0a\0b"sv), 4));
}

TEST_CASE("what the kernel wrote is decoded by the length that it reported") {
    constexpr std::size_t header = unix_endpoint::header_size;
    CHECK(endpoint_of(native_of("/run/x"), header + 7) == "/run/x"_unix_path);
    CHECK(endpoint_of(native_of("/run/x"), header + 6) == "/run/x"_unix_path);  // without a terminator
    CHECK(endpoint_of(native_of("/run/x"), sizeof(::sockaddr_un)) == "/run/x"_unix_path);
    CHECK(str(endpoint_of(native_of("/run/x"), header + 4).path()) == "/run");
    CHECK(str(endpoint_of(native_of("\0abc"sv), header + 3).abstract_name()) == "ab");
    CHECK(endpoint_of(native_of("\0abc"sv), header + 1) == unix_endpoint::abstract("").value());
    CHECK(endpoint_of(native_of("/run/x"), header).is_unnamed());
}

TEST_CASE("a length below the header makes an unnamed endpoint, one above the capacity is cut to it") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}}) {
        unix_endpoint e = "/run/x"_unix_path;
        std::memset(e.data(), 0xff, sizeof(::sa_family_t));  // the kernel wrote nothing, not even the family
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

TEST_CASE("the text of a unix endpoint escapes what does not print") {
    CHECK(str("/run/a b~"_unix_path) == "/run/a b~");
    CHECK(str(unix_endpoint::at_path("\n\x1f\x7f\x80\xff").value()) == "\\x0a\\x1f\\x7f\\x80\\xff");
    CHECK(str(unix_endpoint::abstract("name").value()) == "@name");
    CHECK(str(unix_endpoint::abstract("a\0b"sv).value()) == "@a\\x00b");
    CHECK(str(unix_endpoint::abstract("").value()) == "@");
    CHECK(str(unix_endpoint::at_path("@name").value()) == "\\x40name");
    CHECK(str(unix_endpoint::at_path("a@b\\c").value()) == "a@b\\x5cc");
    CHECK(str(unix_endpoint::unnamed()) == "(unnamed)");
}

TEST_CASE("the longest text of a unix endpoint is not cut") {
    const std::string bytes(107, '\xff');
    CHECK(str(unix_endpoint::at_path(bytes).value()).size() == 4 * 107);
    CHECK(str(unix_endpoint::abstract(bytes).value()).size() == 1 + 4 * 107);
    const auto foreign = endpoint_of(native_of(std::string(108, '\xff')), sizeof(::sockaddr_un));
    CHECK(str(foreign).size() == 4 * 108);
}

TEST_CASE("a path that begins with '@' is not the abstract name") {
    const auto path = "@name"_unix_path;
    const auto abstract = unix_endpoint::abstract("name").value();
    CHECK(path.is_path());
    CHECK(path != abstract);
    CHECK(hash_value(path) != hash_value(abstract));
}

TEST_CASE("unix endpoints are ordered: unnamed, abstract names, paths") {
    std::vector<unix_endpoint> ascending{unix_endpoint::unnamed()};
    for (const std::string_view name_bytes : {""sv, "\0"sv, "a"sv, "a\0"sv, "b"sv, "\xff"sv})
        ascending.push_back(unix_endpoint::abstract(name_bytes).value());
    for (const std::string_view path : {"/a"sv, "/a/b"sv, "/b"sv, "@a"sv, "\xff"sv})
        ascending.push_back(unix_endpoint::at_path(path).value());
    support::check_ascending(ascending);
}

TEST_CASE("unix endpoints hash apart") {
    support::check_hash_spread([](std::uint32_t i) {
        const std::string bytes = "keyway-" + std::to_string(i / 2);
        return (i % 2 == 0 ? unix_endpoint::at_path(bytes) : unix_endpoint::abstract(bytes)).value();
    });
}

}  // namespace

TEST_CASE("a unix endpoint is printed into the caller's buffer") {
    support::check_print("/run/service.sock"_unix_path);
    support::check_print(unix_endpoint::unnamed());
}
