// SPDX-License-Identifier: BSL-1.0
// Partial transfers: no byte is lost, duplicated or reordered.

#include <keyway/option/socket.hpp>

#include "support/fault.hpp"

#include <doctest/doctest.h>

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <keyway/transport.hpp>

#include "support/net.hpp"

namespace {

namespace kw = keyway;
namespace option = keyway::option;
using fault::call;

/// The bytes split into buffers of different small sizes, some of them empty.
template <class Buffer, class Bytes>
std::vector<Buffer> in_pieces(Bytes bytes) {
    std::vector<Buffer> pieces;
    for (std::size_t i = 0; !bytes.empty(); ++i) {
        const std::size_t size = std::min(i % 5, bytes.size());
        pieces.emplace_back(bytes.first(size));
        bytes = bytes.subspan(size);
    }
    pieces.emplace_back();
    return pieces;
}

/// Transfers all bytes, at most `most` in one call, with every third call interrupted.
template <class Connection>
void check_clamped(const std::array<Connection, 2>& ends, std::size_t most) {
    INFO("at most ", most, " bytes in one call");
    constexpr std::size_t size = 3000;
    const std::vector<std::byte> data = net::random_bytes(size, most);
    std::vector<std::byte> got(size);
    const auto calls_needed = static_cast<unsigned>((size + most - 1) / most);
    const auto exchange = [&](call sending, call receiving, auto send, auto receive) {
        std::fill(got.begin(), got.end(), std::byte{});
        const fault::scope faults(
            fault::plan().clamp_transfers(most).fail_every(sending, 3, EINTR).fail_every(receiving, 3, EINTR));
        bool sent = false;
        bool received = false;
        {
            // A byte may occupy a whole page of the send buffer, so another thread has to read.
            std::thread sender([&] {
                sent = send().has_value();
                if (!sent) static_cast<void>(ends[0].shutdown_both());
            });
            received = receive().has_value();
            if (!received) static_cast<void>(ends[0].shutdown_both());
            sender.join();
        }
        CHECK(sent);
        CHECK(received);
        CHECK(got == data);
        CHECK(fault::count(sending) >= calls_needed);
        CHECK(fault::count(receiving) >= calls_needed);
        CHECK(fault::injected() >= calls_needed / 3);
    };
    const auto to_send = in_pieces<kw::const_buffer>(std::span<const std::byte>(data));
    const auto to_fill = in_pieces<kw::mutable_buffer>(std::span<std::byte>(got));
    exchange(call::send, call::recv, [&] { return ends[0].send_all(data); }, [&] { return ends[1].recv_exact(got); });
    exchange(
        call::sendmsg, call::recvmsg, [&] { return ends[1].send_all(to_send); },
        [&] { return ends[0].recv_exact(to_fill); });
    exchange(
        call::send, call::recvmsg, [&] { return ends[1].send_all(data); }, [&] { return ends[0].recv_exact(to_fill); });
    exchange(
        call::sendmsg, call::recv, [&] { return ends[0].send_all(to_send); }, [&] { return ends[1].recv_exact(got); });
}

}  // namespace

TEST_CASE_TEMPLATE("send_all and recv_exact transfer every byte over partial and interrupted calls", Transport, kw::tcp,
                   kw::unix_stream) {
    const net::watchdog watch;
    const auto ends = net::connected_pair<Transport>();
    for (const std::size_t most : {1U, 2U, 7U, 64U, 1000U}) check_clamped(ends, most);
}

TEST_CASE_TEMPLATE("send and recv return the number of bytes of a partial transfer", Transport, kw::tcp,
                   kw::unix_stream) {
    const net::watchdog watch;
    const auto ends = net::connected_pair<Transport>();
    const fault::scope faults(fault::plan().clamp_transfers(3));
    std::array<char, 8> got{};
    CHECK(ends[0].send("hello").value() == 3);
    CHECK(ends[0].send(kw::gather("a", "", "bcdef")).value() == 3);
    CHECK(kw::as_text(ends[1].recv(got).value()) == "hel");
    std::array<char, 1> first{};
    std::array<char, 8> second{};
    CHECK(ends[1].recv(kw::scatter(first, second)).value() == 3);
    CHECK(first[0] == 'a');
    CHECK(second[0] == 'b');
    CHECK(second[1] == 'c');
}

TEST_CASE("recv_exact reports the bytes received before the end of the stream") {
    const net::watchdog watch;
    auto ends = net::connected_pair<kw::unix_stream>();
    const fault::scope faults(fault::plan().clamp_transfers(1));
    std::array<char, 5> got{};
    REQUIRE(ends[0].send_all("abc"));
    REQUIRE(ends[0].shutdown_send());
    const auto missing = ends[1].recv_exact(got);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().end_of_stream());
    CHECK(missing.error().transferred == 3);

    REQUIRE(ends[1].send_all(kw::gather("ab", "c")));
    REQUIRE(ends[1].shutdown_send());
    const auto also_missing = ends[0].recv_exact(kw::scatter(std::span(got).first(2), std::span(got).last(3)));
    REQUIRE_FALSE(also_missing);
    CHECK(also_missing.error().end_of_stream());
    CHECK(also_missing.error().transferred == 3);
}

