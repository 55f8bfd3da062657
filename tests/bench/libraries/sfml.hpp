// SPDX-License-Identifier: BSL-1.0
// SFML has TCP and UDP over IPv4, and select(2).

#ifndef BENCH_LIBRARIES_SFML_HPP
#define BENCH_LIBRARIES_SFML_HPP

#include <sys/select.h>
#include <unistd.h>

#include <deque>
#include <memory>
#include <span>
#include <string>

#include <SFML/Network/IpAddress.hpp>
#include <SFML/Network/SocketSelector.hpp>
#include <SFML/Network/TcpListener.hpp>
#include <SFML/Network/TcpSocket.hpp>
#include <SFML/Network/UdpSocket.hpp>

#include "../common.hpp"

namespace bench {

struct sfml_library {
    /// A descriptor that is given to the library.
    struct adopted : sf::TcpSocket {
        explicit adopted(int descriptor) { create(descriptor); }
    };

    struct stream {
        bool send(std::span<const std::byte> data) {
            return socket->send(data.data(), data.size()) == sf::Socket::Done;
        }
        bool recv(std::span<std::byte> space) {
            while (!space.empty()) {
                std::size_t done = 0;
                if (socket->receive(space.data(), space.size(), done) != sf::Socket::Done) return false;
                space = space.subspan(done);
            }
            return true;
        }
        std::unique_ptr<sf::TcpSocket> socket = std::make_unique<sf::TcpSocket>();  // which does not move
    };

    struct listener {
        listener() {
            if (listening.listen(0, sf::IpAddress::LocalHost) != sf::Socket::Done) fail("listen");
            port = listening.getLocalPort();
        }
        stream accept() {
            stream made;
            if (listening.accept(*made.socket) != sf::Socket::Done) fail("accept");
            return made;
        }
        sf::TcpListener listening;
        std::uint16_t port = 0;
    };
    static stream connect(std::uint16_t port) {
        stream made;
        if (made.socket->connect(sf::IpAddress::LocalHost, port) != sf::Socket::Done) fail("connect");
        return made;
    }

    struct datagram_socket {
        datagram_socket() {
            if (socket.bind(sf::Socket::AnyPort, sf::IpAddress::LocalHost) != sf::Socket::Done) fail("bind");
        }
        bool send_to(std::span<const std::byte> data, datagram_socket& peer) {
            return socket.send(data.data(), data.size(), sf::IpAddress::LocalHost, peer.socket.getLocalPort()) ==
                   sf::Socket::Done;
        }
        std::size_t recv_from(std::span<std::byte> space) {
            sf::IpAddress sender;
            unsigned short port = 0;
            std::size_t size = 0;
            if (socket.receive(space.data(), space.size(), size, sender, port) != sf::Socket::Done) return 0;
            benchmark::DoNotOptimize(sender);
            return size;
        }
        sf::UdpSocket socket;
    };

    class poller {
    public:
        static constexpr int most_sockets = FD_SETSIZE / 2;  // a duplicate for each

        explicit poller(std::span<const int> sockets) {
            for (const int one : sockets) selector_.add(watched_.emplace_back(check(::dup(one), "dup")));
        }
        template <class Ready>
        void wait(Ready ready) {
            if (!selector_.wait()) return;
            for (std::size_t i = 0; i < watched_.size(); ++i)
                if (selector_.isReady(watched_[i])) ready(i);
        }

    private:
        std::deque<adopted> watched_;
        sf::SocketSelector selector_;
    };

    static sf::IpAddress v4(const std::array<unsigned char, 4>& octets) {
        return {octets[0], octets[1], octets[2], octets[3]};
    }
    static bool parse_v4(const char* text) {
        const sf::IpAddress address(text);
        benchmark::DoNotOptimize(address);
        return address != sf::IpAddress::None;
    }
    static void print(const sf::IpAddress& address) { benchmark::DoNotOptimize(address.toString()); }
};

}  // namespace bench

#endif
