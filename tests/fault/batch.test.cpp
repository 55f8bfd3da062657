// SPDX-License-Identifier: BSL-1.0
// Batches, segments and messages: the system calls that they make, and their results when one fails.
#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <vector>

#include <keyway/message/batch.hpp>
#include <keyway/message/control/ip.hpp>
#include <keyway/message/control/packet_info.hpp>
#include <keyway/message/segment.hpp>
#include <keyway/option/socket.hpp>
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
    std::array<std::array<std::byte, 16>, 100> buffers{};
    std::vector<kw::outgoing_message_to<endpoint>> out;
    std::vector<kw::message_slot_from<endpoint>> in{100};

    two_sockets() {
        must(there.set(kw::option::receive_buffer{1 << 20}));
        for (int i = 0; i < 100; ++i) out.push_back({"message", to});
        for (std::size_t i = 0; i < in.size(); ++i) in[i].buffer = buffers[i];
    }

    /// Receives every datagram in the queue, and returns their number.
    std::size_t drain() {
        std::size_t count = 0;
        while (there.recv_from(buffers[0], 0s)) ++count;
        return count;
    }

    /// How many datagrams the kernel splits off in one call: 128, older kernels 64. The sender learns it from its first one.
    std::size_t most_in_one_call(kw::segment_sender<kw::udp4::socket>& sender) {
        const auto data = net::random_bytes(12'800, 1);
        const fault::scope counts{fault::plan()};
        must(sender.send(data, 100, to, long_time));
        const std::size_t most = fault::count(call::sendmsg) == 1 ? 128 : 64;
        CHECK(drain() == 128);
        return most;
    }
};

TEST_CASE_FIXTURE(two_sockets, "a batch makes one call for up to 64 messages") {
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

TEST_CASE_FIXTURE(two_sockets, "recv_batch() calls once more after a full call") {
    must(kw::send_batch(here, std::span(out).first(64)));
    const fault::scope counts{fault::plan()};
    CHECK(must(kw::recv_batch(there, in, long_time)) == 64);
    CHECK(fault::count(call::recvmmsg) == 2);
}

TEST_CASE_FIXTURE(two_sockets, "EINTR is retried, other errors are reported with the number of messages before") {
    {
        const fault::scope faults(fault::plan().fail(call::sendmmsg, 1, EINTR).fail(call::recvmmsg, 1, EINTR));
        CHECK(must(kw::send_batch(here, std::span(out).first(3))) == 3);
        CHECK(must(kw::recv_batch(there, std::span(in).first(3))) >= 1);
    }
    drain();
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
        CHECK(test::text(in[63].data) == "message");
    }
}

TEST_CASE_FIXTURE(two_sockets, "datagrams of one size are one call, as many as the kernel splits") {
    if (test::skipped_under_emulator("datagrams that the kernel splits")) return;
    kw::segment_sender sender(here);
    REQUIRE(sender.offloads());
    const std::size_t most = most_in_one_call(sender);
    const auto data = net::random_bytes(100 * most, 1);
    {
        const fault::scope counts{fault::plan()};
        must(sender.send(data, 100, to, long_time));
        CHECK(fault::count(call::sendmsg) == 1);
        CHECK(fault::count() == 1);
    }
    CHECK(drain() == most);
    {
        // 46 datagrams of 1400 bytes fit into an IP packet.
        const auto large = net::random_bytes(std::size_t{46} * 1400 * 2, 2);
        const fault::scope counts{fault::plan()};
        must(sender.send(large, 1400, to, long_time));
        CHECK(fault::count(call::sendmsg) == 2);
        CHECK(fault::count() == 2);
    }
    CHECK(drain() == 92);
    {
        // A single datagram is not split; some network cards would fail.
        const fault::scope counts{fault::plan()};
        must(sender.send(std::span(data).first(100), 100, to));
        CHECK(fault::count(call::sendmmsg) == 1);
        CHECK(fault::count() == 1);
    }
    CHECK(drain() == 1);
}

