// SPDX-License-Identifier: BSL-1.0
// What Linux does with filters.
#include <keyway/option/packet_filter.hpp>

#include <doctest/doctest.h>

#if defined(__linux__)
#include <linux/filter.h>

#include <array>
#include <cstddef>
#include <set>
#include <vector>

#include <keyway/option/socket.hpp>

#include "support/options.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using kw::filter_instruction;
using test::failure;
using test::must;

// The kernel reads our structs as its own.
using native_program = kw::detail::native_filter_program;
static_assert(sizeof(filter_instruction) == sizeof(::sock_filter) &&
              offsetof(filter_instruction, code) == offsetof(::sock_filter, code) &&
              offsetof(filter_instruction, if_true) == offsetof(::sock_filter, jt) &&
              offsetof(filter_instruction, if_false) == offsetof(::sock_filter, jf) &&
              offsetof(filter_instruction, operand) == offsetof(::sock_filter, k));
static_assert(sizeof(native_program) == sizeof(::sock_fprog) &&
              offsetof(native_program, count) == offsetof(::sock_fprog, len) &&
              offsetof(native_program, first) == offsetof(::sock_fprog, filter));

namespace {

constexpr unsigned udp_header = 8;

/// Keeps the datagrams that begin with the character.
constexpr std::array<filter_instruction, 4> only(char first) {
    return {{{BPF_LD | BPF_B | BPF_ABS, 0, 0, udp_header},
             {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<unsigned char>(first)},
             {BPF_RET | BPF_K, 0, 0, 0xffff},
             {BPF_RET | BPF_K, 0, 0, 0}}};
}

bool has_filters() {
    if (test::skipped_under_emulator("option packet_filter")) return false;
    const auto set = must(kw::udp4::socket::open()).set(option::packet_filter{only('a')});
    if (set || !test::lacks_option(set.error())) return true;
    test::skipped("option packet_filter", test::message_of(set.error()));
    return false;
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "a filter drops packets until it is detached") {
    if (!has_filters()) return;
    const auto receiver = must(kw::udp4::bind({test::own_loopback(), 0}));
    const auto sender = must(kw::udp4::connect(must(receiver.local_endpoint())));
    std::array<std::byte, 8> buffer;
    const auto next = [&] { return test::text(must(receiver.recv_from(buffer)).data); };

    must(receiver.set(option::packet_filter{only('a')}));
    static_cast<void>(sender.send("b1"));
    must(sender.send("a1"));
    CHECK(next() == "a1");
    must(receiver.set(option::packet_filter{only('b')}));  // in its place
    static_cast<void>(sender.send("a2"));
    must(sender.send("b2"));
    CHECK(next() == "b2");
    must(receiver.set(option::packet_filter{}));
    must(sender.send("c3"));
    CHECK(next() == "c3");
    CHECK(failure(receiver.set(option::packet_filter{})) == errc::no_such_file_or_directory);
}

TEST_CASE("a locked filter cannot be changed") {
    if (!has_filters()) return;
    const auto socket = must(kw::udp4::socket::open());
    must(socket.set(option::packet_filter{only('a')}));
    must(socket.set(option::packet_filter_lock{}));
    CHECK(must(socket.get<option::packet_filter_lock>()));
    CHECK(failure(socket.set(option::packet_filter{only('b')})) == errc::operation_not_permitted);
    CHECK(failure(socket.set(option::packet_filter{})) == errc::operation_not_permitted);
    CHECK(failure(socket.set(option::packet_filter_lock{false})) == errc::operation_not_permitted);
}

TEST_CASE("a filter program has at most 4096 instructions") {
    if (!has_filters()) return;
    const auto socket = must(kw::udp4::socket::open());
    std::vector<filter_instruction> program(4096, {BPF_LD | BPF_IMM, 0, 0, 1});
    program.back() = {BPF_RET | BPF_K, 0, 0, 1};
    CHECK(socket.set(option::packet_filter{program}));
    program.insert(program.begin(), program.front());
    CHECK(failure(socket.set(option::packet_filter{program})) == errc::invalid_argument);
    program.resize(65537, program.front());  // which would be one, if it were cut to 16 bits
    program.front() = {BPF_RET | BPF_K, 0, 0, 1};
    CHECK(failure(socket.set(option::packet_filter{program})) == errc::invalid_argument);
}

TEST_CASE_FIXTURE(test::bounded, "reuse_port_filter chooses among the sockets of a port") {
    const auto shared = [](const kw::udp4::endpoint& at) {
        auto socket = must(kw::udp4::socket::open());
        must(socket.set(option::reuse_port{}));
        must(socket.bind(at));
        return socket;
    };
    const auto first = shared({test::own_loopback(), 0});
    const auto at = must(first.local_endpoint());
    const auto second = shared(at);
    constexpr std::array always_second{filter_instruction{BPF_RET | BPF_K, 0, 0, 1}};
    if (const auto set = first.set(option::reuse_port_filter{always_second}); !set) {
        REQUIRE(test::lacks_option(set.error()));
        test::skipped("option reuse_port_filter", test::message_of(set.error()));
        return;
    }
    std::array<std::byte, 8> buffer;
    for (int i = 0; i < 16; ++i) {
        must(must(kw::udp4::connect(at)).send("x"));
        CHECK(test::text(must(second.recv_from(buffer)).data) == "x");
    }
    must(second.set(option::reuse_port_filter{}));
    CHECK(failure(first.set(option::reuse_port_filter{})) == errc::no_such_file_or_directory);
}

TEST_CASE("no two sockets have the same cookie") {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 20; ++i) {
        const auto reported = must(kw::udp4::socket::open()).get<option::cookie>();
        if (!reported) {
            test::skipped("option cookie", test::message_of(reported.error()));
            return;
        }
        CHECK(seen.insert(*reported).second);
    }
}
#endif
