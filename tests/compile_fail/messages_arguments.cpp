// SPDX-License-Identifier: BSL-1.0
// Arguments of the opt-in headers that are of another kind or in another order, and text where an address is wanted.

#include <keyway/client.hpp>
#include <keyway/event.hpp>
#include <keyway/file.hpp>
#include <keyway/keyway.hpp>
#include <keyway/message.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kw = keyway;
namespace control = keyway::control;
using namespace kw::literals;
using namespace std::chrono_literals;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::tcp4::socket unconnected;
    [[maybe_unused]] kw::tcp4::listener listening;
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] kw::udp4::socket datagrams;
    [[maybe_unused]] kw::udp4::connection to_peer;
    [[maybe_unused]] kw::poll_set<> set;
    [[maybe_unused]] kw::canceller stop;
    [[maybe_unused]] kw::endpoint_list<kw::ip> found;
    [[maybe_unused]] kw::tcp4::endpoint changing;
    [[maybe_unused]] const kw::tcp4::endpoint at4;
    [[maybe_unused]] const kw::udp4::endpoint at4u;
    [[maybe_unused]] const kw::ipv4_address group(224, 0, 0, 251);
    [[maybe_unused]] const std::filesystem::path path;
    [[maybe_unused]] const std::vector<std::string> words;
    [[maybe_unused]] const control::list hops{control::hop_limit{3}};
    [[maybe_unused]] control::buffer<control::packet_info> items;
    [[maybe_unused]] std::array<std::byte, 64> buffer;
    [[maybe_unused]] std::array<kw::outgoing_message_to<kw::udp4::endpoint>, 2> messages;
    [[maybe_unused]] std::array<kw::message_slot_from<kw::udp4::endpoint>, 2> slots;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: start_connect() takes a transport in angle brackets: start_connect<kw::tcp>(endpoint)
#ifdef CORRECTED
    [[maybe_unused]] auto attempt = kw::start_connect<kw::tcp4>(at4);
#else
    auto attempt = kw::start_connect(at4);
#endif

#elif REJECTED == 2
    // says 2: start_connect() consumes the socket: start_connect(std::move(socket), endpoint)
#ifdef CORRECTED
    [[maybe_unused]] auto attempt = kw::start_connect(std::move(unconnected), at4);
#else
    auto attempt = kw::start_connect(unconnected, at4);
#endif

#elif REJECTED == 3
    // says 3: add() takes a socket, listener, connection or kw::handle_view::borrow(descriptor), then the interest kw::readable or kw::writable, then the token
#ifdef CORRECTED
    static_cast<void>(set.add(listening, kw::readable, 1));
#else
    set.add(listening, 1, 1);
#endif

#elif REJECTED == 4
    // says 4: modify() takes a socket, listener, connection or kw::handle_view::borrow(descriptor), then the interest kw::readable or kw::writable, then the token
#ifdef CORRECTED
    static_cast<void>(set.modify(listening, kw::readable, 1));
#else
    set.modify(listening, kw::readable);
#endif

#elif REJECTED == 5
    // says 5: keyway: a token is a pointer, an index or an enumerator, by which the program finds the rest
#ifdef CORRECTED
    [[maybe_unused]] kw::poll_set<std::string*> names;
#else
    kw::poll_set<std::string> names;
#endif

#elif REJECTED == 6
    // says 6: resolve() takes a family of the internet in angle brackets, ip, ipv4 or ipv6: resolve<kw::ip>(host, service)
#ifdef CORRECTED
    static_cast<void>(kw::resolve<kw::ip>("localhost", "http"));
#else
    kw::resolve("localhost", "http");
#endif

#elif REJECTED == 7
    // says 7: resolve() takes a family of the internet in angle brackets, ip, ipv4 or ipv6: resolve<kw::ip>(host, service)
#ifdef CORRECTED
    static_cast<void>(kw::resolve<kw::ipv4>("localhost", "http"));
#else
    kw::resolve<kw::unix_domain>("localhost", "http");
#endif

#elif REJECTED == 8
    // says 8: the text would outlive the temporary list: keep the list in a variable
#ifdef CORRECTED
    [[maybe_unused]] const std::string_view name = found.canonical_name();
#else
    const std::string_view name = std::move(found).canonical_name();
#endif

#elif REJECTED == 9
    // says 9: a path is text, UTF-8 on Windows and bytes on POSIX: of a std::filesystem::path its string()
#ifdef CORRECTED
    static_cast<void>(kw::file<kw::access::read>::open(path.string()));
#else
    kw::file<kw::access::read>::open(path);
#endif

#elif REJECTED == 10
    // says 10: this buffer has no space for such an item: name it in the type, control::buffer<control::packet_info, control::hop_limit>
#ifdef CORRECTED
    static_cast<void>(items.get<control::packet_info>());
