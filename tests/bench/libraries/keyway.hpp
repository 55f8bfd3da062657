// SPDX-License-Identifier: BSL-1.0
#ifndef BENCH_LIBRARIES_KEYWAY_HPP
#define BENCH_LIBRARIES_KEYWAY_HPP

#include <chrono>
#include <span>
#include <thread>
#include <utility>

#include <keyway/event/poll.hpp>
#include <keyway/message/descriptors.hpp>
#include <keyway/server/serve.hpp>
#include <keyway/transport.hpp>

#include "../common.hpp"

namespace bench {

namespace kw = keyway;

struct keyway_library {
    template <class Transport>
    struct stream_of : Transport::connection {
        stream_of(typename Transport::connection&& made) : Transport::connection(std::move(made)) {}

        bool send(std::span<const std::byte> data) { return this->send_all(data).has_value(); }
        bool recv(std::span<std::byte> space) { return this->recv_exact(space).has_value(); }
        bool recv_spinning(std::span<std::byte> space) {
            using namespace std::chrono_literals;
            return this->recv_exact(space, kw::limit(10s).spin(5ms)).has_value();
        }
    };
    using stream = stream_of<kw::tcp4>;
    using unix_stream = stream_of<kw::unix_stream>;

    static kw::tcp4::endpoint loopback(std::uint16_t port) { return {kw::ipv4_address::loopback(), port}; }

    struct listener {
        stream accept() { return must(listening.accept()).connection; }

        kw::tcp4::listener listening = must(kw::tcp4::listen(loopback(0)));
        std::uint16_t port = must(listening.local_endpoint()).port();
    };
    static stream connect(std::uint16_t port) { return must(kw::tcp4::connect(loopback(port))); }
    static std::pair<unix_stream, unix_stream> unix_pair() {
        auto ends = must(kw::unix_stream::pair());
        return {std::move(ends[0]), std::move(ends[1])};
    }

    struct datagram_socket {
        bool send_to(std::span<const std::byte> data, datagram_socket& peer) {
            return socket.send_to(data, peer.endpoint).has_value();
        }
        std::size_t recv_from(std::span<std::byte> space) {
            const auto got = socket.recv_from(space);
            if (!got || got->truncated) return 0;
            benchmark::DoNotOptimize(got->sender);
            return got->data.size();
        }
        kw::udp4::socket socket = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}));
        kw::udp4::endpoint endpoint = must(socket.local_endpoint());
    };

    class poller {
    public:
        explicit poller(std::span<const int> sockets) : set_(must(kw::poll_set<std::size_t>::open())) {
            for (std::size_t i = 0; i < sockets.size(); ++i)
                must(set_.add(kw::handle_view::borrow(sockets[i]), kw::readable, i));
        }
        template <class Ready>
        void wait(Ready ready) {
            for (const auto& event : must(set_.wait())) ready(event.token);
        }

    private:
        kw::poll_set<std::size_t> set_;
    };

    class server {
    public:
        template <class Handler>
        explicit server(Handler handler) {
            thread_ = std::thread([this, handler] {
                const auto handle = [handler](const kw::tcp4::connection_view& client) {
                    served one{client};
                    handler(one);
                };
                static_cast<void>(kw::serve(listener_.listening, handle, {.until = stop_}));
            });
        }
        ~server() {
            must(stop_.cancel());
            thread_.join();
        }
        server(server&&) = delete;

        [[nodiscard]] std::uint16_t port() const { return listener_.port; }

    private:
        struct served {
            bool send(std::span<const std::byte> data) { return client.send_all(data).has_value(); }
            bool recv(std::span<std::byte> space) { return client.recv_exact(space).has_value(); }
            kw::tcp4::connection_view client;
        };

        listener listener_;
        kw::canceller stop_ = must(kw::canceller::open());
        std::thread thread_;
    };

    static bool parse_v4(const char* text) {
        const auto address = kw::ipv4_address::parse(text);
        benchmark::DoNotOptimize(address);
        return address.has_value();
    }
    static bool parse_v6(const char* text) {
        const auto address = kw::ipv6_address::parse(text);
        benchmark::DoNotOptimize(address);
        return address.has_value();
    }
    static kw::ipv4_address v4(const std::array<unsigned char, 4>& octets) {
        return kw::ipv4_address(std::as_bytes(std::span(octets)));
    }
    static kw::ipv6_address v6(const std::array<unsigned char, 16>& octets) {
        return kw::ipv6_address(std::as_bytes(std::span(octets)));
    }
    static void print(const auto& address) { benchmark::DoNotOptimize(address.text()); }

    static void pass(unix_stream& from, unix_stream& to, int passed) {
        std::array<std::byte, 1> one{};
        must(kw::send_descriptors(from, one, kw::handle_view::borrow(passed)));
        const auto got = must(kw::recv_descriptors<1>(to, one));
        if (got.rights.size != 1) fail("recv_descriptors");
    }
};

}  // namespace bench

#endif
