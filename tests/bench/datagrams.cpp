// SPDX-License-Identifier: BSL-1.0
// Datagrams per second over the loopback device, by keyway and by the same system calls in C. One thread on one CPU
// sends a round and then receives it, so that only the work is measured. ratios.py runs it and compares.

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <keyway/message/batch.hpp>
#include <keyway/message/segment.hpp>
#include <keyway/transport.hpp>

namespace {

namespace kw = keyway;
using socket_type = kw::udp4::socket;
using endpoint = kw::udp4::endpoint;

constexpr std::size_t batch_size = 64;
constexpr std::size_t joined_buffers = 4;

template <class Result>
auto must(Result result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "datagrams: %s\n", result.error().message().c_str());
    std::exit(EXIT_FAILURE);
}

socket_type bound() {
    auto socket = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}));
    // The queue holds a whole round of joined datagrams. The timeout ends the wait for a lost one.
    const int queue_size = 1 << 20;
    const ::timeval second{1, 0};
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVBUF, &queue_size, sizeof(queue_size));
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
    return socket;
}

/// How many datagrams one buffer holds: at most 64, and no more than fit into an IP packet.
std::size_t per_buffer(std::size_t size) {
    const std::size_t fitting = (65535 - 40 - 8) / size;
    return fitting < batch_size ? fitting : batch_size;
}

/// Two sockets, and a round of datagrams between them.
struct traffic {
    traffic(std::size_t datagram_size, std::size_t buffer_count, std::size_t datagrams_in_buffer)
        : size(datagram_size), buffers(buffer_count), each(datagrams_in_buffer * datagram_size) {}

    [[nodiscard]] std::size_t round() const { return data.size(); }
    [[nodiscard]] std::span<const std::byte> outgoing(std::size_t i) const {
        return std::span(data).subspan(i * each, each);
    }
    [[nodiscard]] std::span<std::byte> incoming(std::size_t i) {
        return std::span(space).subspan(i * space_each, space_each);
    }

    std::size_t size;
    std::size_t buffers;
    std::size_t each;                                     // bytes of a buffer to send
    std::size_t space_each = each > size ? 65536 : 2048;  // and of one to receive
    socket_type from = bound();
    socket_type to = bound();
    endpoint peer = must(to.local_endpoint());
    std::vector<std::byte> data = std::vector<std::byte>(buffers * each);
    std::vector<std::byte> space = std::vector<std::byte>(buffers * space_each);
};

/// Uses a received datagram.
std::size_t consume(const std::byte* data, std::size_t size) {
    benchmark::DoNotOptimize(data);
    return size;
}

namespace c {

template <class Call>
auto uninterrupted(Call call) {
    for (;;) {
        const auto done = call();
        if (done >= 0 || errno != EINTR) return done;
    }
}

::sockaddr* as_sockaddr(::sockaddr_in& address) { return reinterpret_cast<::sockaddr*>(&address); }

::sockaddr_in address_of(const endpoint& e) {
    ::sockaddr_in address{};
    std::memcpy(&address, e.data(), sizeof(address));
    return address;
}

struct one_call : traffic {
    explicit one_call(std::size_t datagram_size) : traffic(datagram_size, 1, 1) {}

    bool send() {
        const auto done = uninterrupted(
            [&] { return ::sendto(out, data.data(), size, MSG_NOSIGNAL, as_sockaddr(address), sizeof(address)); });
        return done >= 0;
    }
    std::size_t recv() {
        ::sockaddr_in sender;
        ::socklen_t sender_size = sizeof(sender);
        const auto done = uninterrupted(
            [&] { return ::recvfrom(in, space.data(), space.size(), MSG_TRUNC, as_sockaddr(sender), &sender_size); });
        if (done < 0 || static_cast<std::size_t>(done) > space.size() || sender_size != sizeof(sender)) return 0;
        benchmark::DoNotOptimize(sender);
        return consume(space.data(), static_cast<std::size_t>(done));
    }

