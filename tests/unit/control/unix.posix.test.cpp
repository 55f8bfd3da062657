// SPDX-License-Identifier: BSL-1.0
#include <keyway/control/unix.hpp>

#include <doctest/doctest.h>

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <keyway/file.hpp>
#include <keyway/handles.hpp>
#include <keyway/message.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
namespace control = kw::control;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

/// A pair to pass descriptors over, and some to pass. Nothing may be left open at the end.
template <class T>
struct passing : test::bounded {
    std::size_t before = net::open_descriptors();
    std::array<typename T::connection, 2> ends = must(T::pair());
    std::optional<kw::tcp4::listener> listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    std::optional<kw::udp4::socket> socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    std::array<char, 16> buffer{};

    passing() = default;
    passing(const passing&) = delete;
    passing& operator=(const passing&) = delete;
    ~passing() {
        for (auto& end : ends) must(end.close());
        listener.reset();
        socket.reset();
        CHECK(net::open_descriptors() == before);
    }
};

TEST_CASE_TEMPLATE("60: descriptors are passed beside data, and each is what it was", T, kw::unix_stream,
                   kw::unix_datagram, kw::unix_seqpacket) {
    passing<T> p;
    auto& [a, b] = p.ends;
    const auto at = must(p.listener->local_endpoint());
    CHECK(must(kw::send_handles(a, "two", *p.listener, *p.socket)) == 3);
    auto got = must(kw::recv_handles<2>(b, p.buffer, long_time));
    CHECK(got.message.size == 3);
    CHECK_FALSE(got.message.control_truncated);
    REQUIRE(got.rights.size == 2);
    CHECK(got.rights.surplus == 0);
    for (const kw::handle& each : got.rights.handles) CHECK(test::closes_on_exec(each));

    // Each is taken as what it is, and as nothing else.
    CHECK(failure(got.rights.template adopt<kw::udp4::socket>(0)) == errc::wrong_kind);
    CHECK(failure(got.rights.template adopt<kw::tcp4::connection>(0)) == errc::wrong_kind);
    p.listener.reset();
    const auto adopted = must(got.rights.template adopt<kw::tcp4::listener>(0));
    CHECK(must(adopted.local_endpoint()) == at);
    const auto client = must(kw::tcp4::connect(at, long_time));
    must(adopted.accept(long_time));
    CHECK(failure(got.rights.template adopt<kw::tcp4::listener>(0)) == errc::bad_descriptor);
    CHECK(failure(got.rights.template adopt<kw::tcp4::listener>(2)) == errc::bad_descriptor);
    CHECK(must(got.rights.template adopt<kw::udp4::socket>(1)).is_open());
}

