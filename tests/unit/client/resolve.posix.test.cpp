// SPDX-License-Identifier: BSL-1.0
// In a network of its own, with a DNS server of its own (support/dns_server.py says which names it knows), and what else
// may be in the way of an answer.
#include <keyway/client/resolve.hpp>

#include <doctest/doctest.h>

#include <linux/filter.h>
#include <linux/net.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/dns.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
using kw::datagram;
using kw::errc;
using kw::ip;
using kw::ipv4;
using kw::ipv6;
using kw::resolve;
using kw::resolve_name;
using kw::resolver_errc;
using test::failure;
using namespace std::chrono_literals;

namespace {

/// For tests in which the resolver itself is to give up soon; a busy machine needs some time to answer.
constexpr const char* soon = "timeout:2 attempts:1";

template <class Resolved>
std::vector<std::string> texts(const Resolved& resolved) {
    if (!resolved) return {test::message_of(resolved.error())};
    std::vector<std::string> all;
    for (const auto& endpoint : *resolved) all.emplace_back(endpoint.text().view());
    return all;
}

using list = std::vector<std::string>;
using set = std::set<std::string>;

template <class Resolved>
set set_of(const Resolved& resolved) {
    const list all = texts(resolved);
    return {all.begin(), all.end()};
}

/// What getaddrinfo(3) says, asked by hand.
list asked_by_hand(const char* host, const char* service) {
    ::addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    ::addrinfo* found = nullptr;
    list all;
    if (::getaddrinfo(host, service, &hints, &found) != 0) return all;
    for (const ::addrinfo* each = found; each != nullptr; each = each->ai_next) {
        kw::endpoint<ip> endpoint;
        std::memcpy(endpoint.data(), each->ai_addr, each->ai_addrlen);
        endpoint.resize(each->ai_addrlen);
        all.emplace_back(endpoint.text().view());
    }
    ::freeaddrinfo(found);
    return all;
}

std::size_t threads() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}

/// Whether it becomes true within ten seconds.
template <class Condition>
bool comes_true(Condition condition) {
    for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;
         std::this_thread::sleep_for(1ms))
        if (condition()) return true;
    return false;
}

/// How many questions the server has had so far.
unsigned questions() {
    const auto told = resolve<ipv4>("count.test", 0);
    return told ? (*told->begin()).address().octets()[3] : 999;
}

/// What descriptors and threads there are more than before.
class resources {
public:
    /// A sanitizer may have threads of its own, from the first thread on.
    resources() {
        test::thread_number first{};
        std::thread([&] { first = test::this_thread_number(); }).join();
        const std::string path = "/proc/self/task/" + std::to_string(first);
        if (!comes_true([&] { return !std::filesystem::exists(path); })) throw std::runtime_error("a thread is left");
        threads_ = threads();
    }
    [[nodiscard]] std::size_t more_threads() const { return threads() - threads_; }
    [[nodiscard]] bool same_descriptors() const { return test::open_handles() == handles_; }
    [[nodiscard]] bool come_back() const {
        return comes_true([&] { return same_descriptors() && more_threads() == 0; });
    }

private:
    std::map<unsigned long long, std::string> handles_ = test::open_handles();
    std::size_t threads_ = 0;
};

}  // namespace

TEST_CASE("a host's endpoints are all there, in the system's order, with the port of the service") {
    test::check_with_own_names("timeout:5", []() -> std::string {
        const set v4{"127.0.0.5:80", "127.0.0.6:80"};
        const set v6{"[::1]:80", "[fd00::5]:80"};
        set both = v4;
        both.insert(v6.begin(), v6.end());
        KEYWAY_CHILD_CHECK(set_of(resolve<ipv4>("both.test", "http")) == v4);
        KEYWAY_CHILD_CHECK(set_of(resolve<ipv6>("both.test", "http")) == v6);
        KEYWAY_CHILD_CHECK(texts(resolve<ip>("both.test", "http")) == asked_by_hand("both.test", "http"));
        KEYWAY_CHILD_CHECK(texts(resolve<ip>("both.test", 80, 20s)) == asked_by_hand("both.test", "80"));
        KEYWAY_CHILD_CHECK(set_of(resolve<ip>("both.test", "80")) == both);
        KEYWAY_CHILD_CHECK(texts(resolve<ip>("both.test", 80)).size() == 4);
        // RFC 6724, rule 1: what cannot be reached comes last.
        const list far = texts(resolve<ip>("far.test", 80));
        KEYWAY_CHILD_CHECK(far.size() == 3 && far[0] == "127.0.0.5:80");
        KEYWAY_CHILD_CHECK((texts(resolve<ip>("filed.test", 80)) == list{"127.0.0.9:80"}));
        KEYWAY_CHILD_CHECK((texts(resolve<ip>("b\xc3\xbc"
                                              "cher.test",
                                              80)) == list{"127.0.0.10:80"}));
        return "";
    });
}