#else
    items.get<control::hop_limit>();
#endif

#elif REJECTED == 11
    // says 11: this buffer has no space for such an item: name it in the type, control::buffer<control::rights<2>>
#ifdef CORRECTED
    static_cast<void>(items.get<control::packet_info>());
#else
    items.take<control::hop_limit>();
#endif

#elif REJECTED == 12
    // says 12: after the data comes a control::list of items that a socket of this family, type and protocol sends, then the destination: send_message(socket, data, items, endpoint)
#ifdef CORRECTED
    static_cast<void>(kw::send_message(datagrams, "x", hops, at4u));
#else
    kw::send_message(connected, "x", hops);
#endif

#elif REJECTED == 13
    // says 13: after the data comes a control::list of items that a socket of this family, type and protocol sends, then the destination: send_message(socket, data, items, endpoint)
#ifdef CORRECTED
    static_cast<void>(kw::send_message(datagrams, "x", hops, at4u));
#else
    kw::send_message(datagrams, "x", at4u, hops);
#endif

#elif REJECTED == 14
    // says 14: a socket without a peer sends each message to an endpoint: send_message(socket, data, items, endpoint)
#ifdef CORRECTED
    static_cast<void>(kw::send_message(datagrams, "x", hops, at4u));
#else
    kw::send_message(datagrams, "x", hops);
#endif

#elif REJECTED == 15
    // says 15: after the data comes a control::list of items; without items call send() or send_to()
#ifdef CORRECTED
    static_cast<void>(connected.send("x"));
#else
    kw::send_message(connected, "x");
#endif

#elif REJECTED == 16
    // says 16: a socket of this family, type and protocol does not get one of the items that this buffer names: packet_info and hop_limit are those of datagrams, rights and credentials those of AF_UNIX
#ifdef CORRECTED
    static_cast<void>(kw::recv_message(datagrams, buffer, items));
#else
    kw::recv_message(connected, buffer, items);
#endif

#elif REJECTED == 17
    // says 17: datagrams are sent in batches, of a stream several buffers at once: send_all(kw::gather(first, second))
#ifdef CORRECTED
    static_cast<void>(kw::send_batch(datagrams, messages));
#else
    kw::send_batch(connected, messages);
#endif

#elif REJECTED == 18
    // says 18: a batch is an array of outgoing_message on a connection, of outgoing_message_to<endpoint> on a socket: kw::outgoing_message{kw::const_bytes(text)}
#ifdef CORRECTED
    static_cast<void>(kw::send_batch(datagrams, messages));
#else
    kw::send_batch(datagrams, words);
#endif

#elif REJECTED == 19
    // says 19: datagrams are received in batches, of a stream several buffers at once: recv(kw::scatter(first, second))
#ifdef CORRECTED
    static_cast<void>(kw::recv_batch(datagrams, slots));
#else
    kw::recv_batch(connected, slots);
#endif

#elif REJECTED == 20
    // says 20: a batch is received into an array of message_slot on a connection, of message_slot_from<endpoint> on a socket, each with a buffer
#ifdef CORRECTED
    static_cast<void>(kw::recv_batch(datagrams, slots));
#else
    kw::recv_batch(datagrams, buffer);
#endif

#elif REJECTED == 21
    // says 21: segments are datagrams of a UDP socket: udp::bind(), udp::socket::open(), udp::connect()
#ifdef CORRECTED
    [[maybe_unused]] const kw::segment_sender sender(datagrams);
#else
    const kw::segment_sender sender(connected);
#endif

#elif REJECTED == 22
    // says 22: segments are datagrams of a UDP socket: udp::bind(), udp::socket::open(), udp::connect()
#ifdef CORRECTED
    static_cast<void>(kw::join_segments(datagrams));
#else
    kw::join_segments(connected);
#endif

#elif REJECTED == 23
    // says 23: segments are datagrams of a UDP socket: udp::bind(), udp::socket::open(), udp::connect()
#ifdef CORRECTED
    static_cast<void>(kw::recv_segments(datagrams, buffer));
#else
    kw::recv_segments(connected, buffer);
#endif

#elif REJECTED == 24
    // says 24: a group is an address of the family of the socket, and its interface an index: join(socket, group), join(socket, group, source), each perhaps with *kw::interface_index(name)
#ifdef CORRECTED
    static_cast<void>(kw::join(datagrams, group));
#else
    kw::join(datagrams, kw::ipv6_address::any());
#endif

#elif REJECTED == 25
    // says 25: a group is an address of the family of the socket, and its interface an index: leave(socket, group), leave(socket, group, source), each perhaps with *kw::interface_index(name)
#ifdef CORRECTED
    static_cast<void>(kw::leave(datagrams, group, 1));
#else
    kw::leave(datagrams, group, "eth0");
#endif

