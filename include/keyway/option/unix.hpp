// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_UNIX_HPP
#define KEYWAY_OPTION_UNIX_HPP

// The options of AF_UNIX. Source: unix(7), "Socket options".

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/endpoint/credentials.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/option/base.hpp>
#include <keyway/option/scope.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace option {

/// The process at the other end, and its effective user and group, at the time when it connected, listened or made the pair.
/// Errors: not_connected. Platforms: Linux, BSD. Source: unix(7), SO_PEERCRED; getpeereid(3).
struct peer_credentials {
    static constexpr bool is_absent = detail::os::peer_credentials_option == detail::os::no_option;
    static constexpr bool is_read_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = scope::local::fits<F, T, P>;
    using value_type = credentials;
    value_type value;

    static result<value_type> read(handle_view socket) noexcept {
        value_type peer;
        if (detail::os::ask_peer_credentials(socket.native_handle(), peer.process, peer.user, peer.group) < 0)
            return detail::last_error(operation::get_option);
        return peer;
    }
};

/// Delivers the sender's credentials with each message, for <keyway/message/control/unix.hpp>, whose request() sets it. An
/// unnamed socket gets a name by autobind when it connects.
/// Platforms: Linux. Source: unix(7), SO_PASSCRED.
struct pass_credentials : flag<SOL_SOCKET, detail::os::pass_credentials_option, scope::local> {
    using flag::flag;
};

/// A descriptor of the process that peer_credentials names. Unlike the process id it never comes to mean another process; it
/// becomes readable when the process ends.
/// Errors: no_protocol_option (an older kernel), ENODATA (not connected), before Linux 6.16 ESRCH (the process has ended).
/// Platforms: Linux 6.5. Source: unix(7), SO_PEERPIDFD; pidfd_open(2).
struct peer_pid_descriptor {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::peer_pid_descriptor_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_read_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = scope::local::fits<F, T, P>;
    using value_type = handle;
    value_type value;

    static result<value_type> read(handle_view socket) noexcept {
        value_type::native_type descriptor = value_type::invalid;
        detail::os::address_length size = sizeof(descriptor);
        if (detail::os::get_option(socket.native_handle(), level, name, &descriptor, &size) < 0)
            return detail::last_error(operation::get_option);
        return value_type::adopt_unchecked(descriptor);
    }
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
