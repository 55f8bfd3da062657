// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_COPY_HPP
#define KEYWAY_DETAIL_COPY_HPP

// How bytes get from one end to another: by the kernel where it can, by reading and writing where it cannot.

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
#include <keyway/file.hpp>

namespace keyway::inline KEYWAY_MODE {

/// Why a copy failed, and what became of the bytes. The operation tells which end failed: read or recv, write or send.
struct copy_error : error {
    std::uint64_t transferred = 0;  ///< what the destination took; the source goes on behind it
    std::size_t lost = 0;           ///< what was taken from the source after that, and could not be put back

    constexpr copy_error() noexcept = default;
    constexpr copy_error(const error& cause, std::uint64_t bytes, std::size_t lost_bytes) noexcept
        : error(cause), transferred(bytes), lost(lost_bytes) {}
    friend constexpr bool operator==(const copy_error&, const copy_error&) noexcept = default;
};

/// The number of bytes copied, or a copy_error.
using copy_result = expected<std::uint64_t, copy_error>;

namespace detail {

/// How much is asked of the kernel at once: a bound for how rarely progress is told and a deadline is looked at.
inline constexpr std::size_t most_in_one_copy = 1U << 20;
/// How much is read at once, into the stack.
inline constexpr std::size_t most_in_one_read = 1U << 16;

constexpr std::size_t next_piece(std::uint64_t left, std::size_t most) noexcept {
    return left < most ? static_cast<std::size_t>(left) : most;
}

/// What the operating system knows by a number: files and stream connections, not what derives from them. Anything else
/// is read and written by its own functions.
template <class T>
struct native_end {};
template <access A>
struct native_end<file_view<A>> {
    static os::copy_end of(const file_view<A>& view) noexcept {
        return {.file = view.native_handle(), .kind = view.kind()};
    }
};
template <access A>
struct native_end<file<A>> : native_end<file_view<A>> {};
template <class F, class T, class P>
struct native_end<connection_view<F, T, P>> {
    static os::copy_end of(const connection_view<F, T, P>& view) noexcept {
        return {.is_connection = true, .socket = view.native_handle(), .kind = os::file_kind::socket};
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

/// Read by the operating system, and left as if no more had been taken than was written.
class native_source {
public:
    explicit native_source(const os::copy_end& end) noexcept : end_(end) {}

    template <class... How>
    result<std::span<std::byte>> read(std::span<std::byte> buffer, const How&... how) noexcept {
        const auto count = os::read_from(end_, buffer.data(), buffer.size(), how.limit()...);
        if (count < 0) return last_error(reading(end_));
        return buffer.first(static_cast<std::size_t>(count));
    }

    /// Of the bytes that were read last, so many were written. Returns: how many of the others could not be put back.
    result<std::size_t> settle(std::span<std::byte> got, std::size_t written) const noexcept {
        const std::size_t rest = got.size() - written;
        if (end_.is_connection) {
            for (std::size_t taken = 0; taken < written;) {
                const auto count = os::recv(end_.socket, got.data(), written - taken, take::remove);
                if (count <= 0) return last_error(operation::recv);
                taken += static_cast<std::size_t>(count);
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

    template <class... How>
    result<std::size_t> write(std::span<const std::byte> data, const How&... how) noexcept {
        return counted(os::write_to(end_, data.data(), data.size(), how.limit()...), writing(end_));
    }

private:
    os::copy_end end_;
};

/// Read by its own function: what it gave, it does not take back.
template <class Source>
class any_source {
public:
    explicit any_source(Source& source) noexcept : source_(&source) {}

    template <class... How>
    result<std::span<std::byte>> read(std::span<std::byte> buffer, const How&... how) noexcept {
        return source_->read(buffer, how...);
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

    template <class... How>
    result<std::size_t> write(std::span<const std::byte> data, const How&... how) noexcept {
        return sink_->write(data, how...);
    }

private:
    Sink* sink_;
};

template <class Sink>
auto sink_of(Sink& sink) noexcept {
    if constexpr (has_native_end<Sink>) return native_sink(native_end<std::remove_cv_t<Sink>>::of(sink));
    else return any_sink<Sink>(sink);
}

/// One copy under way.
template <class Progress>
class copying {
public:
    copying(std::uint64_t most, Progress& progress) noexcept : most_(most), progress_(&progress) {}

    /// Returns whether there is nothing left to do by hand.
    template <class... How>
    bool by_kernel(const os::copy_end& from, const os::copy_end& to, const How&... how) noexcept {
        os::kernel_copy copy(from, to, how.limit()...);
        while (done_ < most_) {
            const os::copy_step step = copy.step(next_piece(most_ - done_, most_in_one_copy), how.limit()...);
            switch (step.outcome) {
            case os::copy_outcome::moved: advance(step.bytes); break;
            case os::copy_outcome::ended: return true;
            case os::copy_outcome::by_hand: return false;
            case os::copy_outcome::failed_to_read: fail(error(os::last_error(), reading(from))); return true;
            case os::copy_outcome::failed_to_write: fail(error(os::last_error(), writing(to))); return true;
            }
        }
        return true;
    }

    template <class Source, class Sink, class... How>
    void by_hand(Source source, Sink sink, const How&... how) noexcept {
        std::array<std::byte, most_in_one_read> room;
        while (done_ < most_) {
            const auto got = source.read(std::span(room).first(next_piece(most_ - done_, room.size())), how...);
            if (!got) return fail(got.error());
            if (got->empty()) return;
            std::size_t written = 0;
            result<std::size_t> last = written;
            while (last && written < got->size()) {
                last = sink.write(got->subspan(written), how...);
                if (last) written += *last;
            }
            const auto lost = source.settle(*got, written);
            if (written > 0) advance(written);
            if (!last) return fail(last.error(), lost.value_or(0));
            if (!lost) return fail(lost.error());
        }
    }

    [[nodiscard]] copy_result result_of_it() const noexcept {
        if (cause_ != error{}) return unexpected<copy_error>(copy_error(cause_, done_, lost_));
        return done_;
    }

private:
    void advance(std::size_t bytes) noexcept {
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

template <class From, class To, class Progress, class... How>
copy_result copy(From& from, To& to, std::uint64_t most, Progress&& progress, const How&... how) noexcept {
    copying<std::remove_reference_t<Progress>> copy(most, progress);
    bool done = false;
    if constexpr (has_native_end<From> && has_native_end<To>)
        done = copy.by_kernel(native_end<std::remove_cv_t<From>>::of(from), native_end<std::remove_cv_t<To>>::of(to),
                              how...);
    if (!done) copy.by_hand(source_of(from), sink_of(to), how...);
    return copy.result_of_it();
}

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
