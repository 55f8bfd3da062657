// SPDX-License-Identifier: BSL-1.0
// Whether a state has an operation, asked first about an unavailable function: while clang looks at one, others that are
// unavailable can be called. Compiling this file is the test.

#include <keyway/keyway.hpp>

#include <cstddef>

namespace kw = keyway;

namespace {

template <class S>
inline constexpr bool bound = kw::can_bind<S> || kw::can_listen<S> || kw::can_connect<S>;

template <class S>
concept asked = (std::size_t{kw::can_bind<S>} + kw::can_listen<S> + kw::can_accept<S> + kw::can_connect<S> +
                 kw::can_send<S> + kw::can_send_all<S> + kw::can_send_to<S> + kw::can_recv<S> + kw::can_recv_exact<S> +
                 kw::can_recv_from<S> + kw::can_shutdown<S>) < 12;

template <asked S>
kw::detail::refused ask(const S&) KEYWAY_DELETE("asked");

template <class S>
inline constexpr bool refused = !requires(const S& state) { ask(state); };

static_assert(refused<kw::tcp4::socket> && refused<kw::tcp4::listener> && refused<kw::tcp4::connection>);
static_assert(refused<kw::udp4::socket> && refused<kw::udp4::connection>);

static_assert(!kw::can_send<kw::tcp4::socket> && !kw::can_recv<kw::tcp4::socket> && !kw::can_send_to<kw::tcp4::socket>);
static_assert(!kw::can_send_all<kw::tcp4::socket> && !kw::can_recv_exact<kw::tcp4::socket>);
static_assert(!kw::can_accept<kw::tcp4::socket> && kw::can_listen<kw::tcp4::socket> && bound<kw::tcp4::socket>);
static_assert(!kw::can_send<kw::tcp4::listener> && !kw::can_recv<kw::tcp4::listener> && !bound<kw::tcp4::listener>);
static_assert(!kw::can_shutdown<kw::tcp4::listener> && kw::can_accept<kw::tcp4::listener>);
static_assert(!kw::can_send_to<kw::tcp4::connection> && !kw::can_accept<kw::tcp4::connection>);
static_assert(!bound<kw::tcp4::connection> && kw::can_send<kw::tcp4::connection>);
static_assert(!kw::can_send<kw::udp4::socket> && !kw::can_listen<kw::udp4::socket> &&
              kw::can_send_to<kw::udp4::socket>);
static_assert(!kw::can_send_to<kw::udp4::connection> && !kw::can_recv_from<kw::udp4::connection>);
static_assert(!kw::can_send_all<kw::udp4::connection> && kw::can_recv<kw::udp4::connection>);

}  // namespace
