// SPDX-License-Identifier: BSL-1.0
#include <keyway/bridge/format.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <iomanip>
#include <sstream>
#include <string>
#include <unordered_map>
#include <unordered_set>

using namespace keyway::literals;

namespace {

template <class T>
std::string printed(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

template <class T>
std::size_t standard_hash(const T& value) {
    return std::hash<T>{}(value);
}

}  // namespace

TEST_CASE("every value prints as its text") {
    CHECK(printed("192.0.2.1"_ipv4) == "192.0.2.1");
    CHECK(printed("fe80::1%2"_ipv6) == "fe80::1%2");
    CHECK(printed("::1"_ip) == "::1");
    CHECK(printed("192.0.2.0/24"_ipv4_network) == "192.0.2.0/24");
    CHECK(printed("2001:db8::/32"_ipv6_network) == "2001:db8::/32");
    CHECK(printed("192.0.2.1:80"_ipv4_endpoint) == "192.0.2.1:80");
    CHECK(printed("[::1]:80"_ipv6_endpoint) == "[::1]:80");
    CHECK(printed("[::1]:80"_ip_endpoint) == "[::1]:80");
    CHECK(printed("/run/a.sock"_unix_path) == "/run/a.sock");
    CHECK(printed(keyway::any_endpoint("/run/a.sock"_unix_path)) == "/run/a.sock");
}

TEST_CASE("errors print as their message") {
    const keyway::error ended(keyway::errc::end_of_stream, keyway::operation::recv);
    CHECK(printed(ended) == "recv: the peer closed the stream before the end of the data");
    CHECK(printed(keyway::transfer_error(ended, 3)) == printed(ended));
    const keyway::error broken(keyway::errc::broken_pipe, keyway::operation::send);
    CHECK(printed(broken) == broken.message().c_str());
    CHECK(printed(keyway::ipv4_address::parse("1.2.3.256").error()) == "field 4, position 6: the octet is above 255");
}

TEST_CASE("width and fill of the stream apply") {
    std::ostringstream out;
    out << std::setw(12) << std::setfill('.') << "192.0.2.1"_ipv4 << '|';
    CHECK(out.str() == "...192.0.2.1|");
}

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
