// SPDX-License-Identifier: BSL-1.0
// Transfers beside the C that a careful programmer would write for them: the same contract, the same answer. Both sides
// return their answer by value.

#include "probe.hpp"

#include <keyway/message/batch.hpp>
#include <keyway/message/control/packet_info.hpp>
#include <keyway/message/message.hpp>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>

using namespace std::chrono_literals;

namespace {

constexpr std::size_t size_of_message = sizeof(sockets::data);

sockets& all() {
    static sockets made;
    return made;
}
const sockaddr_in* self() { return static_cast<const sockaddr_in*>(all().self.data()); }

void drain_stream() { require(all().far.recv_exact(all().data).has_value(), "drain"); }
void drain_datagram() { require(all().udp.recv_from(all().data).has_value(), "drain"); }
void fill_stream() { require(all().near.send_all(all().data).has_value(), "fill"); }
void fill_datagram() { require(all().udp.send_to(all().data, all().self).has_value(), "fill"); }

// What a careful programmer checks in C: interruption, SIGPIPE, and on a stream the empty buffer, for which recv(2)
// would wait; and answers with what happened, a count or an errno.

struct c_count {
    std::size_t count_or_errno;
    bool is_count;
};
struct c_bytes {
    void* data;
    std::size_t size_or_errno;
    bool is_size;
};

}  // namespace

// A plain send and receive.

