// SPDX-License-Identifier: BSL-1.0
// Asks a host for an echo over ICMP or ICMPv6 and measures how long the answer takes.
//   ping 127.0.0.1            ping -c 1 ::1            ping -d 127.0.0.1
// A raw socket needs CAP_NET_RAW; without it, or with -d, a "ping socket" is used, which the system has to allow to
// the user's group (icmp(7), net.ipv4.ping_group_range). The kernel does more of the work there.

#include <keyway/keyway.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include <poll.h>
#include <unistd.h>

namespace kw = keyway;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
using milliseconds = std::chrono::duration<double, std::milli>;

// The socket chooses the identifier of what it sends, and takes only answers with that identifier.
using ping4 = kw::transport<kw::ipv4, kw::datagram, kw::ipproto::icmp>;
using ping6 = kw::transport<kw::ipv6, kw::datagram, kw::ipproto::icmpv6>;

constexpr auto usage = R"(usage: ping [-c COUNT] [-d] ADDRESS
  -c COUNT  send COUNT requests, one a second (4)
  -d        use a ping socket, which needs no privilege
Exit code: 0 all were answered, 1 not all or a failure, 2 wrong usage.
)";

int fail(std::string_view where, std::string_view why, int code = 1) {
    std::fprintf(stderr, "ping: %.*s: %.*s\n", int(where.size()), where.data(), int(why.size()), why.data());
    return code;
}

using bytes = std::span<const std::byte>;

// The Internet checksum: the one's complement of the one's complement sum. Over a message that contains its checksum
// it is 0. Source: RFC 1071.
std::uint16_t checksum(bytes message) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < message.size(); ++i) {
        const auto byte = std::to_integer<std::uint32_t>(message[i]);
        sum += i % 2 == 0 ? byte << 8 : byte;
    }
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

// An echo message: type, code, checksum, identifier, sequence number, each in network order, then 56 bytes to be sent
// back. Source: RFC 792; RFC 4443 section 4.
constexpr std::size_t header_size = 8;
using echo = std::array<std::byte, header_size + 56>;

void put16(std::span<std::byte> message, std::size_t at, unsigned value) {
    message[at] = std::byte(value >> 8);
    message[at + 1] = std::byte(value);
}

template <class Transport>
constexpr bool is_v4 = Transport::family::domain == kw::ipv4::domain;
template <class Transport>
constexpr bool is_raw = Transport::type::native == kw::raw::native;

template <class Transport>
echo make_request(std::uint16_t id, std::uint16_t sequence) {
    echo message{};
    for (std::size_t i = header_size; i < message.size(); ++i) message[i] = std::byte(i);
    message[0] = std::byte(is_v4<Transport> ? 8 : 128);
    put16(message, 4, id);
    put16(message, 6, sequence);
    // For ICMPv6 and on ping sockets the kernel computes the checksum.
    if (is_v4<Transport>) put16(message, 2, checksum(message));
    return message;
}

// Whether what arrived answers the request: a raw socket gets every ICMP message of the peer, our own requests over
// loopback among them.
template <class Transport>
bool answers(bytes packet, const echo& request) {
    if constexpr (is_v4<Transport> && is_raw<Transport>) {  // an IPv4 header comes first: RFC 791 section 3.1
        if (packet.empty()) return false;
        const auto length = 4 * std::to_integer<std::size_t>(packet[0] & std::byte(0xf));
        if (length < 20 || length > packet.size()) return false;
        packet = packet.subspan(length);
    }
    if (packet.size() != request.size() || packet[0] != std::byte(is_v4<Transport> ? 0 : 129)) return false;
    if (is_v4<Transport> && is_raw<Transport> && checksum(packet) != 0) return false;
    constexpr std::size_t echoed = 4;  // identifier, sequence number, data
    return packet[1] == std::byte(0) && std::ranges::equal(packet.subspan(echoed), bytes(request).subspan(echoed));
}

// Sends the request and waits a second for the answer. Yields the time it took, or an error, which may be timed_out.
template <class Transport>
kw::result<milliseconds> ask(const typename Transport::connection& line, const echo& request) {
    const auto start = clock_type::now();
    if (auto sent = line.send(request); !sent) return kw::unexpected(sent.error());
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(start + 1s - clock_type::now()).count();
        ::pollfd ready{line.native_handle(), POLLIN, 0};
        if (left <= 0) return kw::unexpected(kw::error(kw::errc::timed_out, kw::operation::recv));
        if (::poll(&ready, 1, int(left)) <= 0) continue;
        std::array<std::byte, 1500> room;
        const auto got = line.recv(room);
        if (got && answers<Transport>(got->data, request)) return clock_type::now() - start;
        if (!got && !got.error().would_block()) return kw::unexpected(got.error());
    }
}

template <class Transport>
int ask_often(const typename Transport::connection& line, const std::string& name, unsigned count) {
    const auto local = line.local_endpoint();
    if (!local) return fail(name, local.error().message());
    if (auto set = line.set(kw::option::non_blocking{}); !set) return fail(name, set.error().message());
    const auto id = std::uint16_t(is_raw<Transport> ? ::getpid() : local->port());

    unsigned answered = 0;
    for (unsigned sequence = 1; sequence <= count; ++sequence) {
        const auto next = clock_type::now() + 1s;
        const auto time = ask<Transport>(line, make_request<Transport>(id, std::uint16_t(sequence)));
        if (time) {
            ++answered;
            std::printf("%zu bytes from %s: seq=%u time=%.2f ms\n", sizeof(echo), name.c_str(), sequence,
                        time->count());
        } else {
            std::printf("no answer from %s: seq=%u: %s\n", name.c_str(), sequence, time.error().message().c_str());
        }
        std::fflush(stdout);
        if (sequence != count) std::this_thread::sleep_until(next);
    }
    std::printf("%u sent, %u answered\n", count, answered);
    return answered == count ? 0 : 1;
}

template <class Raw, class Unprivileged>
int ping(const typename Raw::endpoint& host, unsigned count, bool unprivileged) {
    const std::string name(host.address().text());
    if (!unprivileged) {
        const auto line = Raw::connect(host);
        if (line) return ask_often<Raw>(*line, name, count);
        if (line.error() != kw::errc::not_permitted) return fail(name, line.error().message());
    }
    const auto line = Unprivileged::connect(host);
    if (line) return ask_often<Unprivileged>(*line, name, count);
    fail(name, line.error().message());
    if (line.error() == kw::errc::access_denied)
        std::fputs("ping: raw sockets take CAP_NET_RAW, ping sockets a group in net.ipv4.ping_group_range\n", stderr);
    return 1;
}

int main(int argc, char** argv) {
    unsigned count = 4;
    bool unprivileged = false, understood = true;
    for (int flag; (flag = ::getopt(argc, argv, "c:d")) != -1;) {
        if (flag == 'c') {
            const std::string_view text = optarg;
            const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
            understood &= failure == std::errc() && end == text.data() + text.size() && count != 0;
        }
        unprivileged |= flag == 'd';
        understood &= flag != '?';
    }
    if (!understood || optind + 1 != argc) return std::fputs(usage, stderr), 2;

    const auto address = kw::ip_address::parse(argv[optind]);
    if (!address) return fail(argv[optind], address.error().message(), 2);
    if (const auto* v4 = address->if_v4()) return ping<kw::icmp4, ping4>({*v4, 0}, count, unprivileged);
    return ping<kw::icmp6, ping6>({*address->if_v6(), 0}, count, unprivileged);
}
