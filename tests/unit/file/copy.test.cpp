// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <keyway/canceller.hpp>
#include <keyway/file/copy.hpp>
#include <keyway/file/pipe.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/net.hpp"

template <>
struct doctest::StringMaker<keyway::copy_error> {
    static String convert(const keyway::copy_error& e) {
        return StringMaker<keyway::error>::convert(e) + " after " + toString(e.transferred) + " bytes, " +
               toString(e.lost) + " lost";
    }
};

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using bytes = std::vector<std::byte>;
using kw::access;
using kw::everything;
using test::failure;
using test::must;
using test::text;

/// AF_UNIX where it makes pairs, which is not on Windows.
using local = std::conditional_t<KEYWAY_HAS_SOCKETPAIR != 0, kw::unix_stream, kw::tcp>;

using reader = kw::file<access::read>;
using writer = kw::file<access::write>;

// ---- ends of every kind: where the data of a test comes from, and where it has to arrive

/// A file that holds the data.
class from_file {
public:
    explicit from_file(const bytes& data) {
        must(must(writer::open(path_, {.create = true})).write_all(data));
        end = must(reader::open(path_));
    }

private:
    net::temp_directory directory_;
    std::string path_ = directory_.path("from");

public:
    reader end;
};

/// An end into whose other end a thread writes the data, and closes it.
template <class End>
class fed {
public:
    template <class Other>
    fed(End&& read, Other&& write, const bytes& data)
        : end(std::move(read)), thread_([&data, to = std::forward<Other>(write)]() mutable {
              for (std::span<const std::byte> rest = data; !rest.empty();) {
                  const auto count = to.write(rest);
                  if (!count) break;
                  rest = rest.subspan(*count);
              }
              static_cast<void>(to.close());
          }) {}
    fed(const fed&) = delete;
    fed& operator=(const fed&) = delete;
    ~fed() {
        static_cast<void>(end.close());
        thread_.join();
    }

    End end;

private:
    std::thread thread_;
};

class from_pipe : public fed<reader> {
public:
    explicit from_pipe(const bytes& data, kw::pipe_ends ends = must(kw::pipe()))
        : fed(std::move(ends.read_end), std::move(ends.write_end), data) {}
};

template <class Transport>
class from_connection : public fed<typename Transport::connection> {
public:
    explicit from_connection(const bytes& data) : from_connection(data, net::connected_pair<Transport>()) {}

private:
    from_connection(const bytes& data, std::array<typename Transport::connection, 2> ends)
        : fed<typename Transport::connection>(std::move(ends[0]), std::move(ends[1]), data) {}
};

/// A new file.
class to_file {
public:
    bytes arrived() {
        must(end.close());
        const auto in = must(reader::open(path_));
        bytes all(static_cast<std::size_t>(must(in.size())));
        must(in.read_exact(all));
        return all;
    }

private:
    net::temp_directory directory_;
    std::string path_ = directory_.path("to");

public:
    writer end = must(writer::open(path_, {.create = true}));
};

/// An end from whose other end a thread reads to the end.
template <class End>
class drained {
public:
    template <class Other>
    drained(End&& write, Other&& read)
        : end(std::move(write)), thread_([this, from = std::forward<Other>(read)] {
              std::array<std::byte, 10'000> buffer;
              for (;;) {
                  const auto got = from.read(buffer);
                  if (!got || got->empty()) break;
                  all_.insert(all_.end(), got->begin(), got->end());
              }
          }) {}
    drained(const drained&) = delete;
    drained& operator=(const drained&) = delete;
    ~drained() {
        if (thread_.joinable()) static_cast<void>(arrived());
    }

    bytes arrived() {
        static_cast<void>(end.close());
        thread_.join();
        return std::move(all_);
    }

    End end;

private:
    bytes all_;
    std::thread thread_;
};

class to_pipe : public drained<writer> {
public:
    explicit to_pipe(kw::pipe_ends ends = must(kw::pipe()))
        : drained(std::move(ends.write_end), std::move(ends.read_end)) {}
};