MEASURED c_count c_send(int socket, const void* data, std::size_t size) {
    ssize_t count;
    do {
        count = ::send(socket, data, size, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {static_cast<std::size_t>(errno), false};
    return {static_cast<std::size_t>(count), true};
}
kw::result<std::size_t> kw_send(kw::tcp4::connection_view, std::span<const std::byte>) NAMED(kw_send);
[[gnu::noinline]] kw::result<std::size_t> kw_send(kw::tcp4::connection_view connection,
                                                  std::span<const std::byte> data) {
    return connection.send(data);
}

MEASURED c_bytes c_recv(int socket, void* buffer, std::size_t size) {
    if (size == 0) return {buffer, 0, true};
    ssize_t count;
    do {
        count = ::recv(socket, buffer, size, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {nullptr, static_cast<std::size_t>(errno), false};
    return {buffer, static_cast<std::size_t>(count), true};
}
kw::result<std::span<std::byte>> kw_recv(kw::tcp4::connection_view, std::span<std::byte>) NAMED(kw_recv);
[[gnu::noinline]] kw::result<std::span<std::byte>> kw_recv(kw::tcp4::connection_view connection,
                                                           std::span<std::byte> buffer) {
    return connection.recv(buffer);
}

MEASURED c_count c_send_to(int socket, const void* data, std::size_t size, const sockaddr_in* to) {
    ssize_t count;
    do {
        count = ::sendto(socket, data, size, MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(to), sizeof(*to));
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {static_cast<std::size_t>(errno), false};
    return {static_cast<std::size_t>(count), true};
}
kw::result<std::size_t> kw_send_to(kw::udp4::socket_view, std::span<const std::byte>, const kw::udp4::endpoint&)
    NAMED(kw_send_to);
[[gnu::noinline]] kw::result<std::size_t> kw_send_to(kw::udp4::socket_view socket, std::span<const std::byte> data,
                                                     const kw::udp4::endpoint& to) {
    return socket.send_to(data, to);
}

struct c_message {
    void* data;
    std::size_t size;
    sockaddr_in sender;
    bool truncated;
    std::size_t length;
    bool is_message;
};

MEASURED c_message c_recv_from(int socket, void* buffer, std::size_t size) {
    sockaddr_in sender;
    socklen_t sender_size = sizeof(sender);
    ssize_t count;
    do {
        count = ::recvfrom(socket, buffer, size, MSG_TRUNC, reinterpret_cast<sockaddr*>(&sender), &sender_size);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {nullptr, 0, sockaddr_in(), false, static_cast<std::size_t>(errno), false};
    if (sender_size != sizeof(sender)) std::memset(&sender, 0, sizeof(sender));
    const auto length = static_cast<std::size_t>(count);
    const bool truncated = length > size;
    return {buffer, truncated ? size : length, sender, truncated, length, true};
}
using message_from = kw::message_from<std::span<std::byte>, kw::udp4::endpoint>;
kw::result<message_from> kw_recv_from(kw::udp4::socket_view, std::span<std::byte>) NAMED(kw_recv_from);
[[gnu::noinline]] kw::result<message_from> kw_recv_from(kw::udp4::socket_view socket, std::span<std::byte> buffer) {
    return socket.recv_from(buffer);
}

// With a limit: an attempt, and poll(2) only if it would have blocked.

MEASURED c_bytes c_recv_within(int socket, void* buffer, std::size_t size) {
    if (size == 0) return {buffer, 0, true};
    for (;;) {
        const ssize_t count = ::recv(socket, buffer, size, MSG_DONTWAIT);
        if (count >= 0) return {buffer, static_cast<std::size_t>(count), true};
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return {nullptr, static_cast<std::size_t>(errno), false};
        pollfd one{socket, POLLIN, 0};
        if (::poll(&one, 1, 5000) == 0) return {nullptr, ETIMEDOUT, false};
    }
}
kw::result<std::span<std::byte>> kw_recv_within(kw::tcp4::connection_view, std::span<std::byte>) NAMED(kw_recv_within);
[[gnu::noinline]] kw::result<std::span<std::byte>> kw_recv_within(kw::tcp4::connection_view connection,
                                                                  std::span<std::byte> buffer) {
    return connection.recv(buffer, 5s);
}

MEASURED c_bytes c_recv_at_once(int socket, void* buffer, std::size_t size) {
    if (size == 0) return {buffer, 0, true};
    ssize_t count;
    do {
        count = ::recv(socket, buffer, size, MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return {nullptr, static_cast<std::size_t>(errno), false};
    return {buffer, static_cast<std::size_t>(count), true};
}
kw::result<std::span<std::byte>> kw_recv_at_once(kw::tcp4::connection_view, std::span<std::byte>)
    NAMED(kw_recv_at_once);
[[gnu::noinline]] kw::result<std::span<std::byte>> kw_recv_at_once(kw::tcp4::connection_view connection,
                                                                   std::span<std::byte> buffer) {
    return connection.recv(buffer, 0s);
}

// Several buffers, until all of them are sent. The C uses up its list of buffers.

MEASURED c_count c_send_gathered(int socket, iovec* buffers, std::size_t count) {
    std::size_t done = 0;
    while (count > 0) {
        msghdr message{};
        message.msg_iov = buffers;
        message.msg_iovlen = count;
        const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return {static_cast<std::size_t>(errno), false};
        done += static_cast<std::size_t>(sent);
        auto rest = static_cast<std::size_t>(sent);
        for (; count > 0 && rest >= buffers->iov_len; --count, ++buffers) rest -= buffers->iov_len;
        if (count > 0) {
            buffers->iov_base = static_cast<char*>(buffers->iov_base) + rest;
            buffers->iov_len -= rest;
        }
    }
    return {done, true};
}
kw::transfer_result<void> kw_send_gathered(kw::tcp4::connection_view, std::span<const kw::const_buffer>)
    NAMED(kw_send_gathered);
[[gnu::noinline]] kw::transfer_result<void> kw_send_gathered(kw::tcp4::connection_view connection,
                                                             std::span<const kw::const_buffer> buffers) {
    return connection.send_all(buffers);
}

// A message and where it arrived: what an answer needs to know.

struct packet {
    std::size_t size;
    std::uint16_t sender_port;
    bool is_whole;
    std::uint32_t interface_index;
    bool to_loopback;
    bool is_packet;
};

MEASURED packet c_recv_packet(int socket, void* buffer, std::size_t size) {
    sockaddr_in sender;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(in_pktinfo))];
    iovec whole{buffer, size};
    msghdr header{};
    header.msg_name = &sender;
    header.msg_namelen = sizeof(sender);
    header.msg_iov = &whole;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
    ssize_t count;
    do {
        count = ::recvmsg(socket, &header, MSG_TRUNC | MSG_CMSG_CLOEXEC);
    } while (count < 0 && errno == EINTR);
    if (count < 0 || header.msg_namelen != sizeof(sender)) return {};
    const bool is_whole = (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
    for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
        if (item->cmsg_level != IPPROTO_IP || item->cmsg_type != IP_PKTINFO ||
            item->cmsg_len != CMSG_LEN(sizeof(in_pktinfo)))
            continue;
        in_pktinfo info;
        std::memcpy(&info, CMSG_DATA(item), sizeof(info));
        return {static_cast<std::size_t>(count),
                ntohs(sender.sin_port),
                is_whole,
                static_cast<std::uint32_t>(info.ipi_ifindex),
                info.ipi_addr.s_addr == htonl(INADDR_LOOPBACK),
                true};
    }
    return {};
}

packet kw_recv_packet(kw::udp4::socket_view, std::span<std::byte>) NAMED(kw_recv_packet);
[[gnu::noinline]] packet kw_recv_packet(kw::udp4::socket_view socket, std::span<std::byte> buffer) {
    kw::control::buffer<kw::control::packet_info> items;
    const auto message = kw::recv_message(socket, buffer, items);
    if (!message) return {};
    const auto info = items.get<kw::control::packet_info>();
    if (!info) return {};
    return {message->data.size(),
            message->sender.port(),
            !message->truncated && !message->control_truncated,
            info->interface_index,
            info->destination == kw::ipv4_address::loopback(),
            true};
}

// Batches. The C keeps its headers and sets again what the kernel has changed.

constexpr std::size_t most_messages = 33;

struct c_slots {
    std::array<std::array<std::byte, size_of_message>, most_messages> buffers;
    std::array<sockaddr_in, most_messages> senders;
    std::array<iovec, most_messages> vectors;
    std::array<mmsghdr, most_messages> headers{};
    std::array<c_message, most_messages> messages;
    std::array<bool, most_messages> control_truncated;

    c_slots() {
        for (std::size_t i = 0; i < most_messages; ++i) {
            vectors[i] = {buffers[i].data(), buffers[i].size()};
            msghdr& header = headers[i].msg_hdr;
            header.msg_name = &senders[i];
            header.msg_iov = &vectors[i];
            header.msg_iovlen = 1;
        }
    }
};

static std::size_t receive_batch(int socket, c_slots& slots, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) slots.headers[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
    int count;
    do {
        count =
            ::recvmmsg(socket, slots.headers.data(), static_cast<unsigned>(size), MSG_WAITFORONE | MSG_TRUNC, nullptr);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const msghdr& header = slots.headers[i].msg_hdr;
        c_message& message = slots.messages[i];
        if (header.msg_namelen != sizeof(sockaddr_in)) std::memset(&slots.senders[i], 0, sizeof(sockaddr_in));
        message.truncated = (header.msg_flags & MSG_TRUNC) != 0;
        slots.control_truncated[i] = (header.msg_flags & MSG_CTRUNC) != 0;
        message.data = slots.vectors[i].iov_base;
        message.length = slots.headers[i].msg_len;
        message.size = message.length < slots.vectors[i].iov_len ? message.length : slots.vectors[i].iov_len;
    }
    return static_cast<std::size_t>(count);
}
MEASURED std::size_t c_batch(int socket, c_slots& slots) { return receive_batch(socket, slots, 1); }
MEASURED std::size_t c_batch_many(int socket, c_slots& slots) { return receive_batch(socket, slots, most_messages); }

using batch_slots = std::span<kw::message_slot_from<kw::udp4::endpoint>>;
kw::transfer_result<std::size_t> kw_batch(kw::udp4::socket_view, batch_slots) NAMED(kw_batch);
kw::transfer_result<std::size_t> kw_batch_many(kw::udp4::socket_view, batch_slots) NAMED(kw_batch_many);
[[gnu::noinline]] kw::transfer_result<std::size_t> kw_batch(kw::udp4::socket_view socket, batch_slots slots) {
    return kw::recv_batch(socket, slots);
}
[[gnu::noinline]] kw::transfer_result<std::size_t> kw_batch_many(kw::udp4::socket_view socket, batch_slots slots) {
    return kw::recv_batch(socket, slots);
}

namespace {

template <auto Send>
void send_c() {
    require(Send(all().near.native_handle(), all().data.data(), size_of_message).count_or_errno == size_of_message,
            "send");
    drain_stream();
}
void send_kw() {
    require(kw_send(all().near, all().data) == size_of_message, "send");
    drain_stream();
}
template <auto Receive>
void recv_c() {
    fill_stream();
    require(Receive(all().far.native_handle(), all().data.data(), size_of_message).size_or_errno == size_of_message,
            "recv");
}
template <auto Receive>
void recv_kw() {
    fill_stream();
    require(Receive(all().far, all().data)->size() == size_of_message, "recv");
}
void send_to_c() {
    const int socket = all().udp.native_handle();
    require(c_send_to(socket, all().data.data(), size_of_message, self()).count_or_errno == size_of_message, "send");
    drain_datagram();
}
void send_to_kw() {
    require(kw_send_to(all().udp, all().data, all().self) == size_of_message, "send");
    drain_datagram();
}
void recv_from_c() {
    fill_datagram();
    const auto message = c_recv_from(all().udp.native_handle(), all().data.data(), size_of_message);
    require(message.size == size_of_message && !message.truncated, "recv");
    require(message.sender.sin_port == self()->sin_port, "sender");
}
void recv_from_kw() {
    fill_datagram();
    const auto message = kw_recv_from(all().udp, all().data);
    require(message->data.size() == size_of_message && !message->truncated, "recv");
    require(message->sender == all().self, "sender");
}
void recv_at_once_c() {
    const int socket = all().far.native_handle();
    require(c_recv_at_once(socket, all().data.data(), size_of_message).size_or_errno == EAGAIN, "would block");
}
void recv_at_once_kw() { require(kw_recv_at_once(all().far, all().data).error().limit_reached(), "limit"); }

void send_gathered_c() {
    auto& data = all().data;
    std::array<iovec, 2> buffers{iovec{data.data(), 24}, iovec{data.data() + 24, size_of_message - 24}};
    require(c_send_gathered(all().near.native_handle(), buffers.data(), 2).count_or_errno == size_of_message, "send");
    drain_stream();
}
void send_gathered_kw() {
    const std::span<const std::byte> data = all().data;
    const auto buffers = kw::gather(data.first(24), data.subspan(24));
    require(kw_send_gathered(all().near, buffers).has_value(), "send");
    drain_stream();
}

/// A socket of its own, which is told where each message arrived, with one to receive.
const kw::udp4::socket& filled_receiver() {
    static const auto made = must(kw::udp4::bind({kw::ipv4_address::loopback(), 0}), "bind");
    static const bool requested = kw::control::buffer<kw::control::packet_info>::request(made).has_value();
    require(requested && all().udp.send_to(all().data, *made.local_endpoint()).has_value(), "fill");
    return made;
}
void check(const packet& got) {
    require(got.is_packet && got.size == size_of_message && got.is_whole && got.to_loopback, "packet");
    require(got.sender_port == all().self.port() && got.interface_index != 0, "sender");
}
void recv_packet_c() { check(c_recv_packet(filled_receiver().native_handle(), all().data.data(), size_of_message)); }
void recv_packet_kw() { check(kw_recv_packet(filled_receiver(), all().data)); }

template <auto Receive, std::size_t Size>
void batch_c() {
    static c_slots slots;
    for (std::size_t i = 0; i < Size; ++i) fill_datagram();
    require(Receive(all().udp.native_handle(), slots) == Size, "recv");
    require(slots.messages[Size - 1].size == size_of_message && !slots.messages[Size - 1].truncated, "message");
}
template <auto Receive, std::size_t Size>
void batch_kw() {
    static std::array<std::array<std::byte, size_of_message>, Size> buffers;
    static std::array<kw::message_slot_from<kw::udp4::endpoint>, Size> slots;
    for (std::size_t i = 0; i < Size; ++i) {
        slots[i].buffer = buffers[i];
        fill_datagram();
    }
    require(Receive(all().udp, slots) == Size, "recv");
    require(slots[Size - 1].data.size() == size_of_message && !slots[Size - 1].truncated, "message");
}

constexpr operation operations[] = {
    {"c_send", repeat<send_c<c_send>>},
    {"kw_send", repeat<send_kw>},
    {"c_recv", repeat<recv_c<c_recv>>},
    {"kw_recv", repeat<recv_kw<kw_recv>>},
    {"c_send_to", repeat<send_to_c>},
    {"kw_send_to", repeat<send_to_kw>},
    {"c_recv_from", repeat<recv_from_c>},
    {"kw_recv_from", repeat<recv_from_kw>},
    {"c_recv_within", repeat<recv_c<c_recv_within>>},
    {"kw_recv_within", repeat<recv_kw<kw_recv_within>>},
    {"c_recv_at_once", repeat<recv_at_once_c>},
    {"kw_recv_at_once", repeat<recv_at_once_kw>},
    {"c_send_gathered", repeat<send_gathered_c>},
    {"kw_send_gathered", repeat<send_gathered_kw>},
    {"c_recv_packet", repeat<recv_packet_c>},
    {"kw_recv_packet", repeat<recv_packet_kw>},
    {"c_batch", repeat<batch_c<c_batch, 1>>},
    {"kw_batch", repeat<batch_kw<kw_batch, 1>>},
    {"c_batch_many", repeat<batch_c<c_batch_many, most_messages>>},
    {"kw_batch_many", repeat<batch_kw<kw_batch_many, most_messages>>},
};

}  // namespace

int main(int count, char** arguments) { return run(operations, count, arguments); }
