// SPDX-License-Identifier: BSL-1.0
// Habits of C and of other libraries: ports and octets that do not fit, numbers for addresses, constructors that open,
// errno, printing without the bridge.

#include <keyway/client/connect.hpp>
#include <keyway/keyway.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <system_error>
#include <utility>

namespace kw = keyway;
using namespace kw::literals;
using namespace std::chrono_literals;

struct no_value {
    static constexpr int level = 6;
    static constexpr int name = 1;
};
struct own_option {
    static constexpr int level = 6;
    static constexpr int name = 1;
    using value_type = bool;
    bool value = true;
};
struct half_a_type {
    static constexpr int native = 2;
};

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] kw::tcp4::socket unconnected;
    [[maybe_unused]] kw::tcp4::listener listening;
    [[maybe_unused]] kw::canceller stop;
    [[maybe_unused]] std::array<std::byte, 64> buffer;
    [[maybe_unused]] const kw::tcp4::endpoint at4;
    [[maybe_unused]] const kw::error failure;
    [[maybe_unused]] int number = 80;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: keyway: a port is 0 to 65535, an octet is 0 to 255
#ifdef CORRECTED
    [[maybe_unused]] const kw::tcp4::endpoint e(kw::ipv4_address::any(), 7000);
#else
    [[maybe_unused]] const kw::tcp4::endpoint e(kw::ipv4_address::any(), 70000);
#endif

#elif REJECTED == 2
    // says 2: keyway: a port is 0 to 65535, an octet is 0 to 255
#ifdef CORRECTED
    [[maybe_unused]] const kw::tcp6::endpoint e(kw::ipv6_address::any(), 0);
#else
    [[maybe_unused]] const kw::tcp6::endpoint e(kw::ipv6_address::any(), -1);
#endif

#elif REJECTED == 3
    // says 3: a port is a std::uint16_t, 0 to 65535, an octet is a std::uint8_t, 0 to 255: check a wider number, then static_cast it
#ifdef CORRECTED
    [[maybe_unused]] auto server = kw::tcp::listen({kw::ipv4_address::any(), static_cast<std::uint16_t>(number)});
#else
    [[maybe_unused]] auto server = kw::tcp::listen({kw::ipv4_address::any(), number});
#endif

#elif REJECTED == 4
    // says 4: keyway: a port is 0 to 65535, an octet is 0 to 255
#ifdef CORRECTED
    [[maybe_unused]] const kw::ipv4_address a(10, 0, 0, 255);
#else
    [[maybe_unused]] const kw::ipv4_address a(10, 0, 0, 256);
#endif

#elif REJECTED == 5
    // says 5: a port is a std::uint16_t, 0 to 65535, an octet is a std::uint8_t, 0 to 255: check a wider number, then static_cast it
#ifdef CORRECTED
    [[maybe_unused]] const kw::ipv4_address a(10, 0, static_cast<std::uint8_t>(number), 1);
#else
    [[maybe_unused]] const kw::ipv4_address a(10, 0, number, 1);
#endif

#elif REJECTED == 6
    // says 6: keyway: a port is 0 to 65535, an octet is 0 to 255
#ifdef CORRECTED
    [[maybe_unused]] auto made = kw::tcp::connect("localhost", 7000);
#else
    [[maybe_unused]] auto made = kw::tcp::connect("localhost", 70000);
#endif

#elif REJECTED == 7
    // says 7: a port is a std::uint16_t, 0 to 65535, an octet is a std::uint8_t, 0 to 255: check a wider number, then static_cast it
#ifdef CORRECTED
    [[maybe_unused]] auto made = kw::tcp::connect("localhost", static_cast<std::uint16_t>(number));
#else
    [[maybe_unused]] auto made = kw::tcp::connect("localhost", kw::service(number));
#endif

#elif REJECTED == 8
    // says 8: an address is not a number: kw::ipv4_address::any(), loopback(), from_number(0x7f000001) of host order, or its four octets
#ifdef CORRECTED
    [[maybe_unused]] const auto a = kw::ipv4_address::from_number(0x7f000001);
#else
    [[maybe_unused]] const kw::ipv4_address a(0x7f000001);
#endif

#elif REJECTED == 9
    // says 9: an endpoint is an address of its own family and a port: {kw::ipv4_address::any(), 8080}; an address of a literal is made by _ipv4 or _ipv6, of other text by parse(), of a number by from_number()
#ifdef CORRECTED
    [[maybe_unused]] auto server = kw::tcp4::listen({kw::ipv4_address::any(), 8080});
#else
    [[maybe_unused]] auto server = kw::tcp4::listen({0, 8080});
