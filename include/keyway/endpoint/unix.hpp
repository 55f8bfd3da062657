// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ENDPOINT_UNIX_HPP
#define KEYWAY_ENDPOINT_UNIX_HPP

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <keyway/detail/bound_path.hpp>  // IWYU pragma: keep: unix_domain names it
#include <keyway/detail/config.hpp>
#include <keyway/detail/hash.hpp>
#include <keyway/detail/literal.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/uninitialized.hpp>
#include <keyway/expected.hpp>
#include <keyway/family.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// An AF_UNIX address: the path of a file, an abstract name, or unnamed, which is the default. A sockaddr_un and the length
/// in use. Names are sequences of bytes; the length decides where one ends, never a terminating NUL.
/// Source: unix(7), "Address format".
template <>
class endpoint<unix_domain> {
public:
    using family = unix_domain;

    /// Bytes of the longest path, without the terminating NUL.
    static constexpr std::size_t max_path = detail::os::max_local_path;
    /// Bytes of the longest abstract name, without the leading NUL.
    static constexpr std::size_t max_abstract_name = detail::os::max_local_path;
    /// Characters of the longest text: `@` and every byte escaped.
    static constexpr std::size_t max_text = 1 + 4 * (max_path + 1);

    /// Offset of the name in the native address.
    static constexpr std::size_t header_size = offsetof(detail::os::sockaddr_local, path);

    constexpr endpoint() noexcept : native_(detail::os::make_address()) {}
    explicit endpoint(detail::for_overwrite) noexcept {}

    /// The address of the file at `path`, which bind() creates.
    /// Errors: text_errc::empty, path_too_long (more than max_path bytes; a path is never truncated), embedded_nul.
    [[nodiscard]] static constexpr expected<endpoint, text_error> at_path(std::string_view path) noexcept {
        if (path.empty()) return unexpected<text_error>(text_error{.reason = text_errc::empty});
        if (path.size() > max_path) return too_long();
        if (const auto nul = path.find('\0'); nul != std::string_view::npos)
            return unexpected<text_error>(
                text_error{.reason = text_errc::embedded_nul, .position = static_cast<std::uint16_t>(nul)});
        endpoint e;
        e.put(path, 0);
        e.resize(header_size + path.size() + 1);
        return e;
    }

#if KEYWAY_HAS_ABSTRACT_NAMES
    /// A name in the abstract namespace, which is independent of the file system; the name disappears with its last socket.
    /// Every byte is significant, including NUL. Distinct from a path that begins with '@'.
    /// Errors: text_errc::path_too_long (more than max_abstract_name bytes). Platforms: Linux.
    [[nodiscard]] static constexpr expected<endpoint, text_error> abstract(std::string_view name) noexcept {
        if (name.size() > max_abstract_name) return too_long();
        endpoint e;
        e.put(name, 1);
        e.resize(header_size + 1 + name.size());
        return e;
    }

    /// For bind(): the kernel chooses a free abstract name, which local_endpoint() returns. The same bytes as unnamed().
    /// Platforms: Linux. Source: unix(7), "Autobind feature".
    [[nodiscard]] static constexpr endpoint autobind() noexcept { return {}; }
#else
    // clang-format off
    static detail::refused abstract(std::string_view) KEYWAY_DELETE("only Linux has abstract names: use at_path()");
    static detail::refused autobind() KEYWAY_DELETE("only Linux chooses abstract names: use at_path()");
    // clang-format on
#endif

    /// The address of an unbound socket.
    [[nodiscard]] static constexpr endpoint unnamed() noexcept { return {}; }

    [[nodiscard]] constexpr bool is_unnamed() const noexcept {
        return size_ <= header_size || (!KEYWAY_HAS_ABSTRACT_NAMES && native_.path[0] == '\0');
    }
    [[nodiscard]] constexpr bool is_abstract() const noexcept { return !is_unnamed() && native_.path[0] == '\0'; }
    [[nodiscard]] constexpr bool is_path() const noexcept { return !is_unnamed() && !is_abstract(); }

