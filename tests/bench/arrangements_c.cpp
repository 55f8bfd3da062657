// SPDX-License-Identifier: BSL-1.0
// The arrangements in C. The headers are made once; only the fields that the kernel writes are set again.

#include "arrangements.hpp"

#include <netinet/udp.h>
#include <sys/time.h>

#include <cstring>
#include <vector>

namespace bench {
namespace {

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

/// Two sockets, connected to each other or not.
template <bool Connected>
struct sockets : traffic {
    explicit sockets(const shape& s) : traffic(s) {
        prepare_receiver(in());
        if (!Connected) return;
        check(::connect(out(), as_sockaddr(to.address), sizeof(to.address)), "connect");
        check(::connect(in(), as_sockaddr(from.address), sizeof(from.address)), "connect");
    }
    [[nodiscard]] int out() const { return from.get(); }
    [[nodiscard]] int in() const { return to.get(); }

    c_library::datagram_socket from, to;
};

struct connected : sockets<true> {
    using sockets::sockets;

    bool send() {
        return uninterrupted([&] { return ::send(out(), data.data(), size, MSG_NOSIGNAL); }) >= 0;
    }
    std::size_t recv() {
        const auto done = uninterrupted([&] { return ::recv(in(), storage.data(), storage.size(), MSG_TRUNC); });
        if (done < 0 || static_cast<std::size_t>(done) > storage.size()) return 0;
        return consume(storage.data(), static_cast<std::size_t>(done));
    }
};

template <bool Joined, bool Connected>
struct messages : sockets<Connected> {
    explicit messages(const shape& s)
        : sockets<Connected>(s), sent(s.buffers), received(s.buffers), pieces(2 * s.buffers), senders(s.buffers),
          controls(2 * s.buffers) {
        for (std::size_t i = 0; i < s.buffers; ++i) {
            pieces[i] = {const_cast<std::byte*>(this->outgoing(i).data()), s.buffer_bytes()};
            ::msghdr& out = sent[i].msg_hdr;
            out.msg_iov = &pieces[i];
            out.msg_iovlen = 1;
            if constexpr (!Connected) {
                out.msg_name = &this->to.address;
                out.msg_namelen = sizeof(this->to.address);
            }
            pieces[s.buffers + i] = {this->incoming(i).data(), s.space};
            ::msghdr& in = received[i].msg_hdr;
            in.msg_iov = &pieces[s.buffers + i];
            in.msg_iovlen = 1;
            if constexpr (!Connected) in.msg_name = &senders[i];
            if constexpr (Joined) {
                put_segment_size(out, controls[i], s.size);
                in.msg_control = &controls[s.buffers + i];
            }
        }
        const int on = 1;
        if constexpr (Joined) check(::setsockopt(this->in(), SOL_UDP, UDP_GRO, &on, sizeof(on)), "UDP_GRO");
    }

    bool send() {
        for (std::size_t done = 0; done < sent.size();) {
            const int some = uninterrupted([&] {
                return ::sendmmsg(this->out(), sent.data() + done, static_cast<unsigned>(sent.size() - done),
                                  MSG_NOSIGNAL);
            });
            if (some < 0) return false;
            done += static_cast<std::size_t>(some);
        }
        return true;
    }
    std::size_t recv() {
        reset_headers();
        const int count = uninterrupted([&] {
            return ::recvmmsg(this->in(), received.data(), static_cast<unsigned>(received.size()),
                              MSG_WAITFORONE | MSG_TRUNC | MSG_CMSG_CLOEXEC, nullptr);
        });
        std::size_t total = 0;
        for (int i = 0; i < count; ++i) {
            ::mmsghdr& one = received[static_cast<std::size_t>(i)];
            total += consume_one(one.msg_hdr, one.msg_len);
        }
        return total;
    }

    void reset_headers() {
        for (::mmsghdr& one : received) {
            if constexpr (!Connected) one.msg_hdr.msg_namelen = sizeof(::sockaddr_in);
            if constexpr (Joined) one.msg_hdr.msg_controllen = sizeof(control_space);
        }
    }
    static std::size_t consume_one(::msghdr& header, std::size_t length) {
        if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return 0;
        if (!Connected && header.msg_namelen != sizeof(::sockaddr_in)) return 0;
        const auto* data = static_cast<const std::byte*>(header.msg_iov->iov_base);
        if constexpr (Joined) return consume_joined(header, data, length);
        else return consume(data, length);
    }

    std::vector<::mmsghdr> sent;
    std::vector<::mmsghdr> received;
    std::vector<::iovec> pieces;
    std::vector<::sockaddr_in> senders;
    std::vector<control_space> controls;
};

/// One message a call.
template <bool Connected>
struct segments : messages<true, Connected> {
    using messages<true, Connected>::messages;

    bool send() {
        return uninterrupted([&] { return ::sendmsg(this->out(), &this->sent[0].msg_hdr, MSG_NOSIGNAL); }) >= 0;
    }
    std::size_t recv() {
        this->reset_headers();
        ::msghdr& header = this->received[0].msg_hdr;
        const auto done = uninterrupted([&] { return ::recvmsg(this->in(), &header, MSG_TRUNC | MSG_CMSG_CLOEXEC); });
        return done < 0 ? 0 : this->consume_one(header, static_cast<std::size_t>(done));
    }
};

}  // namespace

void add_arrangements() {
    add_ways<connected, messages<false, false>, segments<false>, segments<true>, messages<true, false>,
             messages<true, true>>();
}

}  // namespace bench