#endif

#elif REJECTED == 10
    // says 10: an endpoint is an address of its own family and a port: {kw::ipv4_address::any(), 8080}; an address of a literal is made by _ipv4 or _ipv6, of other text by parse(), of a number by from_number()
#ifdef CORRECTED
    [[maybe_unused]] auto server = kw::tcp6::listen({kw::ipv6_address::any(), 8080});
#else
    [[maybe_unused]] auto server = kw::tcp6::listen({"::", 8080});
#endif

#elif REJECTED == 11
    // says 11: an endpoint is an address of its own family and a port: {kw::ipv4_address::any(), 8080}; an address of a literal is made by _ipv4 or _ipv6, of other text by parse(), of a number by from_number()
#ifdef CORRECTED
    [[maybe_unused]] auto made = kw::tcp::connect({"192.0.2.1"_ipv4, 80});
#else
    [[maybe_unused]] auto made = kw::tcp::connect({"192.0.2.1", 80});
#endif

#elif REJECTED == 12
    // says 12: connect() takes an endpoint of this family, {address, port}: of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6(); or a host and its service: connect(host, service)
#ifdef CORRECTED
    [[maybe_unused]] auto made = kw::tcp::connect(kw::tcp::endpoint());
#else
    [[maybe_unused]] auto made = kw::tcp4::connect(kw::tcp::endpoint());
#endif

#elif REJECTED == 13
    // says 13: connect() takes an endpoint of this family, {address, port}: of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6(); or a host and its service: connect(host, service)
#ifdef CORRECTED
    [[maybe_unused]] auto made = kw::tcp::connect("192.0.2.1:80"_ip_endpoint);
#else
    [[maybe_unused]] auto made = kw::tcp::connect("192.0.2.1:80");
#endif

#elif REJECTED == 14
    // says 14: connect() takes an endpoint of this family, {address, port}: of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6(); or a host and its service: connect(host, service)
#ifdef CORRECTED
    [[maybe_unused]] auto made = kw::tcp::connect("192.0.2.1:80"_ip_endpoint, 5s);
#else
    [[maybe_unused]] auto made = kw::tcp::connect("192.0.2.1:80", 5s);
#endif

#elif REJECTED == 15
    // says 15: connect() takes an endpoint of this family, {address, port}: of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6(); or a host and its service: connect(host, service)
#ifdef CORRECTED
    [[maybe_unused]] auto made = kw::tcp::connect({kw::ipv4_address::loopback(), 80});
#else
    [[maybe_unused]] auto made = kw::tcp::connect(kw::ipv4_address::loopback(), 80);
#endif

#elif REJECTED == 16
    // says 16: connect() takes an endpoint of this family, {address, port}: of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6(); or a host and its service: connect(host, service)
#ifdef CORRECTED
    [[maybe_unused]] auto made = kw::unix_stream::connect("/run/x"_unix_path);
#else
    [[maybe_unused]] auto made = kw::unix_stream::connect("/run/x");
#endif

#elif REJECTED == 17
    // says 17: compare with a kw::errc: error == kw::errc::address_in_use; <keyway/bridge/system_error.hpp> compares with std::errc, code() is the number
#ifdef CORRECTED
    if (failure == kw::errc::address_in_use) return;
#else
    if (failure == std::errc::address_in_use) return;
#endif

#elif REJECTED == 18
    // says 18: compare with a kw::errc: error == kw::errc::address_in_use; <keyway/bridge/system_error.hpp> compares with std::errc, code() is the number
#ifdef CORRECTED
    if (failure == kw::errc::address_in_use) return;
#else
    if (failure == EADDRINUSE) return;
#endif

#elif REJECTED == 19
    // says 19: include <keyway/bridge/format.hpp>, which prints addresses, endpoints and errors; or print their text() or message()
#ifdef CORRECTED
    std::cout << at4.text();
#else
    std::cout << at4;
#endif

#elif REJECTED == 20
    // says 20: include <keyway/bridge/format.hpp>, which prints addresses, endpoints and errors; or print their text() or message()
#ifdef CORRECTED
    std::cout << failure.message();
#else
    std::cout << failure;
#endif

#elif REJECTED == 21
    // says 21: a result is printed by what it holds: look first whether there is a value, then print *result, or result.error().message()
#ifdef CORRECTED
    if (const auto sent = connected.send("x")) std::cout << *sent;
#else
    std::cout << connected.send("x");
#endif

#elif REJECTED == 22
    // says 22: a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied
#ifdef CORRECTED
    const kw::tcp4::listener_view second(listening);
#else
    const kw::tcp4::listener second(listening);
#endif

