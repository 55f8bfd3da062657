// SPDX-License-Identifier: BSL-1.0
#include <keyway/file.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <keyway/canceller.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;
using reader = kw::file<kw::access::read>;
using writer = kw::file<kw::access::write>;

namespace {

constexpr auto moment = 30ms;
constexpr auto long_time = 30s;

/// A FIFO in a directory of its own.
struct fifo : test::bounded {
    const test::temporary_directory directory;
    const std::string path = directory.path("fifo");
    fifo() { REQUIRE(::mkfifo(path.c_str(), 0600) == 0); }
};

using both = kw::file<kw::access::read_write>;

/// A pseudo-terminal, if the system has them.
struct terminal : test::bounded {
    both master;
    both slave;

    terminal() {
        const int native = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (native < 0) {
            test::skipped("terminals", "this system has none");
            return;
        }
        master = both::adopt_unchecked(native);
        REQUIRE(::grantpt(native) == 0);
        REQUIRE(::unlockpt(native) == 0);
        slave = must(both::open(::ptsname(native)));
    }
    bool is_open() const { return slave.is_open(); }
};

/// Reads with a short limit, while another thread reads through a duplicate without one: a single line is written for
/// both, once the first one waits for it.
template <class From, class To>
void check_with_other_reader(const From& from, const To& to) {
    const auto duplicate = must(from.duplicate());
    constexpr int lines = 300;
    std::atomic<int> wanted = 0;
    std::thread other([&] {
        std::array<std::byte, 4> some{};
        while (wanted <= lines) static_cast<void>(duplicate.read(some));
    });
    std::thread writing([&] {
        for (int written = 0; written <= lines; ++written) {
            while (wanted <= written) std::this_thread::yield();
            std::this_thread::sleep_for(50us);
            static_cast<void>(to.write("x\n"));
        }
    });
    std::array<std::byte, 4> buffer{};
    for (int i = 0; i < lines; ++i) {
        ++wanted;
        const auto got = from.read(buffer, 2ms);
        if (!got) CHECK(failure(got) == errc::limit_reached);
    }
    ++wanted;
    writing.join();
    other.join();
}

/// Writes with a short limit to what is full most of the time, while another thread writes to it without one.
template <class From, class To>
void check_with_other_writer(const From& from, const To& to) {
    const auto duplicate = must(to.duplicate());
    const std::vector<std::byte> much(200'000);
    std::atomic<bool> over = false;
    std::atomic<bool> all_written = false;
    std::thread other([&] {
        while (!over) static_cast<void>(duplicate.write_all(much));
    });
    std::thread reading([&] {
        std::vector<std::byte> buffer(4096);
        while (!all_written) static_cast<void>(from.read(buffer, 1ms));
    });
    for (int i = 0; i < 300; ++i) {
        const auto done = to.write_all(much, 1ms);
        if (!done) REQUIRE(failure(done) == errc::limit_reached);
    }
    over = true;
    other.join();
    all_written = true;
    reading.join();
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "reading an empty pipe ends with the limit, and consumes nothing") {
    const auto [from, to] = must(kw::pipe());
    std::array<std::byte, 8> buffer{};
    CHECK(test::time_of([&] { CHECK(failure(from.read(buffer, moment)) == errc::limit_reached); }) >= moment);
    CHECK(failure(from.read(buffer, 0s)) == errc::limit_reached);
    CHECK(failure(from.read(buffer, -1s)) == errc::limit_reached);
    must(to.write_all("abc", long_time));
    const auto part = from.read_exact(buffer, moment);
    CHECK(failure(part) == errc::limit_reached);
    CHECK(part.error().transferred == 3);
    must(to.write("defg", long_time));
    CHECK(test::text(must(from.read(buffer, long_time))) == "defg");
}

TEST_CASE_FIXTURE(test::bounded, "writing to a full pipe ends with the limit, and the bytes written are counted") {
    const auto [from, to] = must(kw::pipe());
    const std::vector<std::byte> much(1 << 20);
    const auto cut = to.write_all(much, moment);
    CHECK(failure(cut) == errc::limit_reached);
    const std::size_t written = cut.error().transferred;
    CHECK(written > 0);
    std::size_t read = 0;
    std::array<std::byte, 65536> buffer;
    while (auto got = from.read(buffer, 0s)) read += got->size();
    CHECK(read == written);
}

TEST_CASE_FIXTURE(test::bounded, "a canceller ends reading and writing") {
    const auto [from, to] = must(kw::pipe());
    const auto stop = must(kw::canceller::open());
    const auto other = must(kw::canceller::open());
    std::thread stopper([&] {
        std::this_thread::sleep_for(moment);
        must(stop.cancel());
    });
    std::array<std::byte, 8> buffer{};
    CHECK(failure(from.read(buffer, kw::limit(other).cancelled_by(stop))) == errc::operation_canceled);
    stopper.join();
    CHECK(failure(to.write("x", stop)) == errc::operation_canceled);
    CHECK(failure(from.read(buffer, 0s)) == errc::limit_reached);  // nothing was written
}

TEST_CASE_FIXTURE(test::bounded, "another reader of a pipe does not make a read sleep past its limit") {
    const auto [from, to] = must(kw::pipe());
    check_with_other_reader(from, to);
}

TEST_CASE_FIXTURE(fifo, "another reader of a FIFO does not make a read sleep past its limit") {
    const auto from = must(kw::file<kw::access::read_write>::open(path));
    check_with_other_reader(from, must(writer::open(path)));
}

TEST_CASE_FIXTURE(terminal, "another reader of a terminal does not make a read sleep past its limit") {
    if (!is_open()) return;
    check_with_other_reader(slave, master);
}

TEST_CASE_FIXTURE(test::bounded, "another writer to a pipe does not make a write sleep past its limit") {
    const auto [from, to] = must(kw::pipe());
    check_with_other_writer(from, to);
}

TEST_CASE_FIXTURE(fifo, "another writer to a FIFO does not make a write sleep past its limit") {
    const auto from = must(kw::file<kw::access::read_write>::open(path));
    check_with_other_writer(from, must(writer::open(path)));
}

TEST_CASE_FIXTURE(test::bounded, "regular files never wait, and a limit that has passed keeps them from beginning") {
    const test::temporary_directory directory;
    auto file = must(kw::file<kw::access::read_write>::open(directory.path("file"), long_time, {.create = true}));
    must(file.write_all("hello", 0s));
    must(file.write_at("J", 0, long_time));
    std::array<std::byte, 8> buffer{};
    CHECK(test::text(must(file.read_at(buffer, 0, 0s))) == "Jello");
    CHECK(failure(file.read_at(buffer, 0, -1s)) == errc::limit_reached);
    CHECK(failure(file.write_at("x", 0, -1s)) == errc::limit_reached);
    CHECK(failure(file.write("x", -1s)) == errc::limit_reached);
    CHECK(must(file.size()) == 5);
}

TEST_CASE_FIXTURE(fifo, "opening a FIFO ends with the limit if nobody opens the other end") {
    CHECK(test::time_of([&] { CHECK(failure(reader::open(path, moment)) == errc::limit_reached); }) >= moment);
    CHECK(test::time_of([&] { CHECK(failure(writer::open(path, moment)) == errc::limit_reached); }) >= moment);
    CHECK(failure(writer::open(path, moment)).operation() == kw::operation::open);
    const auto stop = must(kw::canceller::open());
    must(stop.cancel());
    CHECK(failure(reader::open(path, stop)) == errc::operation_canceled);
}

TEST_CASE_FIXTURE(fifo, "both ends of a FIFO are opened within their limits, and block afterwards") {
    std::string got;
    std::thread reading([&] {
        const auto from = must(reader::open(path, long_time));
        std::array<std::byte, 8> buffer{};
        got = test::text(must(from.read_exact(std::span(buffer).first(5))));  // without a limit: it is blocking
    });
    const auto to = must(writer::open(path, long_time));
    std::this_thread::sleep_for(moment);
    must(to.write_all("hello"));
    reading.join();
    CHECK(got == "hello");
}

#if defined(__linux__)
TEST_CASE_FIXTURE(fifo, "a writer that writes nothing is enough for the reader to be opened") {
    std::thread writing([&] {
        const auto to = must(writer::open(path, long_time));
        std::this_thread::sleep_for(5 * moment);
    });
    const auto from = must(reader::open(path, long_time));
    std::array<std::byte, 8> buffer{};
    CHECK(failure(from.read(buffer, 0s)) == errc::limit_reached);
    writing.join();
    CHECK(must(from.read(buffer)).empty());
}
#endif

TEST_CASE_FIXTURE(test::bounded, "a regular file is opened with a limit as without one, with the same errors") {
    const test::temporary_directory directory;
    CHECK(failure(reader::open(directory.path("nothing"), long_time)) == errc::no_such_file_or_directory);
    CHECK(failure(reader::open(directory.path("."), long_time)) == errc::is_a_directory);
    CHECK(failure(writer::open("", long_time)) == errc::no_such_file_or_directory);
    must(writer::open(directory.path("new"), long_time, {.create_new = true}));
    CHECK(failure(writer::open(directory.path("new"), long_time, {.create_new = true})) == errc::file_exists);
}

TEST_CASE_FIXTURE(terminal, "a terminal that nobody reads from or types at does not hold a call past its limit") {
    if (!is_open()) return;
    std::array<std::byte, 8> buffer{};
    for (const both* end : {&slave, &master}) {
        CHECK(failure(end->read(buffer, moment)) == errc::limit_reached);
        CHECK(failure(end->read_exact(buffer, moment)) == errc::limit_reached);
        CHECK(end->read_exact(buffer, moment).error().transferred == 0);
    }
    const std::vector<std::byte> much(1 << 20, std::byte{'x'});
    CHECK(failure(slave.write_all(much, moment)) == errc::limit_reached);
    const std::string lines(100'000, '\n');  // two bytes each on the way out
    CHECK(failure(slave.write_all(lines, moment)) == errc::limit_reached);
}

TEST_CASE_FIXTURE(terminal, "a line that is typed is read within the limit, and both descriptions keep their mode") {
    if (!is_open()) return;
    const int before = ::fcntl(slave.native_handle(), F_GETFL);
    must(master.write_all("a line\n", long_time));
    std::array<std::byte, 16> buffer{};
    CHECK(test::text(must(slave.read(buffer, long_time))) == "a line\n");
    CHECK(must(slave.write("x", long_time)) == 1);
    CHECK(::fcntl(slave.native_handle(), F_GETFL) == before);
    CHECK((before & O_NONBLOCK) == 0);
}
