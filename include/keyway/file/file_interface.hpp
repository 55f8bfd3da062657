// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_FILE_INTERFACE_HPP
#define KEYWAY_FILE_FILE_INTERFACE_HPP

// The operations of files: regular files, FIFOs, pipes and devices, with the errors and results that sockets have.
// Bytes are never translated.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <keyway/buffer.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/file.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/file/access.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The base of the offset of seek().
using seek_from = detail::os::origin;

template <access A>
class file;

/// The operations of a file, of owner and view.
///
/// Every call that can block has a limit as its last argument: a duration, a deadline, a canceller or a kw::limit. It
/// adds the errors limit_reached and operation_canceled; a call that fails with them has consumed and lost no byte.
/// Regular files never wait.
///
/// Platforms: on POSIX a limit holds on pipes, FIFOs, terminals and devices, and changes the mode of no description.
/// Only if another reader or writer comes first can a call still wait past its limit: on Linux on the masters of
/// pseudo-terminals and on devices that do not support RWF_NOWAIT, on other systems on everything but sockets. On
/// Windows a limit ends the wait for the data of a pipe that nobody else reads; a write, and a read of a console,
/// cannot be ended once begun.
///
/// Thread safety: read_at() and write_at() may be called from several threads at once on POSIX; read(), write() and
/// seek() share one position, also with duplicates.
template <access A>
class file_interface {
public:
    using owner_type = file<A>;
    /// int on POSIX, HANDLE on Windows.
    using native_type = detail::os::native_file;
    static constexpr native_type invalid = detail::os::invalid_file;

    [[nodiscard]] constexpr native_type native_handle() const noexcept { return native_; }
    [[nodiscard]] constexpr bool is_open() const noexcept { return native_ != invalid; }

    // clang-format off
    explicit operator bool() const = delete;  // KEYWAY_DELETE("is_open() says whether there is a descriptor")
    template <class Other> detail::refused operator==(const Other&) const KEYWAY_DELETE("compare the native_handle() of two; is_open() says whether there is a descriptor");
    template <class Other> detail::refused operator<=>(const Other&) const KEYWAY_DELETE("compare the native_handle() of two; is_open() says whether there is a descriptor");
    // clang-format on

    /// On POSIX a file is a descriptor like any other, and can be waited for. A temporary owner does not convert.
    template <std::same_as<handle_view::native_type> Descriptor = native_type>
    constexpr operator handle_view() const noexcept {
        return handle_view::borrow(Descriptor{native_});
    }

    /// Reads the bytes available at the file's position, which advances.
    ///
    /// Returns: the filled part of the buffer, empty at the end of the file, and of a pipe without a writer; an empty
    /// buffer is returned at once, without a system call.
    /// Errors: io_error, operation_would_block (a pipe in non-blocking mode).
    /// Blocks: on a pipe or terminal until data arrives. Source: read(2).
    ///
    /// System calls with a limit: on Linux one if a pipe has data, otherwise three; on a FIFO or terminal five or more,
    /// since it is opened once more, non-blocking, for the call (preadv2(2), proc(5)). Elsewhere two.
    template <limit_like L = no_limit>
    [[nodiscard]] result<std::span<std::byte>> read(mutable_bytes buffer, const L& limit = {}) const noexcept
        requires(detail::may_read(A))
    {
        if (buffer.empty()) return buffer;
        return filled(buffer,
                      detail::os::read_file(native_, kind_, buffer.data(), buffer.size(), detail::native_limit(limit)));
    }

    /// Reads at `position`. Leaves the file position alone, except on Windows.
    /// Errors: as read(), and invalid_seek if the file has no positions. Source: pread(2).
    template <limit_like L = no_limit>
    [[nodiscard]] result<std::span<std::byte>> read_at(mutable_bytes buffer, std::uint64_t position,
                                                       const L& limit = {}) const noexcept
        requires(detail::may_read(A))
    {
        if (buffer.empty()) return buffer;
        if (check(limit) < 0) return detail::last_error(operation::read);
        return filled(buffer, detail::os::read_file_at(native_, buffer.data(), buffer.size(), position));
    }

    /// Fills the whole buffer, in as many calls as it takes, and returns it.
    /// Errors: end_of_stream (the file is shorter), otherwise as read(); the first `transferred` bytes of the buffer
    /// are valid.
    template <limit_like L = no_limit>
    [[nodiscard]] transfer_result<std::span<std::byte>> read_exact(mutable_bytes buffer,
                                                                   const L& limit = {}) const noexcept
        requires(detail::may_read(A))
    {
        const auto bounds = detail::native_limit(limit);
        for (std::size_t done = 0; done < buffer.size();) {
            const auto count =
                detail::os::read_file(native_, kind_, buffer.data() + done, buffer.size() - done, bounds);
            if (count < 0) return detail::failed_after(done, operation::read);
            if (count == 0) return detail::ended_after(done, operation::read);
            done += static_cast<std::size_t>(count);
        }
        return buffer;
    }