    /// The path without a terminator; empty if this is not a path. A path bound by another program may fill the whole
    /// address, without a terminating NUL.
    [[nodiscard]] constexpr std::string_view path() const noexcept {
        if (!is_path()) return {};
        std::size_t length = 0;
        while (length < size_ - header_size && native_.path[length] != '\0') ++length;
        return name_bytes().substr(0, length);
    }
    /// The abstract name without the leading NUL; empty if this is not an abstract name.
    [[nodiscard]] constexpr std::string_view abstract_name() const noexcept {
        return is_abstract() ? name_bytes().substr(1) : std::string_view{};
    }

    /// Writes the text, without a terminator, into the caller's buffer. Returns: the part written.
    template <class Self = endpoint>
    constexpr std::string_view print(std::span<char, Self::max_text> buffer) const noexcept {
        return text().copy_to(buffer);
    }

    /// A readable text: the path, `@name` for an abstract name, or `(unnamed)`. Unprintable bytes, backslashes and a leading
    /// '@' of a path are written as `\xNN`.
    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        fixed_text<max_text> text;
        if (is_unnamed()) return text.append("(unnamed)");
        if (is_abstract()) text.append('@');
        for (const char c : is_abstract() ? abstract_name() : path()) {
            const bool is_ambiguous = c == '\\' || (c == '@' && text.size() == 0);
            if (c >= ' ' && c <= '~' && !is_ambiguous) {
                text.append(c);
            } else {
                const auto byte = static_cast<unsigned char>(c);
                text.append("\\x").append("0123456789abcdef"[byte >> 4]).append("0123456789abcdef"[byte & 0xfU]);
            }
        }
        return text;
    }

    /// The endpoint of a native address of which `size` bytes are in use.
    [[nodiscard]] static constexpr endpoint from_native(const detail::os::sockaddr_local& native,
                                                        std::size_t size) noexcept {
        endpoint e;
        e.native_ = native;
        e.resize(size);
        return e;
    }
    [[nodiscard]] constexpr const detail::os::sockaddr_local& native() const noexcept { return native_; }

    [[nodiscard]] void* data() noexcept { return &native_; }
    [[nodiscard]] const void* data() const noexcept { return &native_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] static constexpr std::size_t capacity() noexcept { return sizeof(native_); }
    /// Called after the kernel reported `size` bytes: 0 for an unnamed sender, and one more than the capacity for a path
    /// without terminator.
    constexpr void resize(std::size_t size) noexcept {
        if (size < header_size) size = header_size;
        if (size > capacity()) size = capacity();
        size_ = static_cast<std::uint32_t>(size);
        detail::os::set_length(native_, size);
    }

    friend constexpr bool operator==(const endpoint& a, const endpoint& b) noexcept { return std::is_eq(a <=> b); }
    /// Unnamed endpoints first, then abstract names, then paths; names by their bytes.
    friend constexpr std::strong_ordering operator<=>(const endpoint& a, const endpoint& b) noexcept {
        return a.marked_name() <=> b.marked_name();
    }
    friend constexpr std::uint64_t hash_value(const endpoint& e) noexcept {
        const std::string_view name = e.marked_name();
        return detail::hash_bytes(name.data(), name.size());
    }

private:
    static constexpr unexpected<text_error> too_long() noexcept {
        return unexpected<text_error>(
            text_error{.reason = text_errc::path_too_long, .position = static_cast<std::uint16_t>(max_path)});
    }

    constexpr void put(std::string_view name, std::size_t at) noexcept {
        for (std::size_t i = 0; i < name.size(); ++i) native_.path[at + i] = name[i];
    }

    constexpr std::string_view name_bytes() const noexcept { return {native_.path.data(), size_ - header_size}; }

    /// The bytes that are compared: an abstract name with its leading NUL, a path without its terminating NUL.
    constexpr std::string_view marked_name() const noexcept { return is_path() ? path() : name_bytes(); }

    detail::os::sockaddr_local native_;
    std::uint32_t size_ = header_size;
};

inline namespace literals {

/// `"/run/service.sock"_unix_path`; an invalid path is a compile error.
template <detail::literal_text Text>
consteval auto operator""_unix_path() {
    return detail::parse_literal<Text, &endpoint<unix_domain>::at_path>();
}

}  // namespace literals
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
