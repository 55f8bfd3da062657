// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_BYTE_STREAM_HPP
#define KEYWAY_FILE_BYTE_STREAM_HPP

// The concepts that files, pipes and stream connections model: sources and destinations of bytes.

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include <keyway/buffer.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/error.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// `read(buffer)` returns the filled part of the buffer, at least one byte, or an empty one at the end.
/// Satisfied by: file<access::read>, file_view<access::read_write>, tcp::connection. Not by: udp::connection, which
/// receives messages.
template <class S>
concept byte_source = requires(std::remove_reference_t<S>& source, mutable_bytes buffer) {
    { source.read(buffer) } -> std::same_as<result<std::span<std::byte>>>;
};

/// `write(data)` returns the number of bytes accepted, from the first on, perhaps not all.
/// Satisfied by: file<access::write>, file_view<access::append>, tcp::connection. Not by: udp::connection.
template <class S>
concept byte_sink = requires(std::remove_reference_t<S>& sink, const_bytes data) {
    { sink.write(data) } -> std::same_as<result<std::size_t>>;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