    /// Writes at the file's position, which advances; perhaps not all of the data.
    ///
    /// Returns: the number of bytes written.
    /// Errors: no_space_on_device, io_error, file_too_large, broken_pipe (the pipe has no reader),
    /// operation_would_block. Never a signal: a write to a pipe makes two more system calls, which block SIGPIPE in
    /// this thread meanwhile.
    /// Blocks: while a pipe or terminal is full. Source: write(2).
    template <limit_like L = no_limit>
    [[nodiscard]] result<std::size_t> write(const_bytes data, const L& limit = {}) const noexcept
        requires(detail::may_write(A))
    {
        return detail::counted(
            detail::os::write_file(native_, kind_, data.data(), data.size(), detail::native_limit(limit)),
            operation::write);
    }

    /// Writes at `position`. Leaves the file position alone, except on Windows.
    /// Errors: as write(), and invalid_seek if the file has no positions. Source: pwrite(2).
    template <limit_like L = no_limit>
    [[nodiscard]] result<std::size_t> write_at(const_bytes data, std::uint64_t position,
                                               const L& limit = {}) const noexcept
        requires(A == access::write || A == access::read_write)
    {
        if (check(limit) < 0) return detail::last_error(operation::write);
        return detail::counted(detail::os::write_file_at(native_, data.data(), data.size(), position),
                               operation::write);
    }

    /// Writes all the data, in as many calls as it takes.
    /// Errors: as write(), with the number of bytes written before in `transferred`.
    template <limit_like L = no_limit>
    [[nodiscard]] transfer_result<void> write_all(const_bytes data, const L& limit = {}) const noexcept
        requires(detail::may_write(A))
    {
        const auto bounds = detail::native_limit(limit);
        for (std::size_t done = 0; done < data.size();) {
            const auto count = detail::os::write_file(native_, kind_, data.data() + done, data.size() - done, bounds);
            if (count < 0) return detail::failed_after(done, operation::write);
            done += static_cast<std::size_t>(count);
        }
        return {};
    }

    /// Moves the file's position, even past the end of the file. `seek(0, seek_from::current)` returns the position.
    ///
    /// Returns: the new position, counted from the start.
    /// Errors: invalid_seek (a pipe has no positions; on Windows invalid_argument), invalid_argument (before the
    /// start).
    /// Source: lseek(2).
    [[nodiscard]] result<std::uint64_t> seek(std::int64_t offset, seek_from from = seek_from::start) const noexcept {
        return number(detail::os::seek_file(native_, offset, from), operation::seek);
    }

    /// The size of a regular file in bytes. It is 0 for pipes and for the files in /proc, whatever they contain.
    /// Source: fstat(2).
    [[nodiscard]] result<std::uint64_t> size() const noexcept {
        return number(detail::os::file_size(native_), operation::size);
    }

    /// Returns when the written data is on the disk and survives a loss of power.
    /// Errors: io_error, no_space_on_device (data written before is lost), invalid_argument (a pipe).
    /// Blocks: until the disk is done. Source: fsync(2).
    [[nodiscard("what a write left behind may not have reached the disk")]] result<void> sync() const noexcept
        requires(detail::may_write(A))
    {
        return detail::checked(detail::os::sync_file(native_), operation::sync);
    }

    /// Another owner of the same open file, with the same position. Errors: too_many_files_open.
    /// Source: fcntl(2), F_DUPFD_CLOEXEC.
    [[nodiscard]] result<owner_type> duplicate() const noexcept {
        const native_type copy = detail::os::duplicate_file(native_);
        if (copy == invalid) return detail::last_error(operation::duplicate);
        return owner_type::adopt_known(copy, kind_);
    }

