// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/file/byte_stream.hpp>
#include <keyway/file/file.hpp>
#include <keyway/file/pipe.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/net.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using kw::access;
using test::failure;
using test::must;
using test::text;

using reader = kw::file<access::read>;
using writer = kw::file<access::write>;
using both = kw::file<access::read_write>;
using appender = kw::file<access::append>;

/// By the standard library, to which keyway has no part.
std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void put(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "file: what is written can be read") {
    const net::temp_directory directory;
    const std::string path = directory.path("one");
    {
        const auto out = must(writer::open(path, {.create = true}));
        CHECK(must(out.write("hello ")) == 6);
        must(out.write_all("world"));
        must(out.sync());
        CHECK(must(out.size()) == 11);
    }
    CHECK(content_of(path) == "hello world");
    const auto in = must(reader::open(path));
    std::array<std::byte, 8> buffer{};
    CHECK(text(must(in.read(buffer))) == "hello wo");
    CHECK(text(must(in.read(buffer))) == "rld");
    CHECK(must(in.read(buffer)).empty());
    CHECK(must(in.read({})).empty());
    CHECK(must(in.size()) == 11);
}

TEST_CASE_FIXTURE(test::bounded, "file: bytes go through untranslated") {
    const net::temp_directory directory;
    const std::string path = directory.path("bytes");
    std::string every;
    for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
    every += "\r\n\n\r\x1a end";
    must(must(writer::open(path, {.create = true})).write_all(every));
    CHECK(content_of(path) == every);
    std::vector<std::byte> back(every.size());
    CHECK(text(must(must(reader::open(path)).read_exact(back))) == every);
}

TEST_CASE_FIXTURE(test::bounded, "file: create, create_new and truncate say how the file is found") {
    const net::temp_directory directory;
    const std::string path = directory.path("one");
    CHECK(failure(writer::open(path)) == kw::errc::no_such_file_or_directory);
    CHECK(failure(writer::open(path, {.truncate = true})) == kw::errc::no_such_file_or_directory);
    CHECK(failure(reader::open(path)).operation() == kw::operation::open);
    must(must(writer::open(path, {.create_new = true})).write_all("content"));
    CHECK(failure(writer::open(path, {.create_new = true})) == kw::errc::file_exists);
    CHECK(failure(writer::open(path, {.create = true, .create_new = true})) == kw::errc::file_exists);
    CHECK(content_of(path) == "content");

    must(must(writer::open(path)).write_all("CON"));
    CHECK(content_of(path) == "CONtent");
    must(must(writer::open(path, {.create = true})).write_all("con"));
    CHECK(content_of(path) == "content");
    must(must(writer::open(path, {.create = true, .truncate = true})).write_all("new"));
    CHECK(content_of(path) == "new");
    must(must(both::open(path, {.truncate = true})).write_all("x"));
    CHECK(content_of(path) == "x");
}

TEST_CASE_FIXTURE(test::bounded, "file: append writes at the end, wherever that is by then") {
    const net::temp_directory directory;
    const std::string path = directory.path("log");
    CHECK(failure(appender::open(path)) == kw::errc::no_such_file_or_directory);
    const auto one = must(appender::open(path, {.create = true}));
    const auto other = must(appender::open(path));
    must(one.write_all("1"));
    must(other.write_all("2"));
    must(one.write_all("3"));
    must(one.seek(0));
    must(one.write_all("4"));
    CHECK(content_of(path) == "1234");
    CHECK(failure(appender::open(path, {.create_new = true})) == kw::errc::file_exists);
}

TEST_CASE_FIXTURE(test::bounded, "file: seek moves the position from the start, from itself and from the end") {
    const net::temp_directory directory;
    const std::string path = directory.path("one");
    const auto file = must(both::open(path, {.create = true}));
    must(file.write_all("0123456789"));
    CHECK(must(file.seek(0, kw::seek_from::current)) == 10);
    CHECK(must(file.seek(3)) == 3);
    std::array<char, 2> two{};
    CHECK(text(must(file.read_exact(two))) == "34");
    CHECK(must(file.seek(-1, kw::seek_from::current)) == 4);
    CHECK(text(must(file.read_exact(two))) == "45");
    CHECK(must(file.seek(-2, kw::seek_from::end)) == 8);
    CHECK(text(must(file.read_exact(two))) == "89");
    CHECK(failure(file.seek(-1)) == kw::errc::invalid_argument);
    CHECK(failure(file.seek(-11, kw::seek_from::end)).operation() == kw::operation::seek);
    CHECK(must(file.seek(20)) == 20);
    must(file.write_all("x"));
    CHECK(must(file.size()) == 21);
    CHECK(content_of(path) == std::string("0123456789") + std::string(10, '\0') + "x");
}

