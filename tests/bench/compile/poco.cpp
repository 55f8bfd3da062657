// SPDX-License-Identifier: BSL-1.0
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <cstdio>
#include <exception>

int main() try {
    Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", 7));
    if (socket.sendBytes("hello\n", 6) != 6) return 1;
    char answer[512];
    const int size = socket.receiveBytes(answer, sizeof(answer));
    std::fwrite(answer, 1, static_cast<std::size_t>(size), stdout);
} catch (const std::exception&) {
    return 1;
}
