// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ERROR_HPP
#define KEYWAY_ERROR_HPP

// What every failure of the library is: which call failed, the native code it left, and what that means.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/expected.hpp>
#include <keyway/text.hpp>

namespace keyway::inline KEYWAY_MODE {

/// Whose code an error carries: the operating system's, the resolver's (EAI_*), or one of keyway's own errc values.
enum class error_domain : std::uint8_t { system, resolver, keyway };

/// The call that failed.
enum class operation : std::uint8_t {
    none,
    open,
    pair,
    adopt,
    duplicate,
    bind,
    listen,
    accept,
    connect,
    disconnect,
    send,
    send_to,
    recv,
    recv_from,
    shutdown,
    close,
    local_endpoint,
    peer_endpoint,
    get_option,
    set_option,
    convert,
    cancel,
    poll,
    poll_add,
    poll_modify,
    poll_remove,
    poll_wake,
    signal_wait,
    pipe,
    read,
    write,
    seek,
    size,
    sync,
};

/// Portable conditions to compare an error with. Positive values are the <cerrno> constants, on every platform;
/// negative ones are keyway's own.
enum class errc : int {
    access_denied = EACCES,
    address_family_not_supported = EAFNOSUPPORT,
    address_in_use = EADDRINUSE,
    address_not_available = EADDRNOTAVAIL,
    already_connected = EISCONN,
    argument_out_of_domain = EDOM,
    bad_descriptor = EBADF,
    broken_pipe = EPIPE,
    connection_aborted = ECONNABORTED,
    connection_already_in_progress = EALREADY,
    connection_refused = ECONNREFUSED,
    connection_reset = ECONNRESET,
    destination_address_required = EDESTADDRREQ,
    file_exists = EEXIST,
    file_too_large = EFBIG,
    filename_too_long = ENAMETOOLONG,
    host_unreachable = EHOSTUNREACH,
    in_progress = EINPROGRESS,
    interrupted = EINTR,
    invalid_argument = EINVAL,
    invalid_seek = ESPIPE,
    io_error = EIO,
    is_a_directory = EISDIR,
    message_too_long = EMSGSIZE,
    network_down = ENETDOWN,
    network_reset = ENETRESET,
    network_unreachable = ENETUNREACH,
    no_buffer_space = ENOBUFS,
    no_space_on_device = ENOSPC,
    no_such_file = ENOENT,
    no_such_option = ENOPROTOOPT,
    not_a_socket = ENOTSOCK,
    not_connected = ENOTCONN,
    not_enough_memory = ENOMEM,
    not_permitted = EPERM,
    not_supported = EOPNOTSUPP,
    operation_canceled = ECANCELED,
    protocol_error = EPROTO,
    protocol_not_supported = EPROTONOSUPPORT,
    resource_busy = EBUSY,
    timed_out = ETIMEDOUT,
    too_many_files = EMFILE,
    too_many_files_in_system = ENFILE,
    would_block = EAGAIN,
    wrong_protocol_type = EPROTOTYPE,

    end_of_stream = -1,    ///< the peer closed its side before all the bytes came
    wrong_kind = -2,       ///< adopt(): the descriptor is of another family, type, protocol or state
    wrong_family = -3,     ///< the endpoint is of another family
    malformed_value = -4,  ///< the kernel gave a value of another size than asked for
    already_added = -5,    ///< the handle is in the poll set
    not_added = -6,        ///< the handle is not in the poll set
};

namespace detail {

/// One <cerrno> constant where two mean the same.
constexpr int canonical(int condition) noexcept {
    if (condition == EWOULDBLOCK) return EAGAIN;
    if (condition == ENOTSUP) return EOPNOTSUPP;
    return condition;
}

}  // namespace detail

[[nodiscard]] constexpr std::string_view name_of(operation op) noexcept {
    switch (op) {
    case operation::none: return "none";
    case operation::open: return "open";
    case operation::pair: return "pair";
    case operation::adopt: return "adopt";
    case operation::duplicate: return "duplicate";
    case operation::bind: return "bind";
    case operation::listen: return "listen";
    case operation::accept: return "accept";
    case operation::connect: return "connect";
    case operation::disconnect: return "disconnect";
    case operation::send: return "send";
    case operation::send_to: return "send_to";
    case operation::recv: return "recv";
    case operation::recv_from: return "recv_from";
    case operation::shutdown: return "shutdown";
    case operation::close: return "close";
    case operation::local_endpoint: return "local_endpoint";
    case operation::peer_endpoint: return "peer_endpoint";
    case operation::get_option: return "get option";
    case operation::set_option: return "set option";
    case operation::convert: return "convert";
    case operation::cancel: return "cancel";
    case operation::poll_add: return "add to poll set";
    case operation::poll_modify: return "modify in poll set";
    case operation::poll_remove: return "remove from poll set";
    case operation::poll: return "poll";
    case operation::poll_wake: return "wake poll set";
    case operation::signal_wait: return "wait for a signal";
    case operation::pipe: return "pipe";
    case operation::read: return "read";
    case operation::write: return "write";
    case operation::seek: return "seek";
    case operation::size: return "size";
    case operation::sync: return "sync";
    }
    return "unknown";
}

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
        case errc::not_enough_memory: return true;
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
            return append_number(text.append("resolver error "));
        }
        if (domain() == error_domain::keyway) {
            switch (condition()) {
            case errc::end_of_stream: return text.append("the peer closed the stream before the end of the data");
            case errc::wrong_kind: return text.append("not a socket of this family, type, protocol and state");
            case errc::wrong_family: return text.append("the endpoint is of another address family");
            case errc::malformed_value: return text.append("the kernel gave a value of another size");
            case errc::already_added: return text.append("the handle is in the poll set already");
            case errc::not_added: return text.append("the handle is not in the poll set");
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