#elif REJECTED == 23
    // says 23: a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied
#ifdef CORRECTED
    [[maybe_unused]] const kw::tcp4::listener second = std::move(listening);
#else
    [[maybe_unused]] const kw::tcp4::listener second = std::as_const(listening);
#endif

#elif REJECTED == 24
    // says 24: a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied
#ifdef CORRECTED
    const auto keep = [unconnected = std::move(unconnected)] { (void)unconnected; };
#else
    const auto keep = [unconnected] { (void)unconnected; };
#endif

#elif REJECTED == 25
    // says 25: connect(endpoint) of the transport, as kw::tcp::connect({address, port}), makes a connection; adopt(descriptor) takes one over
#ifdef CORRECTED
    [[maybe_unused]] const auto made = kw::tcp4::connect(at4);
#else
    const kw::tcp4::connection made(at4);
#endif

#elif REJECTED == 26
    // says 26: listen(endpoint) of the transport, as kw::tcp::listen({address, port}), makes a listener; adopt(descriptor) takes one over
#ifdef CORRECTED
    [[maybe_unused]] const auto made = kw::tcp4::listen({kw::ipv4_address::any(), 8080});
#else
    const kw::tcp4::listener made(8080);
#endif

#elif REJECTED == 27
    // says 27: a socket is made by open(), or by open_for(endpoint) of the family ip; adopt(descriptor) takes one over
#ifdef CORRECTED
    [[maybe_unused]] const auto made = kw::tcp4::socket::open();
#else
    const kw::tcp4::socket made(2, 1, 0);
#endif

#elif REJECTED == 28
    // says 28: accept() takes one limit, a duration, a deadline or a canceller: accept(5s), accept(stop), accept(kw::limit(5s).cancelled_by(stop)); it returns the connection and its peer
#ifdef CORRECTED
    [[maybe_unused]] auto next = listening.accept();
#else
    [[maybe_unused]] auto next = listening.accept(&at4, number);
#endif

#elif REJECTED == 29
    // says 29: accept() takes one limit, a duration, a deadline or a canceller: accept(5s), accept(stop), accept(kw::limit(5s).cancelled_by(stop)); it returns the connection and its peer
#ifdef CORRECTED
    [[maybe_unused]] auto next = listening.accept(kw::limit(5s).cancelled_by(stop));
#else
    [[maybe_unused]] auto next = listening.accept(5s, stop);
#endif

#elif REJECTED == 30
    // says 30: a listener has no peer: accept() returns each connection with its peer
#ifdef CORRECTED
    [[maybe_unused]] auto next = listening.accept();
#else
    [[maybe_unused]] auto peer = listening.peer_endpoint();
#endif

#elif REJECTED == 31
    // says 31: a listener has no direction to shut down: close() it, or end accept() by a limit or a canceller
#ifdef CORRECTED
    (void)listening.close();
#else
    listening.shutdown_both();
#endif

#elif REJECTED == 32
    // says 32: a listener has no direction to shut down: close() it, or end accept() by a limit or a canceller
#ifdef CORRECTED
    (void)listening.close();
#else
    listening.shutdown_send();
#endif

#elif REJECTED == 33
    // says 33: a listener has no direction to shut down: close() it, or end accept() by a limit or a canceller
#ifdef CORRECTED
    (void)listening.close();
#else
    listening.shutdown_receive();
#endif

#elif REJECTED == 34
    // says 34: one limit, a duration, a deadline or a canceller, says how long the peer may take: std::move(connection).close_gracefully(5s)
#ifdef CORRECTED
    (void)std::move(connected).close_gracefully(5s);
#else
    (void)std::move(connected).close_gracefully();
#endif

#elif REJECTED == 35
    // says 35: set() takes one option: set(kw::option::no_delay{true}); an option of your own has a level, a name, a value_type and a value
#ifdef CORRECTED
    (void)connected.set(kw::option::no_delay{true});
#else
    (void)connected.set(1, 2);
#endif

#elif REJECTED == 36
    // says 36: set() takes one option: set(kw::option::no_delay{true}); an option of your own has a level, a name, a value_type and a value
#ifdef CORRECTED
    (void)connected.set(own_option{true});
#else
    (void)connected.set(no_value{});
#endif

#elif REJECTED == 37
    // says 37: get() takes no argument, the option stands in angle brackets: get<kw::option::no_delay>()
#ifdef CORRECTED
    (void)connected.get<kw::option::no_delay>();
#else
    (void)connected.get(kw::option::no_delay{});
#endif

#elif REJECTED == 38
    // says 38: get() takes an option in angle brackets: get<kw::option::no_delay>(); an option of your own has a level, a name, a value_type and a value
