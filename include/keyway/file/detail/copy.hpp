// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_DETAIL_COPY_HPP
#define KEYWAY_FILE_DETAIL_COPY_HPP

// Copying by the kernel where it can, by reading and writing where it cannot.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <keyway/connection.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/copy.hpp>
#include <keyway/detail/os/file.hpp>
#include <keyway/detail/transfer.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/file/file.hpp>
#include <keyway/limit.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Why a copy failed, and where the bytes are. The operation names the end that failed: read or recv, write or send.
struct copy_error : error {
    std::uint64_t transferred = 0;  ///< bytes that the destination accepted
    std::size_t lost = 0;           ///< bytes read after those that could not be put back

    constexpr copy_error() noexcept = default;
    constexpr copy_error(const error& cause, std::uint64_t bytes = 0, std::size_t lost_bytes = 0) noexcept
        : error(cause), transferred(bytes), lost(lost_bytes) {}
    friend constexpr bool operator==(const copy_error&, const copy_error&) noexcept = default;
};

/// The number of bytes copied, or a copy_error.
using copy_result = expected<std::uint64_t, copy_error>;

namespace detail {

/// Most bytes that the kernel is asked for at once: progress is reported, and a limit checked, at least this often.
inline constexpr std::size_t most_in_one_copy = 1U << 20;
/// Most bytes that are read at once, into the stack.
inline constexpr std::size_t most_in_one_read = 1U << 16;

constexpr std::size_t next_piece(std::uint64_t left, std::size_t most) noexcept {
    return left < most ? static_cast<std::size_t>(left) : most;
}

/// Files and stream connections, which the system knows by a descriptor, but not classes derived from them: these, and
/// anything else, are read and written by their own functions.
template <class T>
struct native_end {};
template <access A>
struct native_end<file_view<A>> {
    static os::copy_end of(const file_interface<A>& file) noexcept {
        return {.file = file.native_handle(), .kind = file.kind()};
    }
};
template <access A>
struct native_end<file<A>> : native_end<file_view<A>> {};
template <class F, class T, class P>
struct native_end<connection_view<F, T, P>> {
    static os::copy_end of(const connection_interface<F, T, P>& connection) noexcept {
        return {.is_connection = true, .socket = connection.native_handle(), .kind = os::file_kind::socket};
    }
};
template <class F, class T, class P>
struct native_end<connection<F, T, P>> : native_end<connection_view<F, T, P>> {};

template <class T>
concept has_native_end = requires(const T& end) { native_end<std::remove_cvref_t<T>>::of(end); };

constexpr operation reading(const os::copy_end& end) noexcept {
    return end.is_connection ? operation::recv : operation::read;
}
constexpr operation writing(const os::copy_end& end) noexcept {
    return end.is_connection ? operation::send : operation::write;
}

/// A source that is read by its descriptor, and left as if only the written bytes had been read.
class native_source {
public:
    explicit native_source(const os::copy_end& end) noexcept : end_(end) {}

    template <class Limit>
    result<std::span<std::byte>> read(std::span<std::byte> buffer, const Limit& limit) noexcept {
        const auto count = os::read_from(end_, buffer.data(), buffer.size(), native_limit(limit));
        if (count < 0) return last_error(reading(end_));
        return buffer.first(static_cast<std::size_t>(count));
    }

    /// To be called when `written` of the bytes read last have been written. Returns: the number of others that could
    /// not be put back.
    result<std::size_t> settle(std::span<std::byte> got, std::size_t written) const noexcept {
        const std::size_t rest = got.size() - written;
        if (end_.is_connection) {
            for (std::size_t consumed = 0; consumed < written;) {
                const auto count =
                    os::recv(end_.socket, got.data(), written - consumed, receive_mode::consume, os::no_limit{});
                if (count <= 0) return last_error(operation::recv);
                consumed += static_cast<std::size_t>(count);
            }
            return std::size_t{0};
        }
        if (rest == 0 || end_.kind != os::file_kind::regular) return rest;
        return os::seek_file(end_.file, -static_cast<std::int64_t>(rest), os::origin::current) < 0 ? rest : 0;
    }

private:
    os::copy_end end_;
};

class native_sink {
public:
    explicit native_sink(const os::copy_end& end) noexcept : end_(end) {}

    template <class Limit>
    result<std::size_t> write(std::span<const std::byte> data, const Limit& limit) noexcept {
        return counted(os::write_to(end_, data.data(), data.size(), native_limit(limit)), writing(end_));
    }

private:
    os::copy_end end_;
};

/// A source that is read by its own function. Nothing can be put back.
template <class Source>
class any_source {
public:
    explicit any_source(Source& source) noexcept : source_(&source) {}

