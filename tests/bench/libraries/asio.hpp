// SPDX-License-Identifier: BSL-1.0
// Asio by its blocking calls; and Boost.Asio, which is the same under another name, with BENCH_BOOST.

#ifndef BENCH_LIBRARIES_ASIO_HPP
#define BENCH_LIBRARIES_ASIO_HPP

#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#ifdef BENCH_BOOST
#include <boost/asio.hpp>
#else
#include <asio.hpp>
#endif

#include "../common.hpp"

namespace bench {

#ifdef BENCH_BOOST
namespace asio = boost::asio;
using error_code = boost::system::error_code;
#else
using error_code = asio::error_code;
#endif

struct asio_library {
    using tcp = asio::ip::tcp;
    using udp = asio::ip::udp;
    using local = asio::local::stream_protocol;

    static asio::io_context& context() {
        static asio::io_context one(1);
        return one;
    }

    template <class Protocol>
    struct stream_of {
        bool send(std::span<const std::byte> data) {
            error_code error;
            asio::write(socket, asio::buffer(data.data(), data.size()), error);
            return !error;
        }
        bool recv(std::span<std::byte> space) {
            error_code error;
            asio::read(socket, asio::buffer(space.data(), space.size()), error);
            return !error;
        }
        typename Protocol::socket socket{context()};
    };
    using stream = stream_of<tcp>;

    struct listener {
        stream accept() { return {acceptor.accept()}; }

        tcp::acceptor acceptor{context(), tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
        std::uint16_t port = acceptor.local_endpoint().port();
    };
    static stream connect(std::uint16_t port) {
        stream made;
        made.socket.connect({asio::ip::address_v4::loopback(), port});
        return made;
    }
    static std::pair<stream_of<local>, stream_of<local>> unix_pair() {
        std::pair<stream_of<local>, stream_of<local>> ends;
        asio::local::connect_pair(ends.first.socket, ends.second.socket);
        return ends;
    }

    struct datagram_socket {
        bool send_to(std::span<const std::byte> data, datagram_socket& peer) {
            error_code error;
            socket.send_to(asio::buffer(data.data(), data.size()), peer.endpoint, 0, error);
            return !error;
        }
        std::size_t recv_from(std::span<std::byte> space) {
            udp::endpoint sender;
            error_code error;
            const auto size = socket.receive_from(asio::buffer(space.data(), space.size()), sender, 0, error);
            benchmark::DoNotOptimize(sender);
            return error ? 0 : size;
        }
        udp::socket socket{context(), udp::endpoint(asio::ip::address_v4::loopback(), 0)};
        udp::endpoint endpoint = socket.local_endpoint();
    };

    class poller {
    public:
        explicit poller(std::span<const int> sockets) {
            for (const int one : sockets) {
                watched_.emplace_back(context_, one);
                arm(watched_.size() - 1);
            }
        }
        ~poller() {
            for (auto& one : watched_) one.release();  // the descriptors stay open
        }
        poller(poller&&) = delete;

        template <class Ready>
        void wait(Ready ready) {
            ready_.clear();
            context_.run_one();
            context_.poll();
            for (const std::size_t i : ready_) {
                ready(i);
                arm(i);
            }
        }

    private:
        void arm(std::size_t i) {
            watched_[i].async_wait(asio::posix::descriptor_base::wait_read, [this, i](const error_code& error) {
                if (!error) ready_.push_back(i);
            });
        }
        asio::io_context context_{1};
        std::vector<asio::posix::stream_descriptor> watched_;
        std::vector<std::size_t> ready_;
    };

    /// A thread that accepts, and a pool of threads.
    class server {
    public:
        template <class Handler>
        explicit server(Handler handler) {
            thread_ = std::thread([this, handler] {
                for (;;) {
                    error_code error;
                    tcp::socket next = listener_.acceptor.accept(error);
                    if (error) return;  // shut down
                    asio::post(pool_, [handler, client = stream{std::move(next)}]() mutable { handler(client); });
                }
            });
        }
        ~server() {
            ::shutdown(listener_.acceptor.native_handle(), SHUT_RD);
            thread_.join();
            pool_.join();
        }
        server(server&&) = delete;

        [[nodiscard]] std::uint16_t port() const { return listener_.port; }

    private:
        listener listener_;
        asio::thread_pool pool_{64};
        std::thread thread_;
    };

    static bool parse_v4(const char* text) {
        error_code error;
        benchmark::DoNotOptimize(asio::ip::make_address_v4(text, error));
        return !error;
    }
    static bool parse_v6(const char* text) {
        error_code error;
        benchmark::DoNotOptimize(asio::ip::make_address_v6(text, error));
        return !error;
    }
    static asio::ip::address_v4 v4(const std::array<unsigned char, 4>& octets) { return asio::ip::address_v4(octets); }
    static asio::ip::address_v6 v6(const std::array<unsigned char, 16>& octets) { return asio::ip::address_v6(octets); }
    static void print(const auto& address) { benchmark::DoNotOptimize(address.to_string()); }
};

}  // namespace bench

#endif
