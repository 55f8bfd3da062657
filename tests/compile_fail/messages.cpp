// SPDX-License-Identifier: BSL-1.0
// The messages of the core's headers, each with the corrected code beside it.

#include <keyway/keyway.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace kw = keyway;
using namespace kw::literals;

template <class Value>
struct own {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = SO_RCVLOWAT;
    using value_type = Value;
    Value value{};
};

struct unsizable {
    struct endpoint {
        void* data() { return this; }
        const void* data() const { return this; }
        static constexpr std::size_t size() { return 0; }
        static constexpr std::size_t capacity() { return 0; }
    };
    static constexpr int domain = AF_MAX;
};

struct sizable {
    struct endpoint : unsizable::endpoint {
        void resize(std::size_t) {}
    };
    static constexpr int domain = AF_MAX;
};

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::udp4::socket datagrams;
    [[maybe_unused]] kw::udp4::connection chatting;
    [[maybe_unused]] kw::tcp4::socket unconnected;
    [[maybe_unused]] kw::tcp4::listener listening;
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] kw::unix_stream::connection local;
    [[maybe_unused]] const kw::tcp4::endpoint at4;
    [[maybe_unused]] std::array<std::byte, 64> buffer;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: a datagram socket has no connections to accept; bind() it and call recv_from()
#ifdef CORRECTED
    [[maybe_unused]] auto bound = kw::udp4::bind(at4);
#else
    [[maybe_unused]] auto nothing = kw::udp4::listen(at4);
#endif

#elif REJECTED == 2
    // says 2: a datagram socket has no connections to accept; bind() it and call recv_from()
#ifdef CORRECTED
    (void)datagrams.bind(at4);
#else
    [[maybe_unused]] auto nothing = std::move(datagrams).listen();
#endif

#elif REJECTED == 3
    // says 3: a datagram socket has no connections to accept; bind() it and call recv_from()
#ifdef CORRECTED
    (void)datagrams.recv_from(buffer);
#else
    [[maybe_unused]] auto nothing = datagrams.listen();
#endif

#elif REJECTED == 4
    // says 4: a datagram socket has no connections to accept; bind() it and call recv_from()
#ifdef CORRECTED
    (void)datagrams.recv_from(buffer);
#else
    [[maybe_unused]] auto nothing = datagrams.accept();
#endif

#elif REJECTED == 5
    // says 5: this socket has no peer: call send_to(), or connect() first
#ifdef CORRECTED
    (void)datagrams.send_to("x", at4);
#else
    (void)datagrams.send("x");
#endif

#elif REJECTED == 6
    // says 6: this socket has no peer: call recv_from(), which reports the sender, or connect() first
#ifdef CORRECTED
    (void)datagrams.recv_from(buffer);
#else
    (void)datagrams.recv(buffer);
#endif

#elif REJECTED == 7
    // says 7: this socket has no peer yet: call connect() and send() on the connection that it returns
#ifdef CORRECTED
    (void)connected.send("x");
#else
    (void)unconnected.send("x");
#endif

#elif REJECTED == 8
    // says 8: this socket has no peer yet: call connect() and recv() on the connection that it returns
#ifdef CORRECTED
    (void)connected.recv(buffer);
#else
    (void)unconnected.recv(buffer);
#endif

#elif REJECTED == 9
    // says 9: a stream goes to the one peer of a connection: call connect() and send()
#ifdef CORRECTED
    (void)connected.send("x");
#else
    (void)unconnected.send_to("x", at4);
#endif

#elif REJECTED == 10
    // says 10: a stream comes from the one peer of a connection: call connect() and recv()
#ifdef CORRECTED
    (void)connected.recv(buffer);
#else
    (void)unconnected.recv_from(buffer);
#endif

#elif REJECTED == 11
    // says 11: only a listener accepts: call listen() first
#ifdef CORRECTED
    (void)listening.accept();
#else
    (void)unconnected.accept();
#endif

#elif REJECTED == 12
    // says 12: listen() consumes the socket: write std::move(socket).listen()
#ifdef CORRECTED
    [[maybe_unused]] auto listener = std::move(unconnected).listen();
#else
    [[maybe_unused]] auto nothing = unconnected.listen();
#endif

#elif REJECTED == 13
    // says 13: connect() consumes the socket: write std::move(socket).connect(endpoint)
#ifdef CORRECTED
    [[maybe_unused]] auto made = std::move(unconnected).connect(at4);
