// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/control/unix.hpp>

#include <doctest/doctest.h>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

#include <keyway/message/message.hpp>
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

TEST_CASE_TEMPLATE("the kernel reports the credentials of the sender", T, kw::unix_stream, kw::unix_datagram,
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
    // What the sender names is checked.
    must(kw::send_message(a, "x", control::list{own}));
    must(kw::recv_message(b, buffer, who, long_time));
    REQUIRE(who.template get<control::credentials>());
    CHECK(who.template get<control::credentials>()->value == own.value);
    test::check_in_child([&sender = a, &own]() -> std::string {
        if (!test::become_nobody()) return "skipped: only root may become another user";
        KEYWAY_CHILD_CHECK(failure(kw::send_message(sender, "x", control::list{own})) == errc::operation_not_permitted);
        return {};
    });
}

TEST_CASE_FIXTURE(test::bounded, "a process descriptor refers to the sender until it exits and afterwards") {
    auto [a, b] = must(kw::unix_seqpacket::pair());
    control::buffer<control::process_descriptor> who;
    if (const auto asked = who.request(b); !asked) {
        CHECK(asked.error() == errc::no_protocol_option);
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
