// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_CONTROL_QUEUED_ERROR_HPP
#define KEYWAY_MESSAGE_CONTROL_QUEUED_ERROR_HPP

// The cause of an entry in a socket's error queue: which host or router reported which error. Linux.
// Source: ip(7), IP_RECVERR; recvmsg(2), MSG_ERRQUEUE.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include <keyway/address/ip.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>  // IWYU pragma: keep
#include <keyway/endpoint/ip.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/message/control/item.hpp>

#if KEYWAY_HAS_ERROR_QUEUE

namespace keyway {
inline namespace KEYWAY_MODE {
namespace control {

/// The source of an entry.
enum class error_origin : std::uint8_t {
    none = SO_EE_ORIGIN_NONE,
    local = SO_EE_ORIGIN_LOCAL,                ///< this machine, for instance for a message that exceeds the path MTU
    icmp = SO_EE_ORIGIN_ICMP,                  ///< a router or the peer, by ICMP
    icmpv6 = SO_EE_ORIGIN_ICMP6,               ///< the same, by ICMPv6
    timestamping = SO_EE_ORIGIN_TIMESTAMPING,  ///< no error: the time at which a message was sent
    zero_copy = SO_EE_ORIGIN_ZEROCOPY,         ///< no error: a buffer is free again
};

/// The cause of one entry.
struct queued_error {
    keyway::error error;  ///< the error that the next call on the socket would fail with
    error_origin origin = error_origin::none;
    std::uint8_t type = 0;               ///< of the ICMP message
    std::uint8_t code = 0;               ///< of the ICMP message
    std::uint32_t info = 0;              ///< for message_size: the path MTU in bytes
    std::uint32_t data = 0;              ///< depends on the origin
    std::optional<ip_address> offender;  ///< the host or router that sent the ICMP message

    template <class F, class T, class P>
    static constexpr bool fits = internet_family<F>;

    static result<void> request(handle_view socket, int domain) noexcept {
        return detail::set_control_option_of(socket, domain, IPV6_RECVERR, IP_RECVERR);
    }
    static constexpr std::size_t received_space = space(sizeof(::sock_extended_err) + endpoint<ip>::capacity());
    [[nodiscard]] static std::optional<queued_error> decode(const entry& from) noexcept {
        if (!from.is(IPPROTO_IP, IP_RECVERR) && !from.is(IPPROTO_IPV6, IPV6_RECVERR)) return std::nullopt;
        const auto native = from.front_as<::sock_extended_err>();
        if (!native) return std::nullopt;
        queued_error item{keyway::error(static_cast<int>(native->ee_errno), operation::send),
                          static_cast<error_origin>(native->ee_origin),
                          native->ee_type,
                          native->ee_code,
                          native->ee_info,
                          native->ee_data,
                          {}};
        item.offender = offender_in(from.data.subspan(sizeof(*native)));
        return item;
    }

private:
    /// The sockaddr_in or sockaddr_in6 that follows; AF_UNSPEC if no ICMP message was received.
    static std::optional<ip_address> offender_in(std::span<const std::byte> bytes) noexcept {
        endpoint<ip> whole;
        detail::os::sockaddr_prefix prefix{};
        if (bytes.size() < sizeof(prefix)) return std::nullopt;
        std::memcpy(&prefix, bytes.data(), sizeof(prefix));
        const std::size_t size = prefix.family == AF_INET    ? endpoint<ipv4>::size()
                                 : prefix.family == AF_INET6 ? endpoint<ipv6>::size()
                                                             : 0;
        if (size == 0 || bytes.size() < size) return std::nullopt;
        std::memcpy(whole.data(), bytes.data(), size);
        whole.resize(size);
        return whole.address();
    }
};

}  // namespace control
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif

#endif