    int out = from.native_handle();
    int in = to.native_handle();
    ::sockaddr_in address = address_of(peer);
};

struct control_space {
    alignas(::cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> bytes{};
};

void put_segment_size(::msghdr& header, control_space& control, std::size_t size) {
    header.msg_control = &control;
    header.msg_controllen = CMSG_SPACE(sizeof(std::uint16_t));
    ::cmsghdr* item = CMSG_FIRSTHDR(&header);
    item->cmsg_level = SOL_UDP;
    item->cmsg_type = UDP_SEGMENT;
    item->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto value = static_cast<std::uint16_t>(size);
    std::memcpy(CMSG_DATA(item), &value, sizeof(value));
}

std::size_t consume_joined(::msghdr& header, const std::byte* data, std::size_t length) {
    std::size_t size = length;
    for (::cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
        if (item->cmsg_level != SOL_UDP || item->cmsg_type != UDP_GRO) continue;
        int value = 0;
        std::memcpy(&value, CMSG_DATA(item), sizeof(value));
        if (value > 0) size = static_cast<std::size_t>(value);
    }
    std::size_t total = 0;
    for (std::size_t begin = 0; begin < length; begin += size)
        total += consume(data + begin, length - begin < size ? length - begin : size);
    return total;
}

void ask_to_join(int socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_UDP, UDP_GRO, &on, sizeof(on));
}

/// The headers are made once; only the fields that the kernel writes are set again.
template <bool Joined>
struct many : traffic {
    many(std::size_t datagram_size, std::size_t count, std::size_t datagrams_in_buffer)
        : traffic(datagram_size, count, datagrams_in_buffer), sent(count), received(count), pieces(2 * count),
          senders(count), controls(2 * count) {
        for (std::size_t i = 0; i < count; ++i) {
            pieces[i] = {data.data() + i * each, each};
            sent[i].msg_hdr.msg_iov = &pieces[i];
            sent[i].msg_hdr.msg_iovlen = 1;
            sent[i].msg_hdr.msg_name = &address;
            sent[i].msg_hdr.msg_namelen = sizeof(address);
            pieces[count + i] = {incoming(i).data(), incoming(i).size()};
            received[i].msg_hdr.msg_iov = &pieces[count + i];
            received[i].msg_hdr.msg_iovlen = 1;
            received[i].msg_hdr.msg_name = &senders[i];
            if constexpr (Joined) {
                put_segment_size(sent[i].msg_hdr, controls[i], size);
                received[i].msg_hdr.msg_control = &controls[count + i];
            }
        }
        if constexpr (Joined) ask_to_join(in);
    }

    void reset_headers() {
        for (::mmsghdr& one : received) {
            one.msg_hdr.msg_namelen = sizeof(::sockaddr_in);
            if constexpr (Joined) one.msg_hdr.msg_controllen = sizeof(control_space);
        }
    }
    static std::size_t consume_one(::msghdr& header, std::size_t length) {
        if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || header.msg_namelen != sizeof(::sockaddr_in)) return 0;
        const auto* bytes = static_cast<const std::byte*>(header.msg_iov->iov_base);
        if constexpr (Joined) return consume_joined(header, bytes, length);
        else return consume(bytes, length);
    }

    int out = from.native_handle();
    int in = to.native_handle();
    ::sockaddr_in address = address_of(peer);
    std::vector<::mmsghdr> sent;
    std::vector<::mmsghdr> received;
    std::vector<::iovec> pieces;
    std::vector<::sockaddr_in> senders;
    std::vector<control_space> controls;
};

template <bool Joined>
struct many_a_call : many<Joined> {
    using many<Joined>::many;

    bool send() {
        for (std::size_t done = 0; done < this->sent.size();) {
            const int some = uninterrupted([&] {
                return ::sendmmsg(this->out, this->sent.data() + done, static_cast<unsigned>(this->sent.size() - done),
                                  MSG_NOSIGNAL);
            });
            if (some < 0) return false;
            done += static_cast<std::size_t>(some);
        }
        return true;
    }
    std::size_t recv() {
        this->reset_headers();
        const int count = uninterrupted([&] {
            return ::recvmmsg(this->in, this->received.data(), static_cast<unsigned>(this->received.size()),
                              MSG_WAITFORONE | MSG_TRUNC | MSG_CMSG_CLOEXEC, nullptr);
        });
        std::size_t total = 0;
        for (int i = 0; i < count; ++i) {
            ::mmsghdr& one = this->received[static_cast<std::size_t>(i)];
            total += this->consume_one(one.msg_hdr, one.msg_len);
        }
        return total;
    }
};

struct batch : many_a_call<false> {
    explicit batch(std::size_t datagram_size) : many_a_call(datagram_size, batch_size, 1) {}
};

struct segment : many<true> {
    explicit segment(std::size_t datagram_size) : many(datagram_size, 1, per_buffer(datagram_size)) {}

    bool send() {
        return uninterrupted([&] { return ::sendmsg(out, &sent[0].msg_hdr, MSG_NOSIGNAL); }) >= 0;
    }
    std::size_t recv() {
        reset_headers();
        ::msghdr& header = received[0].msg_hdr;
        const auto done = uninterrupted([&] { return ::recvmsg(in, &header, MSG_TRUNC | MSG_CMSG_CLOEXEC); });
        return done < 0 ? 0 : consume_one(header, static_cast<std::size_t>(done));
    }
};

struct segment_batch : many_a_call<true> {
    explicit segment_batch(std::size_t datagram_size)
        : many_a_call(datagram_size, joined_buffers, per_buffer(datagram_size)) {}
};

}  // namespace c

