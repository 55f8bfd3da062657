// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_HPP
#define KEYWAY_FILE_HPP

// The descriptor as a file: regular files, FIFOs, pipes, devices and standard streams, with the errors and results that
// sockets have. Bytes go through as they are; text is never translated.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <keyway/buffer.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os/file.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {

/// What a file was opened for. `append` writes, always at the end of the file as it is at that moment.
enum class access : std::uint8_t { read, write, read_write, append };

namespace detail {

constexpr bool may_read(access a) noexcept { return a == access::read || a == access::read_write; }
constexpr bool may_write(access a) noexcept { return a != access::read; }

}  // namespace detail

/// How open() finds the file: `{.create = true, .truncate = true}`. By itself the file has to be there, and is kept.
template <access A>
struct open_options {
    bool create = false;          ///< makes the file where there is none
    bool create_new = false;      ///< makes the file, and fails with file_exists where there is one
    bool truncate = false;        ///< empties the file
    unsigned permissions = 0666;  ///< of a file that is made, less the umask (umask(2)); POSIX alone
};

template <>
struct open_options<access::append> {
    bool create = false;          ///< makes the file where there is none
    bool create_new = false;      ///< makes the file, and fails with file_exists where there is one
    unsigned permissions = 0666;  ///< of a file that is made, less the umask (umask(2)); POSIX alone
};

template <>
struct open_options<access::read> {};

/// What the offset of seek() is counted from.
using seek_from = detail::os::origin;

template <access A>
class file;

/// A file that somebody else owns: everything a file does but closing it.
///
/// Thread safety: read_at() and write_at() may be called from several threads at once on POSIX; read(), write() and
/// seek() share the file's one position, also with duplicates.
template <access A>
class file_view {
public:
    using owner_type = file<A>;
    /// int on POSIX, HANDLE on Windows.
    using native_type = detail::os::native_file;
    static constexpr native_type invalid = detail::os::invalid_file;

    constexpr file_view() noexcept = default;
    /// A file that is known to be opened for this access. The kernel is asked what kind of file it is.
    explicit file_view(native_type native) noexcept : file_view(native, detail::os::kind_of_file(native)) {}

    [[nodiscard]] constexpr native_type native_handle() const noexcept { return native_; }
    [[nodiscard]] constexpr bool is_open() const noexcept { return native_ != invalid; }
    /// Where a file is a descriptor like any other, it may be waited for like any other: on POSIX.
    constexpr operator handle_view() const noexcept
        requires std::same_as<native_type, handle_view::native_type>
    {
        return handle_view(native_);
    }

    /// Reads what is there, from the file's position on, which moves.
    ///
    /// Returns: the filled part of the buffer, empty at the end of the file, and of a pipe that nobody holds open to write;
    /// an empty buffer comes back at once without a call.
    /// Errors: io_error, would_block (a pipe in non-blocking mode). Blocks: on a pipe or terminal until something comes.
    /// Source: read(2).
    result<std::span<std::byte>> read(mutable_bytes buffer) const noexcept
        requires(detail::may_read(A))
    {
        if (buffer.empty()) return buffer;
        return filled(buffer, detail::os::read_file(native_, buffer.data(), buffer.size()));
    }

    /// The same from `position` on. The file's own position does not move, but on Windows it does.
    /// Errors: as read(), and invalid_seek where the file has no positions. Source: pread(2).
    result<std::span<std::byte>> read_at(mutable_bytes buffer, std::uint64_t position) const noexcept
        requires(detail::may_read(A))
    {
        if (buffer.empty()) return buffer;
        return filled(buffer, detail::os::read_file_at(native_, buffer.data(), buffer.size(), position));
    }

    /// Fills the whole buffer, in as many calls as it takes, and returns it.
    /// Errors: end_of_stream (the file is shorter), else as read(); `transferred` bytes of the buffer are good.
    transfer_result<std::span<std::byte>> read_exact(mutable_bytes buffer) const noexcept
        requires(detail::may_read(A))
    {
        for (std::size_t done = 0; done < buffer.size();) {
            const auto count = detail::os::read_file(native_, buffer.data() + done, buffer.size() - done);
            if (count < 0) return detail::failed_after(done, operation::read);
            if (count == 0) return detail::ended_after(done, operation::read);
            done += static_cast<std::size_t>(count);
        }
        return buffer;
    }

