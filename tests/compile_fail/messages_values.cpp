// SPDX-License-Identifier: BSL-1.0
// What is no buffer, no endpoint, no single limit, and no copy of an owner, each beside what its user should have written.

#include <keyway/event/poll.hpp>
#include <keyway/file/file.hpp>
#include <keyway/keyway.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace kw = keyway;
using namespace kw::literals;

struct header {
    std::uint8_t kind;
    std::uint32_t size;
};

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] kw::tcp4::socket unconnected;
    [[maybe_unused]] kw::udp4::socket datagrams;
    [[maybe_unused]] kw::file<kw::access::read> in;
    [[maybe_unused]] kw::file<kw::access::write> out;
    [[maybe_unused]] kw::canceller stop;
    [[maybe_unused]] auto events = *kw::poll_set<>::open();
    [[maybe_unused]] const kw::tcp4::endpoint at4;
    [[maybe_unused]] std::array<std::byte, 64> buffer;
    [[maybe_unused]] char text[64] = {};
    [[maybe_unused]] const char* pointer = text;
    [[maybe_unused]] const std::vector<std::string> lines{"a", "b"};
    [[maybe_unused]] header head{};

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: send() takes bytes: text, an array, a vector, std::span(pointer, size), several with gather(), an object with std::as_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.send("42");
#else
    (void)connected.send(42);
#endif

#elif REJECTED == 2
    // says 2: send() takes bytes: text, an array, a vector, std::span(pointer, size), several with gather(), an object with std::as_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.send(std::span(pointer, 4));
#else
    (void)connected.send(pointer, 4);
#endif

#elif REJECTED == 3
    // says 3: send_all() takes bytes: text, an array, a vector, std::span(pointer, size), several with gather(), an object with std::as_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.send_all(kw::gather(lines[0], lines[1]));
#else
    (void)connected.send_all(lines);
#endif

#elif REJECTED == 4
    // says 4: write() takes bytes: text, an array, a vector, std::span(pointer, size), several with gather(), an object with std::as_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.write(std::as_bytes(std::span(&head, 1)));
#else
    (void)connected.write(head);
#endif

#elif REJECTED == 5
    // says 5: recv() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.recv(buffer);
#else
    (void)connected.recv(buffer.data(), buffer.size());
#endif

#elif REJECTED == 6
    // says 6: recv() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.recv(buffer);
#else
    (void)connected.recv();
#endif

#elif REJECTED == 7
    // says 7: recv() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.recv(text);
#else
    (void)connected.recv(std::string(64, ' '));
#endif

#elif REJECTED == 8
    // says 8: recv() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.recv(kw::scatter(buffer, text));
#else
    (void)connected.recv(kw::gather(buffer, text));
#endif

#elif REJECTED == 9
    // says 9: peek() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.peek(text);
#else
    (void)connected.peek("literal");
#endif

#elif REJECTED == 10
    // says 10: recv_exact() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.recv_exact(std::as_writable_bytes(std::span(&head, 1)));
#else
    (void)connected.recv_exact(head);
#endif

#elif REJECTED == 11
    // says 11: read() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)connected.read(buffer);
#else
    (void)connected.read(1024);
#endif

#elif REJECTED == 12
    // says 12: recv_from() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)datagrams.recv_from(buffer);
#else
    (void)datagrams.recv_from(buffer.data());
#endif

#elif REJECTED == 13
    // says 13: peek_from() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), several with scatter(), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)datagrams.peek_from(buffer);
#else
    (void)datagrams.peek_from(nullptr);
#endif

#elif REJECTED == 14
    // says 14: send_to() takes bytes and the endpoint of the receiver: send_to(data, {address, port}), where data is text, an array, a vector or std::span(pointer, size)
#ifdef CORRECTED
    (void)datagrams.send_to("hello", at4);
#else
    (void)datagrams.send_to("hello");
#endif

