// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ERROR_HPP
#define KEYWAY_ERROR_HPP

// What every failure of the library is: which call failed, the native code it left, and what that means.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/errc.hpp>  // IWYU pragma: export
#include <keyway/expected.hpp>
#include <keyway/text.hpp>

namespace keyway::inline KEYWAY_MODE {

/// 8 bytes, trivially copyable: a code, whose it is, and the call that failed.
class error {
public:
    static constexpr std::size_t max_message = 127;

    constexpr error() noexcept = default;
    /// An error of the operating system, with its native code.
    constexpr error(int native_code, operation op, error_domain domain = error_domain::system) noexcept
        : bits_(static_cast<std::uint32_t>(native_code) | static_cast<std::uint64_t>(domain) << domain_shift |
                static_cast<std::uint64_t>(op) << operation_shift) {}
    /// An error that keyway itself finds.
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

    /// What the code means, the same on every platform. A resolver's code has no errc.
    [[nodiscard]] constexpr errc condition() const noexcept {
        switch (domain()) {
        case error_domain::system: return static_cast<errc>(detail::canonical(detail::os::condition(code())));
        case error_domain::keyway: return static_cast<errc>(code());
        case error_domain::resolver: break;
        }
        return errc{};
    }

    /// Non-blocking mode and nothing to do now: try again when the socket is ready. Also a full AF_UNIX backlog.
    [[nodiscard]] constexpr bool would_block() const noexcept { return *this == errc::would_block; }
    [[nodiscard]] constexpr bool timed_out() const noexcept { return *this == errc::timed_out; }
    [[nodiscard]] constexpr bool end_of_stream() const noexcept { return *this == errc::end_of_stream; }

    /// The same call may succeed at once or soon, with nothing changed by the program.
    [[nodiscard]] constexpr bool is_transient() const noexcept {
        if (*this == resolver_errc::try_again) return true;
        switch (condition()) {
        case errc::would_block:
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

    /// The process or the system is out of descriptors, buffers or memory: back off and free some.
    [[nodiscard]] constexpr bool is_resource_exhausted() const noexcept {
        switch (condition()) {
        case errc::too_many_files:
        case errc::too_many_files_in_system:
        case errc::no_buffer_space:
        case errc::not_enough_memory:
        case errc::too_many_lookups: return true;
        default: return false;
        }
    }

    /// There was a connection and it is no more.
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

    /// For instance `bind: Address already in use`, in the words of the system and its language.
    [[nodiscard]] fixed_text<max_message> message() const noexcept {
        fixed_text<max_message> text;
        if (operation() != keyway::operation::none) text.append(name_of(operation())).append(": ");
        return text.append(reason());
    }

    /// The same without the call: `Address already in use`.
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
            case errc::wrong_family: return text.append("the endpoint is of another address family");
            case errc::malformed_value: return text.append("the kernel gave a value of another size");
            case errc::already_added: return text.append("the handle is in the poll set already");
            case errc::not_added: return text.append("the handle is not in the poll set");
            case errc::too_many_lookups: return text.append("too many look-ups are under way");
            default: break;
            }
        }
        const int native = domain() == error_domain::system ? code() : detail::os::code_of(code());
        char buffer[max_message + 1] = {};
        const char* const known = detail::os::describe(native, buffer, sizeof(buffer));
        return known != nullptr ? text.append(known) : append_number(text.append("unknown error "));
    }

    friend constexpr bool operator==(const error&, const error&) noexcept = default;
    friend constexpr bool operator==(const error& e, errc condition) noexcept {
        return e.domain() != error_domain::resolver && e.condition() == condition;
    }
    friend constexpr bool operator==(const error& e, resolver_errc condition) noexcept {
        return e.domain() == error_domain::resolver && e.code() == static_cast<int>(condition);
    }

private:
    [[nodiscard]] fixed_text<max_message> append_number(fixed_text<max_message> text) const noexcept {
        const std::int64_t number = code();
        if (number < 0) text.append('-');
        return text.append_number(static_cast<std::uint64_t>(number < 0 ? -number : number));
    }

    static constexpr int domain_shift = 32;
    static constexpr int operation_shift = 40;

    // One number rather than three members: a result<std::size_t> is then a union of two numbers, which compilers keep
    // in a register; g++ 12 puts the other in memory and tests a flag that it knows.
    std::uint64_t bits_ = 0;
};

/// The failure of an operation on many bytes: why, and how many bytes had gone through before.
struct transfer_error : error {
    std::size_t transferred = 0;

    constexpr transfer_error() noexcept = default;
    constexpr transfer_error(const error& cause, std::size_t bytes) noexcept : error(cause), transferred(bytes) {}
    friend constexpr bool operator==(const transfer_error&, const transfer_error&) noexcept = default;
};

/// A T, or the error that stood in its way.
template <class T>
using result = expected<T, error>;

/// A T, or the error and the bytes transferred before it.
template <class T>
using transfer_result = expected<T, transfer_error>;

namespace detail {

/// What the system call that just failed left behind. To be called before anything else that could touch it.
inline unexpected<error> last_error(operation op) noexcept { return unexpected<error>(error(os::last_error(), op)); }

inline unexpected<error> failure(errc condition, operation op) noexcept {
    return unexpected<error>(error(condition, op));
}

/// A status that is negative on failure, as the result of an operation that yields nothing.
inline result<void> checked(int status, operation op) noexcept {
    if (status < 0) return last_error(op);
    return {};
}

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
