// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_TCP_INFO_HPP
#define KEYWAY_OPTION_TCP_INFO_HPP

// The kernel's view of a TCP connection. Source: tcp(7), TCP_INFO; Linux's <linux/tcp.h>.

#include <cstddef>
#include <cstdint>
#include <optional>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// RFC 9293 section 3.3.2, with Linux's numbers.
enum class tcp_state : std::uint8_t {
    established = 1,
    syn_sent,
    syn_received,
    fin_wait_1,
    fin_wait_2,
    time_wait,
    closed,
    close_wait,
    last_ack,
    listening,
    closing,
};

/// The state of a connection at one moment. Times are in microseconds unless the name says otherwise. Fields that older
/// kernels do not report are optional, and empty there.
struct tcp_snapshot {
    tcp_state state{};
    std::uint8_t retransmits = 0;  // in a row, of the oldest unacknowledged segment
    bool has_timestamps = false;   // RFC 7323
    bool has_sack = false;         // RFC 2018
    bool has_window_scale = false;
    bool has_ecn = false;  // RFC 3168
    std::uint8_t send_window_scale = 0;
    std::uint8_t receive_window_scale = 0;

    std::uint32_t retransmission_timeout = 0;
    std::uint32_t round_trip_time = 0;
    std::uint32_t round_trip_variation = 0;
    std::uint32_t send_segment_size = 0;     // bytes
    std::uint32_t receive_segment_size = 0;  // bytes
    std::uint32_t path_mtu = 0;              // bytes
    std::uint32_t congestion_window = 0;     // segments
    std::uint32_t slow_start_threshold = 0;  // segments
    std::uint32_t unacknowledged = 0;        // segments; on a listener: connections waiting for accept()
    std::uint32_t lost = 0;                  // segments
    std::uint32_t retransmitted = 0;         // segments, in total
    std::uint32_t last_send_milliseconds = 0;
    std::uint32_t last_receive_milliseconds = 0;

    std::optional<std::uint64_t> pacing_rate;     // bytes per second; Linux 3.15
    std::optional<std::uint64_t> bytes_acked;     // Linux 4.1
    std::optional<std::uint64_t> bytes_received;  // Linux 4.1
    std::optional<std::uint32_t> segments_sent;   // Linux 4.2
    std::optional<std::uint32_t> segments_received;
    std::optional<std::uint32_t> bytes_not_sent;  // Linux 4.6
    std::optional<std::uint32_t> least_round_trip_time;
    std::optional<std::uint64_t> delivery_rate;  // bytes per second; Linux 4.9
    std::optional<std::uint64_t> busy_time;      // Linux 4.10
    std::optional<std::uint64_t> receive_window_limited_time;
    std::optional<std::uint64_t> send_buffer_limited_time;
    std::optional<std::uint32_t> delivered;  // segments; Linux 4.18
    std::optional<std::uint32_t> delivered_with_congestion;
    std::optional<std::uint64_t> bytes_sent;  // Linux 4.19
    std::optional<std::uint64_t> bytes_retransmitted;
    std::optional<std::uint32_t> out_of_order;  // segments received; Linux 5.4
    std::optional<std::uint32_t> send_window;   // bytes; Linux 5.4
};