TEST_CASE_TEMPLATE("send_all and recv_exact report the bytes transferred before an error", Transport, kw::tcp,
                   kw::unix_stream) {
    const net::watchdog watch;
    const auto ends = net::connected_pair<Transport>();
    std::array<char, 6> got{};
    for (unsigned k = 1; k <= 3; ++k) {
        const auto faults = [&](call which) { return fault::plan().clamp_transfers(2).fail(which, k, ENOBUFS); };
        const auto check_failed = [&](const auto& result) {
            REQUIRE_FALSE(result);
            CHECK(result.error() == kw::errc::no_buffer_space);
            CHECK(result.error().transferred == 2 * (k - 1));
        };
        const auto recover = [&](std::size_t sent) { REQUIRE(ends[1].recv_exact(std::span(got).first(sent))); };
        {
            const fault::scope failing(faults(call::send));
            check_failed(ends[0].send_all("abcdef"));
        }
        recover(2 * (k - 1));
        {
            const fault::scope failing(faults(call::sendmsg));
            check_failed(ends[0].send_all(kw::gather("abc", "def")));
        }
        recover(2 * (k - 1));
        REQUIRE(ends[0].send_all("abcdef"));
        {
            const fault::scope failing(faults(call::recv));
            check_failed(ends[1].recv_exact(got));
        }
        recover(6 - 2 * (k - 1));
        REQUIRE(ends[0].send_all("abcdef"));
        {
            const fault::scope failing(faults(call::recvmsg));
            check_failed(ends[1].recv_exact(kw::scatter(std::span(got).first(3), std::span(got).last(3))));
        }
        recover(6 - 2 * (k - 1));
    }
}

namespace {

/// Sends to a reader that reads only when the sender would block, and compares the received with the reported bytes.
/// `send` gets the bytes that are left to send.
template <class Connection, class Send>
void check_resumed(const Connection& sender, const Connection& reader, std::size_t size, Send send) {
    const std::vector<std::byte> data = net::random_bytes(size, 4);
    std::vector<std::byte> got;
    std::vector<std::byte> buffer(4096);
    std::size_t sent = 0;
    unsigned times_stuck = 0;
    const auto wait_for_either = [&] {
        std::array<::pollfd, 2> waits{{{.fd = sender.native_handle(), .events = POLLOUT, .revents = 0},
                                       {.fd = reader.native_handle(), .events = POLLIN, .revents = 0}}};
        return ::poll(waits.data(), waits.size(), 10'000) > 0;
    };
    const auto read_available = [&] {
        while (const auto some = reader.recv(buffer)) {
            REQUIRE_FALSE(some->empty());
            got.insert(got.end(), some->begin(), some->end());
        }
    };
    for (;;) {
        const kw::transfer_result<void> done = send(std::span<const std::byte>(data).subspan(sent));
        if (done) break;
        REQUIRE(done.error().would_block());
        ++times_stuck;
        sent += done.error().transferred;
        REQUIRE(sent < size);
        REQUIRE(wait_for_either());
        read_available();
        REQUIRE(got.size() <= sent);
    }
    while (got.size() < size) {
        ::pollfd wait{.fd = reader.native_handle(), .events = POLLIN, .revents = 0};
        REQUIRE(::poll(&wait, 1, 10'000) == 1);
        read_available();
    }
    CHECK(times_stuck > 1);
    CHECK(got.size() == size);
    CHECK(got == data);
}

}  // namespace

TEST_CASE_TEMPLATE("sending to a full buffer would block and reports the exact count to resume from", Transport,
                   kw::tcp, kw::unix_stream) {
    const net::watchdog watch;
    const auto ends = net::connected_pair<Transport>();
    REQUIRE(ends[0].set(option::send_buffer{1}));
    CHECK(ends[0].template get<option::send_buffer>().value() < 10'000);
    REQUIRE(ends[0].set(option::non_blocking{}));
    REQUIRE(ends[1].set(option::non_blocking{}));
    constexpr std::size_t size = 1024 * 1024;

    SUBCASE("send_all") {
        check_resumed(ends[0], ends[1], size, [&](auto rest) { return ends[0].send_all(rest); });
    }
    SUBCASE("send_all of buffers") {
        check_resumed(ends[0], ends[1], size, [&](auto rest) {
            std::vector<kw::const_buffer> pieces;
            for (auto left = rest; !left.empty(); left = left.subspan(pieces.back().size()))
                pieces.emplace_back(left.first(std::min<std::size_t>(left.size(), 999)));
            return ends[0].send_all(pieces);
        });
    }
    SUBCASE("send") {
        check_resumed(ends[0], ends[1], size, [&](auto rest) -> kw::transfer_result<void> {
            std::size_t done = 0;
            while (done < rest.size()) {
                const auto count = ends[0].send(rest.subspan(done));
                if (!count) return kw::unexpected<kw::transfer_error>(kw::transfer_error(count.error(), done));
                done += *count;
            }
            return {};
        });
    }
}

TEST_CASE("the bytes that a blocked AF_UNIX send reports are readable at the peer") {
    const net::watchdog watch;
    const auto ends = net::connected_pair<kw::unix_stream>();
    REQUIRE(ends[0].set(option::non_blocking{}));
    REQUIRE(ends[1].set(option::non_blocking{}));
    const std::vector<std::byte> data = net::random_bytes(4 * 1024 * 1024, 5);
    const auto stuck = ends[0].send_all(data);
    REQUIRE_FALSE(stuck);
    CHECK(stuck.error().would_block());
    CHECK(stuck.error().transferred > 0);
    std::vector<std::byte> got(stuck.error().transferred);
    CHECK(ends[1].recv_exact(got));
    CHECK(std::equal(got.begin(), got.end(), data.begin()));
    std::array<std::byte, 1> more{};
    CHECK(ends[1].recv(more).error().would_block());
}
