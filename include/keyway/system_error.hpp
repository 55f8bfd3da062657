// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SYSTEM_ERROR_HPP
#define KEYWAY_SYSTEM_ERROR_HPP

// Bridge to <system_error>, for programs whose other parts speak std::error_code. Opt-in: the header is dear.

#include <cerrno>
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
        switch (domain_) {
        case error_domain::system: return "keyway.system";
        case error_domain::resolver: return "keyway.resolver";
        case error_domain::keyway: break;
        }
        return "keyway";
    }
    [[nodiscard]] std::string message(int code) const override {
        return error(code, operation::none, domain_).reason().c_str();
    }

    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override {
        const auto condition = static_cast<int>(error(code, operation::none, domain_).condition());
        if (condition > 0) return {condition, std::generic_category()};
        return {code, *this};
    }

private:
    error_domain domain_;
};

/// The standard library's own category where it knows what the codes mean; libstdc++ has not heard of Winsock's.
inline const std::error_category& system_codes() noexcept {
    static const domain_category own(error_domain::system);
    static const bool is_known = [] {
        const int code = os::code_of(EADDRINUSE);
        return std::system_category().default_error_condition(code) == std::errc::address_in_use;
    }();
    return is_known ? std::system_category() : own;
}

}  // namespace detail

/// The category of keyway's own conditions, errc::end_of_stream and the other negative ones.
inline const std::error_category& keyway_category() noexcept {
    static const detail::domain_category category(error_domain::keyway);
    return category;
}

/// The category of the resolver's codes, resolver_errc.
inline const std::error_category& resolver_category() noexcept {
    static const detail::domain_category category(error_domain::resolver);
    return category;
}

/// The code in the category that it belongs to. Which call failed has no place in a std::error_code and is left out.
inline std::error_code make_error_code(const error& e) noexcept {
    switch (e.domain()) {
    case error_domain::system: return {e.code(), detail::system_codes()};
    case error_domain::resolver: return {e.code(), resolver_category()};
    case error_domain::keyway: break;
    }
    if (e.code() > 0) return {e.code(), std::generic_category()};
    return {e.code(), keyway_category()};
}

/// The exception for programs that throw: `throw as_exception(result.error())`. Its text names the call.
inline std::system_error as_exception(const error& e) {
    return {make_error_code(e), std::string(name_of(e.operation()))};
}

/// Whether the error means what the std::errc means; both are <cerrno> constants.
constexpr bool operator==(const error& e, std::errc condition) noexcept {
    return e == static_cast<errc>(detail::canonical(static_cast<int>(condition)));
}

}  // namespace keyway::inline KEYWAY_MODE

#endif
