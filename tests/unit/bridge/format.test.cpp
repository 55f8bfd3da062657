// SPDX-License-Identifier: BSL-1.0
#include <keyway/bridge/format.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <iomanip>
#include <sstream>
#include <string>

using namespace keyway::literals;

namespace {

template <class T>
std::string printed(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
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
