// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ERROR_HPP
#define KEYWAY_ERROR_HPP

// The error of a failed call: the call, its native code, and the portable condition; and the results that carry it.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <keyway/detail/config.hpp>
#include <keyway/detail/hash.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/errc.hpp>  // IWYU pragma: export
#include <keyway/expected.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The error of a failed call: a code, the domain of the code, and the call. 8 bytes, trivially copyable.
class error {
public:
    static constexpr std::size_t max_message = 127;

    constexpr error() noexcept = default;
    /// An error of the operating system, with its native code.
    constexpr error(int native_code, operation op, error_domain domain = error_domain::system) noexcept
        : bits_(static_cast<std::uint32_t>(native_code) | static_cast<std::uint64_t>(domain) << domain_shift |
                static_cast<std::uint64_t>(op) << operation_shift) {}
    /// An error that keyway itself reports.
    constexpr error(errc condition, operation op) noexcept
        : error(static_cast<int>(condition), op, error_domain::keyway) {}
    /// An error of the resolver.
    constexpr error(resolver_errc condition, operation op) noexcept
        : error(static_cast<int>(condition), op, error_domain::resolver) {}

    [[nodiscard]] constexpr int code() const noexcept { return static_cast<int>(static_cast<std::uint32_t>(bits_)); }
    [[nodiscard]] constexpr error_domain domain() const noexcept {
        return static_cast<error_domain>(static_cast<std::uint8_t>(bits_ >> domain_shift));
    }
    [[nodiscard]] constexpr keyway::operation operation() const noexcept {
        return static_cast<keyway::operation>(static_cast<std::uint8_t>(bits_ >> operation_shift));
    }

    /// The condition that the code stands for, the same on every platform; errc{} for a code of the resolver.
    [[nodiscard]] constexpr errc condition() const noexcept {
        switch (domain()) {
        case error_domain::system: return static_cast<errc>(detail::canonical(detail::os::condition(code())));
        case error_domain::keyway: return static_cast<errc>(code());
        case error_domain::resolver: break;
        }
        return errc{};
    }

    /// A non-blocking call could do nothing now: try again when the socket is ready. Also: the backlog of an AF_UNIX
    /// listener is full.
    [[nodiscard]] constexpr bool would_block() const noexcept { return *this == errc::operation_would_block; }
    /// The caller's own limit was reached, or the network timed out (ETIMEDOUT).
    [[nodiscard]] constexpr bool timed_out() const noexcept { return limit_reached() || *this == errc::timed_out; }
    /// The caller's own limit was reached. The network may be working.
    [[nodiscard]] constexpr bool limit_reached() const noexcept { return *this == errc::limit_reached; }
    /// The peer ended the stream before all bytes arrived.
    [[nodiscard]] constexpr bool end_of_stream() const noexcept { return *this == errc::end_of_stream; }

    /// The same call may succeed if it is repeated at once or soon.
    [[nodiscard]] constexpr bool is_transient() const noexcept {
        if (*this == resolver_errc::try_again) return true;
        switch (condition()) {
        case errc::operation_would_block:
        case errc::interrupted:
        case errc::connection_aborted:
        case errc::protocol_error:
        case errc::no_buffer_space:
        case errc::network_down:
        case errc::network_unreachable:
        case errc::host_unreachable: return true;
        default: return false;
        }
    }

    /// The process or the system is out of descriptors, buffers, threads or memory: wait, or free some.
    [[nodiscard]] constexpr bool is_resource_exhausted() const noexcept {
        switch (condition()) {
        case errc::too_many_files_open:
        case errc::too_many_files_open_in_system:
        case errc::no_buffer_space:
        case errc::not_enough_memory:
        case errc::too_many_lookups: return true;
        default: return false;
        }
    }

    /// The connection existed and is gone.
    [[nodiscard]] constexpr bool connection_lost() const noexcept {
        switch (condition()) {
        case errc::connection_reset:
        case errc::connection_aborted:
        case errc::broken_pipe:
        case errc::network_reset:
        case errc::not_connected:
        case errc::end_of_stream: return true;
        default: return false;
        }
    }

    /// For example `bind: Address already in use`; the reason is the system's own text, in its language.
    [[nodiscard]] fixed_text<max_message> message() const noexcept {
        fixed_text<max_message> text;
        if (operation() != keyway::operation::none) text.append(name_of(operation())).append(": ");
        return text.append(reason());
    }

    /// The reason alone: `Address already in use`.
    [[nodiscard]] fixed_text<max_message> reason() const noexcept {
        fixed_text<max_message> text;
        if (domain() == error_domain::resolver) {
            const std::string_view known = describe(static_cast<resolver_errc>(code()));
            return known.empty() ? append_number(text.append("resolver error ")) : text.append(known);
        }
        if (domain() == error_domain::keyway) {
            switch (condition()) {
            case errc::end_of_stream: return text.append("the peer closed the stream before the end of the data");
            case errc::wrong_kind: return text.append("not a socket of this family, type, protocol and state");
            case errc::wrong_family: return text.append("the endpoint has another address family");
            case errc::malformed_value: return text.append("the kernel returned a value of another size");
            case errc::already_added: return text.append("the handle is in the poll set already");
            case errc::not_added: return text.append("the handle is not in the poll set");
            case errc::too_many_lookups: return text.append("too many look-ups are in progress");
            case errc::limit_reached: return text.append("the limit was reached");
            default: break;
            }
        }
        const int native = domain() == error_domain::system ? code() : detail::os::code_of(code());
        char buffer[max_message + 1] = {};
        const char* const known = detail::os::describe(native, buffer, sizeof(buffer));
        return known != nullptr ? text.append(known) : append_number(text.append("unknown error "));
    }