#elif REJECTED == 26
    // says 26: a group is an address of the family of the socket, and its interface an index: join(socket, group), join(socket, group, source), each perhaps with *kw::interface_index(name)
#ifdef CORRECTED
    static_cast<void>(kw::membership::join(datagrams, group));
#else
    kw::membership::join(datagrams, kw::ipv6_address::any());
#endif

#elif REJECTED == 27
    // says 27: a limit begins with one bound, and others are added: kw::limit(5s).cancelled_by(stop).until(deadline)
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer, kw::limit(5s).cancelled_by(stop)));
#else
    connected.recv(buffer, kw::limit(5s, stop));
#endif

#elif REJECTED == 28
    // says 28: a time has a unit: spin(50us) (std::chrono_literals)
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer, kw::limit(5s).spin(50us)));
#else
    connected.recv(buffer, kw::limit(5s).spin(50));
#endif

#elif REJECTED == 29
    // says 29: text is no address yet: put _ipv4 behind a literal, and give other text to ipv4_address::parse()
#ifdef CORRECTED
    [[maybe_unused]] const kw::ipv4_address a = "127.0.0.1"_ipv4;
#else
    const kw::ipv4_address a = "127.0.0.1";
#endif

#elif REJECTED == 30
    // says 30: text is no address yet: put _ipv6 behind a literal, and give other text to ipv6_address::parse()
#ifdef CORRECTED
    [[maybe_unused]] const kw::ipv6_address a = "::1"_ipv6;
#else
    const kw::ipv6_address a = "::1";
#endif

#elif REJECTED == 31
    // says 31: text is no address yet: put _ipv4 or _ipv6 behind a literal, and give other text to ip_address::parse()
#ifdef CORRECTED
    [[maybe_unused]] const kw::ip_address a = "::1"_ipv6;
#else
    const kw::ip_address a("::1");
#endif

#elif REJECTED == 32
    // says 32: the bytes would outlive the temporary list: keep the list in a variable
#ifdef CORRECTED
    [[maybe_unused]] const auto bytes = hops.bytes();
#else
    const auto bytes = control::list{control::hop_limit{3}}.bytes();
#endif

#elif REJECTED == 33
    // says 33: the attempts would outlive the temporary error: keep the result in a variable
#ifdef CORRECTED
    if (const auto made = kw::tcp::connect("localhost", "http"); !made) static_cast<void>(made.error().attempts());
#else
    for (const auto& each : kw::tcp::connect("localhost", "http").error().attempts()) static_cast<void>(each);
#endif

#elif REJECTED == 34
    // says 34: address() returns a copy: assign a whole endpoint, to = {address, to.port()}
#ifdef CORRECTED
    changing = {kw::ipv4_address::loopback(), changing.port()};
#else
    changing.address() = kw::ipv4_address::loopback();
#endif

#elif REJECTED == 35
    // says 35: remove() takes a socket, listener, connection or kw::handle_view::borrow(descriptor)
#ifdef CORRECTED
    static_cast<void>(set.remove(listening));
#else
    set.remove(5);
#endif

#elif REJECTED == 36
    // says 36: a socket of this family, type and protocol does not receive one of the items
#ifdef CORRECTED
    static_cast<void>(kw::control::buffer<kw::control::packet_info>::request(datagrams));
#else
    kw::control::buffer<kw::control::packet_info>::request(connected);
#endif

#elif REJECTED == 37
    // says 37: after the data comes a control::list of items that a socket of this family, type and protocol sends, then the destination: send_message(socket, data, items, endpoint)
#ifdef CORRECTED
    static_cast<void>(kw::send_message(datagrams, "x", kw::control::list{kw::control::hop_limit{1}}, at4));
#else
    kw::send_message(datagrams, "x", kw::control::hop_limit{1}, at4);
#endif

#elif REJECTED == 38
    // says 38: the socket has a peer, and sends to no other endpoint: send(data, size)
#ifdef CORRECTED
    static_cast<void>(kw::segment_sender(to_peer).send(buffer, 8));
#else
    kw::segment_sender(to_peer).send(buffer, 8, at4u);
#endif

#elif REJECTED == 39
    // says 39: a socket without a peer sends to an endpoint: send(data, size, endpoint)
#ifdef CORRECTED
    static_cast<void>(kw::segment_sender(datagrams).send(buffer, 8, at4u, 5s));
#else
    kw::segment_sender(datagrams).send(buffer, 8, 5s);
#endif

#elif REJECTED == 40
    // says 40: a limit is a duration with its unit, a deadline of the steady clock or a canceller: send(data, size, 5s)
#ifdef CORRECTED
    static_cast<void>(kw::segment_sender(to_peer).send(buffer, 8, 5s));
#else
    kw::segment_sender(to_peer).send(buffer, 8, 5);
#endif

#endif
}
