// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ENDPOINT_UNIX_HPP
#define KEYWAY_ENDPOINT_UNIX_HPP

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <keyway/concepts.hpp>
#include <keyway/detail/bound_path.hpp>  // IWYU pragma: keep: unix_domain names it
#include <keyway/detail/config.hpp>
#include <keyway/detail/for_overwrite.hpp>
#include <keyway/detail/hash.hpp>
#include <keyway/detail/literal.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/expected.hpp>
#include <keyway/family.hpp>
#include <keyway/text.hpp>

namespace keyway::inline KEYWAY_MODE {

/// An AF_UNIX address, a sockaddr_un and the length in use: the path of a file, an abstract name, or no name. The
/// default has no name. Names are bytes and are told apart by their length, never by a terminating NUL.
/// Source: unix(7), "Address format".
template <>
class endpoint<unix_domain> {
public:
    using family = unix_domain;

    /// Bytes of the longest path; its terminating NUL takes one more.
    static constexpr std::size_t max_path = detail::os::max_local_path;
    /// Bytes of the longest abstract name, the NUL that marks it not counted.
    static constexpr std::size_t max_abstract_name = detail::os::max_local_path;
    /// Characters of the longest text: `@` and every byte escaped.
    static constexpr std::size_t max_text = 1 + 4 * (max_path + 1);

    /// Where an address begins that has a name: behind the family.
    static constexpr std::size_t header_size = offsetof(detail::os::sockaddr_local, path);

    constexpr endpoint() noexcept : native_(detail::os::make_address()) {}
    explicit endpoint(detail::for_overwrite) noexcept {}

    /// The file at `path`, which bind() creates.
    /// Errors: text_errc::empty, path_too_long (over max_path bytes; nothing is ever cut), embedded_nul.
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
    /// A name in the abstract namespace of Linux, which is in no file system and vanishes with its last socket. Every
    /// byte counts, NUL too. Not the same as a path that begins with '@'.
    /// Errors: text_errc::path_too_long (over max_abstract_name bytes).
    [[nodiscard]] static constexpr expected<endpoint, text_error> abstract(std::string_view name) noexcept {
        if (name.size() > max_abstract_name) return too_long();
        endpoint e;
        e.put(name, 1);
        e.resize(header_size + 1 + name.size());
        return e;
    }

    /// For bind(): the system chooses a free abstract name. The same bytes as unnamed(); local_endpoint() tells the
    /// name afterwards.
    /// Source: unix(7), "Autobind feature".
    [[nodiscard]] static constexpr endpoint autobind() noexcept { return {}; }
#else
    // clang-format off
    static void abstract(std::string_view) = KEYWAY_DELETE("only Linux has abstract names: use at_path()");
    static void autobind() = KEYWAY_DELETE("only Linux has abstract names that it chooses itself: use at_path()");
    // clang-format on
#endif

    /// The address of a socket that nobody bound.
    [[nodiscard]] static constexpr endpoint unnamed() noexcept { return {}; }

    [[nodiscard]] constexpr bool is_unnamed() const noexcept {
        return size_ <= header_size || (!KEYWAY_HAS_ABSTRACT_NAMES && native_.path[0] == '\0');
    }
    [[nodiscard]] constexpr bool is_abstract() const noexcept { return !is_unnamed() && native_.path[0] == '\0'; }
    [[nodiscard]] constexpr bool is_path() const noexcept { return !is_unnamed() && !is_abstract(); }

    /// The path without a terminator, or nothing where this is not a path. A path that another program bound may fill
    /// all of the address, with no NUL behind it.
    [[nodiscard]] constexpr std::string_view path() const noexcept {
        if (!is_path()) return {};
        std::size_t length = 0;
        while (length < size_ - header_size && native_.path[length] != '\0') ++length;
        return name_bytes().substr(0, length);
    }
    /// The abstract name without the NUL that marks it, or nothing where this is not one.
    [[nodiscard]] constexpr std::string_view abstract_name() const noexcept {
        return is_abstract() ? name_bytes().substr(1) : std::string_view{};
    }

    /// Writes the text, without a terminator, into the caller's buffer and returns the part written.
    constexpr std::string_view print(std::span<char, max_text> buffer) const noexcept { return text().copy_to(buffer); }

    /// For people: the path, `@name` for an abstract name, `(unnamed)`. Bytes that do not print, backslashes and the '@'
    /// that a path begins with become `\xNN`.
    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        fixed_text<max_text> text;
        if (is_unnamed()) return text.append("(unnamed)");
        if (is_abstract()) text.append('@');
        for (const char c : is_abstract() ? abstract_name() : path()) {
            const bool misleads = c == '\\' || (c == '@' && text.size() == 0);
            if (c >= ' ' && c <= '~' && !misleads) {
                text.append(c);
            } else {
                const auto byte = static_cast<unsigned char>(c);
                text.append("\\x").append("0123456789abcdef"[byte >> 4]).append("0123456789abcdef"[byte & 0xfU]);
            }
        }
        return text;
    }

    /// The endpoint whose native address this is, `size` bytes of it in use.
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
    /// Called after the kernel reported `size` bytes: 0 for an unnamed sender, and one more than there is room for
    /// where a path has no terminator.
    constexpr void resize(std::size_t size) noexcept {
        if (size < header_size) size = header_size;
        if (size > capacity()) size = capacity();
        size_ = static_cast<std::uint32_t>(size);
        detail::os::set_length(native_, size);
    }

    friend constexpr bool operator==(const endpoint& a, const endpoint& b) noexcept { return (a <=> b) == 0; }
    /// Unnamed first, then abstract names, then paths, each by its bytes.
    friend constexpr std::strong_ordering operator<=>(const endpoint& a, const endpoint& b) noexcept {
        return a.marked_name() <=> b.marked_name();
    }
    friend constexpr std::uint64_t hash_value(const endpoint& e) noexcept {
        const std::string_view name = e.marked_name();
        return detail::hash_bytes(std::span<const char>(name.data(), name.size()));
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

    /// The bytes that make the identity: an abstract name keeps the NUL in front, a path loses the one behind.
    constexpr std::string_view marked_name() const noexcept { return is_path() ? path() : name_bytes(); }

    detail::os::sockaddr_local native_;
    std::uint32_t size_ = header_size;
};

static_assert(endpoint_type<endpoint<unix_domain>>);

inline namespace literals {

/// `"/run/service.sock"_unix_path`; one that is too long is a compile error.
template <detail::literal_text Text>
consteval auto operator""_unix_path() {
    return detail::parse_literal<Text, &endpoint<unix_domain>::at_path>();
}

}  // namespace literals
}  // namespace keyway::inline KEYWAY_MODE

#endif