#else
    [[maybe_unused]] auto nothing = unconnected.connect(at4);
#endif

#elif REJECTED == 14
    // says 14: this family is decided at run time: call open_for(endpoint), or name ipv4 or ipv6
#ifdef CORRECTED
    [[maybe_unused]] auto opened = kw::tcp::socket::open_for(at4);
#else
    [[maybe_unused]] auto nothing = kw::tcp::socket::open();
#endif

#elif REJECTED == 15
    // says 15: a listener has no peer: send() on a connection that accept() returns
#ifdef CORRECTED
    (void)listening.accept()->connection.send("x");
#else
    (void)listening.send("x");
#endif

#elif REJECTED == 16
    // says 16: a listener has no peer: recv() on a connection that accept() returns
#ifdef CORRECTED
    (void)listening.accept()->connection.recv(buffer);
#else
    (void)listening.recv(buffer);
#endif

#elif REJECTED == 17
    // says 17: a listener waits for others: connect() with a socket of its own
#ifdef CORRECTED
    [[maybe_unused]] auto made = kw::tcp4::connect(at4);
#else
    (void)listening.connect(at4);
#endif

#elif REJECTED == 18
    // says 18: a connected socket has one peer: call send()
#ifdef CORRECTED
    (void)chatting.send("x");
#else
    (void)chatting.send_to("x", at4);
#endif

#elif REJECTED == 19
    // says 19: a connected socket has one peer: call recv()
#ifdef CORRECTED
    (void)chatting.recv(buffer);
#else
    (void)chatting.recv_from(buffer);
#endif

#elif REJECTED == 20
    // says 20: a connection has been accepted already: accept() is the listener's
#ifdef CORRECTED
    (void)listening.accept();
#else
    (void)connected.accept();
#endif

#elif REJECTED == 21
    // says 21: a message is sent whole: call send()
#ifdef CORRECTED
    (void)chatting.send("x");
#else
    (void)chatting.send_all("x");
#endif

#elif REJECTED == 22
    // says 22: a message ends where it ends: call recv()
#ifdef CORRECTED
    (void)chatting.recv(buffer);
#else
    (void)chatting.recv_exact(buffer);
#endif

#elif REJECTED == 23
    // says 23: only a connection over a network can be reset: call close()
#ifdef CORRECTED
    (void)local.close();
#else
    (void)std::move(local).reset();
#endif

#elif REJECTED == 24
    // says 24: reset() ends the connection: write std::move(connection).reset()
#ifdef CORRECTED
    (void)std::move(connected).reset();
#else
    (void)connected.reset();
#endif

#elif REJECTED == 25
    // says 25: a stream cannot change its peer: close() it and connect() another
#ifdef CORRECTED
    [[maybe_unused]] auto freed = std::move(chatting).disconnect();
#else
    [[maybe_unused]] auto nothing = std::move(connected).disconnect();
#endif

#elif REJECTED == 26
    // says 26: disconnect() consumes the connection: write std::move(connection).disconnect()
#ifdef CORRECTED
    [[maybe_unused]] auto freed = std::move(chatting).disconnect();
#else
    [[maybe_unused]] auto nothing = chatting.disconnect();
#endif

#elif REJECTED == 27
    // says 27: TCP makes pairs everywhere, AF_UNIX where socketpair(2) is (not on Windows), and others do not: connect() one to the other
#ifdef CORRECTED
    [[maybe_unused]] auto ends = kw::tcp::pair();
#else
    [[maybe_unused]] auto nothing = kw::udp4::pair();
#endif

#elif REJECTED == 28
    // says 28: this option can only be read: call get<Option>()
#ifdef CORRECTED
    (void)connected.get<kw::option::accepting>();
#else
    (void)connected.set(kw::option::accepting{});
#endif

#elif REJECTED == 29
    // says 29: a socket of this family, type and protocol does not have this option
#ifdef CORRECTED
    (void)connected.set(kw::option::no_delay{});
#else
    (void)datagrams.set(kw::option::no_delay{});
#endif

#elif REJECTED == 30
    // says 30: a socket of this family, type and protocol does not have this option
#ifdef CORRECTED
    (void)kw::tcp6::connection{}.get<kw::option::v6_only>();
#else
    (void)connected.get<kw::option::v6_only>();
#endif

#elif REJECTED == 31
    // says 31: the pointer would outlive the temporary address: keep the address in a variable
