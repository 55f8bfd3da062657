// SPDX-License-Identifier: BSL-1.0
// The messages of limits, and of connections under way, each beside what its user should have written.

#include <keyway/client/connecting.hpp>
#include <keyway/keyway.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

namespace kw = keyway;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::udp4::socket datagrams;
    [[maybe_unused]] kw::udp4::connection chatting;
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] const kw::tcp4::endpoint at4;
    [[maybe_unused]] std::array<std::byte, 64> buffer;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    (void)connected.recv(buffer, std::chrono::seconds(5));
#else
    (void)connected.recv(buffer, 5);
#endif

#elif REJECTED == 2
    // says 2: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    (void)connected.recv(buffer, std::chrono::steady_clock::now());
#else
    (void)connected.recv(buffer, std::chrono::system_clock::now());
#endif

#elif REJECTED == 3
    // says 3: a datagram socket gets its peer without waiting: call connect(endpoint)
#ifdef CORRECTED
    [[maybe_unused]] auto talking = kw::udp4::connect(at4);
#else
    [[maybe_unused]] auto nothing = kw::udp4::connect(at4, std::chrono::seconds(5));
#endif

#elif REJECTED == 4
    // says 4: a datagram socket gets its peer without waiting: call connect(endpoint)
#ifdef CORRECTED
    [[maybe_unused]] auto talking = std::move(datagrams).connect(at4);
#else
    [[maybe_unused]] auto nothing = std::move(datagrams).connect(at4, std::chrono::seconds(5));
#endif

#elif REJECTED == 5
    // says 5: a limit has a unit: write 5s or 500ms (std::chrono_literals)
#ifdef CORRECTED
    [[maybe_unused]] const kw::deadline until = std::chrono::milliseconds(500);
#else
    [[maybe_unused]] const kw::deadline until = 500;
#endif

#elif REJECTED == 6
    // says 6: this clock can be set: use a time point of std::chrono::steady_clock, or a duration
#ifdef CORRECTED
    [[maybe_unused]] const kw::deadline until = std::chrono::steady_clock::now();
#else
    [[maybe_unused]] const kw::deadline until = std::chrono::system_clock::now();
#endif

#elif REJECTED == 7
    // says 7: finish() consumes the attempt: write std::move(attempt).finish()
    kw::connecting<kw::ipv4, kw::stream> attempt;
#ifdef CORRECTED
    [[maybe_unused]] auto connection = std::move(attempt).finish();
#else
    [[maybe_unused]] auto nothing = attempt.finish();
#endif

#elif REJECTED == 8
    // says 8: only a stream is read to its end: call close()
#ifdef CORRECTED
    (void)chatting.close();
#else
    (void)std::move(chatting).close_gracefully(std::chrono::seconds(1));
#endif

#elif REJECTED == 9
    // says 9: close_gracefully() ends the connection: write std::move(connection).close_gracefully(limit)
#ifdef CORRECTED
    (void)std::move(connected).close_gracefully(std::chrono::seconds(1));
#else
    (void)connected.close_gracefully(std::chrono::seconds(1));
#endif

#elif REJECTED == 10
    // says 10: include <keyway/client/connect.hpp>, which connects to names and to one of several endpoints
#ifdef CORRECTED
    [[maybe_unused]] auto first = kw::tcp4::connect(at4);
#else
    [[maybe_unused]] auto nothing = kw::tcp4::connect(std::array{at4, at4});
#endif

#elif REJECTED == 11
    // says 11: a limit is a duration with its unit, a deadline of the steady clock or a canceller: pair(5s)
#ifdef CORRECTED
    (void)kw::tcp4::pair(std::chrono::seconds(5));
#else
    (void)kw::tcp4::pair(5);
#endif

#elif REJECTED == 12
    // says 12: one limit, a duration, a deadline or a canceller, says how long the peer may take: std::move(connection).close_gracefully(5s)
#ifdef CORRECTED
    (void)std::move(connected).close_gracefully(std::chrono::seconds(5));
#else
    (void)std::move(connected).close_gracefully(5);
#endif

#elif REJECTED == 13
    // says 13: include <keyway/client/connect.hpp>, which connects to names and to one of several endpoints
#ifdef CORRECTED
    [[maybe_unused]] auto first = kw::tcp4::connect(at4);
#else
    [[maybe_unused]] auto nothing = kw::tcp4::connect("localhost", "80");
#endif

#elif REJECTED == 14
    // says 14: include <keyway/client/connect.hpp>, which connects to names and to one of several endpoints
#ifdef CORRECTED
    [[maybe_unused]] auto first = kw::tcp4::connect(at4);
#else
    [[maybe_unused]] auto nothing = kw::tcp4::connect("localhost", 80);
#endif

#endif
}