TEST_CASE("a host with addresses of one family") {
    test::check_with_own_names("timeout:5", []() -> std::string {
        KEYWAY_CHILD_CHECK((texts(resolve<ip>("v6only.test", 80)) == list{"[::1]:80"}));
        KEYWAY_CHILD_CHECK((texts(resolve<ipv6>("v6only.test", 80)) == list{"[::1]:80"}));
        KEYWAY_CHILD_CHECK(failure(resolve<ipv4>("v6only.test", 80)) == resolver_errc::no_address);
        KEYWAY_CHILD_CHECK((texts(resolve<ip>("v4only.test", 80)) == list{"127.0.0.5:80"}));
        KEYWAY_CHILD_CHECK(failure(resolve<ipv6>("v4only.test", 80)) == resolver_errc::no_address);
        return "";
    });
}

TEST_CASE("only addresses of a family that this machine has, where that is asked for") {
    test::check_with_own_names("timeout:5", []() -> std::string {
        if (std::system("ip addr add 192.0.2.7/24 dev lo") != 0) return "skipped: no iproute2";
        KEYWAY_CHILD_CHECK(set_of(resolve<ip>("both.test", 80)).size() == 4);
        const set v4{"127.0.0.5:80", "127.0.0.6:80"};
        KEYWAY_CHILD_CHECK(set_of(resolve<ip>("both.test", 80, {}, {.configured_only = true})) == v4);
        KEYWAY_CHILD_CHECK(!resolve<ip>("v6only.test", 80, {}, {.configured_only = true}));
        return "";
    });
}

TEST_CASE("the canonical name is behind all aliases") {
    test::check_with_own_names("timeout:5", []() -> std::string {
        const auto found = resolve<ip>("alias.test", 80, {}, {.canonical_name = true});
        KEYWAY_CHILD_CHECK(texts(found).size() == 4);
        KEYWAY_CHILD_CHECK(found->canonical_name() == "both.test");
        KEYWAY_CHILD_CHECK(resolve<ip>("alias.test", 80)->canonical_name().empty());
        auto in_thread = resolve<ip>("alias.test", 80, 20s, {.canonical_name = true});
        KEYWAY_CHILD_CHECK(in_thread->canonical_name() == "both.test");
        const auto moved = *std::move(in_thread);
        KEYWAY_CHILD_CHECK(moved.canonical_name() == "both.test");
        return "";
    });
}

TEST_CASE("thousands of addresses all arrive, by TCP") {
    test::check_with_own_names("timeout:5", []() -> std::string {
        KEYWAY_CHILD_CHECK(set_of(resolve<ipv4>("many.test", 80)).size() == 4000);
        KEYWAY_CHILD_CHECK(set_of(resolve<ip>("many.test", 80, 20s)).size() == 4000);
        KEYWAY_CHILD_CHECK(set_of(resolve<ipv4>("many.test", 80)).contains("127.1.15.250:80"));
        return "";
    });
}