    // clang-format off
    template <class B, class... L> requires(detail::fillable<B> && detail::wrong_limit<L...> && detail::may_read(A)) detail::refused read(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_fillable<B...> && detail::may_read(A)) detail::refused read(B&&...) const KEYWAY_DELETE("read() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), an object with std::as_writable_bytes(std::span(&object, 1))");
    template <not_a_limit L> detail::refused read_at(auto&&, std::uint64_t, const L&) const requires(detail::may_read(A)) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class B, class... L> requires(detail::fillable<B> && detail::wrong_limit<L...> && detail::may_read(A)) detail::refused read_exact(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_fillable<B...> && detail::may_read(A)) detail::refused read_exact(B&&...) const KEYWAY_DELETE("read_exact() fills a buffer that has a name and may be written: an array, a vector, std::span(pointer, size), an object with std::as_writable_bytes(std::span(&object, 1))");
    template <class B, class... L> requires(detail::sendable<B> && detail::wrong_limit<L...> && detail::may_write(A)) detail::refused write(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_sendable<B...> && detail::may_write(A)) detail::refused write(B&&...) const KEYWAY_DELETE("write() takes bytes: text, an array, a vector, std::span(pointer, size), an object with std::as_bytes(std::span(&object, 1))");
    template <not_a_limit L> detail::refused write_at(auto&&, std::uint64_t, const L&) const requires(A == access::write || A == access::read_write) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class B, class... L> requires(detail::sendable<B> && detail::wrong_limit<L...> && detail::may_write(A)) detail::refused write_all(B&&, const L&...) const KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: 5s, or several in one: kw::limit(5s).cancelled_by(stop); a buffer knows its size: pass an array or std::span(pointer, size); and there are no flags");
    template <class... B> requires(detail::no_sendable<B...> && detail::may_write(A)) detail::refused write_all(B&&...) const KEYWAY_DELETE("write_all() takes bytes: text, an array, a vector, std::span(pointer, size), an object with std::as_bytes(std::span(&object, 1))");
    detail::refused read(auto&&...) const requires(!detail::may_read(A)) KEYWAY_DELETE("this file is open for writing: open it with access::read or access::read_write to read it");
    detail::refused read_at(auto&&...) const requires(!detail::may_read(A)) KEYWAY_DELETE("this file is open for writing: open it with access::read or access::read_write to read it");
    detail::refused read_exact(auto&&...) const requires(!detail::may_read(A)) KEYWAY_DELETE("this file is open for writing: open it with access::read or access::read_write to read it");
    detail::refused write(auto&&...) const requires(!detail::may_write(A)) KEYWAY_DELETE("this file is open for reading: open it with access::write, access::append or access::read_write to write it");
    detail::refused write_at(auto&&...) const requires(A == access::read) KEYWAY_DELETE("this file is open for reading: open it with access::write or access::read_write to write it");
    detail::refused write_at(auto&&...) const requires(A == access::append) KEYWAY_DELETE("a file that is open for appending is written at its end: call write(), or open it with access::write");
    detail::refused write_all(auto&&...) const requires(!detail::may_write(A)) KEYWAY_DELETE("this file is open for reading: open it with access::write, access::append or access::read_write to write it");
    template <class From> requires(!std::same_as<From, seek_from>) detail::refused seek(std::int64_t, From) const KEYWAY_DELETE("a position is counted from kw::seek_from::start, current or end: seek(0, kw::seek_from::end)");
    detail::refused send(auto&&...) const KEYWAY_DELETE("a file is written: call write() or write_all()");
    detail::refused recv(auto&&...) const KEYWAY_DELETE("a file is read: call read() or read_exact()");
    // clang-format on

    /// The kind of the file, as the platform layer's own type.
    [[nodiscard]] constexpr detail::os::file_kind kind() const noexcept { return kind_; }

protected:
    constexpr file_interface() noexcept = default;
    explicit file_interface(native_type native) noexcept : file_interface(native, detail::os::kind_of_file(native)) {}
    constexpr file_interface(const file_interface&) noexcept = default;
    constexpr file_interface& operator=(const file_interface&) noexcept = default;
    ~file_interface() = default;

    /// Closes a file.
    static int close_native(native_type native) noexcept { return detail::os::close_file(native); }

private:
    friend owner_type;

    constexpr file_interface(native_type native, detail::os::file_kind kind) noexcept : native_(native), kind_(kind) {}

    static int check(no_limit) noexcept { return 0; }
    template <class L>
    static int check(const L& limit) noexcept {
        return detail::os::check_limit(detail::native_limit(limit));
    }

    static result<std::span<std::byte>> filled(std::span<std::byte> buffer, std::ptrdiff_t count) noexcept {
        if (count < 0) return detail::last_error(operation::read);
        return buffer.first(static_cast<std::size_t>(count));
    }

    static result<std::uint64_t> number(std::int64_t value, operation op) noexcept {
        if (value < 0) return detail::last_error(op);
        return static_cast<std::uint64_t>(value);
    }

    native_type native_ = invalid;
    detail::os::file_kind kind_ = detail::os::file_kind::other;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