    friend constexpr bool operator==(const error&, const error&) noexcept = default;
    friend constexpr std::uint64_t hash_value(const error& e) noexcept { return detail::hash_number(e.bits_); }
    friend constexpr bool operator==(const error& e, errc condition) noexcept {
        return e.domain() != error_domain::resolver && e.condition() == condition;
    }
    friend constexpr bool operator==(const error& e, resolver_errc condition) noexcept {
        return e.domain() == error_domain::resolver && e.code() == static_cast<int>(condition);
    }
    // clang-format off
    template <class Code> requires(std::is_arithmetic_v<Code> || std::is_enum_v<Code>) friend bool operator==(const error&, Code) KEYWAY_DELETE("compare with a kw::errc: error == kw::errc::address_in_use; <keyway/bridge/system_error.hpp> compares with std::errc, code() is the number");
    // clang-format on

private:
    [[nodiscard]] fixed_text<max_message> append_number(fixed_text<max_message> text) const noexcept {
        const std::int64_t number = code();
        if (number < 0) text.append('-');
        return text.append_number(static_cast<std::uint64_t>(number < 0 ? -number : number));
    }

    static constexpr int domain_shift = 32;
    static constexpr int operation_shift = 40;

    // One integer rather than three members: result<std::size_t> is then a union of two integers, which compilers keep in
    // a register. With three members g++ 12 stores it to memory and tests a flag whose value it knows.
    std::uint64_t bits_ = 0;
};

/// The error of an operation on many bytes, and the number of bytes transferred before it.
struct transfer_error : error {
    std::size_t transferred = 0;

    constexpr transfer_error() noexcept = default;
    constexpr transfer_error(const error& cause, std::size_t bytes = 0) noexcept : error(cause), transferred(bytes) {}
    friend constexpr bool operator==(const transfer_error&, const transfer_error&) noexcept = default;
};

/// A T, or an error.
template <class T>
using result = expected<T, error>;

/// A T, or an error and the number of bytes transferred before it.
template <class T>
using transfer_result = expected<T, transfer_error>;

namespace detail {

struct make_failure {
    template <class T, class E>
    [[nodiscard]] constexpr auto operator()(const expected<T, E>& result) const noexcept {
        if constexpr (std::copy_constructible<E>) return unexpected<E>(result.error());
        else return unexpected<error>(result.error());
    }
    template <class T, class E>
    [[nodiscard]] constexpr unexpected<E> operator()(expected<T, E>&& result) const noexcept {
        return unexpected<E>(std::move(result).error());
    }
    template <std::derived_from<error> E>
    [[nodiscard]] constexpr unexpected<E> operator()(const E& why) const noexcept {
        return unexpected<E>(why);
    }
};

}  // namespace detail

/// `failure(r)`: passes the error of a failed result on, from a function whose result has another type. Also accepts an
/// error.
///
///     auto listener = kw::tcp::listen(at);
///     if (!listener) return kw::failure(listener);
///
/// Requires: the result holds an error, and the other result's error type is constructible from this one's. An error type
/// that cannot be copied is passed on as its base class, error.
inline constexpr detail::make_failure failure;

// Habits of C: a result that is compared with -1 or 0. For sizes std::expected has a comparison, and these are preferred to
// it only where the type is written out.
// clang-format off
template <std::signed_integral Number> detail::refused operator==(const result<std::size_t>&, const Number&) KEYWAY_DELETE("a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned");
template <std::signed_integral Number> detail::refused operator==(const transfer_result<std::size_t>&, const Number&) KEYWAY_DELETE("a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned");
template <std::integral Number> detail::refused operator==(const result<std::span<std::byte>>&, const Number&) KEYWAY_DELETE("a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned");
template <std::integral Number> detail::refused operator==(const transfer_result<std::span<std::byte>>&, const Number&) KEYWAY_DELETE("a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned");
template <std::integral Number> detail::refused operator==(const result<void>&, const Number&) KEYWAY_DELETE("a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned");
template <std::integral Number> detail::refused operator==(const transfer_result<void>&, const Number&) KEYWAY_DELETE("a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned");
template <class T, std::derived_from<error> E, std::integral Number> detail::refused operator<=>(const expected<T, E>&, const Number&) KEYWAY_DELETE("a result is no number: (!result) says that the call failed, result.error() why, and *result is what it returned");
// clang-format on

namespace detail {

/// The error of the system call just made. Call it first, before anything that may change errno.
inline unexpected<error> last_error(operation op) noexcept {
    const int code = os::last_error();
    static_assert(os::limit_reached == static_cast<int>(errc::limit_reached));
    return unexpected<error>(error(code, op, code == os::limit_reached ? error_domain::keyway : error_domain::system));
}

inline unexpected<error> failure(errc condition, operation op) noexcept {
    return unexpected<error>(error(condition, op));
}

/// Converts a status that is negative on failure to a result without a value.
inline result<void> checked(int status, operation op) noexcept {
    if (status < 0) return last_error(op);
    return {};
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

template <>  // NOLINTNEXTLINE(misc-include-cleaner): <string_view> declares it
struct std::hash<keyway::error> : keyway::detail::standard_hash<keyway::error> {};

#endif