namespace detail {

/// struct tcp_info of <linux/tcp.h>, which grows only at its end.
struct native_tcp_info {
    std::uint8_t state, congestion_state, retransmits, probes, backoff, options;
    std::uint8_t send_window_scale : 4, receive_window_scale : 4;
    std::uint8_t flags;
    std::uint32_t rto, ato, send_mss, receive_mss;
    std::uint32_t unacked, sacked, lost, retrans, fackets;
    std::uint32_t last_data_sent, last_ack_sent, last_data_received, last_ack_received;
    std::uint32_t path_mtu, receive_slow_start, rtt, rtt_variation, send_slow_start, congestion_window, advertised_mss,
        reordering;
    std::uint32_t receive_rtt, receive_space;
    std::uint32_t total_retrans;  // the last field of Linux 2.6
    std::uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
    std::uint32_t segments_out, segments_in;
    std::uint32_t not_sent_bytes, min_rtt, data_segments_in, data_segments_out;
    std::uint64_t delivery_rate;
    std::uint64_t busy_time, window_limited, buffer_limited;
    std::uint32_t delivered, delivered_ce;
    std::uint64_t bytes_sent, bytes_retrans;
    std::uint32_t duplicate_sacks, reorderings_seen;
    std::uint32_t out_of_order;
    std::uint32_t send_window;
};
static_assert(offsetof(native_tcp_info, pacing_rate) == 104 && offsetof(native_tcp_info, send_window) == 228);

/// The snapshot in the first `size` bytes of `native`, which the kernel wrote. Errors: malformed_value (fewer bytes than any
/// kernel writes).
inline result<tcp_snapshot> decode_tcp_info(const native_tcp_info& native, std::size_t size) noexcept {
    if (size < offsetof(native_tcp_info, pacing_rate)) return failure(errc::malformed_value, operation::get_option);
    constexpr unsigned timestamps = 1;
    constexpr unsigned sack = 2;
    constexpr unsigned window_scale = 4;
    constexpr unsigned ecn = 8;
    tcp_snapshot s;
    s.state = static_cast<tcp_state>(native.state);
    s.retransmits = native.retransmits;
    s.has_timestamps = (native.options & timestamps) != 0;
    s.has_sack = (native.options & sack) != 0;
    s.has_window_scale = (native.options & window_scale) != 0;
    s.has_ecn = (native.options & ecn) != 0;
    s.send_window_scale = native.send_window_scale;
    s.receive_window_scale = native.receive_window_scale;
    s.retransmission_timeout = native.rto;
    s.round_trip_time = native.rtt;
    s.round_trip_variation = native.rtt_variation;
    s.send_segment_size = native.send_mss;
    s.receive_segment_size = native.receive_mss;
    s.path_mtu = native.path_mtu;
    s.congestion_window = native.congestion_window;
    s.slow_start_threshold = native.send_slow_start;
    s.unacknowledged = native.unacked;
    s.lost = native.lost;
    s.retransmitted = native.total_retrans;
    s.last_send_milliseconds = native.last_data_sent;
    s.last_receive_milliseconds = native.last_data_received;

    const auto copy = [&](auto& to, const auto& from) {
        const auto end = reinterpret_cast<const std::byte*>(&from + 1) - reinterpret_cast<const std::byte*>(&native);
        if (static_cast<std::size_t>(end) <= size) to = from;
    };
    copy(s.pacing_rate, native.pacing_rate);
    copy(s.bytes_acked, native.bytes_acked);
    copy(s.bytes_received, native.bytes_received);
    copy(s.segments_sent, native.segments_out);
    copy(s.segments_received, native.segments_in);
    copy(s.bytes_not_sent, native.not_sent_bytes);
    copy(s.least_round_trip_time, native.min_rtt);
    copy(s.delivery_rate, native.delivery_rate);
    copy(s.busy_time, native.busy_time);
    copy(s.receive_window_limited_time, native.window_limited);
    copy(s.send_buffer_limited_time, native.buffer_limited);
    copy(s.delivered, native.delivered);
    copy(s.delivered_with_congestion, native.delivered_ce);
    copy(s.bytes_sent, native.bytes_sent);
    copy(s.bytes_retransmitted, native.bytes_retrans);
    copy(s.out_of_order, native.out_of_order);
    copy(s.send_window, native.send_window);
    return s;
}

}  // namespace detail

namespace option {

/// The state of the connection now; for MPTCP that of its first path.
/// Errors: malformed_value (fewer bytes than any kernel writes).
/// Platforms: Linux. Source: tcp(7), TCP_INFO.
struct tcp_info {
    static constexpr int level = IPPROTO_TCP;
    static constexpr int name = detail::os::tcp_info_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_read_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = scope::tcp::fits<F, T, P>;
    using value_type = tcp_snapshot;
    value_type value;

    static result<value_type> read(handle_view socket) noexcept {
        detail::native_tcp_info native{};
        detail::os::address_length size = sizeof(native);
        if (detail::os::get_option(socket.native_handle(), level, name, &native, &size) < 0)
            return detail::last_error(operation::get_option);
        return detail::decode_tcp_info(native, static_cast<std::size_t>(size));
    }
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
