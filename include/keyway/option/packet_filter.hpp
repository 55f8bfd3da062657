// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_PACKET_FILTER_HPP
#define KEYWAY_OPTION_PACKET_FILTER_HPP

// Programs of the classic Berkeley Packet Filter that the kernel runs on what a socket is about to receive. A program
// yields the number of bytes to keep of a packet, 0 to drop it. It counts from the transport header, of a raw socket over
// IPv4 from the IP header. Source: socket(7), SO_ATTACH_FILTER; Linux's Documentation/networking/filter.

#include <climits>
#include <cstdint>
#include <span>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {

/// One instruction, laid out as the kernel's: `tcpdump -dd` prints programs of them.
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

/// An empty program takes away the one that is there.
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

/// Attaches the program, in place of one that is there; an empty one detaches. The kernel copies it. Linux.
/// Errors: invalid_argument (no valid program, or more than 4096 instructions), no_such_file (nothing to detach),
/// not_permitted (locked; Linux 6.18 also for TCP without CAP_NET_ADMIN).
struct packet_filter {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::packet_filter_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_write_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = !multipath_protocol<P>;
    using value_type = filter_program;
    value_type value;

    static result<void> write(handle_view socket, const value_type& program) noexcept {
        return detail::write_filter(socket, name, detail::os::detach_packet_filter_option, program);
    }
};

/// The program can be changed no more, which cannot be undone. Errors: not_permitted (to undo it).
struct packet_filter_lock {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::packet_filter_lock_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = !multipath_protocol<P>;
    using value_type = bool;
    bool value = true;
};

/// A program that yields which socket of a reuse_port group gets a connection or datagram, counted from 0 in the order
/// of bind(); an empty one detaches. Linux.
/// Errors: invalid_argument (no valid program, or no reuse_port), no_such_file (nothing to detach).
struct reuse_port_filter {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::reuse_port_filter_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_write_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = P::number == IPPROTO_UDP || (tcp_protocol<P> && !multipath_protocol<P>);
    using value_type = filter_program;
    value_type value;

    static result<void> write(handle_view socket, const value_type& program) noexcept {
        return detail::write_filter(socket, name, detail::os::detach_reuse_port_filter_option, program);
    }
};

/// The number by which filters and ss(8) know the socket; no other one has it while the machine runs. Linux 4.12.
struct cookie {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::cookie_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_read_only = true;
    using value_type = std::uint64_t;
    value_type value = 0;
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
