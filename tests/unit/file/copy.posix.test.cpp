// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <keyway/file/copy.hpp>
#include <keyway/file/pipe.hpp>
#include <keyway/transport.hpp>

#include "support/child.hpp"
#include "support/loopback.hpp"
#include "support/net.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using bytes = std::vector<std::byte>;
using kw::access;
using kw::everything;
using test::failure;
using test::must;
using test::text;

using reader = kw::file<access::read>;
using writer = kw::file<access::write>;

std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

reader holding(const net::temp_directory& directory, const bytes& data) {
    must(must(writer::open(directory.path("from"), {.create = true})).write_all(data));
    return must(reader::open(directory.path("from")));
}

std::uint64_t position(const reader& file) { return must(file.seek(0, kw::seek_from::current)); }

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "copy: to a full disk nothing of a file or connection is lost") {
    const net::temp_directory directory;
    const bytes data = net::random_bytes(10'000, 1);
    const auto full = must(writer::open("/dev/full"));
    const auto check_full = [](const kw::copy_result& copied) {
        REQUIRE_FALSE(copied);
        CHECK(copied.error() == kw::errc::no_space_on_device);
        CHECK(copied.error().operation() == kw::operation::write);
        CHECK(copied.error().transferred == 0);
        return copied.error().lost;
    };
    const auto file = holding(directory, data);
    CHECK(check_full(kw::copy(file, full)) == 0);
    CHECK(check_full(kw::copy(file, full, everything, 30s)) == 0);
    CHECK(position(file) == 0);

    const auto ends = net::connected_pair<kw::tcp>();
    must(ends[1].send_all(data));
    CHECK(check_full(kw::copy(ends[0], full)) == 0);
    CHECK(check_full(kw::copy(ends[0], full, everything, 30s)) == 0);
    bytes got(data.size());
    must(ends[0].recv_exact(got));
    CHECK(got == data);

    // A pipe that the kernel does not splice there has been read, and says how far.
    const auto pipe = must(kw::pipe());
    must(pipe.write_end.write_all(data));
    const std::size_t lost = check_full(kw::copy(pipe.read_end, full, 4000));
    CHECK((lost == 4000 || lost == 0));
    bytes rest(data.size() - lost);
    must(pipe.read_end.read_exact(rest));
    CHECK(std::equal(rest.begin(), rest.end(), data.begin() + static_cast<std::ptrdiff_t>(lost), data.end()));
}

TEST_CASE_FIXTURE(test::bounded, "copy: a file that reaches its size limit reports the exact number of bytes written") {
    const net::temp_directory directory;
    const bytes data = net::random_bytes(10'000, 2);
    const auto file = holding(directory, data);
    test::check_in_child([&]() -> std::string {
        ::signal(SIGXFSZ, SIG_IGN);
        const ::rlimit most{.rlim_cur = 3000, .rlim_max = 3000};
        KEYWAY_CHILD_CHECK(::setrlimit(RLIMIT_FSIZE, &most) == 0);
        const auto check_cut = [&](const kw::copy_result& cut) {
            return !cut && cut.error() == kw::errc::file_too_large && cut.error().transferred == 3000 &&
                   cut.error().lost == 0 && cut.error().operation() == kw::operation::write;
        };
        const auto one = must(writer::open(directory.path("one"), {.create = true}));
        KEYWAY_CHILD_CHECK(check_cut(kw::copy(file, one)));
        KEYWAY_CHILD_CHECK(position(file) == 3000);
        // A pipe is spliced: what was not taken is still in it.
        const auto pipe = must(kw::pipe());
        must(pipe.write_end.write_all(data));
        const auto two = must(writer::open(directory.path("two"), {.create = true}));
        KEYWAY_CHILD_CHECK(check_cut(kw::copy(pipe.read_end, two)));
        bytes rest(data.size() - 3000);
        must(pipe.read_end.read_exact(rest));
        KEYWAY_CHILD_CHECK(std::equal(rest.begin(), rest.end(), data.begin() + 3000, data.end()));
        return {};
    });
}

TEST_CASE_FIXTURE(test::bounded, "copy: files that the kernel makes up, and say they are empty, are copied") {
    const std::string expected = content_of("/proc/version");
    REQUIRE_FALSE(expected.empty());
    const auto version = [] { return must(reader::open("/proc/version")); };
    CHECK(must(version().size()) == 0);
    const net::temp_directory directory;
    CHECK(must(kw::copy(version(), must(writer::open(directory.path("to"), {.create = true})))) == expected.size());
    CHECK(content_of(directory.path("to")) == expected);
    const auto ends = net::connected_pair<kw::tcp>();
    std::string got(expected.size(), '\0');
    CHECK(must(kw::copy(version(), ends[0])) == expected.size());
    must(ends[1].recv_exact(got));
    CHECK(got == expected);
    const auto pipe = must(kw::pipe());
    CHECK(must(kw::copy(version(), pipe.write_end)) == expected.size());
    must(pipe.read_end.read_exact(got));
    CHECK(got == expected);
}

TEST_CASE_FIXTURE(test::bounded, "copy: to a file that is appended to, which the kernel does not") {
    const net::temp_directory directory;
    const bytes data = net::random_bytes(200'000, 3);
    const auto file = holding(directory, data);
    const auto log = must(kw::file<access::append>::open(directory.path("log"), {.create = true}));
    CHECK(must(kw::copy(file, log)) == data.size());
    const auto pipe = must(kw::pipe());
    must(pipe.write_end.write_all("end"));
    CHECK(must(kw::copy(pipe.read_end, log, 3)) == 3);
    CHECK(content_of(directory.path("log")) == text(data) + "end");
}

TEST_CASE_FIXTURE(test::bounded, "copy: through a FIFO") {
    const net::temp_directory directory;
    const bytes data = net::random_bytes(300'000, 4);
    const auto file = holding(directory, data);
    REQUIRE(::mkfifo(directory.path("fifo").c_str(), 0600) == 0);
    std::thread writing([&] {
        const auto out = writer::open(directory.path("fifo"));
        CHECK(out.has_value());
        if (out) CHECK(kw::copy(file, *out).value_or(0) == data.size());
    });
    {
        const auto in = must(reader::open(directory.path("fifo")));
        const auto out = must(writer::open(directory.path("to"), {.create = true}));
        CHECK(must(kw::copy(in, out)) == data.size());
    }
    writing.join();
    CHECK(content_of(directory.path("to")) == text(data));
}

TEST_CASE_FIXTURE(test::bounded, "copy: a full pipe in non-blocking mode is the writer's would_block") {
    const net::temp_directory directory;
    const bytes data = net::random_bytes(1024 * 1024, 5);
    const auto file = holding(directory, data);
    const auto pipe = must(kw::pipe());
    REQUIRE(::fcntl(pipe.write_end.native_handle(), F_SETFL, O_NONBLOCK) == 0);
    std::uint64_t sent = 0;
    bytes got;
    while (sent < data.size()) {
        const auto done = kw::copy(file, pipe.write_end);
        if (!done) {
            REQUIRE(done.error().would_block());
            CHECK(done.error().operation() == kw::operation::write);
        }
        sent += done ? *done : done.error().transferred;
        CHECK(position(file) == sent);
        bytes room(static_cast<std::size_t>(sent) - got.size());
        must(pipe.read_end.read_exact(room));
        got.insert(got.end(), room.begin(), room.end());
    }
    CHECK(got == data);
}

TEST_CASE_FIXTURE(test::bounded, "copy: constant signals change no byte") {
    const bytes data = net::random_bytes(4 * 1024 * 1024, 6);
    const auto copied_among_signals = [&](const auto& from, const auto& to) {
        struct ::sigaction action{};
        struct ::sigaction before{};
        action.sa_handler = [](int) {};  // without SA_RESTART
        ::sigaction(SIGALRM, &action, &before);
        const ::itimerval often{.it_interval = {.tv_sec = 0, .tv_usec = 500},
                                .it_value = {.tv_sec = 0, .tv_usec = 500}};
        const ::itimerval never{};
        ::setitimer(ITIMER_REAL, &often, nullptr);
        const auto done = kw::copy(from, to);
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::sigaction(SIGALRM, &before, nullptr);
        return done;
    };
    const net::temp_directory directory;
    const auto file = holding(directory, data);
    const auto ends = net::connected_pair<kw::tcp>();
    auto pipe = must(kw::pipe());
    bytes got(data.size());
    test::check_in_child([&]() -> std::string {
        // A process of one thread, so that it is the one that gets the signals; another process reads.
        const ::pid_t other = ::fork();
        if (other == 0) {
            const bool same = kw::copy(ends[1], pipe.write_end, data.size()).value_or(0) == data.size();
            ::_exit(same ? 0 : 1);
        }
        const ::pid_t last = ::fork();
        if (last == 0) {
            bytes slow(1000);
            for (std::size_t done = 0; done < got.size();) {
                const auto some = pipe.read_end.read(slow);
                if (!some || some->empty()) ::_exit(1);
                std::copy(some->begin(), some->end(), got.begin() + static_cast<std::ptrdiff_t>(done));
                done += some->size();
            }
            ::_exit(got == data ? 0 : 1);
        }
        const auto done = copied_among_signals(file, ends[0]);
        KEYWAY_CHILD_CHECK(done.value_or(0) == data.size());
        for (const ::pid_t one : {other, last}) {
            int status = 0;
            KEYWAY_CHILD_CHECK(::waitpid(one, &status, 0) == one);
            KEYWAY_CHILD_CHECK(status == 0);
        }
        return {};
    });
}

namespace {

/// Runs `copy` to an end whose other end has gone, where SIGPIPE ends the process, unless the library keeps it away.
template <class Copy>
std::string fate_of(Copy copy) {
    return child::fate(child::run([&] {
        ::signal(SIGPIPE, SIG_DFL);
        const kw::copy_result broken = copy();
        ::sigset_t now;
        ::sigpending(&now);
        const bool pending = ::sigismember(&now, SIGPIPE) == 1;
        ::pthread_sigmask(SIG_BLOCK, nullptr, &now);
        const bool blocked = ::sigismember(&now, SIGPIPE) == 1;
        return !broken && broken.error() == kw::errc::broken_pipe && !pending && !blocked ? 0 : 1;
    }));
}

/// The end of a pair whose other end is closed.
template <class Transport>
auto widowed() {
    return std::move(net::connected_pair<Transport>()[0]);
}

template <class To>
void check_no_signal(std::string_view what, To make_broken) {
    INFO(what);
    const net::temp_directory directory;
    const bytes data = net::random_bytes(100'000, 8);
    const auto file = holding(directory, data);
    CHECK(fate_of([&] { return kw::copy(file, make_broken()); }) == "exit 0");
    CHECK(fate_of([&] { return kw::copy(file, make_broken(), everything, 30s); }) == "exit 0");
    const auto pipe = must(kw::pipe());
    must(pipe.write_end.write_all("hello"));
    CHECK(fate_of([&] { return kw::copy(pipe.read_end, make_broken()); }) == "exit 0");
    CHECK(fate_of([&] { return kw::copy(pipe.read_end, make_broken(), everything, 30s); }) == "exit 0");
    const auto ends = net::connected_pair<kw::tcp>();
    must(ends[1].send_all("hello"));
    CHECK(fate_of([&] { return kw::copy(ends[0], make_broken()); }) == "exit 0");
    CHECK(fate_of([&] { return kw::copy(ends[0], make_broken(), everything, 30s); }) == "exit 0");
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "sigpipe: a copy to a broken pipe or connection does not raise it") {
    check_no_signal("AF_UNIX", [] { return widowed<kw::unix_stream>(); });
    check_no_signal("TCP that was shut down", [] {
        auto ends = net::connected_pair<kw::tcp>();
        must(ends[0].shutdown_send());
        return std::move(ends[0]);
    });
    check_no_signal("a pipe", [] { return std::move(must(kw::pipe()).write_end); });
}

TEST_CASE_FIXTURE(test::bounded,
                  "sigpipe: nor does a sink that breaks midway, and the file is positioned after the bytes sent") {
    const net::temp_directory directory;
    const bytes data = net::random_bytes(4 * 1024 * 1024, 9);
    const auto file = holding(directory, data);
    // The ends are made in the child: its parent would hold them open.
    const auto breaks_in_the_middle = [&](auto make_ends) {
        return fate_of([&]() -> kw::copy_result {
            auto [to, from] = make_ends();
            const auto writes = test::this_thread_number();
            std::size_t taken = 0;
            std::thread reading([&, end = std::move(from)]() mutable {
                bytes some(100'000);
                while (taken < 300'000) taken += end.read(some).value().size();
                test::wait_until_asleep(writes);
                static_cast<void>(end.close());
            });
            must(file.seek(0));
            const kw::copy_result cut = kw::copy(file, to);
            reading.join();
            const bool exact = !cut && cut.error().transferred >= taken && cut.error().transferred < data.size() &&
                               position(file) == cut.error().transferred;
            return exact ? cut : kw::copy_result();
        });
    };
    CHECK(breaks_in_the_middle([] {
              auto ends = must(kw::pipe());
              return std::pair(std::move(ends.write_end), std::move(ends.read_end));
          }) == "exit 0");
    CHECK(breaks_in_the_middle([] {
              auto ends = net::connected_pair<kw::unix_stream>();
              return std::pair(std::move(ends[0]), std::move(ends[1]));
          }) == "exit 0");
}