TEST_CASE_FIXTURE(test::bounded, "file: read_at and write_at use the given position") {
    const net::temp_directory directory;
    const std::string path = directory.path("one");
    const auto file = must(both::open(path, {.create = true}));
    must(file.write_all("0123456789"));
    CHECK(must(file.write_at("abc", 4)) == 3);
    std::array<char, 4> four{};
    CHECK(text(must(file.read_at(four, 3))) == "3abc");
    CHECK(text(must(file.read_at(four, 8))) == "89");
    CHECK(must(file.read_at(four, 10)).empty());
    CHECK(must(file.read_at(four, 1000)).empty());
    CHECK(must(file.read_at({}, 0)).empty());
    if (KEYWAY_HAS_POSIX) CHECK(must(file.seek(0, kw::seek_from::current)) == 10);
    CHECK(failure(file.read_at(four, UINT64_MAX)) == kw::errc::invalid_argument);
    CHECK(failure(file.write_at("x", UINT64_MAX)) == kw::errc::invalid_argument);
    CHECK(content_of(path) == "0123abc789");
    constexpr std::uint64_t above_32_bits = 0x1'0000'0003;
    CHECK(must(file.write_at("far", above_32_bits)) == 3);
    CHECK(must(file.size()) == above_32_bits + 3);
    CHECK(text(must(file.read_at(four, above_32_bits))) == "far");
    CHECK(must(file.seek(-3, kw::seek_from::end)) == above_32_bits);
}

TEST_CASE_FIXTURE(test::bounded, "file: read_exact reports how many bytes a short file had") {
    const net::temp_directory directory;
    const std::string path = directory.path("short");
    put(path, "abc");
    const auto in = must(reader::open(path));
    std::array<char, 5> five{};
    const auto missing = in.read_exact(five);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().end_of_stream());
    CHECK(missing.error().operation() == kw::operation::read);
    CHECK(missing.error().transferred == 3);
    CHECK(std::string_view(five.data(), 3) == "abc");
    CHECK(must(in.read_exact({})).empty());
}

TEST_CASE_FIXTURE(test::bounded, "file: a directory is not a file, and a path has an end") {
    const net::temp_directory directory;
    CHECK(failure(reader::open(directory.path(""))) == kw::errc::is_a_directory);
    CHECK(failure(writer::open(directory.path(""))) == kw::errc::is_a_directory);
    CHECK(failure(reader::open(directory.path("no/such"))) == kw::errc::no_such_file_or_directory);
    CHECK(failure(reader::open("")) == kw::errc::no_such_file_or_directory);
    put(directory.path("one"), "x");
    CHECK(failure(reader::open(std::string_view("one\0two", 7))) == kw::errc::invalid_argument);
    CHECK(failure(reader::open(directory.path("one") + '\0')) == kw::errc::invalid_argument);
    CHECK(failure(reader::open(std::string(100'000, 'x'))) == kw::errc::filename_too_long);
}

TEST_CASE_FIXTURE(test::bounded, "file: names are UTF-8") {
    const net::temp_directory directory;
    const std::string path = directory.path("\xc3\xa9\xe4\xb8\xad");
    must(must(writer::open(path, {.create = true})).write_all("x"));
    CHECK(std::filesystem::exists(std::filesystem::path(std::u8string(path.begin(), path.end()))));
    CHECK(must(must(reader::open(path)).size()) == 1);
}

TEST_CASE_FIXTURE(test::bounded, "file: an owner closes, moves and gives up") {
    const net::temp_directory directory;
    const std::string path = directory.path("one");
    auto file = must(both::open(path, {.create = true}));
    const kw::file_view<access::read_write> view = file;
    CHECK(view.native_handle() == file.native_handle());
    auto moved = std::move(file);
    CHECK_FALSE(file.is_open());
    CHECK(moved.is_open());
    CHECK(moved.kind() == view.kind());
    must(moved.write_all("x"));
    file = std::move(moved);
    CHECK(file.is_open());
    const auto native = file.release();
    CHECK_FALSE(file.is_open());
    file = must(both::adopt(native));
    must(file.write_all("y"));
    auto copy = must(file.duplicate());
    must(file.close());
    CHECK_FALSE(file.is_open());
    must(copy.write_all("z"));
    must(copy.close());
    CHECK(content_of(path) == "xyz");
}

TEST_CASE_FIXTURE(test::bounded, "file: without a file every operation fails and says why") {
    both none;
    std::array<char, 4> buffer;
    CHECK_FALSE(none.is_open());
    CHECK(failure(none.read(buffer)) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.read_at(buffer, 0)) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.read_exact(buffer)) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.write("x")) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.write_at("x", 0)) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.write_all("x")) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.seek(0)) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.size()) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.sync()) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.duplicate()) == kw::errc::bad_file_descriptor);
    CHECK(failure(none.close()) == kw::errc::bad_file_descriptor);
    CHECK(failure(both::adopt(both::invalid)) == kw::errc::bad_file_descriptor);
    CHECK(none.release() == both::invalid);
}

