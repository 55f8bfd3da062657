// SPDX-License-Identifier: BSL-1.0
// Programs that do not compile, and the compiler's message for each. The tests compile each case with -DREJECTED=n and
// look for the text after `says` (or the pattern after `expect`) in the output of g++ and clang.

#include <keyway/keyway.hpp>

namespace kw = keyway;
using namespace kw::literals;

// The same rules as concepts, which a program can test.
static_assert(!kw::can_listen<kw::udp::socket>);
static_assert(!kw::can_send<kw::tcp::socket> && kw::can_send<kw::tcp::connection>);
static_assert(!kw::can_send_to<kw::udp::connection> && kw::can_send_to<kw::udp::socket>);

int main() {
    [[maybe_unused]] kw::udp4::socket datagrams;
    [[maybe_unused]] kw::udp4::connection connected;
    [[maybe_unused]] kw::tcp4::socket unconnected;
    [[maybe_unused]] kw::tcp4::listener listener;
    [[maybe_unused]] kw::tcp4::connection connection;

#if !defined(REJECTED)

#elif REJECTED == 1  // datagrams have no connections
    // says 1: a datagram socket has no connections to accept; bind() it and call recv_from()
    auto nothing = kw::udp::listen({kw::ipv4_address::any(), 53});

#elif REJECTED == 2  // listen() turns the socket into a listener
    // says 2: listen() consumes the socket: write std::move(socket).listen()
    auto nothing = unconnected.listen();

#elif REJECTED == 3  // a stream socket sends only after it is connected
    // says 3: this socket has no peer yet: call connect() and send() on the connection that it returns
    unconnected.send("hello");

#elif REJECTED == 4  // a listener only accepts
    // says 4: a listener has no peer: recv() on a connection that accept() returns
    listener.recv(nullptr);

#elif REJECTED == 5  // a connected datagram socket has one peer
    // says 5: a connected socket has one peer: call send()
    connected.send_to("hello", {kw::ipv4_address::loopback(), 53});

#elif REJECTED == 6  // a message is sent whole or not at all
    // says 6: a message is sent whole: call send()
    connected.send_all("hello");

#elif REJECTED == 7  // an option of another protocol
    // says 7: a socket of this family, type and protocol does not have this option
    datagrams.set(kw::option::no_delay{true});

#elif REJECTED == 8  // an option that can only be read
    // says 8: this option can only be read: call get<Option>()
    connection.set(kw::option::accepting{true});

#elif REJECTED == 9  // an address of another family
    // says 9: an endpoint is an address of its own family and a port: {kw::ipv4_address::any(), 8080}; an address of a literal is made by _ipv4 or _ipv6, of other text by parse(), of a number by from_number()
    auto nothing = kw::tcp4::connect({kw::ipv6_address::loopback(), 80});

#elif REJECTED == 10  // a combination that does not exist
    // expect 10: (constraint failure for|constraints not satisfied for class template 'socket')
    // says 10: family_supports<
    kw::socket<kw::unix_domain, kw::raw> nothing;

#elif REJECTED == 11  // a typo: the fourth octet, at position 7
    // expect 11: faulty_literal<keyway::([a-z0-9]+::)?text_errc::octet_above_255, 4, 7>
    auto nothing = "10.0.0.256:53"_ipv4_endpoint;

#elif REJECTED == 12  // a descriptor has one owner
    // expect 12: (use of deleted function|call to implicitly-deleted copy constructor|call to deleted constructor)
    auto second_owner = connection;

#elif REJECTED == 13  // a family that is decided at run time
    // says 13: this family is decided at run time: call open_for(endpoint), or name ipv4 or ipv6
    auto nothing = kw::tcp::socket::open();

#endif
}
