// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_CONTROL_UNIX_HPP
#define KEYWAY_MESSAGE_CONTROL_UNIX_HPP

// The control messages of AF_UNIX: descriptors and the identity of the sending process.
// Source: unix(7), "Ancillary messages".

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <optional>
#include <type_traits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/endpoint/credentials.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/message/control/item.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// Deduced from a forwarding reference: an owner without a name.
template <class H>
concept temporary_owner = !std::is_lvalue_reference_v<H> && owning<std::remove_const_t<H>>;

}  // namespace detail

namespace control {

#if KEYWAY_HAS_POSIX

/// Descriptors to send, made by pass(). The receiver gets its own descriptors; these keep their owners.
template <std::size_t N>
struct passed_rights {
    static_assert(N > 0 && N <= 253, "keyway: from 1 to 253 descriptors in a message");

    std::array<handle_view::native_type, N> natives;

    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;

    static constexpr std::size_t sent_space = space(sizeof(natives));
    void encode(writer& to) const noexcept { to.add(SOL_SOCKET, detail::os::rights_type, natives); }
};

/// The item that sends these descriptors, of owners or views: `control::pass(listener, file)`. At most 253.
template <class... Handles>
    requires(std::convertible_to<const Handles&, handle_view> && ...)
[[nodiscard]] passed_rights<sizeof...(Handles)> pass(const Handles&... handles) noexcept {
    return {{handles.native_handle()...}};
}
template <std::size_t N>
[[nodiscard]] passed_rights<N> pass(const handle_view (&handles)[N]) noexcept {
    passed_rights<N> all;
    for (std::size_t i = 0; i < N; ++i) all.natives[i] = handles[i].native_handle();
    return all;
}

// clang-format off
template <class... Handles> requires(detail::temporary_owner<Handles> || ...)
detail::refused pass(Handles&&...) KEYWAY_DELETE("a temporary owner closes its descriptor at the end of this line: keep the owner in a variable that outlives the view");
// clang-format on

/// Up to N received descriptors, each owned and close-on-exec. Surplus ones are closed and counted.
template <std::size_t N>
struct rights {
    std::array<handle, N> handles;  ///< the first `size` of them are open
    std::size_t size = 0;
    std::size_t surplus = 0;

    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;

    static constexpr std::size_t received_space = space(N * sizeof(handle_view::native_type));

    [[nodiscard]] static std::optional<rights> take(const basic_entry<std::byte>& from) noexcept {
        using native_type = handle_view::native_type;
        if (!from.is(SOL_SOCKET, detail::os::rights_type)) return std::nullopt;
        rights all;
        const std::size_t count = from.count<native_type>();
        all.size = count < N ? count : N;
        all.surplus = count - all.size;
        for (std::size_t i = 0; i < all.size; ++i) {
            all.handles[i] = handle::adopt_unchecked(from.at<native_type>(i));
            from.put(i, handle_view::invalid);
        }
        return all;
    }

    /// Moves one of them into a socket, listener or connection after asking the kernel what it is: `adopt<tcp::listener>(0)`.
    /// If refused, it stays here.
    /// Errors: those of Owner::adopt(); bad_file_descriptor (there is no such descriptor, or it was moved from).
    template <class Owner>
    [[nodiscard]] result<Owner> adopt(std::size_t i) noexcept {
        if (i >= size || !handles[i].is_open()) return detail::failure(errc::bad_file_descriptor, operation::adopt);
        auto adopted = Owner::adopt(handles[i].native_handle());
        if (adopted) static_cast<void>(handles[i].release());
        return adopted;
    }
};

#endif

#if KEYWAY_HAS_UNIX_CREDENTIALS

/// The process, user and group of the sender, which the kernel checks: sending those of others needs privilege. Linux.
struct credentials {
    keyway::credentials value;

    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;

    static result<void> request(handle_view socket, int) noexcept {
        return detail::set_control_option(socket, SOL_SOCKET, SO_PASSCRED);
    }
    static constexpr std::size_t received_space = space(sizeof(::ucred));
    [[nodiscard]] static std::optional<credentials> decode(const entry& from) noexcept {
        if (!from.is(SOL_SOCKET, SCM_CREDENTIALS)) return std::nullopt;
        const auto native = from.as<::ucred>();
        if (!native) return std::nullopt;
        return credentials{{native->pid, native->uid, native->gid}};
    }
    static constexpr std::size_t sent_space = space(sizeof(::ucred));
    void encode(writer& to) const noexcept {
        to.add(SOL_SOCKET, SCM_CREDENTIALS, ::ucred{value.process, value.user, value.group});
    }
};

/// A descriptor of the process that sent the message. Unlike a process id it never comes to mean another process; it
/// becomes readable when the process exits (pidfd_open(2)). Linux 6.5.
struct process_descriptor {
    handle process;

    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;

    static result<void> request(handle_view socket, int) noexcept {
        return detail::set_control_option(socket, SOL_SOCKET, detail::os::request_pid_descriptor);
    }
    static constexpr std::size_t received_space = space(sizeof(handle_view::native_type));
    /// Empty if the sending process has exited.
    [[nodiscard]] static std::optional<process_descriptor> take(const basic_entry<std::byte>& from) noexcept {
        if (!from.is(SOL_SOCKET, detail::os::pid_descriptor_type)) return std::nullopt;
        const auto native = from.as<handle_view::native_type>();
        if (!native || *native < 0) return std::nullopt;
        from.put(0, handle_view::invalid);
        return process_descriptor{handle::adopt_unchecked(*native)};
    }
};

#endif

}  // namespace control
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