template <class Transport>
class to_connection : public drained<typename Transport::connection> {
public:
    to_connection() : to_connection(net::connected_pair<Transport>()) {}

private:
    explicit to_connection(std::array<typename Transport::connection, 2> ends)
        : drained<typename Transport::connection>(std::move(ends[0]), std::move(ends[1])) {}
};

/// Something of the user's own that can be read, so many bytes at a time.
class own_source {
public:
    explicit own_source(const bytes& data, std::size_t most = 1000) : rest_(data), most_(most) {}
    kw::result<std::span<std::byte>> read(kw::mutable_bytes buffer) {
        const std::size_t size = std::min({rest_.size(), buffer.size(), most_});
        if (size > 0) std::memcpy(buffer.data(), rest_.data(), size);
        rest_ = rest_.subspan(size);
        return buffer.first(size);
    }
    kw::result<std::span<std::byte>> read(kw::mutable_bytes buffer, const kw::limit&) { return read(buffer); }

private:
    std::span<const std::byte> rest_;
    std::size_t most_;
};

/// Something of the user's own that can be written, at most 300 bytes at a time and `space` in all.
class own_sink {
public:
    explicit own_sink(std::size_t space = SIZE_MAX) : space_(space) {}
    kw::result<std::size_t> write(kw::const_bytes data) {
        const std::size_t size = std::min({data.size(), space_, std::size_t{300}});
        if (size == 0) return kw::unexpected<kw::error>(kw::error(kw::errc::no_space_on_device, kw::operation::write));
        all.insert(all.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(size));
        space_ -= size;
        return size;
    }
    kw::result<std::size_t> write(kw::const_bytes data, const kw::limit&) { return write(data); }

    bytes all;

private:
    std::size_t space_;
};

class from_own {
public:
    explicit from_own(const bytes& data) : end(data) {}
    own_source end;
};
class to_own {
public:
    bytes arrived() { return end.all; }
    own_sink end;
};

