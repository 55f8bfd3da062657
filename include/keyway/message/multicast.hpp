// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_MULTICAST_HPP
#define KEYWAY_MESSAGE_MULTICAST_HPP

// Membership in multicast groups. The options in <keyway/option/multicast.hpp> control how a socket sends to groups.

#include <concepts>
#include <cstdint>

#include <keyway/address/ip.hpp>
#include <keyway/address/ipv6.hpp>
#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/multicast.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/error.hpp>
#include <keyway/family.hpp>
#include <keyway/handle.hpp>
#include <keyway/option/multicast.hpp>  // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {

/// Satisfied by: udp::socket, udp4::connection_view, icmp6::socket. Not by: tcp::connection, unix_datagram::socket.
template <class S>
concept multicast_socket = internet_family<typename S::family> && connectionless<typename S::type>;

/// The address type of the socket's family: ipv4_address, ipv6_address or ip_address.
template <multicast_socket S>
using group_address = typename S::endpoint::address_type;

namespace detail {

/// A group, perhaps with one source, on an interface: the arguments of a join and of the leave that undoes it.
struct group_request {
    endpoint<ip> group;
    endpoint<ip> source;
    bool has_source = false;
    std::uint32_t index = 0;

    group_request(const ip_address& wanted, std::uint32_t on_interface) noexcept
        : group(wanted, 0), index(on_interface) {
        const ipv6_address* const v6 = wanted.as_v6();
        if (index == 0 && v6 != nullptr) index = v6->scope_id();
    }
    group_request(const ip_address& wanted, const ip_address& from, std::uint32_t on_interface) noexcept
        : group_request(wanted, on_interface) {
        source = {from, 0};
        has_source = true;
    }

    [[nodiscard]] result<void> join(handle_view socket) const noexcept {
        return change<os::join_group, os::join_source_group>(socket, operation::join_group);
    }
    [[nodiscard]] result<void> leave(handle_view socket) const noexcept {
        return change<os::leave_group, os::leave_source_group>(socket, operation::leave_group);
    }

private:
    template <auto Group, auto SourceGroup>
    [[nodiscard]] result<void> change(handle_view socket, operation op) const noexcept {
        const auto native = socket.native_handle();
        if (!has_source) return checked(Group(native, index, group.data(), group.size()), op);
        if (source.size() != group.size()) return failure(errc::wrong_family, op);
        return checked(SourceGroup(native, index, group.data(), source.data(), group.size()), op);
    }
};

/// Whether join() takes these after the socket: a group, perhaps a source, perhaps an index.
template <class S, class... A>
inline constexpr bool names_group = false;
template <class S, std::convertible_to<group_address<S>> Group>
inline constexpr bool names_group<S, Group> = true;
template <class S, std::convertible_to<group_address<S>> Group, class A>
inline constexpr bool names_group<S, Group, A> =
    std::convertible_to<A, group_address<S>> || std::convertible_to<A, std::uint32_t>;
template <class S, std::convertible_to<group_address<S>> Group, std::convertible_to<group_address<S>> Source,
          std::convertible_to<std::uint32_t> Index>
inline constexpr bool names_group<S, Group, Source, Index> = true;

}  // namespace detail

// The interface is an index, from network_interface::index() or interface_index() in <keyway/link/interface.hpp>; 0 means the
// scope id of an IPv6 group, or else the system's choice. The socket has to be bound to the group's port and to any address;
// if several programs on one machine do so, each needs `bind_options{.reuse_address = true}`.

/// Joins a group: the socket receives the datagrams that anyone sends to the group, until leave() or until it is closed.
///
/// Errors: address_in_use (already a member), no_such_device, invalid_argument (not a multicast address), no_buffer_space
/// (too many groups), no_protocol_option (an IPv6 group on an IPv4 socket).
/// Blocks: never.
/// Source: ip(7), IP_ADD_MEMBERSHIP and "igmp_max_memberships"; ipv6(7), IPV6_ADD_MEMBERSHIP.
template <multicast_socket S>
[[nodiscard]] result<void> join(const S& socket, const group_address<S>& group,
                                std::uint32_t on_interface = 0) noexcept {
    return detail::group_request(group, on_interface).join(socket);
}

/// Joins a group for one source: the socket receives the datagrams that `source` sends to the group. Join once for each
/// source.
/// Errors: the same, except that systems other than Linux report address_not_available for a member; wrong_family (group and
/// source are of different families); no_protocol_option (OpenBSD has no source-specific multicast).
/// Source: RFC 4607; RFC 3678 section 5.1, MCAST_JOIN_SOURCE_GROUP.
template <multicast_socket S>
[[nodiscard]] result<void> join(const S& socket, const group_address<S>& group, const group_address<S>& source,
                                std::uint32_t on_interface = 0) noexcept {
    return detail::group_request(group, source, on_interface).join(socket);
}