    /// Writes at the file's position, which moves, perhaps not all of it.
    ///
    /// Returns: the bytes written.
    /// Errors: no_space_on_device, io_error, file_too_large, broken_pipe (nobody holds the pipe open to read),
    /// would_block. Never a signal: a write to a pipe makes two system calls more, which keep SIGPIPE from this thread
    /// meanwhile.
    /// Blocks: while a pipe is full. Source: write(2).
    result<std::size_t> write(const_bytes data) const noexcept
        requires(detail::may_write(A))
    {
        return detail::counted(detail::os::write_file(native_, kind_, data.data(), data.size()), operation::write);
    }

    /// The same from `position` on. The file's own position does not move, but on Windows it does.
    /// Errors: as write(), and invalid_seek where the file has no positions. Source: pwrite(2).
    result<std::size_t> write_at(const_bytes data, std::uint64_t position) const noexcept
        requires(A == access::write || A == access::read_write)
    {
        return detail::counted(detail::os::write_file_at(native_, data.data(), data.size(), position),
                               operation::write);
    }

    /// Writes everything, in as many calls as it takes.
    /// Errors: as write(), with the bytes that were written before in `transferred`.
    transfer_result<void> write_all(const_bytes data) const noexcept
        requires(detail::may_write(A))
    {
        for (std::size_t done = 0; done < data.size();) {
            const auto count = detail::os::write_file(native_, kind_, data.data() + done, data.size() - done);
            if (count < 0) return detail::failed_after(done, operation::write);
            done += static_cast<std::size_t>(count);
        }
        return {};
    }

    /// Moves the file's position, behind the end of the file too. `seek(0, seek_from::current)` tells where it is.
    ///
    /// Returns: the new position, counted from the start.
    /// Errors: invalid_seek (a pipe has no positions; Windows says invalid_argument), invalid_argument (in front of the
    /// start). Source: lseek(2).
    result<std::uint64_t> seek(std::int64_t offset, seek_from from = seek_from::start) const noexcept {
        return number(detail::os::seek_file(native_, offset, from), operation::seek);
    }

    /// The size of a regular file in bytes. Files in /proc say 0 whatever is in them, and so do pipes.
    /// Source: fstat(2).
    [[nodiscard]] result<std::uint64_t> size() const noexcept {
        return number(detail::os::file_size(native_), operation::size);
    }

    /// Returns when what was written is on the disk and survives a loss of power.
    /// Errors: io_error, no_space_on_device (what was written before is lost), invalid_argument (a pipe).
    /// Blocks: for as long as the disk takes. Source: fsync(2).
    result<void> sync() const noexcept
        requires(detail::may_write(A))
    {
        return detail::checked(detail::os::sync_file(native_), operation::sync);
    }

    /// Another owner of the same open file, with the same position. Errors: too_many_files.
    /// Source: fcntl(2), F_DUPFD_CLOEXEC.
    [[nodiscard]] result<owner_type> duplicate() const noexcept {
        const native_type copy = detail::os::duplicate_file(native_);
        if (copy == invalid) return detail::last_error(operation::duplicate);
        return owner_type::made(copy, kind_);
    }

    // clang-format off
    void read(auto&&...) const requires(!detail::may_read(A)) = KEYWAY_DELETE("this file is open to be written: open it with access::read or access::read_write to read it");
    void read_at(auto&&...) const requires(!detail::may_read(A)) = KEYWAY_DELETE("this file is open to be written: open it with access::read or access::read_write to read it");
    void read_exact(auto&&...) const requires(!detail::may_read(A)) = KEYWAY_DELETE("this file is open to be written: open it with access::read or access::read_write to read it");
    void write(auto&&...) const requires(!detail::may_write(A)) = KEYWAY_DELETE("this file is open to be read: open it with access::write, access::append or access::read_write to write it");
    void write_at(auto&&...) const requires(A == access::read) = KEYWAY_DELETE("this file is open to be read: open it with access::write or access::read_write to write it");
    void write_at(auto&&...) const requires(A == access::append) = KEYWAY_DELETE("a file that is appended to is written at its end: call write(), or open it with access::write");
    void write_all(auto&&...) const requires(!detail::may_write(A)) = KEYWAY_DELETE("this file is open to be read: open it with access::write, access::append or access::read_write to write it");
    void send(auto&&...) const = KEYWAY_DELETE("a file is written: call write() or write_all()");
    void recv(auto&&...) const = KEYWAY_DELETE("a file is read: call read() or read_exact()");
    // clang-format on

    /// What kind of file it is, in the words of the operating system's room.
    [[nodiscard]] constexpr detail::os::file_kind kind() const noexcept { return kind_; }

protected:
    /// How an owner of this view closes.
    static int close_native(native_type native) noexcept { return detail::os::close_file(native); }

private:
    friend owner_type;

