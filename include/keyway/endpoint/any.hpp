// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ENDPOINT_ANY_HPP
#define KEYWAY_ENDPOINT_ANY_HPP

#include <array>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/hash.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/endpoint/ip.hpp>
#include <keyway/endpoint/unix.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/family.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// The endpoint is made from its native address by value, which works at compile time.
template <class E>
concept has_native_value = requires(const E& e) { E::from_native(e.native(), e.size()); };

constexpr void copy_bytes(const std::byte* from, std::byte* to, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
}

/// The endpoint whose native address consists of these bytes.
template <class E>
constexpr E endpoint_from_bytes(const std::byte* bytes, std::size_t size) noexcept {
    if constexpr (has_native_value<E>) {
        using native_type = std::remove_cvref_t<decltype(E{}.native())>;
        std::array<std::byte, sizeof(native_type)> native{};
        copy_bytes(bytes, native.data(), size);
        return E::from_native(std::bit_cast<native_type>(native), size);
    } else {
        E e;
        void* const native = e.data();
        copy_bytes(bytes, static_cast<std::byte*>(native), size);
        e.resize(size);
        return e;
    }
}

}  // namespace detail

/// A socket address of any family; which one is known at run time. A sockaddr_storage and the length in use. Use it in
/// tables and logs; to bind or connect, convert it with as<Family>(). The default is AF_UNSPEC.
class any_endpoint {
public:
    static constexpr std::size_t max_text = endpoint<unix_domain>::max_text;

    constexpr any_endpoint() noexcept = default;

    template <class E>
        requires(!std::same_as<E, any_endpoint>) && endpoint_type<E> &&
                (E::capacity() <= sizeof(detail::os::sockaddr_any))
    constexpr any_endpoint(const E& e) noexcept : size_(static_cast<std::uint32_t>(e.size())) {
        if constexpr (detail::has_native_value<E>) {
            const auto bytes = std::bit_cast<std::array<std::byte, sizeof(e.native())>>(e.native());
            detail::copy_bytes(bytes.data(), storage_.bytes.data(), size_);
        } else {
            const void* const address = e.data();
            detail::copy_bytes(static_cast<const std::byte*>(address), storage_.bytes.data(), size_);
        }
    }

    constexpr any_endpoint(const endpoint<ip>& e) noexcept
        : any_endpoint(e.is_v4() ? any_endpoint(*e.as_v4()) : any_endpoint(*e.as_v6())) {}

    /// AF_INET, AF_INET6, AF_UNIX, ... or AF_UNSPEC.
    [[nodiscard]] constexpr int domain() const noexcept {
        using family_type = detail::os::sockaddr_any::family_type;
        if (size_ < detail::os::sockaddr_any::family_offset + sizeof(family_type)) return detail::os::no_family;
        std::array<std::byte, sizeof(family_type)> bytes{};
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = storage_.bytes[detail::os::sockaddr_any::family_offset + i];
        return std::bit_cast<family_type>(bytes);
    }

    /// The endpoint as one of a family: `as<ipv6>()`, or `as<ip>()` for IPv4 or IPv6.
    /// Errors: wrong_family (the endpoint has another family or length).
    template <address_family Family>
    [[nodiscard]] constexpr result<typename Family::endpoint> as() const noexcept {
        if constexpr (!fixed_domain<Family>) {
            if (domain() == ipv4::domain) return as<ipv4>();
            return as<ipv6>();
        } else {
            using target = typename Family::endpoint;
            // A family whose default endpoint has the full capacity has endpoints of one length only.
            const bool length_fits =
                target{}.size() == target::capacity() ? size_ == target::capacity() : size_ <= target::capacity();
            if (domain() != Family::domain || !length_fits) return wrong_family();
            return detail::endpoint_from_bytes<target>(storage_.bytes.data(), size_);
        }
    }

    /// Writes the text, without a terminator, into the caller's buffer. Returns: the part written.
    template <class Self = any_endpoint>
    constexpr std::string_view print(std::span<char, Self::max_text> buffer) const noexcept {
        return text().copy_to(buffer);
    }

    /// The text of the family's endpoint, or `(address family N)` if the library does not know the family.
    [[nodiscard]] constexpr fixed_text<max_text> text() const noexcept {
        fixed_text<max_text> text;
        if (const auto internet = as<ip>()) return text.append(internet->text());
        if (const auto local = as<unix_domain>()) return text.append(local->text());
        return text.append("(address family ").append_number(static_cast<unsigned>(domain())).append(')');
    }

    [[nodiscard]] void* data() noexcept { return &storage_; }
    [[nodiscard]] const void* data() const noexcept { return &storage_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] static constexpr std::size_t capacity() noexcept { return sizeof(storage_); }
    constexpr void resize(std::size_t size) noexcept {
        size_ = static_cast<std::uint32_t>(size < capacity() ? size : capacity());
    }

    friend constexpr bool operator==(const any_endpoint& a, const any_endpoint& b) noexcept {
        return std::is_eq(a <=> b);
    }
    /// By length, then by the bytes of the native address.
    friend constexpr std::strong_ordering operator<=>(const any_endpoint& a, const any_endpoint& b) noexcept {
        if (a.size_ != b.size_) return a.size_ <=> b.size_;
        for (std::size_t i = 0; i < a.size_; ++i)
            if (a.storage_.bytes[i] != b.storage_.bytes[i]) return a.storage_.bytes[i] <=> b.storage_.bytes[i];
        return std::strong_ordering::equal;
    }
    friend constexpr std::uint64_t hash_value(const any_endpoint& e) noexcept {
        return detail::hash_bytes(e.storage_.bytes.data(), e.size_);
    }

private:
    static constexpr unexpected<error> wrong_family() noexcept {
        return unexpected<error>(error(errc::wrong_family, operation::convert));
    }

    detail::os::sockaddr_any storage_{};
    std::uint32_t size_ = 0;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

template <>  // NOLINTNEXTLINE(misc-include-cleaner): <string_view> declares it
struct std::hash<keyway::any_endpoint> : keyway::detail::standard_hash<keyway::any_endpoint> {};

#endif
