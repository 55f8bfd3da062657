// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/file/file.hpp>
#include <keyway/file/pipe.hpp>
#include <keyway/file/standard_streams.hpp>
#include <keyway/transport.hpp>

#include "support/child.hpp"
#include "support/loopback.hpp"
#include "support/net.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using kw::access;
using test::failure;
using test::must;
using test::text;

using reader = kw::file<access::read>;
using writer = kw::file<access::write>;

/// Runs `body` where SIGPIPE ends the process, unless the library keeps it away.
template <class Body>
std::string fate_at_broken_pipe(Body body) {
    return child::fate(child::run([&] {
        ::signal(SIGPIPE, SIG_DFL);
        return body() ? 0 : 1;
    }));
}

bool is_pending(int signal) {
    ::sigset_t set;
    ::sigpending(&set);
    return ::sigismember(&set, signal) == 1;
}

bool is_blocked(int signal) {
    ::sigset_t set;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &set);
    return ::sigismember(&set, signal) == 1;
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "file: no child inherits what was opened") {
    const net::temp_directory directory;
    const auto file = must(writer::open(directory.path("one"), {.create = true}));
    CHECK(test::closes_on_exec(file));
    const auto copy = must(file.duplicate());
    CHECK(test::closes_on_exec(copy));
    const auto ends = must(kw::pipe());
    CHECK(test::closes_on_exec(ends.read_end));
    CHECK(test::closes_on_exec(ends.write_end));
}

TEST_CASE_FIXTURE(test::bounded, "file: a new file has the permissions that were asked for") {
    const net::temp_directory directory;
    const auto mode_of = [&](const std::string& name) {
        struct ::stat status{};
        ::stat(directory.path(name).c_str(), &status);
        return status.st_mode & 0777;
    };
    const auto before = ::umask(022);
    must(writer::open(directory.path("default"), {.create = true}));
    must(writer::open(directory.path("private"), {.create_new = true, .permissions = 0600}));
    must(kw::file<access::append>::open(directory.path("log"), {.create = true, .permissions = 0640}));
    ::umask(before);
    CHECK(mode_of("default") == 0644);
    CHECK(mode_of("private") == 0600);
    CHECK(mode_of("log") == 0640);
}

TEST_CASE_FIXTURE(test::bounded, "file: who may not, is told so") {
    const net::temp_directory directory;
    ::chmod(directory.path("").c_str(), 0755);
    must(writer::open(directory.path("secret"), {.create = true, .permissions = 0}));
    must(writer::open(directory.path("open"), {.create = true, .permissions = 0444}));
    test::check_in_child([&]() -> std::string {
        if (!test::become_nobody()) return "skipped: becoming nobody takes root";
        KEYWAY_CHILD_CHECK(failure(reader::open(directory.path("secret"))) == kw::errc::permission_denied);
        KEYWAY_CHILD_CHECK(reader::open(directory.path("open")).has_value());
        KEYWAY_CHILD_CHECK(failure(writer::open(directory.path("open"))) == kw::errc::permission_denied);
        return {};
    });
}

TEST_CASE_FIXTURE(test::bounded, "file: adopt accepts a descriptor that is open for its access") {
    const net::temp_directory directory;
    const std::string path = directory.path("one");
    auto out = must(writer::open(path, {.create = true}));
    auto in = must(reader::open(path));
    CHECK(failure(reader::adopt(out.native_handle())) == kw::errc::bad_file_descriptor);
    CHECK(failure(writer::adopt(in.native_handle())) == kw::errc::bad_file_descriptor);
    CHECK(failure(kw::file<access::read_write>::adopt(out.native_handle())) == kw::errc::bad_file_descriptor);
    CHECK(failure(kw::file<access::append>::adopt(in.native_handle())).operation() == kw::operation::adopt);
    auto again = must(writer::adopt(out.release()));
    must(again.write_all("x"));
    auto both = must(kw::file<access::read_write>::open(path));
    auto half = must(reader::adopt(both.release()));
    std::array<char, 2> buffer{};
    CHECK(text(must(half.read(buffer))) == "x");
}

TEST_CASE_FIXTURE(test::bounded, "file: a full disk is no_space_on_device") {
    const auto full = must(writer::open("/dev/full"));
    CHECK(failure(full.write("x")) == kw::errc::no_space_on_device);
    CHECK(full.write_all("x").error().transferred == 0);
}

TEST_CASE_FIXTURE(test::bounded, "file: at a size limit the bytes written are reported") {
    const net::temp_directory directory;
    test::check_in_child([&]() -> std::string {
        ::signal(SIGXFSZ, SIG_IGN);
        const ::rlimit most{.rlim_cur = 10, .rlim_max = 10};
        KEYWAY_CHILD_CHECK(::setrlimit(RLIMIT_FSIZE, &most) == 0);
        const auto out = must(writer::open(directory.path("one"), {.create = true}));
        const auto cut = out.write_all("0123456789abc");
        KEYWAY_CHILD_CHECK(!cut);
        KEYWAY_CHILD_CHECK(cut.error() == kw::errc::file_too_large);
        KEYWAY_CHILD_CHECK(cut.error().transferred == 10);
        return {};
    });
}

