// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CONTROL_UNIX_HPP
#define KEYWAY_CONTROL_UNIX_HPP

// What goes beside a message between processes of one machine: descriptors, and who the sender is.
// Source: unix(7), "Ancillary messages".

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>

#include <keyway/concepts.hpp>
#include <keyway/control/item.hpp>
#include <keyway/credentials.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace control {

#if KEYWAY_HAS_POSIX

/// Descriptors to send: `control::pass(listener, file)`. The receiver gets its own; these stay whose they are.
template <std::size_t N>
struct passed_rights {
    std::array<handle_view::native_type, N> natives;

    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;

    static constexpr std::size_t sent_space = space(sizeof(natives));
    void encode(writer& to) const noexcept { to.add(SOL_SOCKET, detail::os::rights_type, natives); }
};

/// At most 253 go in one message.
template <class... Handles>
[[nodiscard]] passed_rights<sizeof...(Handles)> pass(const Handles&... handles) noexcept {
    static_assert(sizeof...(Handles) > 0 && sizeof...(Handles) <= 253,
                  "keyway: from 1 to 253 descriptors in a message");
    return {{handles.native_handle()...}};
}

/// Descriptors that came, each owned and close-on-exec: up to N of them. Those that came beyond are closed, and counted.
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
            all.handles[i] = handle(from.at<native_type>(i));
            from.put(i, handle_view::invalid);
        }
        return all;
    }

    /// One of them as a socket, listener or connection, after the kernel said what it is: `adopt<tcp::listener>(0)`. One
    /// that is refused stays here.
    /// Errors: those of Owner::adopt(); bad_descriptor where there is no such one.
    template <class Owner>
    [[nodiscard]] result<Owner> adopt(std::size_t i) noexcept {
        if (i >= size || !handles[i].is_open()) return unexpected<error>(error(errc::bad_descriptor, operation::adopt));
        auto adopted = Owner::adopt(handles[i].native_handle());
        if (adopted) static_cast<void>(handles[i].release());
        return adopted;
    }
};

#endif

#if KEYWAY_HAS_UNIX_CREDENTIALS

/// Who sent the message, as the kernel vouches for. To send other ids than one's own needs
/// privilege. Linux.
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

/// The process that sent the message, as a descriptor that stays the same process's, whatever its number is given to
/// later; readable when it has ended (pidfd_open(2)). Linux 6.5.
struct process_descriptor {
    handle process;

    template <class F, class T, class P>
    static constexpr bool fits = local_family<F>;

    static result<void> request(handle_view socket, int) noexcept {
        return detail::set_control_option(socket, SOL_SOCKET, detail::os::request_pid_descriptor);
    }
    static constexpr std::size_t received_space = space(sizeof(handle_view::native_type));
    /// Of a sender whose process is gone there is none.
    [[nodiscard]] static std::optional<process_descriptor> take(const basic_entry<std::byte>& from) noexcept {
        if (!from.is(SOL_SOCKET, detail::os::pid_descriptor_type)) return std::nullopt;
        const auto native = from.as<handle_view::native_type>();
        if (!native || *native < 0) return std::nullopt;
        from.put(0, handle_view::invalid);
        return process_descriptor{handle(*native)};
    }
};

#endif

}  // namespace control
}  // namespace keyway::inline KEYWAY_MODE

#endif