namespace ours {

std::size_t take_all(const kw::segments<std::byte>& datagrams) {
    std::size_t total = 0;
    for (const auto one : datagrams) total += consume(one.data(), one.size());
    return total;
}

struct one_call : traffic {
    explicit one_call(std::size_t datagram_size) : traffic(datagram_size, 1, 1) {}

    bool send() { return from.send_to(data, peer).has_value(); }
    std::size_t recv() {
        const auto got = to.recv_from(space);
        if (!got || got->truncated) return 0;
        benchmark::DoNotOptimize(got->sender);
        return consume(got->data.data(), got->data.size());
    }
};

struct batch : traffic {
    explicit batch(std::size_t datagram_size) : traffic(datagram_size, batch_size, 1) {
        for (std::size_t i = 0; i < batch_size; ++i) {
            sent.push_back({outgoing(i), peer});
            received.push_back({.buffer = incoming(i)});
        }
    }

    bool send() { return send_batch(from, sent).has_value(); }
    std::size_t recv() {
        const auto count = recv_batch(to, received);
        std::size_t total = 0;
        for (const auto& one : std::span(received).first(count.value_or(0)))
            if (!one.truncated) total += consume(one.data.data(), one.data.size());
        return total;
    }

    std::vector<kw::outgoing_message_to<endpoint>> sent;
    std::vector<kw::message_slot_from<endpoint>> received;
};

struct segment : traffic {
    explicit segment(std::size_t datagram_size) : traffic(datagram_size, 1, per_buffer(datagram_size)) {
        if (!join_segments(to)) std::exit(EXIT_FAILURE);
    }

    bool send() { return sender.send(data, static_cast<std::uint16_t>(size), peer).has_value(); }
    std::size_t recv() {
        const auto got = recv_segments(to, space);
        return got && !got->truncated ? take_all(got->data) : 0;
    }

    kw::segment_sender<socket_type> sender{from};
};

struct segment_batch : traffic {
    using item_room = kw::control::buffer<kw::control::segment_size>;

    explicit segment_batch(std::size_t datagram_size)
        : traffic(datagram_size, joined_buffers, per_buffer(datagram_size)) {
        if (!join_segments(to)) std::exit(EXIT_FAILURE);
        for (std::size_t i = 0; i < joined_buffers; ++i) {
            sent[i] = {outgoing(i), peer, items.bytes()};
            received[i].buffer = incoming(i);
            received[i].items = &rooms[i];
        }
    }

    bool send() { return send_batch(from, sent).has_value(); }
    std::size_t recv() {
        const auto count = recv_batch(to, received);
        std::size_t total = 0;
        for (std::size_t i = 0; i < count.value_or(0); ++i) {
            if (received[i].truncated) continue;
            const auto joined = rooms[i].get<kw::control::segment_size>();
            total += take_all({received[i].data, joined ? joined->value : received[i].data.size()});
        }
        return total;
    }

    kw::control::list<kw::control::segment_size> items{kw::control::segment_size{static_cast<std::uint16_t>(size)}};
    std::array<item_room, joined_buffers> rooms;
    std::array<kw::outgoing_message_to<endpoint>, joined_buffers> sent;
    std::array<kw::message_slot_from<endpoint>, joined_buffers> received;
};

}  // namespace ours

template <class Way>
void measure(benchmark::State& state) {
    Way way(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        if (way.send() && way.recv() == way.round()) continue;
        state.SkipWithError("a round did not arrive whole");
        break;
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(way.round() / way.size));
}

BENCHMARK(measure<c::one_call>)->Name("c/one_call")->Arg(64)->Arg(1400);
BENCHMARK(measure<ours::one_call>)->Name("keyway/one_call")->Arg(64)->Arg(1400);
BENCHMARK(measure<c::batch>)->Name("c/batch")->Arg(64)->Arg(1400);
BENCHMARK(measure<ours::batch>)->Name("keyway/batch")->Arg(64)->Arg(1400);
BENCHMARK(measure<c::segment>)->Name("c/segment")->Arg(64)->Arg(1400);
BENCHMARK(measure<ours::segment>)->Name("keyway/segment")->Arg(64)->Arg(1400);
BENCHMARK(measure<c::segment_batch>)->Name("c/segment_batch")->Arg(64)->Arg(1400);
BENCHMARK(measure<ours::segment_batch>)->Name("keyway/segment_batch")->Arg(64)->Arg(1400);

/// Pins the program to the last CPU that it may use: a system does most of its own work on the first one.
bool stay_on_one_cpu() {
    ::cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof(allowed), &allowed) < 0) return false;
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        ::cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        return ::sched_setaffinity(0, sizeof(one), &one) == 0;
    }
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    if (!stay_on_one_cpu()) {
        std::perror("datagrams: sched_setaffinity");
        return EXIT_FAILURE;
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
    benchmark::RunSpecifiedBenchmarks();
    return EXIT_SUCCESS;
}
