// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/tcp_info.hpp>

#include <doctest/doctest.h>

#include <netinet/tcp.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

#include "support/options.hpp"
#include "support/posix.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::errc;
using kw::tcp_state;
using kw::detail::decode_tcp_info;
using kw::detail::native_tcp_info;
using test::failure;
using test::must;

#if defined(__linux__)
// The C library has the struct of Linux 2.6.
#define CHECK_PLACE(ours, theirs) static_assert(offsetof(native_tcp_info, ours) == offsetof(::tcp_info, theirs))
CHECK_PLACE(state, tcpi_state);
CHECK_PLACE(retransmits, tcpi_retransmits);
CHECK_PLACE(options, tcpi_options);
CHECK_PLACE(rto, tcpi_rto);
CHECK_PLACE(send_mss, tcpi_snd_mss);
CHECK_PLACE(receive_mss, tcpi_rcv_mss);
CHECK_PLACE(unacked, tcpi_unacked);
CHECK_PLACE(lost, tcpi_lost);
CHECK_PLACE(last_data_sent, tcpi_last_data_sent);
CHECK_PLACE(last_data_received, tcpi_last_data_recv);
CHECK_PLACE(path_mtu, tcpi_pmtu);
CHECK_PLACE(rtt, tcpi_rtt);
CHECK_PLACE(rtt_variation, tcpi_rttvar);
CHECK_PLACE(send_slow_start, tcpi_snd_ssthresh);
CHECK_PLACE(congestion_window, tcpi_snd_cwnd);
CHECK_PLACE(total_retrans, tcpi_total_retrans);
static_assert(static_cast<int>(tcp_state::established) == TCP_ESTABLISHED &&
              static_cast<int>(tcp_state::listening) == TCP_LISTEN &&
              static_cast<int>(tcp_state::closing) == TCP_CLOSING && static_cast<int>(tcp_state::closed) == TCP_CLOSE);
#endif

TEST_CASE("every TCP socket reports its state") {
    test::check_read<option::tcp_info>("tcp_info",
                                       [](const auto& reported) { CHECK(must(reported).state == tcp_state::closed); });
}

TEST_CASE_FIXTURE(test::bounded, "tcp_info counts the bytes of a connection") {
    const auto listener = must(kw::tcp4::listen({test::own_loopback(), 0}));
    const auto client = must(kw::tcp4::connect(must(listener.local_endpoint())));
    const auto server = must(listener.accept()).connection;
    const auto before = client.get<option::tcp_info>();
    if (test::skipped_under_emulator("option tcp_info")) return;
    CHECK(must(listener.get<option::tcp_info>()).state == tcp_state::listening);
    CHECK(must(before).state == tcp_state::established);
    CHECK(must(before).send_segment_size >= 536);
    CHECK(must(before).path_mtu >= 576);
    CHECK(must(before).congestion_window > 0);
    CHECK(must(before).retransmission_timeout >= 200'000);

    must(client.send_all(std::vector<std::byte>(10'000)));
    std::vector<std::byte> buffer(10'000);
    must(server.recv_exact(buffer));
    must(server.send("answer"));  // and an acknowledgement with it
    std::array<std::byte, 6> answer;
    must(client.recv_exact(answer));
    const auto after = must(client.get<option::tcp_info>());
    CHECK(after.state == tcp_state::established);
    CHECK(after.round_trip_time > 0);
    CHECK(after.unacknowledged == 0);
    if (after.bytes_acked) CHECK(*after.bytes_acked >= 10'000);
    if (after.bytes_received) CHECK(*after.bytes_received == 6);
    if (after.bytes_sent) CHECK(*after.bytes_sent >= 10'000);
    if (after.bytes_not_sent) CHECK(*after.bytes_not_sent == 0);
    if (after.delivered) CHECK(*after.delivered >= 1);
    if (after.send_window) CHECK(*after.send_window > 0);
}

TEST_CASE("fields that an older kernel does not report are empty, and too short a report is malformed_value") {
    native_tcp_info native;
    std::memset(&native, 0x11, sizeof(native));
    CHECK(failure(decode_tcp_info(native, 103)) == errc::malformed_value);
    CHECK(failure(decode_tcp_info(native, 0)) == errc::malformed_value);

    const auto oldest = must(decode_tcp_info(native, 104));
    CHECK(oldest.round_trip_time == 0x1111'1111);
    CHECK(oldest.retransmitted == 0x1111'1111);
    CHECK(oldest.send_window_scale == 1);
    CHECK((oldest.has_timestamps && !oldest.has_sack));
    CHECK_FALSE(oldest.pacing_rate);
    CHECK_FALSE(oldest.send_window);

    CHECK_FALSE(must(decode_tcp_info(native, 111)).pacing_rate);
    const auto paced = must(decode_tcp_info(native, 112));
    CHECK(paced.pacing_rate == 0x1111'1111'1111'1111U);
    CHECK_FALSE(paced.bytes_acked);

    CHECK_FALSE(must(decode_tcp_info(native, 167)).delivery_rate);
    CHECK(must(decode_tcp_info(native, 168)).delivery_rate.has_value());
    CHECK_FALSE(must(decode_tcp_info(native, 231)).send_window);
    CHECK(must(decode_tcp_info(native, 232)).send_window == 0x1111'1111U);
    CHECK(must(decode_tcp_info(native, 280)).out_of_order == 0x1111'1111U);
}
