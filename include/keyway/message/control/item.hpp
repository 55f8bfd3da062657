// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_CONTROL_ITEM_HPP
#define KEYWAY_MESSAGE_CONTROL_ITEM_HPP

// Control messages, or ancillary data (cmsg(3)): the layout of one item in its buffer, and the concepts of an item. The
// items are in the other headers of this folder; define your own as a struct that models received_item or sent_item.

#include <concepts>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/control.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace control {

/// One item in the kernel's form, for items that no type here decodes.
template <class Byte>
struct basic_entry {
    int level = 0;
    int type = 0;
    std::span<Byte> data;

    [[nodiscard]] bool is(int wanted_level, int wanted_type) const noexcept {
        return level == wanted_level && type == wanted_type;
    }

    /// The data as one of the kernel's types; nothing if the size differs.
    template <class Native>
        requires std::is_trivially_copyable_v<Native>
    [[nodiscard]] std::optional<Native> as() const noexcept {
        if (data.size() != sizeof(Native)) return std::nullopt;
        return front_as<Native>();
    }
    /// The same for data that may be longer.
    template <class Native>
        requires std::is_trivially_copyable_v<Native>
    [[nodiscard]] std::optional<Native> front_as() const noexcept {
        if (data.size() < sizeof(Native)) return std::nullopt;
        return at<Native>(0);
    }

    /// The data as an array: the number of elements, and one element.
    template <class Native>
    [[nodiscard]] std::size_t count() const noexcept {
        return data.size() / sizeof(Native);
    }
    template <class Native>
        requires std::is_trivially_copyable_v<Native>
    [[nodiscard]] Native at(std::size_t i) const noexcept {
        Native value;
        std::memcpy(&value, data.data() + i * sizeof(value), sizeof(value));
        return value;
    }
    template <class Native>
        requires std::is_trivially_copyable_v<Native>
    void put(std::size_t i, const Native& value) const noexcept
        requires(!std::is_const_v<Byte>)
    {
        std::memcpy(data.data() + i * sizeof(value), &value, sizeof(value));
    }
};

using entry = basic_entry<const std::byte>;

/// The bytes of a buffer that an item of `size` bytes occupies.
constexpr std::size_t space(std::size_t size) noexcept {
    constexpr std::size_t alignment = detail::os::control_alignment;
    return (detail::os::control_data_offset + size + alignment - 1) / alignment * alignment;
}

/// Iterates over the items in a buffer. Stops at the first impossible length: shorter than the header, or longer than the
/// rest of the buffer.
template <class Byte>
class iterator {
public:
    using value_type = basic_entry<Byte>;
    using difference_type = std::ptrdiff_t;

    iterator() noexcept = default;
    explicit iterator(std::span<Byte> bytes) noexcept : rest_(bytes) { read(); }

    value_type operator*() const noexcept { return entry_; }
    const value_type* operator->() const noexcept { return &entry_; }
    iterator& operator++() noexcept {
        const std::size_t step = space(entry_.data.size());
        rest_ = rest_.subspan(step < rest_.size() ? step : rest_.size());
        read();
        return *this;
    }
    iterator operator++(int) noexcept {
        const iterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.rest_.size() == b.rest_.size(); }

private:
    void read() noexcept {
        detail::os::control_header header;
        if (rest_.size() >= sizeof(header)) {
            std::memcpy(&header, rest_.data(), sizeof(header));
            const std::size_t size = header.cmsg_len;
            constexpr std::size_t offset = detail::os::control_data_offset;
            if (size >= offset && size <= rest_.size()) {
                entry_ = {header.cmsg_level, header.cmsg_type, rest_.subspan(offset, size - offset)};
                return;
            }
        }
        rest_ = {};
    }

    std::span<Byte> rest_;
    value_type entry_;
};

/// Writes items into a buffer that is zeroed and large enough.
class writer {
public:
    explicit writer(std::span<std::byte> bytes) noexcept : bytes_(bytes) {}

    template <class Native>
        requires std::is_trivially_copyable_v<Native>
    void add(int level, int type, const Native& value) noexcept {
        detail::os::control_header header{};
        header.cmsg_len = static_cast<decltype(header.cmsg_len)>(detail::os::control_data_offset + sizeof(value));
        header.cmsg_level = level;
        header.cmsg_type = type;
        std::memcpy(bytes_.data() + size_, &header, sizeof(header));
        std::memcpy(bytes_.data() + size_ + detail::os::control_data_offset, &value, sizeof(value));
        size_ += space(sizeof(value));
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    std::span<std::byte> bytes_;
    std::size_t size_ = 0;
};

/// A constant `received_space`: the most bytes that the item occupies in a buffer, the sum of space() of its entries.
template <class I>
concept has_received_space = requires { std::size_t{I::received_space}; };

/// `decode(entry)`: the item, or nothing if the entry is another one.
template <class I>
concept decodable = requires(const entry& from) {
    { I::decode(from) } -> std::same_as<std::optional<I>>;
};

/// `matches(entry)`: whether decode() returns the item. A large item is decoded where it is needed then, and never copied.
template <class I>
concept recognizable = requires(const entry& from) {
    { I::matches(from) } -> std::same_as<bool>;
};

/// `take(entry)`: as decode(), for an item that owns a resource. It marks the entry as taken.
template <class I>
concept takable = requires(const basic_entry<std::byte>& from) {
    { I::take(from) } -> std::same_as<std::optional<I>>;
};

/// Satisfied by: packet_info, rights<2>, unknown<64>.
template <class I>
concept received_item = has_received_space<I>;

/// `encode(writer)`, and a constant `sent_space`: the bytes that the item occupies, the sum of space() of the values that
/// it adds.
/// Satisfied by: packet_source, passed_rights<2>.
template <class I>
concept sent_item = requires(const I& item, writer& to) {
    item.encode(to);
    std::size_t{I::sent_space};
};

/// `request(socket, domain)`: the kernel delivers the item only on request.
template <class I>
concept requestable = requires(handle_view socket) {
    { I::request(socket, 0) } -> std::same_as<result<void>>;
};

/// Space for items that no type here decodes, with `Size` bytes of data.
template <std::size_t Size>
struct unknown {
    static constexpr std::size_t received_space = space(Size);
};

}  // namespace control

namespace detail {

/// Sets an option of type int.
inline result<void> set_control_option(handle_view socket, int level, int name, int value = 1) noexcept {
    return checked(os::set_option(socket.native_handle(), level, name, &value, sizeof(value)), operation::set_option);
}

/// Sets the IPv4 option on an IPv4 socket; on an IPv6 socket the IPv6 option and, if it also accepts IPv4, the other one.
inline result<void> set_control_option_of(handle_view socket, int domain, int name_v6, int name_v4) noexcept {
    if (domain != AF_INET6) return set_control_option(socket, IPPROTO_IP, name_v4);
    static_cast<void>(set_control_option(socket, IPPROTO_IP, name_v4));
    return set_control_option(socket, IPPROTO_IPV6, name_v6);
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
