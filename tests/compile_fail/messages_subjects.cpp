// SPDX-License-Identifier: BSL-1.0
// What the opt-in headers refuse: wrong limits, temporary owners, other things than listeners.

#include <keyway/client.hpp>
#include <keyway/event.hpp>
#include <keyway/file.hpp>
#include <keyway/keyway.hpp>
#include <keyway/message.hpp>
#include <keyway/server.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <thread>

namespace kw = keyway;
using namespace std::chrono_literals;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::udp4::socket datagrams;
    [[maybe_unused]] kw::tcp4::listener listening;
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] kw::poll_set<> set;
    [[maybe_unused]] kw::signal_stop stop;
    [[maybe_unused]] int number = 0;
    [[maybe_unused]] kw::file<kw::access::read> in;
    [[maybe_unused]] kw::file<kw::access::write> out;
    [[maybe_unused]] const kw::tcp4::endpoint at4;
    [[maybe_unused]] const std::array<kw::tcp4::endpoint, 2> several{};
    [[maybe_unused]] const kw::ipv4_address group(224, 0, 0, 251);
    [[maybe_unused]] std::array<std::byte, 64> buffer;
    [[maybe_unused]] std::array<kw::outgoing_message_to<kw::udp4::endpoint>, 2> messages;
    [[maybe_unused]] std::array<kw::message_slot_from<kw::udp4::endpoint>, 2> slots;
    [[maybe_unused]] kw::segment_sender<kw::udp4::socket> sender(datagrams);

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: resolve<ip>(host, service, 5s, options)
#ifdef CORRECTED
    static_cast<void>(kw::resolve<kw::ip>("localhost", 80, 5s));
#else
    kw::resolve<kw::ip>("localhost", 80, 5);
#endif

#elif REJECTED == 2
    // says 2: a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: resolve<ip>(host, service, 5s, options)
#ifdef CORRECTED
    static_cast<void>(kw::resolve<kw::ip>("localhost", 80, 5s, kw::resolve_options{}));
#else
    kw::resolve<kw::ip>("localhost", 80, kw::resolve_options{}, 5s);
#endif

#elif REJECTED == 3
    // says 3: a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: resolve_name(endpoint, 5s, options)
#ifdef CORRECTED
    static_cast<void>(kw::resolve_name(at4, 5s));
#else
    kw::resolve_name(at4, 5);
#endif

#elif REJECTED == 4
    // says 4: a limit is a duration with its unit, a deadline of the steady clock or a canceller: wait(5s), wait(stop)
#ifdef CORRECTED
    static_cast<void>(set.wait(5s));
#else
    set.wait(5);
#endif

#elif REJECTED == 5
    // says 5: a temporary owner closes its descriptor at the end of this line: keep the owner in a variable that outlives the view
#ifdef CORRECTED
    [[maybe_unused]] auto added = set.add(listening, kw::readable, 1);
#else
    [[maybe_unused]] auto added = set.add(*kw::tcp4::listen(at4), kw::readable, 1);
#endif

#elif REJECTED == 6
    // says 6: a limit is a duration with its unit, a deadline of the steady clock or a canceller: wait_for(handle, kw::readable, 5s)
#ifdef CORRECTED
    static_cast<void>(kw::wait_for(connected, kw::readable, 5s));
#else
    kw::wait_for(connected, kw::readable, 5);
#endif

#elif REJECTED == 7
    // says 7: a limit is a duration with its unit, a deadline of the steady clock or a canceller: wait(5s), wait(stop)
#ifdef CORRECTED
    static_cast<void>(stop.wait(5s));
#else
    stop.wait(5);
#endif

#elif REJECTED == 8
    // says 8: serve() accepts connections: each argument has to be a listener, such as tcp::listen() returns
#ifdef CORRECTED
    [[maybe_unused]] kw::listeners both(listening, listening);
#else
    [[maybe_unused]] kw::listeners both(listening, connected);
#endif

#elif REJECTED == 9
    // says 9: a limit is a duration with its unit, a deadline of the steady clock or a canceller: copy(from, to, 30s)
#ifdef CORRECTED
    static_cast<void>(kw::copy(in, out, 30s));
#else
    kw::copy(in, out, nullptr);
#endif

#elif REJECTED == 10
    // says 10: a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the progress: copy(from, to, most, 30s, progress)
#ifdef CORRECTED
    static_cast<void>(kw::copy(in, out, 100, 30s));
#else
    kw::copy(in, out, 100, 30);
#endif

#elif REJECTED == 11
    // says 11: a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: open(path, 5s, {.create = true})
#ifdef CORRECTED
    static_cast<void>(kw::file<kw::access::write>::open("path", 5s, {.create = true}));
#else
    kw::file<kw::access::write>::open("path", 5, kw::open_options<kw::access::write>{});
#endif

#elif REJECTED == 12
    // says 12: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(in.read(buffer, 5s));
#else
    in.read(buffer, 5);
#endif

#elif REJECTED == 13
    // says 13: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(in.read_exact(buffer));
#else
    in.read_exact(buffer, 64);
#endif

#elif REJECTED == 14
    // says 14: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(out.write(buffer));
#else
    out.write(buffer, sizeof(buffer));
#endif

#elif REJECTED == 15
    // says 15: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(out.write_all("text"));
#else
    out.write_all("text", 4);
#endif

#elif REJECTED == 16
    // says 16: a limit is a duration with its unit, a deadline of the steady clock or a canceller: send_batch(socket, messages, 5s)
