// SPDX-License-Identifier: BSL-1.0
// A requires-expression tells the truth about the calls of the opt-in headers: each wrong one beside the right one.
// Compiling this file is the test.

#include <keyway/keyway.hpp>
#include <keyway/message.hpp>
#include <keyway/server.hpp>

#include <array>
#include <cstddef>

namespace kw = keyway;
namespace control = keyway::control;

namespace {

template <class... Pieces>
concept can_gather = requires(Pieces... pieces) { kw::gather(pieces...); };
static_assert(can_gather<std::array<char, 4>, std::array<std::byte, 4>>);
static_assert(!can_gather<std::array<char, 4>, int> && !can_gather<const char*, std::array<char, 4>>);

template <class... Pieces>
concept can_scatter = requires(Pieces... pieces) { kw::scatter(pieces...); };
static_assert(can_scatter<std::array<char, 4>, std::array<std::byte, 4>>);
static_assert(!can_scatter<std::array<char, 4>, const std::array<char, 4>> && !can_scatter<std::array<char, 4>, int>);

template <class S, class Items>
concept can_send_items = requires(const S& socket, const Items& items) { kw::send_message(socket, "x", items); };
using passed = decltype(control::pass(kw::handle_view()));
static_assert(can_send_items<kw::unix_stream::connection, control::list<passed>>);
static_assert(!can_send_items<kw::unix_stream::connection, passed> &&
              !can_send_items<kw::unix_stream::connection, int>);
static_assert(!can_send_items<kw::tcp::connection, control::list<passed>>);
static_assert(!can_send_items<kw::unix_datagram::socket, control::list<passed>>);

template <class S, class Descriptor>
concept can_send_descriptor =
    requires(const S& socket, const Descriptor& descriptor) { kw::send_descriptors(socket, "x", descriptor); };
static_assert(can_send_descriptor<kw::unix_stream::connection, kw::tcp::listener>);
static_assert(!can_send_descriptor<kw::unix_stream::connection, int>);
static_assert(!can_send_descriptor<kw::tcp::connection, kw::tcp::listener>);

template <class S>
concept can_request_packet_info = requires(const S& socket) { control::buffer<control::packet_info>::request(socket); };
static_assert(can_request_packet_info<kw::udp::socket> && can_request_packet_info<kw::udp4::connection>);
static_assert(!can_request_packet_info<kw::tcp::connection> && !can_request_packet_info<kw::unix_datagram::socket>);

template <class S>
concept can_send_segments = requires(const S& socket) { kw::segment_sender<S>(socket); };
static_assert(can_send_segments<kw::udp::socket> && can_send_segments<kw::udp4::socket_view>);
static_assert(can_send_segments<kw::udp::connection> && !can_send_segments<kw::tcp::connection>);
static_assert(!can_send_segments<kw::unix_datagram::socket> && !can_send_segments<kw::unix_datagram::connection>);

template <class S, class... Arguments>
concept can_send_datagrams =
    requires(kw::segment_sender<S>& sender, const Arguments&... arguments) { sender.send("data", 1200, arguments...); };
using udp_endpoint = kw::udp4::endpoint;
static_assert(can_send_datagrams<kw::udp4::socket, udp_endpoint> && !can_send_datagrams<kw::udp4::socket>);
static_assert(can_send_datagrams<kw::udp4::connection> && !can_send_datagrams<kw::udp4::connection, udp_endpoint>);

template <class Listener, class Handler>
concept can_serve = requires(const Listener& listener, Handler handler) { kw::serve(listener, handler); };
using by_view = decltype([](kw::tcp::connection_view) {});
using by_owner = decltype([](kw::tcp::connection) {});
using of_nothing = decltype([] {});
using of_another_family = decltype([](kw::unix_stream::connection_view) {});
static_assert(can_serve<kw::tcp::listener, by_view> && can_serve<kw::tcp::listener_view, by_view>);
static_assert(!can_serve<kw::tcp::listener, by_owner> && !can_serve<kw::tcp::listener, of_nothing>);
static_assert(!can_serve<kw::tcp::listener, of_another_family> && !can_serve<kw::udp::socket, by_view>);

}  // namespace
