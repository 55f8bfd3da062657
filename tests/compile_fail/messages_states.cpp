// SPDX-License-Identifier: BSL-1.0
// What a state of a socket does not have, what is no limit, and views of temporaries: each beside what was meant.

#include <keyway/keyway.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

namespace kw = keyway;
using namespace std::chrono_literals;

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::udp4::socket datagrams;
    [[maybe_unused]] kw::udp4::connection chatting;
    [[maybe_unused]] kw::tcp4::socket unconnected;
    [[maybe_unused]] kw::tcp4::listener listening;
    [[maybe_unused]] kw::tcp4::connection connected;
    [[maybe_unused]] kw::canceller stop;
    [[maybe_unused]] const kw::tcp4::endpoint at4;
    [[maybe_unused]] std::array<std::byte, 64> buffer;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: a connected socket has one peer: call peek()
#ifdef CORRECTED
    static_cast<void>(chatting.peek(buffer));
#else
    chatting.peek_from(buffer);
#endif

#elif REJECTED == 2
    // says 2: a connection has its local endpoint already: bind() a socket, then connect() or listen()
#ifdef CORRECTED
    static_cast<void>(kw::tcp4::listen(at4));
#else
    connected.bind(at4);
#endif

#elif REJECTED == 3
    // says 3: a connection has a peer: listen() with a socket of its own, tcp::listen(endpoint)
#ifdef CORRECTED
    static_cast<void>(kw::tcp4::listen(at4));
#else
    connected.listen();
#endif

#elif REJECTED == 4
    // says 4: a connection has its peer already: connect() another socket
#ifdef CORRECTED
    static_cast<void>(kw::tcp4::connect(at4));
#else
    connected.connect(at4);
#endif

#elif REJECTED == 5
    // says 5: messages are received one by one: call recv()
#ifdef CORRECTED
    static_cast<void>(chatting.recv(buffer));
#else
    chatting.read(buffer);
#endif

#elif REJECTED == 6
    // says 6: messages are sent one by one: call send()
#ifdef CORRECTED
    static_cast<void>(chatting.send(buffer));
#else
    chatting.write(buffer);
#endif

#elif REJECTED == 7
    // says 7: a listener has no peer: send() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.send(buffer));
#else
    listening.send(buffer);
#endif

#elif REJECTED == 8
    // says 8: a listener has no peer: send() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.send(buffer));
#else
    listening.send_all(buffer);
#endif

#elif REJECTED == 9
    // says 9: a listener has no peer: send() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.send(buffer));
#else
    listening.send_to(buffer, at4);
#endif

#elif REJECTED == 10
    // says 10: a listener has no peer: send() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.send(buffer));
#else
    listening.write(buffer);
#endif

#elif REJECTED == 11
    // says 11: a listener has no peer: recv() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    listening.recv(buffer);
#endif

#elif REJECTED == 12
    // says 12: a listener has no peer: recv() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    listening.recv_exact(buffer);
#endif

#elif REJECTED == 13
    // says 13: a listener has no peer: recv() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    listening.recv_from(buffer);
#endif

#elif REJECTED == 14
    // says 14: a listener has no peer: recv() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    listening.peek(buffer);
#endif

#elif REJECTED == 15
    // says 15: a listener has no peer: recv() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    listening.peek_from(buffer);
#endif

#elif REJECTED == 16
    // says 16: a listener has no peer: recv() on a connection that accept() returns
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    listening.read(buffer);
#endif

#elif REJECTED == 17
    // says 17: a listener waits for others: connect() with a socket of its own
#ifdef CORRECTED
    static_cast<void>(kw::tcp4::connect(at4));
#else
    listening.connect(at4);
#endif

#elif REJECTED == 18
    // says 18: a listener is bound already: open another socket for another endpoint
#ifdef CORRECTED
    static_cast<void>(kw::tcp4::listen(at4));
#else
    listening.bind(at4);
#endif

#elif REJECTED == 19
    // says 19: a listener listens already: call accept()
#ifdef CORRECTED
    static_cast<void>(listening.accept());
#else
    listening.listen();
#endif

#elif REJECTED == 20
    // says 20: this socket has no peer yet: call connect() and send() on the connection that it returns
#ifdef CORRECTED
    static_cast<void>(connected.send(buffer));
#else
    unconnected.send_all(buffer);
#endif

#elif REJECTED == 21
    // says 21: this socket has no peer: call send_to(), or connect() first
#ifdef CORRECTED
    static_cast<void>(datagrams.send_to(buffer, at4));
#else
    datagrams.send_all(buffer);
#endif

#elif REJECTED == 22
    // says 22: this socket has no peer yet: call connect() and send() on the connection that it returns
#ifdef CORRECTED
    static_cast<void>(connected.send(buffer));
#else
    unconnected.write(buffer);
#endif

#elif REJECTED == 23
    // says 23: this socket has no peer: call send_to(), or connect() first
#ifdef CORRECTED
    static_cast<void>(datagrams.send_to(buffer, at4));
#else
    datagrams.write(buffer);
#endif

#elif REJECTED == 24
    // says 24: this socket has no peer yet: call connect() and recv() on the connection that it returns
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    unconnected.recv_exact(buffer);
#endif

#elif REJECTED == 25
    // says 25: this socket has no peer: call recv_from(), which reports the sender, or connect() first
#ifdef CORRECTED
    static_cast<void>(datagrams.recv_from(buffer));
#else
    datagrams.recv_exact(buffer);
#endif

#elif REJECTED == 26
    // says 26: this socket has no peer yet: call connect() and recv() on the connection that it returns
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    unconnected.peek(buffer);
#endif

