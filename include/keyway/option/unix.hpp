// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_UNIX_HPP
#define KEYWAY_OPTION_UNIX_HPP

// The options of AF_UNIX. Source: unix(7), "Socket options".

#include <keyway/concepts.hpp>
#include <keyway/credentials.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/option.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace option {

/// Who connected, or listened, or made the pair: the process of that moment, and its effective user and group. Not on
/// Windows.
/// Errors: not_connected. Source: unix(7), SO_PEERCRED; getpeereid(3).
struct peer_credentials {
    static constexpr bool is_absent = detail::os::peer_credentials_option == detail::os::no_option;
    static constexpr bool is_read_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;
    using value_type = credentials;
    value_type value;

    static result<value_type> read(handle_view socket) noexcept {
        value_type peer;
        if (detail::os::ask_peer_credentials(socket.native_handle(), peer.process, peer.user, peer.group) < 0)
            return detail::last_error(operation::get_option);
        return peer;
    }
};

/// Each message comes with its sender's credentials, for <keyway/control/unix.hpp>, whose request() sets it; a socket without
/// a name gets one by autobind when it connects. Linux.
/// Source: unix(7), SO_PASSCRED.
struct pass_credentials {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::pass_credentials_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;
    using value_type = bool;
    bool value = true;
};

/// A descriptor of the process that peer_credentials names, which never passes to another one; it is readable when the
/// process has ended. Linux 6.5.
/// Errors: no_such_option (an older kernel); ENODATA where nobody connected; before Linux 6.16 ESRCH where the process
/// has ended.
/// Source: unix(7), SO_PEERPIDFD; pidfd_open(2).
struct peer_pid_descriptor {
    static constexpr int level = SOL_SOCKET;
    static constexpr int name = detail::os::peer_pid_descriptor_option;
    static constexpr bool is_absent = name == detail::os::no_option;
    static constexpr bool is_read_only = true;
    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;
    using value_type = handle;
    value_type value;

    static result<value_type> read(handle_view socket) noexcept {
        value_type::native_type descriptor = value_type::invalid;
        detail::os::address_length size = sizeof(descriptor);
        if (detail::os::get_option(socket.native_handle(), level, name, &descriptor, &size) < 0)
            return detail::last_error(operation::get_option);
        return value_type(descriptor);
    }
};

}  // namespace option
}  // namespace keyway::inline KEYWAY_MODE

#endif
