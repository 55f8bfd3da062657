// SPDX-License-Identifier: BSL-1.0
#include <keyway/detail/hash.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include <keyway/keyway.hpp>

using namespace keyway::literals;

namespace {

template <class T>
std::size_t standard_hash(const T& value) {
    return std::hash<T>{}(value);
}

}  // namespace

TEST_CASE("equal values have equal hashes, and the scope counts") {
    CHECK(standard_hash("::1"_ipv6) == standard_hash("0:0::1"_ipv6));
    CHECK(standard_hash("fe80::1%1"_ipv6) != standard_hash("fe80::1%2"_ipv6));
    CHECK(standard_hash("192.0.2.0/24"_ipv4_network) != standard_hash("192.0.2.0/25"_ipv4_network));
    CHECK(standard_hash("192.0.2.1:1"_ip_endpoint) != standard_hash("192.0.2.1:2"_ip_endpoint));
    CHECK(standard_hash("/a"_unix_path) != standard_hash("/b"_unix_path));
    CHECK(standard_hash(keyway::any_endpoint("/a"_unix_path)) == standard_hash(keyway::any_endpoint("/a"_unix_path)));
}

TEST_CASE("addresses, endpoints and errors are keys of unordered containers") {
    std::unordered_set<keyway::ip_address> addresses{"192.0.2.1"_ip, "::1"_ip, "192.0.2.1"_ip};
    CHECK(addresses.size() == 2);
    std::unordered_map<keyway::endpoint<keyway::ipv4>, int> ports{{"192.0.2.1:80"_ipv4_endpoint, 1}};
    CHECK(ports.at("192.0.2.1:80"_ipv4_endpoint) == 1);

    const keyway::error refused(ECONNREFUSED, keyway::operation::connect);
    const keyway::error by_send(ECONNREFUSED, keyway::operation::send);
    std::unordered_set<keyway::error> errors{refused, by_send, refused};
    CHECK(errors.size() == 2);
}

TEST_CASE("bytes of every length have a hash of their own") {
    const std::array<std::byte, 40> zeros{};
    std::set<std::uint64_t> hashes;
    for (std::size_t length = 0; length <= zeros.size(); ++length)
        hashes.insert(keyway::detail::hash_bytes(zeros.data(), length));
    CHECK(hashes.size() == zeros.size() + 1);

    for (std::size_t changed = 0; changed != zeros.size(); ++changed) {
        auto bytes = zeros;
        bytes[changed] = std::byte{1};
        hashes.insert(keyway::detail::hash_bytes(bytes.data(), bytes.size()));
    }
    CHECK(hashes.size() == 2 * zeros.size() + 1);
}
