// SPDX-License-Identifier: BSL-1.0
// Asks a host for an echo over ICMP or ICMPv6 and measures how long the answer takes.
//   ping 127.0.0.1            ping -c 1 ::1            ping -d 127.0.0.1
// A raw socket needs CAP_NET_RAW; without it, or with -d, a "ping socket" is used, which the system has to allow to
// the user's group (icmp(7), net.ipv4.ping_group_range). The kernel does more of the work there.

#include <keyway/keyway.hpp>
#include <keyway/option/icmp.hpp>
#include <keyway/packet/icmp.hpp>
#include <keyway/packet/ipv4_header.hpp>

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
#include <type_traits>

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

template <class Transport>
constexpr bool is_v4 = Transport::family::domain == kw::ipv4::domain;
template <class Transport>
constexpr bool is_raw = Transport::type::native == kw::raw::native;
template <class Transport>
using message = std::conditional_t<is_v4<Transport>, kw::icmp_message, kw::icmpv6_message>;

constexpr std::size_t request_size = 64;
constexpr auto data = [] {  // to be sent back
    std::array<std::byte, request_size - kw::icmp_message::header_size> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = std::byte(i);
    return numbers;
}();

// Whether what arrived answers the request: a raw socket gets every answer of the peer, those to others among them.
template <class Transport>
bool answers(std::span<const std::byte> packet, const message<Transport>& request) {
    if constexpr (is_v4<Transport> && is_raw<Transport>) {
        const auto header = kw::ipv4_header::parse(packet);
        if (!header) return false;
        packet = header->payload(packet);
        if (!kw::icmp_message::checksum_valid(packet)) return false;  // elsewhere the kernel has looked
    }
    const auto reply = message<Transport>::parse(packet);
    return reply && reply->answers(request);
}

// Sends the request and waits a second for the answer. Yields the time it took, or an error, which may be timed_out.
template <class Transport>
kw::result<milliseconds> ask(const typename Transport::connection& line, const message<Transport>& request) {
    std::array<std::byte, request_size> written;
    const auto start = clock_type::now();
    const kw::deadline until = 1s;
    if (auto sent = line.send(*request.write(written)); !sent) return kw::failure(sent);
    for (;;) {
        std::array<std::byte, 1500> buffer;
        const auto got = line.recv(buffer, until);
        if (!got) return kw::failure(got);
        if (answers<Transport>(got->data, request)) return clock_type::now() - start;
    }
}

template <class Transport>
int ask_often(const typename Transport::connection& line, const std::string& name, unsigned count) {
    const auto local = line.local_endpoint();
    if (!local) return fail(name, local.error().message());
    if constexpr (is_raw<Transport>) {
        using filter = std::conditional_t<is_v4<Transport>, kw::option::icmp_filter, kw::option::icmpv6_filter>;
        if constexpr (!kw::absent_option<filter>) {
            if (auto set = line.set(filter{{message<Transport>::message_type::echo_reply}}); !set)
                return fail(name, set.error().message());
        }
    }
    const auto id = std::uint16_t(is_raw<Transport> ? ::getpid() : local->port());

    unsigned answered = 0;
    for (unsigned sequence = 1; sequence <= count; ++sequence) {
        const auto next = clock_type::now() + 1s;
        const auto request = message<Transport>::echo_request(id, std::uint16_t(sequence), data);
        const auto time = ask<Transport>(line, request);
        if (time) {
            ++answered;
            std::printf("%zu bytes from %s: seq=%u time=%.2f ms\n", request_size, name.c_str(), sequence,
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
        if (line.error() != kw::errc::operation_not_permitted) return fail(name, line.error().message());
    }
    const auto line = Unprivileged::connect(host);
    if (line) return ask_often<Unprivileged>(*line, name, count);
    fail(name, line.error().message());
    if (line.error() == kw::errc::permission_denied)
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
    if (const auto* v4 = address->as_v4()) return ping<kw::icmp4, ping4>({*v4, 0}, count, unprivileged);
    return ping<kw::icmp6, ping6>({*address->as_v6(), 0}, count, unprivileged);
}
