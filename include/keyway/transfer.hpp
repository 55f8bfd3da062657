// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TRANSFER_HPP
#define KEYWAY_TRANSFER_HPP

// Bytes from one end to another: files, pipes, stream connections, and whatever else can be read and written.

#include <concepts>
#include <cstdint>
#include <type_traits>

// IWYU pragma: begin_exports
#include <keyway/buffer.hpp>
#include <keyway/byte_stream.hpp>
#include <keyway/connection.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/copy.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/file.hpp>
#include <keyway/waiting.hpp>
// IWYU pragma: end_exports

namespace keyway::inline KEYWAY_MODE {

/// The limit of a copy that goes to the end of its source.
inline constexpr std::uint64_t everything = UINT64_MAX;

/// Called with the number of bytes copied so far, from the thread that copies, after every piece of at most 1 MiB.
template <class P>
concept copy_progress = std::invocable<P&, std::uint64_t>;

/// A byte_source whose read(), or byte_sink whose write(), takes a kw::waiting as its last argument.
template <class S>
concept waiting_byte_source =
    byte_source<S> && (detail::has_native_end<S> || requires(std::remove_reference_t<S>& source, mutable_bytes buffer,
                                                             const waiting& how) { source.read(buffer, how); });
template <class S>
concept waiting_byte_sink =
    byte_sink<S> && (detail::has_native_end<S> || requires(std::remove_reference_t<S>& sink, const_bytes data,
                                                           const waiting& how) { sink.write(data, how); });

/// Copies `most` bytes, or up to the end of `from` if that comes first. Files are read and written at their positions,
/// which move.
///
///     auto page = kw::file<kw::access::read>::open("index.html");
///     auto sent = kw::copy(*page, conn);                                       // all of it
///     auto part = kw::copy(conn, *upload, length, 30s);                        // or fail with timed_out
///     kw::copy(*page, conn, kw::everything, [&](std::uint64_t so_far) { show(so_far); }, stop);
///
/// Returns: the number of bytes copied; fewer than `most` where the source ended.
/// Errors: those of read() and recv(), write() and send(), by whose name the operation tells which end failed; would_block
/// (an end in non-blocking mode, without `how`); with `how` also timed_out and operation_canceled. `transferred` is
/// exact, and where both ends are files or connections so is the source: it goes on behind what was transferred, so that
/// the copy may be made again for the rest, also to another destination. What could not be left or put back is counted in
/// `lost`, and happens with sources of your own, with connections never, and with pipes where the kernel does not splice
/// them: to a file that is appended to, to most devices, and on other systems than Linux. Never a signal.
/// Blocks: as the ends do; with `how` as long as that says. On Windows a limit does not end a read or write of a file or
/// pipe that has begun.
///
/// System calls on Linux: from a file to a connection sendfile(2), between files copy_file_range(2), from and to pipes
/// splice(2), one for 1 MiB, or for what a pipe holds; and two or three more at each call to a pipe or connection, which
/// keep SIGPIPE from this thread meanwhile. A file is read once more at its end. What the kernel refuses to copy is read
/// and written, 64 KiB at a time that lie on the stack, and so is all else: a connection is read without being emptied
/// (MSG_PEEK), written from, and then emptied of what was written, three calls. With `how` a socket in blocking mode is
/// written so too, for sendfile(2) could not keep a limit there, and before each splice(2) both ends are polled.
/// Source: sendfile(2), splice(2), copy_file_range(2).
template <byte_source From, byte_sink To>
copy_result copy(From&& from, To&& to, std::uint64_t most = everything) noexcept {
    return detail::copy(from, to, most, [](std::uint64_t) {});
}
template <waiting_byte_source From, waiting_byte_sink To>
copy_result copy(From&& from, To&& to, std::uint64_t most, const waiting& how) noexcept {
    return detail::copy(from, to, most, [](std::uint64_t) {}, how);
}
template <byte_source From, byte_sink To, copy_progress Progress>
copy_result copy(From&& from, To&& to, std::uint64_t most, Progress&& progress) noexcept {
    return detail::copy(from, to, most, progress);
}
template <waiting_byte_source From, waiting_byte_sink To, copy_progress Progress>
copy_result copy(From&& from, To&& to, std::uint64_t most, Progress&& progress, const waiting& how) noexcept {
    return detail::copy(from, to, most, progress, how);
}

// clang-format off
template <class From, class To> requires(!byte_source<From>)
void copy(const From&, const To&, auto&&...) = KEYWAY_DELETE("copy() reads from its first argument: a file opened to be read, a pipe's read end, a stream connection");
template <byte_source From, class To> requires(!byte_sink<To>)
void copy(const From&, const To&, auto&&...) = KEYWAY_DELETE("copy() writes to its second argument: a file opened to be written, a pipe's write end, a stream connection");
// clang-format on

}  // namespace keyway::inline KEYWAY_MODE

#endif
