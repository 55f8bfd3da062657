// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_BUFFER_HPP
#define KEYWAY_BUFFER_HPP

// Bytes to send and buffers to receive into: spans, and lists of spans for one gathered or scattered transfer.

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// char, signed char, unsigned char (std::uint8_t), char8_t and std::byte.
template <class T>
concept byte_like = std::same_as<T, char> || std::same_as<T, signed char> || std::same_as<T, unsigned char> ||
                    std::same_as<T, char8_t> || std::same_as<T, std::byte>;

namespace detail {

template <class R>
using element_of = std::remove_pointer_t<decltype(std::data(std::declval<R&>()))>;

template <class R>
concept sized_and_contiguous = requires(R& r) {
    { std::data(r) } -> std::convertible_to<const void*>;
    { std::size(r) } -> std::convertible_to<std::size_t>;
};

template <class T>
concept literal_character = std::same_as<T, char> || std::same_as<T, char8_t>;

}  // namespace detail

/// A contiguous range of byte-like elements: std::array, std::vector, std::string, std::string_view, std::span, arrays.
template <class R>
concept byte_range = detail::sized_and_contiguous<R> && byte_like<std::remove_cv_t<detail::element_of<R>>>;

/// A byte_range whose elements may be written.
template <class R>
concept writable_byte_range = byte_range<R> && !std::is_const_v<detail::element_of<R>>;

/// Bytes to read: a std::span<const std::byte> that any byte_range converts to. A string literal, or any other const
/// array of char that ends in NUL, converts without that NUL; a non-const array converts whole.
class const_bytes : public std::span<const std::byte> {
public:
    constexpr const_bytes() noexcept = default;
    template <std::convertible_to<const std::byte*> Pointer>
    constexpr const_bytes(Pointer data, std::size_t size) noexcept : span(data, size) {}
    // A const parameter: of one that is not, overload resolution would look at every constructor of a span.
    constexpr const_bytes(const std::span<const std::byte> bytes) noexcept : span(bytes) {}

    template <byte_range R>
        requires std::ranges::enable_borrowed_range<R>
    const_bytes(const R& range) noexcept
        : span(reinterpret_cast<const std::byte*>(std::data(range)), std::size(range)) {}
    template <byte_range R>
    const_bytes(const R& range KEYWAY_LIFETIMEBOUND) noexcept
        : span(reinterpret_cast<const std::byte*>(std::data(range)), std::size(range)) {}

    template <detail::literal_character Char, std::size_t Size>
    const_bytes(const Char (&literal)[Size]) noexcept
        : span(reinterpret_cast<const std::byte*>(std::data(literal)),
               std::size(literal) - static_cast<std::size_t>(literal[Size - 1] == Char{})) {}

    template <detail::literal_character Char, std::size_t Size>
    const_bytes(Char (&array)[Size]) noexcept
        : span(reinterpret_cast<const std::byte*>(std::data(array)), std::size(array)) {}
};

/// Bytes to write into: a std::span<std::byte> that any writable_byte_range converts to.
class mutable_bytes : public std::span<std::byte> {
public:
    constexpr mutable_bytes() noexcept = default;
    template <std::convertible_to<std::byte*> Pointer>
    constexpr mutable_bytes(Pointer data, std::size_t size) noexcept : span(data, size) {}
    constexpr mutable_bytes(const std::span<std::byte> bytes) noexcept : span(bytes) {}

    template <writable_byte_range R>
    mutable_bytes(R& range KEYWAY_LIFETIMEBOUND) noexcept
        : span(reinterpret_cast<std::byte*>(std::data(range)), std::size(range)) {}

