// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_COPY_HPP
#define KEYWAY_FILE_COPY_HPP

// Copying bytes between files, pipes, stream connections, and anything else that can be read and written.

#include <concepts>
#include <cstdint>
#include <type_traits>

// IWYU pragma: begin_exports
#include <keyway/buffer.hpp>
#include <keyway/connection.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/file/byte_stream.hpp>
#include <keyway/file/detail/copy.hpp>
#include <keyway/file/file.hpp>
#include <keyway/limit.hpp>
// IWYU pragma: end_exports

namespace keyway {
inline namespace KEYWAY_MODE {

/// The number of bytes of a copy that ends at the end of its source.
inline constexpr std::uint64_t everything = UINT64_MAX;

/// Called with the number of bytes copied so far, in the thread that copies, after every piece of at most 1 MiB. If it
/// throws, the copy ends and passes the exception on; both ends are as after a copy of that many bytes.
template <class P>
concept copy_progress = std::invocable<P&, std::uint64_t>;

/// Progress that is not reported.
struct no_progress {
    constexpr void operator()(std::uint64_t) const noexcept {}
};

/// A byte_source whose read() accepts a kw::limit as its last argument.
/// Satisfied by: file<access::read>, tcp::connection. Not by: a source of your own with read(buffer) only.
template <class S>
concept byte_source_with_limit =
    byte_source<S> && (detail::has_native_end<S> || requires(std::remove_reference_t<S>& source, mutable_bytes buffer,
                                                             const limit& limit) { source.read(buffer, limit); });
/// A byte_sink whose write() accepts a kw::limit as its last argument.
/// Satisfied by: file<access::append>, tcp::connection. Not by: a sink of your own with write(data) only.
template <class S>
concept byte_sink_with_limit =
    byte_sink<S> && (detail::has_native_end<S> || requires(std::remove_reference_t<S>& sink, const_bytes data,
                                                           const limit& limit) { sink.write(data, limit); });

namespace detail {

/// Ends that a copy with this limit accepts.
template <class From, class To, class L>
concept copyable_within = byte_source<From> && byte_sink<To> &&
                          (std::same_as<L, no_limit> || (byte_source_with_limit<From> && byte_sink_with_limit<To>));

/// Ends of which one knows no limit.
template <class From, class To>
concept copyable_only_without_limit =
    byte_source<From> && byte_sink<To> && !(byte_source_with_limit<From> && byte_sink_with_limit<To>);

template <class P>
inline constexpr bool is_nothrow_progress = std::is_nothrow_invocable_v<P&, std::uint64_t>;

}  // namespace detail

/// Copies `most` bytes, or to the end of `from` if that comes first. Files are read and written at their positions,
/// which advance.
///
/// Requires: nothing else reads from a connection meanwhile; read() and write() of your own ends do not throw.
///
///     auto page = kw::file<kw::access::read>::open("index.html");
///     auto sent = kw::copy(*page, conn);                                       // all of it
///     auto part = kw::copy(conn, *upload, length, 30s);                        // or fails with limit_reached
///     kw::copy(*page, conn, kw::everything, stop, [&](std::uint64_t so_far) { show(so_far); });
///
/// Returns: the number of bytes copied; fewer than `most` if the source ended.
/// Errors: those of read() and recv(), write() and send(), whose operation names the end that failed;
/// operation_would_block (an end in non-blocking mode, without a limit); with a limit also limit_reached and
/// operation_canceled. Never a signal.
/// Blocks: as the ends do; with a limit as described at file_interface.
///
/// After an error `transferred` is exact and, between files and connections, the source is positioned just after the
/// last byte transferred, so that the copy can be resumed, even to another destination. Bytes that were read and could
/// not be put back are counted in `lost`. There are none with connections and regular files, but with sources of your
/// own, and with pipes that the kernel does not splice: to a file that is open for appending, to most devices, to ends
/// of your own, and on systems other than Linux.
///
/// System calls on Linux: sendfile(2) from a file to a connection, copy_file_range(2) between files, splice(2) from and
/// to pipes, one for each MiB or for the content of a pipe; two or three more for each call on a pipe or connection,
/// which block SIGPIPE in this thread meanwhile. A file is read once more at its end. If the kernel refuses to copy,
/// and between all other ends, data is read and written, 64 KiB at a time through the stack: a connection is peeked at
/// (MSG_PEEK), written from, and then the written bytes are consumed, three calls. With a limit this is also how a
/// blocking socket is written, since sendfile(2) could not keep the limit, and both ends are polled before each
/// splice(2).
/// Source: sendfile(2), splice(2), copy_file_range(2).
template <class From, class To, limit_like L = no_limit, copy_progress Progress = no_progress>
    requires detail::copyable_within<From, To, L>
[[nodiscard]] copy_result copy(From&& from, To&& to, std::uint64_t most, const L& limit = {},
                               Progress&& progress = {}) noexcept(detail::is_nothrow_progress<Progress>) {
    return detail::copy(from, to, most, detail::started(limit), progress);
}
template <class From, class To, limit_like L = no_limit>
    requires detail::copyable_within<From, To, L>
[[nodiscard]] copy_result copy(From&& from, To&& to, const L& limit = {}) noexcept {
    return copy(from, to, everything, limit);
}

// clang-format off
template <class From, class To> requires(!byte_source<From>)
detail::refused copy(const From&, const To&, auto&&...) KEYWAY_DELETE("copy() reads from its first argument: a file open for reading, a pipe's read end, a stream connection");
template <byte_source From, class To> requires(!byte_sink<To>)
detail::refused copy(const From&, const To&, auto&&...) KEYWAY_DELETE("copy() writes to its second argument: a file open for writing, a pipe's write end, a stream connection");
template <byte_source From, byte_sink To, not_a_limit L> requires(!std::convertible_to<const L&, std::uint64_t>)
detail::refused copy(const From&, const To&, const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: copy(from, to, 30s)");
template <byte_source From, byte_sink To, not_a_limit L>
detail::refused copy(const From&, const To&, std::uint64_t, const L&, auto&&...) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the progress: copy(from, to, most, 30s, progress)");
template <class From, class To, limit_like L> requires(detail::copyable_only_without_limit<From, To> && !std::same_as<L, no_limit>)
detail::refused copy(const From&, const To&, const L&) KEYWAY_DELETE("copy() passes its limit on: give your source read(buffer, const kw::limit&), and your sink write(data, const kw::limit&)");
template <class From, class To, limit_like L> requires(detail::copyable_only_without_limit<From, To> && !std::same_as<L, no_limit>)
detail::refused copy(const From&, const To&, std::uint64_t, const L&, auto&&...) KEYWAY_DELETE("copy() passes its limit on: give your source read(buffer, const kw::limit&), and your sink write(data, const kw::limit&)");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
