// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SYSTEM_ERROR_HPP
#define KEYWAY_SYSTEM_ERROR_HPP

// Bridge to <system_error>, for programs whose other parts speak std::error_code. Opt-in: the header is dear.

#include <string>
#include <system_error>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail {

/// A category whose codes are those of one error_domain.
class domain_category final : public std::error_category {
public:
    constexpr explicit domain_category(error_domain domain) noexcept : domain_(domain) {}

    [[nodiscard]] const char* name() const noexcept override {
        return domain_ == error_domain::resolver ? "keyway.resolver" : "keyway";
    }
    [[nodiscard]] std::string message(int code) const override {
        return error(code, operation::none, domain_).reason().c_str();
    }

private:
    error_domain domain_;
};

}  // namespace detail

/// The category of keyway's own conditions, errc::end_of_stream and the other negative ones.
inline const std::error_category& keyway_category() noexcept {
    static const detail::domain_category category(error_domain::keyway);
    return category;
}

/// The category of the resolver's codes, EAI_*.
inline const std::error_category& resolver_category() noexcept {
    static const detail::domain_category category(error_domain::resolver);
    return category;
}

/// The code in the category that it belongs to. Which call failed has no place in a std::error_code and is left out.
inline std::error_code make_error_code(const error& e) noexcept {
    switch (e.domain()) {
    case error_domain::system: return {e.code(), std::system_category()};
    case error_domain::resolver: return {e.code(), resolver_category()};
    case error_domain::keyway: break;
    }
    if (e.code() > 0) return {e.code(), std::generic_category()};
    return {e.code(), keyway_category()};
}

/// The exception for programs that throw: `throw as_exception(result.error())`. Its text names the call.
inline std::system_error as_exception(const error& e) {
    return std::system_error(make_error_code(e), std::string(name_of(e.operation())));
}

/// Whether the error means what the std::errc means; both are <cerrno> constants.
constexpr bool operator==(const error& e, std::errc condition) noexcept {
    return e == static_cast<errc>(detail::os::condition(static_cast<int>(condition)));
}

}  // namespace keyway::inline KEYWAY_MODE

#endif
