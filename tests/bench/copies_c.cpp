// SPDX-License-Identifier: BSL-1.0
#include <poll.h>
#include <sys/sendfile.h>
#include <time.h>

#include <linux/errqueue.h>  // needs <time.h>

#include "copies.hpp"

namespace bench {
namespace {

struct file_sender {
    file_sender(int from, int to) : file(from), socket(to) {}

    void by_hand() {
        for (;;) {
            const auto got = uninterrupted([&] { return ::read(file, block.data(), block.size()); });
            if (check(got, "read") == 0) return;
            for (std::size_t done = 0, size = static_cast<std::size_t>(got); done < size;)
                done += static_cast<std::size_t>(
                    check(uninterrupted([&] { return ::send(socket, block.data() + done, size - done, MSG_NOSIGNAL); }),
                          "send"));
        }
    }
    void by_kernel() {
        while (check(uninterrupted([&] { return ::sendfile(socket, file, nullptr, file_size); }), "sendfile") > 0) {}
    }

    int file, socket;
    bytes block = bytes(block_size);
};

struct copier {
    copier(int in, int out) : from(in), to(out) {
        check(::pipe2(pipe, O_CLOEXEC), "pipe2");
        check(::fcntl(pipe[1], F_SETPIPE_SZ, 1 << 20), "F_SETPIPE_SZ");
    }
    ~copier() {
        ::close(pipe[0]);
        ::close(pipe[1]);
    }
    copier(copier&&) = delete;

    void by_hand() {
        for (std::size_t left = block_size; left > 0;) {
            const auto got = check(uninterrupted([&] { return ::recv(from, block.data(), left, 0); }), "recv");
            for (std::size_t done = 0, size = static_cast<std::size_t>(got); done < size;)
                done += static_cast<std::size_t>(check(
                    uninterrupted([&] { return ::send(to, block.data() + done, size - done, MSG_NOSIGNAL); }), "send"));
            left -= static_cast<std::size_t>(got);
        }
    }
    void by_pipe() {
        for (std::size_t left = block_size; left > 0;) {
            const auto got =
                check(uninterrupted([&] { return ::splice(from, nullptr, pipe[1], nullptr, left, SPLICE_F_MOVE); }),
                      "splice");
            for (std::size_t size = static_cast<std::size_t>(got); size > 0;)
                size -= static_cast<std::size_t>(
                    check(uninterrupted([&] { return ::splice(pipe[0], nullptr, to, nullptr, size, SPLICE_F_MOVE); }),
                          "splice"));
            left -= static_cast<std::size_t>(got);
        }
    }
    void copy() { by_hand(); }

    int from, to;
    int pipe[2];
    bytes block = bytes(block_size);
};

struct sender {
    explicit sender(int number) : socket(number) {}

    void send(std::span<const std::byte> data) const {
        while (!data.empty()) {
            const auto done = uninterrupted([&] { return ::send(socket, data.data(), data.size(), MSG_NOSIGNAL); });
            data = data.subspan(static_cast<std::size_t>(check(done, "send")));
        }
    }
    void finish() {}

    int socket;
};

struct zero_copy_sender {
    explicit zero_copy_sender(int number) : socket(number) {
        const int on = 1;
        check(::setsockopt(socket, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)), "SO_ZEROCOPY");
    }

    void send(std::span<const std::byte> data) {
        while (!data.empty()) {
            const auto done =
                uninterrupted([&] { return ::send(socket, data.data(), data.size(), MSG_NOSIGNAL | MSG_ZEROCOPY); });
            data = data.subspan(static_cast<std::size_t>(check(done, "send")));
            ++pending;
        }
    }
    /// Waits until the kernel has reported all sends.
    void finish() {
        while (pending > 0) {
            alignas(::cmsghdr) std::array<std::byte, 128> control;
            ::msghdr header{};
            header.msg_control = control.data();
            header.msg_controllen = control.size();
            if (::recvmsg(socket, &header, MSG_ERRQUEUE) < 0) {
                if (errno != EAGAIN) fail("recvmsg");
                ::pollfd one{socket, 0, 0};
                check(::poll(&one, 1, -1), "poll");
                continue;
            }
            ::sock_extended_err cause;
            std::memcpy(&cause, CMSG_DATA(CMSG_FIRSTHDR(&header)), sizeof(cause));
            pending -= cause.ee_data - cause.ee_info + 1;
        }
    }

    int socket;
    std::uint32_t pending = 0;
};

}  // namespace

void add_copies() { add_ways<file_sender, copier, sender, zero_copy_sender>(); }

}  // namespace bench
