// SPDX-License-Identifier: BSL-1.0
// Copies that the kernel refuses, cuts or interrupts: no byte is lost, doubled or out of place, and every count is exact.

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/file/copy.hpp>
#include <keyway/file/pipe.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/net.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using bytes = std::vector<std::byte>;
using fault::call;
using kw::access;
using kw::everything;

using reader = kw::file<access::read>;
using writer = kw::file<access::write>;
using both = kw::file<access::read_write>;

/// A file, pipe and connection that hold the same bytes, and one of each to copy them to.
class ends {
public:
    explicit ends(std::size_t size) : data(net::random_bytes(size, size)) {
        file.write_all(data).value();
        file.seek(0).value();
        ::fcntl(pipe.write_end.native_handle(), F_SETPIPE_SZ, 1024 * 1024);
        ::fcntl(to_pipe.write_end.native_handle(), F_SETPIPE_SZ, 1024 * 1024);
        pipe.write_end.write_all(data).value();
        pipe.write_end.close().value();
        // For what is sent while nobody reads.
        for (const auto* pair : {&connection, &to_connection})
            for (const auto& end : *pair) end.set(kw::option::send_buffer{212'992}).value();
        connection[1].send_all(data).value();
        connection[1].shutdown_send().value();
    }

    [[nodiscard]] bool arrived_in_file(std::size_t size) const {
        bytes got(size);
        return to_file.size().value() == size && to_file.seek(0) && to_file.read_exact(got) && is_begin_of_data(got);
    }
    [[nodiscard]] bool arrived_in_pipe(std::size_t size) const {
        bytes got(size);
        return to_pipe.read_end.read_exact(got) && is_begin_of_data(got);
    }
    [[nodiscard]] bool arrived_at_peer(std::size_t size) const {
        bytes got(size);
        return to_connection[1].recv_exact(got) && is_begin_of_data(got);
    }
    [[nodiscard]] bool is_begin_of_data(std::span<const std::byte> got) const {
        return std::equal(got.begin(), got.end(), data.begin());
    }
    [[nodiscard]] std::uint64_t position() const { return file.seek(0, kw::seek_from::current).value(); }

    bytes data;

private:
    net::temp_directory directory_;

public:
    both file = both::open(directory_.path("from"), {.create = true}).value();
    both to_file = both::open(directory_.path("to"), {.create = true}).value();
    kw::pipe_ends pipe = kw::pipe().value();
    kw::pipe_ends to_pipe = kw::pipe().value();
    std::array<kw::unix_stream::connection, 2> connection = net::connected_pair<kw::unix_stream>();
    std::array<kw::unix_stream::connection, 2> to_connection = net::connected_pair<kw::unix_stream>();
};

constexpr std::size_t whole = 70'000;

/// Every pair of ends, each with the call that copies it and with the faults of one plan.
template <class... How>
void check_every_pair(std::size_t size, const fault::plan& faults, const How&... how) {
    const auto pair = [&](auto copy) {
        const ends all(size);
        kw::copy_result done;
        {
            const fault::scope failing(faults);
            done = copy(all);
        }
        REQUIRE(done.has_value());
        CHECK(*done == size);
        return all.position();
    };
    const auto to_each = [&](auto from) {
        pair([&](const ends& all) {
            const auto done = kw::copy(from(all), all.to_file, everything, how...);
            CHECK(all.arrived_in_file(size));
            return done;
        });
        pair([&](const ends& all) {
            const auto done = kw::copy(from(all), all.to_pipe.write_end, everything, how...);
            CHECK(all.arrived_in_pipe(size));
            return done;
        });
        pair([&](const ends& all) {
            const auto done = kw::copy(from(all), all.to_connection[0], everything, how...);
            CHECK(all.arrived_at_peer(size));
            return done;
        });
    };
    to_each([](const ends& all) { return kw::file_view<access::read_write>(all.file); });
    to_each([](const ends& all) { return kw::file_view<access::read>(all.pipe.read_end); });
    to_each([](const ends& all) { return kw::unix_stream::connection_view(all.connection[0]); });
}

}  // namespace

TEST_CASE("file transfer: a kernel that does not copy is made up for by reading and writing") {
    const net::watchdog watch;
    for (const int refusal : {ENOSYS, EINVAL, EOPNOTSUPP, EXDEV, EPERM}) {
        CAPTURE(refusal);
        fault::plan none;
        for (const call which : {call::sendfile, call::splice, call::copy_file_range})
            none.fail(which, 1, refusal, fault::timing::instead, 1000);
        check_every_pair(whole, none);
        check_every_pair(whole, none, 30s);
        // One that stops to do so in the middle.
        fault::plan no_more;
        for (const call which : {call::sendfile, call::splice, call::copy_file_range})
            no_more.clamp(which, 10'000).fail(which, 3, refusal, fault::timing::instead, 1000);
        check_every_pair(whole, no_more);
        check_every_pair(whole, no_more, 30s);
    }
}

TEST_CASE("file transfer: short and interrupted calls are continued") {
    const net::watchdog watch;
    for (const std::size_t most : {std::size_t{1000}, std::size_t{4097}, std::size_t{65'536}}) {
        CAPTURE(most);
        // Each piece takes as much space in the kernel as a page or two, and nobody reads meanwhile.
        const std::size_t pieces = std::min(whole, 12 * most);
        fault::plan cut;
        cut.clamp_transfers(most);
        for (const call which : {call::read, call::write, call::sendfile, call::splice, call::copy_file_range})
            cut.clamp(which, most).fail_every(which, 2, EINTR);
        cut.fail_every(call::send, 2, EINTR)
            .fail_every(call::recv, 2, EINTR)
            .fail_every(call::poll, 2, EINTR)
            .fail_every(call::ppoll, 2, EINTR);
        check_every_pair(pieces, cut);
        check_every_pair(pieces, cut, 30s);
        fault::plan cut_by_hand;
        cut_by_hand.clamp_transfers(most);
        for (const call which : {call::sendfile, call::splice, call::copy_file_range})
            cut_by_hand.fail(which, 1, ENOSYS, fault::timing::instead, 100'000);
        for (const call which : {call::read, call::write, call::send, call::recv})
            cut_by_hand.clamp(which, most).fail_every(which, 3, EINTR);
        check_every_pair(pieces, cut_by_hand);
        check_every_pair(pieces, cut_by_hand, 30s);
    }
}

TEST_CASE("file transfer: an error in the middle has exact counts, and the copy can be made again for the rest") {
    const net::watchdog watch;
    constexpr std::size_t piece = 10'000;
    const auto check = [&](call which, int code, kw::operation op, auto source, auto destination, auto has_arrived,
                           std::size_t lost = 0) {
        CAPTURE(fault::name_of(which));
        CAPTURE(code);
        const ends all(whole);
        kw::copy_result cut;
        std::uint64_t told = 0;
        {
            fault::plan faults;
            faults.clamp(which, piece).fail(which, 4, code);
            for (const call refused : {call::sendfile, call::splice, call::copy_file_range})
                if (refused != which) faults.fail(refused, 1, ENOSYS, fault::timing::instead, 1000);
            const fault::scope failing(faults);
            cut = kw::copy(source(all), destination(all), everything, {}, [&](std::uint64_t so_far) { told = so_far; });
        }
        REQUIRE_FALSE(cut);
        CHECK(cut.error().code() == code);
        CHECK(cut.error().operation() == op);
        CHECK(cut.error().transferred == 3 * piece);
        CHECK(told == 3 * piece);
        CHECK(cut.error().lost == lost);
        if (lost > 0) return;
        CHECK(kw::copy(source(all), destination(all)).value() == whole - 3 * piece);
        CHECK(has_arrived(all));
    };
    const auto file = [](const ends& all) { return kw::file_view<access::read_write>(all.file); };
    const auto pipe = [](const ends& all) { return kw::file_view<access::read>(all.pipe.read_end); };
    const auto connection = [](const ends& all) { return kw::unix_stream::connection_view(all.connection[0]); };
    const auto to_file = [](const ends& all) { return kw::file_view<access::read_write>(all.to_file); };
    const auto to_pipe = [](const ends& all) { return kw::file_view<access::write>(all.to_pipe.write_end); };
    const auto to_peer = [](const ends& all) { return kw::unix_stream::connection_view(all.to_connection[0]); };
    const auto in_file = [](const ends& all) { return all.arrived_in_file(whole); };
    const auto in_pipe = [](const ends& all) { return all.arrived_in_pipe(whole); };
    const auto at_peer = [](const ends& all) { return all.arrived_at_peer(whole); };
    using kw::operation;

    check(call::sendfile, ECONNRESET, operation::send, file, to_peer, at_peer);
    check(call::sendfile, EPIPE, operation::send, file, to_peer, at_peer);
    check(call::splice, ENOSPC, operation::write, pipe, to_file, in_file);
    check(call::splice, EPIPE, operation::write, pipe, to_pipe, in_pipe);
    check(call::splice, ECONNRESET, operation::send, pipe, to_peer, at_peer);
    check(call::splice, ECONNRESET, operation::recv, connection, to_pipe, in_pipe);
    check(call::splice, EPIPE, operation::write, connection, to_pipe, in_pipe);
    check(call::splice, ENOMEM, operation::write, file, to_pipe, in_pipe);
    // By hand.
    check(call::read, EIO, operation::read, file, to_file, in_file);
    check(call::read, EIO, operation::read, pipe, to_peer, at_peer);
    check(call::write, ENOSPC, operation::write, file, to_file, in_file);
    check(call::write, ENOSPC, operation::write, connection, to_file, in_file);
    check(call::write, EIO, operation::write, connection, to_pipe, in_pipe);
    check(call::send, ENOBUFS, operation::send, file, to_peer, at_peer);
    check(call::send, ENOBUFS, operation::send, connection, to_peer, at_peer);
    // What was read from a pipe cannot be put back.
    check(call::write, ENOSPC, operation::write, pipe, to_file, in_file, 65'536 - 3 * piece);
    check(call::send, ENOBUFS, operation::send, pipe, to_peer, at_peer, 65'536 - 3 * piece);
}

TEST_CASE("file transfer: bytes that the kernel cannot read are a failure of the reader") {
    const net::watchdog watch;
    const ends all(whole);
    for (const call which : {call::sendfile, call::splice, call::copy_file_range}) {
        fault::plan bad;
        bad.fail(which, 1, EIO).fail(call::read, 1, EIO);
        const fault::scope failing(bad);
        const auto failed = which == call::sendfile ? kw::copy(all.file, all.to_connection[0])
                            : which == call::splice ? kw::copy(all.file, all.to_pipe.write_end)
                                                    : kw::copy(all.file, all.to_file);
        REQUIRE_FALSE(failed);
        CHECK(failed.error() == kw::errc::io_error);
        CHECK(failed.error().operation() == kw::operation::read);
        CHECK(all.position() == 0);
    }
}

TEST_CASE("file transfer: the calls are as many as the documentation says") {
    const net::watchdog watch;
    constexpr std::uint64_t mebibytes = 4;
    const net::temp_directory directory;
    const both large = both::open(directory.path("large"), {.create = true}).value();
    REQUIRE(large.write_at("x", mebibytes * 1024 * 1024 - 1));
    const both copy = both::open(directory.path("copy"), {.create = true}).value();
    {
        const fault::scope counting;
        CHECK(kw::copy(large, copy).value() == mebibytes * 1024 * 1024);
        CHECK(fault::count(call::copy_file_range) == mebibytes + 1);
        CHECK(fault::count(call::read) == 1);
        CHECK(fault::count(call::write) == 0);
    }
    REQUIRE(large.seek(0));
    {
        auto peers = net::connected_pair<kw::tcp>();
        std::thread reading([&] {
            bytes room(1024 * 1024);
            while (peers[1].recv(room).value().size() > 0) {}
        });
        unsigned sendfiles = 0;
        unsigned reads = 0;
        {
            const fault::scope counting;
            CHECK(kw::copy(large, peers[0]).value() == mebibytes * 1024 * 1024);
            sendfiles = fault::count(call::sendfile);
            reads = fault::count(call::read);
            CHECK(fault::count(call::send) == 0);
            CHECK(peers[0].shutdown_send());
            reading.join();
        }
        CHECK(sendfiles == mebibytes + 1);
        CHECK(reads == 1);
    }
    {
        // A connection is looked into, written from and emptied.
        const ends all(whole);
        const fault::scope counting;
        CHECK(kw::copy(all.connection[0], all.to_connection[0]).value() == whole);
        CHECK(fault::count(call::recv) == 2 * 2 + 1);
        CHECK(fault::count(call::send) == 2);
        CHECK(fault::count(call::poll) == 0);
    }
    {
        const ends all(whole);
        const fault::scope counting;
        CHECK(kw::copy(all.pipe.read_end, all.to_connection[0]).value() == whole);
        CHECK(fault::count(call::splice) <= 3);
        CHECK(fault::count(call::read) + fault::count(call::write) + fault::count(call::send) == 0);
    }
}

TEST_CASE("file transfer: read_exact and write_all are exact, however little goes at once") {
    const net::watchdog watch;
    const ends all(5000);
    fault::plan cut;
    for (const call which : {call::read, call::write}) cut.clamp(which, 7).fail_every(which, 3, EINTR);
    {
        const fault::scope cutting(cut);
        bytes got(all.data.size());
        CHECK(all.pipe.read_end.read_exact(got));
        CHECK(got == all.data);
        CHECK(all.to_file.write_all(got));
        CHECK(fault::injected() > 100);
    }
    CHECK(all.arrived_in_file(5000));
    const fault::scope failing(fault::plan().clamp(call::write, 10).fail(call::write, 3, ENOSPC));
    const auto full = all.to_file.write_all(all.data);
    REQUIRE_FALSE(full);
    CHECK(full.error() == kw::errc::no_space_on_device);
    CHECK(full.error().transferred == 20);
}
