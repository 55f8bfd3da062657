// SPDX-License-Identifier: BSL-1.0
// The system calls themselves, as a careful program makes them: interrupted calls are repeated, truncation is noticed.

#ifndef BENCH_LIBRARIES_C_HPP
#define BENCH_LIBRARIES_C_HPP

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <span>
#include <thread>
#include <utility>

#include "../common.hpp"

namespace bench {

template <class Call>
auto uninterrupted(Call call) {
    for (;;) {
        const auto done = call();
        if (done >= 0 || errno != EINTR) return done;
    }
}

inline ::sockaddr* as_sockaddr(::sockaddr_in& address) { return reinterpret_cast<::sockaddr*>(&address); }

inline ::sockaddr_in loopback(std::uint16_t port) {
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = ::htons(port);
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    return address;
}

inline std::uint16_t port_of(int socket) {
    ::sockaddr_in address{};
    ::socklen_t size = sizeof(address);
    check(::getsockname(socket, as_sockaddr(address), &size), "getsockname");
    return ::ntohs(address.sin_port);
}

/// A descriptor that is closed at the end.
class descriptor {
public:
    explicit descriptor(int number) : number_(check(number, "open")) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&&) = delete;
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const { return number_; }

private:
    int number_;
};

struct c_library {
    struct stream : descriptor {
        using descriptor::descriptor;

        bool send(std::span<const std::byte> data) {
            while (!data.empty()) {
                const auto done = uninterrupted([&] { return ::send(get(), data.data(), data.size(), MSG_NOSIGNAL); });
                if (done < 0) return false;
                data = data.subspan(static_cast<std::size_t>(done));
            }
            return true;
        }
        bool recv(std::span<std::byte> space) {
            while (!space.empty()) {
                const auto done = uninterrupted([&] { return ::recv(get(), space.data(), space.size(), 0); });
                if (done <= 0) return false;
                space = space.subspan(static_cast<std::size_t>(done));
            }
            return true;
        }
        /// The same, but tries a number of times before it sleeps.
        bool recv_spinning(std::span<std::byte> space) {
            for (int i = 0; i < 20000 && !space.empty(); ++i) {
                const auto done =
                    uninterrupted([&] { return ::recv(get(), space.data(), space.size(), MSG_DONTWAIT); });
                if (done == 0 || (done < 0 && errno != EAGAIN)) return false;
                if (done > 0) space = space.subspan(static_cast<std::size_t>(done));
            }
            return recv(space);
        }
    };

