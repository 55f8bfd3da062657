// SPDX-License-Identifier: BSL-1.0
// What signals are on POSIX. Each test is in a process of its own: nobody else's signals are touched.
#include <keyway/event/signal.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <keyway/server/serve.hpp>
#include <keyway/transport.hpp>

#include "support/child.hpp"
#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using test::must;

bool is_cancelled(const auto& result) { return !result && result.error() == kw::errc::operation_canceled; }

void discard(::ssize_t) {}

void send_self(int signal) { ::kill(::getpid(), signal); }

/// What std::jthread is, which libc++ does not have.
class joining_thread : public std::thread {
public:
    using std::thread::thread;
    joining_thread(joining_thread&&) = default;
    joining_thread& operator=(joining_thread&&) = delete;
    ~joining_thread() {
        if (joinable()) join();
    }
};

/// Sends the signal to this process as soon as the thread that made this waits in the kernel.
class signal_when_asleep {
public:
    explicit signal_when_asleep(int signal)
        : thread_([signal, sleeper = test::this_thread_number()] {
              test::wait_until_asleep(sleeper);
              send_self(signal);
          }) {}

private:
    joining_thread thread_;
};

/// What is known of a signal before and after.
struct state {
    struct ::sigaction action{};
    bool blocked = false;

    explicit state(int signal) {
        ::sigset_t mask;
        ::sigaction(signal, nullptr, &action);
        ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
        blocked = ::sigismember(&mask, signal) == 1;
    }
    friend bool operator==(const state& a, const state& b) {
        const bool alike = a.action.sa_handler == b.action.sa_handler && a.blocked == b.blocked;
        if (!alike || test::sanitized) return alike;  // which has flags of its own
        for (int i = 1; i < NSIG; ++i)
            if (::sigismember(&a.action.sa_mask, i) != ::sigismember(&b.action.sa_mask, i)) return false;
        constexpr int restorer = 0x04000000;  // SA_RESTORER: the C library's own
        return (a.action.sa_flags | restorer) == (b.action.sa_flags | restorer);
    }
};

void set_blocked(std::initializer_list<int> signals, int how = SIG_BLOCK) {
    ::sigset_t set;
    ::sigemptyset(&set);
    for (const int one : signals) ::sigaddset(&set, one);
    ::pthread_sigmask(how, &set, nullptr);
}

std::atomic<int> counted = 0;
void count(int) { ++counted; }
void count_with_info(int, ::siginfo_t*, void*) { ++counted; }

/// How a child ends, without the handlers of the test's program.
template <class Body>
std::string fate(Body body) {
    return child::fate(child::run([&] {
        for (const int one : {SIGINT, SIGTERM}) ::signal(one, SIG_DFL);
        return body();
    }));
}

/// The same of one that a busy machine may end by a signal: it had not the time that it was to have.
template <class Body>
std::string fate_in_time(Body body) {
    constexpr int many = 10;
    std::string last;
    for (int i = 0; i < many && !last.starts_with("exit"); ++i) last = fate(body);
    return last;
}

// ---- what waits

TEST_CASE_FIXTURE(test::bounded, "a signal wakes every call that waits") {
    test::check_in_child([]() -> std::string {
        const auto stop = must(kw::signal_stop::open());
        const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
        const auto two = net::connected_pair<kw::tcp4>();
        const auto datagrams = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
        std::array<std::byte, 16> buffer{};
        test::fill_up(two[1]);
        const std::vector<std::byte> more(1 << 20);
        const std::pair<const char*, std::function<bool()>> calls[] = {
            {"accept", [&] { return is_cancelled(listener.accept(stop)); }},
            {"recv", [&] { return is_cancelled(two[1].recv(buffer, stop)); }},
            {"recv_exact", [&] { return is_cancelled(two[1].recv_exact(buffer, stop)); }},
            {"recv_from", [&] { return is_cancelled(datagrams.recv_from(buffer, stop)); }},
            {"send_all", [&] { return is_cancelled(two[1].send_all(more, stop)); }},
            {"wait", [&] { return stop.wait().has_value(); }},
            {"poll",
             [&] {
                 ::pollfd set{.fd = stop.native_handle(), .events = POLLIN, .revents = 0};
                 while (::poll(&set, 1, -1) < 0 && errno == EINTR) {}
                 return set.revents == POLLIN;
             }},
        };
        for (const auto& [name, call] : calls)
            for (const int signal : {SIGTERM, SIGINT}) {
                const signal_when_asleep sender(signal);
                if (!call()) return name;
                if (stop.caught() != signal) return std::string(name) + ": another signal";
                must(stop.reset());
            }
        return {};
    });
}

