// SPDX-License-Identifier: BSL-1.0
#include <keyway/transport.hpp>

#include <cstdio>

namespace kw = keyway;

int main() {
    const auto connection = kw::tcp::connect({kw::ipv4_address::loopback(), 7});
    if (!connection || !connection->send_all("hello\n")) return 1;
    char answer[512];
    const auto got = connection->recv(answer);
    if (!got) return 1;
    std::fwrite(got->data(), 1, got->size(), stdout);
}
