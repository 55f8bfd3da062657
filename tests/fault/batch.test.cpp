// SPDX-License-Identifier: BSL-1.0
// Batches, segments and messages: the system calls they make, and what becomes of them when one fails.
#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <vector>

#include <keyway/batch.hpp>
#include <keyway/control/ip.hpp>
#include <keyway/segment.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
using namespace std::chrono_literals;
using fault::call;
using kw::errc;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

struct two_sockets : test::bounded {
    using endpoint = kw::udp4::endpoint;

    kw::udp4::socket here = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    kw::udp4::socket there = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    endpoint to = must(there.local_endpoint());
    std::array<std::array<std::byte, 16>, 100> room{};
    std::vector<kw::outgoing_message_to<endpoint>> out;
    std::vector<kw::incoming_message_from<endpoint>> in{100};

    two_sockets() {
        must(there.set(kw::option::receive_buffer{1 << 20}));
        for (int i = 0; i < 100; ++i) out.push_back({"message", to});
        for (std::size_t i = 0; i < in.size(); ++i) in[i].buffer = room[i];
    }

    /// The datagrams that are there.
    std::size_t take_all() {
        std::size_t count = 0;
        while (there.recv_from(room[0], 0s)) ++count;
        return count;
    }
};

TEST_CASE_FIXTURE(two_sockets, "a batch is a call for 64 messages") {
    for (const std::size_t count : {1U, 64U, 65U, 100U}) {
        const unsigned calls = count > 64 ? 2 : 1;
        {
            const fault::scope counts{fault::plan()};
            must(kw::send_batch(here, std::span(out).first(count), long_time));
            CHECK(fault::count(call::sendmmsg) == calls);
            CHECK(fault::count() == calls);
        }
        const fault::scope counts{fault::plan()};
        CHECK(must(kw::recv_batch(there, std::span(in).first(count), long_time)) == count);
        CHECK(fault::count(call::recvmmsg) == calls);
        CHECK(fault::count() == calls);
    }
}

TEST_CASE_FIXTURE(two_sockets, "a receive looks once more after a full call") {
    must(kw::send_batch(here, std::span(out).first(64)));
    const fault::scope counts{fault::plan()};
    CHECK(must(kw::recv_batch(there, in, long_time)) == 64);
    CHECK(fault::count(call::recvmmsg) == 2);
}

TEST_CASE_FIXTURE(two_sockets, "signals interrupt, and nothing else fails without being told") {
    {
        const fault::scope faults(fault::plan().fail(call::sendmmsg, 1, EINTR).fail(call::recvmmsg, 1, EINTR));
        CHECK(must(kw::send_batch(here, std::span(out).first(3))) == 3);
        CHECK(must(kw::recv_batch(there, std::span(in).first(3))) >= 1);
    }
    take_all();
    {
        const fault::scope faults(fault::plan().fail(call::sendmmsg, 2, ENOBUFS));
        const auto sent = kw::send_batch(here, out);
        REQUIRE_FALSE(sent);
        CHECK(sent.error() == errc::no_buffer_space);
        CHECK(sent.error().transferred == 64);
    }
    {
        const fault::scope faults(fault::plan().fail(call::recvmmsg, 2, ENOMEM));
        const auto got = kw::recv_batch(there, in);
        REQUIRE_FALSE(got);
        CHECK(got.error() == errc::not_enough_memory);
        CHECK(got.error().transferred == 64);
        CHECK(test::text(in[63].data()) == "message");
    }
}

TEST_CASE_FIXTURE(two_sockets, "64 datagrams of one size are a call") {
    if (test::skipped_under_emulator("datagrams that the kernel cuts")) return;
    const auto data = net::random_bytes(6400, 1);
    kw::segment_sender sender(here);
    REQUIRE(sender.offloads());
    {
        const fault::scope counts{fault::plan()};
        must(sender.send(data, 100, to, long_time));
        CHECK(fault::count(call::sendmsg) == 1);
        CHECK(fault::count() == 1);
    }
    CHECK(take_all() == 64);
    {
        // 46 of 1400 fit into an IP packet.
        const auto large = net::random_bytes(std::size_t{46} * 1400 * 2, 2);
        const fault::scope counts{fault::plan()};
        must(sender.send(large, 1400, to, long_time));
        CHECK(fault::count(call::sendmsg) == 2);
        CHECK(fault::count() == 2);
    }
    CHECK(take_all() == 92);
    {
        // One datagram needs nobody to cut it, and some network cards would stumble.
        const fault::scope counts{fault::plan()};
        must(sender.send(std::span(data).first(100), 100, to));
        CHECK(fault::count(call::sendmmsg) == 1);
        CHECK(fault::count() == 1);
    }
    CHECK(take_all() == 1);
}

