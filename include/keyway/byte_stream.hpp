// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_BYTE_STREAM_HPP
#define KEYWAY_BYTE_STREAM_HPP

// What files, pipes and stream connections have in common: bytes come out of them, or go into them.

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include <keyway/buffer.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/error.hpp>

namespace keyway::inline KEYWAY_MODE {

/// `read(buffer)` yields the filled part of the buffer, at least a byte of it, or an empty one at the end.
/// Satisfied by: file<access::read>, file_view<access::read_write>, tcp::connection. Not by: udp::connection, whose bytes
/// come in messages.
template <class S>
concept byte_source = requires(std::remove_reference_t<S>& source, mutable_bytes buffer) {
    { source.read(buffer) } -> std::same_as<result<std::span<std::byte>>>;
};

/// `write(data)` yields how many of the bytes were taken, from the first on and perhaps not all of them.
/// Satisfied by: file<access::write>, file_view<access::append>, tcp::connection. Not by: udp::connection.
template <class S>
concept byte_sink = requires(std::remove_reference_t<S>& sink, const_bytes data) {
    { sink.write(data) } -> std::same_as<result<std::size_t>>;
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