TEST_CASE_FIXTURE(test::bounded, "pipe: bytes that are written are read, and then the end") {
    auto [from, to] = must(kw::pipe());
    must(to.write_all("hello"));
    std::array<char, 3> three{};
    CHECK(text(must(from.read_exact(three))) == "hel");
    CHECK(text(must(from.read(three))) == "lo");
    must(to.close());
    CHECK(must(from.read(three)).empty());
    const auto ended = from.read_exact(three);
    REQUIRE_FALSE(ended);
    CHECK(ended.error().end_of_stream());
}

TEST_CASE_FIXTURE(test::bounded, "pipe: a reader waits for a writer, and gets all of it") {
    auto ends = must(kw::pipe());
    const auto data = net::random_bytes(1024 * 1024, 1);
    std::thread writing([&, to = std::move(ends.write_end)]() mutable {
        CHECK(to.write_all(data).has_value());
        CHECK(to.close().has_value());
    });
    std::vector<std::byte> got(data.size());
    CHECK(ends.read_end.read_exact(got).has_value());
    CHECK(must(ends.read_end.read(got)).empty());
    writing.join();
    CHECK(got == data);
}

TEST_CASE_FIXTURE(test::bounded, "pipe: writing to nobody is broken_pipe") {
    auto [from, to] = must(kw::pipe());
    must(from.close());
    CHECK(failure(to.write("x")) == kw::errc::broken_pipe);
    const auto all = to.write_all("x");
    REQUIRE_FALSE(all);
    CHECK(all.error() == kw::errc::broken_pipe);
    CHECK(all.error().transferred == 0);
    CHECK(all.error().operation() == kw::operation::write);
}

TEST_CASE_FIXTURE(test::bounded, "pipe: it has no positions") {
    auto [from, to] = must(kw::pipe());
    std::array<char, 3> three{};
    must(to.write_all("abc"));
    CHECK(failure(from.seek(0)) == kw::errc::invalid_seek);
    CHECK(failure(from.read_at(three, 0)) == kw::errc::invalid_seek);
    CHECK(failure(to.write_at("x", 0)) == kw::errc::invalid_seek);
    CHECK(text(must(from.read(three))) == "abc");
}

TEST_CASE_FIXTURE(test::bounded, "byte_stream: a stream connection reads and writes as a file does") {
    const auto ends = net::connected_pair<kw::tcp>();
    CHECK(must(ends[0].write("hello")) == 5);
    std::array<std::byte, 8> buffer{};
    CHECK(text(must(ends[1].read(buffer))) == "hello");
    CHECK(failure(ends[1].read(buffer, 1ms)).timed_out());
    CHECK(must(ends[0].write("world", 30s)) == 5);
    CHECK(text(must(ends[1].read(buffer, 30s))) == "world");
    must(ends[0].shutdown_send());
    CHECK(must(ends[1].read(buffer)).empty());
}