#elif REJECTED == 15
    // says 15: send_to() takes bytes and the endpoint of the receiver: send_to(data, {address, port}), where data is text, an array, a vector or std::span(pointer, size)
#ifdef CORRECTED
    (void)datagrams.send_to("hello", {kw::ipv4_address::loopback(), 53});
#else
    (void)datagrams.send_to("hello", kw::ipv4_address::loopback());
#endif

#elif REJECTED == 16
    // says 16: read() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)in.read(buffer);
#else
    (void)in.read(buffer.data());
#endif

#elif REJECTED == 17
    // says 17: read_exact() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), an object with std::as_writable_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)in.read_exact(buffer);
#else
    (void)in.read_exact(head);
#endif

#elif REJECTED == 18
    // says 18: write() takes bytes: text, an array, a vector, std::span(pointer, size), an object with std::as_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)out.write(text);
#else
    (void)out.write(7);
#endif

#elif REJECTED == 19
    // says 19: write_all() takes bytes: text, an array, a vector, std::span(pointer, size), an object with std::as_bytes(std::span(&object, 1))
#ifdef CORRECTED
    (void)out.write_all(std::span(pointer, 4));
#else
    (void)out.write_all(pointer, 4);
#endif

#elif REJECTED == 20
    // says 20: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop)
#ifdef CORRECTED
    (void)connected.recv(buffer, kw::limit(std::chrono::seconds(5)).cancelled_by(stop));
#else
    (void)connected.recv(buffer, std::chrono::seconds(5), stop);
#endif

#elif REJECTED == 21
    // says 21: an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()
#ifdef CORRECTED
    [[maybe_unused]] auto server = kw::tcp::listen({kw::ipv4_address::any(), 8080});
#else
    [[maybe_unused]] auto server = kw::tcp::listen(8080);
#endif

#elif REJECTED == 22
    // says 22: an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()
#ifdef CORRECTED
    [[maybe_unused]] auto server = kw::unix_stream::listen("/run/x"_unix_path);
#else
    [[maybe_unused]] auto server = kw::unix_stream::listen("/run/x");
#endif

#elif REJECTED == 23
    // says 23: an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()
#ifdef CORRECTED
    [[maybe_unused]] auto bound = kw::udp::bind("0.0.0.0:53"_ip_endpoint);
#else
    [[maybe_unused]] auto bound = kw::udp::bind("0.0.0.0", 53);
#endif

#elif REJECTED == 24
    // says 24: an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()
#ifdef CORRECTED
    (void)datagrams.bind(at4);
#else
    (void)datagrams.bind(kw::tcp::endpoint());
#endif

#elif REJECTED == 25
    // says 25: an endpoint of this family is needed: {kw::ipv4_address::any(), 8080}; of a literal _ip_endpoint or _unix_path, of other text endpoint::parse(text) or at_path(path), of an ip endpoint as_v4() or as_v6()
#ifdef CORRECTED
    [[maybe_unused]] auto made = std::move(unconnected).connect(at4);
#else
    [[maybe_unused]] auto made = std::move(unconnected).connect(kw::ipv4_address::loopback());
#endif

#elif REJECTED == 26
    // says 26: a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied
#ifdef CORRECTED
    [[maybe_unused]] const kw::tcp4::connection second = std::move(connected);
#else
    [[maybe_unused]] const kw::tcp4::connection second = connected;
#endif

#elif REJECTED == 27
    // says 27: a descriptor has one owner: std::move() it, duplicate() it, or pass the view, which can be copied
#ifdef CORRECTED
    [[maybe_unused]] const kw::tcp4::connection_view second = connected;
#else
    kw::tcp4::connection second;
    second = connected;
#endif

#elif REJECTED == 28
    // says 28: a poll_set has one owner: std::move() it, or open() another
#ifdef CORRECTED
    [[maybe_unused]] const kw::poll_set<> second = std::move(events);
#else
    [[maybe_unused]] const kw::poll_set<> second = events;
#endif

#endif
}