TEST_CASE_FIXTURE(passing<kw::unix_stream>, "a file is passed too") {
    const net::temp_directory directory;
    {
        const auto file = must(kw::file<kw::access::read_write>::open(directory.path("passed"), {.create = true}));
        must(file.write_all("content"));
        must(kw::send_handles(ends[0], "x", file));
    }
    const auto got = must(kw::recv_handles<1>(ends[1], buffer, long_time));
    REQUIRE(got.rights.size == 1);
    std::array<char, 7> text{};
    CHECK(::pread(got.rights.handles[0].native_handle(), text.data(), text.size(), 0) == 7);
    CHECK(std::string(text.data(), 7) == "content");
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "60: more than are wanted are closed, and it is said") {
    if (test::skipped_under_emulator("descriptors that are more than there is room for")) return;
    for (std::size_t more : {1U, 2U, 8U}) {
        std::array<kw::handle, 9> all;
        for (std::size_t i = 0; i <= more; ++i) all[i] = kw::handle(test::any_handle());
        if (more == 1) must(kw::send_handles(ends[0], "x", all[0], all[1]));
        else if (more == 2) must(kw::send_handles(ends[0], "x", all[0], all[1], all[2]));
        else
            must(
                kw::send_handles(ends[0], "x", all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8]));
        const auto descriptors = net::open_descriptors();
        {
            const auto got = must(kw::recv_handles<1>(ends[1], buffer, long_time));
            CHECK(got.rights.size == 1);
            // The room for one is room for two where a long has twice the bytes of an int.
            CHECK((got.rights.surplus == 1) == (sizeof(long) == 8));
            CHECK(got.message.control_truncated == (got.rights.surplus < more));
            CHECK(net::open_descriptors() == descriptors + 1);
        }
        CHECK(net::open_descriptors() == descriptors);
    }
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "60: descriptors that nobody asked for, or took, are not kept") {
    const auto descriptors = net::open_descriptors();
    must(kw::send_handles(ends[0], "x", *listener));
    must(kw::send_handles(ends[0], "x", *listener));
    must(kw::send_handles(ends[0], "x", *listener));
    must(kw::send_handles(ends[0], "x", *listener));
    control::buffer<> none;
    CHECK(must(kw::recv_message(ends[1], buffer, none)).control_truncated);
    CHECK(net::open_descriptors() == descriptors);
    {
        control::buffer<control::unknown<32>> room;
        CHECK_FALSE(must(kw::recv_message(ends[1], buffer, room)).control_truncated);
        CHECK(net::open_descriptors() == descriptors + 1);
        // The next message takes its place.
        CHECK_FALSE(must(kw::recv_message(ends[1], buffer, room)).control_truncated);
        CHECK(net::open_descriptors() == descriptors + 1);
        room.clear();
        CHECK(net::open_descriptors() == descriptors);
        must(kw::recv_message(ends[1], buffer, room));
    }
    CHECK(net::open_descriptors() == descriptors);
    // By a call that knows nothing of them: the kernel closes them.
    must(kw::send_handles(ends[0], "x", *listener));
    must(ends[1].recv(buffer));
    CHECK(net::open_descriptors() == descriptors);
}

/// The same descriptor `count` times.
template <std::size_t N>
control::list<control::passed_rights<N>> times(const kw::handle_view& handle) {
    control::passed_rights<N> rights{};
    rights.natives.fill(handle.native_handle());
    return control::list<control::passed_rights<N>>(rights);
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "60: up to 253 descriptors go beside one message, and not one more") {
    const auto descriptors = net::open_descriptors();
    must(kw::send_message(ends[0], "none", control::list<>()));
    CHECK(must(kw::recv_handles<1>(ends[1], buffer)).rights.size == 0);
    must(kw::send_message(ends[0], "most", times<253>(*listener)));
    {
        const auto got = must(kw::recv_handles<253>(ends[1], buffer, long_time));
        CHECK(got.rights.size == 253);
        CHECK_FALSE(got.message.control_truncated);
        CHECK(net::open_descriptors() == descriptors + 253);
    }
    CHECK(net::open_descriptors() == descriptors);
    CHECK(failure(kw::send_message(ends[0], "more", times<254>(*listener))) == errc::invalid_argument);
    CHECK(failure(ends[1].recv(buffer, 0s)).timed_out());
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "60: what a receiver leaves behind is closed with its socket") {
    auto other = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto at = must(other.local_endpoint());
    must(kw::send_handles(ends[0], "x", other));
    must(other.close());
    // It waits in the queue of a receiver that never looks.
    CHECK(kw::tcp4::connect(at, long_time));
    must(ends[1].close());
    CHECK(failure(kw::tcp4::connect(at, long_time)) == errc::connection_refused);
    ends[1] = std::move(must(kw::unix_seqpacket::pair())[0]);
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "a descriptor that is none is refused, and nothing is sent") {
    auto gone = kw::handle(test::any_handle());
    const kw::handle_view was = gone;
    must(gone.close());
    CHECK(failure(kw::send_handles(ends[0], "x", *listener, was)) == errc::bad_descriptor);
    CHECK(failure(kw::send_handles(ends[0], "x", kw::handle_view())) == errc::bad_descriptor);
    CHECK(failure(ends[1].recv(buffer, 0s)).timed_out());
}