TEST_CASE("a signal that comes before anybody waits is not lost") {
    test::check_in_child([]() -> std::string {
        const auto stop = must(kw::signal_stop::open());
        const auto listener = must(kw::unix_stream::listen(kw::unix_stream::endpoint::autobind()));
        send_self(SIGTERM);
        KEYWAY_CHILD_CHECK(is_cancelled(listener.accept(stop)));
        KEYWAY_CHILD_CHECK(is_cancelled(listener.accept(stop)));
        KEYWAY_CHILD_CHECK(must(stop.wait()) == SIGTERM);
        return {};
    });
}

TEST_CASE("a signal that was pending when it was caught comes then") {
    test::check_in_child([]() -> std::string {
        set_blocked({SIGTERM});
        send_self(SIGTERM);
        const auto stop = must(kw::signal_stop::open());
        KEYWAY_CHILD_CHECK(stop.caught() == SIGTERM);
        return {};
    });
}

TEST_CASE("one signal wakes several threads, whichever of them it interrupts") {
    test::check_in_child([]() -> std::string {
        std::atomic<int> woken = 0;
        std::atomic<kw::handle_view::native_type> handle = kw::handle_view::invalid;
        const auto wait = [&](std::atomic<test::thread_number>& number) {
            while (handle == kw::handle_view::invalid) std::this_thread::yield();
            const auto [one, other] = net::connected_pair<kw::unix_stream>();
            std::array<std::byte, 1> byte{};
            number = test::this_thread_number();
            woken += is_cancelled(one.recv(byte, kw::canceller_view::borrow(handle)));
        };
        const auto send_when_asleep = [](joining_thread& thread, const std::atomic<test::thread_number>& number,
                                         int signal) {
            while (number == 0) std::this_thread::yield();
            test::wait_until_asleep(number);
            ::pthread_kill(thread.native_handle(), signal);
        };
        std::atomic<test::thread_number> older = 0, younger = 0, youngest = 0;
        std::optional<kw::signal_stop> stop;
        {
            joining_thread before([&] { wait(older); });
            stop = must(kw::signal_stop::open());
            handle = stop->native_handle();
            joining_thread after([&] { wait(younger); });
            send_when_asleep(before, older, SIGINT);
        }
        KEYWAY_CHILD_CHECK(woken == 2 && stop->caught() == SIGINT);
        must(stop->reset());
        {
            joining_thread after([&] { wait(youngest); });
            send_when_asleep(after, youngest, SIGTERM);
        }
        KEYWAY_CHILD_CHECK(woken == 3 && stop->caught() == SIGTERM);
        return {};
    });
}

TEST_CASE("the program's own calls continue, and errno is preserved") {
    test::check_in_child([]() -> std::string {
        const auto stop = must(kw::signal_stop::open());
        std::array<int, 2> ends{};
        KEYWAY_CHILD_CHECK(::pipe(ends.data()) == 0);
        joining_thread other([&ends, sleeper = test::this_thread_number()] {
            for (int i = 0; i < 3; ++i) {
                test::wait_until_asleep(sleeper);
                send_self(SIGINT);
            }
            test::wait_until_asleep(sleeper);
            discard(::write(ends[1], "x", 1));
        });
        char byte = 0;
        KEYWAY_CHILD_CHECK(::read(ends[0], &byte, 1) == 1);
        must(stop.reset());
        errno = 4711;
        send_self(SIGINT);
        KEYWAY_CHILD_CHECK(errno == 4711);
        KEYWAY_CHILD_CHECK(stop.caught() == SIGINT);
        must(stop.reset());
        test::close_behind(stop);  // so that it is not told
        errno = 4711;
        send_self(SIGINT);
        KEYWAY_CHILD_CHECK(errno == 4711);
        KEYWAY_CHILD_CHECK(stop.caught() == SIGINT);
        return {};
    });
}

// ---- what was before is again