#elif REJECTED == 27
    // says 27: this socket has no peer: call recv_from(), which reports the sender, or connect() first
#ifdef CORRECTED
    static_cast<void>(datagrams.recv_from(buffer));
#else
    datagrams.peek(buffer);
#endif

#elif REJECTED == 28
    // says 28: this socket has no peer yet: call connect() and recv() on the connection that it returns
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    unconnected.read(buffer);
#endif

#elif REJECTED == 29
    // says 29: this socket has no peer: call recv_from(), which reports the sender, or connect() first
#ifdef CORRECTED
    static_cast<void>(datagrams.recv_from(buffer));
#else
    datagrams.read(buffer);
#endif

#elif REJECTED == 30
    // says 30: a stream comes from the one peer of a connection: call connect() and recv()
#ifdef CORRECTED
    static_cast<void>(connected.peek(buffer));
#else
    unconnected.peek_from(buffer);
#endif

#elif REJECTED == 31
    // says 31: a socket without a peer has no direction to shut down: close() it
#ifdef CORRECTED
    static_cast<void>(unconnected.close());
#else
    unconnected.shutdown_send();
#endif

#elif REJECTED == 32
    // says 32: a socket without a peer has no direction to shut down: close() it
#ifdef CORRECTED
    static_cast<void>(unconnected.close());
#else
    unconnected.shutdown_receive();
#endif

#elif REJECTED == 33
    // says 33: a socket without a peer has no direction to shut down: close() it
#ifdef CORRECTED
    static_cast<void>(unconnected.close());
#else
    unconnected.shutdown_both();
#endif

#elif REJECTED == 34
    // says 34: this socket has no peer: connect() it, or take the sender that recv_from() reports
#ifdef CORRECTED
    static_cast<void>(chatting.peer_endpoint());
#else
    datagrams.peer_endpoint();
#endif

#elif REJECTED == 35
    // says 35: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer, 5s));
#else
    connected.recv(buffer, 5);
#endif

#elif REJECTED == 36
    // says 36: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(connected.recv(buffer));
#else
    connected.recv(buffer, sizeof(buffer));
#endif

#elif REJECTED == 37
    // says 37: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(connected.send("hello"));
#else
    connected.send("hello", 5);
#endif

#elif REJECTED == 38
    // says 38: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(connected.send_all(buffer, 1500ms));
#else
    connected.send_all(buffer, 1.5);
#endif

#elif REJECTED == 39
    // says 39: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(connected.peek(buffer, 0s));
#else
    connected.peek(buffer, 0);
#endif

#elif REJECTED == 40
    // says 40: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(connected.recv_exact(buffer, kw::limit()));
#else
    connected.recv_exact(buffer, nullptr);
#endif

#elif REJECTED == 41
    // says 41: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(connected.read(buffer, 5s));
#else
    connected.read(buffer, 5);
#endif

#elif REJECTED == 42
    // says 42: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(connected.write(buffer, 5s));
#else
    connected.write(buffer, 5);
#endif

#elif REJECTED == 43
    // says 43: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(datagrams.recv_from(buffer, 5s));
#else
    datagrams.recv_from(buffer, 5);
#endif

#elif REJECTED == 44
    // says 44: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(datagrams.peek_from(buffer, 5s));
#else
    datagrams.peek_from(buffer, 5);
#endif

#elif REJECTED == 45
    // says 45: a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags
#ifdef CORRECTED
    static_cast<void>(datagrams.send_to(buffer, at4, 5s));
#else
    datagrams.send_to(buffer, at4, 5);
#endif

#elif REJECTED == 46
    // says 46: accept() takes one limit, a duration, a deadline or a canceller: accept(5s), accept(stop), accept(kw::limit(5s).cancelled_by(stop)); it returns the connection and its peer
#ifdef CORRECTED
    static_cast<void>(listening.accept(5s));
#else
    listening.accept(5);
#endif

#elif REJECTED == 47
    // says 47: a limit is a duration with its unit, a deadline of the steady clock or a canceller: connect(endpoint, 5s), connect(endpoints, 5s, options)
#ifdef CORRECTED
    static_cast<void>(kw::tcp4::connect(at4, 5s));
#else
    kw::tcp4::connect(at4, 5);
#endif

#elif REJECTED == 48
    // says 48: a limit is a duration with its unit, a deadline of the steady clock or a canceller: connect(endpoint, 5s)
#ifdef CORRECTED
    static_cast<void>(std::move(unconnected).connect(at4, 5s));
#else
    std::move(unconnected).connect(at4, 5);
#endif

#elif REJECTED == 49
    // says 49: a temporary owner closes its descriptor at the end of this line: keep the owner in a variable that outlives the view
#ifdef CORRECTED
    static_cast<void>(kw::tcp4::connection_view(connected));
#else
    kw::tcp4::connection_view(*kw::tcp4::connect(at4));
#endif

#elif REJECTED == 50
    // says 50: a temporary owner closes its descriptor at the end of this line: keep the owner in a variable that outlives the view
#ifdef CORRECTED
    static_cast<void>(kw::tcp::listener_view(listening));
#else
    kw::tcp::listener_view(*kw::tcp4::listen(at4));
#endif

#elif REJECTED == 51
    // says 51: a temporary canceller is closed at the end of this line: keep it in a variable that outlives the limit
#ifdef CORRECTED
    static_cast<void>(kw::limit(stop));
#else
    [[maybe_unused]] kw::limit forgotten(*kw::canceller::open());
#endif
#endif
}
