// SPDX-License-Identifier: BSL-1.0
// What a file can do is decided when the program is compiled.

#include <keyway/file/copy.hpp>
#include <keyway/file/standard_streams.hpp>
#include <keyway/transport.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace {

namespace kw = keyway;
using kw::access;

template <access A>
using file = kw::file<A>;
using buffer = std::array<std::byte, 4>;

template <class F>
constexpr bool can_read = requires(F f, buffer b) { f.read(b); };
template <class F>
constexpr bool can_read_at = requires(F f, buffer b) { f.read_at(b, 1U); };
template <class F>
constexpr bool can_read_exact = requires(F f, buffer b) { f.read_exact(b); };
template <class F>
constexpr bool can_write = requires(F f, const buffer b) { f.write(b); };
template <class F>
constexpr bool can_write_at = requires(F f, const buffer b) { f.write_at(b, 1U); };
template <class F>
constexpr bool can_write_all = requires(F f, const buffer b) { f.write_all(b); };
template <class F>
constexpr bool can_sync = requires(F f) { f.sync(); };
template <class F>
constexpr bool can_seek = requires(F f) {
    f.seek(0);
    f.size();
};

// ---- reading and writing

static_assert(can_read<file<access::read>> && can_read_at<file<access::read>> && can_read_exact<file<access::read>>);
static_assert(!can_write<file<access::read>> && !can_write_at<file<access::read>> &&
              !can_write_all<file<access::read>> && !can_sync<file<access::read>>);
static_assert(!can_read<file<access::write>> && !can_read_at<file<access::write>> &&
              !can_read_exact<file<access::write>>);
static_assert(can_write<file<access::write>> && can_write_at<file<access::write>> &&
              can_write_all<file<access::write>> && can_sync<file<access::write>>);
static_assert(can_read<file<access::read_write>> && can_write<file<access::read_write>> &&
              can_read_at<file<access::read_write>> && can_write_at<file<access::read_write>>);
static_assert(!can_read<file<access::append>> && can_write<file<access::append>> &&
              !can_write_at<file<access::append>> && can_sync<file<access::append>>);
static_assert(can_seek<file<access::read>> && can_seek<file<access::append>>);
static_assert(can_read<kw::file_view<access::read>> && !can_write<kw::file_view<access::read>>);

// ---- options of open()

template <access A>
constexpr bool can_create = requires(kw::open_options<A> o) {
    o.create;
    o.create_new;
    o.permissions;
};
template <access A>
constexpr bool can_truncate = requires(kw::open_options<A> o) { o.truncate; };
static_assert(!can_create<access::read> && !can_truncate<access::read>);
static_assert(can_create<access::write> && can_truncate<access::write>);
static_assert(can_create<access::read_write> && can_truncate<access::read_write>);
static_assert(can_create<access::append> && !can_truncate<access::append>);

// ---- owners and views

static_assert(!std::is_copy_constructible_v<file<access::read>>);
static_assert(std::is_nothrow_move_constructible_v<file<access::read>>);
static_assert(std::is_trivially_copyable_v<kw::file_view<access::read>>);
static_assert(std::is_convertible_v<file<access::read>&, kw::file_view<access::read>>);
static_assert(!std::is_convertible_v<file<access::read>&, kw::file_view<access::write>>);
static_assert(std::is_convertible_v<file<access::read>&, kw::handle_view> == (KEYWAY_HAS_POSIX != 0));
static_assert(sizeof(file<access::read>) == 2 * sizeof(kw::file_view<access::read>::native_type));
static_assert(std::is_same_v<decltype(kw::standard_input()), kw::file_view<access::read>>);
static_assert(std::is_same_v<decltype(kw::standard_error()), kw::file_view<access::write>>);

// ---- byte_source and byte_sink

static_assert(kw::byte_source<file<access::read>> && !kw::byte_sink<file<access::read>>);
static_assert(!kw::byte_source<file<access::write>> && kw::byte_sink<file<access::write>>);
static_assert(!kw::byte_source<file<access::append>> && kw::byte_sink<file<access::append>>);
static_assert(kw::byte_source<file<access::read_write>&> && kw::byte_sink<const file<access::read_write>&>);
static_assert(kw::byte_source<kw::tcp::connection> && kw::byte_sink<kw::tcp::connection>);
static_assert(kw::byte_source<kw::unix_stream::connection_view> && kw::byte_sink<kw::unix_stream::connection_view>);
static_assert(!kw::byte_source<kw::udp::connection> && !kw::byte_sink<kw::udp::connection>);
static_assert(!kw::byte_source<kw::tcp::listener> && !kw::byte_sink<kw::tcp::socket>);
static_assert(!kw::byte_source<int> && !kw::byte_sink<int>);

// ---- copy

template <class From, class To>
constexpr bool can_copy = requires(From from, To to) { kw::copy(from, to); };
static_assert(can_copy<file<access::read>, kw::tcp::connection> && can_copy<kw::tcp::connection, file<access::append>>);
static_assert(can_copy<kw::tcp::connection, kw::unix_stream::connection>);
static_assert(!can_copy<file<access::write>, kw::tcp::connection> &&
              !can_copy<kw::tcp::connection, file<access::read>>);
static_assert(!can_copy<kw::udp::connection, file<access::write>>);

/// A source whose read() accepts no limit cannot be copied within one.
struct own_source {
    kw::result<std::span<std::byte>> read(kw::mutable_bytes into) { return into.first(0); }
};
static_assert(kw::byte_source<own_source> && !kw::byte_source_with_limit<own_source>);
static_assert(kw::byte_source_with_limit<file<access::read>> && kw::byte_sink_with_limit<kw::tcp::connection>);
template <class From>
constexpr bool can_copy_within =
    requires(From from, kw::tcp::connection to, kw::limit limit) { kw::copy(from, to, kw::everything, limit); };
static_assert(can_copy<own_source, kw::tcp::connection> && !can_copy_within<own_source>);
static_assert(can_copy_within<file<access::read>>);

/// A class derived from a connection may have another read(), which is called.
struct own_connection : kw::tcp::connection {};
static_assert(kw::byte_source<own_connection> && !kw::detail::has_native_end<own_connection>);
static_assert(kw::detail::has_native_end<const kw::tcp::connection&>);

}  // namespace