TEST_CASE_FIXTURE(test::bounded, "file: a pipe in non-blocking mode is would_block") {
    const auto ends = must(kw::pipe());
    REQUIRE(::fcntl(ends.read_end.native_handle(), F_SETFL, O_NONBLOCK) == 0);
    REQUIRE(::fcntl(ends.write_end.native_handle(), F_SETFL, O_NONBLOCK) == 0);
    std::array<char, 4> buffer;
    CHECK(failure(ends.read_end.read(buffer)).would_block());
    const std::vector<std::byte> much(1024 * 1024);
    const auto stuck = ends.write_end.write_all(much);
    REQUIRE_FALSE(stuck);
    CHECK(stuck.error().would_block());
    CHECK(stuck.error().transferred == static_cast<std::size_t>(::fcntl(ends.write_end.native_handle(), F_GETPIPE_SZ)));
}

TEST_CASE_FIXTURE(test::bounded, "file: a FIFO is opened when its other end is") {
    const net::temp_directory directory;
    const std::string path = directory.path("fifo");
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    std::thread writing([&] {
        auto out = writer::open(path);
        CHECK(out.has_value());
        if (out) CHECK(out->write_all("hello").has_value());
    });
    const auto in = must(reader::open(path));
    std::array<char, 8> buffer{};
    CHECK(text(must(in.read_exact(std::span(buffer).first(5)))) == "hello");
    CHECK(must(in.read(buffer)).empty());
    writing.join();
}

TEST_CASE_FIXTURE(test::bounded, "sigpipe: a plain write to a broken pipe would end the process") {
    CHECK(fate_at_broken_pipe([] {
              auto ends = kw::pipe().value();
              static_cast<void>(ends.read_end.close());
              return ::write(ends.write_end.native_handle(), "x", 1) < 0;
          }) == "signal " + std::to_string(SIGPIPE));
}

TEST_CASE_FIXTURE(test::bounded, "sigpipe: writing to a broken pipe, FIFO or socket raises none") {
    CHECK(fate_at_broken_pipe([] {
              auto ends = kw::pipe().value();
              static_cast<void>(ends.read_end.close());
              return failure(ends.write_end.write("x")) == kw::errc::broken_pipe &&
                     failure(ends.write_end.write_all("x")) == kw::errc::broken_pipe && !is_pending(SIGPIPE) &&
                     !is_blocked(SIGPIPE);
          }) == "exit 0");
    CHECK(fate_at_broken_pipe([] {
              const net::temp_directory directory;
              if (::mkfifo(directory.path("fifo").c_str(), 0600) != 0) return false;
              auto in = kw::file<access::read_write>::open(directory.path("fifo")).value();
              const auto out = writer::open(directory.path("fifo")).value();
              static_cast<void>(in.close());
              return failure(out.write("x")) == kw::errc::broken_pipe;
          }) == "exit 0");
    CHECK(fate_at_broken_pipe([] {
              auto ends = kw::unix_stream::pair().value();
              static_cast<void>(ends[1].close());
              const auto out = writer::adopt_unchecked(ends[0].release());
              return failure(out.write("x")) == kw::errc::broken_pipe;
          }) == "exit 0");
    // The standard output of a program whose reader has gone.
    CHECK(fate_at_broken_pipe([] {
              auto ends = kw::pipe().value();
              static_cast<void>(ends.read_end.close());
              ::dup2(ends.write_end.native_handle(), STDOUT_FILENO);
              return failure(kw::standard_output().write("x")) == kw::errc::broken_pipe;
          }) == "exit 0");
}

TEST_CASE_FIXTURE(test::bounded, "sigpipe: a pipe that breaks in the middle of a write raises none") {
    CHECK(fate_at_broken_pipe([] {
              auto ends = kw::pipe().value();
              const std::vector<std::byte> much(1024 * 1024);
              std::vector<std::byte> some(100'000);
              const auto writer_thread = test::this_thread_number();
              std::thread reading([&] {
                  static_cast<void>(ends.read_end.read_exact(some));
                  test::wait_until_asleep(writer_thread);
                  static_cast<void>(ends.read_end.close());
              });
              // The first write is short, and has raised the signal in its middle.
              const auto first = ends.write_end.write(much);
              reading.join();
              return first && *first >= some.size() && *first < much.size() && !is_pending(SIGPIPE) &&
                     failure(ends.write_end.write("x")) == kw::errc::broken_pipe;
          }) == "exit 0");
}

TEST_CASE_FIXTURE(test::bounded, "sigpipe: a signal that was pending before stays, and the mask too") {
    CHECK(fate_at_broken_pipe([] {
              ::sigset_t only;
              ::sigemptyset(&only);
              ::sigaddset(&only, SIGPIPE);
              ::pthread_sigmask(SIG_BLOCK, &only, nullptr);
              auto ends = kw::pipe().value();
              static_cast<void>(ends.read_end.close());
              const bool clean = failure(ends.write_end.write("x")) == kw::errc::broken_pipe && !is_pending(SIGPIPE) &&
                                 is_blocked(SIGPIPE);
              ::raise(SIGPIPE);
              return clean && failure(ends.write_end.write("x")) == kw::errc::broken_pipe && is_pending(SIGPIPE) &&
                     is_blocked(SIGPIPE);
          }) == "exit 0");
}

TEST_CASE_FIXTURE(test::bounded, "standard streams: they are the process's own") {
    CHECK(kw::standard_input().native_handle() == STDIN_FILENO);
    CHECK(kw::standard_output().native_handle() == STDOUT_FILENO);
    CHECK(kw::standard_error().native_handle() == STDERR_FILENO);
    test::check_in_child([]() -> std::string {
        auto in = must(kw::pipe());
        ::dup2(in.read_end.native_handle(), STDIN_FILENO);
        must(in.write_end.write_all("hello"));
        std::array<char, 5> five{};
        KEYWAY_CHILD_CHECK(text(must(kw::standard_input().read_exact(five))) == "hello");
        return {};
    });
}