TEST_CASE("a server that errs or talks nonsense, and one that is not there, are errors with words") {
    test::check_with_own_names(soon, []() -> std::string {
        const std::pair<const char*, resolver_errc> expected[] = {
            {"nowhere.test", resolver_errc::host_not_found}, {"servfail.test", resolver_errc::try_again},
            {"refused.test", resolver_errc::try_again},      {"garbage.test", resolver_errc::try_again},
            {"stranger.test", resolver_errc::try_again},     {"wrongid.test", resolver_errc::try_again},
            {"silent.test", resolver_errc::try_again},
        };
        std::vector<std::pair<kw::error, kw::error>> said(std::size(expected));
        {
            std::vector<std::thread> all;  // each takes its time
            for (std::size_t i = 0; i < said.size(); ++i)
                all.emplace_back([&said, i, host = expected[i].first] {
                    said[i] = {failure(resolve<ipv4>(host, 80)), failure(resolve<ipv4>(host, 80, 20s))};
                });
            for (auto& each : all) each.join();
        }
        for (std::size_t i = 0; i < said.size(); ++i) {
            const auto& [host, condition] = expected[i];
            const auto& [e, with_limit] = said[i];
            if (!(e == condition)) return std::string(host) + ": " + test::message_of(e);
            KEYWAY_CHILD_CHECK(with_limit == e);
            KEYWAY_CHILD_CHECK(e.operation() == kw::operation::resolve);
            KEYWAY_CHILD_CHECK(e.is_transient() == (condition == resolver_errc::try_again));
            KEYWAY_CHILD_CHECK(e.message() == "resolve: " + std::string(describe(condition)));
        }
        // Where the system draws the line is its own affair.
        for (const char* const host : {"short.test", "cut.test", "formerr.test", "notimp.test"})
            KEYWAY_CHILD_CHECK(!resolve<ipv4>(host, 80));
        return "";
    });
    const test::temporary_directory folder;
    test::check_in_child([&]() -> std::string {
        if (const std::string why = test::enter_own_names(soon, folder.path("")); !why.empty()) return why;
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("both.test", 80)) == resolver_errc::try_again);
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("both.test", 80, 20s)) == resolver_errc::try_again);
        KEYWAY_CHILD_CHECK((texts(resolve<ip>("filed.test", 80)) == list{"127.0.0.9:80"}));
        return "";
    });
}

TEST_CASE("names of services are those of /etc/services, for the type of socket") {
    test::check_with_own_names(soon, []() -> std::string {
        KEYWAY_CHILD_CHECK((texts(resolve<ipv4>("127.0.0.1", "http")) == list{"127.0.0.1:80"}));
        KEYWAY_CHILD_CHECK((texts(resolve<ipv4, datagram>("127.0.0.1", "tftp")) == list{"127.0.0.1:69"}));
        KEYWAY_CHILD_CHECK((texts(resolve<ipv4, datagram>("127.0.0.1", "domain", 20s)) == list{"127.0.0.1:53"}));
        KEYWAY_CHILD_CHECK(failure(resolve<ipv4>("127.0.0.1", "tftp")) == resolver_errc::service_not_found);
        KEYWAY_CHILD_CHECK((texts(resolve<ipv4>("127.0.0.1", "www", 20s)) == list{"127.0.0.1:80"}));
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("both.test", "no-such-service")) == resolver_errc::service_not_found);
        const std::string longest = "thirty-one-characters-of-a-name";
        KEYWAY_CHILD_CHECK((texts(resolve<ipv4>("127.0.0.1", longest)) == list{"127.0.0.1:31"}));
        KEYWAY_CHILD_CHECK(failure(resolve<ipv4>("127.0.0.1", longest + "s")) == resolver_errc::service_not_found);
        return "";
    });
}

TEST_CASE("an address may have its zone by name") {
    test::check_with_own_names(soon, []() -> std::string {
        KEYWAY_CHILD_CHECK((texts(resolve<ip>("fe80::1%lo", 80)) == list{"[fe80::1%1]:80"}));
        KEYWAY_CHILD_CHECK((texts(resolve<ipv6>("fe80::1%1", 80, 0s)) == list{"[fe80::1%1]:80"}));
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("fe80::1%nowhere", 80)) == resolver_errc::host_not_found);
        return "";
    });
}

