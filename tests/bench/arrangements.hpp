// SPDX-License-Identifier: BSL-1.0
// Ways to move many datagrams with few calls. One thread sends a round and then receives it, so that only the work is
// measured.

#ifndef BENCH_ARRANGEMENTS_HPP
#define BENCH_ARRANGEMENTS_HPP

#include <span>
#include <string>

#include "libraries/c.hpp"

namespace bench {

/// A round: so many buffers, each sent as so many datagrams, and the space to receive one buffer's.
struct shape {
    std::size_t size;
    std::size_t buffers = 1;
    std::size_t segments = 1;
    std::size_t space = 65536;

    [[nodiscard]] std::size_t buffer_bytes() const { return size * segments; }
    [[nodiscard]] std::size_t round_bytes() const { return buffers * buffer_bytes(); }
};

/// The bytes of a round.
struct traffic : shape {
    explicit traffic(const shape& s) : shape(s) {}

    [[nodiscard]] std::span<const std::byte> outgoing(std::size_t i) const {
        return std::span(data).subspan(i * buffer_bytes(), buffer_bytes());
    }
    [[nodiscard]] std::span<std::byte> incoming(std::size_t i) { return std::span(storage).subspan(i * space, space); }

    bytes data = bytes(round_bytes());
    bytes storage = bytes(buffers * space);
};

/// Makes the queue hold a whole round; the time-out ends the wait for a datagram that was lost.
inline void prepare_receiver(int socket) {
    const int size = 4 << 20;
    if (::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)  // as root; else up to the limit
        check(::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)), "SO_RCVBUF");
    const ::timeval second{1, 0};
    check(::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second)), "SO_RCVTIMEO");
}

/// Uses a received datagram.
inline std::size_t consume(const std::byte* data, std::size_t size) {
    benchmark::DoNotOptimize(data);
    return size;
}

/// Most datagrams that the kernel splits off one buffer of that size: 128, with kernels before 6.9 64.
inline std::size_t most_segments(std::size_t size) {
    const std::size_t fitting = (65535 - 40 - 8) / size;
    return fitting < 128 ? fitting : 128;
}

template <class Way>
void measure(State& state, const shape& round) {
    Way way(round);
    for (auto _ : state) {
        if (way.send() && way.recv() == round.round_bytes()) continue;
        state.SkipWithError("a round did not arrive whole: the kernel may split less, or net.core.rmem_max is too low");
        break;
    }
    count_items(state, round.buffers * round.segments);
}

/// Registers the ways of a library, in the order and under the names of all libraries.
template <class Connected, class Batch, class Segments, class ConnectedSegments, class SegmentBatch,
          class ConnectedSegmentBatch>
void add_ways() {
    for (const auto size : {std::size_t{64}, std::size_t{1400}}) {
        const std::string udp = "UDP, " + std::to_string(size) + " B: ";
        const auto way = [&](const std::string& name, auto run, const shape& round) {
            add(udp + name, [=](State& state) { run(state, round); });
        };
        const std::size_t most = most_segments(size);
        way("connected, one call each", measure<Connected>, {size, 1, 1, 2048});
        way("batches of 64", measure<Batch>, {size, 64, 1, 2048});
        if (most > 64) way("64 segments a call", measure<Segments>, {size, 1, 64});
        const std::string segments = std::to_string(most) + " segments";
        way(segments + " a call", measure<Segments>, {size, 1, most});
        way(segments + " a call, 256 KiB to receive", measure<Segments>, {size, 1, most, 4 * 65536});
        way(segments + " a call, connected", measure<ConnectedSegments>, {size, 1, most});
        way("batches of 4 x " + segments, measure<SegmentBatch>, {size, 4, most});
        way("batches of 16 x " + segments, measure<SegmentBatch>, {size, 16, most});
        way("batches of 16 x " + segments + ", connected", measure<ConnectedSegmentBatch>, {size, 16, most});
    }
}

}  // namespace bench

#endif