    /// A span of characters, or of so many bytes, is a view, so it may be a temporary.
    template <byte_like T, std::size_t Extent>
        requires(!std::same_as<T, std::byte> || Extent != std::dynamic_extent)
    mutable_bytes(std::span<T, Extent> range) noexcept
        : span(reinterpret_cast<std::byte*>(std::data(range)), std::size(range)) {}
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

// A const_bytes is a view, and its iterators outlive it.
// NOLINTBEGIN(misc-include-cleaner): <span> declares these, at a fraction of <ranges>
template <>
inline constexpr bool std::ranges::enable_borrowed_range<keyway::const_bytes> = true;
template <>
inline constexpr bool std::ranges::enable_borrowed_range<keyway::mutable_bytes> = true;
template <>
inline constexpr bool std::ranges::enable_view<keyway::const_bytes> = true;
template <>
inline constexpr bool std::ranges::enable_view<keyway::mutable_bytes> = true;
// NOLINTEND(misc-include-cleaner)

namespace keyway {
inline namespace KEYWAY_MODE {

/// The bytes as text, unchanged. The view refers to them.
[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// One buffer of a gathered send; a view of bytes to read.
class const_buffer {
public:
    constexpr const_buffer() noexcept = default;
    const_buffer(const_bytes bytes) noexcept : native_(detail::os::make_buffer(bytes.data(), bytes.size())) {}

    /// Whatever converts to const_bytes; the language would not apply two conversions in a row.
    template <class R>
        requires byte_range<std::remove_reference_t<R>> && (!std::same_as<std::remove_cvref_t<R>, const_buffer>)
    const_buffer(R&& range) noexcept : const_buffer(const_bytes(range)) {}

    [[nodiscard]] const std::byte* data() const noexcept {
        return static_cast<const std::byte*>(detail::os::data(native_));
    }
    [[nodiscard]] std::size_t size() const noexcept { return detail::os::size(native_); }

private:
    detail::os::io_buffer native_{};
};

/// One buffer of a scattered receive; a view of bytes to write into.
class mutable_buffer {
public:
    constexpr mutable_buffer() noexcept = default;
    mutable_buffer(mutable_bytes bytes) noexcept : native_(detail::os::make_buffer(bytes.data(), bytes.size())) {}

    template <writable_byte_range R>
        requires(!std::same_as<std::remove_cv_t<R>, mutable_buffer>)
    mutable_buffer(R& range) noexcept : mutable_buffer(mutable_bytes(range)) {}

    [[nodiscard]] std::byte* data() const noexcept { return static_cast<std::byte*>(detail::os::data(native_)); }
    [[nodiscard]] std::size_t size() const noexcept { return detail::os::size(native_); }

private:
    detail::os::io_buffer native_{};
};

static_assert(sizeof(const_buffer) == sizeof(detail::os::io_buffer));
static_assert(sizeof(mutable_buffer) == sizeof(detail::os::io_buffer));

namespace detail {

template <class R>
inline constexpr bool is_view = std::ranges::enable_borrowed_range<R>;
template <>
inline constexpr bool is_view<const_buffer> = true;
template <>
inline constexpr bool is_view<mutable_buffer> = true;

/// The bytes outlive the expression: R is an lvalue reference, or a view.
template <class R>
concept outlives_expression = std::is_lvalue_reference_v<R> || is_view<std::remove_cv_t<R>>;

template <class R>
concept gatherable = outlives_expression<R> && std::constructible_from<const_bytes, R&>;
template <class R>
concept scatterable = outlives_expression<R> && std::constructible_from<mutable_bytes, R&>;

}  // namespace detail

/// A list of buffers in the order in which they are sent: `connection.send_all(gather(header, body))`. It refers to the
/// bytes and copies nothing. Requires: each argument is a variable, a literal or a view.
template <detail::gatherable... Ranges>
[[nodiscard]] std::array<const_buffer, sizeof...(Ranges)> gather(Ranges&&... ranges) noexcept {
    return {const_bytes(ranges)...};
}

/// A list of buffers in the order in which they are filled: `connection.recv_exact(scatter(header, body))`.
/// Requires: each argument is a variable or a view, and its bytes can be written.
template <detail::scatterable... Ranges>
[[nodiscard]] std::array<mutable_buffer, sizeof...(Ranges)> scatter(Ranges&&... ranges) noexcept {
    return {mutable_bytes(ranges)...};
}

// clang-format off
template <class... Ranges> requires(!(detail::gatherable<Ranges> && ...))
detail::refused gather(Ranges&&...) KEYWAY_DELETE("gather() refers to the bytes of variables, literals and views: keep a temporary in a variable first, and pass a pointer as std::span(pointer, size)");
template <class... Ranges> requires(!(detail::scatterable<Ranges> && ...))
detail::refused scatter(Ranges&&...) KEYWAY_DELETE("scatter() refers to variables and views whose bytes can be written: keep a temporary in a variable first, and pass a pointer as std::span(pointer, size)");
// clang-format on

namespace detail {

/// What a verb that sends accepts as its bytes, and one that receives as its buffer. Constants, so that compilers do not
/// take concepts apart in every message.
template <class B>
inline constexpr bool sendable =
    std::is_convertible_v<B, const_bytes> || std::is_convertible_v<B, std::span<const const_buffer>>;
template <class B>
inline constexpr bool fillable =
    std::is_convertible_v<B, mutable_bytes> || std::is_convertible_v<B, std::span<const mutable_buffer>>;

// Arguments that do not begin with such, for the overloads that refuse them.
template <class... Args>
inline constexpr bool no_sendable = true;
template <class B, class... Rest>
inline constexpr bool no_sendable<B, Rest...> = !sendable<B>;
template <class... Args>
inline constexpr bool no_fillable = true;
template <class B, class... Rest>
inline constexpr bool no_fillable<B, Rest...> = !fillable<B>;
/// And those that do not go on with an endpoint.
template <class Endpoint, class... Args>
inline constexpr bool no_addressed = true;
template <class Endpoint, class B, class To, class... Rest>
inline constexpr bool no_addressed<Endpoint, B, To, Rest...> = !sendable<B> || !std::is_convertible_v<To, Endpoint>;

// A span of buffers as the kernel sees it: each buffer consists of one io_buffer.

template <class Buffer>
const os::io_buffer* native(const std::span<const Buffer>& buffers) noexcept {
    return reinterpret_cast<const os::io_buffer*>(buffers.data());
}

template <class Buffer>
std::size_t total_size(std::span<const Buffer> buffers) noexcept {
    std::size_t total = 0;
    for (const Buffer& buffer : buffers) total += buffer.size();
    return total;
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
