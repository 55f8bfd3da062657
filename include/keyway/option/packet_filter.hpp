// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_PACKET_FILTER_HPP
#define KEYWAY_OPTION_PACKET_FILTER_HPP

// Programs of the classic Berkeley Packet Filter, which the kernel runs on each packet before a socket receives it. A program
// returns the number of bytes to keep, 0 to drop the packet. Its offsets count from the transport header; on a raw socket
// over IPv4 from the IP header. Source: socket(7), SO_ATTACH_FILTER; Linux's Documentation/networking/filter.

#include <climits>
#include <cstdint>
#include <span>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// One instruction in the kernel's layout; `tcpdump -dd` prints programs in this form.
struct filter_instruction {
    std::uint16_t code = 0;
    std::uint8_t if_true = 0;   // instructions to skip
    std::uint8_t if_false = 0;  // instructions to skip
    std::uint32_t operand = 0;
};

using filter_program = std::span<const filter_instruction>;

namespace detail {

/// struct sock_fprog of <linux/filter.h>.
struct native_filter_program {
    unsigned short count = 0;
    const filter_instruction* first = nullptr;
};

/// Attaches the program, or detaches the current one if it is empty.
inline result<void> write_filter(handle_view socket, int attach, int detach, filter_program program) noexcept {
    if (program.empty()) {
        constexpr int ignored = 0;
        return checked(os::set_option(socket.native_handle(), SOL_SOCKET, detach, &ignored, sizeof(ignored)),
                       operation::set_option);
    }
    if (program.size() > USHRT_MAX) return failure(errc::invalid_argument, operation::set_option);
    const native_filter_program native{static_cast<unsigned short>(program.size()), program.data()};
    return checked(os::set_option(socket.native_handle(), SOL_SOCKET, attach, &native, sizeof(native)),
                   operation::set_option);
}

}  // namespace detail

namespace option {

/// Attaches the program, in place of the current one; an empty program detaches. The kernel copies it.
/// Errors: invalid_argument (not a valid program, or more than 4096 instructions), no_such_file_or_directory (nothing to
/// detach), operation_not_permitted (locked; from Linux 6.18 also for TCP without CAP_NET_ADMIN).
/// Platforms: Linux. Source: socket(7), SO_ATTACH_FILTER.
struct packet_filter : plain<filter_program, SOL_SOCKET, detail::os::packet_filter_option, scope::single_path> {
    using plain::plain;
    static constexpr bool is_write_only = true;

    static result<void> write(handle_view socket, const value_type& program) noexcept {
        return detail::write_filter(socket, name, detail::os::detach_packet_filter_option, program);
    }
};

/// Locks the filter for good.
/// Errors: operation_not_permitted (to unlock it). Platforms: Linux. Source: socket(7), SO_LOCK_FILTER.
struct packet_filter_lock : flag<SOL_SOCKET, detail::os::packet_filter_lock_option, scope::single_path> {
    using flag::flag;
};

/// A program that returns the socket of a reuse_port group that gets a connection or datagram, counted from 0 in the order of
/// bind(); an empty program detaches.
/// Errors: invalid_argument (not a valid program, or no reuse_port), no_such_file_or_directory (nothing to detach).
/// Platforms: Linux. Source: socket(7), SO_ATTACH_REUSEPORT_CBPF.
struct reuse_port_filter
    : plain<filter_program, SOL_SOCKET, detail::os::reuse_port_filter_option, scope::plain_tcp_and_udp> {
    using plain::plain;
    static constexpr bool is_write_only = true;

    static result<void> write(handle_view socket, const value_type& program) noexcept {
        return detail::write_filter(socket, name, detail::os::detach_reuse_port_filter_option, program);
    }
};

/// The number by which filters and ss(8) identify the socket; unique while the machine runs.
/// Platforms: Linux 4.12. Source: socket(7), SO_COOKIE.
struct cookie : plain<std::uint64_t, SOL_SOCKET, detail::os::cookie_option> {
    static constexpr bool is_read_only = true;
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
