// SPDX-License-Identifier: BSL-1.0
#include <chrono>

#include <keyway/file/copy.hpp>
#include <keyway/file/pipe.hpp>
#include <keyway/message/zero_copy.hpp>
#include <keyway/transport.hpp>

#include "copies.hpp"

namespace bench {
namespace {

namespace kw = keyway;
using connection_view = kw::tcp4::connection_view;

struct file_sender {
    file_sender(int from, int to)
        : file(must(kw::file<kw::access::read>::adopt(check(::dup(from), "dup")))),
          socket(connection_view::borrow(to)) {}

    void by_hand() {
        for (;;) {
            const auto got = must(file.read(block));
            if (got.empty()) return;
            must(socket.send_all(got));
        }
    }
    void by_kernel() { must(kw::copy(file, socket)); }

    kw::file<kw::access::read> file;
    connection_view socket;
    bytes block = bytes(block_size);
};

struct copier {
    copier(int in, int out) : from(connection_view::borrow(in)), to(connection_view::borrow(out)) {
        check(::fcntl(pipe.write_end.native_handle(), F_SETPIPE_SZ, 1 << 20), "F_SETPIPE_SZ");
    }

    void by_hand() {
        for (std::size_t left = block_size; left > 0;) {
            const auto got = must(from.recv(std::span(block).first(left)));
            must(to.send_all(got));
            left -= got.size();
        }
    }
    void by_pipe() {
        must(kw::copy(from, pipe.write_end, block_size));
        must(kw::copy(pipe.read_end, to, block_size));
    }
    void copy() { must(kw::copy(from, to, block_size)); }

    connection_view from, to;
    kw::pipe_ends pipe = must(kw::pipe());
    bytes block = bytes(block_size);
};

struct sender {
    explicit sender(int number) : socket(connection_view::borrow(number)) {}

    void send(std::span<const std::byte> data) { must(socket.send_all(data)); }
    void finish() {}

    connection_view socket;
};

struct zero_copy_sender {
    explicit zero_copy_sender(int number) : sender(must(open(connection_view::borrow(number)))) {}

    void send(std::span<const std::byte> data) {
        while (!data.empty()) data = data.subspan(must(sender.send(data)).size);
    }
    void finish() {
        while (sender.pending() > 0) must(sender.collect(std::chrono::seconds(10)));
    }

    static kw::result<kw::zero_copy_sender<connection_view>> open(const connection_view& socket) {
        return kw::zero_copy_sender<connection_view>::open(socket);
    }
    kw::zero_copy_sender<connection_view> sender;
};

}  // namespace

void add_copies() { add_ways<file_sender, copier, sender, zero_copy_sender>(); }

}  // namespace bench
