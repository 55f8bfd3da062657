// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_ERRC_HPP
#define KEYWAY_ERRC_HPP

// The words of errors: which call failed, and what its failure means.

#include <cerrno>
#include <cstdint>
#include <string_view>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {

/// Whose code an error carries: the operating system's, the resolver's (a resolver_errc), or one of keyway's own errc
/// values.
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
    leave_group,
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
    no_such_device = ENODEV,
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

    end_of_stream = -1,     ///< the peer closed its side before all the bytes came
    wrong_kind = -2,        ///< adopt(): the descriptor is of another family, type, protocol or state
    wrong_family = -3,      ///< the endpoint is of another family
    malformed_value = -4,   ///< the kernel gave a value of another size than asked for
    already_added = -5,     ///< the handle is in the poll set
    not_added = -6,         ///< the handle is not in the poll set
    too_many_lookups = -7,  ///< no thread for one more: too many are under way
};

/// Why a name could not be resolved: what getaddrinfo(3) calls EAI_*, under the same numbers on every system.
enum class resolver_errc : int {
    host_not_found = 1,    ///< there is no such host (EAI_NONAME)
    no_address,            ///< there is, and it has no address of this family (EAI_NODATA, EAI_ADDRFAMILY)
    service_not_found,     ///< there is no such service for this type of socket (EAI_SERVICE)
    try_again,             ///< no name server could answer for now (EAI_AGAIN)
    failed,                ///< the name servers fail, and will again (EAI_FAIL)
    family_not_supported,  ///< EAI_FAMILY
    type_not_supported,    ///< EAI_SOCKTYPE
    bad_options,           ///< EAI_BADFLAGS
    text_too_long,         ///< a name that was found does not fit its buffer (EAI_OVERFLOW)
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

/// What it says in words.
[[nodiscard]] constexpr std::string_view describe(resolver_errc condition) noexcept {
    switch (condition) {
    case resolver_errc::host_not_found: return "there is no such host";
    case resolver_errc::no_address: return "the host has no address of this family";
    case resolver_errc::service_not_found: return "there is no such service";
    case resolver_errc::try_again: return "no name server could answer for now";
    case resolver_errc::failed: return "the name servers failed";
    case resolver_errc::family_not_supported: return "names of this address family cannot be resolved";
    case resolver_errc::type_not_supported: return "services of this socket type cannot be resolved";
    case resolver_errc::bad_options: return "the resolver does not take these options";
    case resolver_errc::text_too_long: return "the name that was found is too long";
    }
    return {};
}

}  // namespace keyway::inline KEYWAY_MODE

#endif
