// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_OPTION_DETAIL_NAME_HPP
#define KEYWAY_OPTION_DETAIL_NAME_HPP

// Options whose value is a name, of an interface or an algorithm.

#include <concepts>
#include <cstddef>
#include <string_view>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/option/base.hpp>
#include <keyway/text.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// Up to `Most` characters, kept in place. Setting a longer text, or one with a NUL, fails with invalid_argument.
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
    const std::string_view text(buffer, static_cast<std::size_t>(size));
    return option_name<Most>(text.substr(0, text.find('\0')));
}

}  // namespace detail

namespace option {

/// A text of up to `Most` characters.
template <int Level, int Name, class Scope, std::size_t Most>
struct text : plain<detail::option_name<Most>, Level, Name, Scope> {
    using text::plain::plain;
    using value_type = detail::option_name<Most>;

    static result<value_type> read(handle_view socket) noexcept { return detail::read_name<Most>(socket, Level, Name); }
    static result<void> write(handle_view socket, const value_type& value) noexcept {
        return detail::write_name(socket, Level, Name, value);
    }
};

}  // namespace option
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