template <class From, class To>
void check_pair(const bytes& data) {
    SUBCASE("all of it") {
        From from(data);
        To to;
        CHECK(must(kw::copy(from.end, to.end)) == data.size());
        CHECK(to.arrived() == data);
    }
    SUBCASE("with a limit") {
        From from(data);
        To to;
        CHECK(must(kw::copy(from.end, to.end, everything, 30s)) == data.size());
        CHECK(to.arrived() == data);
    }
    SUBCASE("in parts, each of which goes on where the last one ended") {
        From from(data);
        To to;
        CHECK(must(kw::copy(from.end, to.end, 0)) == 0);
        CHECK(must(kw::copy(from.end, to.end, 1)) == 1);
        CHECK(must(kw::copy(from.end, to.end, 65'537)) == 65'537);
        CHECK(must(kw::copy(from.end, to.end, 4'097, 30s)) == 4'097);
        CHECK(must(kw::copy(from.end, to.end, data.size())) == data.size() - 69'635);
        CHECK(must(kw::copy(from.end, to.end)) == 0);
        CHECK(to.arrived() == data);
    }
    SUBCASE("told of while it goes on") {
        From from(data);
        To to;
        std::vector<std::uint64_t> told;
        const auto tell = [&](std::uint64_t so_far) { told.push_back(so_far); };
        CHECK(must(kw::copy(from.end, to.end, 100'000, {}, tell)) == 100'000);
        REQUIRE_FALSE(told.empty());
        CHECK(told.back() == 100'000);
        CHECK(std::adjacent_find(told.begin(), told.end(), std::greater_equal<>()) == told.end());
        told.clear();
        CHECK(must(kw::copy(from.end, to.end, everything, 30s, tell)) == data.size() - 100'000);
        REQUIRE_FALSE(told.empty());
        CHECK(told.back() == data.size() - 100'000);
        CHECK(to.arrived() == data);
    }
}

template <class From>
void check_source() {
    const bytes data = net::random_bytes(300'000, 1);
    SUBCASE("to a file") { check_pair<From, to_file>(data); }
    SUBCASE("to a pipe") { check_pair<From, to_pipe>(data); }
    SUBCASE("to TCP") { check_pair<From, to_connection<kw::tcp>>(data); }
    SUBCASE("to AF_UNIX") { check_pair<From, to_connection<local>>(data); }
    SUBCASE("to a sink of the user's own") { check_pair<From, to_own>(data); }
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "copy: from a file") { check_source<from_file>(); }
TEST_CASE_FIXTURE(test::bounded, "copy: from a pipe") { check_source<from_pipe>(); }
TEST_CASE_FIXTURE(test::bounded, "copy: from TCP") { check_source<from_connection<kw::tcp>>(); }
TEST_CASE_FIXTURE(test::bounded, "copy: from AF_UNIX") { check_source<from_connection<local>>(); }
TEST_CASE_FIXTURE(test::bounded, "copy: from a source of the user's own") { check_source<from_own>(); }

TEST_CASE_FIXTURE(test::bounded, "copy: a large sparse file arrives whole") {
    constexpr std::uint64_t size = 64 * 1024 * 1024;
    const net::temp_directory directory;
    const auto file = must(kw::file<access::read_write>::open(directory.path("sparse"), {.create_new = true}));
    must(file.write_all("begin"));
    must(file.write_at("middle", size / 2));
    must(file.write_at("end", size - 3));
    must(file.seek(0));
    auto ends = net::connected_pair<kw::tcp>();
    net::hash got;
    std::thread reading([&] {
        bytes buffer(256 * 1024);
        while (const auto some = ends[1].recv(buffer)) {
            if (some->empty()) break;
            got.add(*some);
        }
    });
    std::uint64_t pieces = 0;
    CHECK(must(kw::copy(file, ends[0], everything, {}, [&](std::uint64_t) { ++pieces; })) == size);
    must(ends[0].shutdown_send());
    reading.join();
    CHECK(pieces >= size / (1024 * 1024));
    net::hash expected;
    bytes part(1024 * 1024);
    must(file.seek(0));
    for (std::uint64_t done = 0; done < size; done += part.size()) expected.add(must(file.read_exact(part)));
    CHECK(got.value() == expected.value());
}

TEST_CASE_FIXTURE(test::bounded, "copy: nothing asked for, nothing is done") {
    CHECK(must(kw::copy(reader(), writer(), 0)) == 0);
    CHECK(must(kw::copy(kw::tcp::connection(), writer(), 0)) == 0);
}

TEST_CASE_FIXTURE(test::bounded, "copy: the operation of the error names the end that failed") {
    const net::temp_directory directory;
    const std::string path = directory.path("one");
    const auto file = must(kw::file<access::read_write>::open(path, {.create = true}));
    must(file.write_all("x"));
    must(file.seek(0));
    const auto op_of = [](const kw::copy_result& failed) { return failure(failed).operation(); };
    CHECK(op_of(kw::copy(reader(), file)) == kw::operation::read);
    CHECK(op_of(kw::copy(file, writer())) == kw::operation::write);
    CHECK(op_of(kw::copy(file, kw::tcp::connection())) == kw::operation::send);
    CHECK(op_of(kw::copy(reader(), kw::tcp::connection())) == kw::operation::read);
    CHECK(op_of(kw::copy(kw::tcp::connection(), file)) == kw::operation::recv);
    CHECK(op_of(kw::copy(kw::tcp::connection(), kw::tcp::connection())) == kw::operation::recv);
    auto ends = must(kw::pipe());
    CHECK(op_of(kw::copy(reader(), ends.write_end)) == kw::operation::read);
    CHECK(op_of(kw::copy(kw::tcp::connection(), ends.write_end)) == kw::operation::recv);
    must(ends.read_end.close());
    const auto broken = kw::copy(file, ends.write_end);
    CHECK(op_of(broken) == kw::operation::write);
    CHECK(failure(broken) == kw::errc::broken_pipe);
    CHECK(must(file.seek(0, kw::seek_from::current)) == 0);
}

TEST_CASE_FIXTURE(test::bounded, "copy: bytes read from a user-defined source and not written are counted") {
    const bytes data = net::random_bytes(5000, 2);
    own_source from(data);
    own_sink to(1300);
    std::uint64_t told = 0;
    const auto full = kw::copy(from, to, everything, {}, [&](std::uint64_t so_far) { told = so_far; });
    REQUIRE_FALSE(full);
    CHECK(full.error() == kw::errc::no_space_on_device);
    CHECK(full.error().transferred == 1300);
    CHECK(full.error().lost == 700);
    CHECK(told == 1300);
    CHECK(std::equal(to.all.begin(), to.all.end(), data.begin(), data.begin() + 1300));
    // The source goes on behind both.
    own_sink rest;
    CHECK(must(kw::copy(from, rest)) == 3000);
    CHECK(std::equal(rest.all.begin(), rest.all.end(), data.begin() + 2000, data.end()));
}

TEST_CASE_FIXTURE(test::bounded, "copy: a destination that fills up leaves the rest of a file or connection") {
    const bytes data = net::random_bytes(5000, 3);
    const auto check = [&](auto& from) {
        own_sink to(1300);
        const auto full = kw::copy(from.end, to);
        REQUIRE_FALSE(full);
        CHECK(full.error().transferred == 1300);
        CHECK(full.error().lost == 0);
        own_sink rest;
        CHECK(must(kw::copy(from.end, rest)) == 3700);
        to.all.insert(to.all.end(), rest.all.begin(), rest.all.end());
        CHECK(to.all == data);
    };
    from_file file(data);
    check(file);
    from_connection<kw::tcp> connection(data);
    check(connection);
    from_connection<local> other(data);
    check(other);
}

namespace {

/// Copies to a connection that takes nothing for now, and what is left when its peer has read something.
template <class From, class Transport, class Copy>
void check_resumed(const bytes& data, Copy copy) {
    From from(data);
    const auto ends = net::connected_pair<Transport>();
    must(ends[0].set(kw::option::send_buffer{65536}));
    must(ends[1].set(kw::option::receive_buffer{65536}));
    bytes got;
    std::uint64_t sent = 0;
    unsigned times_stuck = 0;
    const auto read_what_is_there = [&] {
        bytes space(static_cast<std::size_t>(sent) - got.size());
        must(ends[1].recv_exact(space));
        got.insert(got.end(), space.begin(), space.end());
    };
    while (sent < data.size()) {
        std::uint64_t told = 0;
        const kw::copy_result done =
            copy(from.end, ends[0], data.size() - sent, [&](std::uint64_t so_far) { told = so_far; });
        if (done) {
            CHECK(told == *done);
            sent += *done;
        } else {
            REQUIRE((done.error().would_block() || done.error().timed_out()));
            CHECK(done.error().lost == 0);
            CHECK(told == done.error().transferred);
            sent += done.error().transferred;
            ++times_stuck;
        }
        read_what_is_there();  // no more than is said to have gone, and no less
    }
    CHECK(times_stuck > 0);
    CHECK(got == data);
}

template <class From, class Transport>
void check_resumed_after_deadlines(const bytes& data) {
    check_resumed<From, Transport>(
        data, [](auto& from, auto& to, std::uint64_t most, auto tell) { return kw::copy(from, to, most, 20ms, tell); });
}

template <class From, class Transport>
void check_resumed_when_non_blocking(const bytes& data) {
    check_resumed<From, Transport>(data, [](auto& from, auto& to, std::uint64_t most, auto tell) {
        must(to.set(kw::option::non_blocking{true}));
        return kw::copy(from, to, most, {}, tell);
    });
}

template <class From, class Transport>
void check_resumed_when_non_blocking_with_deadlines(const bytes& data) {
    check_resumed<From, Transport>(data, [](auto& from, auto& to, std::uint64_t most, auto tell) {
        must(to.set(kw::option::non_blocking{true}));
        return kw::copy(from, to, most, 20ms, tell);
    });
}

template <class Transport>
void check_resumed_to() {
    const bytes data = net::random_bytes(1024 * 1024, 4);
    SUBCASE("a file, deadlines") { check_resumed_after_deadlines<from_file, Transport>(data); }
    SUBCASE("a file, would_block") { check_resumed_when_non_blocking<from_file, Transport>(data); }
    SUBCASE("a file, both") { check_resumed_when_non_blocking_with_deadlines<from_file, Transport>(data); }
    SUBCASE("TCP, deadlines") { check_resumed_after_deadlines<from_connection<kw::tcp>, Transport>(data); }
    SUBCASE("TCP, would_block") { check_resumed_when_non_blocking<from_connection<kw::tcp>, Transport>(data); }
    SUBCASE("a pipe, deadlines") {
        if (KEYWAY_HAS_POSIX) check_resumed_after_deadlines<from_pipe, Transport>(data);
    }
    SUBCASE("a pipe, would_block") {
        if (KEYWAY_HAS_POSIX) check_resumed_when_non_blocking<from_pipe, Transport>(data);
    }
    SUBCASE("a pipe, both") {
        if (KEYWAY_HAS_POSIX) check_resumed_when_non_blocking_with_deadlines<from_pipe, Transport>(data);
    }
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "copy: a stalled copy to TCP continues, and no byte is lost or doubled") {
    check_resumed_to<kw::tcp>();
}
TEST_CASE_FIXTURE(test::bounded, "copy: a stalled copy to AF_UNIX continues, and no byte is lost or doubled") {
    check_resumed_to<local>();
}

TEST_CASE_FIXTURE(test::bounded, "copy: a source in non-blocking mode with nothing to read is would_block") {
    const auto ends = net::connected_pair<kw::tcp>();
    must(ends[0].set(kw::option::non_blocking{true}));
    to_file to;
    const auto stuck = kw::copy(ends[0], to.end);
    CHECK(failure(stuck).would_block());
    CHECK(failure(stuck).operation() == kw::operation::recv);
    const auto pipe = must(kw::pipe());
    const auto also = kw::copy(ends[0], pipe.write_end);
    CHECK(failure(also).would_block());
    CHECK(failure(also).operation() == kw::operation::recv);
}

TEST_CASE_FIXTURE(test::bounded, "copy: a deadline ends it while the source has nothing") {
    to_file to;
    const auto check = [&](auto& from, kw::operation op) {
        kw::copy_result late;
        const auto took = test::time_of([&] { late = kw::copy(from, to.end, everything, 50ms); });
        CHECK(failure(late).timed_out());
        CHECK(failure(late).operation() == op);
        CHECK(took >= 50ms);
        CHECK(took < 5s);
        CHECK(failure(kw::copy(from, to.end, everything, 0ms)).timed_out());
        CHECK(failure(kw::copy(from, to.end, everything, -1ms)).timed_out());
    };
    const auto ends = net::connected_pair<kw::tcp>();
    check(ends[0], kw::operation::recv);
    if (KEYWAY_HAS_POSIX) {
        const auto pipe = must(kw::pipe());
        check(pipe.read_end, kw::operation::read);
    }
}

TEST_CASE_FIXTURE(test::bounded, "copy: a deadline ends it while the sink accepts nothing") {
    const bytes data = net::random_bytes(16 * 1024 * 1024, 5);
    const auto check = [&](auto& from, const auto& to, kw::operation op) {
        kw::copy_result late;
        const auto took = test::time_of([&] { late = kw::copy(from, to, everything, 100ms); });
        CHECK(failure(late).timed_out());
        // On Windows the last piece may be sent just in time, and the next read is late.
        CHECK((failure(late).operation() == op ||
               (!KEYWAY_HAS_POSIX && failure(late).operation() == kw::operation::read)));
        CHECK(took >= 100ms);
        CHECK(took < 5s);
    };
    from_file file(data);
    from_connection<kw::tcp> connection(data);
    const auto ends = net::connected_pair<kw::tcp>();
    check(file.end, ends[0], kw::operation::send);
    check(connection.end, ends[0], kw::operation::send);
    if (KEYWAY_HAS_POSIX) {
        from_pipe pipe(data);
        check(pipe.end, ends[0], kw::operation::send);
        const auto narrow = net::connected_pair<kw::tcp>();
        must(narrow[0].set(kw::option::send_buffer{1}));
        must(narrow[1].set(kw::option::receive_buffer{1}));
        check(pipe.end, narrow[0], kw::operation::send);
        const auto full = must(kw::pipe());
        must(full.write_end.write_all("x"));
        own_source own(data, data.size());
        check(own, full.write_end, kw::operation::write);
        check(file.end, full.write_end, kw::operation::write);
        check(connection.end, full.write_end, kw::operation::write);
        check(pipe.end, full.write_end, kw::operation::write);
    }
}

TEST_CASE_FIXTURE(test::bounded, "copy: a copy whose deadline has passed consumes nothing") {
    const bytes data = net::random_bytes(1000, 6);
    from_file from(data);
    to_file to;
    const auto late = kw::copy(from.end, to.end, everything, -1s);
    CHECK(failure(late).timed_out());
    CHECK(must(from.end.seek(0, kw::seek_from::current)) == 0);
    // What needs no waiting is done in no time.
    CHECK(must(kw::copy(from.end, to.end, everything, 0s)) == 1000);
    CHECK(to.arrived() == data);
}

TEST_CASE_FIXTURE(test::bounded, "copy: a canceller ends it, and the bytes copied are reported") {
    const auto stop = must(kw::canceller::open());
    const auto in = net::connected_pair<kw::tcp>();
    const auto out = net::connected_pair<kw::tcp>();
    must(in[1].send_all("hello"));
    const auto waits = test::this_thread_number();
    std::thread canceling([&] {
        std::array<std::byte, 5> five{};
        CHECK(out[1].recv_exact(five).has_value());
        test::wait_until_asleep(waits);
        CHECK(stop.cancel().has_value());
    });
    const auto ended = kw::copy(in[0], out[0], everything, stop);
    canceling.join();
    REQUIRE_FALSE(ended);
    CHECK(ended.error() == kw::errc::operation_canceled);
    CHECK(ended.error().transferred == 5);
    CHECK(ended.error().lost == 0);
    CHECK(failure(kw::copy(in[0], out[0], everything, stop)) == kw::errc::operation_canceled);
}

TEST_CASE_FIXTURE(test::bounded, "copy: a reset by the peer ends it, and the file is positioned after the bytes sent") {
    if (test::skipped_under_wine("a reset in the middle of a large copy", "now and then leaves the send waiting"))
        return;
    const bytes data = net::random_bytes(8 * 1024 * 1024, 7);
    for (const bool limited : {false, true}) {
        from_file from(data);
        auto ends = net::connected_pair<kw::tcp>();
        std::thread resetting([&] {
            bytes some(100'000);
            CHECK(ends[1].recv_exact(some).has_value());
            CHECK(std::move(ends[1]).reset().has_value());
        });
        const auto cut = limited ? kw::copy(from.end, ends[0], everything, 30s) : kw::copy(from.end, ends[0]);
        resetting.join();
        REQUIRE_FALSE(cut);
        CHECK(cut.error().connection_lost());
        CHECK(cut.error().operation() == kw::operation::send);
        CHECK(cut.error().transferred >= 100'000);
        CHECK(cut.error().lost == 0);
        CHECK(must(from.end.seek(0, kw::seek_from::current)) == cut.error().transferred);
    }
}

TEST_CASE_FIXTURE(test::bounded, "copy: a reset source is a failure of recv, and the bytes before it have arrived") {
    auto ends = net::connected_pair<kw::tcp>();
    to_connection<kw::tcp> to;
    must(ends[1].send_all("hello"));
    CHECK(must(kw::copy(ends[0], to.end, 5)) == 5);
    const auto waits = test::this_thread_number();
    std::thread resetting([&] {
        test::wait_until_asleep(waits);
        CHECK(std::move(ends[1]).reset().has_value());
    });
    const auto cut = kw::copy(ends[0], to.end);
    resetting.join();
    CHECK(failure(cut) == kw::errc::connection_reset);
    CHECK(failure(cut).operation() == kw::operation::recv);
    CHECK(text(to.arrived()) == "hello");
}