TEST_CASE("an endpoint has the names that its owner says, or its numbers") {
    test::check_with_own_names(soon, []() -> std::string {
        const auto at = [](const char* text) { return kw::endpoint<ip>::parse(text).value(); };
        const auto named = resolve_name(at("10.1.2.3:80"));
        KEYWAY_CHILD_CHECK(named && named->host == "host.test" && named->service == "http");
        const auto filed = resolve_name(at("127.0.0.9:69"), 20s);
        KEYWAY_CHILD_CHECK(filed && filed->host == "filed.test" && filed->service == "69");
        const auto unnamed = resolve_name<datagram>(at("192.0.2.1:69"));
        KEYWAY_CHILD_CHECK(unnamed && unnamed->host == "192.0.2.1" && unnamed->service == "tftp");
        const auto nobody = failure(resolve_name(at("192.0.2.1:69"), {}, {.name_required = true}));
        KEYWAY_CHILD_CHECK(nobody == resolver_errc::host_not_found);
        KEYWAY_CHILD_CHECK(nobody.operation() == kw::operation::resolve_name);
        const auto numeric = resolve_name(at("10.255.0.1:80"), 0s, {.numeric_host = true, .numeric_service = true});
        KEYWAY_CHILD_CHECK(numeric && numeric->host == "10.255.0.1" && numeric->service == "80");
        KEYWAY_CHILD_CHECK(failure(resolve_name(at("10.255.0.1:80"), 50ms)).timed_out());
        KEYWAY_CHILD_CHECK(failure(resolve_name(at("10.255.0.1:80"), 0s)).timed_out());
        return "";
    });
}

TEST_CASE("a deadline ends the look-up, and an abandoned look-up frees itself") {
    test::check_with_own_names(soon, []() -> std::string {
        const resources before;
        const auto took = test::time_of([] { static_cast<void>(resolve<ip>("slow.test", 80, 20s)); });
        KEYWAY_CHILD_CHECK(took >= 300ms && before.same_descriptors());
        const auto begin = std::chrono::steady_clock::now();
        const auto e = failure(resolve<ip>("silent.test", 80, 100ms));
        const auto waited = std::chrono::steady_clock::now() - begin;
        KEYWAY_CHILD_CHECK(e.timed_out() && e.operation() == kw::operation::resolve);
        KEYWAY_CHILD_CHECK(waited >= 100ms && waited < 1500ms);
        KEYWAY_CHILD_CHECK(before.come_back());

        const auto until = std::chrono::steady_clock::now() + 50ms;
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("silent.test", 80, until)).timed_out());
        KEYWAY_CHILD_CHECK(std::chrono::steady_clock::now() >= until);
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("127.0.0.1", 80, until)).timed_out());  // passed
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("127.0.0.1", 80, -1s)).timed_out());
        KEYWAY_CHILD_CHECK(before.come_back());
        return "";
    });
}

TEST_CASE("with a limit of zero, numbers are answered and nobody is asked for names") {
    test::check_with_own_names(soon, []() -> std::string {
        const resources before;
        const unsigned asked = questions();
        KEYWAY_CHILD_CHECK((texts(resolve<ip>("127.0.0.1", 80, 0s)) == list{"127.0.0.1:80"}));
        KEYWAY_CHILD_CHECK(texts(resolve<ip>("", "80", 0s)).size() == 2);
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("both.test", 80, 0s)).timed_out());
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("127.0.0.1", "http", 0s)).timed_out());
        KEYWAY_CHILD_CHECK(before.same_descriptors() && before.more_threads() == 0);
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("both.test", 80, {}, {.numeric = true})) ==
                           resolver_errc::host_not_found);
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("127.1", 80)) == resolver_errc::host_not_found);
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("[::1]", 80)) == resolver_errc::host_not_found);
        KEYWAY_CHILD_CHECK(questions() == asked);
        KEYWAY_CHILD_CHECK(resolve<ip>("both.test", 80) && questions() > asked);
        return "";
    });
}

TEST_CASE("a look-up can be cancelled from another thread") {
    test::check_with_own_names(soon, []() -> std::string {
        const resources before;
        {
            const auto stop = kw::canceller::open().value();
            const kw::limit limit = kw::limit(20s).cancelled_by(stop);
            KEYWAY_CHILD_CHECK(texts(resolve<ip>("both.test", 80, stop)).size() == 4);
            const auto self = test::this_thread_number();
            std::thread other([&] {
                test::wait_until_asleep(self);
                (void)stop.cancel();
            });
            const auto e = failure(resolve<ip>("silent.test", 80, limit));
            other.join();
            KEYWAY_CHILD_CHECK(e == errc::operation_canceled && e.operation() == kw::operation::resolve);
            KEYWAY_CHILD_CHECK(failure(resolve<ip>("127.0.0.1", 80, limit)) == errc::operation_canceled);
        }
        KEYWAY_CHILD_CHECK(before.come_back());
        return "";
    });
}