#ifdef CORRECTED
    static_cast<void>(kw::send_batch(datagrams, messages, 5s));
#else
    kw::send_batch(datagrams, messages, 5);
#endif

#elif REJECTED == 17
    // says 17: a limit is a duration with its unit, a deadline of the steady clock or a canceller: recv_batch(socket, slots, 5s)
#ifdef CORRECTED
    static_cast<void>(kw::recv_batch(datagrams, slots, 5s));
#else
    kw::recv_batch(datagrams, slots, 5);
#endif

#elif REJECTED == 18
    // says 18: a limit is a duration with its unit, a deadline of the steady clock or a canceller: send(data, size, endpoint, 5s)
#ifdef CORRECTED
    static_cast<void>(sender.send(buffer, 8, {}, 5s));
#else
    sender.send(buffer, 8, {}, 5);
#endif

#elif REJECTED == 19
    // says 19: a temporary socket is closed at the end of this line: keep it in a variable that outlives the sender
#ifdef CORRECTED
    [[maybe_unused]] kw::segment_sender<kw::udp4::socket> kept(datagrams);
#else
    [[maybe_unused]] kw::segment_sender<kw::udp4::socket> lost(*kw::udp4::bind({}));
#endif

#elif REJECTED == 20
    // says 20: a temporary socket is closed at the end of this line: keep it in a variable that outlives the membership
#ifdef CORRECTED
    [[maybe_unused]] auto member = kw::membership::join(datagrams, group);
#else
    [[maybe_unused]] auto member = kw::membership::join(*kw::udp4::bind({}), group);
#endif

#elif REJECTED == 21
    // says 21: a temporary listener is closed at the end of this line: keep it in a variable that outlives serve()
#ifdef CORRECTED
    [[maybe_unused]] const kw::listeners both(listening, listening);
#else
    [[maybe_unused]] const kw::listeners both(listening, *kw::tcp4::listen({}));
#endif

#elif REJECTED == 22
    // says 22: a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: connect<tcp>(endpoints, 5s, options)
#ifdef CORRECTED
    static_cast<void>(kw::connect<kw::tcp4>(several, 5s));
#else
    kw::connect<kw::tcp4>(several, 5);
#endif

#elif REJECTED == 23
    // says 23: a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: connect(host, service, 5s, options)
#ifdef CORRECTED
    static_cast<void>(kw::connect<kw::tcp>("localhost", "http", 5s));
#else
    kw::connect<kw::tcp>("localhost", "http", 5);
#endif

#elif REJECTED == 24
    // says 24: a limit is a duration with its unit, a deadline of the steady clock or a canceller: connect(endpoint, 5s), connect(endpoints, 5s, options)
#ifdef CORRECTED
    static_cast<void>(kw::tcp4::connect(several, 5s));
#else
    kw::tcp4::connect(several, 5);
#endif

#elif REJECTED == 25
    // says 25: a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: connect(host, service, 5s, options)
#ifdef CORRECTED
    static_cast<void>(kw::tcp::connect("localhost", "http", 5s));
#else
    kw::tcp::connect("localhost", "http", 5);
#endif

#elif REJECTED == 26
    // says 26: a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: connect(host, service, 5s, options)
#ifdef CORRECTED
    static_cast<void>(kw::tcp4::connect("localhost", 80, 5s, kw::connect_options<kw::tcp4::endpoint>{}));
#else
    kw::tcp4::connect("localhost", 80, kw::connect_options<kw::tcp4::endpoint>{}, 5s);
#endif

#elif REJECTED == 27
    // says 27: serve() accepts connections: pass a listener, such as tcp::listen() returns, or several: serve(kw::listeners(first, second), handler)
#ifdef CORRECTED
    kw::serve(listening, [](const auto&) {});
#else
    kw::serve(connected, [](const auto&) {});
#endif

#elif REJECTED == 28
    // says 28: serve() calls the handler with a view of each connection: [](const auto& client) {}; it may have the peer and a canceller_view as well
#ifdef CORRECTED
    kw::serve(listening, [](const auto&) {});
#else
    kw::serve(listening, [] {});
#endif

#elif REJECTED == 29
    // says 29: serve() calls the handler with a view of each connection: [](const auto& client) {}; it may have the peer and a canceller_view as well
#ifdef CORRECTED
    kw::serve(kw::listeners(listening), [](const auto&, const auto&) {});
#else
    kw::serve(kw::listeners(listening), 5);
#endif

#elif REJECTED == 30
    // says 30: the limit of serve() is one of its options: serve(listener, handler, {.until = stop})
#ifdef CORRECTED
    kw::serve(listening, [](const auto&) {}, {.until = 5s});
#else
    kw::serve(listening, [](const auto&) {}, 5s);
#endif

#elif REJECTED == 31
    // says 31: the backlog is one of the options: listen(endpoint, {.backlog = 16})
#ifdef CORRECTED
    [[maybe_unused]] auto listener = kw::tcp4::listen(at4, {.backlog = 16});
#else
    kw::tcp4::listen(at4, 16);
#endif

#elif REJECTED == 32
    // says 32: a datagram socket connects to one endpoint: resolve<ip, datagram>(host, service) finds the endpoints of a name
#ifdef CORRECTED
    static_cast<void>(kw::resolve<kw::ip, kw::datagram>("localhost", "domain", 5s));
#else
    kw::udp::connect("localhost", "domain", 5s);
#endif
#endif
}
