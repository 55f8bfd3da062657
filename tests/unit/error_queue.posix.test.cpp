// SPDX-License-Identifier: BSL-1.0
// The kernel's error queue, read through an option of the test's own and the native handle: what keyway has no verb for
// yet stays in reach.
#include <keyway/transport.hpp>

#include <doctest/doctest.h>

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "support/posix.hpp"

namespace kw = keyway;
using kw::errc;
using test::failure;
using test::must;

namespace {

/// IP_RECVERR or IPV6_RECVERR: errors of an unconnected socket are reported, and queued with their origin.
template <class T>
struct receive_errors {
    static constexpr bool is_v6 = T::family::domain == AF_INET6;
    static constexpr int level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    static constexpr int name = is_v6 ? IPV6_RECVERR : IP_RECVERR;
    using value_type = bool;
    bool value = true;
};

struct queued_error {
    ::sock_extended_err cause;
    std::string_view payload;
};

/// The one entry of the queue; the payload is put into `buffer`.
template <class T>
queued_error read_error_queue(const typename T::socket& socket, std::span<char> buffer) {
    ::iovec payload{buffer.data(), buffer.size()};
    alignas(::cmsghdr) std::array<std::byte, 256> control{};
    ::msghdr message{};
    message.msg_iov = &payload;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto count = ::recvmsg(socket.native_handle(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    REQUIRE(count >= 0);
    CHECK((message.msg_flags & (MSG_ERRQUEUE | MSG_CTRUNC)) == MSG_ERRQUEUE);

    const ::cmsghdr* header = CMSG_FIRSTHDR(&message);
    REQUIRE(header != nullptr);
    CHECK(header->cmsg_level == receive_errors<T>::level);
    CHECK(header->cmsg_type == receive_errors<T>::name);
    REQUIRE(header->cmsg_len >= CMSG_LEN(sizeof(::sock_extended_err)));
    queued_error entry{};
    std::memcpy(&entry.cause, CMSG_DATA(header), sizeof(entry.cause));
    entry.payload = {buffer.data(), static_cast<std::size_t>(count)};
    return entry;
}

}  // namespace

TEST_CASE_TEMPLATE("46: the error queue tells which datagram found nobody, and who said so", T, kw::udp4, kw::udp6) {
    if (!test::has_family<T>()) return;
    const test::bounded watch;
    const auto loopback = T::endpoint::address_type::loopback();
    // A port that was free a moment ago, and is again.
    auto gone = must(T::bind({loopback, 0}));
    const auto nobody = must(gone.local_endpoint());
    must(gone.close());

    const auto socket = must(T::bind({loopback, 0}));
    must(socket.set(receive_errors<T>{}));
    CHECK(must(socket.template get<receive_errors<T>>()));
    CHECK(must(socket.send_to("lost", nobody)) == 4);

    ::pollfd wait{socket.native_handle(), 0, 0};
    REQUIRE(::poll(&wait, 1, 10'000) == 1);
    CHECK((wait.revents & POLLERR) != 0);

    // The pending error is told once, by whichever call comes next.
    std::array<char, 64> buffer{};
    CHECK(failure(socket.recv_from(buffer)) == errc::connection_refused);

    const queued_error entry = read_error_queue<T>(socket, buffer);
    CHECK(entry.cause.ee_errno == ECONNREFUSED);
    CHECK(entry.cause.ee_origin == (receive_errors<T>::is_v6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP));
    CHECK(entry.payload == "lost");
    CHECK(must(socket.template get<kw::option::error>()).code() == 0);
}
