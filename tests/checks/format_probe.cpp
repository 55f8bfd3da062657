// SPDX-License-Identifier: BSL-1.0
// std::formatter for every printable type, where the standard library has <format>.

#include <keyway/bridge/format.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace keyway::literals;

namespace {

int faults = 0;

void expect(const std::string& got, std::string_view wanted) {
    if (got == wanted) return;
    std::fprintf(stderr, "got '%s'\n", got.c_str());
    ++faults;
}

}  // namespace

int main() {
    static_assert(KEYWAY_HAS_STD_FORMAT == 1, "this probe is for a library with <format>");
    expect(std::format("{}", "192.0.2.1"_ipv4), "192.0.2.1");
    expect(std::format("{:>12}|", "::1"_ipv6), "         ::1|");
    expect(std::format("{:*<12}", "::1"_ip), "::1*********");
    expect(std::format("{}", "192.0.2.0/24"_ipv4_network), "192.0.2.0/24");
    expect(std::format("{}", "192.0.2.1:80"_ipv4_endpoint), "192.0.2.1:80");
    expect(std::format("{}", "[::1%2]:80"_ipv6_endpoint), "[::1%2]:80");
    expect(std::format("{}", "[::1]:80"_ip_endpoint), "[::1]:80");
    expect(std::format("{}", "/run/a"_unix_path), "/run/a");
    expect(std::format("{}", keyway::any_endpoint("/run/a"_unix_path)), "/run/a");
    expect(std::format("{}", keyway::error(EPIPE, keyway::operation::send)), "send: Broken pipe");
    expect(std::format("{}", keyway::transfer_error(keyway::error(EPIPE, keyway::operation::send), 3)),
           "send: Broken pipe");
    expect(std::format("{}", keyway::ipv4_address::parse("1.2.3").error()),
           "field 4, position 5: a dot and the next octet were expected");
    expect(std::format("{:>10}", "::1"_ipv6.text()), "       ::1");
    return faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
