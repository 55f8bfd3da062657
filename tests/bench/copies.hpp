// SPDX-License-Identifier: BSL-1.0
// Many bytes: a file that is sent, a connection that is copied to another, and sends that the kernel does not copy.

#ifndef BENCH_COPIES_HPP
#define BENCH_COPIES_HPP

#include <fcntl.h>
#include <sys/mman.h>

#include <span>
#include <stdexcept>
#include <string>
#include <thread>

#include "libraries/c.hpp"

namespace bench {

constexpr std::size_t block_size = 65536;
constexpr std::size_t blocks = 16;
constexpr std::size_t file_size = block_size * blocks;

using ends = std::pair<c_library::stream, c_library::stream>;

/// Two ends whose buffers hold a block, so that one thread can write and then read it; their size is fixed, since the
/// kernel's own choice changes with time.
inline ends tcp_ends() {
    c_library::listener listener;
    auto first = c_library::connect(listener.port);
    ends both(std::move(first), listener.accept());
    const int size = 4 * block_size;
    for (const int one : {both.first.get(), both.second.get()})
        for (const int which : {SO_SNDBUF, SO_RCVBUF})
            check(::setsockopt(one, SOL_SOCKET, which, &size, sizeof(size)), "SO_SNDBUF, SO_RCVBUF");
    return both;
}

/// Two ends in network namespaces of their own, which the program enters, with a veth pair between them. What is
/// created later has no network: these cases are the last ones.
ends veth_ends();

inline descriptor file_of_zeros() {
    descriptor file(::memfd_create("bench", MFD_CLOEXEC));
    check(::ftruncate(file.get(), file_size), "ftruncate");
    return file;
}

/// Receives so many bytes, and answers with one, until the stream ends.
inline void receive(c_library::stream& stream, std::size_t each) {
    bytes block(block_size);
    for (;;) {
        for (std::size_t done = 0; done < each; done += block_size)
            if (!stream.recv(block)) return;
        if (!stream.send(std::span(block).first(1))) return;
    }
}

/// Measures `run`, which sends file_size bytes; another thread on this CPU receives them.
template <class Run>
void measure_sending(State& state, ends both, Run run) {
    std::thread peer([&] { receive(both.second, file_size); });
    bytes answer(1);
    for (auto _ : state) {
        run();
        if (both.first.recv(answer)) continue;
        state.SkipWithError("there was no answer");
        break;
    }
    ::shutdown(both.first.get(), SHUT_WR);
    peer.join();
    count_bytes(state, file_size);
}

/// `run` moves a block from the second end of one connection to the first end of another.
template <class Run>
void measure_copying(State& state, ends& in, ends& out, Run run) {
    bytes block(block_size);
    for (auto _ : state) {
        if (!in.first.send(block)) fail("send");
        run();
        if (!out.second.recv(block)) fail("recv");
    }
    count_bytes(state, block_size);
}

/// Registers the ways of a library, in the order and under the names of all libraries.
template <class FileSender, class Copier, class Sender, class ZeroCopySender>
void add_ways() {
    const auto file = [](const char* name, auto run) {
        add(std::string("File to TCP, 1 MiB: ") + name, [run](State& state) {
            const descriptor zeros = file_of_zeros();
            ends both = tcp_ends();
            FileSender sender(zeros.get(), both.first.get());
            measure_sending(state, std::move(both), [&] {
                check(::lseek(zeros.get(), 0, SEEK_SET), "lseek");
                run(sender);
            });
        });
    };
    file("read and send, 64 KiB", [](FileSender& sender) { sender.by_hand(); });
    file("sendfile", [](FileSender& sender) { sender.by_kernel(); });

    const auto copy = [](const char* name, auto run) {
        add(std::string("Copy from TCP to TCP, 64 KiB: ") + name, [run](State& state) {
            ends in = tcp_ends(), out = tcp_ends();
            Copier copier(in.second.get(), out.first.get());
            measure_copying(state, in, out, [&] { run(copier); });
        });
    };
    copy("receive and send", [](Copier& copier) { copier.by_hand(); });
    copy("splice through a pipe", [](Copier& copier) { copier.by_pipe(); });
    copy("copy(), in C receive and send", [](Copier& copier) { copier.copy(); });

    const auto send = [](const std::string& name, auto make_ends, auto make_sender, clock by) {
        add(
            name,
            [=](State& state) {
                try {
                    ends both = make_ends();
                    const bytes block(block_size);
                    auto sender = make_sender(both.first.get());
                    measure_sending(state, std::move(both), [&] {
                        for (std::size_t i = 0; i < blocks; ++i) sender.send(block);
                        sender.finish();
                    });
                } catch (const std::runtime_error& why) {
                    state.SkipWithError(why.what());
                }
            },
            by);
    };
    const auto plain = [](int socket) { return Sender(socket); };
    const auto zero_copy = [](int socket) { return ZeroCopySender(socket); };
    send("Zero-copy, TCP over loopback, 64 KiB: plain send", tcp_ends, plain, clock::cpu);
    send("Zero-copy, TCP over loopback, 64 KiB: MSG_ZEROCOPY", tcp_ends, zero_copy, clock::cpu);
    // A veth pair delivers in the kernel's own thread when there is much.
    send("Zero-copy, TCP over veth, 64 KiB: plain send", veth_ends, plain, clock::real);
    send("Zero-copy, TCP over veth, 64 KiB: MSG_ZEROCOPY", veth_ends, zero_copy, clock::real);
}

}  // namespace bench

#endif