TEST_CASE_FIXTURE(two_sockets, "a kernel that splits into 64 datagrams at most is given no more") {
    if (test::skipped_under_emulator("datagrams that the kernel splits")) return;
    const auto data = net::random_bytes(12'800, 1);
    kw::segment_sender sender(here);
    {
        const fault::scope faults(fault::plan().fail(call::sendmsg, 1, EINVAL));
        CHECK(must(sender.send(data, 100, to)) == 12'800);
        CHECK(fault::count(call::sendmsg) == 3);
        CHECK(fault::count() == 3);
    }
    CHECK(sender.offloads());
    CHECK(drain() == 128);
    const fault::scope counts{fault::plan()};
    must(sender.send(data, 100, to));
    CHECK(fault::count(call::sendmsg) == 2);
    CHECK(fault::count() == 2);
    CHECK(drain() == 128);
}

TEST_CASE_FIXTURE(two_sockets, "a network card that cannot split is detected once, and batches are sent instead") {
    if (test::skipped_under_emulator("datagrams that the kernel splits")) return;
    const auto data = net::random_bytes(6400, 1);
    for (const int code : {EIO, EINVAL}) {
        kw::segment_sender sender(here);
        const fault::scope faults(fault::plan().fail(call::sendmsg, 1, code));
        CHECK(must(sender.send(data, 100, to)) == 6400);
        CHECK_FALSE(sender.offloads());
        CHECK(drain() == 64);
        must(sender.send(data, 100, to));
        CHECK(fault::count(call::sendmsg) == 1);
        CHECK(fault::count(call::sendmmsg) == 2);
        CHECK(drain() == 64);
    }
}

TEST_CASE_FIXTURE(two_sockets, "other errors are reported, and the kernel continues splitting") {
    if (test::skipped_under_emulator("datagrams that the kernel splits")) return;
    kw::segment_sender sender(here);
    const std::size_t most = most_in_one_call(sender);
    const auto data = net::random_bytes(200 * most, 1);
    {
        const fault::scope faults(fault::plan().fail(call::sendmsg, 2, ENOBUFS));
        const auto sent = sender.send(data, 100, to);
        REQUIRE_FALSE(sent);
        CHECK(sent.error() == errc::no_buffer_space);
        CHECK(sent.error().transferred == 100 * most);
    }
    CHECK(drain() == most);
    {
        // Longer than the path MTU: these are sent in fragments, the next ones may be split again.
        const fault::scope faults(fault::plan().fail(call::sendmsg, 1, EMSGSIZE));
        CHECK(must(sender.send(data, 100, to)) == data.size());
        CHECK(fault::count(call::sendmsg) == 2);
        CHECK(fault::count(call::sendmmsg) == most / 64);
    }
    CHECK(sender.offloads());
    CHECK(drain() == 2 * most);
    {
        kw::segment_sender other(here);
        const fault::scope faults(fault::plan().fail(call::sendmsg, 1, EIO).fail(call::sendmmsg, 1, EPERM));
        const auto sent = other.send(data, 100, to);
        REQUIRE_FALSE(sent);
        CHECK(sent.error() == errc::operation_not_permitted);
        CHECK(sent.error().transferred == 0);
    }
}

TEST_CASE_FIXTURE(two_sockets, "a system that does not split is asked once") {
    const auto data = net::random_bytes(1000, 1);
    const fault::scope faults(fault::plan().fail(call::getsockopt, 1, ENOPROTOOPT));
    kw::segment_sender sender(here);
    CHECK_FALSE(sender.offloads());
    must(sender.send(data, 100, to));
    CHECK(fault::count(call::sendmmsg) == 1);
    CHECK(fault::count() == 2);
    CHECK(drain() == 10);
}

TEST_CASE_FIXTURE(two_sockets, "a message with control messages is one call, and honors its limit") {
    kw::control::buffer<kw::control::hop_limit> extra;
    must(extra.request(there));
    {
        const fault::scope faults(fault::plan().fail(call::sendmsg, 1, EINTR).fail(call::recvmsg, 1, EINTR));
        must(kw::send_message(here, "x", kw::control::list{kw::control::packet_source{}}, to));
        must(kw::recv_message(there, buffers[0], extra));
        CHECK(fault::count(call::sendmsg) == 2);
        CHECK(fault::count(call::recvmsg) == 2);
        CHECK(fault::count() == 4);
    }
    const fault::scope counts{fault::plan()};
    CHECK(failure(kw::recv_message(there, buffers[0], extra, 50ms)).timed_out());
    CHECK(fault::count(call::recvmsg) == 1);
    CHECK(fault::count(call::ppoll) == 1);
    CHECK(fault::count() == 2);
}

TEST_CASE_FIXTURE(two_sockets, "each call may fail, and every failure is reported") {
    if (test::skipped_under_emulator("datagrams that the kernel splits")) return;
    const auto data = net::random_bytes(6400, 1);
    kw::control::buffer<kw::control::hop_limit> extra;
    must(extra.request(there));
    const auto use_all = [&] {
        kw::segment_sender sender(here);
        const auto cut = sender.send(data, 100, to);
        const auto several = kw::send_batch(here, std::span(out).first(3));
        const auto one = kw::send_message(here, "x", kw::control::list<>(), to);
        const auto first = kw::recv_message(there, buffers[0], extra, 0s);
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
            drain();
            const fault::scope faults(fault::plan().fail_any(k, code));
            const int succeeded = use_all();
            CHECK(succeeded >= 4);
            if (code == EINTR) CHECK(succeeded == 5);
        }
    }
    CHECK(net::open_descriptors() == descriptors);
}

}  // namespace
