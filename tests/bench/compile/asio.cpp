// SPDX-License-Identifier: BSL-1.0
#include <asio.hpp>

#include <cstdio>

int main() {
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    asio::error_code error;
    socket.connect({asio::ip::address_v4::loopback(), 7}, error);
    if (error) return 1;
    asio::write(socket, asio::buffer("hello\n", 6), error);
    if (error) return 1;
    char answer[512];
    const auto size = socket.read_some(asio::buffer(answer), error);
    if (error) return 1;
    std::fwrite(answer, 1, size, stdout);
}
