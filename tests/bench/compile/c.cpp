// SPDX-License-Identifier: BSL-1.0
// A minimal TCP client: sends one line and prints the answer.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

int main() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    ::sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = ::htons(7);
    to.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    if (socket < 0 || ::connect(socket, reinterpret_cast<const ::sockaddr*>(&to), sizeof(to)) < 0) return 1;
    if (::send(socket, "hello\n", 6, MSG_NOSIGNAL) != 6) return 1;
    char answer[512];
    const auto size = ::recv(socket, answer, sizeof(answer), 0);
    if (size < 0) return 1;
    std::fwrite(answer, 1, static_cast<std::size_t>(size), stdout);
    ::close(socket);
}