#ifdef CORRECTED
    (void)connected.get<own_option>();
#else
    (void)connected.get<no_value>();
#endif

#elif REJECTED == 39
    // says 39: keyway: the first is an address family, such as kw::ipv4
#ifdef CORRECTED
    (void)kw::socket<kw::ipv4, kw::stream>::open();
#else
    (void)kw::socket<kw::stream, kw::ipv4>::open();
#endif

#elif REJECTED == 40
    // says 40: keyway: the second is a socket type, such as kw::stream
#ifdef CORRECTED
    (void)kw::socket<kw::ipv4, kw::stream>::open();
#else
    (void)kw::socket<kw::ipv4, kw::ipproto::tcp>::open();
#endif

#elif REJECTED == 41
    // says 41: keyway: a socket_type has a bool is_connection_oriented
#ifdef CORRECTED
    [[maybe_unused]] const kw::socket<kw::ipv4, kw::datagram, kw::ipproto::udp> s;
#else
    [[maybe_unused]] const kw::socket<kw::ipv4, half_a_type, kw::ipproto::udp> s;
#endif

#elif REJECTED == 42
    // says 42: keyway: datagrams come by recv_from()
#ifdef CORRECTED
    [[maybe_unused]] const kw::socket<kw::ipv4, kw::datagram> l;
#else
    [[maybe_unused]] const kw::listener<kw::ipv4, kw::datagram> l;
#endif

#elif REJECTED == 43
    // says 43: keyway: a protocol has a number, as kw::ipproto::tcp has
#ifdef CORRECTED
    [[maybe_unused]] const kw::socket<kw::ipv4, kw::raw, kw::ipproto::icmp> s;
#else
    [[maybe_unused]] const kw::socket<kw::ipv4, kw::raw, no_value> s;
#endif

#elif REJECTED == 44
    // says 44: keyway: the protocol is of another type
#ifdef CORRECTED
    [[maybe_unused]] const kw::socket<kw::ipv4, kw::datagram, kw::ipproto::udp> s;
#else
    [[maybe_unused]] const kw::socket<kw::ipv4, kw::stream, kw::ipproto::udp> s;
#endif

#elif REJECTED == 45
    // says 45: a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned
#ifdef CORRECTED
    if (!connected.send("x")) return;
#else
    if (connected.send("x") == -1) return;
#endif

#elif REJECTED == 46
    // says 46: a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned
#ifdef CORRECTED
    if (const auto got = connected.recv(buffer); got && got->empty()) return;
#else
    if (connected.recv(buffer) == 0) return;
#endif

#elif REJECTED == 47
    // says 47: a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned
#ifdef CORRECTED
    if (!connected.send_all("x")) return;
#else
    if (connected.send_all("x") != 0) return;
#endif

#elif REJECTED == 48
    // says 48: a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned
#ifdef CORRECTED
    if (!connected.recv_exact(buffer)) return;
#else
    if (connected.recv_exact(buffer) == -1) return;
#endif

#elif REJECTED == 49
    // says 49: a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned
#ifdef CORRECTED
    if (!connected.set(kw::option::no_delay{true})) return;
#else
    if (connected.set(kw::option::no_delay{true}) == -1) return;
#endif

#elif REJECTED == 50
    // says 50: a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned
#ifdef CORRECTED
    if (!listening.accept()) return;
#else
    if (listening.accept() < 0) return;
#endif

#elif REJECTED == 51
    // says 51: an endpoint is an address and a port, {kw::ipv4_address::loopback(), 8080}; of a literal _ipv4_endpoint makes one, of other text parse()
#ifdef CORRECTED
    [[maybe_unused]] const auto at = "127.0.0.1:80"_ipv4_endpoint;
#else
    const kw::tcp4::endpoint at = "127.0.0.1:80";
#endif

#elif REJECTED == 52
    // says 52: an endpoint is an address and a port, {kw::ipv6_address::loopback(), 8080}; of a literal _ipv6_endpoint makes one, of other text parse()
#ifdef CORRECTED
    [[maybe_unused]] const auto at = "[::1]:80"_ipv6_endpoint;
#else
    const kw::tcp6::endpoint at("[::1]:80");
#endif

#elif REJECTED == 53
    // says 53: an endpoint is an address and a port, {kw::ipv4_address::loopback(), 8080}; of a literal _ip_endpoint makes one, of other text parse()
#ifdef CORRECTED
    [[maybe_unused]] const kw::tcp::endpoint at = {kw::ipv4_address::any(), 80};
#else
    const kw::tcp::endpoint at{80};
#endif

#endif
}