    struct listener : descriptor {
        listener() : descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
            ::sockaddr_in at = loopback(0);
            check(::bind(get(), as_sockaddr(at), sizeof(at)), "bind");
            check(::listen(get(), SOMAXCONN), "listen");
            port = port_of(get());
        }
        stream accept() {
            ::sockaddr_in peer{};
            ::socklen_t size = sizeof(peer);
            return stream(uninterrupted([&] { return ::accept4(get(), as_sockaddr(peer), &size, SOCK_CLOEXEC); }));
        }
        std::uint16_t port = 0;
    };

    static stream connect(std::uint16_t port) {
        stream socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ::sockaddr_in to = loopback(port);
        check(::connect(socket.get(), as_sockaddr(to), sizeof(to)), "connect");
        return socket;
    }
    static std::pair<stream, stream> unix_pair() {
        int ends[2];
        check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
        return {stream(ends[0]), stream(ends[1])};
    }

    struct datagram_socket : descriptor {
        datagram_socket() : descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
            ::sockaddr_in at = loopback(0);
            check(::bind(get(), as_sockaddr(at), sizeof(at)), "bind");
            address = loopback(port_of(get()));
        }
        bool send_to(std::span<const std::byte> data, datagram_socket& peer) {
            return uninterrupted([&] {
                       return ::sendto(get(), data.data(), data.size(), MSG_NOSIGNAL, as_sockaddr(peer.address),
                                       sizeof(peer.address));
                   }) >= 0;
        }
        std::size_t recv_from(std::span<std::byte> space) {
            ::sockaddr_in sender;
            ::socklen_t size = sizeof(sender);
            const auto done = uninterrupted(
                [&] { return ::recvfrom(get(), space.data(), space.size(), MSG_TRUNC, as_sockaddr(sender), &size); });
            if (done < 0 || static_cast<std::size_t>(done) > space.size() || size != sizeof(sender)) return 0;
            benchmark::DoNotOptimize(sender);
            return static_cast<std::size_t>(done);
        }
        ::sockaddr_in address;
    };

    class poller {
    public:
        explicit poller(std::span<const int> sockets) : set_(::epoll_create1(EPOLL_CLOEXEC)) {
            for (std::size_t i = 0; i < sockets.size(); ++i) {
                ::epoll_event wanted{};
                wanted.events = EPOLLIN;
                wanted.data.u64 = i;
                check(::epoll_ctl(set_.get(), EPOLL_CTL_ADD, sockets[i], &wanted), "epoll_ctl");
            }
        }
        /// Calls `ready` with the index of each socket that has something to read.
        template <class Ready>
        void wait(Ready ready) {
            const int count = uninterrupted([&] { return ::epoll_wait(set_.get(), events_.data(), 64, -1); });
            for (int i = 0; i < count; ++i) ready(events_[static_cast<std::size_t>(i)].data.u64);
        }

    private:
        descriptor set_;
        std::array<::epoll_event, 64> events_;
    };

    /// A thread for each connection, with a small stack: large ones cost page faults, or 2 MiB pages, each time.
    class server {
    public:
        template <class Handler>
        explicit server(Handler handler) {
            check(-::pthread_attr_init(&attributes_), "pthread_attr_init");
            check(-::pthread_attr_setdetachstate(&attributes_, PTHREAD_CREATE_DETACHED), "pthread_attr_setdetachstate");
            check(-::pthread_attr_setstacksize(&attributes_, 262144), "pthread_attr_setstacksize");
            thread_ = std::thread([this, handler] {
                for (;;) {
                    const int next =
                        uninterrupted([&] { return ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC); });
                    if (next < 0) return;  // shut down
                    ++running_;
                    ::pthread_t thread;
                    auto* one = new client<Handler>{stream(next), handler, running_};
                    check(-::pthread_create(&thread, &attributes_, &client<Handler>::run, one), "pthread_create");
                }
            });
        }
        ~server() {
            ::shutdown(listener_.get(), SHUT_RD);
            thread_.join();
            while (running_ != 0) std::this_thread::yield();
            ::pthread_attr_destroy(&attributes_);
        }
        server(server&&) = delete;

        [[nodiscard]] std::uint16_t port() const { return listener_.port; }

    private:
        template <class Handler>
        struct client {
            static void* run(void* argument) {
                auto* self = static_cast<client*>(argument);
                std::atomic<int>& running = self->running;
                self->handler(self->connection);
                delete self;
                --running;
                return nullptr;
            }
            stream connection;
            Handler handler;
            std::atomic<int>& running;
        };

        listener listener_;
        ::pthread_attr_t attributes_;
        std::atomic<int> running_ = 0;
        std::thread thread_;
    };

    static bool parse_v4(const char* text) {
        ::in_addr address;
        const bool parsed = ::inet_pton(AF_INET, text, &address) == 1;
        benchmark::DoNotOptimize(address);
        return parsed;
    }
    static bool parse_v6(const char* text) {
        ::in6_addr address;
        const bool parsed = ::inet_pton(AF_INET6, text, &address) == 1;
        benchmark::DoNotOptimize(address);
        return parsed;
    }
    static ::in_addr v4(const std::array<unsigned char, 4>& octets) {
        ::in_addr address;
        std::memcpy(&address, octets.data(), octets.size());
        return address;
    }
    static ::in6_addr v6(const std::array<unsigned char, 16>& octets) {
        ::in6_addr address;
        std::memcpy(&address, octets.data(), octets.size());
        return address;
    }
    static void print(const ::in_addr& address) {
        std::array<char, INET_ADDRSTRLEN> text;
        benchmark::DoNotOptimize(::inet_ntop(AF_INET, &address, text.data(), text.size()));
        benchmark::DoNotOptimize(text);
    }
    static void print(const ::in6_addr& address) {
        std::array<char, INET6_ADDRSTRLEN> text;
        benchmark::DoNotOptimize(::inet_ntop(AF_INET6, &address, text.data(), text.size()));
        benchmark::DoNotOptimize(text);
    }

    static void pass(stream& from, stream& to, int passed) {
        std::byte one{};
        ::iovec piece{&one, 1};
        alignas(::cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control{};
        ::msghdr header{};
        header.msg_iov = &piece;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
        ::cmsghdr* item = CMSG_FIRSTHDR(&header);
        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(item), &passed, sizeof(int));
        check(uninterrupted([&] { return ::sendmsg(from.get(), &header, MSG_NOSIGNAL); }), "sendmsg");

        header.msg_controllen = control.size();
        check(uninterrupted([&] { return ::recvmsg(to.get(), &header, MSG_CMSG_CLOEXEC); }), "recvmsg");
        item = CMSG_FIRSTHDR(&header);
        if (item == nullptr || item->cmsg_type != SCM_RIGHTS || (header.msg_flags & MSG_CTRUNC) != 0)
            fail("SCM_RIGHTS");
        int arrived = -1;
        std::memcpy(&arrived, CMSG_DATA(item), sizeof(int));
        const descriptor owned(arrived);
    }
};

}  // namespace bench

#endif