TEST_CASE("a dead server cannot pile up threads without end") {
    test::check_with_own_names("timeout:3 attempts:1", []() -> std::string {
        const resources before;
        for (int i = 0; i < kw::max_lookups; ++i)
            KEYWAY_CHILD_CHECK(failure(resolve<ip>("silent.test", 80, 1ms)).timed_out());
        KEYWAY_CHILD_CHECK(before.more_threads() == kw::max_lookups);
        const auto e = failure(resolve<ip>("both.test", 80, 20s));
        KEYWAY_CHILD_CHECK(e == errc::too_many_lookups && e.is_resource_exhausted());
        KEYWAY_CHILD_CHECK(failure(resolve_name(kw::endpoint<ip>(kw::ipv4_address(10, 0, 0, 1), 80), 20s)) ==
                           errc::too_many_lookups);
        KEYWAY_CHILD_CHECK(e.message() == "resolve: too many look-ups are in progress");
        KEYWAY_CHILD_CHECK(before.more_threads() == kw::max_lookups);
        KEYWAY_CHILD_CHECK(resolve<ip>("127.0.0.1", 80, 20s));
        KEYWAY_CHILD_CHECK(before.come_back());
        KEYWAY_CHILD_CHECK(resolve<ip>("both.test", 80, 20s));
        return "";
    });
}

TEST_CASE("look-ups of many threads are each other's neighbours") {
    test::check_with_own_names("timeout:5", []() -> std::string {
        const resources before;
        std::atomic<int> answers = 0;
        std::atomic<int> timeouts = 0;
        std::vector<std::thread> all;
        for (int i = 0; i < 8; ++i) {
            all.emplace_back([&, i] {
                for (int j = 0; j < 20; ++j) {
                    if (texts(resolve<ip>("both.test", 80, 20s)).size() == 4) ++answers;
                    // Some are finished in the moment in which they are given up.
                    const auto hasty = resolve<ip>("both.test", 80, std::chrono::microseconds(200 * i + 50 * j));
                    if (hasty || failure(hasty).timed_out()) ++timeouts;
                }
            });
        }
        for (auto& each : all) each.join();
        KEYWAY_CHILD_CHECK(answers == 160 && timeouts == 160);
        KEYWAY_CHILD_CHECK(before.come_back());
        return "";
    });
}

TEST_CASE("no signal reaches the thread of a look-up, and the caller's mask stays as it was") {
    test::check_with_own_names(soon, []() -> std::string {
        const resources before;
        const auto blocked_in = [](const std::filesystem::path& task) {
            std::ifstream status(task / "status");
            for (std::string line; std::getline(status, line);)
                if (line.starts_with("SigBlk:")) return std::stoull(line.substr(8), nullptr, 16);
            return 0ULL;
        };
        // All that can be blocked: neither SIGKILL nor SIGSTOP.
        const std::uint32_t all = 0x7fffffffU & ~(1U << (SIGKILL - 1)) & ~(1U << (SIGSTOP - 1));
        ::sigset_t mask;
        ::sigfillset(&mask);
        ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
        if ((blocked_in("/proc/thread-self") & all) != all)
            return "skipped: /proc does not tell of the signals that are blocked, as under an emulator";
        ::sigemptyset(&mask);
        ::sigaddset(&mask, SIGUSR1);
        ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("silent.test", 80, 50ms)).timed_out());
        ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
        for (int number = 1; number < 32; ++number)
            KEYWAY_CHILD_CHECK(::sigismember(&mask, number) == (number == SIGUSR1));

        KEYWAY_CHILD_CHECK(before.more_threads() == 1);
        int found = 0;
        for (const auto& each : std::filesystem::directory_iterator("/proc/self/task"))
            found += (blocked_in(each.path()) & all) == all;
        KEYWAY_CHILD_CHECK(found >= 1);
        return "";
    });
}

