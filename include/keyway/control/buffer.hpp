// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CONTROL_BUFFER_HPP
#define KEYWAY_CONTROL_BUFFER_HPP

// Where control messages are kept: room for those that are to be received, and a list of those that are to be sent. Both
// have their size at compile time.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

#include <keyway/concepts.hpp>
#include <keyway/control/item.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/handle.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace control {

/// Room for control messages, whatever is wanted of them. Descriptors that came and were not taken are closed when the
/// next message comes, or at the end.
class any_buffer {
public:
    any_buffer(const any_buffer&) = delete;
    any_buffer& operator=(const any_buffer&) = delete;

    [[nodiscard]] iterator<const std::byte> begin() const noexcept {
        return iterator<const std::byte>(room_.first(used_));
    }
    [[nodiscard]] static iterator<const std::byte> end() noexcept { return {}; }

    [[nodiscard]] std::size_t size() const noexcept { return used_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return room_.size(); }

    /// For the call that fills it: the room, empty.
    [[nodiscard]] detail::os::control_bytes prepare() noexcept {
        clear();
        return {room_.data(), room_.size()};
    }
    /// For the call that has filled it. What the kernel says is checked against the room.
    void fill(std::size_t size) noexcept {
        used_ = size <= room_.size() ? size : room_.size();
        for_descriptors(detail::os::close_on_exec);
    }

    /// Closes the descriptors that nobody has taken, and forgets all.
    void clear() noexcept {
        for_descriptors(detail::os::close);
        used_ = 0;
    }

protected:
    explicit any_buffer(std::span<std::byte> room) noexcept : room_(room) {}
    ~any_buffer() { clear(); }

    [[nodiscard]] std::span<std::byte> used() const noexcept { return room_.first(used_); }

private:
    /// Those that nobody has taken.
    template <class Action>
    void for_descriptors(Action action) noexcept {
        for (const entry& each : *this) {
            if (!detail::os::carries_descriptors(each.level, each.type)) continue;
            for (std::size_t i = 0; i < each.count<handle_view::native_type>(); ++i)
                if (const auto native = each.at<handle_view::native_type>(i); native != handle_view::invalid)
                    action(native);
        }
    }

    std::span<std::byte> room_;
    std::size_t used_ = 0;
};

/// Room for as many items as are named. What comes beyond them is lost, and recv_message() says so; so give room for all
/// that was asked for, from here or by another's setting.
///
///     control::buffer<control::packet_info, control::hop_limit> extra;
///     must(extra.request(socket));                                       // once for each socket
///     auto got = recv_message(socket, data, extra);
///     if (auto info = extra.get<control::packet_info>()) answer_from(info->local);
template <received_item... Items>
class buffer : public any_buffer {
public:
    buffer() noexcept : any_buffer(storage_) {}

    /// Asks the kernel for the items, on this socket, from the next message on.
    /// Errors: no_such_option, where the kernel does not have one.
    template <class S>
    static result<void> request(const S& socket) noexcept {
        static_assert((option_fits<Items, typename S::family, typename S::type, typename S::protocol> && ...),
                      "keyway: a socket of this family, type and protocol does not get one of the items");
        int domain = S::family::domain;
        if constexpr (!fixed_domain<typename S::family>) {
            const auto local = socket.local_endpoint();
            if (!local) return unexpected<error>(local.error());
            domain = local->domain();
        }
        result<void> done;
        static_cast<void>((... && (done = request_one<Items>(socket, domain)).has_value()));
        return done;
    }

    /// The first item of the type, if it came.
    template <decodable I>
        requires(std::same_as<I, Items> || ...)
    [[nodiscard]] std::optional<I> get() const noexcept {
        for (const entry& each : *this)
            if (auto item = I::decode(each)) return item;
        return std::nullopt;
    }

    /// The same, for what has an owner: the caller, from now on.
    template <takable I>
        requires(std::same_as<I, Items> || ...)
    [[nodiscard]] std::optional<I> take() noexcept {
        for (iterator<std::byte> at(used()); at != iterator<std::byte>(); ++at)
            if (auto item = I::take(*at)) return item;
        return std::nullopt;
    }

private:
    template <class I>
    static result<void> request_one(handle_view socket, int domain) noexcept {
        if constexpr (requestable<I>) return I::request(socket, domain);
        else return {};
    }

    static constexpr std::size_t room = (std::size_t{0} + ... + Items::received_space);
    alignas(detail::os::control_header) std::array<std::byte, room> storage_;
};

/// Items to send: `control::list{control::hop_limit{1}, control::traffic_class{8}}`.
template <sent_item... Items>
class list {
public:
    explicit list(const Items&... items) noexcept {
        writer to(storage_);
        (items.encode(to), ...);
        size_ = to.size();
    }

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {storage_.data(), size_}; }

    /// Whether sockets of these take all of the items.
    template <class F, class T, class P>
    static constexpr bool fits = (option_fits<Items, F, T, P> && ...);

private:
    alignas(detail::os::control_header) std::array<std::byte, (std::size_t{0} + ... + Items::sent_space)> storage_{};
    std::size_t size_ = 0;
};

}  // namespace control
}  // namespace keyway::inline KEYWAY_MODE

#endif
