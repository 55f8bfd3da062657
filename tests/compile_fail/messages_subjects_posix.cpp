// SPDX-License-Identifier: BSL-1.0
// What the opt-in headers of POSIX and Linux refuse.

#include <keyway/event.hpp>
#include <keyway/keyway.hpp>
#include <keyway/message.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <thread>

namespace kw = keyway;
using namespace std::chrono_literals;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::unix_stream::connection local;
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] kw::udp4::socket datagrams;
    [[maybe_unused]] kw::tcp4::listener listening;
    [[maybe_unused]] auto sender = *kw::zero_copy_sender<kw::udp4::socket>::open(datagrams);
    [[maybe_unused]] kw::signal_stop stop;
    [[maybe_unused]] std::jthread worker;
    [[maybe_unused]] std::array<std::byte, 64> buffer;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s; and several descriptors go in braces: {first, second}
#ifdef CORRECTED
    static_cast<void>(kw::send_descriptors(local, "x", {listening, listening}));
#else
    kw::send_descriptors(local, "x", listening, listening);
#endif

#elif REJECTED == 2
    // says 2: a limit is a duration with its unit, a deadline of the steady clock or a canceller: collect(5s)
#ifdef CORRECTED
    static_cast<void>(sender.collect(5s));
#else
    sender.collect(5);
#endif

#elif REJECTED == 3
    // says 3: a temporary socket is closed at the end of this line: keep it in a variable that outlives the sender
#ifdef CORRECTED
    static_cast<void>(kw::zero_copy_sender<kw::udp4::socket>::open(datagrams));
#else
    kw::zero_copy_sender<kw::udp4::socket>::open(*kw::udp4::bind({}));
#endif

#elif REJECTED == 4
    // says 4: a limit is a duration with its unit, a deadline of the steady clock or a canceller: wait_and_stop(target, 5s)
#ifdef CORRECTED
    static_cast<void>(stop.wait_and_stop(worker, 5s));
#else
    stop.wait_and_stop(worker, 5);
#endif

#elif REJECTED == 5
    // says 5: descriptors are passed over connections of AF_UNIX: unix_stream::connect(endpoint), unix_stream::pair()
#ifdef CORRECTED
    static_cast<void>(kw::send_descriptors(local, "x", listening));
#else
    kw::send_descriptors(connected, "x", listening);
#endif

#elif REJECTED == 6
    // says 6: send_descriptors() takes a connection, data, and a socket, listener, file or kw::handle_view::borrow(descriptor), several in braces
#ifdef CORRECTED
    static_cast<void>(kw::send_descriptors(local, "x", listening));
#else
    kw::send_descriptors(local, "x");
#endif

#elif REJECTED == 7
    // says 7: send_descriptors() takes a connection, data, and a socket, listener, file or kw::handle_view::borrow(descriptor), several in braces
#ifdef CORRECTED
    static_cast<void>(kw::send_descriptors(local, "x", kw::handle_view::borrow(0)));
#else
    kw::send_descriptors(local, "x", 0);
#endif

#elif REJECTED == 8
    // says 8: recv_descriptors() takes the largest number of descriptors in angle brackets: recv_descriptors<1>(connection, buffer)
#ifdef CORRECTED
    static_cast<void>(kw::recv_descriptors<1>(local, buffer));
#else
    kw::recv_descriptors(local, buffer);
#endif

#elif REJECTED == 9
    // says 9: descriptors are passed over connections of AF_UNIX: unix_stream::connect(endpoint), unix_stream::pair()
#ifdef CORRECTED
    static_cast<void>(kw::recv_descriptors<1>(local, buffer));
#else
    kw::recv_descriptors<1>(connected, buffer);
#endif

#endif
}