TEST_CASE_FIXTURE(two_sockets, "52: a network card that cannot cut is found out, remembered, and made up for") {
    if (test::skipped_under_emulator("datagrams that the kernel cuts")) return;
    const auto data = net::random_bytes(6400, 1);
    for (const int code : {EIO, EINVAL}) {
        kw::segment_sender sender(here);
        const fault::scope faults(fault::plan().fail(call::sendmsg, 1, code));
        CHECK(must(sender.send(data, 100, to)) == 6400);
        CHECK_FALSE(sender.offloads());
        CHECK(take_all() == 64);
        must(sender.send(data, 100, to));
        CHECK(fault::count(call::sendmsg) == 1);
        CHECK(fault::count(call::sendmmsg) == 2);
        CHECK(take_all() == 64);
    }
}

TEST_CASE_FIXTURE(two_sockets, "other failures are told, and leave the kernel its work") {
    if (test::skipped_under_emulator("datagrams that the kernel cuts")) return;
    const auto data = net::random_bytes(12'800, 1);
    kw::segment_sender sender(here);
    {
        const fault::scope faults(fault::plan().fail(call::sendmsg, 2, ENOBUFS));
        const auto sent = sender.send(data, 100, to);
        REQUIRE_FALSE(sent);
        CHECK(sent.error() == errc::no_buffer_space);
        CHECK(sent.error().transferred == 6400);
    }
    CHECK(take_all() == 64);
    {
        // Longer than the path takes: these go in fragments, and the next ones may be cut again.
        const fault::scope faults(fault::plan().fail(call::sendmsg, 1, EMSGSIZE));
        CHECK(must(sender.send(data, 100, to)) == 12'800);
        CHECK(fault::count(call::sendmsg) == 2);
        CHECK(fault::count(call::sendmmsg) == 1);
    }
    CHECK(sender.offloads());
    CHECK(take_all() == 128);
    {
        kw::segment_sender other(here);
        const fault::scope faults(fault::plan().fail(call::sendmsg, 1, EIO).fail(call::sendmmsg, 1, EPERM));
        const auto sent = other.send(data, 100, to);
        REQUIRE_FALSE(sent);
        CHECK(sent.error() == errc::not_permitted);
        CHECK(sent.error().transferred == 0);
    }
}

TEST_CASE_FIXTURE(two_sockets, "a system that does not cut is asked once") {
    const auto data = net::random_bytes(1000, 1);
    const fault::scope faults(fault::plan().fail(call::getsockopt, 1, ENOPROTOOPT));
    kw::segment_sender sender(here);
    CHECK_FALSE(sender.offloads());
    must(sender.send(data, 100, to));
    CHECK(fault::count(call::sendmmsg) == 1);
    CHECK(fault::count() == 2);
    CHECK(take_all() == 10);
}

TEST_CASE_FIXTURE(two_sockets, "a message is one call, with what goes beside it, and waits like the others") {
    kw::control::buffer<kw::control::hop_limit> extra;
    must(extra.request(there));
    {
        const fault::scope faults(fault::plan().fail(call::sendmsg, 1, EINTR).fail(call::recvmsg, 1, EINTR));
        must(kw::send_message(here, "x", to, kw::control::list{kw::control::packet_source{}}));
        must(kw::recv_message(there, room[0], extra));
        CHECK(fault::count(call::sendmsg) == 2);
        CHECK(fault::count(call::recvmsg) == 2);
        CHECK(fault::count() == 4);
    }
    const fault::scope counts{fault::plan()};
    CHECK(failure(kw::recv_message(there, room[0], extra, 1ms)).timed_out());
    CHECK(fault::count(call::recvmsg) == 1);
    CHECK(fault::count(call::ppoll) == 1);
    CHECK(fault::count() == 2);
}

TEST_CASE_FIXTURE(two_sockets, "67: each call may fail, and nothing is lost without being told") {
    if (test::skipped_under_emulator("datagrams that the kernel cuts")) return;
    const auto data = net::random_bytes(6400, 1);
    kw::control::buffer<kw::control::hop_limit> extra;
    must(extra.request(there));
    const auto use_all = [&] {
        kw::segment_sender sender(here);
        const auto cut = sender.send(data, 100, to);
        const auto several = kw::send_batch(here, std::span(out).first(3));
        const auto one = kw::send_message(here, "x", to, kw::control::list<>());
        const auto first = kw::recv_message(there, room[0], extra, 0s);
        const auto rest = kw::recv_batch(there, in, 0s);
        return cut.has_value() + several.has_value() + one.has_value() + first.has_value() + rest.has_value();
    };
    const auto descriptors = net::open_descriptors();
    unsigned calls = 0;
    {
        const fault::scope counts{fault::plan()};
        CHECK(use_all() == 5);
        calls = fault::count();
    }
    for (const int code : {ENOBUFS, EIO, EAGAIN, EINTR}) {
        for (unsigned k = 1; k <= calls; ++k) {
            CAPTURE(code);
            CAPTURE(k);
            take_all();
            const fault::scope faults(fault::plan().fail_any(k, code));
            const int succeeded = use_all();
            CHECK(succeeded >= 4);
            if (code == EINTR) CHECK(succeeded == 5);
        }
    }
    CHECK(net::open_descriptors() == descriptors);
}

}  // namespace