TEST_CASE("a program may end while a look-up is under way") {
    test::check_with_own_names("timeout:5", []() -> std::string {
        const ::pid_t child = ::fork();
        if (child == 0) {
            const bool timed_out = failure(resolve<ip>("silent.test", 80, 50ms)).timed_out();
            std::exit(timed_out ? 0 : 1);
        }
        int status = 0;
        const auto took = test::time_of([&] { ::waitpid(child, &status, 0); });
        KEYWAY_CHILD_CHECK(status == 0 && took < 3s);
        return "";
    });
}

TEST_CASE("where no descriptor is left, that is the error, and no look-up is lost") {
    test::check_in_child([]() -> std::string {
        static_cast<void>(resolve<ip>("127.0.0.1", "http", 20s));
        const ::rlimit none{0, 0};
        KEYWAY_CHILD_CHECK(::setrlimit(RLIMIT_NOFILE, &none) == 0);
        for (int i = 0; i < 2 * kw::max_lookups; ++i)
            KEYWAY_CHILD_CHECK(failure(resolve<ip>("localhost", 80, 20s)) == errc::too_many_files_open);
        KEYWAY_CHILD_CHECK(failure(resolve<ip>("localhost", 80, 20s)).operation() == kw::operation::resolve);
        KEYWAY_CHILD_CHECK(resolve<ip>("127.0.0.1", 80, 20s));
        return "";
    });
}

TEST_CASE("where there is no thread to be had, that is the error, and no look-up is lost") {
    test::check_in_child([]() -> std::string {
        const ::rlimit none{0, 0};
        if (!test::become_nobody()) return "skipped: only root may become somebody else";
        KEYWAY_CHILD_CHECK(::setrlimit(RLIMIT_NPROC, &none) == 0);
        for (int i = 0; i < 2 * kw::max_lookups; ++i)
            KEYWAY_CHILD_CHECK(failure(resolve<ip>("localhost", 80, 20s)) == errc::too_many_lookups);
        KEYWAY_CHILD_CHECK(resolve<ip>("localhost", 80));
        return "";
    });
}

namespace {

/// From here on, socket(2) ends this process. False where the kernel does not take such an order.
bool forbid_sockets() {
    std::array program{::sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(::seccomp_data, nr)),
                       ::sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
                       ::sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
#if defined(__i386__)  // whose libc may call socketcall(2), with the number of the call as its argument
                       ::sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socketcall, 0, 3),
                       ::sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(::seccomp_data, args)),
                       ::sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_SOCKET, 0, 1),
                       ::sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
#endif
                       ::sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const ::sock_fprog filter{program.size(), program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

TEST_CASE("numbers open no socket") {
    test::check_in_child([]() -> std::string {
        if (!forbid_sockets()) return "skipped: no seccomp";
        // But a zone does: it might be a name, for which the kernel has to be asked.
        for (const char* const host : {"127.0.0.1", "::1", "2001:db8::1"}) {
            KEYWAY_CHILD_CHECK(resolve<ip>(host, 80, {}, {.numeric = true}));
            KEYWAY_CHILD_CHECK(resolve<ip>(host, "80", {}, {.canonical_name = true}));
            KEYWAY_CHILD_CHECK(resolve<ip>(host, "80", 20s));
        }
        KEYWAY_CHILD_CHECK(resolve<ipv4>("", 80, {}, {.numeric = true}));
        KEYWAY_CHILD_CHECK(!resolve<ip>("localhost", 80, {}, {.numeric = true}));
        KEYWAY_CHILD_CHECK(!resolve<ip>("::1", "http", {}, {.numeric = true}));
        const kw::endpoint<ip> at(kw::ipv6_address::loopback(), 80);
        KEYWAY_CHILD_CHECK(resolve_name(at, {}, {.numeric_host = true, .numeric_service = true}));
        return "";
    });
    const std::string guarded = test::answer_of_child([]() -> std::string {
        return forbid_sockets() && resolve<ip>("fe80::1%1", 80) ? "a socket was opened" : "no seccomp";
    });
    CHECK(guarded != "a socket was opened");
}