/// Leaves a group. Pass the arguments of the join().
/// Errors: address_not_available (not a member; for a source perhaps invalid_argument), no_such_device, no_protocol_option.
template <multicast_socket S>
[[nodiscard]] result<void> leave(const S& socket, const group_address<S>& group,
                                 std::uint32_t on_interface = 0) noexcept {
    return detail::group_request(group, on_interface).leave(socket);
}
template <multicast_socket S>
[[nodiscard]] result<void> leave(const S& socket, const group_address<S>& group, const group_address<S>& source,
                                 std::uint32_t on_interface = 0) noexcept {
    return detail::group_request(group, source, on_interface).leave(socket);
}

// clang-format off
template <class S> requires(!multicast_socket<S>)
detail::refused join(const S&, auto&&...) KEYWAY_DELETE("only datagram and raw sockets of IPv4 and IPv6 join multicast groups: use udp::bind()");
template <class S> requires(!multicast_socket<S>)
detail::refused leave(const S&, auto&&...) KEYWAY_DELETE("only datagram and raw sockets of IPv4 and IPv6 are members of multicast groups: use udp::bind()");
template <multicast_socket S, class... A> requires(!detail::names_group<S, A...>)
detail::refused join(const S&, const A&...) KEYWAY_DELETE("a group is an address of the family of the socket, and its interface an index: join(socket, group), join(socket, group, source), each perhaps with *kw::interface_index(name)");
template <multicast_socket S, class... A> requires(!detail::names_group<S, A...>)
detail::refused leave(const S&, const A&...) KEYWAY_DELETE("a group is an address of the family of the socket, and its interface an index: leave(socket, group), leave(socket, group, source), each perhaps with *kw::interface_index(name)");
// clang-format on

/// A membership that ends when this object is destroyed.
///
/// Requires: the socket, of which this keeps a view, outlives it.
///
///     auto socket = kw::udp4::bind({kw::ipv4_address::any(), 5353}, {.reuse_address = true});
///     auto listening = kw::membership::join(*socket, kw::ipv4_address(224, 0, 0, 251));
class membership {
public:
    /// As the functions join(), with their errors.
    template <multicast_socket S>
    [[nodiscard]] static result<membership> join(const S& socket, const group_address<S>& group,
                                                 std::uint32_t on_interface = 0) noexcept {
        return join_and_keep(socket, {group, on_interface});
    }
    template <multicast_socket S>
    [[nodiscard]] static result<membership> join(const S& socket, const group_address<S>& group,
                                                 const group_address<S>& source,
                                                 std::uint32_t on_interface = 0) noexcept {
        return join_and_keep(socket, {group, source, on_interface});
    }

    membership(const membership&) = delete;
    membership(membership&& other) noexcept : socket_(other.socket_), request_(other.request_) { other.socket_ = {}; }
    membership& operator=(const membership&) = delete;
    membership& operator=(membership&& other) noexcept {
        if (this != &other) {
            discard();
            socket_ = other.socket_;
            request_ = other.request_;
            other.socket_ = {};
        }
        return *this;
    }
    ~membership() { discard(); }

    // clang-format off
    template <multicast_socket S> requires detail::owning<S>
    static detail::refused join(const S&&, auto&&...) KEYWAY_DELETE("a temporary socket is closed at the end of this line: keep it in a variable that outlives the membership");
    template <class S> requires(!multicast_socket<S>)
    static detail::refused join(const S&, auto&&...) KEYWAY_DELETE("only datagram and raw sockets of IPv4 and IPv6 join multicast groups: use udp::bind()");
    template <multicast_socket S, class... A> requires(!detail::names_group<S, A...>)
    static detail::refused join(const S&, const A&...) KEYWAY_DELETE("a group is an address of the family of the socket, and its interface an index: join(socket, group), join(socket, group, source), each perhaps with *kw::interface_index(name)");
    // clang-format on

    /// Whether there is a membership to end: not after leave(), release() or a move.
    [[nodiscard]] bool is_active() const noexcept { return socket_.is_open(); }

    /// Leaves the group and reports. The object is inactive afterwards, whatever the result.
    /// Errors: address_not_available (the membership was ended elsewhere), no_such_device (the interface was removed),
    /// bad_file_descriptor.
    [[nodiscard]] result<void> leave() noexcept {
        const handle_view socket = socket_;
        release();
        return request_.leave(socket);
    }

    /// Gives up the duty to leave: the socket stays a member until it is closed.
    void release() noexcept { socket_ = {}; }

private:
    membership(handle_view socket, const detail::group_request& request) noexcept
        : socket_(socket), request_(request) {}

    static result<membership> join_and_keep(handle_view socket, const detail::group_request& request) noexcept {
        if (auto joined = request.join(socket); !joined) return failure(joined);
        return membership(socket, request);
    }

    void discard() noexcept {
        if (!is_active()) return;
        const int kept = detail::os::last_error();
        static_cast<void>(leave());
        detail::os::set_last_error(kept);
    }

    handle_view socket_;
    detail::group_request request_;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
