// SPDX-License-Identifier: BSL-1.0
#ifndef BENCH_LIBRARIES_POCO_HPP
#define BENCH_LIBRARIES_POCO_HPP

#include <netinet/in.h>
#include <sys/socket.h>

#include <exception>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <Poco/Net/DatagramSocket.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/PollSet.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnection.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/ThreadPool.h>

#include "../common.hpp"

namespace bench {

struct poco_library {
    /// A descriptor that is given to the library, or lent to it.
    struct adopted : Poco::Net::StreamSocket {
        explicit adopted(Poco::Net::SocketImpl* one) : StreamSocket(one) {}
        explicit adopted(int descriptor) : adopted(new Poco::Net::StreamSocketImpl(descriptor)) {}
    };
    struct lent : Poco::Net::StreamSocketImpl {
        using StreamSocketImpl::StreamSocketImpl;
        ~lent() override { reset(); }
    };

    struct stream {
        bool send(std::span<const std::byte> data) {
            try {
                while (!data.empty()) {
                    const int done = socket->sendBytes(data.data(), static_cast<int>(data.size()));
                    data = data.subspan(static_cast<std::size_t>(done));
                }
                return true;
            } catch (const std::exception&) {
                return false;
            }
        }
        bool recv(std::span<std::byte> space) {
            try {
                while (!space.empty()) {
                    const int done = socket->receiveBytes(space.data(), static_cast<int>(space.size()));
                    if (done <= 0) return false;
                    space = space.subspan(static_cast<std::size_t>(done));
                }
                return true;
            } catch (const std::exception&) {
                return false;
            }
        }
        explicit stream(const Poco::Net::StreamSocket& made)
            : socket(std::make_unique<Poco::Net::StreamSocket>(made)) {}
        std::unique_ptr<Poco::Net::StreamSocket> socket;  // which does not move: copies share the connection
    };

    struct listener {
        stream accept() { return stream(listening.acceptConnection()); }

        Poco::Net::ServerSocket listening{Poco::Net::SocketAddress("127.0.0.1", 0)};
        std::uint16_t port = listening.address().port();
    };
    static stream connect(std::uint16_t port) {
        return stream(Poco::Net::StreamSocket(Poco::Net::SocketAddress("127.0.0.1", port)));
    }
    static std::pair<stream, stream> unix_pair() {  // the library has none
        int ends[2];
        check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
        return {stream(adopted(ends[0])), stream(adopted(ends[1]))};
    }

    struct datagram_socket {
        bool send_to(std::span<const std::byte> data, datagram_socket& peer) {
            return socket.sendTo(data.data(), static_cast<int>(data.size()), peer.address) >= 0;
        }
        std::size_t recv_from(std::span<std::byte> space) {
            Poco::Net::SocketAddress sender;
            const int size = socket.receiveFrom(space.data(), static_cast<int>(space.size()), sender);
            benchmark::DoNotOptimize(sender);
            return size < 0 ? 0 : static_cast<std::size_t>(size);
        }
        Poco::Net::DatagramSocket socket{Poco::Net::SocketAddress("127.0.0.1", 0)};
        Poco::Net::SocketAddress address = socket.address();
    };

    class poller {
    public:
        explicit poller(std::span<const int> sockets) {
            for (std::size_t i = 0; i < sockets.size(); ++i) {
                const auto one = static_cast<std::size_t>(sockets[i]);
                if (index_.size() <= one) index_.resize(one + 1);
                index_[one] = i;
                set_.add(adopted(new lent(sockets[i])), Poco::Net::PollSet::POLL_READ);
            }
        }
        template <class Ready>
        void wait(Ready ready) {
            for (const auto& [socket, mode] : set_.poll(Poco::Timespan(10, 0)))
                ready(index_[static_cast<std::size_t>(socket.impl()->sockfd())]);
        }

    private:
        Poco::Net::PollSet set_;
        std::vector<std::size_t> index_;
    };

    template <class Handler>
    class connection : public Poco::Net::TCPServerConnection {
    public:
        connection(const Poco::Net::StreamSocket& client, Handler handler)
            : TCPServerConnection(client), handler_(handler) {}
        void run() override {
            stream client(socket());
            handler_(client);
        }

    private:
        Handler handler_;
    };
    template <class Handler>
    class factory : public Poco::Net::TCPServerConnectionFactory {
    public:
        explicit factory(Handler handler) : handler_(handler) {}
        Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& client) override {
            return new connection<Handler>(client, handler_);
        }

    private:
        Handler handler_;
    };
    class server {
    public:
        template <class Handler>
        explicit server(Handler handler)
            : server_(new factory<Handler>(handler), pool_,
                      Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0)),
                      new Poco::Net::TCPServerParams) {
            server_.start();
        }
        ~server() { server_.stop(); }
        server(server&&) = delete;

        [[nodiscard]] std::uint16_t port() const { return server_.port(); }

    private:
        Poco::ThreadPool pool_{2, 64};
        Poco::Net::TCPServer server_;
    };

    static bool parse(const char* text, Poco::Net::IPAddress::Family family) {
        Poco::Net::IPAddress address;
        const bool parsed = Poco::Net::IPAddress::tryParse(text, address) && address.family() == family;
        benchmark::DoNotOptimize(address);
        return parsed;
    }
    static bool parse_v4(const char* text) { return parse(text, Poco::Net::IPAddress::IPv4); }
    static bool parse_v6(const char* text) { return parse(text, Poco::Net::IPAddress::IPv6); }
    static Poco::Net::IPAddress v4(const std::array<unsigned char, 4>& octets) { return {octets.data(), 4}; }
    static Poco::Net::IPAddress v6(const std::array<unsigned char, 16>& octets) { return {octets.data(), 16}; }
    static void print(const Poco::Net::IPAddress& address) { benchmark::DoNotOptimize(address.toString()); }
};

}  // namespace bench

#endif
