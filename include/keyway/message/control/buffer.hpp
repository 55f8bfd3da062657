// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_CONTROL_BUFFER_HPP
#define KEYWAY_MESSAGE_CONTROL_BUFFER_HPP

// Storage for control messages: a buffer for those to receive, a list for those to send. Both have a size known at compile
// time.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/message/control/item.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {
struct control_access;

/// Whether a socket can receive every item of a buffer.
template <class S, class... Items>
concept receives_items = (option_fits<Items, typename S::family, typename S::type, typename S::protocol> && ...);

}  // namespace detail

namespace control {

/// The part of a buffer of control messages that does not depend on its items. Received descriptors that were not taken are
/// closed when the next message is received, and by the destructor.
class any_buffer {
public:
    any_buffer(const any_buffer&) = delete;
    any_buffer& operator=(const any_buffer&) = delete;

    [[nodiscard]] iterator<const std::byte> begin() const noexcept {
        return iterator<const std::byte>(storage_.first(used_));
    }
    [[nodiscard]] static iterator<const std::byte> end() noexcept { return {}; }

    [[nodiscard]] std::size_t size() const noexcept { return used_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return storage_.size(); }

    /// Closes the descriptors that were not taken, and removes all items.
    void clear() noexcept {
        if (may_own_) close_descriptors();
        used_ = 0;
    }

protected:
    explicit any_buffer(std::span<std::byte> storage) noexcept : storage_(storage) {}
    ~any_buffer() { clear(); }

    [[nodiscard]] std::span<std::byte> used() const noexcept { return storage_.first(used_); }

private:
    friend struct detail::control_access;

    [[nodiscard]] detail::os::control_bytes prepare() noexcept {
        clear();
        return {storage_.data(), storage_.size()};
    }
    /// Limits the size that the kernel reports to that of the storage. `may_own`: there may be descriptors among the items.
    void fill(std::size_t size, bool may_own) noexcept {
        used_ = size <= storage_.size() ? size : storage_.size();
        may_own_ = may_own;
        if (may_own) for_descriptors(detail::os::close_on_exec);
    }

    void close_descriptors() noexcept { for_descriptors(detail::os::close); }

    /// Applies `action` to each descriptor that was not taken.
    template <class Action>
    void for_descriptors(Action action) noexcept {
        for (const entry& each : *this) {
            if (!detail::os::carries_descriptors(each.level, each.type)) continue;
            for (std::size_t i = 0; i < each.count<handle_view::native_type>(); ++i)
                if (const auto native = each.at<handle_view::native_type>(i); native != handle_view::invalid)
                    action(native);
        }
    }

    std::span<std::byte> storage_;
    std::size_t used_ = 0;
    bool may_own_ = false;
};

/// Space for the named items. Any others are lost, which recv_message() reports as control_truncated; so name every item
/// that was requested on the socket, here or elsewhere.
///
///     control::buffer<control::packet_info, control::hop_limit> items;
///     if (auto requested = items.request(socket); !requested) return failure(requested);     // once for each socket
///     auto got = recv_message(socket, buffer, items);
///     if (auto info = items.get<control::packet_info>()) answer_from(info->local);
template <received_item... Items>
class buffer : public any_buffer {
public:
    buffer() noexcept : any_buffer(storage_) {}

    /// Requests the items on this socket, from the next message on.
    /// Errors: no_protocol_option (the kernel does not have one of them). Source: setsockopt(2).
    template <class S>
    [[nodiscard]] static result<void> request(const S& socket) noexcept
        requires detail::receives_items<S, Items...>
    {
        int domain = S::family::domain;
        if constexpr (!fixed_domain<typename S::family>) {
            const auto local = socket.local_endpoint();
            if (!local) return failure(local);
            domain = local->domain();
        }
        result<void> done;
        static_cast<void>((... && (done = request_one<Items>(socket, domain)).has_value()));
        return done;
    }

    // clang-format off
    template <class S> static detail::refused request(const S&) KEYWAY_DELETE("a socket of this family, type and protocol does not receive one of the items");
    // clang-format on

    /// The first item of this type; nothing if the message had none.
    template <decodable I>
        requires(std::same_as<I, Items> || ...)
    [[nodiscard]] std::optional<I> get() const noexcept {
        for (const entry& each : *this) {
            if constexpr (recognizable<I>) {
                if (I::matches(each)) return I::decode(each);
            } else {
                if (auto item = I::decode(each)) return item;
            }
        }
        return std::nullopt;
    }

    /// Moves the first item of this type, one that owns a resource, to the caller.
    template <takable I>
        requires(std::same_as<I, Items> || ...)
    [[nodiscard]] std::optional<I> take() noexcept {
        for (iterator<std::byte> at(used()); at != iterator<std::byte>(); ++at)
            if (auto item = I::take(*at)) return item;
        return std::nullopt;
    }

    // clang-format off
    template <class I> requires(!(std::same_as<I, Items> || ...))
    detail::refused get() const KEYWAY_DELETE("this buffer has no space for such an item: name it in the type, control::buffer<control::packet_info, control::hop_limit>");
    template <class I> requires(!(std::same_as<I, Items> || ...))
    detail::refused take() KEYWAY_DELETE("this buffer has no space for such an item: name it in the type, control::buffer<control::rights<2>>");
    // clang-format on

private:
    template <class I>
    static result<void> request_one(handle_view socket, int domain) noexcept {
        if constexpr (requestable<I>) return I::request(socket, domain);
        else return {};
    }

    static constexpr std::size_t space = (std::size_t{0} + ... + Items::received_space);
    alignas(detail::os::control_header) std::array<std::byte, space> storage_;
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

    [[nodiscard]] std::span<const std::byte> bytes() const& noexcept { return {storage_.data(), size_}; }
    // clang-format off
    std::span<const std::byte> bytes() const&& KEYWAY_DELETE("the bytes would outlive the temporary list: keep the list in a variable");
    // clang-format on

    /// Whether sockets of this family, type and protocol send all the items.
    template <class F, class T, class P>
    static constexpr bool fits = (option_fits<Items, F, T, P> && ...);

private:
    alignas(detail::os::control_header) std::array<std::byte, (std::size_t{0} + ... + Items::sent_space)> storage_{};
    std::size_t size_ = 0;
};

}  // namespace control

namespace detail {

/// Whether messages of a family can bring descriptors. Those of IP cannot.
template <class F>
inline constexpr bool passes_descriptors = !internet_family<F>;

/// For the calls that receive: the empty storage of a buffer, and its size once it is filled.
struct control_access {
    [[nodiscard]] static os::control_bytes prepare(control::any_buffer& items) noexcept { return items.prepare(); }
    static void fill(control::any_buffer& items, std::size_t size, bool may_own) noexcept { items.fill(size, may_own); }
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