TEST_CASE("without a free number a descriptor is lost, the data is not, and it is said") {
    test::check_in_child([]() -> std::string {
        auto [a, b] = *kw::unix_seqpacket::pair();
        std::array<char, 16> buffer{};
        KEYWAY_CHILD_CHECK(kw::send_handles(a, "data", a, b));
        const ::rlimit few{static_cast<::rlim_t>(b.native_handle() + 1), 1024};
        KEYWAY_CHILD_CHECK(::setrlimit(RLIMIT_NOFILE, &few) == 0);
        while (::dup(0) >= 0) {}
        const auto got = kw::recv_handles<2>(b, buffer, long_time);
        KEYWAY_CHILD_CHECK(got && got->message.size == 4 && got->message.control_truncated);
        KEYWAY_CHILD_CHECK(got->rights.size == 0);
        return {};
    });
}

TEST_CASE_FIXTURE(passing<kw::unix_stream>, "what arrives in pieces has its descriptors with the first of them") {
    must(kw::send_handles(ends[0], "long data", *listener));
    std::array<char, 4> four{};
    CHECK(must(kw::recv_handles<1>(ends[1], four, long_time)).rights.size == 1);
    CHECK(must(kw::recv_handles<1>(ends[1], four, long_time)).rights.size == 0);
    CHECK(failure(kw::send_handles(ends[0], "", *listener)) == errc::invalid_argument);
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "rights that are moved have one owner") {
    must(kw::send_handles(ends[0], "x", *listener));
    auto got = must(kw::recv_handles<1>(ends[1], buffer, long_time));
    auto moved = std::move(got.rights);
    CHECK_FALSE(got.rights.handles[0].is_open());
    CHECK(moved.adopt<kw::tcp4::listener>(0));
}

TEST_CASE_TEMPLATE("61: the kernel says who sent a message", T, kw::unix_stream, kw::unix_datagram,
                   kw::unix_seqpacket) {
    const test::bounded watch;
    auto [a, b] = must(T::pair());
    control::buffer<control::credentials> who;
    must(who.request(b));
    std::array<char, 4> buffer{};
    must(a.send("x"));
    must(kw::recv_message(b, buffer, who, long_time));
    const control::credentials own{{::getpid(), ::getuid(), ::getgid()}};
    REQUIRE(who.template get<control::credentials>());
    CHECK(who.template get<control::credentials>()->value == own.value);
    // Named by the sender, it is checked.
    must(kw::send_message(a, "x", control::list{own}));
    must(kw::recv_message(b, buffer, who, long_time));
    REQUIRE(who.template get<control::credentials>());
    CHECK(who.template get<control::credentials>()->value == own.value);
    test::check_in_child([&sender = a, &own]() -> std::string {
        if (!test::become_nobody()) return "skipped: only root may become somebody else";
        KEYWAY_CHILD_CHECK(failure(kw::send_message(sender, "x", control::list{own})) == errc::not_permitted);
        return {};
    });
}

TEST_CASE_FIXTURE(test::bounded, "who sent a message stays known by a descriptor when its number is another's") {
    auto [a, b] = must(kw::unix_seqpacket::pair());
    control::buffer<control::process_descriptor> who;
    if (const auto asked = who.request(b); !asked) {
        CHECK(asked.error() == errc::no_such_option);
        MESSAGE("skipped: this system has no SO_PASSPIDFD");
        return;
    }
    const auto descriptors = net::open_descriptors();
    {
        std::array<int, 2> until{};
        REQUIRE(::pipe(until.data()) == 0);
        const ::pid_t child = ::fork();
        if (child == 0) {
            ::alarm(20);
            ::close(until[1]);
            char byte = 0;
            const bool sent = a.send("x").has_value();
            ::_exit(sent && ::read(until[0], &byte, 1) == 0 ? 0 : 1);
        }
        std::array<char, 4> buffer{};
        must(kw::recv_message(b, buffer, who, long_time));
        const auto sender = who.take<control::process_descriptor>();
        REQUIRE(sender);
        CHECK_FALSE(who.take<control::process_descriptor>());
        CHECK(test::closes_on_exec(sender->process));
        ::pollfd end{sender->process.native_handle(), POLLIN, 0};
        CHECK(::poll(&end, 1, 0) == 0);
        ::close(until[0]);
        ::close(until[1]);
        CHECK(::poll(&end, 1, 20'000) == 1);
        CHECK(::waitpid(child, nullptr, 0) == child);
    }
    CHECK(net::open_descriptors() == descriptors);
}

}  // namespace
