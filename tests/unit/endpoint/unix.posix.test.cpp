// SPDX-License-Identifier: BSL-1.0
// Abstract names, and addresses written by the kernel.
#include <keyway/endpoint/unix.hpp>

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/address_vectors.hpp"
#include "support/native_address.hpp"
#include "support/net.hpp"
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

// Everything works at compile time.
constexpr unix_endpoint file = unix_endpoint::at_path("/run/x").value();
constexpr unix_endpoint name = unix_endpoint::abstract("a\0b"sv).value();
constexpr unix_endpoint none = unix_endpoint::unnamed();
static_assert(name.is_abstract() && !name.is_path() && !name.is_unnamed());
static_assert(name.abstract_name() == "a\0b"sv && name.path().empty());
static_assert(name.size() == unix_endpoint::header_size + 4);
static_assert(name.text() == "@a\\x00b");
static_assert(none < name && name < file);
static_assert(hash_value(file) != hash_value(name));

/// The path of a file in the directory, `size` bytes long.
std::string path_of_size(const net::temp_directory& directory, std::size_t size) {
    std::string path = directory.path("");
    REQUIRE(path.size() < size);
    path.resize(size, 'f');
    return path;
}

/// An AF_UNIX socket made by system calls.
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

TEST_CASE("a path of 107 bytes is bound and read back whole") {
    const net::temp_directory directory;
    const std::string path = path_of_size(directory, 107);
    const auto e = unix_endpoint::at_path(path).value();
    const raw_socket socket;
    REQUIRE(socket.bind(e));
    CHECK(::access(path.c_str(), F_OK) == 0);
    CHECK(socket.local_endpoint() == e);
    CHECK(str(socket.local_endpoint().path()) == path);
}

TEST_CASE("a path of 108 bytes that another program bound is decoded in bounds") {
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

TEST_CASE("an abstract name keeps every byte, including NUL, and may fill the address") {
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

TEST_CASE("abstract names that differ in a NUL are different names, also to the kernel") {
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

TEST_CASE("autobind has the bytes of unnamed, and bind() assigns a name") {
    CHECK(unix_endpoint::autobind() == unix_endpoint::unnamed());
    CHECK(unix_endpoint::autobind().size() == unix_endpoint::header_size);
    const raw_socket socket;
    CHECK(socket.local_endpoint().is_unnamed());
    REQUIRE(socket.bind(unix_endpoint::autobind()));
    CHECK(socket.local_endpoint().is_abstract());
    CHECK(socket.local_endpoint().abstract_name().size() == 5);  // five hexadecimal digits, unix(7)
}

TEST_CASE("an empty abstract name is not unnamed") {
    CHECK(unix_endpoint::abstract("").value() != unix_endpoint::unnamed());
}

TEST_CASE("an abstract endpoint is a sockaddr_un and the length in use") {
    CHECK(same_bytes(unix_endpoint::abstract("a\0b"sv).value(), native_of("\0a\0b"sv), 4));
}

TEST_CASE("an abstract name that the kernel wrote is decoded by the reported length") {
    constexpr std::size_t header = unix_endpoint::header_size;
    CHECK(str(endpoint_of(native_of("\0abc"sv), header + 3).abstract_name()) == "ab");
    CHECK(endpoint_of(native_of("\0abc"sv), header + 1) == unix_endpoint::abstract("").value());
}

TEST_CASE("the text of an abstract endpoint begins with '@' and escapes unprintable bytes") {
    CHECK(str(unix_endpoint::abstract("name").value()) == "@name");
    CHECK(str(unix_endpoint::abstract("a\0b"sv).value()) == "@a\\x00b");
    CHECK(str(unix_endpoint::abstract("").value()) == "@");
    CHECK(str(unix_endpoint::abstract(std::string(107, '\xff')).value()).size() == 1 + 4 * 107);
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

TEST_CASE("unix endpoints have distinct hashes") {
    support::check_hash_spread([](std::uint32_t i) {
        const std::string bytes = "keyway-" + std::to_string(i / 2);
        return (i % 2 == 0 ? unix_endpoint::at_path(bytes) : unix_endpoint::abstract(bytes)).value();
    });
}

}  // namespace