    result<std::span<std::byte>> read(std::span<std::byte> buffer, no_limit) noexcept { return source_->read(buffer); }
    result<std::span<std::byte>> read(std::span<std::byte> buffer, const limit& limit) noexcept {
        return source_->read(buffer, limit);
    }
    static result<std::size_t> settle(std::span<std::byte> got, std::size_t written) noexcept {
        return got.size() - written;
    }

private:
    Source* source_;
};

template <class Source>
auto source_of(Source& source) noexcept {
    if constexpr (has_native_end<Source>) return native_source(native_end<std::remove_cv_t<Source>>::of(source));
    else return any_source<Source>(source);
}

template <class Sink>
class any_sink {
public:
    explicit any_sink(Sink& sink) noexcept : sink_(&sink) {}

    result<std::size_t> write(std::span<const std::byte> data, no_limit) noexcept { return sink_->write(data); }
    result<std::size_t> write(std::span<const std::byte> data, const limit& limit) noexcept {
        return sink_->write(data, limit);
    }

private:
    Sink* sink_;
};

template <class Sink>
auto sink_of(Sink& sink) noexcept {
    if constexpr (has_native_end<Sink>) return native_sink(native_end<std::remove_cv_t<Sink>>::of(sink));
    else return any_sink<Sink>(sink);
}

/// One copy in progress. It is in order whenever progress is reported, which may throw.
template <class Progress>
class copying {
    static constexpr bool is_nothrow = std::is_nothrow_invocable_v<Progress&, std::uint64_t>;

public:
    copying(std::uint64_t most, Progress& progress) noexcept : most_(most), progress_(&progress) {}

    /// Returns whether nothing is left to be copied by hand.
    template <class Limit>
    bool by_kernel(const os::copy_end& from, const os::copy_end& to, const Limit& limit) noexcept(is_nothrow) {
        const auto bounds = native_limit(limit);
        os::kernel_copy copy(from, to, bounds);
        while (done_ < most_) {
            const os::copy_step step = copy.step(next_piece(most_ - done_, most_in_one_copy), bounds);
            switch (step.outcome) {
            case os::copy_outcome::moved: advance(step.bytes); break;
            case os::copy_outcome::ended: return true;
            case os::copy_outcome::by_hand: return false;
            case os::copy_outcome::failed_to_read: fail(last_error(reading(from)).error()); return true;
            case os::copy_outcome::failed_to_write: fail(last_error(writing(to)).error()); return true;
            }
        }
        return true;
    }

    template <class Source, class Sink, class Limit>
    void by_hand(Source source, Sink sink, const Limit& limit) noexcept(is_nothrow) {
        std::array<std::byte, most_in_one_read> buffer;
        while (done_ < most_) {
            const auto got = source.read(std::span(buffer).first(next_piece(most_ - done_, buffer.size())), limit);
            if (!got) return fail(got.error());
            if (got->empty()) return;
            std::size_t written = 0;
            result<std::size_t> last = written;
            while (last && written < got->size()) {
                last = sink.write(got->subspan(written), limit);
                if (last) written += *last;
            }
            const auto lost = source.settle(*got, written);
            if (written > 0) advance(written);
            if (!last) return fail(last.error(), lost.value_or(0));
            if (!lost) return fail(lost.error());
        }
    }

    [[nodiscard]] copy_result outcome() const noexcept {
        if (cause_ != error{}) return unexpected<copy_error>(copy_error(cause_, done_, lost_));
        return done_;
    }

private:
    void advance(std::size_t bytes) noexcept(is_nothrow) {
        done_ += bytes;
        (*progress_)(done_);
    }

    void fail(const error& cause, std::size_t lost = 0) noexcept {
        cause_ = cause;
        lost_ = lost;
    }

    std::uint64_t most_;
    std::uint64_t done_ = 0;
    Progress* progress_;
    error cause_;
    std::size_t lost_ = 0;
};

template <class From, class To, class Limit, class Progress>
copy_result copy(From& from, To& to, std::uint64_t most, const Limit& limit,
                 Progress& progress) noexcept(std::is_nothrow_invocable_v<Progress&, std::uint64_t>) {
    copying<Progress> copy(most, progress);
    bool done = false;
    if constexpr (has_native_end<From> && has_native_end<To>)
        done = copy.by_kernel(native_end<std::remove_cv_t<From>>::of(from), native_end<std::remove_cv_t<To>>::of(to),
                              limit);
    if (!done) copy.by_hand(source_of(from), sink_of(to), limit);
    return copy.outcome();
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
