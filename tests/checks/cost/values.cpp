// SPDX-License-Identifier: BSL-1.0
// Reading the texts of addresses beside inet_pton(3). Both sides store what they read.

#include "probe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>

namespace {

// Short, long, compressed, and with a dotted quad.
constexpr std::array texts_of_ipv4{"1.2.3.4", "192.0.2.1", "203.0.113.77", "255.255.255.255"};
constexpr std::array texts_of_ipv6{"::1", "2001:db8::1", "::ffff:192.0.2.1", "2001:db8:85a3:1:2:8a2e:370:7334"};

template <class Address>
using addresses = std::array<Address, 4>;

struct parsed {
    addresses<in_addr> c_ipv4;
    addresses<kw::ipv4_address> ipv4;
    addresses<in6_addr> c_ipv6;
    addresses<kw::ipv6_address> ipv6;
};

}  // namespace

MEASURED bool c_parse_ipv4(parsed& to) {
    for (std::size_t i = 0; i < to.c_ipv4.size(); ++i)
        if (::inet_pton(AF_INET, texts_of_ipv4[i], &to.c_ipv4[i]) != 1) return false;
    return true;
}
MEASURED bool kw_parse_ipv4(parsed& to) {
    for (std::size_t i = 0; i < to.ipv4.size(); ++i) {
        const auto address = kw::ipv4_address::parse(texts_of_ipv4[i]);
        if (!address) return false;
        to.ipv4[i] = *address;
    }
    return true;
}
MEASURED bool c_parse_ipv6(parsed& to) {
    for (std::size_t i = 0; i < to.c_ipv6.size(); ++i)
        if (::inet_pton(AF_INET6, texts_of_ipv6[i], &to.c_ipv6[i]) != 1) return false;
    return true;
}
MEASURED bool kw_parse_ipv6(parsed& to) {
    for (std::size_t i = 0; i < to.ipv6.size(); ++i) {
        const auto address = kw::ipv6_address::parse(texts_of_ipv6[i]);
        if (!address) return false;
        to.ipv6[i] = *address;
    }
    return true;
}

namespace {

template <auto Parse>
void parse(int rounds) {
    for (int i = 0; i < rounds; ++i) {
        parsed to{};
        require(Parse(to), "parse");
    }
}

constexpr operation operations[] = {
    {"c_parse_ipv4", parse<c_parse_ipv4>},
    {"kw_parse_ipv4", parse<kw_parse_ipv4>},
    {"c_parse_ipv6", parse<c_parse_ipv6>},
    {"kw_parse_ipv6", parse<kw_parse_ipv6>},
};

}  // namespace

int main(int count, char** arguments) { return run(operations, count, arguments); }