TEST_CASE("handlers and masks are restored") {
    test::check_in_child([]() -> std::string {
        ::signal(SIGHUP, SIG_IGN);
        ::signal(SIGUSR1, count);
        struct ::sigaction action{};
        action.sa_sigaction = count_with_info;
        action.sa_flags = SA_SIGINFO | SA_NODEFER;
        ::sigaddset(&action.sa_mask, SIGALRM);
        ::sigaction(SIGUSR2, &action, nullptr);
        set_blocked({SIGUSR1, SIGTERM, SIGPIPE});
        static constexpr std::initializer_list<int> set = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
        std::vector<state> before;
        for (int i = 1; i < NSIG; ++i) before.emplace_back(i);
        for (int round = 0; round < 3; ++round) {
            {
                const auto stop = must(kw::signal_stop::open(set));
                for (int i = 1; i < NSIG; ++i) {
                    bool caught = false;
                    for (const int one : set) caught = caught || one == i;
                    if (!caught && state(i) != before[static_cast<std::size_t>(i - 1)]) return "too much was touched";
                    if (caught && state(i).blocked) return "a signal stayed blocked";
                }
                for (const int one : set) {
                    send_self(one);
                    if (stop.caught() != one) return "a signal was not caught";
                    must(stop.reset());
                }
            }
            for (int i = 1; i < NSIG; ++i)
                if (state(i) != before[static_cast<std::size_t>(i - 1)]) return "not as before: " + std::to_string(i);
        }
        KEYWAY_CHILD_CHECK(counted == 0);
        send_self(SIGUSR2);
        KEYWAY_CHILD_CHECK(counted == 1);
        return {};
    });
}

TEST_CASE("a set that fails leaves handlers, masks and descriptors as they were") {
    test::check_in_child([]() -> std::string {
        set_blocked({SIGHUP});
        const auto stop = must(kw::signal_stop::open({SIGINT, SIGTERM}));
        const state hup(SIGHUP), interrupt(SIGINT), usr(SIGUSR1);
        const auto descriptors = net::open_descriptors();
        for (int i = 0; i < 3; ++i) {
            KEYWAY_CHILD_CHECK(kw::signal_stop::open({SIGUSR1, SIGINT}).error() == kw::errc::device_or_resource_busy);
            KEYWAY_CHILD_CHECK(kw::signal_stop::open({SIGHUP, SIGINT}).error() == kw::errc::device_or_resource_busy);
            KEYWAY_CHILD_CHECK(kw::signal_stop::open({SIGHUP, SIGKILL}).error() == kw::errc::invalid_argument);
            KEYWAY_CHILD_CHECK(kw::signal_stop::open({SIGKILL}).error() == kw::errc::invalid_argument);
            KEYWAY_CHILD_CHECK(kw::signal_stop::open({SIGSTOP, SIGUSR1}).error() == kw::errc::invalid_argument);
        }
        KEYWAY_CHILD_CHECK(hup == state(SIGHUP) && interrupt == state(SIGINT) && usr == state(SIGUSR1));
        KEYWAY_CHILD_CHECK(descriptors == net::open_descriptors());
        must(kw::signal_stop::open({SIGHUP, SIGUSR1}));
        send_self(SIGINT);
        KEYWAY_CHILD_CHECK(stop.caught() == SIGINT);
        return {};
    });
}

TEST_CASE("after the signal_stop is closed a signal has its former effect") {
    CHECK(fate([] {
              must(kw::signal_stop::open());
              send_self(SIGTERM);
              return 1;
          }) == "signal 15");
}

// ---- the second one

TEST_CASE("a second signal ends the program as if nobody had caught it") {
    for (const int last : {SIGINT, SIGTERM, SIGHUP}) {
        const auto end = fate([last] {
            ::signal(last, SIG_IGN);  // no matter what was before
            const auto stop = must(kw::signal_stop::open({SIGINT, SIGTERM, SIGHUP}));
            send_self(SIGTERM);
            if (stop.caught() != SIGTERM) return 1;
            for (;;) send_self(last);  // until the tenth of a second is over
        });
        CHECK(end == "signal " + std::to_string(last));
    }
}

TEST_CASE("a second signal ends a program that hangs") {
    CHECK(fate([] {
              const auto stop = must(kw::signal_stop::open());
              send_self(SIGINT);
              const joining_thread drain([] {
                  for (;;) ::pause();
              });
              std::this_thread::sleep_for(150ms);
              send_self(SIGINT);
              return 1;
          }) == "signal 2");
}

TEST_CASE("a second signal ends a drain that does not end") {
    CHECK(fate([] {
              const auto stop = must(kw::signal_stop::open());
              const auto listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
              const auto client = must(kw::tcp4::connect(must(listener.local_endpoint())));
              const auto hang = [](const auto&) {
                  send_self(SIGTERM);
                  for (;;) send_self(SIGINT);
              };
              kw::serve(listener, hang, {.until = stop, .drain = 0s});
              return 1;
          }) == "signal 2");
}

