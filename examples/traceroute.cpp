// SPDX-License-Identifier: BSL-1.0
// Shows the routers on the way to an address: each datagram may pass one more of them than the one before, and the one
// that drops it says so by ICMP, which the socket's error queue keeps. Needs no privilege. Linux.
//   traceroute 127.0.0.1            traceroute -m 5 -w 200 2001:db8::1

#include <keyway/keyway.hpp>
#include <keyway/message/control/buffer.hpp>
#include <keyway/message/control/ip.hpp>
#include <keyway/message/control/queued_error.hpp>
#include <keyway/message/error_queue.hpp>
#include <keyway/message/message.hpp>
#include <keyway/packet/icmp_types.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <ratio>
#include <string_view>
#include <system_error>

namespace kw = keyway;
using clock_type = std::chrono::steady_clock;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr auto usage = R"(usage: traceroute [-m HOPS] [-w MILLISECONDS] ADDRESS
  -m HOPS          gives up after so many (30)
  -w MILLISECONDS  waits so long for each answer (1000)
Exit code: 0 the address was reached, 1 it was not or a failure, 2 wrong usage.
)";

int fail(std::string_view where, std::string_view why, int code = 1) {
    std::fprintf(stderr, "traceroute: %.*s: %.*s\n", int(where.size()), where.data(), int(why.size()), why.data());
    return code;
}

/// From 1 to 255, or to `most`.
std::optional<int> number(std::string_view text, int most) {
    int value = 0;
    const auto [end, why] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (why != std::errc() || end != text.data() + text.size() || value < 1 || value > most) return std::nullopt;
    return value;
}

bool says(const kw::control::queued_error& cause, auto type, auto code) {
    return cause.type == static_cast<std::uint8_t>(type) && cause.code == static_cast<std::uint8_t>(code);
}

bool is_v6(const kw::control::queued_error& cause) { return cause.origin == kw::control::error_origin::icmpv6; }

/// A router dropped the datagram because it may pass no more of them.
bool is_on_the_way(const kw::control::queued_error& cause) {
    constexpr auto in_transit = kw::icmp_exceeded::in_transit;
    return is_v6(cause) ? says(cause, kw::icmpv6_type::time_exceeded, in_transit)
                        : says(cause, kw::icmp_type::time_exceeded, in_transit);
}

/// Nobody is at the port of the address itself. Firewalls before it may say so too.
bool is_arrival(const kw::control::queued_error& cause, const kw::ip_address& target) {
    if (cause.offender != target) return false;
    return is_v6(cause) ? says(cause, kw::icmpv6_type::destination_unreachable, kw::icmpv6_unreachable::port)
                        : says(cause, kw::icmp_type::destination_unreachable, kw::icmp_unreachable::port);
}

int trace(const kw::ip_address& target, int most_hops, std::chrono::milliseconds patience) {
    constexpr std::uint16_t first_port = 33434;  // nobody is to listen there; traceroute(8)
    const auto socket = kw::udp::socket::open_for({target, first_port});
    if (!socket) return fail("socket", socket.error().message());
    if (auto asked = kw::control::buffer<kw::control::queued_error>::request(*socket); !asked)
        return fail("error queue", asked.error().message());

    for (int hops = 1; hops <= most_hops; ++hops) {
        const kw::udp::endpoint to(target, static_cast<std::uint16_t>(first_port + hops));
        const kw::control::list items{kw::control::hop_limit{static_cast<std::uint8_t>(hops)}};
        const auto begin = clock_type::now();
        auto sent = kw::send_message(*socket, "keyway", items, to);
        // What an earlier datagram met is told to whichever call comes next, once.
        if (!sent) sent = kw::send_message(*socket, "keyway", items, to);
        if (!sent) return fail(to.text(), sent.error().message());

        std::array<std::byte, 64> quoted{};
        const kw::deadline until = patience;
        auto answer = kw::recv_error(*socket, quoted, until);
        while (answer && answer->to.port() != to.port())  // it comes late, and is about a datagram before this one
            answer = kw::recv_error(*socket, quoted, until);
        if (!answer && !answer.error().timed_out()) return fail(to.text(), answer.error().message());
        const auto offender = answer ? answer->cause.offender : std::nullopt;
        if (!offender) {
            std::printf("%2d  *\n", hops);
            continue;
        }
        const auto name = offender->text();
        const milliseconds time = clock_type::now() - begin;
        std::printf("%2d  %.*s  %.3f ms\n", hops, int(name.view().size()), name.view().data(), time.count());
        if (is_arrival(answer->cause, target)) return 0;
        if (!is_on_the_way(answer->cause)) return fail(to.text(), answer->cause.error.message());
    }
    return 1;
}

int main(int argc, char** argv) {
    int most_hops = 30;
    std::chrono::milliseconds patience(1000);
    std::optional<kw::ip_address> target;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const char* const next = i + 1 < argc ? argv[i + 1] : "";
        const auto hops = word == "-m" ? number(next, 255) : std::nullopt;
        const auto wait = word == "-w" ? number(next, 60'000) : std::nullopt;
        if (hops) {
            most_hops = *hops;
            ++i;
        } else if (wait) {
            patience = std::chrono::milliseconds(*wait);
            ++i;
        } else if (const auto address = kw::ip_address::parse(word); address && !target) {
            target = *address;
        } else {
            std::fputs(usage, stderr);
            return fail(word, "not understood", 2);
        }
    }
    if (!target) {
        std::fputs(usage, stderr);
        return 2;
    }
    return trace(*target, most_hops, patience);
}