    constexpr file_view(native_type native, detail::os::file_kind kind) noexcept : native_(native), kind_(kind) {}

    static result<std::span<std::byte>> filled(std::span<std::byte> buffer, std::ptrdiff_t count) noexcept {
        if (count < 0) return detail::last_error(operation::read);
        return buffer.first(static_cast<std::size_t>(count));
    }

    static result<std::uint64_t> number(std::int64_t told, operation op) noexcept {
        if (told < 0) return detail::last_error(op);
        return static_cast<std::uint64_t>(told);
    }

    native_type native_ = invalid;
    detail::os::file_kind kind_ = detail::os::file_kind::other;
};

/// Owns an open file; what it can do is in file_view. No child process inherits it.
///
///     auto log = kw::file<kw::access::append>::open("requests.log", {.create = true});
///     if (!log) return report(log.error());
///     auto written = log->write_all("a line\n");
///
/// A destructor cannot tell what a disk says at the last moment: where that matters, call sync() or close().
template <access A>
class file : public owner<file_view<A>> {
    using base = owner<file_view<A>>;
    friend file_view<A>;

public:
    using view_type = file_view<A>;

    constexpr file() noexcept = default;

    /// Opens the file at a path, which is UTF-8 on Windows and bytes on POSIX.
    ///
    /// Errors: no_such_file, file_exists, access_denied, is_a_directory, too_many_files, filename_too_long,
    /// invalid_argument (a NUL in the path).
    /// Blocks: on a FIFO until somebody opens its other end. Source: open(2), O_CLOEXEC.
    [[nodiscard]] static result<file> open(std::string_view path, const open_options<A>& options = {}) noexcept {
        detail::os::opening how{
            .read = detail::may_read(A), .write = detail::may_write(A), .append = A == access::append};
        if constexpr (detail::may_write(A)) {
            how.create = options.create;
            how.create_new = options.create_new;
            how.permissions = options.permissions;
        }
        if constexpr (A == access::write || A == access::read_write) how.truncate = options.truncate;
        detail::os::file_kind kind{};
        const auto opened = detail::os::open_file(path, how, kind);
        if (opened == file::invalid) return detail::last_error(operation::open);
        return made(opened, kind);
    }

    /// Takes over a file that is known to be open for this access; nothing is checked.
    [[nodiscard]] static file adopt_unchecked(typename base::native_type native) noexcept {
        return made(native, detail::os::kind_of_file(native));
    }

    /// Takes over a file from elsewhere. Refused, it stays the caller's.
    /// Errors: bad_descriptor (not open, or not for this access; Windows does not tell what for).
    /// Source: fcntl(2), F_GETFL.
    [[nodiscard]] static result<file> adopt(typename base::native_type native) noexcept {
        if (detail::os::allows(native, detail::may_read(A), detail::may_write(A)) < 0)
            return detail::last_error(operation::adopt);
        return adopt_unchecked(native);
    }

private:
    static file made(typename base::native_type native, detail::os::file_kind kind) noexcept {
        file owned;
        static_cast<view_type&>(owned) = view_type(native, kind);
        return owned;
    }
};

/// What pipe() yields: what is written into the one end is read from the other.
struct pipe_ends {
    file<access::read> read_end;
    file<access::write> write_end;
};

/// A new pipe: `auto [from, to] = *kw::pipe();`. Closing the write end is the end for the reader, and after closing the
/// read end writing fails with broken_pipe.
/// Errors: too_many_files, too_many_files_in_system. Source: pipe(2), O_CLOEXEC.
[[nodiscard]] inline result<pipe_ends> pipe() noexcept {
    detail::os::native_file ends[2];
    if (detail::os::make_pipe(ends) < 0) return detail::last_error(operation::pipe);
    return pipe_ends{file<access::read>::adopt_unchecked(ends[0]), file<access::write>::adopt_unchecked(ends[1])};
}

// The streams that the process was started with, which stay its own. They may be anything: files, pipes, a terminal, and
// closed (on Windows often so: is_open() tells).

[[nodiscard]] inline file_view<access::read> standard_input() noexcept {
    return file_view<access::read>(detail::os::standard_file(detail::os::standard_stream::input));
}
[[nodiscard]] inline file_view<access::write> standard_output() noexcept {
    return file_view<access::write>(detail::os::standard_file(detail::os::standard_stream::output));
}
[[nodiscard]] inline file_view<access::write> standard_error() noexcept {
    return file_view<access::write>(detail::os::standard_file(detail::os::standard_stream::error));
}

}  // namespace keyway::inline KEYWAY_MODE

#endif