TEST_CASE("signals in a tenth of a second are one request") {
    const auto end = fate_in_time([] {
        const auto stop = must(kw::signal_stop::open());
        const auto begin = steady_clock::now();
        {
            std::vector<joining_thread> senders;
            for (int i = 0; i < 4; ++i)
                senders.emplace_back([&, i] {
                    do send_self(i % 2 == 0 ? SIGINT : SIGTERM);
                    while (steady_clock::now() - begin < 20ms);
                });
        }
        return stop.is_cancelled() && stop.caught() != 0 ? 0 : 1;
    });
    CHECK(end == "exit 0");
}

TEST_CASE("constant signals do not disturb opening and closing a signal_stop") {
    // None is told to a descriptor that has become another's, and none gets by both the old and the new owner.
    const auto end = fate_in_time([] {
        ::signal(SIGUSR1, count);
        std::atomic<bool> over = false;
        std::atomic<bool> wrote = false;
        {
            std::vector<joining_thread> others;
            for (int i = 0; i < 2; ++i)
                others.emplace_back([&over] {
                    // Only when nothing else runs: a claim that is kept waiting would end at its second signal.
                    const ::sched_param none{};
                    ::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none);
                    while (!over) ::raise(SIGUSR1);
                });
            others.emplace_back([&over, &wrote] {
                while (!over) {
                    const int one = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
                    std::this_thread::yield();
                    std::uint64_t value = 0;
                    if (::read(one, &value, sizeof(value)) > 0) wrote = true;
                    ::close(one);
                }
            });
            const auto begin = steady_clock::now();
            while (steady_clock::now() - begin < 300ms) {
                const auto stop = must(kw::signal_stop::open({SIGUSR1}));
                std::this_thread::yield();
            }
            over = true;
        }
        return wrote ? 1 : 0;
    });
    CHECK(end == "exit 0");
}

TEST_CASE("a connection is not closed before its handler has returned") {
    test::check_in_child([]() -> std::string {
        auto stop = must(kw::signal_stop::open({SIGUSR1}));
        const kw::handle_view waker = stop;
        kw::detail::os::signal_slot& slot = kw::detail::os::slot_of(SIGUSR1);
        ++slot.handlers;  // as one that runs in another thread
        joining_thread closing([&] { must(stop.close()); });
        while (slot.owner != kw::detail::os::no_claim) std::this_thread::yield();
        const auto begin = steady_clock::now();
        while (steady_clock::now() - begin < 20ms) std::this_thread::yield();
        KEYWAY_CHILD_CHECK(test::is_open(waker));
        --slot.handlers;
        closing.join();
        KEYWAY_CHILD_CHECK(!test::is_open(waker));
        return {};
    });
}

TEST_CASE_FIXTURE(test::bounded, "Ctrl-C of a terminal is such a signal") {
    int terminal = -1;
    const ::pid_t made = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    REQUIRE(made >= 0);
    if (made == 0) {
        ::alarm(20);
        const auto stop = kw::signal_stop::open();
        discard(::write(1, "ready\n", 6));
        if (!stop || stop->wait().value_or(0) != SIGINT) ::_exit(1);
        discard(::write(1, "caught\n", 7));
        for (;;) ::pause();  // hangs on its way out
    }
    const auto owner = kw::handle::adopt_unchecked(terminal);
    std::string said;
    const auto read_until = [&](const char* what) {
        std::array<char, 64> buffer{};
        while (said.find(what) == std::string::npos) {
            const auto n = ::read(terminal, buffer.data(), buffer.size());
            if (n <= 0) return false;
            said.append(buffer.data(), static_cast<std::size_t>(n));
        }
        return true;
    };
    CHECK(read_until("ready"));
    CHECK(::write(terminal, "\x03", 1) == 1);
    CHECK(read_until("caught"));
    int status = 0;
    while (::waitpid(made, &status, WNOHANG) == 0) {
        discard(::write(terminal, "\x03", 1));
        std::this_thread::sleep_for(10ms);
    }
    CHECK(child::fate(status) == "signal 2");
}

// ---- children

TEST_CASE("a child after fork has no part in it") {
    test::check_in_child([]() -> std::string {
        const auto stop = must(kw::signal_stop::open());
        KEYWAY_CHILD_CHECK(child::fate(child::run([] {
                               send_self(SIGTERM);
                               return 1;
                           })) == "signal 15");
        KEYWAY_CHILD_CHECK(!stop.is_cancelled() && stop.caught() == 0);
        send_self(SIGINT);
        KEYWAY_CHILD_CHECK(stop.caught() == SIGINT);
        return {};
    });
}

