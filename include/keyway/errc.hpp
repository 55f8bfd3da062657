// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ERRC_HPP
#define KEYWAY_ERRC_HPP

// The names of errors: which call failed, and the portable condition.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The kind of an error's code: a native code of the operating system, a resolver_errc, or an errc that keyway itself
/// reports.
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
    send_message,
    recv_message,
    recv_error,
    send_batch,
    recv_batch,
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
    interfaces,
    interface_index,
    interface_name,
    resolve,
    resolve_name,
    join_group,
    leave_group,  // the last one: operation_count depends on it
};

/// The number of operations: their values are 0 to operation_count - 1.
inline constexpr std::size_t operation_count = static_cast<std::size_t>(operation::leave_group) + 1;

/// Portable conditions to compare an error with. Positive values have the names of std::errc and are the <cerrno>
/// constants, on every platform; negative values are keyway's own conditions, which <cerrno> does not have.
enum class errc : int {
    address_family_not_supported = EAFNOSUPPORT,
    address_in_use = EADDRINUSE,
    address_not_available = EADDRNOTAVAIL,
    already_connected = EISCONN,
    argument_out_of_domain = EDOM,
    bad_file_descriptor = EBADF,
    broken_pipe = EPIPE,
    connection_aborted = ECONNABORTED,
    connection_already_in_progress = EALREADY,
    connection_refused = ECONNREFUSED,
    connection_reset = ECONNRESET,
    destination_address_required = EDESTADDRREQ,
    device_or_resource_busy = EBUSY,
    file_exists = EEXIST,
    file_too_large = EFBIG,
    filename_too_long = ENAMETOOLONG,
    host_unreachable = EHOSTUNREACH,
    interrupted = EINTR,
    invalid_argument = EINVAL,
    invalid_seek = ESPIPE,
    io_error = EIO,
    is_a_directory = EISDIR,
    message_size = EMSGSIZE,
    network_down = ENETDOWN,
    network_reset = ENETRESET,
    network_unreachable = ENETUNREACH,
    no_buffer_space = ENOBUFS,
    no_protocol_option = ENOPROTOOPT,
    no_space_on_device = ENOSPC,
    no_such_device = ENODEV,
    no_such_file_or_directory = ENOENT,
    not_a_socket = ENOTSOCK,
    not_connected = ENOTCONN,
    not_enough_memory = ENOMEM,
    operation_canceled = ECANCELED,
    operation_in_progress = EINPROGRESS,
    operation_not_permitted = EPERM,
    operation_not_supported = EOPNOTSUPP,
    operation_would_block = EWOULDBLOCK,
    permission_denied = EACCES,
    protocol_error = EPROTO,
    protocol_not_supported = EPROTONOSUPPORT,
    timed_out = ETIMEDOUT,
    too_many_files_open = EMFILE,
    too_many_files_open_in_system = ENFILE,
    wrong_protocol_type = EPROTOTYPE,

    end_of_stream = -1,     ///< the peer ended the stream before all bytes arrived
    wrong_kind = -2,        ///< adopt(): the descriptor has another family, type, protocol or state
    wrong_family = -3,      ///< the endpoint has another address family
    malformed_value = -4,   ///< the kernel returned an option value of another size
    already_added = -5,     ///< the handle is in the poll set
    not_added = -6,         ///< the handle is not in the poll set
    too_many_lookups = -7,  ///< too many look-ups are in progress to start another thread
    limit_reached = -8,     ///< the caller's own limit was reached; a time-out of the network is timed_out
};

/// Why a name could not be resolved: the EAI_* codes of getaddrinfo(3), with the same values on every system.
enum class resolver_errc : int {
    host_not_found = 1,    ///< the host does not exist (EAI_NONAME)
    no_address,            ///< the host has no address of this family (EAI_NODATA, EAI_ADDRFAMILY)
    service_not_found,     ///< the service does not exist for this socket type (EAI_SERVICE)
    try_again,             ///< no name server answered; a later attempt may succeed (EAI_AGAIN)
    failed,                ///< the name servers failed permanently (EAI_FAIL)
    family_not_supported,  ///< EAI_FAMILY
    type_not_supported,    ///< EAI_SOCKTYPE
    bad_options,           ///< EAI_BADFLAGS
    text_too_long,         ///< the resolved name does not fit its buffer (EAI_OVERFLOW)
};

namespace detail {

/// Maps two <cerrno> constants with the same meaning to one.
constexpr int canonical(int condition) noexcept {
    if (condition == EAGAIN) return EWOULDBLOCK;
    if (condition == ENOTSUP) return EOPNOTSUPP;
    return condition;
}

}  // namespace detail

/// The name of an operation as in error::message().
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
    case operation::send_message: return "send_message";
    case operation::recv_message: return "recv_message";
    case operation::recv_error: return "recv_error";
    case operation::send_batch: return "send_batch";
    case operation::recv_batch: return "recv_batch";
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
    case operation::interfaces: return "interfaces";
    case operation::interface_index: return "interface index";
    case operation::interface_name: return "interface name";
    case operation::resolve: return "resolve";
    case operation::resolve_name: return "resolve name";
    case operation::join_group: return "join group";
    case operation::leave_group: return "leave group";
    }
    return "unknown";
}

/// A resolver's condition as English text.
[[nodiscard]] constexpr std::string_view describe(resolver_errc condition) noexcept {
    switch (condition) {
    case resolver_errc::host_not_found: return "there is no such host";
    case resolver_errc::no_address: return "the host has no address of this family";
    case resolver_errc::service_not_found: return "there is no such service";
    case resolver_errc::try_again: return "no name server answered; try again later";
    case resolver_errc::failed: return "the name servers failed";
    case resolver_errc::family_not_supported: return "names of this address family cannot be resolved";
    case resolver_errc::type_not_supported: return "services of this socket type cannot be resolved";
    case resolver_errc::bad_options: return "the resolver does not accept these options";
    case resolver_errc::text_too_long: return "the resolved name is too long";
    }
    return {};
}

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
