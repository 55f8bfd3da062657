// SPDX-License-Identifier: BSL-1.0
// A minimal TCP client, in careful C: sends one line and prints the answer. A signal fails no call.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>

int main() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (socket < 0) return 1;
    ::sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = ::htons(7);
    to.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    int done;
    do done = ::connect(socket, reinterpret_cast<const ::sockaddr*>(&to), sizeof(to));
    while (done < 0 && errno == EINTR);
    static const char line[] = "hello\n";
    const std::size_t length = sizeof(line) - 1;
    for (std::size_t sent = 0; done >= 0 && sent < length;) {
        const auto count = ::send(socket, line + sent, length - sent, MSG_NOSIGNAL);
        if (count >= 0) sent += static_cast<std::size_t>(count);
        else if (errno != EINTR) done = -1;
    }
    if (done >= 0) {
        char answer[512];
        ::ssize_t size;
        do size = ::recv(socket, answer, sizeof(answer), 0);
        while (size < 0 && errno == EINTR);
        if (size >= 0) std::fwrite(answer, 1, static_cast<std::size_t>(size), stdout);
        else done = -1;
    }
    ::close(socket);
    return done < 0 ? 1 : 0;
}