TEST_CASE("a child process may open a signal_stop of its own after fork") {
    test::check_in_child([]() -> std::string {
        ::signal(SIGTERM, count);
        ::signal(SIGUSR1, count);
        auto stop = must(kw::signal_stop::open({SIGINT, SIGTERM, SIGUSR1}));
        send_self(SIGUSR1);
        KEYWAY_CHILD_CHECK(child::fate(child::run([&stop] {
                               {
                                   const auto own = must(kw::signal_stop::open({SIGINT, SIGTERM}));
                                   if (own.is_cancelled() || own.caught() != 0) return 1;
                                   if (kw::signal_stop::open({SIGTERM})) return 2;
                                   send_self(SIGTERM);
                                   if (own.caught() != SIGTERM || !own.is_cancelled()) return 3;
                               }
                               send_self(SIGTERM);  // as it was before the parent caught it
                               if (counted != 1) return 4;
                               must(stop.close());
                               send_self(SIGUSR1);
                               return counted == 2 ? 0 : 5;
                           })) == "exit 0");
        KEYWAY_CHILD_CHECK(stop.caught() == SIGUSR1 && counted == 0);
        must(stop.reset());
        KEYWAY_CHILD_CHECK(!stop.is_cancelled());
        send_self(SIGTERM);
        KEYWAY_CHILD_CHECK(stop.caught() == SIGTERM);
        return {};
    });
}

/// What a program that is started says: its standard output.
std::string output_of(const char* command) {
    std::string output;
    ::FILE* const pipe = ::popen(command, "re");
    std::array<char, 4096> buffer{};
    while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) output += buffer.data();
    ::pclose(pipe);
    return output;
}

TEST_CASE("a program that is started inherits nothing of it") {
    test::check_in_child([]() -> std::string {
        const char* const tell = "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status; ls /proc/self/fd";
        const auto before = output_of(tell);
        const auto stop = must(kw::signal_stop::open());
        KEYWAY_CHILD_CHECK(output_of(tell) == before);
        KEYWAY_CHILD_CHECK(before.find("SigBlk:\t0000000000000000") != std::string::npos);
        KEYWAY_CHILD_CHECK(child::fate(std::system("kill -TERM $$")) == "signal 15");
        KEYWAY_CHILD_CHECK(!stop.is_cancelled());
        return {};
    });
}

// ---- a server's life

TEST_CASE_FIXTURE(test::bounded, "a server that ends by a signal leaves its port and its path free at once") {
    const test::temporary_directory directory;
    const auto path = directory.endpoint();
    auto address = net::any_loopback_port<kw::tcp4>();
    for (int i = 0; i < 50; ++i) {
        auto pipe = must(kw::unix_stream::pair());
        auto& told = pipe[0];
        auto& telling = pipe[1];
        std::vector<::pid_t> children;
        const ::pid_t server = ::fork();
        REQUIRE(server >= 0);
        if (server == 0) {
            ::alarm(20);
            const auto serve = [&] {
                const auto stop = kw::signal_stop::open();
                const auto tcp = kw::tcp4::listen(address);
                const auto local = kw::unix_stream::listen(path);
                if (!stop || !tcp || !local) return 1;
                const std::uint16_t port = tcp->local_endpoint().value().port();
                if (!telling.send_all(std::as_bytes(std::span(&port, 1)))) return 2;
                const auto echo = [](const auto& client, const auto&, const kw::canceller_view& abort) {
                    std::array<std::byte, 64> buffer{};
                    while (auto got = client.recv(buffer, abort))
                        if (got->empty() || !client.send_all(*got, abort)) break;
                };
                const auto report = kw::serve(kw::listeners(*tcp, *local), echo, {.until = *stop, .drain = 0s});
                if (report.accepted != 2 || report.ended_by != kw::errc::operation_canceled) return 3;
                return stop->caught() == (i % 2 == 0 ? SIGINT : SIGTERM) ? 0 : 4;
            };
            ::_exit(serve());
        }
        must(telling.close());
        std::uint16_t port = 0;
        must(told.recv_exact(std::as_writable_bytes(std::span(&port, 1)), 10s));
        if (i > 0) CHECK(port == address.port());
        address = {address.address(), port};
        std::array<std::byte, 5> got{};
        const auto talk = [&](const auto& client) {
            must(client.send_all("hello", 10s));
            CHECK(test::text(must(client.recv_exact(got, 10s))) == "hello");
        };
        const auto one = must(kw::tcp4::connect(address, 10s));
        const auto other = must(kw::unix_stream::connect(path, 10s));
        talk(one);
        talk(other);
        ::kill(server, i % 2 == 0 ? SIGINT : SIGTERM);
        int status = 0;
        CHECK(::waitpid(server, &status, 0) == server);
        CHECK(child::fate(status) == "exit 0");
        CHECK_FALSE(test::exists(directory.path("socket")));
    }
}

}  // namespace
