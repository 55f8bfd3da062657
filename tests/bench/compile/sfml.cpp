// SPDX-License-Identifier: BSL-1.0
#include <SFML/Network/IpAddress.hpp>
#include <SFML/Network/TcpSocket.hpp>

#include <cstdio>

int main() {
    sf::TcpSocket socket;
    if (socket.connect(sf::IpAddress::LocalHost, 7) != sf::Socket::Done) return 1;
    if (socket.send("hello\n", 6) != sf::Socket::Done) return 1;
    char answer[512];
    std::size_t size = 0;
    if (socket.receive(answer, sizeof(answer), size) != sf::Socket::Done) return 1;
    std::fwrite(answer, 1, size, stdout);
}
