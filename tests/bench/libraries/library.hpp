// SPDX-License-Identifier: BSL-1.0
// The library that this program measures: BENCH_TYPE, of BENCH_HEADER. What an adapter lacks is not measured:
//
//     stream              send(data), recv(space): whole, or false; recv_spinning(space)
//     listener            port, accept()
//     connect(port)       a stream; unix_pair() two of them
//     datagram_socket     send_to(data, other socket), recv_from(space): the size, 0 if it failed
//     poller(sockets)     wait(ready): calls ready(index of the socket)
//     server(handler)     port(); calls handler(stream) for each connection
//     parse_v4(text), parse_v6(text), v4(octets), v6(octets), print(address)
//     pass(from, to, descriptor)

#ifndef BENCH_LIBRARIES_LIBRARY_HPP
#define BENCH_LIBRARIES_LIBRARY_HPP

#include BENCH_HEADER

namespace bench {

using library = BENCH_TYPE;

}  // namespace bench

#endif
