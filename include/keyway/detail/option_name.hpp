// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OPTION_NAME_HPP
#define KEYWAY_DETAIL_OPTION_NAME_HPP

// The value of an option that is a name: of an interface, of an algorithm.

#include <concepts>
#include <cstddef>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/text.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail {

/// At most `Most` characters, in place. A longer one stays too long, and setting it is invalid_argument, as is a NUL.
template <std::size_t Most>
class option_name {
public:
    static constexpr std::size_t capacity = Most;

    constexpr option_name() noexcept = default;
    template <std::convertible_to<std::string_view> Text>
    constexpr option_name(const Text& text) noexcept {
        text_.append(std::string_view(text));
    }

    [[nodiscard]] constexpr std::string_view view() const noexcept { return text_.view(); }
    [[nodiscard]] constexpr bool is_valid() const noexcept {
        for (const char c : view())
            if (c == '\0') return false;
        return text_.size() <= Most;
    }

    friend constexpr bool operator==(const option_name&, const option_name&) noexcept = default;

private:
    fixed_text<Most + 1> text_;
};

template <std::size_t Most>
result<void> write_name(handle_view socket, int level, int name, const option_name<Most>& value) noexcept {
    if (!value.is_valid()) return failure(errc::invalid_argument, operation::set_option);
    const std::string_view text = value.view();
    return checked(os::set_option(socket.native_handle(), level, name, text.data(), text.size()),
                   operation::set_option);
}

template <std::size_t Most>
result<option_name<Most>> read_name(handle_view socket, int level, int name) noexcept {
    char buffer[Most + 1] = {};
    os::address_length size = sizeof(buffer);
    if (os::get_option(socket.native_handle(), level, name, buffer, &size) < 0)
        return last_error(operation::get_option);
    // Some kernels count the NUL, some pad with it.
    const std::string_view told(buffer, static_cast<std::size_t>(size));
    return option_name<Most>(told.substr(0, told.find('\0')));
}

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