#ifdef CORRECTED
    const kw::ip_address a;
    (void)a.as_v4();
#else
    (void)kw::ip_address{}.as_v4();
#endif

#elif REJECTED == 32
    // says 32: the pointer would outlive the temporary address: keep the address in a variable
#ifdef CORRECTED
    const kw::ip_address a;
    (void)a.as_v6();
#else
    (void)kw::ip_address{}.as_v6();
#endif

#elif REJECTED == 33
    // says 33: the pointer would outlive the temporary endpoint: keep the endpoint in a variable
#ifdef CORRECTED
    const kw::tcp::endpoint e;
    (void)e.as_v4();
#else
    (void)kw::tcp::endpoint{}.as_v4();
#endif

#elif REJECTED == 34
    // says 34: the pointer would outlive the temporary endpoint: keep the endpoint in a variable
#ifdef CORRECTED
    const kw::tcp::endpoint e;
    (void)e.as_v6();
#else
    (void)kw::tcp::endpoint{}.as_v6();
#endif

#elif REJECTED == 35
    // lines 35: 60 (clang goes on after a failed assertion)
    // says 35: a family's endpoint must be default constructible and copyable and have data(), size(),
#ifdef CORRECTED
    (void)sizeof(kw::socket<sizable, kw::stream>);
#else
    (void)sizeof(kw::socket<unsizable, kw::stream>);
#endif

#elif REJECTED == 36
    // says 36: an option's value_type goes to the kernel byte by byte, so it must be trivially copyable;
#ifdef CORRECTED
    (void)connected.set(own<int>{});
#else
    (void)connected.set(own<std::string>{});
#endif

#elif REJECTED == 37
    // says 37: this text is no such address
#ifdef CORRECTED
    [[maybe_unused]] auto address = "1.2.3.4"_ipv4;
#else
    [[maybe_unused]] auto nothing = "1.2.3"_ipv4;
#endif

#elif REJECTED == 38
    // says 38: gather() refers to the bytes of variables, literals and views: keep a temporary in a variable first, and pass a pointer as std::span(pointer, size)
#ifdef CORRECTED
    const std::string body = "body";
    (void)connected.send_all(kw::gather("head", body));
#else
    (void)connected.send_all(kw::gather("head", std::string("body")));
#endif

#elif REJECTED == 39
    // says 39: gather() refers to the bytes of variables, literals and views: keep a temporary in a variable first, and pass a pointer as std::span(pointer, size)
#ifdef CORRECTED
    const char* pointer = "head";
    (void)connected.send_all(kw::gather(std::span(pointer, 4), "body"));
#else
    const char* pointer = "head";
    (void)connected.send_all(kw::gather(pointer, "body"));
#endif

#elif REJECTED == 40
    // says 40: scatter() refers to variables and views whose bytes can be written: keep a temporary in a variable first, and pass a pointer as std::span(pointer, size)
#ifdef CORRECTED
    std::string body(10, char());
    (void)connected.recv_exact(kw::scatter(buffer, body));
#else
    (void)connected.recv_exact(kw::scatter(buffer, std::string(10, char())));
#endif

#elif REJECTED == 41
    // says 41: a temporary owner closes its descriptor at the end of this line: keep the owner in a variable that outlives the view
#ifdef CORRECTED
    const auto owner = kw::tcp4::connect(at4);
    [[maybe_unused]] const kw::tcp4::connection_view view = *owner;
#else
    [[maybe_unused]] const kw::tcp4::connection_view view = *kw::tcp4::connect(at4);
#endif

#elif REJECTED == 42
    // says 42: a temporary owner closes its descriptor at the end of this line: keep the owner in a variable that outlives the view
#ifdef CORRECTED
    const auto owner = kw::tcp4::connect(at4);
    [[maybe_unused]] const kw::tcp::connection_view view = *owner;
#else
    [[maybe_unused]] const kw::tcp::connection_view view = *kw::tcp4::connect(at4);
#endif

#elif REJECTED == 43
    // says 43: a temporary owner closes its descriptor at the end of this line: keep the owner in a variable that outlives the view
#ifdef CORRECTED
    const auto owner = kw::udp4::bind(at4);
    [[maybe_unused]] const kw::handle_view view = *owner;
#else
    [[maybe_unused]] const kw::handle_view view = *kw::udp4::bind(at4);
#endif

#endif
}
