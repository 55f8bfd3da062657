// SPDX-License-Identifier: BSL-1.0
// libuv has no blocking calls, so that only its loop and its addresses are compared.

#ifndef BENCH_LIBRARIES_UV_HPP
#define BENCH_LIBRARIES_UV_HPP

#include <uv.h>

#include <cstring>
#include <deque>
#include <functional>
#include <span>

#include "../common.hpp"

namespace bench {

struct uv_library {
    class poller {
    public:
        explicit poller(std::span<const int> sockets) {
            uv_loop_init(&loop_);
            for (std::size_t i = 0; i < sockets.size(); ++i) {
                watch& one = watched_.emplace_back();
                one.index = i;
                one.ready = &ready_;
                uv_poll_init(&loop_, &one.handle, sockets[i]);
                one.handle.data = &one;
                uv_poll_start(&one.handle, UV_READABLE, [](uv_poll_t* handle, int status, int) {
                    const auto* self = static_cast<watch*>(handle->data);
                    if (status == 0) (*self->ready)(self->index);
                });
            }
            uv_run(&loop_, UV_RUN_NOWAIT);  // which makes the calls of epoll_ctl(2)
        }
        ~poller() {
            for (watch& one : watched_) uv_close(reinterpret_cast<uv_handle_t*>(&one.handle), nullptr);
            uv_run(&loop_, UV_RUN_DEFAULT);
            uv_loop_close(&loop_);
        }
        poller(poller&&) = delete;

        template <class Ready>
        void wait(Ready ready) {
            ready_ = std::ref(ready);
            uv_run(&loop_, UV_RUN_ONCE);
        }

    private:
        struct watch {
            uv_poll_t handle;
            std::size_t index;
            std::function<void(std::size_t)>* ready;
        };
        uv_loop_t loop_;
        std::deque<watch> watched_;
        std::function<void(std::size_t)> ready_;
    };

    static bool parse_v4(const char* text) {
        ::in_addr address;
        const bool parsed = uv_inet_pton(AF_INET, text, &address) == 0;
        benchmark::DoNotOptimize(address);
        return parsed;
    }
    static bool parse_v6(const char* text) {
        ::in6_addr address;
        const bool parsed = uv_inet_pton(AF_INET6, text, &address) == 0;
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
        benchmark::DoNotOptimize(uv_inet_ntop(AF_INET, &address, text.data(), text.size()));
        benchmark::DoNotOptimize(text);
    }
    static void print(const ::in6_addr& address) {
        std::array<char, INET6_ADDRSTRLEN> text;
        benchmark::DoNotOptimize(uv_inet_ntop(AF_INET6, &address, text.data(), text.size()));
        benchmark::DoNotOptimize(text);
    }
};

}  // namespace bench

#endif
